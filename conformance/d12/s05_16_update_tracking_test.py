"""5.16 Guarantee of what the partner knows: which updates an UPDREQ brings, and which its UPDDONE waits for (7.3.2).

| test | clauses | roles |
|---|---|---|
| updreq-brings-what-is-unacknowledged | FO-5.16-01, FO-7.3-02, FO-7.3.2-01 | both |
| later-changes-do-not-hold-upddone | FO-7.3.2-04, -05, -06 | both |
"""

from __future__ import annotations

from twinlease.suite.bench import ANSWER_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import updates_of

LEASES = 3


def _leases(bench: Bench, count: int) -> list[str]:
    return [bench.client_served_here().acquire(ANSWER_S).address for _ in range(count)]


@case("d12/5.16/updreq-brings-what-is-unacknowledged", roles=BOTH, level="should", consequence="safety",
      observations=2 * LEASES, covers=[
          ("FO-5.16-01", "told: the unacknowledged, not the others"), ("FO-7.3-02", "it is known which those are"),
          ("FO-7.3.2-01", "all that is not acknowledged")])
def test_unacknowledged(bench: Bench, t: Case) -> None:
    """UPDREQ brings the leases that were not acknowledged, and not those that were."""
    known = _leases(bench, LEASES)
    bench.reactor.run_for(3.0)
    bench.peer.habits.acknowledge = False
    unknown = _leases(bench, LEASES)
    bench.reactor.run_for(2.0)
    bench.peer.drop()
    bench.peer.habits.acknowledge = True
    link = bench.meet("RECOVER")   # to enter NORMAL, the peer would tell it all by itself (9.8.1)
    xid = t.sends(f"{LEASES} leases acknowledged, {LEASES} not; a new connection of a partner in RECOVER; UPDREQ",
                  link.send("UPDREQ"))
    with t.expects("BNDUPD for each of the latter, none for the former, then UPDDONE"):
        link.expect("UPDDONE", lambda m: m.xid == xid, within=ANSWER_S)
        for address in [*unknown, *known]:
            told = bool(updates_of(bench, address))
            t.check(told == (address in unknown), f"{address}, {'un' if address in unknown else ''}acknowledged: "
                                                  f"{'told' if told else 'not told'}",
                    "FO-7.3.2-01" if address in unknown else "FO-5.16-01")
    bench.peer.send_state("RECOVER-DONE")
    bench.reactor.run_until(lambda: bench.peer.partner_state == "NORMAL", ANSWER_S)


@case("d12/7.3.2/later-changes-do-not-hold-upddone", roles=BOTH, consequence="liveness", observations=2, covers=[
    ("FO-7.3.2-04", "the later change is not counted"), ("FO-7.3.2-05", "the later change is told"),
    ("FO-7.3.2-06", "the later change does not postpone UPDDONE")])
def test_later_changes(bench: Bench, t: Case) -> None:
    """UPDDONE waits for the changes that were pending at the UPDREQ, and not for those after it."""
    link = bench.peer.link
    bench.peer.habits.acknowledge = False
    pending, = _leases(bench, 1)
    if not bench.reactor.run_until(lambda: updates_of(bench, pending, "ACTIVE"), ANSWER_S):
        t.inconclusive(f"NO_UPDATE: no BNDUPD for {pending}")
    since = link.mark()
    xid = link.send("UPDREQ")
    bench.reactor.run_for(1.0)
    later, = _leases(bench, 1)
    t.sends(f"{pending} not acknowledged; UPDREQ; another lease, {later}, never acknowledged; BNDACK for {pending}")
    with t.expects(f"BNDUPD for {later}, too; UPDDONE once {pending} is acknowledged, within {QUIET_S:g} s"):
        told = bench.reactor.run_until(lambda: updates_of(bench, later, "ACTIVE"), ANSWER_S)
        t.check(told, f"{later}: {'told' if told else 'not told'}", "FO-7.3.2-05")
        for update in list(bench.peer.withheld):
            if later not in [x.get("assigned-IP-address") for x in update.transactions]:
                bench.peer.acknowledge(update)
        done = link.expect("UPDDONE", lambda m: m.xid == xid, within=QUIET_S, since=since)
        t.check(True, done.label())

"""7.1.1 Sending the BNDUPD message: that every change is told, and in the end the truth. (Its options: s07_1_1_sending.)

| test | clauses | roles |
|---|---|---|
| start-time-is-that-of-the-status | FO-7.1.1-11 | both |
| last-update-is-the-truth | FO-7.1.1-24 | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import updates_of

LATER_S = 40.0
"""How long a lease has run when it is renewed: more than any tolerance."""


@case("d12/7.1.1/start-time-is-that-of-the-status", roles=BOTH, level="should", consequence="hygiene", observations=3,
      covers=[("FO-7.1.1-11", "start-time-of-state is the first DHCPACK, also after a renewal")])
def test_start_time(bench: Bench, t: Case) -> None:
    """start-time-of-state says since when an address is ACTIVE, and does not move with a renewal."""
    client = bench.served_client()
    address, begun_s = client.lease.address, client.lease.acked_s
    bench.reactor.run_for(LATER_S)
    since = bench.peer.link.mark()
    t.sends(f"a new client's lease of {address}, renewed {LATER_S:g} s later")
    if client.renew(ANSWER_S) is None:
        t.inconclusive("PREPARATION: the client was not renewed")
    allowed = bench.tolerance_s + 1.0
    with t.expects(f"start-time-of-state of the first DHCPACK in both BNDUPDs, {allowed:.1f} s allowed"):
        told = bench.reactor.run_until(lambda: updates_of(bench, address, "ACTIVE", since), ANSWER_S)
        t.check(told, f"the renewal is {'told' if told else 'not told'}")
        for update in (updates_of(bench, address, "ACTIVE")[0], told[-1]):
            start = update.get("start-time-of-state")
            t.check(start is not None and abs(start - begun_s) <= allowed,
                    "no start-time-of-state" if start is None else f"{start - begun_s:+.1f} s off the first DHCPACK")


@case("d12/7.1.1/last-update-is-the-truth", roles=BOTH, level="should", consequence="safety", observations=2, covers=[
    ("FO-7.1.1-24", "RELEASED is what is told last")])
def test_last_update(bench: Bench, t: Case) -> None:
    """Of an address that changed several times while no BNDUPD was acknowledged, the last status is told in the end."""
    bench.peer.habits.acknowledge = False
    clients = [bench.client_served_here() for _ in range(2)]
    addresses = [client.acquire(ANSWER_S).address for client in clients]
    for client in clients:
        bench.reactor.run_for(2.0)
        client.renew(ANSWER_S)
        client.release()
    bench.reactor.run_for(2.0)
    bench.peer.habits.acknowledge = True
    for update in list(bench.peer.withheld):
        bench.peer.acknowledge(update)
    t.sends("two leases, renewed and released while no BNDUPD is acknowledged; then every BNDACK")
    with t.expects("RELEASED (or FREE, EXPIRED) as the last status of each address"):
        for address in addresses:
            bench.reactor.run_until(lambda a=address: updates_of(bench, a, "RELEASED"), ANSWER_S)
            bench.reactor.run_for(1.0)
            said = [wire.status_name(x.get("binding-status")) for x in updates_of(bench, address)]
            t.check(said and said[-1] in ("RELEASED", "FREE", "EXPIRED"),
                    f"{address}: {', '.join(said) or 'nothing'}")

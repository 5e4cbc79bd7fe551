"""9.8 NORMAL state: entry and exits. Service in it is judged in 5.2 and 5.3, POOLREQ on entry in 7.6.

| test | clauses | roles |
|---|---|---|
| entry-sends-pending-updates | FO-9.8.1-01, L9 | both |
| partner-down-command | FO-9.8.4-01, FO-9.2-02, S11 | both |
| partner-pauses | FO-9.8.4-05, FO-9.13-03 | both |
| partner-shuts-down | FO-9.8.4-06, FO-9.14-01 | both |
| partner-in-partner-down-means-conflict | FO-9.2-07, FO-9.8.4-04, S12 | both |
| partner-in-conflict-means-conflict | FO-9.2-07, FO-9.8.4-04, L7 | both |
| partner-that-recovers | FO-9.2-07, FO-9.8.4-04, FO-9.4.2-04, S11 | both |
| primary-in-conflict-done-is-expected | FO-9.2-07 (A-33) | secondary |
"""

from __future__ import annotations

from twinlease.suite.bench import ANSWER_S, NORMAL_WITHIN_S, Bench
from twinlease.suite.case import BOTH, SECONDARY, Case, case
from twinlease.suite.steps import announced, check_all_answered, offers, states, updates_of

CLIENTS = 24
WATCH_S = 5.0


@case("d12/9.8/entry-sends-pending-updates", roles=BOTH, consequence="safety", observations=1,
      covers=[("FO-9.8.1-01", "BNDUPD for what was not acknowledged"), ("L9", "no update is lost")])
def test_pending_updates(bench: Bench, t: Case) -> None:
    """A lease whose BNDUPD was not acknowledged before the connection broke is reported on the next one."""
    bench.peer.habits.acknowledge = False
    address = bench.served_client().lease.address
    bench.reactor.run_for(2.0)
    bench.detach()
    bench.peer.habits.acknowledge = True
    t.sends(f"no BNDACK for {address}; the connection is lost and comes back", bench.to_normal())
    with t.expects("BNDUPD ACTIVE for the address"):
        bench.peer.link.expect("BNDUPD", lambda m: bool(updates_of(bench, address, "ACTIVE")), within=NORMAL_WITHIN_S)
        t.check(True, f"{address} ACTIVE")


@case("d12/9.8/partner-down-command", roles=BOTH, consequence="liveness", observations=2,
      covers=[("FO-9.8.4-01", "PARTNER-DOWN"), ("FO-9.2-02", "STATE PARTNER-DOWN"), ("S11", "by command")])
def test_partner_down_command(bench: Bench, t: Case) -> None:
    """The administrator's partner-down takes a connected peer from NORMAL to PARTNER-DOWN, and it says so."""
    bench.put.need("partner_down")
    bench.peer.habits.follow_states = False
    since = bench.peer.link.mark()
    t.sends("partner-down while connected", bench.put.partner_down())
    with t.expects("STATE PARTNER-DOWN"):
        bench.peer.expect_state("PARTNER-DOWN", within=ANSWER_S, since=since)
        t.check(True, ", ".join(states(bench.peer.link, since)))
        bench.reactor.run_for(WATCH_S)
        t.check(announced(bench) == "PARTNER-DOWN", f"{WATCH_S:g} s later: {announced(bench)}")


@case("d12/9.8/partner-pauses", roles=BOTH, level="should", consequence="liveness", observations=2,
      covers=[("FO-9.8.4-05", "COMMUNICATIONS-INTERRUPTED"),
              ("FO-9.13-03", "new clients of all buckets served at once")])
def test_partner_pauses(bench: Bench, t: Case) -> None:
    """A partner that announces PAUSED takes the peer to COMMUNICATIONS-INTERRUPTED, which serves everybody."""
    bench.peer.habits.follow_states = False
    since = bench.peer.link.mark()
    t.sends("STATE PAUSED, the connection stays", bench.peer.send_state("PAUSED"))
    with t.expects("STATE COMMUNICATIONS-INTERRUPTED, and every new client answered"):
        bench.peer.expect_state("COMMUNICATIONS-INTERRUPTED", within=ANSWER_S, since=since)
        t.check(True, ", ".join(states(bench.peer.link, since)))
        clients = [bench.client() for _ in range(CLIENTS)]
        check_all_answered(t, clients, offers(bench, clients))


@case("d12/9.8/partner-shuts-down", roles=BOTH, level="should", consequence="liveness", observations=2,
      covers=[("FO-9.8.4-06", "PARTNER-DOWN"), ("FO-9.14-01", "new clients of all buckets served at once")])
def test_partner_shuts_down(bench: Bench, t: Case) -> None:
    """A partner that announces SHUTDOWN takes the peer to PARTNER-DOWN."""
    bench.peer.habits.follow_states = False
    since = bench.peer.link.mark()
    t.sends("STATE SHUTDOWN, the connection stays", bench.peer.send_state("SHUTDOWN"))
    with t.expects("STATE PARTNER-DOWN, and every new client answered"):
        bench.peer.expect_state("PARTNER-DOWN", within=ANSWER_S, since=since)
        t.check(True, ", ".join(states(bench.peer.link, since)))
        clients = [bench.client() for _ in range(CLIENTS)]
        check_all_answered(t, clients, offers(bench, clients))


def _unexpected(bench: Bench, t: Case, state: str, expected: str) -> None:
    """The partner says an unexpected state on the living connection, and stays in it."""
    bench.peer.habits.follow_states = bench.peer.habits.answer_update_requests = False
    since = bench.peer.link.mark()
    t.sends(f"STATE {state} in NORMAL", bench.peer.send_state(state))
    with t.expects(f"STATE {expected}"):
        bench.peer.expect_state(expected, within=ANSWER_S, since=since)
        bench.reactor.run_for(WATCH_S)
        t.check(announced(bench) == expected, f"{state}: {', '.join(states(bench.peer.link, since))}")


@case("d12/9.8/partner-in-partner-down-means-conflict", roles=BOTH, consequence="safety",
      covers=[("FO-9.2-07", "POTENTIAL-CONFLICT through COMMUNICATIONS-INTERRUPTED"),
              ("FO-9.8.4-04", "POTENTIAL-CONFLICT through COMMUNICATIONS-INTERRUPTED"),
              ("S12", "never NORMAL opposite PARTNER-DOWN")])
def test_unexpected_partner_down(bench: Bench, t: Case) -> None:
    """A partner that turns from NORMAL to PARTNER-DOWN takes the peer to POTENTIAL-CONFLICT."""
    _unexpected(bench, t, "PARTNER-DOWN", "POTENTIAL-CONFLICT")


@case("d12/9.8/partner-in-conflict-means-conflict", roles=BOTH, consequence="liveness",
      covers=[("FO-9.2-07", "POTENTIAL-CONFLICT through COMMUNICATIONS-INTERRUPTED"),
              ("FO-9.8.4-04", "POTENTIAL-CONFLICT through COMMUNICATIONS-INTERRUPTED; the example of 9.8.4"),
              ("L7", "and the conflict ends")])
def test_unexpected_conflict(bench: Bench, t: Case) -> None:
    """A partner that turns from NORMAL to POTENTIAL-CONFLICT takes the peer there, too."""
    _unexpected(bench, t, "POTENTIAL-CONFLICT", "POTENTIAL-CONFLICT")


@case("d12/9.8/partner-that-recovers", roles=BOTH, consequence="safety",
      covers=[("FO-9.2-07", "COMMUNICATIONS-INTERRUPTED"), ("FO-9.8.4-04", "COMMUNICATIONS-INTERRUPTED"),
              ("FO-9.4.2-04", "not PARTNER-DOWN"),
              ("S11", "nothing that a partner in RECOVER says leads to PARTNER-DOWN")])
def test_unexpected_recover(bench: Bench, t: Case) -> None:
    """A partner that turns from NORMAL to RECOVER is waited for in COMMUNICATIONS-INTERRUPTED."""
    _unexpected(bench, t, "RECOVER", "COMMUNICATIONS-INTERRUPTED")


@case("d12/9.8/primary-in-conflict-done-is-expected", roles=SECONDARY, consequence="liveness", basis="adjudicated",
      readings=("A-33",), observations=1, covers=[("FO-9.2-07", "no transition: CONFLICT-DONE is expected")])
def test_conflict_done_is_expected(bench: Bench, t: Case) -> None:
    """A secondary in NORMAL does not leave it because its primary is still in CONFLICT-DONE."""
    bench.peer.habits.follow_states = False
    link = bench.meet("POTENTIAL-CONFLICT")
    bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
    bench.peer.habits.answer_update_requests = True
    bench.peer.send_state("CONFLICT-DONE")
    bench.peer.expect_state("NORMAL", within=ANSWER_S)
    since = link.mark()
    t.sends("the secondary has reached NORMAL; the primary says CONFLICT-DONE once more",
            bench.peer.send_state("CONFLICT-DONE"))
    with t.expects("NORMAL still"):
        bench.reactor.run_for(WATCH_S)
        t.check(announced(bench) == "NORMAL", ", ".join(states(link, since)) or "no STATE")
    bench.peer.send_state("NORMAL")

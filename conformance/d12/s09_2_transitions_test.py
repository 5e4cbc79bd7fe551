"""9.2 Server State Transitions: what holds for every one of them.

| test | clauses | roles |
|---|---|---|
| entry-time-is-kept | FO-9.2-01, FO-9.8.4-03, FO-3.3-01, S11 (A-17) | both |
| connection-survives-a-chain | FO-9.2-07, -08, L17 (A-31) | both |
| repeated-state-changes-nothing | FO-9.2-07, L17 (A-31) | both |
| unanswered-clients-are-forgotten | FO-9.2-05, S10 | both |
| announced-states-exist | FO-12.24-02, FO-9.3.1-03, S14 (A-03) | both |
"""

from __future__ import annotations

from twinlease import dhcp, wire
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import announced, states, unwanted_answers

AWAY_S = 62.0
"""How long the connection is away: longer than MCLT, and enough for a tenth of it to be more than jitter."""
SETTLE_S = 10.0
"""How long an exchange of STATE messages may go on before it counts as one that does not end."""
KNOWN = {*wire.SERVER_STATE.values(), 12, 254}
"""Values of server-state: those of 12.24, and the private ones for RECOVER-WAIT (A-03)."""


@case("d12/9.2/entry-time-is-kept", roles=BOTH, consequence="safety", readings=("A-17",), observations=2,
      covers=[("FO-9.2-01", "start-time-of-state is the entry into the state, not the moment of the STATE"),
              ("FO-9.8.4-03", "COMMUNICATIONS-INTERRUPTED when the connection is lost"),
              ("S11", "not PARTNER-DOWN by itself"),
              ("FO-3.3-01", "COMMUNICATIONS-INTERRUPTED after a minute alone, not PARTNER-DOWN")])
def test_entry_time(bench: Bench, t: Case) -> None:
    """The state entered when the connection broke is announced later with the time at which it was entered."""
    allowed = bench.long_enough(AWAY_S)
    lost = bench.clock.now()
    bench.detach()
    bench.reactor.run_for(AWAY_S)
    since_s = bench.clock.now()
    link = t.sends(f"the connection is lost and comes back after {AWAY_S:g} s",
                   bench.meet("COMMUNICATIONS-INTERRUPTED"))
    with t.expects("STATE COMMUNICATIONS-INTERRUPTED since the loss (or NORMAL since the new connection), in the end "
                   "NORMAL"):
        first = link.expect("STATE", within=ANSWER_S)
        name = wire.state_name(first.get("server-state"))
        t.check(name in ("COMMUNICATIONS-INTERRUPTED", "NORMAL"), f"first STATE: {name}")
        entered = lost if name == "COMMUNICATIONS-INTERRUPTED" else since_s
        off = first.get("start-time-of-state", 0) - entered
        t.check(-allowed <= off <= allowed + 1.0, f"{name}: start-time-of-state {off:+.1f} s off its entry")


@case("d12/9.2/connection-survives-a-chain", roles=BOTH, level="should", readings=("A-31",), observations=3,
      covers=[("FO-9.2-07", "communications-failed transition, then the one for the partner's new state"),
              ("FO-9.2-08", "the connection stays"), ("L17", "the exchange ends")])
def test_chain(bench: Bench, t: Case) -> None:
    """A partner that falls back to COMMUNICATIONS-INTERRUPTED on a living connection finds the peer in NORMAL on it."""
    link = bench.peer.link
    bench.peer.habits.follow_states = False
    since = link.mark()
    t.sends("STATE COMMUNICATIONS-INTERRUPTED in NORMAL", bench.peer.send_state("COMMUNICATIONS-INTERRUPTED"))
    with t.expects("the connection stays, the peer ends in NORMAL, with few STATEs"):
        bench.reactor.run_for(SETTLE_S)
        t.check(link.closed is None, f"connection: {link.closed or 'open'}")
        t.check(announced(bench) == "NORMAL", f"announced: {', '.join(states(link, since)) or 'nothing new'}")
        t.check(len(states(link, since)) <= 4, f"{len(states(link, since))} STATEs in {SETTLE_S:g} s")


@case("d12/9.2/repeated-state-changes-nothing", roles=BOTH, basis="adjudicated", consequence="liveness",
      readings=("A-31",), observations=2,
      covers=[("FO-9.2-07", "a STATE that says nothing new causes no transition"), ("L17", "the exchange ends")])
def test_repeated_state(bench: Bench, t: Case) -> None:
    """STATE NORMAL said three times over in NORMAL causes no transition."""
    link = bench.peer.link
    since = link.mark()
    for _ in range(3):
        t.sends("STATE NORMAL again", bench.peer.send_state("NORMAL"))
        bench.reactor.run_for(2.0)
    with t.expects("no other state, the connection stays"):
        others = [name for name in states(link, since) if name != "NORMAL"]
        t.check(not others, f"announced: {', '.join(states(link, since)) or 'nothing'}")
        t.check(link.closed is None, f"connection: {link.closed or 'open'}")


@case("d12/9.2/unanswered-clients-are-forgotten", roles=BOTH, consequence="safety", observations=2,
      covers=[("FO-9.2-05", "no BNDUPD about a client that was not answered"),
              ("S10", "no trace of the messages of a silent time")])
def test_forgotten(bench: Bench, t: Case) -> None:
    """What clients say while the peer is silent leaves no trace when it serves again."""
    bench.meet("POTENTIAL-CONFLICT")
    bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
    address = bench.take_address()
    t.sends(f"in POTENTIAL-CONFLICT: DISCOVER, and INIT-REBOOT and RENEW of {address}, a lease nobody gave")
    asker = bench.client()
    requests = [asker.send(dhcp.REQUEST, [(50, wire.encode_value("assigned-IP-address", address))]),
                asker.send(dhcp.REQUEST, ciaddr=address)]
    with t.expects("no answer"):
        came = unwanted_answers(bench, None)
        came += [p.label() for p in bench.relay.received if p.xid in requests]
        t.check(not came, f"answers: {', '.join(came) or 'none'}")
    began = bench.transcript.mark()
    bench.peer.habits.follow_states = bench.peer.habits.answer_update_requests = True
    bench.peer.drop()
    bench.to_normal()
    bench.reactor.run_for(5.0)
    updates = [e.message for e in bench.transcript.since(began)
               if e.frm == "peer" and e.proto == "failover" and getattr(e.message, "type", "") == "BNDUPD"]
    with t.expects("no BNDUPD about it when the pair is in NORMAL again"):
        traces = [m.label() for m in updates
                  if any(a.get("client-hardware-address", b"")[1:] == asker.hardware for a in m.transactions)]
        t.check(not traces, f"BNDUPDs: {', '.join(traces) or 'none'}")


@case("d12/9.2/announced-states-exist", roles=BOTH, last=True, probe=False, observations=10, readings=("A-03",),
      covers=[("FO-12.24-02", "server-state is never 1"), ("FO-9.3.1-03", "STARTUP, once cleared, stays cleared"),
              ("S14", "the STARTUP bit is set in STARTUP only")])
def test_states_exist(bench: Bench, t: Case) -> None:
    """Every STATE names a state of 12.24 other than STARTUP, and the STARTUP bit never comes back on a connection."""
    cleared: set[int] = set()
    with t.expects("server-state 2 to 11 (or one for RECOVER-WAIT), STARTUP bit at the beginning only"):
        for entry in bench.transcript.entries:
            if entry.frm != "peer" or entry.proto != "failover" or getattr(entry.message, "type", "") != "STATE":
                continue
            code = entry.message.get("server-state")
            t.check(code in KNOWN and code != 1, f"server-state {code}")
            startup = bool((entry.message.get("server-flags") or 0) & wire.STARTUP_FLAG)
            t.check(not (startup and entry.connection in cleared), entry.message.label())
            if not startup:
                cleared.add(entry.connection)

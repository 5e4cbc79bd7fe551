"""9.3 STARTUP state. That a partner in PARTNER-DOWN since later means RECOVER is judged in 9.6.

| test | clauses | roles |
|---|---|---|
| state-survives-a-restart | FO-9.1-01, FO-9.2-01, FO-9.3.1-02, -03, FO-9.3.2-01, -05, -09, -12, S14 (A-18) | both |
| partner-down-survives-a-restart | FO-9.2-01, FO-9.3.1-02, FO-9.3.2-01, -12, S11, S14 | both |
| conflict-survives-a-restart | FO-9.2-01, FO-9.3.2-01, -05, -12, FO-9.11.3-02 (A-18) | both |
| startup-bit-after-a-conflict | FO-9.3.1-02, FO-12.23-01, S14 | both |
| silent-in-startup | FO-9.3.1-01, FO-5.9-01, S10 | both |
| connects-in-startup | FO-9.3.2-08 | both |
| partner-down-since-earlier-means-conflict | FO-9.3.2-11, S12 (A-28) | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.connection import Connection
from twinlease.suite.bench import ANSWER_S, CONNECT_WITHIN_S, NORMAL_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import states, to_partner_down, unwanted_answers

AT_ONCE_S = 2.0
"""Within this time after a STATE with the STARTUP bit an answer to a client comes from a server in STARTUP."""


SHORTEST_STARTUP_S = 5.0
"""A STARTUP shorter than this is not what 5.9 recommends; after it the peer may have left STARTUP by itself."""


def _restart(bench: Bench) -> Connection:
    """Kills and starts the peer; a connection on which it has not been told the partner's state."""
    bench.put.need("kill", "start")
    bench.put.kill()
    bench.peer.drop()
    bench.reactor.run_for(5.0)
    bench.put.start()
    return bench.peer.connect(CONNECT_WITHIN_S, state=False)


def _first_state(t: Case, link: Connection, *names: str) -> wire.Message:
    """The first STATE after a restart, which says one of these states."""
    first = link.expect("STATE", within=ANSWER_S)
    t.check(wire.state_name(first.get("server-state")) in names, f"first STATE after the restart: {first.label()}")
    return first


def _startup_bit(bench: Bench, t: Case, first: wire.Message) -> None:
    """The STARTUP bit is set in it, unless STARTUP may have been over by then."""
    after_s = bench.peer.link.arrived_s[bench.peer.link.received.index(first)] - bench.put.started_s
    startup = bool((first.get("server-flags") or 0) & wire.STARTUP_FLAG)
    if not startup and after_s >= SHORTEST_STARTUP_S:
        t.inconclusive(f"STARTUP: the first STATE came {after_s:.0f} s after the start, STARTUP may have been over")
    t.check(startup, f"{first.label()}: STARTUP bit {'set' if startup else 'not set'} {after_s:.1f} s after the start, "
                     "before any STATE of the partner")


@case("d12/9.3/state-survives-a-restart", roles=BOTH, consequence="safety", readings=("A-18",), observations=3,
      covers=[("FO-9.1-01", "STARTUP after the start"), ("FO-9.2-01", "the state is stored"),
              ("FO-9.3.1-02", "STATE with the STARTUP bit and the stored state or its successor"),
              ("FO-9.3.1-03", "then the bit is cleared"), ("FO-9.3.2-01", "previous-state from storage"),
              ("FO-9.3.2-05", "NORMAL becomes COMMUNICATIONS-INTERRUPTED"),
              ("FO-9.3.2-09", "STARTUP ends with communications ok"), ("FO-9.3.2-12", "then NORMAL"),
              ("S14", "first STATE after a restart")])
def test_restart_in_normal(bench: Bench, t: Case) -> None:
    """Killed in NORMAL and started again, the peer says so in its first STATE, with the STARTUP bit, then clears it."""
    link = t.sends("the peer is killed in NORMAL and started", _restart(bench))
    with t.expects("STATE NORMAL or COMMUNICATIONS-INTERRUPTED with the STARTUP bit; after the partner's STATE the bit "
                   "is clear, and in the end NORMAL"):
        _startup_bit(bench, t, _first_state(t, link, "NORMAL", "COMMUNICATIONS-INTERRUPTED"))
        bench.peer.send_state("COMMUNICATIONS-INTERRUPTED")
        bench.peer.expect_state("NORMAL", within=NORMAL_WITHIN_S)
        t.check(True, "then " + ", ".join(states(link)[1:]))


@case("d12/9.3/partner-down-survives-a-restart", roles=BOTH, consequence="safety", observations=3,
      covers=[("FO-9.2-01", "the state is stored"), ("FO-9.3.1-02", "STATE PARTNER-DOWN with the STARTUP bit"),
              ("FO-9.3.2-01", "previous-state from storage"), ("FO-9.3.2-12", "partner in RECOVER: PARTNER-DOWN"),
              ("S11", "PARTNER-DOWN again after a restart"), ("S14", "first STATE after a restart")])
def test_restart_in_partner_down(bench: Bench, t: Case) -> None:
    """Killed in PARTNER-DOWN and started again, the peer is still in PARTNER-DOWN."""
    to_partner_down(bench)
    bench.reactor.run_for(2.0)
    link = t.sends("the peer is killed in PARTNER-DOWN and started", _restart(bench))
    bench.peer.habits.follow_states = False
    with t.expects("STATE PARTNER-DOWN with the STARTUP bit, then without, the partner being in RECOVER"):
        _startup_bit(bench, t, _first_state(t, link, "PARTNER-DOWN"))
        bench.peer.send_state("RECOVER")
        bench.peer.expect_state("PARTNER-DOWN", within=ANSWER_S)
        t.check(True, "then " + ", ".join(states(link)[1:]))
    bench.peer.send_state("RECOVER-DONE")   # the orderly way out
    bench.peer.habits.follow_states = True
    bench.reactor.run_until(lambda: bench.peer.partner_state == "NORMAL", ANSWER_S)


def _restart_in_conflict(bench: Bench) -> Connection:
    bench.meet("POTENTIAL-CONFLICT")
    bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
    return _restart(bench)


@case("d12/9.3/conflict-survives-a-restart", roles=BOTH, consequence="safety", readings=("A-18",), observations=2,
      covers=[("FO-9.2-01", "the state is stored"), ("FO-9.3.2-01", "previous-state from storage"),
              ("FO-9.3.2-05", "POTENTIAL-CONFLICT becomes RESOLUTION-INTERRUPTED"),
              ("FO-9.3.2-12", "then POTENTIAL-CONFLICT"), ("FO-9.11.3-02", "then POTENTIAL-CONFLICT")])
def test_restart_in_conflict(bench: Bench, t: Case) -> None:
    """Killed in POTENTIAL-CONFLICT and started again, the peer resumes it with the partner."""
    link = t.sends("the peer is killed in POTENTIAL-CONFLICT and started", _restart_in_conflict(bench))
    with t.expects("STATE POTENTIAL-CONFLICT or RESOLUTION-INTERRUPTED; POTENTIAL-CONFLICT after the partner's STATE"):
        _first_state(t, link, "POTENTIAL-CONFLICT", "RESOLUTION-INTERRUPTED")
        bench.reactor.run_for(2.0)
        since = link.mark()
        bench.peer.send_state("RESOLUTION-INTERRUPTED")
        bench.reactor.run_for(ANSWER_S)
        t.check(states(link)[-1] == "POTENTIAL-CONFLICT", f"then {', '.join(states(link, since)) or 'no other STATE'}")


@case("d12/9.3/startup-bit-after-a-conflict", roles=BOTH, consequence="interop", observations=2,
      covers=[("FO-9.3.1-02", "STATE with the STARTUP bit"), ("FO-12.23-01", "STARTUP bit in STARTUP"),
              ("S14", "first STATE after a restart")])
def test_startup_bit(bench: Bench, t: Case) -> None:
    """The first STATE after a restart in POTENTIAL-CONFLICT has the STARTUP bit, too."""
    link = t.sends("the peer is killed in POTENTIAL-CONFLICT and started", _restart_in_conflict(bench))
    with t.expects("STATE POTENTIAL-CONFLICT or RESOLUTION-INTERRUPTED with the STARTUP bit"):
        _startup_bit(bench, t, _first_state(t, link, "POTENTIAL-CONFLICT", "RESOLUTION-INTERRUPTED"))
    bench.peer.send_state("RESOLUTION-INTERRUPTED")
    bench.reactor.run_for(2.0)


@case("d12/9.3/silent-in-startup", roles=BOTH, consequence="safety", observations=1,
      covers=[("FO-9.3.1-01", "no answer in STARTUP"), ("FO-5.9-01", "no answer in STARTUP"), ("S10", "silence")])
def test_silent_in_startup(bench: Bench, t: Case) -> None:
    """A server in STARTUP answers no client, not even one that renews."""
    holder = bench.served_client()
    bench.reactor.run_for(2.0)
    link = _restart(bench)
    first = link.expect("STATE", within=ANSWER_S)
    if not (first.get("server-flags") or 0) & wire.STARTUP_FLAG:
        t.inconclusive("STARTUP: the peer had left STARTUP when it was reached")
    t.sends("right after the STATE with the STARTUP bit: DISCOVER, INIT-REBOOT, INFORM and RENEW")
    with t.expects("no answer"):
        came = unwanted_answers(bench, holder, AT_ONCE_S)
        left = [name for name in states(link)[1:] if "STARTUP" not in name]
        t.check(not came or left, f"answers: {', '.join(came) or 'none'}; states: {', '.join(states(link))}")
    bench.peer.send_state("COMMUNICATIONS-INTERRUPTED")


@case("d12/9.3/connects-in-startup", roles=BOTH, consequence="liveness",
      covers=[("FO-9.3.2-08", "a TCP connection to the partner")])
def test_connects_in_startup(bench: Bench, t: Case) -> None:
    """A server that starts tries to connect to its partner."""
    bench.put.need("kill", "start")
    bench.peer.listen()
    bench.put.kill()
    bench.peer.drop()
    bench.put.start()
    mark = bench.transcript.mark()
    t.sends("the peer is killed and started; the partner listens")
    with t.expects(f"a TCP connection to the partner's port within {CONNECT_WITHIN_S:g} s"):
        came = bench.reactor.run_until(lambda: next(
            (e for e in bench.transcript.since(mark) if e.label == "TCP connection opened by the peer"), None),
            CONNECT_WITHIN_S)
        t.check(came, f"{came.label if came else 'no connection'}")


@case("d12/9.3/partner-down-since-earlier-means-conflict", roles=BOTH, consequence="safety", readings=("A-28",),
      covers=[("FO-9.3.2-11", "POTENTIAL-CONFLICT"), ("S12", "never NORMAL opposite PARTNER-DOWN")])
def test_partner_down_earlier(bench: Bench, t: Case) -> None:
    """Coming back to a partner that went to PARTNER-DOWN while the peer still worked, the peer is in a conflict."""
    bench.put.need("kill", "start")
    bench.detach()
    bench.reactor.run_for(2.0)
    since_s = int(bench.clock.now())
    bench.reactor.run_for(15.0)
    bench.client().discover(ANSWER_S)
    bench.put.kill()
    bench.reactor.run_for(5.0)
    bench.put.start()
    link = t.sends("the connection is lost; the partner is in PARTNER-DOWN 2 s later; 15 s later the peer, at work, is "
                   "killed, then started", bench.meet("PARTNER-DOWN", since_s=since_s))
    with t.expects("STATE POTENTIAL-CONFLICT"):
        bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
        t.check(True, ", ".join(states(link)))

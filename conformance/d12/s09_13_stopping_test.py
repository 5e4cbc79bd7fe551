"""9.13 PAUSED and 9.14 SHUTDOWN state: a peer that its administrator stops. (Its partner's stop: 9.4, 9.8, 9.9.)

| test | clauses | roles |
|---|---|---|
| stop-is-announced | FO-9.13-01, FO-9.14.1-03 | both |
| state-before-the-stop-comes-back | FO-9.13-02, FO-9.13.1-01, FO-9.13.2-01, FO-9.14.1-01, S14 (A-18) | both |
| partner-down-seen-while-stopping | FO-9.14.2-02, S14 | both |
"""

from __future__ import annotations

from twinlease.connection import Connection
from twinlease.suite.bench import ANSWER_S, CONNECT_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, Unimplemented, case
from twinlease.suite.steps import states

STOPPING = ("PAUSED", "SHUTDOWN")


def _stop(bench: Bench) -> list[str]:
    """The administrator's stop; what the peer announced on the connection from then on. It is closed afterwards."""
    bench.put.need("stop", "start")
    link = bench.peer.link
    bench.peer.habits.follow_states = False
    since = link.mark()
    bench.put.stop()
    bench.reactor.run_until(lambda: link.closed, ANSWER_S)
    bench.peer.drop()
    return states(link, since)


def _start(bench: Bench) -> Connection:
    """Starts it; a connection on which it has not been told the partner's state."""
    bench.reactor.run_for(2.0)
    bench.put.start()
    bench.peer.habits.follow_states = True
    return bench.peer.connect(CONNECT_WITHIN_S, state=False)


@case("d12/9.13/stop-is-announced", roles=BOTH, level="should", consequence="liveness", covers=[
    ("FO-9.13-01", "STATE PAUSED before a short stop"), ("FO-9.14.1-03", "STATE SHUTDOWN before a long one")])
def test_announced(bench: Bench, t: Case) -> None:
    """A peer that is stopped says PAUSED or SHUTDOWN, so that its partner takes over at once."""
    said = t.sends("the administrator's stop in NORMAL", _stop(bench))
    bench.put.start()
    with t.expects("STATE PAUSED or SHUTDOWN as the last one on the connection"):
        t.check(said and said[-1] in STOPPING, ", ".join(said) or "no STATE")


@case("d12/9.13/state-before-the-stop-comes-back", roles=BOTH, consequence="safety", readings=("A-18",), observations=1,
      covers=[("FO-9.13-02", "the state before PAUSED"), ("FO-9.13.1-01", "the state before PAUSED is stored"),
              ("FO-9.13.2-01", "the state before PAUSED"), ("FO-9.14.1-01", "the state before SHUTDOWN is stored"),
              ("S14", "PAUSED and SHUTDOWN never become a previous state")])
def test_comes_back(bench: Bench, t: Case) -> None:
    """Stopped in NORMAL and started again, the peer goes on from NORMAL, not from PAUSED or SHUTDOWN."""
    said = _stop(bench)
    link = t.sends(f"the administrator's stop in NORMAL (announced: {', '.join(said) or 'nothing'}), then the start",
                   _start(bench))
    with t.expects("STATE NORMAL or COMMUNICATIONS-INTERRUPTED first"):
        first = link.expect("STATE", within=ANSWER_S)
        t.check(states(link)[0].split()[0] in ("NORMAL", "COMMUNICATIONS-INTERRUPTED"), first.label())
    bench.peer.send_state("COMMUNICATIONS-INTERRUPTED")


@case("d12/9.14/partner-down-seen-while-stopping", roles=BOTH, consequence="safety", observations=1,
      covers=[("FO-9.14.2-02", "RECOVER is recorded"), ("S14", "RECOVER after a SHUTDOWN that the partner took over")])
def test_partner_down(bench: Bench, t: Case) -> None:
    """A peer that says SHUTDOWN and is answered with PARTNER-DOWN is in RECOVER when it is started again."""
    bench.put.need("stop", "start")
    link = bench.peer.link
    bench.peer.habits.follow_states = False
    since = link.mark()

    def take_over(message) -> None:
        received(message)
        if message.type == "STATE" and "SHUTDOWN" in states(link, since) and bench.peer.state == "NORMAL":
            bench.peer.send_state("PARTNER-DOWN")

    received, link.on_message = link.on_message, take_over
    bench.put.stop()
    bench.reactor.run_until(lambda: link.closed, ANSWER_S)
    said = states(link, since)
    if "SHUTDOWN" not in said:
        bench.put.start()
        raise Unimplemented(f"its stop is not announced as SHUTDOWN ({', '.join(said) or 'no STATE'})")
    bench.peer.drop()
    link = t.sends("the administrator's stop in NORMAL; STATE PARTNER-DOWN when it says SHUTDOWN; then the start",
                   _start(bench))
    with t.expects("STATE RECOVER first"):
        first = link.expect("STATE", within=ANSWER_S)
        t.check(states(link)[0].split()[0] == "RECOVER", first.label())
    bench.peer.send_state("PARTNER-DOWN")

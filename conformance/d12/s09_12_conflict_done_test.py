"""9.12 CONFLICT-DONE state, a primary's. How it is entered and left is judged in 9.10.

| test | clauses | roles |
|---|---|---|
| serves-everyone | FO-9.12.2-01 | primary |
| stays-when-the-connection-is-lost | FO-9.12.3-01 | primary |
| secondary-lost-contact-in-normal | FO-9.12.3-01, L7 | primary |
| secondary-in-partner-down | FO-9.12.3-01 (A-29) | primary |
"""

from __future__ import annotations

from twinlease.connection import Connection, NotSeen
from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import PRIMARY, Case, case
from twinlease.suite.steps import announced, check_all_answered, offers, states

CLIENTS = 24
WATCH_S = 5.0


def _conflict_done(bench: Bench) -> Connection:
    """A primary in CONFLICT-DONE; its secondary is still in POTENTIAL-CONFLICT."""
    link = bench.meet("POTENTIAL-CONFLICT", answer_updates=True)
    bench.peer.expect_state("CONFLICT-DONE", within=ANSWER_S)
    return link


@case("d12/9.12/serves-everyone", roles=PRIMARY, consequence="liveness", observations=CLIENTS,
      covers=[("FO-9.12.2-01", "new clients of every bucket are answered")])
def test_serves_everyone(bench: Bench, t: Case) -> None:
    """In CONFLICT-DONE the primary answers new clients of every bucket."""
    _conflict_done(bench)
    clients = [bench.client() for _ in range(CLIENTS)]
    answers = t.sends(f"CONFLICT-DONE, the secondary in POTENTIAL-CONFLICT; DISCOVER of {CLIENTS} new clients, again "
                      "of those that get no answer", offers(bench, clients))
    again = iter(offers(bench, [c for c, answer in zip(clients, answers) if answer is None]))   # a packet may be lost
    answers = [answer or next(again) for answer in answers]
    with t.expects("an offer to each"):
        check_all_answered(t, clients, answers)


def _next_connection(bench: Bench, t: Case, state: str, *expected: str) -> None:
    """The connection is lost in CONFLICT-DONE, after the secondary's UPDREQ was answered, and comes back with the
    secondary in that state."""
    link = _conflict_done(bench)
    xid = link.send("UPDREQ")
    link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S)
    bench.detach()
    t.sends(f"CONFLICT-DONE; the secondary has its UPDDONE; the connection is lost; a new one with STATE {state}")
    with t.expects(" or ".join(expected) + ", and a connection that works"):
        try:
            link = bench.meet(state)
        except (NotSeen, ConnectionError):   # it may end before its STATE has left
            t.check(bench.put.running is not False, "the process has ended")
            raise
        bench.reactor.run_for(WATCH_S)
        alive = bench.put.running is not False
        t.check(alive, f"said {', '.join(states(link))}; the process {'is there' if alive else 'has ended'}")
        t.check(states(link) and states(link)[0] == "CONFLICT-DONE", f"first STATE: {', '.join(states(link)[:1])}")
        t.check(link.closed is None and announced(bench) in expected,
                f"{', '.join(states(link))}, connection {link.closed or 'open'}")


@case("d12/9.12/stays-when-the-connection-is-lost", roles=PRIMARY, consequence="liveness", observations=3,
      covers=[("FO-9.12.3-01", "CONFLICT-DONE opposite RESOLUTION-INTERRUPTED")])
def test_stays(bench: Bench, t: Case) -> None:
    """A connection lost in CONFLICT-DONE finds the primary in CONFLICT-DONE when it comes back."""
    _next_connection(bench, t, "RESOLUTION-INTERRUPTED", "CONFLICT-DONE")


@case("d12/9.12/secondary-lost-contact-in-normal", roles=PRIMARY, consequence="liveness", observations=3,
      covers=[("FO-9.12.3-01", "CONFLICT-DONE opposite COMMUNICATIONS-INTERRUPTED"), ("L7", "the conflict ends")])
def test_secondary_was_normal(bench: Bench, t: Case) -> None:
    """A secondary whose STATE NORMAL was lost with the connection comes back in COMMUNICATIONS-INTERRUPTED."""
    _next_connection(bench, t, "COMMUNICATIONS-INTERRUPTED", "CONFLICT-DONE")


@case("d12/9.12/secondary-in-partner-down", roles=PRIMARY, consequence="liveness", readings=("A-29",), observations=3,
      covers=[("FO-9.12.3-01", "CONFLICT-DONE or POTENTIAL-CONFLICT opposite PARTNER-DOWN")])
def test_secondary_partner_down(bench: Bench, t: Case) -> None:
    """A secondary that was told that its partner is down comes back in PARTNER-DOWN."""
    _next_connection(bench, t, "PARTNER-DOWN", "CONFLICT-DONE", "POTENTIAL-CONFLICT")

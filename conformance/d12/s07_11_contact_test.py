"""7.11 CONTACT message, with the timers of 7.9.1, 7.9.2 and 8.3.

How soon after tSend a CONTACT is due is a SHOULD with two values (A-15). What is certified is that the partner's
receive-timer is never reached, and that the peer notices when its own is.

| test | clauses | roles |
|---|---|---|
| idle-connection-is-kept-alive | FO-7.11-01, FO-7.9.1-20, -15, FO-7.9.2-14, -10, FO-5.1-02, L3 | both |
| small-receive-timer-is-kept | FO-7.9.1-20, FO-7.9.2-14, L3 | both |
| receive-timer-of-one-second | FO-7.9.1-16, FO-7.9.2-11 | both |
| receive-timer-of-zero | FO-12.19-01 (A-43) | both |
| longest-receive-timer | FO-7.9.1-16, FO-7.9.2-11 | both |
| silence-ends-the-connection | FO-8.3-03, FO-8.3-02, FO-7.9.1-19, FO-7.9.2-13, L2 | both |
| silence-is-noticed-in-time | FO-7.9.1-17, FO-7.9.2-12, L2 | both |
| silence-is-answered-with-disconnect | FO-8.3-03, FO-7.12.1-01, FO-8.6-05, L2 (A-45) | both |
| every-message-restarts-the-timer | FO-7.11.2-01, FO-7.9.1-18, FO-7.9.2-18 | both |
| contact-has-no-options | FO-7.11-02 | both |
"""

from __future__ import annotations

from twinlease.connection import Connection
from twinlease.suite import handshake
from twinlease.suite.bench import ANSWER_S, CONNECT_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, case

FLOOD = 10
"""Messages of a peer that has nothing to say, in one receive-timer: a third of it is asked for (A-15)."""


def _gaps(bench: Bench, t: Case, count: int, receive_timer_s: float) -> None:
    """Judges the next gaps between messages of the peer: by each end of one, no more than that many receive-timers
    have passed since the first began. (The tolerance is then a tenth of what is measured, whatever the timer.)"""
    link = bench.peer.link
    allowed = bench.long_enough(count * receive_timer_s)
    first = len(link.received) - 1
    with t.expects(f"{count} gaps between messages, of at most {receive_timer_s:g} s each"):
        for number in range(first + 1, first + count + 1):
            due_s = link.arrived_s[first] + (number - first) * receive_timer_s + allowed
            bench.reactor.run_until(lambda: len(link.received) > number or link.closed,
                                    max(due_s - bench.clock.now(), 0.1))
            gap_s = (link.arrived_s[number] if len(link.received) > number else bench.clock.now())
            gap_s -= link.arrived_s[number - 1]
            t.check(len(link.received) > number, f"gap {number - first}: {gap_s:.1f} s, connection "
                                                 f"{link.closed or 'open'}")


def _no_flood(bench: Bench, t: Case, link: Connection, watch_s: float, at_most: int) -> None:
    """Judges how many messages the peer sends in a while."""
    since = link.mark()
    with t.expects(f"at most {at_most} messages in {watch_s:g} s"):
        bench.reactor.run_until(lambda: link.mark() - since > at_most or link.closed, watch_s)
        sent = link.mark() - since
        t.check(sent <= at_most, f"{sent} messages in {link.arrived_s[-1] - link.arrived_s[since]:.2f} s"
                                 if sent > at_most else f"{sent} messages in {watch_s:g} s")


@case("d12/7.11/idle-connection-is-kept-alive", roles=BOTH, consequence="liveness", observations=4, readings=("A-15",),
      covers=[("FO-7.11-01", "CONTACT when there is nothing else"), ("FO-7.9.1-20", "gap below our receive-timer"),
              ("FO-7.9.1-15", "tSend runs"), ("FO-7.9.2-14", "gap below our receive-timer"),
              ("FO-7.9.2-10", "tSend runs"), ("L3", "gap below our receive-timer"),
              ("FO-5.1-02", "a message in each receive-timer of an idle connection")])
def test_idle(bench: Bench, t: Case) -> None:
    """On an idle connection no gap between the peer's messages reaches the receive-timer that we announced."""
    receive_timer_s = bench.peer.identity.receive_timer_s
    t.sends(f"receive-timer {receive_timer_s} s announced; nothing but CONTACT since")
    for _ in range(4):
        _gaps(bench, t, 1, receive_timer_s)


@case("d12/7.11/small-receive-timer-is-kept", roles=BOTH, consequence="interop", observations=10, readings=("A-15",),
      covers=[("FO-7.9.1-20", "gaps below 6 s"), ("FO-7.9.2-14", "gaps below 6 s"),
              ("L3", "also with a small receive-timer")])
def test_small(bench: Bench, t: Case) -> None:
    """A partner that announces a receive-timer of 6 s hears from the peer often enough."""
    t.sends("a new connection with receive-timer 6 s, up to NORMAL; nothing but CONTACT then")
    with bench.partner_with(receive_timer_s=6):
        bench.reactor.run_until(lambda: bench.clock.now() - bench.peer.link.arrived_s[-1] > 1.0, ANSWER_S)
        _gaps(bench, t, 10, 6.0)


@case("d12/7.11/receive-timer-of-one-second", roles=BOTH, level="should", consequence="robustness", observations=41,
      readings=("A-15",), covers=[("FO-7.9.1-16", "gaps below a second, no flood"),
                                  ("FO-7.9.2-11", "gaps below a second, no flood")])
def test_one_second(bench: Bench, t: Case) -> None:
    """With a receive-timer of 1 s the peer sends often enough, and not without measure."""
    t.sends("a new connection with receive-timer 1 s, up to NORMAL; nothing but CONTACT then")
    with bench.partner_with(receive_timer_s=1):
        _gaps(bench, t, 40, 1.0)
        _no_flood(bench, t, bench.peer.link, 3.0, 3 * FLOOD)


@case("d12/7.11/receive-timer-of-zero", roles=BOTH, level="should", basis="adjudicated", consequence="robustness",
      readings=("A-43",), observations=2, covers=[
          ("FO-12.19-01", "0: process|connectack-reject:*|close-connection, no flood")])
def test_zero(bench: Bench, t: Case) -> None:
    """A receive-timer of 0 is refused or borne, and does not make the peer send without end."""
    bench.detach()
    t.sends("a handshake with receive-timer 0")
    tried = handshake.handshake(bench, receive_timer=0)
    t.saw(f"reaction: {tried.reaction}")
    _no_flood(bench, t, tried.connection, 3.0, 3 * FLOOD)
    tried.connection.close()


@case("d12/7.11/longest-receive-timer", roles=BOTH, level="should", consequence="robustness", observations=2, covers=[
    ("FO-7.9.1-16", "0xffffffff: process, no flood"), ("FO-7.9.2-11", "0xffffffff: process, no flood")])
def test_longest(bench: Bench, t: Case) -> None:
    """A receive-timer of 0xffffffff is taken for what it is: no flood, no end of the connection."""
    t.sends("a new connection with receive-timer 0xffffffff, up to NORMAL; nothing but CONTACT then")
    with bench.partner_with(receive_timer_s=0xFFFFFFFF):
        link = bench.peer.link
        bench.reactor.run_until(lambda: bench.clock.now() - link.arrived_s[-1] > 1.0, 3.0)
        _no_flood(bench, t, link, 20.0, 2 * FLOOD)
        with t.expects("the connection stays"):
            t.check(link.closed is None, f"connection {link.closed or 'open'}")


@case("d12/7.11/silence-ends-the-connection", roles=BOTH, consequence="liveness", covers=[
    ("FO-8.3-03", "close-with-disconnect:17|close-connection"), ("FO-8.3-02", "communications fail"),
    ("FO-7.9.1-19", "close-with-disconnect:17|close-connection"),
    ("FO-7.9.2-13", "close-with-disconnect:17|close-connection"), ("L2", "silence is detected")])
def test_silence(bench: Bench, t: Case) -> None:
    """A peer that hears nothing closes the connection; a DISCONNECT before that says 17."""
    link, receive_timer_s = handshake.go_silent(bench)
    t.sends(f"one CONTACT and then nothing; the peer announced receive-timer {receive_timer_s} s")
    with t.expects(f"the connection is closed within {2 * receive_timer_s:g} s, after DISCONNECT 17 or none"):
        how = link.expect_closed(2 * receive_timer_s)
        said = handshake.ending(link)
        t.check(said in ("close-connection", "close-with-disconnect:17"), f"{said} ({how})")


@case("d12/7.11/silence-is-noticed-in-time", roles=BOTH, level="should", consequence="liveness", covers=[
    ("FO-7.9.1-17", "closed when the announced receive-timer is over, not before"),
    ("FO-7.9.2-12", "closed when the announced receive-timer is over, not before"), ("L2", "bound: tReceive")])
def test_silence_in_time(bench: Bench, t: Case) -> None:
    """A silent connection ends when the receive-timer that the peer announced is over, and not before."""
    link, receive_timer_s = handshake.go_silent(bench)
    silent_since_s = link.last_sent_s
    allowed = bench.long_enough(receive_timer_s)
    t.sends(f"one CONTACT and then nothing; the peer announced receive-timer {receive_timer_s} s")
    with t.expects(f"the end {receive_timer_s:g} s after our last message, {allowed:.1f} s allowed"):
        link.expect_closed(receive_timer_s + allowed)
        after_s = bench.clock.now() - silent_since_s
        t.check(after_s >= receive_timer_s - allowed, f"closed after {after_s:.1f} s")


@case("d12/7.11/silence-is-answered-with-disconnect", roles=BOTH, level="should", basis="adjudicated",
      consequence="hygiene", readings=("A-45",), covers=[
          ("FO-8.3-03", "close-with-disconnect:17"), ("FO-7.12.1-01", "close-with-disconnect:17"),
          ("FO-8.6-05", "close-with-disconnect:17"), ("L2", "DISCONNECT with reason 17")])
def test_silence_disconnect(bench: Bench, t: Case) -> None:
    """A peer that drops a silent connection says DISCONNECT 17 before it does."""
    link, receive_timer_s = handshake.go_silent(bench)
    t.sends(f"one CONTACT and then nothing; the peer announced receive-timer {receive_timer_s} s")
    link.expect_closed(2 * receive_timer_s)
    with t.expects("close-with-disconnect:17"):
        t.check(handshake.ending(link) == "close-with-disconnect:17", handshake.ending(link))


@case("d12/7.11.2/every-message-restarts-the-timer", roles=BOTH, consequence="liveness", observations=2, covers=[
    ("FO-7.11.2-01", "CONTACT restarts tReceive"), ("FO-7.9.1-18", "BNDUPD restarts tReceive"),
    ("FO-7.9.2-18", "BNDUPD restarts tReceive")])
def test_restart(bench: Bench, t: Case) -> None:
    """One message in four fifths of the receive-timer keeps the connection, be it CONTACT or another."""
    link, receive_timer_s = handshake.go_silent(bench)
    t.sends(f"CONTACT, {0.8 * receive_timer_s:g} s later a BNDUPD, {0.8 * receive_timer_s:g} s later CONTACT")
    with t.expects("the connection stays"):
        for say in (lambda: bench.peer.send_updates(bench.active(bench.take_address())), lambda: link.send("CONTACT")):
            bench.reactor.run_until(lambda: link.closed, link.last_sent_s + 0.8 * receive_timer_s - bench.clock.now())
            t.check(link.closed is None, f"{bench.clock.now() - link.last_sent_s:.0f} s after our last message: "
                                         f"{link.closed or 'open'}")
            say()


@case("d12/7.11/contact-has-no-options", roles=BOTH, level="should", last=True, probe=False, consequence="hygiene",
      covers=[("FO-7.11-02", "no options")])
def test_no_options(bench: Bench, t: Case) -> None:
    """The peer's CONTACTs have no options but a message-digest."""
    def sent() -> list:
        return [e.message for e in bench.transcript.entries if e.frm == "peer" and e.proto == "failover"
                and getattr(e.message, "type", "") == "CONTACT"]

    if not sent():
        bench.to_normal()
        bench.peer.link.expect("CONTACT", within=bench.peer.identity.receive_timer_s + CONNECT_WITHIN_S)
    with t.expects("no options (message-digest apart)"):
        for message in sent():
            t.check(set(message.codes) <= {17}, f"{message.label()}: {message.describe() or 'no options'}")

"""7.12 DISCONNECT message.

A peer says DISCONNECT when it drops a connection; the suite makes it do so by falling silent (8.3) or by a
clock that is off (7.9.2), or by a CONNECTACK that it has no use for.

| test | clauses | roles |
|---|---|---|
| disconnect-is-the-last-message | FO-7.12-02, -03, FO-7.12.1-02, -03 | both |
| disconnect-has-a-message | FO-7.12-04, FO-7.12.1-04 | both |
| disconnect-before-a-stop | FO-7.12.1-01, FO-8.6-05 (A-45) | both |
| disconnect-is-taken | FO-12.21-02, FO-7.12-03, -04 | both |
| nothing-works-after-our-disconnect | FO-7.12-02 (A-45) | both |
| no-hurry-after-a-disconnect | FO-7.12-01, FO-8.2-03 | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite import handshake
from twinlease.suite.bench import ANSWER_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, Case, case


RESPONSES = ("CONNECTACK", "BNDACK", "UPDDONE", "POOLRESP")
"""They copy an xid of ours (6.1)."""


def _disconnects(bench: Bench, t: Case) -> list[list[wire.Message]]:
    """What the peer said on each connection that it ended with a DISCONNECT; the suite gives it a reason if there is
    none yet: silence, a clock that is off (as 7.9.2 (6) says of a primary), a CONNECTACK out of place."""
    def found() -> list[list[wire.Message]]:
        said: dict[int, list[wire.Message]] = {}
        for entry in bench.transcript.entries:
            if entry.frm == "peer" and entry.proto == "failover" and entry.message is not None:
                said.setdefault(entry.connection, []).append(entry.message)
        return [messages for messages in said.values() if any(m.type == "DISCONNECT" for m in messages)]

    if not found():
        bench.to_normal()
        t.sends("one CONTACT and then nothing")
        link, receive_timer_s = handshake.go_silent(bench)
        link.expect_closed(2 * receive_timer_s)
    if not found():
        bench.detach()
        t.sends("a handshake with a header time that is a day off")
        handshake.handshake(bench, clock_offset_s=86400)
    if not found():
        bench.to_normal()
        link = bench.peer.link
        t.sends("CONNECTACK on the established connection")
        begun = link.seen("CONNECT") or link.seen("CONNECTACK")
        link.send("CONNECTACK", bench.peer.connectack_options(begun), xid=begun.xid)
        bench.reactor.run_until(lambda: link.closed, ANSWER_S)
    if not found():
        t.inconclusive("NO_DISCONNECT: the peer ended connections, but sent no DISCONNECT in the whole run")
    return found()


@case("d12/7.12.1/disconnect-is-the-last-message", roles=BOTH, last=True, probe=False, consequence="hygiene",
      observations=3, covers=[("FO-7.12-02", "nothing after it"), ("FO-7.12-03", "reject-reason present"),
                              ("FO-7.12.1-02", "an xid of its own"), ("FO-7.12.1-03", "reject-reason present")])
def test_last(bench: Bench, t: Case) -> None:
    """The peer's DISCONNECT has a reject-reason and an xid of its own, and nothing follows it."""
    for messages in _disconnects(bench, t):
        last = next(m for m in messages if m.type == "DISCONNECT")
        with t.expects("a reject-reason, an xid not used before, no message after it"):
            t.check(last.has("reject-reason"), f"{last.label()}: {last.describe()}")
            t.check(last.xid not in [m.xid for m in messages if m is not last and m.type not in RESPONSES],
                    f"xid {last.xid}")
            t.check(messages[-1] is last, f"last message: {messages[-1].label()}")


@case("d12/7.12.1/disconnect-has-a-message", roles=BOTH, level="should", last=True, probe=False, consequence="hygiene",
      covers=[("FO-7.12-04", "present"), ("FO-7.12.1-04", "present")])
def test_message(bench: Bench, t: Case) -> None:
    """The peer's DISCONNECT says why in words."""
    for messages in _disconnects(bench, t):
        last = next(m for m in messages if m.type == "DISCONNECT")
        with t.expects("a message option with text"):
            t.check(last.get("message"), f"{last.label()}, message {last.get('message')!r}")


@case("d12/7.12.1/disconnect-before-a-stop", roles=BOTH, level="should", basis="adjudicated", consequence="hygiene",
      own_peer=True, readings=("A-45",), covers=[("FO-7.12.1-01", "DISCONNECT before the connection ends"),
                                                ("FO-8.6-05", "DISCONNECT before the connection ends")])
def test_stop(bench: Bench, t: Case) -> None:
    """A peer that its administrator stops says DISCONNECT before it closes the connection."""
    bench.put.need("start", "stop", "wipe")
    bench.start_anew()
    bench.to_normal()
    link = bench.peer.link
    t.sends("the administrator's stop")
    bench.put.stop()
    with t.expects("DISCONNECT as the last message"):
        link.expect_closed(ANSWER_S)
        t.check(link.received[-1].type == "DISCONNECT", f"last message: {link.received[-1].label()}")


@case("d12/7.12.2/disconnect-is-taken", roles=BOTH, level="should", consequence="robustness", observations=7, covers=[
    ("FO-12.21-02", "0, 22, 255: process"), ("FO-7.12-03", "no reject-reason: process"),
    ("FO-7.12-04", "no message: process")])
def test_taken(bench: Bench, t: Case) -> None:
    """After a DISCONNECT, whatever its reject-reason, the peer lets the connection end and is there for the next."""
    for what, options in (("reject-reason 254", [("reject-reason", 254), ("message", "end of test")]),
                          ("reject-reason 0", [("reject-reason", 0)]), ("reject-reason 22", [("reject-reason", 22)]),
                          ("reject-reason 255", [("reject-reason", 255)]),
                          ("a reject-reason of length 0", [("reject-reason", b"")]),
                          ("a reject-reason of length 2", [("reject-reason", b"\0\x11")]), ("no options", [])):
        bench.to_normal()
        link = bench.peer.link
        t.sends(f"DISCONNECT with {what}; then we close", link.send("DISCONNECT", options))
        bench.peer.drop()
        with t.expects("the peer runs and accepts the next connection"):
            t.check(bench.put.running is not False, f"after {what} the peer runs")
            bench.to_normal()


@case("d12/7.12.2/nothing-works-after-our-disconnect", roles=BOTH, level="should", basis="adjudicated",
      consequence="hygiene", readings=("A-45",), covers=[("FO-7.12-02", "close-connection|ignore-message")])
def test_after(bench: Bench, t: Case) -> None:
    """What comes after a DISCONNECT on the same connection has no effect."""
    link = bench.peer.link
    link.keep_contact(None)
    since = link.mark()
    link.send("DISCONNECT", [("reject-reason", 254), ("message", "end of test")])
    xid = bench.peer.send_updates(bench.active(bench.take_address()))
    t.sends("DISCONNECT, then a BNDUPD; TCP stays open")
    with t.expects("no BNDACK; closing is fine"):
        bench.reactor.run_until(lambda: link.closed, QUIET_S)
        ack = link.seen("BNDACK", lambda m: m.xid == xid, since)
        t.check(ack is None, ack.label() if ack else f"no BNDACK, connection {link.closed or 'open'}")


@case("d12/7.12/no-hurry-after-a-disconnect", roles=BOTH, level="should", consequence="robustness", covers=[
    ("FO-7.12-01", "no connection attempt at once"), ("FO-8.2-03", "fewer attempts after a DISCONNECT")])
def test_no_hurry(bench: Bench, t: Case) -> None:
    """After a DISCONNECT the peer does not at once connect again."""
    def disconnect() -> None:
        bench.to_normal()
        t.sends("DISCONNECT with reject-reason 254, and the end of the connection")
        bench.peer.drop(disconnect=254)

    handshake.judge_patience(bench, t, disconnect)

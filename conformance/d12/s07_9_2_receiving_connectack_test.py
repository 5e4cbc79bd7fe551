"""7.9.2 Receiving the CONNECTACK message.

| test | clauses | roles |
|---|---|---|
| wrong-xid-is-ignored | FO-7.9.2-01 | primary |
| rejection-ends-the-connection | FO-7.9.2-04, FO-7.9-15, FO-12.21-02 | primary |
| no-hurry-after-a-rejection | FO-7.9-01, FO-8.2-03 | primary |
| unsupported-version-ends-the-connection | FO-7.9.2-06 | primary |
| undefined-tls-reply | FO-7.9.2-05, FO-12.26-01 | primary |
| clock-difference | FO-7.9.2-07, -16 | primary |
| silence-is-closed | FO-7.9.2-02 | primary |
| other-messages-before-connectack | FO-8.2-15, FO-8.3-01 (A-43) | primary |
| connectack-out-of-place | FO-7.9.2-01, FO-6.1-17 (A-23) | both |
"""

from __future__ import annotations

from twinlease.suite import handshake
from twinlease.suite.bench import ANSWER_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, PRIMARY, Case, case

FAR_S = 86400


@case("d12/7.9.2/wrong-xid-is-ignored", roles=PRIMARY, level="should", consequence="interop", covers=[
    ("FO-7.9.2-01", "ignore-message")])
def test_wrong_xid(bench: Bench, t: Case) -> None:
    """A CONNECTACK with another xid than the CONNECT is ignored; the right one after it is accepted."""
    bench.detach()
    link, connect = bench.next_connect()
    options = bench.peer.connectack_options(connect)
    t.sends("CONNECTACK with a wrong xid", link.send("CONNECTACK", options, xid=connect.xid ^ 0x10000))
    with t.expects("no STATE and the connection open, then STATE after a CONNECTACK with the right xid"):
        bench.reactor.run_for(3.0)
        t.check(link.closed is None and not link.seen("STATE"),
                f"connection {link.closed or 'open'}, {'STATE' if link.seen('STATE') else 'no STATE'}")
        link.send("CONNECTACK", options, xid=connect.xid)
        t.check(link.expect("STATE", within=ANSWER_S), "STATE after the right one")


@case("d12/7.9.2/rejection-ends-the-connection", roles=PRIMARY, consequence="robustness", observations=3, covers=[
    ("FO-7.9.2-04", "close-connection"), ("FO-7.9-15", "close-connection"),
    ("FO-12.21-02", "undefined reasons: close-connection")])
def test_rejection(bench: Bench, t: Case) -> None:
    """The primary closes the connection when the CONNECTACK has a reject-reason, defined or not."""
    bench.detach()
    for reason in (8, 0, 255):
        link, connect = bench.next_connect()
        t.sends(f"CONNECTACK with reject-reason {reason}", link.send("CONNECTACK", [
            ("relationship-name", bench.relationship.name), ("protocol-version", 1), ("TLS-reply", 0),
            ("reject-reason", reason), ("message", "rejected by the suite")], xid=connect.xid))
        with t.expects("the peer closes the connection; no STATE"):
            how = link.expect_closed(QUIET_S)
            t.check(not link.seen("STATE"), f"reason {reason}: {how}, {'STATE' if link.seen('STATE') else 'no STATE'}")


@case("d12/7.9.2/no-hurry-after-a-rejection", roles=PRIMARY, level="should", consequence="robustness", covers=[
    ("FO-7.9-01", "no connection attempt at once"), ("FO-8.2-03", "fewer attempts after a rejection")])
def test_no_hurry(bench: Bench, t: Case) -> None:
    """After a rejecting CONNECTACK the primary does not at once try again."""
    def reject() -> None:
        link, connect = bench.next_connect()
        t.sends("CONNECTACK with reject-reason 8", link.send("CONNECTACK", [
            ("relationship-name", bench.relationship.name), ("protocol-version", 1), ("TLS-reply", 0),
            ("reject-reason", 8)], xid=connect.xid))
        link.expect_closed(QUIET_S)

    handshake.judge_patience(bench, t, reject)


@case("d12/7.9.2/unsupported-version-ends-the-connection", roles=PRIMARY, level="should", observations=2, covers=[
    ("FO-7.9.2-06", "close-connection")])
def test_version(bench: Bench, t: Case) -> None:
    """A protocol version in the CONNECTACK that the primary does not speak closes the connection."""
    bench.detach()
    for version in (2, 0):
        t.sends(f"CONNECTACK with protocol-version {version}")
        tried = handshake.connectack(bench, protocol_version=version)
        tried.connection.close()
        with t.expects("the peer closes the connection"):
            t.check(tried.is_one_of("close-*"), f"protocol-version {version}: {tried.reaction}")


@case("d12/7.9.2/undefined-tls-reply", roles=PRIMARY, level="should", consequence="robustness", observations=2, covers=[
    ("FO-7.9.2-05", "1 to a request of 0: close-connection|process"),
    ("FO-12.26-01", "255: close-connection|ignore-option")])
def test_tls_reply(bench: Bench, t: Case) -> None:
    """A TLS-reply that nobody asked for, or that means nothing, leaves no connection in limbo."""
    bench.detach()
    for reply in (1, 255):
        t.sends(f"CONNECTACK with TLS-reply {reply}")
        tried = handshake.connectack(bench, TLS_reply=reply)
        tried.connection.close()
        with t.expects("STATE, the begin of TLS, or the connection closed"):
            tls = tried.connection.framing_error is not None
            t.check(tls or tried.is_one_of("close-*|process"), f"TLS-reply {reply}: {'TLS' if tls else tried.reaction}")


@case("d12/7.9.2/clock-difference", roles=PRIMARY, level="should", consequence="robustness", observations=2, covers=[
    ("FO-7.9.2-07", "process|close-connection"), ("FO-7.9.2-16", "process|close-connection")])
def test_clock_difference(bench: Bench, t: Case) -> None:
    """A partner whose clock is off is accepted or dropped; both leave the peer whole."""
    bench.detach()
    for offset_s in (120, -FAR_S):
        t.sends(f"CONNECTACK with a header time that is {offset_s:+d} s off")
        tried = handshake.connectack(bench, clock_offset_s=offset_s)
        tried.connection.close()
        with t.expects("STATE, or the connection closed"):
            lives = bench.put.running is not False
            t.check(lives and tried.is_one_of("process|close-*"),
                    f"{offset_s:+d} s: {tried.reaction}, the peer {'runs' if lives else 'has ended'}")


@case("d12/7.9.2/silence-is-closed", roles=PRIMARY, level="should", consequence="robustness", covers=[
    ("FO-7.9.2-02", "close-connection")])
def test_silence(bench: Bench, t: Case) -> None:
    """A primary whose CONNECT is not answered closes the connection after a limited time."""
    bench.detach()
    link, _ = bench.next_connect()
    t.sends("nothing in answer to the CONNECT")
    with t.expects(f"the connection is closed within {handshake.CLOSES_S:g} s"):
        t.check(link.expect_closed(handshake.CLOSES_S), f"connection: {link.closed}")


@case("d12/7.9.2/other-messages-before-connectack", roles=PRIMARY, level="should", basis="adjudicated",
      consequence="safety", readings=("A-43",), observations=2, covers=[
          ("FO-8.2-15", "ignore-message|close-connection"), ("FO-8.3-01", "no reply: communications are not ok")])
def test_too_early(bench: Bench, t: Case) -> None:
    """STATE and BNDUPD before the CONNECTACK have no effect."""
    for type_, options in (("STATE", [("server-state", "NORMAL"), ("server-flags", 0),
                                      ("start-time-of-state", int(bench.clock.now()))]),
                           ("BNDUPD", bench.active(bench.take_address()))):
        bench.detach()
        link, _ = bench.next_connect()
        t.sends(f"{type_} instead of a CONNECTACK", link.send(type_, options))
        with t.expects("no STATE and no BNDACK; closing is fine"):
            bench.reactor.run_until(lambda: link.closed, ANSWER_S)
            answers = [m for m in link.received if m.type not in ("CONNECT", "CONTACT", "DISCONNECT")]
            t.check(not answers, f"{type_}: {answers[0].label() if answers else link.closed or 'ignored'}")
        link.close()


@case("d12/7.9.2/connectack-out-of-place", roles=BOTH, level="should", basis="adjudicated", consequence="robustness",
      readings=("A-23",), covers=[("FO-7.9.2-01", "ignore-message|close-connection"),
                                  ("FO-6.1-17", "ignore-message|close-connection")])
def test_out_of_place(bench: Bench, t: Case) -> None:
    """A CONNECTACK on an established connection, where no CONNECT is outstanding, changes nothing."""
    link = bench.peer.link
    since = link.mark()
    begun = link.seen("CONNECT") or link.seen("CONNECTACK")
    t.sends("CONNECTACK on the established connection, with max-unacked-bndupd 1", link.send(
        "CONNECTACK", bench.peer.connectack_options(begun, max_unacked_bndupd=1), xid=begun.xid))
    with t.expects("no STATE; then a BNDUPD is answered, or the connection is closed"):
        bench.reactor.run_until(lambda: link.closed, 3.0)
        said = link.all("STATE", since)
        t.check(not said, said[0].label() if said else "no STATE")
        if link.closed is None:
            xid = bench.peer.send_updates(bench.active(bench.take_address()))
            ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ANSWER_S, since=since)
            t.check(True, ack.label())

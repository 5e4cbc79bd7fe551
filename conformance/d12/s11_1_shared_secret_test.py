"""11.1 Simple shared secret, as far as a peer without one is concerned: the suite has no secret to share.

| test | clauses | roles |
|---|---|---|
| connect-with-a-digest | FO-11.1-05, -07, FO-7.8.2-07, S26 (A-14) | secondary |
| message-with-a-digest | FO-11.1-05, -07, -13, S26 (A-14) | both |
| no-digest-without-a-secret | FO-11.1-04 | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite import handshake
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, SECONDARY, Case, case

DIGEST = [("message-digest", b"\x01" + bytes(range(16)))]


@case("d12/11.1/connect-with-a-digest", roles=SECONDARY, consequence="robustness", readings=("A-14",), covers=[
    ("FO-11.1-05", "connectack-reject:13|connectack-reject:12|close-connection"),
    ("FO-11.1-07", "the connection is closed"),
    ("FO-7.8.2-07", "connectack-reject:12|connectack-reject:13|close-connection"),
    ("S26", "no effect but the end of the connection")])
def test_connect(bench: Bench, t: Case) -> None:
    """A CONNECT with a message-digest is refused by a secondary without a shared secret."""
    bench.detach()
    link = bench.connection()
    t.sends("CONNECT with a message-digest as its first option",
            link.send("CONNECT", DIGEST + bench.peer.connect_options()))
    expected = "connectack-reject:13|connectack-reject:12|close-*"
    with t.expects(expected):
        tried = handshake.after_connect(bench, link)
        t.check(tried.is_one_of(expected), tried.reaction)


@case("d12/11.1/message-with-a-digest", roles=BOTH, consequence="robustness", readings=("A-14",), observations=3,
      covers=[("FO-11.1-05", "close-with-disconnect:13|close-with-disconnect:12|close-connection"),
              ("FO-11.1-07", "close-with-disconnect:13|close-with-disconnect:12|close-connection"),
              ("FO-11.1-13", "no effect"), ("S26", "no effect but the end of the connection")])
def test_message(bench: Bench, t: Case) -> None:
    """A message with a digest, after a handshake without one, ends the connection and has no other effect."""
    state = [("server-state", "NORMAL"), ("server-flags", 0), ("start-time-of-state", bench.peer.state_since_s)]
    for type_, options in (("BNDUPD", None), ("STATE", state), ("CONTACT", [])):
        bench.to_normal()
        link = bench.peer.link
        since = link.mark()
        xid = link.send(type_, DIGEST + (bench.active(bench.take_address()) if options is None else options))
        t.sends(f"{type_} with a message-digest as its first option")
        with t.expects("the connection is closed (after a DISCONNECT or without); no accepting BNDACK"):
            bench.reactor.run_until(lambda: link.closed, ANSWER_S)
            ack = link.seen("BNDACK", lambda m: m.xid == xid and not m.has("reject-reason"), since)
            t.check(link.closed and ack is None, f"{type_}: connection {link.closed or 'open'}"
                                                 + (", BNDUPD accepted" if ack else ""))


@case("d12/11.1/no-digest-without-a-secret", roles=BOTH, last=True, probe=False, observations=5, consequence="interop",
      covers=[("FO-11.1-04", "no message-digest")])
def test_none(bench: Bench, t: Case) -> None:
    """A peer without a shared secret never sends a message-digest."""
    with t.expects("no message-digest in any message"):
        for entry in bench.transcript.entries:
            if entry.frm == "peer" and entry.proto == "failover" and isinstance(entry.message, wire.Message):
                signed = entry.message.has("message-digest")
                t.check(not signed, f"{entry.message.label()}: {'with' if signed else 'without'} message-digest")

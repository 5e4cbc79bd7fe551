"""13 IANA considerations: what the draft does not define is not used. With 12.16 and 12.29, options of any message.

| test | clauses | roles |
|---|---|---|
| only-defined-options-and-values | FO-13-01, FO-6.1-23 | both |
| message-is-text | FO-12.16-01 | both |
| vendor-options-of-others | FO-12.29-01, -04 | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite.bench import ACK_S, Bench
from twinlease.suite.case import BOTH, Case, case

OPTIONS = range(1, 30)
"""The options of section 12."""
VALUES = {"binding-status": range(1, 8), "reject-reason": (*range(1, 22), 254), "server-state": (*range(2, 13), 254),
          "protocol-version": (1,), "TLS-reply": (0, 1), "TLS-request": (0, 1, 2)}
"""Values that 12 defines; server-state 12 and 254 stand for RECOVER-WAIT (A-03)."""


def _own_messages(bench: Bench) -> list[wire.Message]:
    return [e.message for e in bench.transcript.entries
            if e.frm == "peer" and e.proto == "failover" and e.message is not None]


@case("d12/13/only-defined-options-and-values", roles=BOTH, last=True, probe=False, observations=100,
      consequence="hygiene", readings=("A-03",), covers=[("FO-13-01", "options 1 to 29 with defined values"),
                                                         ("FO-6.1-23", "types 1 to 12")])
def test_defined(bench: Bench, t: Case) -> None:
    """The peer uses no message type, option or value that the draft leaves undefined."""
    if bench.manifest.dialect not in ("draft-12", "isc"):
        t.inconclusive(f"DIALECT: {bench.manifest.dialect} has options and values of its own")
    with t.expects("message types 1 to 12, options 1 to 29, values of section 12"):
        for message in _own_messages(bench):
            odd = [f"option {code}" for code in message.codes if code not in OPTIONS]
            odd += [f"{name} {options.get(name)}" for options in (message, *message.transactions)
                    for name, values in VALUES.items() if options.has(name) and options.get(name) not in values]
            t.check(1 <= message.type_code <= 12 and not odd, f"{message.label()}: {', '.join(odd) or 'as defined'}")


@case("d12/12.16/message-is-text", roles=BOTH, last=True, probe=False, consequence="hygiene", covers=[
    ("FO-12.16-01", "readable text")])
def test_text(bench: Bench, t: Case) -> None:
    """Every message option of the peer is text that a person can read."""
    if not any(m.has("message") for m in _own_messages(bench)):
        bench.to_normal()
        t.sends("BNDUPD 10.99.99.96 ACTIVE (in no pool)")
        xid = bench.peer.send_updates(bench.active("10.99.99.96"))
        bench.peer.link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S)
    texts = {str(m.get("message")) for m in _own_messages(bench) if m.has("message")}
    if not texts:
        t.inconclusive("NO_MESSAGE: no message option in the whole run")
    with t.expects("printable characters, one at least"):
        for text in sorted(texts):
            t.check(text and text.rstrip("\0").isprintable(), repr(text))


@case("d12/12.29/vendor-options-of-others", roles=BOTH, consequence="interop", observations=2, readings=("A-54",),
      covers=[("FO-12.29-01", "well-formed embedded options: process"),
              ("FO-12.29-04", "a class that nobody knows: process")])
def test_vendor_options(bench: Bench, t: Case) -> None:
    """vendor-specific-options of a vendor class that the peer does not know change nothing."""
    link = bench.peer.link
    embedded = b"\x00\x01\x00\x03abc\x00\x07\x00\x00"
    state = [("vendor-class-identifier", "twinlease test vendor"), ("vendor-specific-options", embedded)]
    address = bench.take_address()
    since = link.mark()
    t.sends("CONTACT, then BNDUPD ACTIVE, each with a vendor-class-identifier and vendor-specific-options")
    link.send("CONTACT", state)
    xid = link.send("BNDUPD", state + bench.active(address))
    with t.expects("BNDACK that accepts the address; the connection stays"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        t.check(not ack.has("reject-reason"), ack.label())
        t.check(link.closed is None, f"connection {link.closed or 'open'}")

"""6.1 Message header format.

| test | clauses | roles |
|---|---|---|
| header-fields-are-correct | FO-6.1-02, -03, -04, -05, -06, -07, -12, -23, FO-5.10-04 | both |
| xids-are-unique | FO-6.1-15, -16, S16 | both |
| extra-header-octets-are-skipped | FO-6.1-07, -21 | both |
| split-and-merged-segments | FO-6.1-03, -22 | both |
| length-below-minimum, length-zero, length-above-maximum | FO-6.1-05, -04 (A-43) | both |
| payload-offset-inside-header, payload-offset-beyond-message | FO-6.1-07 (A-01) | both |
| unknown-low-type-closes | FO-6.1-10 | both |
| unknown-high-type-is-ignored | FO-6.1-11, -20 | both |
| unknown-options-are-ignored | FO-6.1-01 | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite.bench import ACK_S, Bench
from twinlease.suite.case import BOTH, Case, Inconclusive, case

CLOSES_S = 15.0
"""How long a peer may take to close after octets that leave it nothing else: no clause gives a time."""


def _framing_error_closes(bench: Bench, t: Case, octets: bytes, text: str) -> None:
    link = bench.peer.link
    t.sends(text)
    link.send_octets(octets, text)
    with t.expects("the connection is closed (a DISCONNECT with reject-reason 254 may go first)"):
        how = link.expect_closed(CLOSES_S)
        t.check(True, f"connection: {how}")


def _header(length: int, type_: int = 11, offset: int = 12, xid: int = 0x7777, time_s: int = 0) -> bytes:
    return (length.to_bytes(2, "big") + bytes([type_, offset]) + time_s.to_bytes(4, "big") + xid.to_bytes(4, "big"))


def _control(bench: Bench) -> None:
    """A plain BNDUPD(ACTIVE) is accepted here; INCONCLUSIVE if not, for then nothing odd in one explains a rejection."""
    since = bench.peer.link.mark()
    xid = bench.peer.send_updates(bench.active(bench.take_address()))
    ack = bench.peer.link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
    if ack.has("reject-reason"):
        raise Inconclusive(f"PREPARATION: a plain BNDUPD(ACTIVE) is rejected with {ack.get('reject-reason')}")


@case("d12/6.1/header-fields-are-correct", roles=BOTH, last=True, probe=False, observations=20, covers=[
    ("FO-6.1-02", "every message of the peer"), ("FO-6.1-03", "length counts the message"),
    ("FO-6.1-04", "at most 2048 octets"), ("FO-6.1-05", "at least 12 octets"), ("FO-6.1-06", "12 octets of header"),
    ("FO-6.1-07", "payload offset 12, or 8 as the text prints it"),
    ("FO-5.10-04", "time in every header"), ("FO-6.1-12", "seconds since 1970 by the lab's clock"),
    ("FO-6.1-23", "no type 0")], readings=("A-01",))
def test_header_fields(bench: Bench, t: Case) -> None:
    """Every message that the peer sent has a correct header."""
    our_clock = bench.put.can("start")   # elsewhere the peer's clock is its own affair (5.10)
    with t.expects("type 1 to 12 or from 128 up, length from 12 to 2048, payload offset 12 (8 accepted), time as the "
                   "lab's clock has it"):
        for entry in bench.transcript.entries:
            if entry.frm != "peer" or entry.proto != "failover":
                continue
            message: wire.Message | None = entry.message
            if message is None:
                t.check(False, entry.label)   # octets that no length field makes a message of
                continue
            off = message.time_s - entry.t
            sound = ((message.error is None or message.type_code >= 128) and message.payload_offset in (8, 12)
                     and (not our_clock or abs(off) <= 60 + abs(bench.put.skew_s)))
            t.check(sound, f"{message.label()}: payload offset {message.payload_offset}, header time {off:+.0f} s off, "
                           f"{message.error or 'well-formed'}")


@case("d12/6.1/xids-are-unique", roles=BOTH, last=True, probe=False, observations=20, covers=[
    ("FO-6.1-15", "no xid twice among the messages that the peer originates on a connection"),
    ("S16", "xids of requests are unique"), ("FO-6.1-16", "CONTACT, STATE and DISCONNECT have one, too")])
def test_xids_are_unique(bench: Bench, t: Case) -> None:
    """The peer never uses an xid twice on one connection, responses apart."""
    responses = {"POOLRESP", "BNDACK", "CONNECTACK", "UPDDONE"}
    used: dict[tuple[int, int], str] = {}
    with t.expects("each message that is no response has an xid of its own"):
        for entry in bench.transcript.entries:
            message = entry.message
            if entry.frm != "peer" or entry.proto != "failover" or message is None or message.type in responses:
                continue
            key = (entry.connection, message.xid)
            t.check(key not in used, f"xid {message.xid} on connection {entry.connection}: {message.label()}"
                                     + (f", used before by {used[key]}" if key in used else ""))
            used[key] = message.label()


@case("d12/6.1/extra-header-octets-are-skipped", roles=BOTH, consequence="interop", covers=[
    ("FO-6.1-07", "process"), ("FO-6.1-21", "process")], observations=2)
def test_extra_header_octets(bench: Bench, t: Case) -> None:
    """A BNDUPD with a longer header is processed: options begin at the payload offset."""
    _control(bench)
    for offset in (13, 16):
        address = bench.take_address()
        since = bench.peer.link.mark()
        xid = t.sends(f"BNDUPD {address} ACTIVE with payload offset {offset}", bench.peer.link.send(
            "BNDUPD", bench.active(address), payload_offset=offset, extra_header=b"\xee" * (offset - 12)))
        with t.expects("BNDACK that accepts the address"):
            ack = bench.peer.link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
            accepted = [a.get("assigned-IP-address") for a in ack.transactions if not a.has("reject-reason")]
            t.check(accepted == [address], ack.label())


@case("d12/6.1/split-and-merged-segments", roles=BOTH, covers=[
    ("FO-6.1-03", "messages are found by their length, whatever the segments"), ("FO-6.1-22", "process")],
      observations=2)
def test_segmentation(bench: Bench, t: Case) -> None:
    """Messages cut into single octets, and several in one segment, are all processed."""
    link = bench.peer.link
    now = int(bench.clock.now())
    addresses = [bench.take_address() for _ in range(3)]
    xids = [link.next_xid() for _ in addresses]
    frames = [wire.encode("BNDUPD", xid=xid, time_s=now, options=bench.active(a), dialect=link.dialect)
              for xid, a in zip(xids, addresses)]
    since = link.mark()
    t.sends(f"BNDUPD {addresses[0]} in segments of one octet, then two more BNDUPDs in one segment")
    with t.expects("a BNDACK for each of the three"):
        with bench.peer.hushed():
            link.send_in_pieces(frames[0], 1, 0.1)
            link.send_together(frames[1], frames[2])
        for xid in xids:
            ack = link.expect("BNDACK", lambda m, xid=xid: m.xid == xid, within=ACK_S, since=since)
            t.check(True, ack.label())


@case("d12/6.1/length-below-minimum", roles=BOTH, level="should", basis="adjudicated", consequence="robustness",
      readings=("A-43",), covers=[("FO-6.1-05", "close-with-disconnect:254|close-connection")])
def test_length_below_minimum(bench: Bench, t: Case) -> None:
    """A message of length 11 closes the connection."""
    _framing_error_closes(bench, t, _header(11), "message of length 11")


@case("d12/6.1/length-zero", roles=BOTH, level="should", basis="adjudicated", consequence="robustness",
      readings=("A-43",), covers=[("FO-6.1-05", "close-with-disconnect:254|close-connection, no spinning")])
def test_length_zero(bench: Bench, t: Case) -> None:
    """A message of length 0 closes the connection."""
    _framing_error_closes(bench, t, _header(0), "message of length 0")


@case("d12/6.1/length-above-maximum", roles=BOTH, level="should", basis="adjudicated", consequence="robustness",
      readings=("A-43",), covers=[("FO-6.1-04", "close-with-disconnect:254|close-connection")])
def test_length_above_maximum(bench: Bench, t: Case) -> None:
    """A message of length 2049 closes the connection."""
    _framing_error_closes(bench, t, _header(2049) + bytes(2049 - 12), "message of length 2049, all of it")


@case("d12/6.1/payload-offset-inside-header", roles=BOTH, level="should", basis="adjudicated",
      consequence="robustness", readings=("A-01",),
      covers=[("FO-6.1-07", "close-with-disconnect:254|close-connection")])
def test_payload_offset_inside_header(bench: Bench, t: Case) -> None:
    """A payload offset of 4 closes the connection."""
    _framing_error_closes(bench, t, _header(12, offset=4, time_s=int(bench.clock.now())), "CONTACT, payload offset 4")


@case("d12/6.1/payload-offset-beyond-message", roles=BOTH, level="should", basis="adjudicated",
      consequence="robustness", readings=("A-01",),
      covers=[("FO-6.1-07", "offset beyond the message: close-with-disconnect:254|close-connection")])
def test_payload_offset_beyond_message(bench: Bench, t: Case) -> None:
    """A payload offset past the end of the message closes the connection."""
    _framing_error_closes(bench, t, _header(12, offset=13, time_s=int(bench.clock.now())),
                          "CONTACT of 12 octets, payload offset 13")


@case("d12/6.1/unknown-low-type-closes", roles=BOTH, consequence="robustness",
      covers=[("FO-6.1-10", "close-with-disconnect:254|close-connection")])
def test_unknown_low_type(bench: Bench, t: Case) -> None:
    """A message of type 13 closes the connection."""
    link = bench.peer.link
    t.sends("message of type 13, no options", link.send(13))
    with t.expects("the connection is closed (a DISCONNECT may go first)"):
        t.check(True, f"connection: {link.expect_closed(CLOSES_S)}")


@case("d12/6.1/unknown-high-type-is-ignored", roles=BOTH, level="should", consequence="interop", observations=2,
      covers=[("FO-6.1-11", "ignore-message"), ("FO-6.1-20", "ignore-message")], readings=("A-43",))
def test_unknown_high_type(bench: Bench, t: Case) -> None:
    """Messages of types 129 and 255 are ignored: the connection stays and works."""
    link = bench.peer.link
    for type_ in (129, 255):
        t.sends(f"message of type {type_}, then a BNDUPD", link.send(type_))
        address = bench.take_address()
        since = link.mark()
        xid = bench.peer.send_updates(bench.active(address))
        with t.expects("the connection stays, and the BNDUPD is answered on it"):
            ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
            t.check(link.closed is None, f"after type {type_}: {ack.label()}")


@case("d12/6.1/unknown-options-are-ignored", roles=BOTH, consequence="interop", observations=2,
      covers=[("FO-6.1-01", "ignore-option")])
def test_unknown_options(bench: Bench, t: Case) -> None:
    """Unknown options in a BNDUPD and in a STATE change nothing."""
    _control(bench)
    link = bench.peer.link
    address = bench.take_address()
    since = link.mark()
    options = bench.active(address)
    options[1:1] = [(42, b""), (300, b"\x01\x02\x03"), (65535, bytes(40))]
    xid = t.sends(f"BNDUPD {address} ACTIVE with options 42, 300 and 65535 in it", link.send("BNDUPD", options))
    with t.expects("BNDACK that accepts the address"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        t.check(not any(a.has("reject-reason") for a in ack.transactions), ack.label())
    t.sends("STATE as before with option 300", link.send("STATE", [
        ("server-state", "NORMAL"), (300, b"\x01"), ("server-flags", 0),
        ("start-time-of-state", bench.peer.state_since_s)]))
    with t.expects("the connection stays"):
        bench.reactor.run_for(3.0)
        t.check(link.closed is None, "connection open 3 s later")

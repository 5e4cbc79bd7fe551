"""6 and 7 Odd and malformed messages on an established connection, in NORMAL; the same in other states: 9.

Each test is a row of model/spec/reactions.csv, or a part of one, and judges at the level that the row has.

| test | clauses | roles |
|---|---|---|
| 6.1/length-shorter-than-the-data | FO-6.1-03, -05 (A-43) | both |
| 6.1/payload-offset-of-8 | FO-6.1-08 (A-01) | both |
| 6.1/any-xid-is-copied | FO-6.1-14 | both |
| 6.1/one-xid-twice | FO-6.1-15, FO-7.2-03 (A-21) | both |
| 6.1/type-0-closes, 6.1/type-127-closes | FO-6.1-10, -23 | both |
| 6.1/type-128-is-ignored | FO-6.1-11 (A-43) | both |
| 6.1/unknown-options-in-every-message | FO-6.1-01 | both |
| 6.1/option-overruns-a-contact | FO-6.1-19 (A-43) | both |
| 6.1/stray-octets-after-the-options | FO-6.1-19 (A-43) | both |
| 5.10/header-time-jumps | FO-5.10-07, -08 | both |
| 7.1/times-of-an-update-in-any-order | FO-7.1.1-07, FO-7.2-03 (A-13) | both |
| 7.1/times-of-0-and-without-end | FO-7.1.3-01 (A-44) | both |
| 7.2/update-without-a-transaction | FO-7.2-03 | both |
| 7.2/bndack-for-another-address | FO-6.3-08, FO-7.2.2-01 (A-23) | both |
| 7.2/second-bndack-changes-nothing | FO-6.1-17, FO-7.2.2-01 (A-23) | both |
| 7.2/two-reject-reasons | FO-6.2-04 (A-43) | both |
| 8.3/part-of-a-message-is-none | FO-8.3-03, FO-7.9.1-18 | both |
| 8.6/half-an-update-is-not-stored | FO-6.1-03, FO-8.6-04 | both |
"""

from __future__ import annotations

from typing import Callable

from twinlease import wire
from twinlease.suite import handshake
from twinlease.suite.bench import ACK_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.odd_input import (Options, acknowledged, fresh, is_one_of, needs_a_control, octets_close,
                                       then_update, update, update_cut_short)
from twinlease.suite.steps import told_in_full

XIDS = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
DAY_S = 86400
SILENCES = 4
"""By how many receive-timers a peer has closed a silent connection: the exact end is judged in 7.11."""

Send = Callable[[Bench], str]


def _judge(bench: Bench, t: Case, accepted: str, inputs: dict[str, Send]) -> None:
    """Sends each (what it is -> how), and judges the reactions when all are there; met again if the peer closes."""
    came: dict[str, str] = {}
    for what, send in inputs.items():
        if bench.peer.connection is None:
            bench.to_normal()
        t.sends(what)
        came[what] = send(bench)
        bench.reactor.run_for(0.5)
        if bench.put.running is False:
            came[what] = "the process has ended"
            break
    wrong = {what: word for what, word in came.items() if not is_one_of(word, accepted)}
    for what, word in came.items():
        if what not in wrong:
            t.saw(f"{what}: {word}")
    with t.expects(accepted):
        t.check(not wrong, "; ".join(f"{what}: {word}" for what, word in wrong.items()) or "all as expected")


@case("d12/6.1/length-shorter-than-the-data", roles=BOTH, level="should", basis="adjudicated", readings=("A-43",),
      consequence="robustness", covers=[("FO-6.1-03", "the rest is the next header: close-*"),
                                        ("FO-6.1-05", "of a length below 12: close-*")])
def test_length_shorter(bench: Bench, t: Case) -> None:
    """What follows a message whose length is too small is read as the next one, and closes the connection."""
    _judge(bench, t, "close-*", {"BNDUPD whose length leaves out its last option": update_cut_short})


@case("d12/6.1/payload-offset-of-8", roles=BOTH, level="should", basis="adjudicated", readings=("A-01",),
      consequence="robustness", covers=[("FO-6.1-08", "process|close-*")])
def test_offset_8(bench: Bench, t: Case) -> None:
    """A payload offset of 8, which the text asks for and the header's length forbids, is taken or closes."""
    _judge(bench, t, "process|close-*|bndack-reject:*", {
        "BNDUPD with payload offset 8 and its options at octet 12":
            lambda bench: update(bench, fresh(bench), payload_offset=8)})


@case("d12/6.1/any-xid-is-copied", roles=BOTH, consequence="interop", observations=len(XIDS) + 2, covers=[
    ("FO-6.1-14", "0, 1, 0x7fffffff, 0x80000000, 0xffffffff: copied")])
def test_xids(bench: Bench, t: Case) -> None:
    """Whatever the xid, the response has it."""
    def ask(xid: int) -> Send:
        def send(bench: Bench) -> str:
            link = bench.peer.link
            since = link.mark()
            link.send("UPDREQ", xid=xid)
            bench.reactor.run_until(lambda: link.seen("UPDDONE", lambda m: m.xid == xid, since) or link.closed, ACK_S)
            return "process" if link.seen("UPDDONE", lambda m: m.xid == xid, since) else handshake.ending(link)
        return send

    _judge(bench, t, "process", {
        **{f"BNDUPD with xid {xid:#x}": lambda bench, xid=xid: update(bench, fresh(bench), xid=xid) for xid in XIDS},
        **{f"UPDREQ with xid {xid:#x}": ask(xid) for xid in (0, 0xFFFFFFFF)}})


@case("d12/6.1/one-xid-twice", roles=BOTH, level="should", basis="adjudicated", readings=("A-21",),
      consequence="robustness", covers=[("FO-6.1-15", "process|close-*"), ("FO-7.2-03", "each is answered, or none")])
def test_one_xid(bench: Bench, t: Case) -> None:
    """Two BNDUPDs with one xid, about different addresses, are both answered, or end the connection."""
    def send(bench: Bench) -> str:
        xid = 0x5151
        first = update(bench, fresh(bench), xid=xid)
        return update(bench, fresh(bench), xid=xid) if first == "process" else first

    _judge(bench, t, "process|close-*", {"two BNDUPDs with one xid": send})


def _type(type_: int, options: Options) -> Send:
    def send(bench: Bench) -> str:
        octets = wire.encode(type_, xid=0x7F01, time_s=int(bench.clock.now()), options=options)
        return octets_close(bench, octets, f"type {type_}")
    return send


def _low_type(type_: int) -> None:
    def run(bench: Bench, t: Case) -> None:
        _judge(bench, t, "close-*", {f"a message of type {type_} without options": _type(type_, []),
                                     f"a message of type {type_} with MCLT": _type(type_, [("MCLT", 60)])})

    run.__doc__ = f"A message of type {type_} closes the connection."
    globals()[f"test_type_{type_}"] = case(
        f"d12/6.1/type-{type_}-closes", roles=BOTH, consequence="robustness", observations=2, covers=[
            ("FO-6.1-10", f"{type_}: close-*"), *([("FO-6.1-23", "0: close-*")] if type_ == 0 else [])])(run)


@case("d12/6.1/type-128-is-ignored", roles=BOTH, level="should", readings=("A-43",), consequence="robustness", covers=[
    ("FO-6.1-11", "128: ignore-message")])
def test_type_128(bench: Bench, t: Case) -> None:
    """Type 128, which one figure puts above the types that have to be known, is ignored."""
    _judge(bench, t, "process", {"a message of type 128": lambda bench: then_update(bench, 128)})


@case("d12/6.1/unknown-options-in-every-message", roles=BOTH, consequence="interop", observations=3, covers=[
    ("FO-6.1-01", "BNDACK, CONTACT, UPDREQ, UPDDONE: ignore-option")])
def test_unknown_options(bench: Bench, t: Case) -> None:
    """Unknown options in messages that have none of their own change nothing."""
    odd: Options = [(42, b""), (32768, b"unknown"), (65535, bytes(500))]

    def updreq(bench: Bench) -> str:
        link = bench.peer.link
        since = link.mark()
        xid = link.send("UPDREQ", odd)
        bench.reactor.run_until(lambda: link.seen("UPDDONE", lambda m: m.xid == xid, since) or link.closed, ACK_S)
        return "process" if link.seen("UPDDONE", lambda m: m.xid == xid, since) else handshake.ending(link)

    def bndack(bench: Bench) -> str:
        def answer(message: wire.Message, address: str) -> None:
            bench.peer.link.send("BNDACK", [("assigned-IP-address", address), *odd], xid=message.xid)
        return acknowledged(bench, answer)

    needs_a_control(bench)
    _judge(bench, t, "process|take-as-accept", {
        "CONTACT with unknown options": lambda bench: then_update(bench, "CONTACT", odd), "UPDREQ with unknown options":
        updreq, "BNDACK with unknown options": bndack})


@case("d12/6.1/option-overruns-a-contact", roles=BOTH, level="should", basis="adjudicated", readings=("A-43",),
      consequence="robustness", observations=2, covers=[("FO-6.1-19", "CONTACT, UPDREQ: close-*")])
def test_overrun(bench: Bench, t: Case) -> None:
    """A CONTACT or UPDREQ with an option that runs past its end closes the connection."""
    def send(type_: str) -> Send:
        return lambda bench: octets_close(bench, wire.encode(
            type_, xid=0x7F02, time_s=int(bench.clock.now()), tail=b"\x00\x0f\x00\xc8" + bytes(4)), f"{type_}, overrun")

    _judge(bench, t, "close-*", {
        f"{type_} with an option that overruns it": send(type_) for type_ in ("CONTACT", "UPDREQ")})


@case("d12/6.1/stray-octets-after-the-options", roles=BOTH, level="should", basis="adjudicated", readings=("A-43",),
      consequence="robustness", observations=4, covers=[("FO-6.1-19", "close-*|process; BNDUPD: bndack-reject:3 too")])
def test_stray(bench: Bench, t: Case) -> None:
    """One, two or three octets after the last option do no harm beyond the message."""
    _judge(bench, t, "process|close-*|bndack-reject:3", {
        **{f"CONTACT and {n} octets more": lambda bench, n=n: then_update(bench, "CONTACT", tail=bytes(n))
           for n in (1, 2, 3)},
        "BNDUPD and 3 octets more": lambda bench: update(bench, fresh(bench), tail=bytes(3))})


@case("d12/5.10/header-time-jumps", roles=BOTH, level="should", consequence="robustness", observations=4, covers=[
    ("FO-5.10-08", "process|close-*"), ("FO-5.10-07", "one odd header time: process|close-*")])
def test_time_jumps(bench: Bench, t: Case) -> None:
    """A header time far from that of the CONNECT is borne, or ends the connection."""
    now = int(bench.clock.now())
    _judge(bench, t, "process|close-*", {
        f"CONTACT with a header time {what}": lambda bench, time_s=time_s: then_update(bench, "CONTACT", time_s=time_s)
        for what, time_s in (("of 0", 0), ("a day ago", now - DAY_S), ("an hour ahead", now + 3600),
                             ("of 0xffffffff", 0xFFFFFFFF))})


@case("d12/7.1/times-of-an-update-in-any-order", roles=BOTH, consequence="robustness", readings=("A-13",),
      observations=2, covers=[("FO-7.1.1-07", "earlier: process|bndack-reject:*"), ("FO-7.2-03", "answered")])
def test_times(bench: Bench, t: Case) -> None:
    """A lease that ends after its potential-expiration-time, and one that has ended, are answered."""
    now = int(bench.clock.now())
    _judge(bench, t, "process|bndack-reject:*", {
        "potential-expiration-time before lease-expiration-time":
            lambda bench: update(bench, fresh(bench, potential_expiration_time=now + 100)),
        "both in the past": lambda bench: update(bench, fresh(bench, lease_expiration_time=now - DAY_S,
                                                              potential_expiration_time=now - DAY_S))})


@case("d12/7.1/times-of-0-and-without-end", roles=BOTH, level="should", basis="adjudicated", readings=("A-44",),
      consequence="robustness", observations=4, covers=[("FO-7.1.3-01", "0, 0xffffffff: process|bndack-reject:3")])
def test_endless(bench: Bench, t: Case) -> None:
    """Expiration times of 0 and of 0xffffffff are taken, or rejected as missing."""
    _judge(bench, t, "process|bndack-reject:3", {
        f"{name.replace('_', '-')} of {value:#x}": lambda bench, name=name, value=value: update(
            bench, fresh(bench, **{name: value}))
        for name in ("lease_expiration_time", "potential_expiration_time") for value in (0, 0xFFFFFFFF)})


@case("d12/7.2/update-without-a-transaction", roles=BOTH, consequence="robustness", covers=[
    ("FO-7.2-03", "no options: process|bndack-reject:3|close-*")])
def test_empty(bench: Bench, t: Case) -> None:
    """A BNDUPD about nothing is answered, or ends the connection."""
    _judge(bench, t, "process|bndack-reject:3|close-*", {"BNDUPD without options": lambda bench: update(bench, [])})


def _answers(bench: Bench, t: Case, accepted: str, what: str, answer: Callable[[wire.Message, str], None]) -> None:
    needs_a_control(bench)
    _judge(bench, t, accepted, {what: lambda bench: acknowledged(bench, answer)})


@case("d12/7.2/bndack-for-another-address", roles=BOTH, level="should", basis="adjudicated", readings=("A-23",),
      consequence="safety", covers=[("FO-6.3-08", "another address: ignore-message|close-*"),
                                    ("FO-7.2.2-01", "not acknowledged")])
def test_other_address(bench: Bench, t: Case) -> None:
    """A BNDACK with the right xid and another address acknowledges nothing."""
    other = bench.take_address()
    _answers(bench, t, "take-as-reject|close-*", "BNDACK with the xid of the BNDUPD and another address",
             lambda message, address: bench.peer.link.send("BNDACK", [("assigned-IP-address", other)], xid=message.xid))


@case("d12/7.2/second-bndack-changes-nothing", roles=BOTH, level="should", basis="adjudicated", readings=("A-23",),
      consequence="safety", covers=[("FO-6.1-17", "second BNDACK: ignore-message|close-*"),
                                    ("FO-7.2.2-01", "rejected stays unacknowledged")])
def test_second(bench: Bench, t: Case) -> None:
    """After a BNDACK that rejects, one that accepts the same BNDUPD is ignored."""
    def answer(message: wire.Message, address: str) -> None:
        link = bench.peer.link
        link.send("BNDACK", [("assigned-IP-address", address), ("reject-reason", 15)], xid=message.xid)
        bench.reactor.run_for(1.0)
        link.send("BNDACK", [("assigned-IP-address", address)], xid=message.xid)

    _answers(bench, t, "take-as-reject|close-*", "BNDACK that rejects, then one that accepts", answer)


@case("d12/7.2/two-reject-reasons", roles=BOTH, level="should", readings=("A-43",), consequence="safety", covers=[
    ("FO-6.2-04", "two reject-reasons: take-as-reject|ignore-message|close-*")])
def test_two_reasons(bench: Bench, t: Case) -> None:
    """A BNDACK with two reject-reasons for one address is no acceptance."""
    _answers(bench, t, "take-as-reject|close-*", "BNDACK with reject-reason 15 and reject-reason 2",
             lambda message, address: bench.peer.link.send("BNDACK", [
                 ("assigned-IP-address", address), ("reject-reason", 15), ("reject-reason", 2)], xid=message.xid))


@case("d12/8.3/part-of-a-message-is-none", roles=BOTH, consequence="liveness", covers=[
    ("FO-8.3-03", "part of a message, then silence: close-*"), ("FO-7.9.1-18", "a part does not restart tReceive")])
def test_part(bench: Bench, t: Case) -> None:
    """The beginning of a message, an octet now and then, does not keep a connection alive."""
    link, receive_timer_s = handshake.go_silent(bench)
    octets = wire.encode("CONTACT", xid=0x7F03, time_s=int(bench.clock.now()), options=[("MCLT", 60)] * 4)
    t.sends(f"CONTACT of {len(octets)} octets, one every {receive_timer_s / 3:.0f} s")
    with t.expects(f"the connection is closed before {SILENCES} receive-timers of {receive_timer_s} s are over"):
        for octet in octets[:3 * SILENCES]:
            if link.closed is None:
                link.transport.send(bytes([octet]))
            bench.reactor.run_until(lambda: link.closed, receive_timer_s / 3)
        t.check(link.closed, f"connection {link.closed or 'open'}")


@case("d12/8.6/half-an-update-is-not-stored", roles=BOTH, consequence="safety", observations=1, covers=[
    ("FO-6.1-03", "half a BNDUPD: nothing of it is stored"), ("FO-8.6-04", "nothing of it on the next connection")])
def test_half(bench: Bench, t: Case) -> None:
    """A BNDUPD that ends with its connection before its length is reached has no effect."""
    address, control = bench.take_address(), bench.take_address()
    hardware = bench.client().hardware
    update(bench, bench.active(control))
    link = bench.peer.link
    octets = wire.encode("BNDUPD", xid=link.next_xid(), time_s=int(bench.clock.now()),
                         options=bench.active(address, hardware=hardware), dialect=link.dialect)
    t.sends(f"BNDUPD {address} ACTIVE without its last octet, then the end of the connection; UPDREQALL on the next")
    link.send_octets(octets[:-1], "BNDUPD without its last octet")
    bench.reactor.run_for(1.0)
    bench.peer.drop()
    bench.to_normal()
    told = told_in_full(bench)
    if control not in told:
        t.inconclusive("CONTROL: UPDREQALL does not bring bindings that the partner told")
    with t.expects(f"{address} is not told as that client's"):
        record = told.get(address)
        t.check(record is None or record.get("client-hardware-address") != b"\x01" + hardware,
                f"{address}: {record.describe()[:80] if record else 'not told'}")


for _number in (0, 127):
    _low_type(_number)

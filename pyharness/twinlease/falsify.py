"""Lies about a peer: what it says is changed between the wire and the suite, one rule broken at a time.

A test that has never failed proves nothing. `twinlease certify PEER --falsify NAME` judges a real peer through one of
these lies; the tests about the broken rule must then fail. conformance/seen-failing.csv keeps which did. A falsified
run is marked in its report and says nothing about the peer.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, Callable

import _twinlease_wire as _wire

from twinlease import wire

Pairs = list[tuple[int, bytes]]
_fake_xids = itertools.count(0x60000000)


def _pairs(message: wire.Message) -> Pairs:
    return [(o.code, o.value) for o in message.list]


def _again(message: wire.Message, options: Pairs | None = None, **header: Any) -> bytes:
    """The message with other options or other header fields."""
    return _wire.encode(header.get("type_code", message.type_code), header.get("xid", message.xid),
                        header.get("time_s", message.time_s), _pairs(message) if options is None else options,
                        "draft-12", header.get("payload_offset", message.payload_offset), message.extra_header,
                        message.tail)


@dataclass(frozen=True)
class Falsehood:
    """One lie. heard: what a frame from the peer becomes; said: frames that the peer seems to send when we send one;
    packet: what a DHCP answer becomes; asked: DHCP answers that seem to come for a client's message; open: hide that
    the peer closes."""

    about: str
    heard: Callable[[wire.Message], list[bytes]] = lambda m: [m.octets]
    said: Callable[[wire.Message], list[bytes]] = lambda m: []
    packet: Callable[[bytes], list[bytes]] = lambda octets: [octets]
    asked: Callable[[bytes], list[bytes]] = lambda octets: []
    open: bool = False
    sections: tuple[str, ...] = field(default=())
    """Id prefixes of the tests that it is meant to trip."""


def _of(types: set[str], change: Callable[[wire.Message], list[bytes]]) -> Callable[[wire.Message], list[bytes]]:
    return lambda m: change(m) if m.type in types and m.error is None else [m.octets]


def _without(*codes: int) -> Callable[[wire.Message], list[bytes]]:
    return lambda m: [_again(m, [p for p in _pairs(m) if p[0] not in codes])]


def _rejecting(m: wire.Message) -> list[bytes]:
    options: Pairs = []
    for code, value in _pairs(m):
        if code not in (16, 21):
            options.append((code, value))
        if code == 2:
            options.append((21, b"\xfe"))
    return [_again(m, options)]


def _state(m: wire.Message, state: int, flags: bytes | None = None) -> list[bytes]:
    return [_again(m, [(c, bytes([state]) if c == 24 else flags if c == 23 and flags is not None else v)
                       for c, v in _pairs(m)])]


def _offer_or_ack(octets: bytes) -> list[bytes]:
    """A server's answer to a client's message, made up."""
    raw = _wire.dhcp4_decode(octets)
    kind = {1: 2, 3: 5, 8: 5}.get(dict(raw.options).get(53, b"\0")[0])
    if kind is None:
        return []
    reply = bytearray(_wire.dhcp4_encode(op=2, htype=1, xid=raw.xid, secs=0, flags=0, ciaddr=raw.ciaddr,
                                         giaddr=raw.giaddr, chaddr=raw.chaddr, hops=0, options=[
                                             (53, bytes([kind])), (51, (3600).to_bytes(4, "big")),
                                             (54, bytes([10, 99, 0, 1]))]))
    reply[16:20] = bytes([10, 77, 1, 200])
    return [bytes(reply)]


def _longer(octets: bytes) -> list[bytes]:
    """Option 51 a day longer."""
    at = octets.find(b"\x33\x04", 240)
    if at < 0:
        return [octets]
    lease = int.from_bytes(octets[at + 2:at + 6], "big") + 86400
    return [octets[:at + 2] + lease.to_bytes(4, "big") + octets[at + 6:]]


def _times(m: wire.Message, change: Callable[[int], int], *codes: int) -> list[bytes]:
    return [_again(m, [(c, (change(int.from_bytes(v, "big")) & 0xFFFFFFFF).to_bytes(4, "big")
                        if c in codes and len(v) == 4 else v) for c, v in _pairs(m)])]


RESPONSES = {"BNDACK", "CONNECTACK", "UPDDONE", "POOLRESP"}

FALSEHOODS: dict[str, Falsehood] = {
    "other-xid": Falsehood("responses carry another xid", heard=_of(RESPONSES, lambda m: [_again(m, xid=m.xid ^ 0x40)]),
                           sections=("d12/6", "d12/7.2", "d12/7.3", "d12/7.4", "d12/7.5", "d12/7.6", "d12/7.9")),
    "one-xid": Falsehood("all other messages carry one xid",
                         heard=lambda m: [m.octets] if m.type in RESPONSES | {"CONNECT", "BNDUPD", "UPDREQ", "UPDREQALL",
                                                                              "POOLREQ"} else [_again(m, xid=7)],
                         sections=("d12/6.1", "d12/7.10", "d12/7.11", "d12/7.12")),
    "no-bndack": Falsehood("BNDUPDs are never answered", heard=_of({"BNDACK"}, lambda m: []),
                           sections=("d12/6", "d12/7.1.3", "d12/7.2")),
    "two-bndacks": Falsehood("BNDUPDs are answered twice", heard=_of({"BNDACK"}, lambda m: [m.octets, m.octets]),
                             sections=("d12/6.3",)),
    "accepts-all": Falsehood("nothing is ever rejected", heard=_of({"BNDACK", "CONNECTACK"}, _without(16, 21)),
                             sections=("d12/6.2", "d12/6.3", "d12/7.1.3", "d12/7.2", "d12/7.8", "d12/7.9")),
    "rejects-all": Falsehood("every binding update is rejected", heard=_of({"BNDACK"}, _rejecting),
                             sections=("d12/6", "d12/7.1.3", "d12/7.2", "d12/5")),
    "talkative-bndack": Falsehood("BNDACK echoes binding-status", heard=_of(
        {"BNDACK"}, lambda m: [_again(m, _pairs(m) + [(3, b"\x02")])]), sections=("d12/7.2",)),
    "never-closes": Falsehood("the peer seems never to close", open=True,
                              sections=("d12/6.1", "d12/6.2", "d12/7", "d12/8")),
    "hangs-up": Falsehood("the peer seems to send unframable octets", heard=_of(
        {"CONTACT"}, lambda m: [_again(m, payload_offset=9)]), sections=("d12/6.1", "d12/7.11")),
    "deaf-to-requests": Falsehood("no UPDDONE, no POOLRESP", heard=_of({"UPDDONE", "POOLRESP"}, lambda m: []),
                                  sections=("d12/7.3", "d12/7.4", "d12/7.5", "d12/7.6")),
    "hasty-upddone": Falsehood("UPDDONE at once", said=lambda m: [
        _wire.encode(8, m.xid, m.time_s, [])] if m.type in ("UPDREQ", "UPDREQALL") else [],
        sections=("d12/7.3", "d12/7.4")),
    "no-updates": Falsehood("no BNDUPD ever", heard=_of({"BNDUPD"}, lambda m: []),
                            sections=("d12/7.1.1", "d12/7.4", "d12/7.6", "d12/8.6", "d12/9.8")),
    "bare-updates": Falsehood("BNDUPD without client, times and identifier", heard=_of(
        {"BNDUPD"}, _without(4, 5, 6, 8, 13)), sections=("d12/7.1.1", "d12/7.4")),
    "short-updates": Falsehood("BNDUPD tells an earlier lease-expiration-time", heard=_of(
        {"BNDUPD"}, lambda m: _times(m, lambda t: t - 900, 13)), sections=("d12/7.1.1", "d12/5.2.1")),
    "short-potential": Falsehood("potential-expiration-time before lease-expiration-time", heard=_of(
        {"BNDUPD"}, lambda m: _times(m, lambda t: t - 9000, 18)),
        sections=("d12/7.1.1", "d12/5.2.1")),
    "echo": Falsehood("each BNDUPD of ours comes back as one of the peer's", said=lambda m: [
        _again(m, xid=next(_fake_xids))] if m.type == "BNDUPD" else [], sections=("d12/7.1.1", "d12/7.6")),
    "storm": Falsehood("a rejected BNDUPD is sent again at once", said=lambda m: [
        _wire.encode(3, next(_fake_xids), m.time_s, [(2, m.transactions[0].list[0].value), (3, b"\x02")])]
        if m.type == "BNDACK" and m.has("reject-reason") and m.transactions else [], sections=("d12/7.1.1",)),
    "repeats-options": Falsehood("options come twice", heard=lambda m: [
        _again(m, _pairs(m) + _pairs(m)[-1:])] if m.list and m.error is None else [m.octets], sections=("d12/6.2",)),
    "poolreq-from-anybody": Falsehood("POOLREQ with an option, whatever the role", heard=_of(
        {"CONTACT"}, lambda m: [m.octets, _wire.encode(1, next(_fake_xids), m.time_s, [(15, bytes(4))])]),
        sections=("d12/7.6",)),
    "bare-connect": Falsehood("CONNECT and CONNECTACK without what their tables ask, with what they forbid", heard=_of(
        {"CONNECT", "CONNECTACK"}, lambda m: [_again(m, [
            p for p in _pairs(m) if p[0] not in (11, 26, 27, 28)] + [(16, b"x")] + (
                [(15, bytes(4))] if m.type == "CONNECTACK" else []))]), sections=("d12/7.8", "d12/7.9")),
    "mute-connect": Falsehood("no CONNECTACK ever", heard=_of({"CONNECTACK"}, lambda m: []), sections=("d12/7.8.2",)),
    "no-contact": Falsehood("no CONTACT ever", heard=_of({"CONTACT"}, lambda m: []), sections=("d12/7.11", "d12/8")),
    "no-disconnect": Falsehood("no DISCONNECT ever", heard=_of({"DISCONNECT"}, lambda m: []),
                               sections=("d12/7.11", "d12/7.12", "d12/8")),
    "always-normal": Falsehood("every STATE says NORMAL, STARTUP clear", heard=_of(
        {"STATE"}, lambda m: _state(m, 2, b"\0")), sections=("d12/7.10", "d12/9")),
    "never-normal": Falsehood("STATE says PAUSED where it said anything", heard=_of(
        {"STATE"}, lambda m: _state(m, 7)), sections=("d12/9",)),
    "state-storm": Falsehood("every STATE comes three times", heard=_of(
        {"STATE"}, lambda m: [m.octets] * 3), sections=("d12/7.10", "d12/9.2")),
    "bare-state": Falsehood("STATE without server-flags and start-time-of-state", heard=_of({"STATE"}, _without(23, 25)),
                            sections=("d12/7.10",)),
    "answers-nobody": Falsehood("no DHCP client is ever answered", packet=lambda octets: [],
                                sections=("d12/5", "d12/9")),
    "answers-everybody": Falsehood("every DHCP client is answered", asked=_offer_or_ack, sections=("d12/5", "d12/9")),
    "long-leases": Falsehood("leases a day longer than they may be", packet=_longer, sections=("d12/5", "d12/7.1.1", "d12/9")),
}

active: Falsehood | None = None
"""The lie of this moment: set while a test judges, None while the peer is prepared and probed."""


def heard(frame: bytes, dialect: str) -> list[bytes]:
    return [frame] if active is None else active.heard(wire.Message(frame, dialect))


def said(octets: bytes, dialect: str) -> list[bytes]:
    return [] if active is None else active.said(wire.Message(octets, dialect))


def packet(octets: bytes) -> list[bytes]:
    return [octets] if active is None else active.packet(octets)


def asked(octets: bytes) -> list[bytes]:
    return [] if active is None else active.asked(octets)


def hides_closing() -> bool:
    return active is not None and active.open

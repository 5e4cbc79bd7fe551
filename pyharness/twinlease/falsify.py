"""Lies about a peer: what it says is changed between the wire and the suite, one rule broken at a time.

A test that has never failed proves nothing. `twinlease certify PEER --falsify NAME` judges a real peer through one of
these lies; the tests about the broken rule must then fail. conformance/seen-failing.csv keeps which did. A falsified
run is marked in its report and says nothing about the peer.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

import _twinlease_wire as _wire

from twinlease import wire

Pairs = list[tuple[int, bytes]]
_fake_xids = itertools.count(0x60000000)
_recovers = itertools.count()


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
    the peer closes; quiet: hide that the peer opens connections."""

    about: str
    heard: Callable[[wire.Message], list[bytes]] = lambda m: [m.octets]
    said: Callable[[wire.Message], list[bytes]] = lambda m: []
    packet: Callable[[bytes], list[bytes]] = lambda octets: [octets]
    asked: Callable[[bytes], list[bytes]] = lambda octets: []
    open: bool = False
    quiet: bool = False
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


def _forgetting(m: wire.Message) -> list[bytes]:
    startup = (m.get("server-flags") or 0) & wire.STARTUP_FLAG
    recovers = wire.state_name(m.get("server-state")) == "RECOVER"
    return _state(m, 2) if startup or recovers and next(_recovers) % 2 else [m.octets]


def _offer_or_ack(octets: bytes, lease_s: int = 3600) -> list[bytes]:
    """A server's answer to a client's message, made up."""
    raw = _wire.dhcp4_decode(octets)
    kind = {1: 2, 3: 5, 8: 5}.get(dict(raw.options).get(53, b"\0")[0])
    if kind is None:
        return []
    reply = bytearray(_wire.dhcp4_encode(op=2, htype=1, xid=raw.xid, secs=0, flags=0, ciaddr=raw.ciaddr,
                                         giaddr=raw.giaddr, chaddr=raw.chaddr, hops=0, options=[
                                             (53, bytes([kind])), (51, lease_s.to_bytes(4, "big")),
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


def _fussy(m: wire.Message) -> list[bytes]:
    """A rejecting BNDACK for a BNDUPD of ours that has an option too many or too few (Table 7.1-1)."""
    if m.type != "BNDUPD":
        return []
    codes, status = set(m.codes), wire.status_name(m.get("binding-status"))
    wanted = {2, 3} | {"ACTIVE": {5, 6, 13, 18}, "RELEASED": {5, 6}, "EXPIRED": {5}}.get(status, set())
    surplus = {29} | ({13, 18} if status != "ACTIVE" else set()) | ({4, 5} if status == "ABANDONED" else set())
    odd = codes & surplus or not codes >= wanted or (4 in codes and 5 not in codes)
    address = [(2, o.value) for o in m.list if o.code == 2][:1]
    return [_wire.encode(4, m.xid, m.time_s, [*address, (21, b"\xfe")])] if odd else []


def _state_normal(m: wire.Message) -> bytes:
    """A STATE NORMAL of the peer, made up."""
    return _wire.encode(10, next(_fake_xids), m.time_s, [(24, b"\x02"), (23, b"\0"), (25, m.time_s.to_bytes(4, "big"))])


def _accepting(m: wire.Message) -> list[bytes]:
    """An accepting CONNECTACK for our CONNECT, made up of what it says, and a STATE."""
    not_the_secondarys = {wire.option_code(name) for name in ("TLS-request", "MCLT", "hash-bucket-assignment")}
    return [_again(m, [p for p in _pairs(m) if p[0] not in not_the_secondarys], type_code=6), _state_normal(m)]


def _with_values(m: wire.Message, **values: int) -> list[bytes]:
    """Other values of options that are there, by name with underscores."""
    other = {wire.option_code(name.replace("_", "-")): value for name, value in values.items()}
    return [_again(m, [(c, other[c].to_bytes(len(v), "big") if c in other else v) for c, v in _pairs(m)])]


def _as_asked(octets: bytes) -> list[bytes]:
    """An offer, and a lease, of the address that a client asks for."""
    wanted = dict(_wire.dhcp4_decode(octets).options).get(50, b"")
    return [reply[:16] + wanted + reply[20:] for reply in _offer_or_ack(octets, 60) if len(wanted) == 4]


def _one_address(octets: bytes) -> list[bytes]:
    """yiaddr of every DHCPACK is one address."""
    return [octets[:16] + bytes([10, 77, 1, 1]) + octets[20:] if b"\x35\x01\x05" in octets[240:] else octets]


def _other_client(m: wire.Message) -> list[bytes]:
    return [_again(m, [(c, v[:1] + bytes(len(v) - 1) if c == 5 else v) for c, v in _pairs(m)])]


def _more_backup(m: wire.Message) -> list[bytes]:
    if m.get("binding-status") != wire.BINDING_STATUS["BACKUP"]:
        return [m.octets]
    return [m.octets, *(_again(m, [(2, bytes([10, 77, 1, number])), (3, b"\x07")], xid=next(_fake_xids))
                        for number in range(1, 16))]


def _other_addresses(m: wire.Message) -> list[bytes]:
    return [_again(m, [(c, v[:3] + bytes([v[3] ^ 0x80]) if c == 2 and len(v) == 4 else v) for c, v in _pairs(m)])]


RESPONSES = {"BNDACK", "CONNECTACK", "UPDDONE", "POOLRESP"}

FALSEHOODS: dict[str, Falsehood] = {
    "other-xid": Falsehood("responses carry another xid", heard=_of(RESPONSES, lambda m: [_again(m, xid=m.xid ^ 0x40)]),
                           sections=("d12/6", "d12/7.2", "d12/7.3", "d12/7.4", "d12/7.5", "d12/7.6", "d12/7.9", "inv/L9",
                                     "inv/S16")),
    "one-xid": Falsehood("all other messages carry one xid",
                         heard=lambda m: [m.octets] if m.type in RESPONSES | {"CONNECT", "BNDUPD", "UPDREQ", "UPDREQALL",
                                                                              "POOLREQ"} else [_again(m, xid=7)],
                         sections=("d12/6.1", "d12/7.10", "d12/7.11", "d12/7.12")),
    "no-bndack": Falsehood("BNDUPDs are never answered", heard=_of({"BNDACK"}, lambda m: []),
                           sections=("d12/6", "d12/7.1.3", "d12/7.2", "d12/8")),
    "two-bndacks": Falsehood("BNDUPDs are answered twice", heard=_of({"BNDACK"}, lambda m: [m.octets, m.octets]),
                             sections=("d12/6.3",)),
    "accepts-all": Falsehood("nothing is ever rejected", heard=_of({"BNDACK", "CONNECTACK"}, _without(16, 21)),
                             sections=("d12/6.2", "d12/6.3", "d12/7.1.3", "d12/7.2", "d12/7.8", "d12/7.9")),
    "rejects-all": Falsehood("every binding update is rejected", heard=_of({"BNDACK"}, _rejecting),
                             sections=("d12/6", "d12/7.1.3", "d12/7.2", "d12/5")),
    "fussy": Falsehood("a BNDUPD with an option too many or too few is rejected", said=_fussy,
                       sections=("d12/7.1/", "d12/12.29/bndupd")),
    "talkative-bndack": Falsehood("BNDACK echoes binding-status", heard=_of(
        {"BNDACK"}, lambda m: [_again(m, _pairs(m) + [(3, b"\x02")])]), sections=("d12/7.2",)),
    "never-closes": Falsehood("the peer seems never to close", open=True,
                              sections=("d12/6.1", "d12/6.2", "d12/7", "d12/8", "d12/11.1", "d12/12.10", "inv/L2")),
    "hangs-up": Falsehood("the peer seems to send unframable octets", heard=_of(
        {"CONTACT"}, lambda m: [_again(m, payload_offset=9)]), sections=("d12/6.1", "d12/7.11")),
    "deaf-to-requests": Falsehood("no UPDDONE, no POOLRESP", heard=_of({"UPDDONE", "POOLRESP"}, lambda m: []),
                                  sections=("d12/7.3", "d12/7.4", "d12/7.5", "d12/7.6", "d12/12.29/")),
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
    "mute-connect": Falsehood("no CONNECTACK ever", heard=_of({"CONNECTACK"}, lambda m: []),
                              sections=("d12/7.8/", "d12/7.8.2", "d12/12.29/")),
    "no-contact": Falsehood("no CONTACT ever", heard=_of({"CONTACT"}, lambda m: []),
                            sections=("d12/7.11", "d12/8", "inv/L3")),
    "no-disconnect": Falsehood("no DISCONNECT ever", heard=_of({"DISCONNECT"}, lambda m: []),
                               sections=("d12/7.11", "d12/7.12", "d12/8")),
    "always-normal": Falsehood("every STATE says NORMAL, STARTUP clear", heard=_of(
        {"STATE"}, lambda m: _state(m, 2, b"\0")), sections=("d12/7.10", "d12/9")),
    "never-normal": Falsehood("STATE says PAUSED where it said anything", heard=_of(
        {"STATE"}, lambda m: _state(m, 7)), sections=("d12/9", "inv/L")),
    "mute-state": Falsehood("no STATE ever", heard=_of({"STATE"}, lambda m: []),
                            sections=("d12/7.9/", "d12/12.29/connect", "d12/12.29/state")),
    "state-storm": Falsehood("every STATE comes three times", heard=_of(
        {"STATE"}, lambda m: [m.octets] * 3), sections=("d12/7.10", "d12/9.2")),
    "bare-state": Falsehood("STATE without server-flags and start-time-of-state", heard=_of({"STATE"}, _without(23, 25)),
                            sections=("d12/7.10",)),
    "answers-nobody": Falsehood("no DHCP client is ever answered", packet=lambda octets: [],
                                sections=("d12/5", "d12/8", "d12/9", "inv/L1")),
    "answers-everybody": Falsehood("every DHCP client is answered", asked=_offer_or_ack, sections=("d12/5", "d12/9")),
    "every-second-rejected": Falsehood("every second binding update is rejected", heard=_of(
        {"BNDACK"}, lambda m: _rejecting(m) if m.xid % 2 else [m.octets]),
        sections=("d12/6.3", "d12/7.1.3", "d12/7.2", "d12/9.3", "d12/9.5")),
    "other-addresses": Falsehood("BNDACKs name other addresses", heard=_of({"BNDACK"}, _other_addresses),
                                 sections=("d12/6.3", "d12/7.2")),
    "other-client": Falsehood("BNDUPDs name another client", heard=_of({"BNDUPD"}, _other_client),
                              sections=("d12/7.1.1", "d12/7.2", "d12/7.4")),
    "window-ignored": Falsehood("three BNDUPDs come where one is allowed", heard=_of(
        {"BNDUPD"}, lambda m: [m.octets, *(_again(m, xid=next(_fake_xids)) for _ in range(3))]),
        sections=("d12/7.3", "d12/8.4")),
    "other-connect": Falsehood("CONNECT and CONNECTACK with other values", heard=_of(
        {"CONNECT", "CONNECTACK"}, lambda m: _with_values(
            m, max_unacked_bndupd=200, receive_timer=7, protocol_version=9, MCLT=7)),
        sections=("d12/5.3", "d12/7.8", "d12/7.9", "d12/8.4")),
    "state-before-ours": Falsehood("STATE NORMAL comes before any STATE of ours", heard=_of(
        {"CONNECTACK"}, lambda m: [m.octets, _state_normal(m)]),
        said=lambda m: [_state_normal(m)] if m.type == "CONNECTACK" else [],
        sections=("d12/7.10", "d12/8.2", "d12/8.3", "d12/9")),
    "second-connection": Falsehood("every CONNECT is accepted, and no connection seems to end",
                                   said=lambda m: _accepting(m) if m.type == "CONNECT" else [], open=True,
                                   sections=("d12/7.8.2", "d12/8.2")),
    "never-connects": Falsehood("the peer seems never to connect", quiet=True,
                                sections=("d12/8.2", "d12/8.6", "d12/9.3", "d12/9.4", "d12/9.9")),
    "false-backup": Falsehood("a BNDUPD(BACKUP) is followed by others about addresses of the peer", heard=_of(
        {"BNDUPD"}, _more_backup), sections=("d12/7.6", "d12/9.9")),
    "gives-what-is-asked": Falsehood("a client gets the address that it asks for, whoever has it", asked=_as_asked,
                                     sections=("d12/5.2.2", "d12/5.13", "d12/7.6", "d12/9.3", "d12/9.5", "d12/9.9")),
    "one-address": Falsehood("every DHCPACK is for one address", packet=_one_address, sections=("d12/5.2",)),
    "forgetful": Falsehood("every second RECOVER, and every STARTUP, says NORMAL", heard=_of(
        {"STATE"}, _forgetting), sections=("d12/9.3", "d12/9.13")),
    "answers-some": Falsehood("half of the DHCP answers are lost", packet=lambda octets: [
        octets] if octets[7] % 2 else [], sections=("d12/5.3", "d12/8.3", "d12/9")),
    "long-leases": Falsehood("leases a day longer than they may be", packet=_longer,
                             sections=("d12/5", "d12/7.1.1", "d12/7.8.2", "d12/9")),
}

active: Falsehood | None = None
"""The lie of this moment: set while a test judges, None while the peer is prepared and probed."""


@contextlib.contextmanager
def truthful() -> Iterator[None]:
    """No lie inside the block: for what a test has to find out before it can judge."""
    global active
    lie, active = active, None
    try:
        yield
    finally:
        active = lie


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


def hides_connecting() -> bool:
    return active is not None and active.quiet

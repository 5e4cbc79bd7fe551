"""DHCP clients behind a relay: what the servers are for. (RFC 2131; draft 3.1, 9.8.2)

A server answers a relayed message at giaddr, port 67, so clients live behind a Relay with an address of its own and
need no interface. A RENEWING client speaks to its server alone and a REBINDING one to all (RFC 2131 4.3.2); both
carry ciaddr and no server-identifier, and both go through the relay here.
"""

from __future__ import annotations

import ipaddress
import itertools
import socket
from dataclasses import dataclass, field
from typing import Callable, Mapping

import _twinlease_wire as _wire

from twinlease import falsify
from twinlease.connection import NotSeen
from twinlease.reactor import Reactor
from twinlease.transcript import Transcript

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)
NAMES = ("", "DHCPDISCOVER", "DHCPOFFER", "DHCPREQUEST", "DHCPDECLINE", "DHCPACK", "DHCPNAK", "DHCPRELEASE",
         "DHCPINFORM")
_xids = itertools.count(0x10000)
_clients = itertools.count(1)


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "big")


class Packet:
    """A DHCPv4 message as received; error is set when it could not be decoded."""

    def __init__(self, octets: bytes, t: float, source: str):
        raw = _wire.dhcp4_decode(octets)
        self.octets = octets
        self.t = t
        """Lab time at which it came."""
        self.source = source
        """Address of the server that sent it."""
        self.error: str | None = raw.error
        self.op: int = raw.op
        self.xid: int = raw.xid
        self.yiaddr: str = raw.yiaddr
        self.chaddr: bytes = raw.chaddr
        self.options: dict[int, bytes] = dict(raw.options)
        self.message_type: int = self.options.get(53, b"\0")[0]

    @property
    def name(self) -> str:
        return NAMES[self.message_type] if 0 < self.message_type < len(NAMES) else "BOOTREPLY"

    @property
    def lease_time_s(self) -> int | None:
        """Option 51, an interval in seconds."""
        value = self.options.get(51, b"")
        return int.from_bytes(value, "big") if len(value) == 4 else None

    @property
    def server_identifier(self) -> str | None:
        value = self.options.get(54, b"")
        return str(ipaddress.IPv4Address(value)) if len(value) == 4 else None

    def label(self) -> str:
        words = [self.name, self.yiaddr]
        if self.lease_time_s is not None:
            words.append(f"lease {self.lease_time_s} s")
        return " ".join(words)


class Relay:
    """A relay agent at `address` (giaddr), UDP port 67: unicasts to servers, hands answers to clients by xid.

    speakers: server's address -> its name in the transcript ("peer" for any other).
    """

    def __init__(self, reactor: Reactor, transcript: Transcript, address: str, server_port: int = 67,
                 speakers: Mapping[str, str] | None = None):
        self.reactor = reactor
        self.transcript = transcript
        self.address = address
        self.server_port = server_port
        self.speakers = dict(speakers or {})
        self.received: list[Packet] = []
        self.lost_to: set[str] = set()
        """Servers, by address, that what is sent does not reach."""
        self.lost_from: set[str] = set()
        """Servers of which nothing is heard."""
        self.on_packet: Callable[[Packet], None] = lambda packet: None
        """Called with each packet, after it was added to `received`."""
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.bind((address, 67))
        self._sock.setblocking(False)
        reactor.watch(self._sock, self._read)

    def send(self, octets: bytes, label: str, *servers: str) -> None:
        for server in servers:
            lost = server in self.lost_to
            self.transcript.add("client", "dhcp", f"{label} to {server}" + (" (lost)" if lost else ""), octets=octets,
                                to=self._name(server))
            if lost:
                continue
            self._sock.sendto(octets, (server, self.server_port))
            for answer in falsify.asked(octets):
                self.reactor.call_in(0.0, lambda answer=answer, server=server: self._packet(answer, server))

    def heal(self) -> None:
        """Every server is reached and heard again."""
        self.lost_to.clear()
        self.lost_from.clear()

    def close(self) -> None:
        self.reactor.watch(self._sock, None)
        self._sock.close()

    def _read(self) -> None:
        while True:
            try:
                octets, (source, _) = self._sock.recvfrom(65536)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if source in self.lost_from:
                continue
            for heard in falsify.packet(octets):
                self._packet(heard, source)

    def _name(self, server: str) -> str:
        return self.speakers.get(server, "peer")

    def _packet(self, octets: bytes, source: str) -> None:
        packet = Packet(octets, self.reactor.clock.now(), source)
        self.transcript.add(self._name(source), "dhcp", f"{packet.label()} from {source}", octets=octets,
                            message=packet, to="client")
        self.received.append(packet)
        self.on_packet(packet)


@dataclass
class Lease:
    """What a client was told in a DHCPACK. expires_s is absolute lab time: when the ACK came plus option 51."""

    address: str
    server: str
    lease_time_s: int
    acked_s: float

    @property
    def expires_s(self) -> float:
        return self.acked_s + self.lease_time_s


@dataclass
class Client:
    """One DHCP client. Each exchange waits for its answer; the *_sent variants do not."""

    relay: Relay
    server: str
    hardware: bytes = b""
    client_identifier: bytes | None = None
    secs: int = 0
    lease: Lease | None = field(default=None)

    def __post_init__(self) -> None:
        if not self.hardware:
            self.hardware = b"\x02\x77" + next(_clients).to_bytes(4, "big")

    @property
    def request_id(self) -> bytes:
        """What RFC 3074 hashes: client-identifier if there is one, else chaddr (9.8.2)."""
        return self.client_identifier if self.client_identifier is not None else self.hardware

    @property
    def bucket(self) -> int:
        return _wire.hash_bucket(self.request_id)

    def send(self, message_type: int, options: list[tuple[int, bytes]] | None = None, *, ciaddr: str = "0.0.0.0",
             servers: tuple[str, ...] = ()) -> int:
        """Sends a message and returns its xid."""
        xid = next(_xids)
        pairs = [(53, bytes([message_type]))]
        if self.client_identifier is not None:
            pairs.append((61, self.client_identifier))
        octets = _wire.dhcp4_encode(op=1, htype=1, xid=xid, secs=self.secs, flags=0, ciaddr=ciaddr,
                                    giaddr=self.relay.address, chaddr=self.hardware, options=pairs + (options or []),
                                    hops=1)
        label = f"{NAMES[message_type]} {self.hardware.hex(':')}" + (f" {ciaddr}" if ciaddr != "0.0.0.0" else "")
        self.relay.send(octets, label, *(servers or (self.server,)))
        return xid

    def answer(self, xid: int, within: float, *types: int) -> Packet | None:
        """The first answer to xid of one of these message types (all, if none is named); None if none comes."""
        def find() -> Packet | None:
            return next((p for p in reversed(self.relay.received)
                         if p.xid == xid and (not types or p.message_type in types)), None)
        return self.relay.reactor.run_until(find, within)

    def discover(self, within: float = 10.0, requested: str | None = None) -> Packet | None:
        """DHCPDISCOVER; the DHCPOFFER, or None."""
        options = [(50, ipaddress.IPv4Address(requested).packed)] if requested else []
        return self.answer(self.send(DISCOVER, options), within, OFFER)

    def select(self, offer: Packet, within: float = 10.0, lease_time_s: int | None = None) -> Packet | None:
        """DHCPREQUEST in SELECTING for an offer; the DHCPACK or DHCPNAK, or None. An ACK becomes self.lease."""
        server = offer.options.get(54, b"")
        options = [(50, ipaddress.IPv4Address(offer.yiaddr).packed), (54, server)]
        if lease_time_s is not None:
            options.append((51, _u32(lease_time_s)))
        return self._request(self.send(REQUEST, options), within)

    def acquire(self, within: float = 10.0) -> Lease:
        """DISCOVER, OFFER, REQUEST, ACK. NotSeen if the server does not come along."""
        offer = self.discover(within)
        if offer is None:
            raise NotSeen(f"no DHCPOFFER to {self.hardware.hex(':')} within {within:g} s")
        ack = self.select(offer, within)
        if ack is None or ack.message_type != ACK:
            raise NotSeen(f"no DHCPACK to {self.hardware.hex(':')} within {within:g} s "
                          f"(offered {offer.yiaddr}, came {ack.name if ack else 'nothing'})")
        assert self.lease is not None
        return self.lease

    def renew(self, within: float = 10.0, server: str | None = None) -> Packet | None:
        """DHCPREQUEST of a RENEWING (or REBINDING) client: ciaddr filled in, no server-identifier."""
        assert self.lease is not None, "renew needs a lease"
        xid = self.send(REQUEST, ciaddr=self.lease.address, servers=(server,) if server else ())
        return self._request(xid, within)

    def init_reboot(self, address: str, within: float = 10.0) -> Packet | None:
        """DHCPREQUEST in INIT-REBOOT: requested-address without server-identifier and ciaddr."""
        return self._request(self.send(REQUEST, [(50, ipaddress.IPv4Address(address).packed)]), within)

    def release(self) -> None:
        """DHCPRELEASE; nothing answers it."""
        assert self.lease is not None, "release needs a lease"
        self.send(RELEASE, [(54, ipaddress.IPv4Address(self.lease.server).packed)], ciaddr=self.lease.address)
        self.lease = None

    def decline(self) -> None:
        """DHCPDECLINE of the address just acquired; nothing answers it."""
        assert self.lease is not None, "decline needs a lease"
        self.send(DECLINE, [(50, ipaddress.IPv4Address(self.lease.address).packed),
                            (54, ipaddress.IPv4Address(self.lease.server).packed)])
        self.lease = None

    def inform(self, address: str, within: float = 10.0) -> Packet | None:
        """DHCPINFORM from that address; the DHCPACK, or None."""
        return self.answer(self.send(INFORM, ciaddr=address), within, ACK)

    def _request(self, xid: int, within: float) -> Packet | None:
        packet = self.answer(xid, within, ACK, NAK)
        if packet is not None and packet.message_type == ACK:
            self.lease = Lease(packet.yiaddr, packet.server_identifier or packet.source, packet.lease_time_s or 0,
                               packet.t)
        return packet


def clients_of_bucket(relay: Relay, server: str, wanted: Callable[[int], bool], count: int) -> list[Client]:
    """That many new clients whose RFC 3074 bucket is wanted."""
    out: list[Client] = []
    for _ in range(100_000):
        if len(out) == count:
            return out
        client = Client(relay, server)
        if wanted(client.bucket):
            out.append(client)
    raise ValueError(f"no {count} clients with such a bucket among 100000")

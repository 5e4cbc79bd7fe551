"""A pcap of everything between the suite and the peer: TCP 647 and DHCP, stamped with lab time."""

from __future__ import annotations

import socket
from pathlib import Path

from scapy.utils import RawPcapWriter

from twinlease.reactor import Reactor

_ETH_P_ALL = 0x0003
_ETH_P_IP = 0x0800
_LINKTYPE_ETHERNET = 1


def _wanted(frame: bytes, tcp_port: int, hosts: frozenset[bytes]) -> bool:
    """IPv4 to or from the peer, with TCP port tcp_port, or UDP port 67 or 68, on either side."""
    if len(frame) < 38 or int.from_bytes(frame[12:14], "big") != _ETH_P_IP:
        return False
    if frame[26:30] not in hosts and frame[30:34] not in hosts:
        return False
    start = 14 + (frame[14] & 15) * 4
    ports = {int.from_bytes(frame[start:start + 2], "big"), int.from_bytes(frame[start + 2:start + 4], "big")}
    protocol = frame[23]
    return (protocol == 6 and tcp_port in ports) or (protocol == 17 and bool(ports & {67, 68}))


class Capture:
    """Listens for the life of the lab, on one interface or (None) on all; between start() and stop() the frames to
    and from `hosts` go into a file."""

    def __init__(self, reactor: Reactor, interface: str | None, tcp_port: int, hosts: list[str]):
        self._hosts = frozenset(socket.inet_aton(host) for host in hosts)
        self._reactor = reactor
        self._tcp_port = tcp_port
        self._writer: RawPcapWriter | None = None
        self._sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        if interface is not None:
            self._sock.bind((interface, 0))
        self._sock.setblocking(False)
        reactor.watch(self._sock, self._read)

    def start(self, path: Path) -> None:
        self.stop()
        self._read()   # what came before belongs to nobody
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = RawPcapWriter(str(path), linktype=_LINKTYPE_ETHERNET, sync=False)
        self._writer.write_header(None)

    def stop(self) -> None:
        if self._writer is not None:
            self._read()
            self._writer.close()
            self._writer = None

    def close(self) -> None:
        self.stop()
        self._reactor.watch(self._sock, None)
        self._sock.close()

    def _read(self) -> None:
        while True:
            try:
                frame = self._sock.recv(65536)
            except BlockingIOError:
                return
            if self._writer is not None and _wanted(frame, self._tcp_port, self._hosts):
                now = self._reactor.clock.now()
                self._writer.write_packet(frame, sec=int(now), usec=int((now % 1) * 1_000_000))

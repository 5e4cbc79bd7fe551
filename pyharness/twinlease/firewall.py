"""Packets that the kernel loses: nft rules in the network namespace of one peer.

What the tap cannot do, since it is an end of every connection: nothing is closed or refused here. The kernels send
again what is lost, on real time, and after heal() the same connection may go on.
"""

from __future__ import annotations

from twinlease.lab import Host

_TABLE = "twinlease"


class Firewall:
    """Rules for the peer of one host. incoming and outgoing are the peer's directions. RuntimeError: nft says no.

    Rules add up until heal().
    """

    def __init__(self, host: Host, tcp_port: int = 647):
        self._host = host
        self._tcp_port = tcp_port
        self._rules: list[str] = []

    def drop_failover(self, incoming: bool = True, outgoing: bool = True, address: str | None = None) -> None:
        """Loses what goes over the failover port, whoever opened the connection; of one address, or of all."""
        self._drop(f"tcp sport {self._tcp_port}", incoming, outgoing, address)
        self._drop(f"tcp dport {self._tcp_port}", incoming, outgoing, address)
        self._apply()

    def drop_dhcp(self, incoming: bool = True, outgoing: bool = True, address: str | None = None) -> None:
        """Loses what goes to and from UDP port 67: of one relay or client, or of all."""
        self._drop("udp dport 67", incoming, outgoing, address)
        self._apply()

    def drop_all(self, incoming: bool = True, outgoing: bool = True) -> None:
        """Loses every packet that is not the peer's own loopback."""
        self._drop('', incoming, outgoing, None)
        self._apply()

    def heal(self) -> bool:
        """Nothing is lost any more. Was anything, before?"""
        lost = bool(self._rules)
        self._rules.clear()
        if lost:
            self._apply()
        return lost

    def _drop(self, match: str, incoming: bool, outgoing: bool, address: str | None) -> None:
        if incoming:
            self._rules.append(" ".join(['add rule ip', _TABLE, 'incoming iif != lo', match,
                                         f"ip saddr {address}" if address else "", "drop"]))
        if outgoing:
            self._rules.append(" ".join(['add rule ip', _TABLE, 'outgoing oif != lo', match,
                                         f"ip daddr {address}" if address else "", "drop"]))

    def _apply(self) -> None:
        """The whole table anew, in one transaction."""
        lines = [f"add table ip {_TABLE}", f"delete table ip {_TABLE}", f"add table ip {_TABLE}",
                 f"add chain ip {_TABLE} incoming {{ type filter hook input priority 0; }}",
                 f"add chain ip {_TABLE} outgoing {{ type filter hook output priority 0; }}", *self._rules]
        done = self._host.run(["nft", "-f", "-"], "\n".join(lines) + "\n")
        if done.returncode != 0:
            raise RuntimeError(f"nft: {done.stderr.strip()}")

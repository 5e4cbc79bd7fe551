"""A private network for two peers: a namespace for each, a bridge of ours between, and the one clock.

The ports of the bridge are isolated: the two peers reach us and nobody else, not even each other. So whatever passes
between them passes through a tap, and what the tap does not see did not happen.
"""

from __future__ import annotations

from twinlease.capture import Capture
from twinlease.clock import Clock, jitter
from twinlease.lab import Host, inside, ip
from twinlease.reactor import Reactor
from twinlease.transcript import Transcript


class PairLab:
    """One network: us on `our_addresses`, and a host for each role of `servers` (role -> its address)."""

    _count = 0

    def __init__(self, our_addresses: list[str], servers: dict[str, str], prefix: int, rate: float = 1.0,
                 tcp_port: int = 647):
        if not inside():
            raise RuntimeError("a PairLab needs the namespaces of lab.enter()")
        PairLab._count += 1
        bridge = f"pair{PairLab._count}"
        self.clock = Clock(rate)
        self.reactor = Reactor(self.clock)
        self.transcript = Transcript(self.clock)
        self.jitter_s = jitter(self.clock)
        self.hosts = {role: Host(self.reactor, self.transcript, f"{role}{PairLab._count}") for role in servers}
        try:
            ip("link", "set", "lo", "up")
            ip("link", "add", "name", bridge, "type", "bridge")
            for address in our_addresses:
                ip("addr", "add", f"{address}/{prefix}", "dev", bridge)
            ip("link", "set", bridge, "up")
            for number, (role, host) in enumerate(self.hosts.items()):
                port = f"{bridge}-{number}"
                host.separate(port, [servers[role]], prefix)
                ip("link", "set", port, "master", bridge)
                ip("link", "set", port, "type", "bridge_slave", "isolated", "on")
                ip("link", "set", port, "up")
            self.capture = Capture(self.reactor, bridge, tcp_port, list(servers.values()))
        except BaseException:
            self._end()
            raise

    def close(self) -> None:
        """Ends everything that was started here."""
        self.capture.close()
        self._end()

    def _end(self) -> None:
        for host in self.hosts.values():
            host.end_processes()

"""A private network for two DHCP servers and a load generator, made of namespaces (`unshare -Urn`, no root).

The load generator sends to one address; the kernel sends a copy of each datagram to the second server, as a relay with
two helper addresses does.
"""

import ipaddress
import subprocess
import time

SUBNET = ipaddress.ip_network("10.64.0.0/12")
LOAD, FIRST, SECOND = "10.64.0.4", "10.64.0.2", "10.64.0.3"
TAPS = ("10.64.0.5", "10.64.0.6")
"""Addresses of the load generator's side at which the first and the second server find their partner's stand-in."""
POOL_BEGIN = ipaddress.ip_address("10.64.1.0")


def pool(size: int, after: int = 0) -> tuple[str, str]:
    """The first and the last of so many addresses to lease, the first `after` of them left out."""
    return str(POOL_BEGIN + after), str(POOL_BEGIN + after + size - 1)


def run(*words: str) -> None:
    """CalledProcessError if it fails, after the command's own words."""
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


class Network:
    """Made in a network namespace that is ours alone. enter(server) is what a server's command begins with."""

    def __init__(self):
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "br0", "type", "bridge")
        for address in (LOAD, *TAPS):
            run("ip", "addr", "add", f"{address}/{SUBNET.prefixlen}", "dev", "br0")
        run("ip", "link", "set", "br0", "up")
        self._holders = [self._add(number, address) for number, address in enumerate((FIRST, SECOND))]
        self._nft(None, "add table ip load")
        self._nft(None, "add chain ip load out { type filter hook output priority 0; }")
        self._nft(1, "add table ip load")
        self._nft(1, "add chain ip load in { type filter hook prerouting priority -300; }")
        self._nft(1, f"add rule ip load in ip daddr {FIRST} udp dport 67 ip daddr set {SECOND} notrack")

    def _add(self, number: int, address: str) -> subprocess.Popen:
        holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        own = subprocess.run(["readlink", "/proc/self/ns/net"], capture_output=True, text=True, check=True).stdout
        while subprocess.run(["readlink", f"/proc/{holder.pid}/ns/net"], capture_output=True,
                             text=True, check=True).stdout == own:
            time.sleep(0.01)
        pid = str(holder.pid)
        run("ip", "link", "add", f"v{number}", "type", "veth", "peer", "name", "e0", "netns", pid)
        run("ip", "link", "set", f"v{number}", "master", "br0", "up")
        inside = self._enter(holder)
        run(*inside, "ip", "addr", "add", f"{address}/{SUBNET.prefixlen}", "dev", "e0")
        run(*inside, "ip", "link", "set", "e0", "up")
        run(*inside, "ip", "link", "set", "lo", "up")
        return holder

    @staticmethod
    def _enter(holder: subprocess.Popen) -> list[str]:
        return ["nsenter", "--net", "--target", str(holder.pid)]

    def enter(self, server: int) -> list[str]:
        return self._enter(self._holders[server])

    def _nft(self, server: int | None, rule: str) -> None:
        run(*([] if server is None else self.enter(server)), "nft", rule)

    def copy_to_second(self, on: bool) -> None:
        """Whether the second server gets each datagram, too."""
        self._nft(None, "flush chain ip load out")
        if on:
            self._nft(None, f"add rule ip load out ip daddr {FIRST} udp dport 67 dup to {SECOND}")

    def close(self) -> None:
        for holder in self._holders:
            holder.kill()
            holder.wait()

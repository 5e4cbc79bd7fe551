"""The bench of a pair: two live servers, the tap between them, relays for clients, and everything a test may use.

A warm pair serves many tests. Between two tests the following holds, and restore() makes it hold or starts both anew:
  1. Both run, connected through the tap, and each has said NORMAL last on that connection.
  2. There is no fault: nothing is cut or planned, and every relay reaches and hears both.
Left behind: leases of earlier clients. A test that needs empty stores declares own_peer.
"""

from __future__ import annotations

from pathlib import Path

from twinlease import dhcp
from twinlease.adapter import PeerUnderTest
from twinlease.clock import jitter, tolerance
from twinlease.connection import NotSeen
from twinlease.firewall import Firewall
from twinlease.manifest import ROLES
from twinlease.pair_lab import PairLab
from twinlease.pairing import Pairing
from twinlease.suite.bench import ANSWER_S, CONNECT_WITHIN_S, NORMAL_WITHIN_S
from twinlease.suite.case import Inconclusive
from twinlease.tap import Tap
from twinlease.verdict import Aftermath


class PairBench:
    """A PairLab with both servers in it. A role names a server everywhere: "primary" or "secondary"."""

    def __init__(self, pairing: Pairing, out: Path):
        self.pairing = pairing
        relationships = pairing.relationships
        self.relationship = relationships["primary"]
        self.servers: dict[str, str] = pairing.servers
        """The servers' own addresses: where relays find them."""
        self.lab = PairLab([*pairing.taps.values(), *self.relationship.relay_addresses], self.servers,
                           self.relationship.prefix, pairing.rate, self.relationship.port)
        self.clock = self.lab.clock
        self.reactor = self.lab.reactor
        self.transcript = self.lab.transcript
        self.tap = Tap(self.reactor, self.transcript, self.servers, pairing.taps, self.relationship.port,
                       {role: manifest.dialect for role, manifest in pairing.manifests.items()})
        self.peers: dict[str, PeerUnderTest] = {
            role: PeerUnderTest(pairing.manifests[role], relationships[role], self.lab.hosts[role],
                                out / f"peer-{role}", called=role) for role in ROLES}
        self.firewalls = {role: Firewall(self.lab.hosts[role], self.relationship.port) for role in ROLES}
        speakers = {address: role for role, address in self.servers.items()}
        self.relays: list[dhcp.Relay] = [dhcp.Relay(self.reactor, self.transcript, address, speakers=speakers)
                                         for address in self.relationship.relay_addresses]
        self.restarts = 0
        self._ready = False
        self._ended: set[str] = set()   # roles that the suite has killed or stopped
        self._doubt = (0, 0.0)   # connections up to this number are believed only if both spoke after this time

    @property
    def primary(self) -> PeerUnderTest:
        return self.peers["primary"]

    @property
    def secondary(self) -> PeerUnderTest:
        return self.peers["secondary"]

    @property
    def mclt_s(self) -> int:
        return self.relationship.mclt_s

    @property
    def tolerance_s(self) -> float:
        """What a measured interval may be off by (lab seconds), with the jitter of this moment."""
        return tolerance(self.clock, max(self.lab.jitter_s, jitter(self.clock, 5)))

    # The servers

    def start(self, role: str) -> None:
        """Starts that server with the store that it has. Blocked, PeerFailed."""
        self.tap.forget(role)
        self._ended.discard(role)
        self.peers[role].start()

    def stop(self, role: str) -> None:
        """Ends it as an administrator would."""
        self._ended.add(role)
        self.peers[role].stop()
        self.tap.forget(role)

    def kill(self, role: str) -> None:
        """Ends it as a power cut ends a process."""
        self._ended.add(role)
        self.peers[role].kill()
        self.tap.forget(role)

    def partner_down(self, role: str) -> None:
        """Tells that server that its partner is down (9.8.4, 9.9.3)."""
        self.peers[role].partner_down()

    def read_leases(self, role: str) -> str:
        """Its lease store, in a form of its own."""
        return self.peers[role].read_leases()

    def states(self) -> dict[str, str | None]:
        """What each said last: a state by name, "STARTUP" with the bit set, None: nothing since it was started."""
        said = self.tap.said
        return {role: None if role not in said else "STARTUP" if said[role].startup else said[role].state
                for role in ROLES}

    def is_normal(self) -> bool:
        """Are they connected through the tap, and has each said NORMAL last, on this connection?

        A connection that lived through a fault is believed only once both have spoken on it again.
        """
        if self.states() != dict.fromkeys(ROLES, "NORMAL"):
            return False
        numbers = {self.tap.said[role].link for role in ROLES}
        link = next((link for link in self.tap.links if {link.number} == numbers and not link.abandoned), None)
        number, since_s = self._doubt
        return link is not None and (link.number > number or all(link.spoke_s[role] >= since_s for role in ROLES))

    def to_normal(self, within: float = CONNECT_WITHIN_S + NORMAL_WITHIN_S) -> float:
        """Waits until both are NORMAL, and returns how many lab seconds that took. NotSeen: with the states."""
        began = self.clock.now()
        if not self.reactor.run_until(self.is_normal, within):
            raise NotSeen(f"not NORMAL on both sides within {within:g} s; {self.describe()}")
        return self.clock.now() - began

    def describe(self) -> str:
        """States and processes in a line, for what is observed."""
        states = self.states()
        words = [f"{role} {states[role] or 'said nothing'}{'' if self.peers[role].running else ' (not running)'}"
                 for role in ROLES]
        links = [link for link in self.tap.links if not link.abandoned]
        return ", ".join(words) + ("" if links else ", not connected")

    # Faults: tap.* for the stream of messages, these for the network

    def cut(self, kernel: bool = False) -> None:
        """The link between the servers breaks: the tap closes every connection and refuses new ones.

        kernel: nothing is closed; every packet of it is lost, as when a cable is pulled.
        """
        if kernel:
            for role in ROLES:
                self.firewalls[role].drop_failover()
        else:
            self.tap.cut()

    def isolate(self, role: str) -> None:
        """That server loses its network, clients included: every packet to and from it is lost."""
        self.firewalls[role].drop_all()

    def heal(self) -> None:
        """Every fault ends: of the tap, of the network, of the relays."""
        disturbed = self.tap.heal()
        for firewall in self.firewalls.values():
            disturbed |= firewall.heal()
        if disturbed:
            self._doubt = (self.tap.opened, self.clock.now() + 1.0)   # header times are whole seconds
        for relay in self.relays:
            relay.heal()

    # Between tests

    def start_anew(self) -> None:
        """Both with empty stores, started; not connected yet."""
        self._ready = False
        for role in ROLES:
            peer = self.peers[role]
            if peer.running:
                peer.kill()
            peer.parameters = dict(peer.manifest.parameters)
            peer.skew_s = 0
            peer.wipe()
        for role in ROLES:
            self.start(role)

    def restore(self) -> str | None:
        """Makes the bench ready for the next test; None, or what had to be done and why.

        Blocked or PeerFailed if a server cannot be started, NotSeen if they do not come to NORMAL even then.
        """
        self.reactor.run_for(0.2)   # what happened while nobody looked
        self.tap.calm()
        self.heal()
        if self._ready and all(peer.running for peer in self.peers.values()):
            try:
                self.to_normal()
                return None
            except NotSeen as problem:
                why = str(problem)
        else:
            why = "first start" if self.restarts == 0 else "the test before had servers of its own, or left them unwell"
        self.restarts += 1
        self.start_anew()
        self.to_normal(CONNECT_WITHIN_S + self.mclt_s + NORMAL_WITHIN_S)
        self._ready = True
        return why

    def leave(self) -> None:
        """The test had servers of its own, or left them unwell: the next one starts anew."""
        self._ready = False

    def revive(self) -> None:
        """Starts whichever server the suite has ended. One that ended by itself stays as it is: see probe()."""
        for role in sorted(self._ended):
            self.start(role)

    def probe(self) -> tuple[Aftermath, str]:
        """What a test left: do both run, do they come back to NORMAL, is a new client served?"""
        self.tap.calm()
        self.heal()
        self.revive()
        for role in ROLES:
            if self.peers[role].running is False:
                return Aftermath.DEAD, f"the {role} has ended; its last words: {self.peers[role].log_tail(4)}"
        normal = ""
        try:
            self.to_normal(CONNECT_WITHIN_S + self.mclt_s + NORMAL_WITHIN_S)
        except NotSeen as problem:
            normal = str(problem)
        try:
            self.served_client()
        except (NotSeen, Inconclusive) as problem:
            return Aftermath.WEDGED, f"{problem}" + (f"; {normal}" if normal else "")
        return (Aftermath.DEGRADED, normal) if normal else (Aftermath.CLEAN, "")

    def close(self) -> None:
        self.tap.close()
        for relay in self.relays:
            relay.close()
        for peer in self.peers.values():
            peer.close()
        self.lab.close()

    # Clients

    def client(self, role: str, relay: int = 0) -> dhcp.Client:
        """A new client that speaks to that server alone."""
        return dhcp.Client(self.relays[relay], self.servers[role])

    def served_client(self) -> dhcp.Client:
        """A new client with a lease, from whichever server answers it. NotSeen if none of 8 is served."""
        for _ in range(8):
            client = self.client("primary")
            for address in self.servers.values():
                client.server = address
                offer = client.discover(within=4.0)
                if offer is not None and client.select(offer, ANSWER_S) is not None and client.lease is not None:
                    return client
        raise NotSeen("none of 8 new clients was served by either server")

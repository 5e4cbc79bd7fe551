"""The bench: one peer under test in one role, warm, and everything a test may use on it.

A warm peer serves many tests. Between two tests the following holds, and restore() makes it hold or starts the peer
again; what a test leaves behind besides is written here.
  1. The peer runs, in NORMAL, connected to `peer`, whose state is NORMAL too; no other connection is open.
  2. `peer` has the identity and the habits of a well-mannered partner.
  3. The peer owns addresses for new clients, and the suite owns addresses for bindings of its own.
Left behind: leases of earlier clients (each client and each address is used by one test only), and bindings that the
suite announced. A test that needs an empty store declares own_peer.
"""

from __future__ import annotations

import contextlib
import dataclasses
import ipaddress
from pathlib import Path
from typing import Iterator

from twinlease import dhcp, wire
from twinlease.adapter import Blocked, PeerUnderTest
from twinlease.clock import jitter, tolerance
from twinlease.connection import Connection, NotSeen
from twinlease.lab import Lab
from twinlease.manifest import Manifest, Relationship
from twinlease.peer import Habits, Identity, Peer
from twinlease.suite.case import Inconclusive
from twinlease.verdict import Aftermath

CONNECT_WITHIN_S = 180.0
"""How long a connection may take: after a rejection a peer may wait "a minute or two" (7.9, 7.12)."""
NORMAL_WITHIN_S = 60.0
ACK_S = 120.0
"""How long a BNDACK, UPDDONE or POOLRESP is waited for: 7.2 and 8.3 speak of minutes."""
STARTUP_WITHIN_S = 90.0
"""How long a server that starts alone may take to its first answer: a STARTUP of at most 60 s (5.9), and half of it for
the start itself."""
ANSWER_S = 10.0
"""How long a message or a DHCP answer may take: no clause says; the field's clients give up after 4 to 64 s."""
SYN_AGAIN_S = 4.0
"""Real seconds in which the kernel has sent a lost SYN again twice, whatever the lab's clock."""
FEW = 64
"""More addresses than any test takes: with fewer left, the peer is started anew before the next one."""
QUIET_S = 12.0
"""How long silence is watched where silence is what the clause asks: longer than ANSWER_S."""

AFTER_LOSS = {"NORMAL": "COMMUNICATIONS-INTERRUPTED", "POTENTIAL-CONFLICT": "RESOLUTION-INTERRUPTED",
              "PAUSED": "COMMUNICATIONS-INTERRUPTED", "SHUTDOWN": "RECOVER-DONE", "RECOVER": "RECOVER-DONE",
              "RECOVER-WAIT": "RECOVER-DONE"}
"""How a partner comes back that lost its link, or stopped, in a state (Figure 9.2-1, 9.13, 9.14): in another one, or
in the same if it is not listed. One that recovers has done so meanwhile, and so has one that was shut down."""


class Bench:
    """A Lab, the peer under test in it, and its partner."""

    def __init__(self, manifest: Manifest, relationship: Relationship, out: Path):
        self.manifest = manifest
        self.relationship = relationship
        self.out = out
        self.lab = Lab([relationship.partner_address, *relationship.relay_addresses], [relationship.server_address],
                       relationship.prefix, manifest.rate, relationship.port, private=manifest.network == "lab")
        self.clock = self.lab.clock
        self.reactor = self.lab.reactor
        self.transcript = self.lab.transcript
        self.put = PeerUnderTest(manifest, relationship, self.lab, out / f"peer-{relationship.role}")
        self.peer = self._new_partner()
        self.relay = dhcp.Relay(self.reactor, self.transcript, relationship.relay_addresses[0])
        self.restarts = 0
        self._ready = False
        self._last_address = relationship.last_address
        self._store_began = 0
        self._packets_began = 0
        self.taken: set[str] = set()
        """Addresses that tests of this run had for bindings of their own."""
        self._ours: list[str] = []
        self._dealt = 0
        self._buckets: dict[int, bool] = {}
        self._open: list[Connection] = []

    @property
    def role(self) -> str:
        return self.relationship.role

    @property
    def mclt_s(self) -> int:
        return self.peer.identity.mclt_s

    @property
    def tolerance_s(self) -> float:
        """What a measured interval may be off by (lab seconds), with the jitter of this moment."""
        return tolerance(self.clock, max(self.lab.jitter_s, jitter(self.clock, 5)))

    def long_enough(self, interval_s: float) -> float:
        """The tolerance for measuring this interval; Inconclusive if it exceeds a tenth of it."""
        allowed = self.tolerance_s
        if allowed > interval_s / 10:
            raise Inconclusive(f"TOLERANCE: {allowed:.1f} s is more than a tenth of {interval_s:g} s")
        return allowed

    # Bringing the peer up

    def _new_partner(self) -> Peer:
        r = self.relationship
        return Peer(self.reactor, self.transcript, Identity(
            role=r.partner_role, relationship_name=r.name, address=r.partner_address, server_address=r.server_address,
            port=r.port, dialect=self.manifest.dialect, mclt_s=r.mclt_s, receive_timer_s=r.receive_timer_s,
            max_unacked_bndupd=r.max_unacked_bndupd, speaks_on_any_connection=self.manifest.connect_anywhere))

    def fresh_partner(self) -> Peer:
        """A partner without history in place of the one there was."""
        self.peer.drop()
        self.peer.stop_listening()
        self.peer = self._new_partner()
        return self.peer

    def start_anew(self, addresses: int | None = None, **parameters: object) -> None:
        """Stops the peer, empties its store, starts it; the partner is new as well, and not connected.

        addresses: its pool holds only so many, the first of the relationship (parameter `pool`, a list of "FIRST
        LAST"). parameters: other values for the manifest's [parameters], until the next start_anew(). Blocked if the
        manifest has no such parameter.
        """
        for name in [*parameters, *(["pool"] if addresses is not None else [])]:
            if name not in self.manifest.parameters:
                raise Blocked(f"parameter {name}")
        self._ready = False
        self.peer.drop()
        if self.put.running:
            self.put.kill()
        self.put.parameters = {**self.manifest.parameters, **parameters}
        self._last_address = self.relationship.last_address
        if addresses is not None:
            first = ipaddress.IPv4Address(self.relationship.first_address)
            self._last_address = str(first + addresses - 1)
            self.put.parameters["pool"] = [f"{first} {self._last_address}"]
        self._store_began = self.transcript.mark()
        self._packets_began = len(self.relay.received)
        self.put.skew_s = 0
        self.put.wipe()
        self.put.start()
        self.fresh_partner()
        self._ours.clear()
        self._dealt = 0
        self._buckets.clear()

    def to_normal(self) -> None:
        """Connects and comes to NORMAL with the peer as it is; then addresses are dealt out.

        NotSeen if that does not work within CONNECT_WITHIN_S and MCLT + NORMAL_WITHIN_S.
        """
        if self.peer.connection is None:
            self.peer.connect(CONNECT_WITHIN_S)
        already = self.peer.state == "NORMAL" and self.peer.partner_state == "NORMAL"
        if not self.peer.wait_normal(self.mclt_s + NORMAL_WITHIN_S):
            raise NotSeen(f"not NORMAL {self.mclt_s + NORMAL_WITHIN_S:g} s after connecting; "
                          f"peer {self.peer.partner_state}, suite {self.peer.state}")
        if not already:
            self.reactor.run_for(1.0)   # what the peer does for clients follows our STATE, which is on its way
        if not self._ours:
            self._deal_addresses()
            self._dealt = len(self._ours)

    def _deal_addresses(self) -> None:
        """The upper half of the range goes to the secondary as BACKUP (5.4); a primary deals when it is asked (7.6)."""
        r = self.relationship
        first, last = int(ipaddress.IPv4Address(r.first_address)), int(ipaddress.IPv4Address(self._last_address))
        middle = first + (last - first) // 2
        if self.role == "secondary":
            now = int(self.clock.now())
            waiting = self.peer.queue_updates([
                [("assigned-IP-address", str(ipaddress.IPv4Address(a))), ("binding-status", "BACKUP"),
                 ("start-time-of-state", now)] for a in range(middle + 1, last + 1)])
            if not self.reactor.run_until(lambda: not waiting, NORMAL_WITHIN_S):
                raise NotSeen(f"{len(waiting)} of the BNDUPD(BACKUP) unanswered after {NORMAL_WITHIN_S:g} s")
            self._ours = [str(ipaddress.IPv4Address(a)) for a in range(first, middle + 1)]
        else:
            self.peer.link.send("POOLREQ")   # a secondary that enters NORMAL asks (7.6)
            enough = min(8, (last - first + 1) // 4)
            deadline = self.clock.now() + NORMAL_WITHIN_S
            while self.clock.now() < deadline and not (len(self._backup_addresses()) >= enough and self._quiet()):
                self.reactor.run_for(1.0)   # silence wakes nobody up
            self._ours = self._backup_addresses()

    def _quiet(self) -> bool:
        link = self.peer.link
        return not link.received or self.clock.now() - link.arrived_s[-1] > 3.0

    def _backup_addresses(self) -> list[str]:
        """Addresses whose last BNDUPD from the primary said BACKUP: the suite's own, as its secondary."""
        status: dict[str, int] = {}
        for entry in self.transcript.entries[self._store_began:]:
            if entry.frm == "peer" and entry.proto == "failover" and getattr(entry.message, "type", "") == "BNDUPD":
                for transaction in entry.message.transactions:
                    status[transaction.get("assigned-IP-address")] = transaction.get("binding-status")
        return [address for address, value in status.items() if value == 7]

    def restore(self) -> str | None:
        """Makes the bench ready for the next test; None, or what had to be done and why.

        Blocked or PeerFailed if the peer cannot be started, NotSeen if it does not come to NORMAL even then.
        """
        self.reactor.run_for(0.2)   # what happened while nobody looked: a long look at the transcript stops the loop
        for connection in self._open:
            connection.close()
        self._open.clear()
        identity = self.peer.identity
        fresh = self._new_partner().identity
        fresh.mclt_s = identity.mclt_s
        if fresh != identity:   # what was announced in the handshake holds as long as its connection
            self.peer.drop()
        self.peer.identity = fresh
        self._behave()
        self.peer.bindings = lambda: []
        why = self._used_up() if self.put.can("start") else None
        if why is None and self._ready and self.put.running is not False:
            try:
                self.to_normal()
                return None
            except (NotSeen, ConnectionError) as problem:
                why = str(problem)
        elif why is None:
            why = "first start" if self.restarts == 0 else "the test before had a peer of its own, or left it unwell"
        if not self.put.can("start"):
            self.to_normal()
            self._ready = True
            return None
        self.restarts += 1
        self.start_anew()
        self.to_normal()
        self._ready = True
        return why

    def _used_up(self) -> str | None:
        """Which side has too few addresses left for any test, or None. A secondary's pool only shrinks: what its
        clients leave becomes FREE, the suite's."""
        if self._dealt > 2 * FEW and len(self._ours) < FEW:
            return f"{len(self._ours)} of {self._dealt} addresses of the suite's side are left"
        given = {p.yiaddr for p in self.relay.received[self._packets_began:] if p.message_type == dhcp.ACK}
        if self.role == "secondary" and self._dealt > 2 * FEW and len(given) > self._dealt - FEW:
            return f"{len(given)} addresses of the peer's side were given to clients"
        return None

    def _behave(self) -> None:
        """The partner gets its manners back. Unless both are in NORMAL it drops the connection, as one whose link was
        lost in the state that the test made it play, and comes back as the draft has it: see AFTER_LOSS."""
        self.peer.habits = Habits()
        if self.peer.state != "NORMAL" or self.peer.partner_state != "NORMAL":
            self.peer.drop()
            after = AFTER_LOSS.get(self.peer.state, self.peer.state)
            if after != self.peer.state:
                self.peer.state, self.peer.state_since_s = after, int(self.clock.now())

    def revive(self) -> None:
        """Starts the peer if it does not run, as after a test that killed it."""
        if self.put.running is False and self.put.can("start"):
            self.put.start()

    def probe(self) -> tuple[Aftermath, str]:
        """What a test left: is the peer alive, does it come back to NORMAL, does it serve a new client?"""
        for connection in self._open:
            connection.close()
        self._behave()
        if self.put.running is False:
            return Aftermath.DEAD, f"the process has ended; its last words: {self.put.log_tail(4)}"
        try:
            self.to_normal()
        except (NotSeen, ConnectionError) as problem:
            normal = str(problem)
        else:
            normal = ""
        try:
            self.served_client()
        except (NotSeen, Inconclusive) as problem:
            if self.put.running is False:
                return Aftermath.DEAD, "the process has ended"
            return Aftermath.WEDGED, f"{problem}" + (f"; {normal}" if normal else "")
        return (Aftermath.DEGRADED, normal) if normal else (Aftermath.CLEAN, "")

    def leave(self) -> None:
        """The test had a peer of its own, or left it unwell: the next one starts anew."""
        self._ready = False

    def close(self) -> None:
        for connection in self._open:
            connection.close()
        self.peer.drop()
        self.peer.stop_listening()
        self.relay.close()
        self.put.close()
        self.lab.close()

    # What tests use

    def connection(self, source: str | None = None) -> Connection:
        """A new TCP connection to the peer besides the partner's, from the partner's address or another of ours;
        closed after the test."""
        connection = self.peer.open(max(ANSWER_S, SYN_AGAIN_S * self.clock.rate), source)
        self._open.append(connection)
        return connection

    def next_connect(self) -> tuple[Connection, wire.Message]:
        """Of a peer that is primary: its next CONNECT, not answered yet; the connection is closed after the test."""
        connection, connect = self.peer.offer_connect(CONNECT_WITHIN_S)
        self._open.append(connection)
        return connection, connect

    def detach(self) -> None:
        """Ends the partner's connection without a DISCONNECT, as a lost link does; the peer notices."""
        self.peer.drop()
        self.reactor.run_for(2.0)

    def meet(self, state: str, *, since_s: int | None = None, startup: bool = False, answer_updates: bool = False,
             within: float = CONNECT_WITHIN_S) -> Connection:
        """A new connection, up to communications ok, of a partner that is in `state` and stays in it, whatever the
        peer does. since_s: its start-time-of-state, now if left out. answer_updates: it answers UPDREQ(ALL), which may
        move the peer on."""
        self.peer.drop()
        self.peer.habits.follow_states = False
        self.peer.habits.answer_update_requests = answer_updates
        self.peer.state = state
        self.peer.state_since_s = int(self.clock.now()) if since_s is None else since_s
        return self.peer.connect(within, startup)

    @contextlib.contextmanager
    def partner_with(self, **identity: object) -> Iterator[Peer]:
        """A partner that announces other values on a new connection; in NORMAL inside the block. Afterwards it is
        not connected and what it was before."""
        before = self.peer.identity
        self.peer.drop()
        self.peer.identity = dataclasses.replace(before, **identity)
        try:
            self.to_normal()
            yield self.peer
        finally:
            self.peer.drop()
            self.peer.identity = before

    def partner_addresses(self) -> list[str]:
        """The addresses that the suite's side owns now and has not used: FREE if it is the primary, else BACKUP."""
        if self.role == "secondary":
            return list(self._ours)
        backup = set(self._backup_addresses())
        return [address for address in self._ours if address in backup]

    def peer_addresses(self) -> list[str]:
        """Addresses that the peer's side owns and that nobody has had, by what was said of them so far: FREE if it is
        the primary, else BACKUP."""
        said: dict[str, set[object]] = {}
        for entry in self.transcript.entries[self._store_began:]:
            if entry.proto == "failover" and getattr(entry.message, "type", "") == "BNDUPD":
                for transaction in entry.message.transactions:
                    said.setdefault(transaction.get("assigned-IP-address"), set()).add(transaction.get("binding-status"))
            elif entry.proto == "dhcp" and entry.frm == "peer":
                said.setdefault(entry.message.yiaddr, set()).add(entry.label)
        first, last = (int(ipaddress.IPv4Address(a)) for a in (self.relationship.first_address, self._last_address))
        addresses = [str(ipaddress.IPv4Address(a)) for a in range(first, last + 1)]
        return [a for a in addresses if (said.get(a) == {7} if self.role == "secondary" else a not in said)]

    def take_address(self) -> str:
        """An address that the suite's side owns, for a binding of its own; no other test gets it."""
        if not self._ours:
            raise Inconclusive("ADDRESSES: the suite's side owns no address (none was dealt to it)")
        self.taken.add(self._ours[0])
        return self._ours.pop(0)

    def client(self) -> dhcp.Client:
        """A new client, whoever may have to serve it."""
        return dhcp.Client(self.relay, self.relationship.server_address)

    def serves(self, bucket: int) -> bool:
        """Does the peer answer a DISCOVER of that RFC 3074 bucket in NORMAL? Found out once (A-35: never assumed)."""
        if bucket not in self._buckets:
            asker = dhcp.clients_of_bucket(self.relay, self.relationship.server_address, lambda b: b == bucket, 1)[0]
            self._buckets[bucket] = asker.discover(within=4.0) is not None
        return self._buckets[bucket]

    def served_client(self) -> dhcp.Client:
        """A new client with a lease from the peer. NotSeen if it serves none of 16 of different buckets, or three in a row
        not whose buckets it served before."""
        silent = 0
        for _ in range(16):
            client = self.client()
            known = self._buckets.get(client.bucket)
            if known is None:
                offer = client.discover(within=4.0)
                self._buckets[client.bucket] = offer is not None
                if offer is None:
                    continue
                client.select(offer, ANSWER_S)
            elif known:
                try:
                    client.acquire(ANSWER_S)
                except NotSeen:   # found out in another state than NORMAL, or the peer had not heard our STATE yet
                    del self._buckets[client.bucket]
                    silent += 1
                    if silent == 3:
                        raise
            else:
                continue
            if client.lease is not None:
                return client
        raise NotSeen("none of 16 new clients was served")

    def client_served_here(self) -> dhcp.Client:
        """A new client without a lease, of a bucket that the peer answers in NORMAL."""
        for _ in range(64):
            client = self.client()
            if self.serves(client.bucket):
                return client
        raise Inconclusive("BUCKETS: the peer answered no bucket of 64")

    def active(self, address: str, lease_s: int = 600, hardware: bytes | None = None,
               **replace: object) -> list[tuple[str | int, object]]:
        """A BNDUPD(ACTIVE) transaction with all that Table 7.1-1 asks; replace: other values by option name with
        underscores, None leaves the option out."""
        now = int(self.clock.now() + self.peer.identity.clock_offset_s)
        options: dict[str, object] = {
            "assigned-IP-address": address, "binding-status": "ACTIVE",
            "client-hardware-address": b"\x01" + (hardware or self.client().hardware),
            "lease-expiration-time": now + lease_s, "potential-expiration-time": now + lease_s * 3 // 2,
            "start-time-of-state": now, "client-last-transaction-time": now,
        }
        for key, value in replace.items():
            options[key.replace("_", "-")] = value
        return [(name, value) for name, value in options.items() if value is not None]


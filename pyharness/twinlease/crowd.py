"""A crowd of DHCP clients that live for themselves, each by RFC 2131, and keep to their leases (AS1).

A member looks for a server, takes an offer, renews at T1 with the server that leased, rebinds at T2 with all, and stops
at the end of its lease. Between these it may release, be switched off without a word, or reboot; which member does what
and when follows from the seed alone, as far as the servers' answers allow. What happens to it is told to a History.

Members stand behind relays. Which servers hear a relay, and which member stands behind which, can change at any time:
that is how clients are partitioned, and how they change sides.
"""

from __future__ import annotations

import ipaddress
import itertools
import random
from collections import Counter
from dataclasses import dataclass
from typing import Callable

from twinlease import dhcp
from twinlease.history import History
from twinlease.reactor import Reactor, Timer

RETRY_S = (4.0, 8.0, 16.0, 32.0)
"""Between a DHCPDISCOVER or DHCPREQUEST and its repetition, give or take a second (RFC 2131 4.1)."""
REQUESTS_MAX = 3
"""DHCPREQUESTs for one offer, or after one reboot, before the member begins again with DHCPDISCOVER."""
GATHER_S = 1.0
"""How long after the first DHCPOFFER others are waited for."""
RENEW_AGAIN_S = 10.0
"""The least time between two requests to renew: RFC 2131 4.4.5 says 60 s, for leases of days."""


@dataclass(frozen=True)
class Manners:
    """What a member does with a lease instead of renewing it: shares of all leases and renewals, together at most 1."""

    releases: float = 0.08
    leaves: float = 0.08
    reboots: float = 0.08
    away_s: tuple[float, float] = (10.0, 90.0)
    """How long a member stays away that released or left; one that reboots is back in a few seconds."""
    lease_time_s: int | None = 300
    """The lease it asks for (option 51); None: it leaves that to the server."""


class Member:
    """One client. `state` is RFC 2131's: INIT (also while switched off), SELECTING, REQUESTING, INIT-REBOOT, BOUND,
    RENEWING, REBINDING."""

    def __init__(self, crowd: Crowd, client: dhcp.Client, rng: random.Random):
        self.crowd = crowd
        self.client = client
        self.rng = rng
        self.state = "INIT"
        self.server = ""
        """Role of the server of the last DHCPACK."""
        self._asked: dict[int, float] = {}   # xids of the exchange under way, and when they were sent
        self._offers: list[dhcp.Packet] = []
        self._attempts = 0
        self._timer: Timer | None = None
        self._expiry: Timer | None = None

    @property
    def lease(self) -> dhcp.Lease | None:
        """What it was leased last, as long as it has not given that up; its end may have passed while it was off."""
        return self.client.lease

    def begin(self) -> None:
        """Switched on: with a lease that is still good INIT-REBOOT, otherwise from the start."""
        if self.lease is not None and self.lease.expires_s > self._now():
            self._exchange("INIT-REBOOT")
            self._watch_expiry()
            self._request_address(self.lease.address, None)
        else:
            self.client.lease = None
            self._discover()

    def stop(self) -> None:
        """Nothing more is done, not even what an RFC asks for."""
        for timer in (self._timer, self._expiry):
            if timer is not None:
                timer.cancel()

    def go_home(self) -> None:
        """Switched off for good; a lease in use is released."""
        self.stop()
        if self.state in ("BOUND", "RENEWING", "REBINDING"):
            self._say_release()

    def heard(self, packet: dhcp.Packet) -> None:
        if packet.message_type == dhcp.OFFER:
            self.crowd.history.offered(packet.t, self.crowd.role(packet), self.client.request_id, packet.xid,
                                       packet.yiaddr)
            self._offered(packet)
        elif packet.xid in self._asked and packet.message_type == dhcp.ACK:
            self._acked(packet)
        elif packet.xid in self._asked and packet.message_type == dhcp.NAK:
            self._refused()

    # INIT and SELECTING

    def _discover(self) -> None:
        if self.state != "SELECTING":
            self._exchange("SELECTING")
        now = self._now()
        xid = self._send(dhcp.DISCOVER, self._options())
        self.crowd.history.discovered(now, self.client.request_id, xid, self.crowd.hearing(self.client.relay))
        self._again(self._discover)

    def _offered(self, offer: dhcp.Packet) -> None:
        if self.state != "SELECTING" or offer.xid not in self._asked:
            return
        self._offers.append(offer)
        if len(self._offers) == 1:
            self._later(GATHER_S, self._choose)

    def _choose(self) -> None:
        offer = self.rng.choice(self._offers)
        if len({packet.source for packet in self._offers}) > 1:
            self.crowd.count["offers of both servers"] += 1
        self._exchange("REQUESTING")
        self._request_address(offer.yiaddr, offer.options.get(54, b""))

    # REQUESTING and INIT-REBOOT: requested-address, with server-identifier in the first and without in the second

    def _request_address(self, address: str, server_identifier: bytes | None) -> None:
        if self._attempts == REQUESTS_MAX:
            self._start_over()
            return
        options = [(50, ipaddress.IPv4Address(address).packed), *self._options()]
        if server_identifier is not None:
            options.append((54, server_identifier))
        self._send(dhcp.REQUEST, options)
        self._again(lambda: self._request_address(address, server_identifier))

    def _start_over(self) -> None:
        """Nobody answers: back to INIT. A lease that it rebooted with is used no more, and was not given back."""
        if self.lease is not None:
            self._give_up("left")
        self._discover()

    # BOUND, RENEWING, REBINDING

    def _acked(self, ack: dhcp.Packet) -> None:
        asked_s = self._asked[ack.xid]
        role = self.crowd.role(ack)
        request = {"REQUESTING": "selecting", "INIT-REBOOT": "init-reboot"}.get(self.state, self.state.lower())
        self.crowd.acked(self, role, request)
        self.crowd.history.acked(ack.t, role, self.client.request_id, ack.yiaddr, request, ack.lease_time_s or 0,
                                 asked_s)
        # A lease counts from its request (RFC 2131 4.4.1).
        self.client.lease = dhcp.Lease(ack.yiaddr, ack.source, ack.lease_time_s or 0, asked_s)
        self.server = role
        self._exchange("BOUND")
        self._watch_expiry()
        self._plan()

    def _plan(self) -> None:
        """One of four things comes next."""
        assert self.lease is not None
        t1_s = self.lease.acked_s + self.lease.lease_time_s * 0.5 - self._now()
        manners, lot = self.crowd.manners, self.rng.random()
        earlier_s = max(t1_s, 0.0) * self.rng.uniform(0.2, 0.9)
        if lot < manners.releases:
            self._later(earlier_s, self._release)
        elif lot < manners.releases + manners.leaves:
            self._later(earlier_s, lambda: self._leave(self.rng.uniform(*manners.away_s)))
        elif lot < manners.releases + manners.leaves + manners.reboots:
            self._later(earlier_s, lambda: self._leave(self.rng.uniform(2.0, 6.0)))
        else:
            self._later(max(t1_s, 0.0), self._renew)

    def _renew(self) -> None:
        assert self.lease is not None
        if self.state == "BOUND":
            self._exchange("RENEWING")
        t2_s = self.lease.acked_s + self.lease.lease_time_s * 0.875
        if self.state == "RENEWING" and self._now() >= t2_s - 1.0:
            self._exchange("REBINDING")
        renewing = self.state == "RENEWING"
        self._send(dhcp.REQUEST, self._options(), ciaddr=self.lease.address,
                   servers=(self.lease.server,) if renewing else ())
        left_s = (t2_s if renewing else self.lease.expires_s) - self._now()
        wait_s = max(left_s / 2, RENEW_AGAIN_S)
        self._later(min(wait_s, left_s) if renewing else wait_s, self._renew)

    def _release(self) -> None:
        self._say_release()
        self._later(self.rng.uniform(*self.crowd.manners.away_s), self._come_back)

    def _say_release(self) -> None:
        assert self.lease is not None
        self.client.send(dhcp.RELEASE, [(54, ipaddress.IPv4Address(self.lease.server).packed)],
                         ciaddr=self.lease.address, servers=(self.lease.server,))
        self._give_up("released")

    def _leave(self, away_s: float) -> None:
        """Switched off with its lease, which it remembers."""
        assert self.lease is not None
        self.crowd.count["left"] += 1
        self.crowd.history.ended(self._now(), self.client.request_id, self.lease.address, "left")
        if self._expiry is not None:
            self._expiry.cancel()
        self._exchange("INIT")
        self._later(away_s, self._come_back)

    def _come_back(self) -> None:
        self.crowd.count["came back"] += 1
        self.begin()

    def _lapsed(self) -> None:
        self._give_up("lapsed")
        self._discover()

    def _refused(self) -> None:
        if self.state == "REQUESTING":   # the offer is withdrawn: there is nothing to give up
            self.crowd.count["refused"] += 1
            self._exchange("INIT")
        else:
            self._give_up("refused")
        self._later(self.rng.uniform(1.0, 3.0), self.begin)

    def _give_up(self, how: str) -> None:
        assert self.lease is not None
        self.crowd.count[how] += 1
        self.crowd.history.ended(self._now(), self.client.request_id, self.lease.address, how)
        self.client.lease = None
        if self._expiry is not None:
            self._expiry.cancel()
        self._exchange("INIT")

    # Timers and messages

    def _now(self) -> float:
        return self.crowd.reactor.clock.now()

    def _options(self) -> list[tuple[int, bytes]]:
        wanted = self.crowd.manners.lease_time_s
        return [] if wanted is None else [(51, wanted.to_bytes(4, "big"))]

    def _send(self, message_type: int, options: list[tuple[int, bytes]], *, ciaddr: str = "0.0.0.0",
              servers: tuple[str, ...] = ()) -> int:
        now = self._now()
        xid = self.client.send(message_type, options, ciaddr=ciaddr, servers=servers or self.crowd.addresses)
        self._asked[xid] = now
        self.crowd.members_by_xid[xid] = self
        return xid

    def _exchange(self, state: str) -> None:
        """Another exchange begins, or none: what is answered to the last one counts no more."""
        self.state = state
        self._asked = {}
        self._offers = []
        self._attempts = 0
        if self._timer is not None:
            self._timer.cancel()

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.crowd.reactor.call_in(seconds, call)

    def _again(self, call: Callable[[], None]) -> None:
        wait_s = RETRY_S[min(self._attempts, len(RETRY_S) - 1)]
        self._attempts += 1
        self._later(wait_s + self.rng.uniform(-1.0, 1.0), call)

    def _watch_expiry(self) -> None:
        assert self.lease is not None
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = self.crowd.reactor.call_at(self.lease.expires_s, self._lapsed)


class Crowd:
    """`size` members behind the relays, in turn; servers: role -> address. bucket: only members whose RFC 3074 bucket
    it takes. Nobody does anything before start().

    count: what happened how often. Of members: "served" (had a DHCPACK). Of DHCPACKs: "selecting", "init-reboot",
    "renewing", "rebinding", "at the other server" (rebinding or rebooting, by another than leased). Besides: "offers of
    both servers", and "released", "left", "lapsed", "refused", "came back".
    """

    def __init__(self, reactor: Reactor, relays: list[dhcp.Relay], servers: dict[str, str], history: History,
                 size: int, seed: int, manners: Manners = Manners(), bucket: Callable[[int], bool] | None = None):
        self.reactor = reactor
        self.relays = relays
        self.servers = servers
        self.addresses = tuple(servers.values())
        self.history = history
        self.manners = manners
        self.count: Counter[str] = Counter()
        self.stopped = False
        self.members_by_xid: dict[int, Member] = {}
        self._roles = {address: role for role, address in servers.items()}
        self._rng = random.Random(seed)
        self._served: set[int] = set()
        self.members: list[Member] = []
        for number in itertools.count():
            if len(self.members) == size:
                break
            hardware = b"\x06" + (seed & 0xFFFF).to_bytes(2, "big") + number.to_bytes(3, "big")
            client = dhcp.Client(relays[len(self.members) % len(relays)], self.addresses[0], hardware)
            if bucket is not None and not bucket(client.bucket):
                continue
            self.members.append(Member(self, client, random.Random(self._rng.getrandbits(64))))
        for relay in relays:
            relay.on_packet = self._heard

    def start(self, over_s: float) -> None:
        """Switches the members on, one after another, spread over that many lab seconds."""
        for member in self.members:
            self.reactor.call_in(self._rng.uniform(0.0, over_s), member.begin)

    def go_home(self) -> None:
        """Everybody releases, as far as there is a lease in use, and does nothing more."""
        for member in self.members:
            member.go_home()
        self.stop()

    def stop(self) -> None:
        """Everybody falls silent and keeps what lease there is."""
        self.stopped = True
        for member in self.members:
            member.stop()
        for relay in self.relays:
            relay.on_packet = lambda packet: None

    def hear(self, relay: dhcp.Relay, *roles: str) -> None:
        """From now on these servers, and no others, hear and reach the members behind that relay."""
        deaf = {address for role, address in self.servers.items() if role not in roles}
        relay.lost_to = set(deaf)
        relay.lost_from = set(deaf)

    def hearing(self, relay: dhcp.Relay) -> list[str]:
        """The roles of the servers that hear the members behind that relay."""
        return [role for role, address in self.servers.items() if address not in relay.lost_to]

    def move(self, share: float) -> int:
        """That share of the members, drawn by lot, goes behind the next relay; returns how many went."""
        moving = self._rng.sample(self.members, round(share * len(self.members)))
        for member in moving:
            place = self.relays.index(member.client.relay)
            member.client.relay = self.relays[(place + 1) % len(self.relays)]
        return len(moving)

    def role(self, packet: dhcp.Packet) -> str:
        return self._roles[packet.source]

    def acked(self, member: Member, role: str, request: str) -> None:
        if id(member) not in self._served:
            self._served.add(id(member))
            self.count["served"] += 1
        self.count[request] += 1
        if request in ("rebinding", "init-reboot") and member.server not in ("", role):
            self.count["at the other server"] += 1

    def bound(self) -> int:
        """How many members have a lease now."""
        return sum(member.state in ("BOUND", "RENEWING", "REBINDING") for member in self.members)

    def describe(self) -> str:
        """The counts in a line, for what is observed."""
        return ", ".join(f"{number} {what}" for what, number in sorted(self.count.items()))

    def _heard(self, packet: dhcp.Packet) -> None:
        member = self.members_by_xid.get(packet.xid)
        if member is not None and packet.source in self._roles:
            member.heard(packet)

"""The crowd against two scripted DHCP servers, on virtual time and without a network."""

from __future__ import annotations

import ipaddress

import _twinlease_wire as _wire
import pytest

from twinlease import dhcp
from twinlease.clock import Clock
from twinlease.crowd import Crowd, Manners
from twinlease.history import History
from twinlease.reactor import Reactor
from twinlease.transcript import Transcript

SERVERS = {"primary": "10.77.0.2", "secondary": "10.77.0.3"}
LEASE_S = 60
STILL = Manners(releases=0.0, leaves=0.0, reboots=0.0, lease_time_s=None)


class VirtualClock(Clock):
    """Whoever would wait finds that the time has passed already."""

    def __init__(self) -> None:
        super().__init__(1.0, 1_800_000_000.0)
        self._now_s = 1_800_000_000.0

    def now(self) -> float:
        return self._now_s

    def real(self, lab_seconds: float) -> float:
        self._now_s += lab_seconds
        return 0.0


class Server:
    """Leases from a pool of its own. `leases`, which both servers share, says who has what until when; a forgetful
    server never looks there."""

    def __init__(self, role: str, leases: dict[str, tuple[bytes, float]], forgetful: bool = False):
        self.address = SERVERS[role]
        self.pool = [f"10.77.{1 if role == 'primary' else 2}.{n}" for n in range(1, 251)]
        self.forgetful = forgetful
        self.silent = False
        self.leases = leases
        self.asked: list[tuple[int, str]] = []
        """Message types and ciaddr of what it heard."""

    def answer(self, octets: bytes, now: float) -> bytes | None:
        raw = _wire.dhcp4_decode(octets)
        options = dict(raw.options)
        type_ = options[53][0]
        self.asked.append((type_, raw.ciaddr))
        if self.silent or options.get(54, self._identifier) != self._identifier:
            return None
        if type_ == dhcp.DISCOVER:
            return self._reply(raw, dhcp.OFFER, self._free(raw.chaddr, now))
        if type_ == dhcp.RELEASE:
            self.leases.pop(raw.ciaddr, None)
        if type_ != dhcp.REQUEST:
            return None
        address = raw.ciaddr if raw.ciaddr != "0.0.0.0" else str(ipaddress.IPv4Address(options[50]))
        holder, until_s = self.leases.get(address, (raw.chaddr, 0.0))
        if holder != raw.chaddr and until_s > now and not self.forgetful:
            return self._reply(raw, dhcp.NAK, "0.0.0.0")
        self.leases[address] = (raw.chaddr, now + LEASE_S)
        return self._reply(raw, dhcp.ACK, address)

    @property
    def _identifier(self) -> bytes:
        return ipaddress.IPv4Address(self.address).packed

    def _free(self, client: bytes, now: float) -> str:
        taken = {} if self.forgetful else {a: c for a, (c, until_s) in self.leases.items() if until_s > now}
        return next(a for a in self.pool if taken.get(a, client) == client)

    def _reply(self, raw, type_: int, address: str) -> bytes:
        options = [(53, bytes([type_])), (54, self._identifier)]
        if type_ != dhcp.NAK:
            options.append((51, LEASE_S.to_bytes(4, "big")))
        octets = bytearray(_wire.dhcp4_encode(op=2, htype=1, xid=raw.xid, secs=0, flags=0, ciaddr="0.0.0.0",
                                              giaddr=raw.giaddr, chaddr=raw.chaddr, options=options))
        octets[16:20] = ipaddress.IPv4Address(address).packed   # yiaddr: clients never send one
        return bytes(octets)


class ScriptedRelay(dhcp.Relay):
    """Hands what is sent to the servers, and their answers back a tenth of a second later."""

    def __init__(self, reactor: Reactor, transcript: Transcript, address: str, servers: list[Server]):
        self.reactor = reactor
        self.transcript = transcript
        self.address = address
        self.servers = {server.address: server for server in servers}
        self.speakers = {}
        self.received = []
        self.lost_to = set()
        self.lost_from = set()
        self.on_packet = lambda packet: None

    def send(self, octets: bytes, label: str, *servers: str) -> None:
        for address in servers:
            if address in self.lost_to:
                continue
            answer = self.servers[address].answer(octets, self.reactor.clock.now())
            if answer is not None and address not in self.lost_from:
                self.reactor.call_in(0.1, lambda answer=answer, address=address: self._packet(answer, address))


class Stage:
    """Two servers, two relays, a crowd and its history."""

    def __init__(self, size: int, manners: Manners = STILL, seed: int = 1, forgetful: bool = False):
        self.reactor = Reactor(VirtualClock())
        transcript = Transcript(self.reactor.clock)
        leases: dict[str, tuple[bytes, float]] = {}
        self.primary, self.secondary = (Server(role, leases, forgetful) for role in SERVERS)
        self.relays = [ScriptedRelay(self.reactor, transcript, f"10.77.0.{n}", [self.primary, self.secondary])
                       for n in (4, 5)]
        self.history = History()
        self.crowd = Crowd(self.reactor, self.relays, SERVERS, self.history, size, seed, manners)

    def run(self, seconds: float) -> None:
        self.reactor.run_for(seconds)


@pytest.fixture(scope="module")
def lively() -> Stage:
    """200 members with all manners, ten minutes."""
    stage = Stage(200, Manners(lease_time_s=None))
    stage.crowd.start(60.0)
    stage.run(600.0)
    return stage


def test_everybody_is_served_and_does_what_clients_do(lively):
    count = lively.crowd.count
    assert count["served"] == 200
    for what in ("selecting", "renewing", "init-reboot", "released", "left", "came back", "offers of both servers"):
        assert count[what] > 20, what


def test_well_kept_leases_never_overlap(lively):
    judgement = lively.history.judge("S1")
    assert judgement.outcome == "held" and judgement.examined >= 200
    assert dict(judgement.counts)["changes of the client of an address"] > 20


def test_servers_that_forget_are_found_out():
    stage = Stage(20, forgetful=True)
    stage.crowd.start(10.0)
    stage.run(60.0)
    judgement = stage.history.judge("S1")
    assert judgement.outcome == "broken"
    assert "both held it" in judgement.findings[0].sentence and len(judgement.findings[0].events) >= 2


def test_the_same_seed_is_the_same_story():
    def story(seed: int) -> list[str]:
        stage = Stage(30, Manners(lease_time_s=None), seed)
        stage.crowd.start(30.0)
        stage.run(200.0)
        return stage.history.lines()

    assert story(7) == story(7) != story(8)


def test_t1_asks_the_leasing_server_and_t2_all():
    stage = Stage(1)
    stage.crowd.hear(stage.relays[0], "primary")
    stage.crowd.start(0.0)
    stage.run(5.0)
    stage.crowd.hear(stage.relays[0], "primary", "secondary")
    stage.primary.silent = True
    before = len(stage.secondary.asked)
    stage.run(0.5 * LEASE_S + 5.0)
    assert stage.crowd.members[0].state == "RENEWING" and len(stage.secondary.asked) == before
    stage.run(0.4 * LEASE_S)
    assert stage.crowd.count["rebinding"] == 1 and stage.crowd.count["at the other server"] == 1
    assert stage.crowd.members[0].server == "secondary"


def test_the_end_of_the_lease_is_the_end():
    stage = Stage(1)
    stage.crowd.start(0.0)
    stage.run(5.0)
    stage.primary.silent = stage.secondary.silent = True
    stage.run(LEASE_S)
    assert stage.crowd.count["lapsed"] == 1
    assert stage.crowd.members[0].state == "SELECTING" and stage.crowd.members[0].lease is None


def test_a_refused_client_begins_again():
    stage = Stage(1)
    stage.crowd.start(0.0)
    stage.run(5.0)
    address = stage.crowd.members[0].lease.address
    stage.primary.leases[address] = (b"\x06other", 2e9)
    stage.run(LEASE_S)
    assert stage.crowd.count["refused"] == 1
    assert stage.crowd.members[0].lease.address != address


def test_sides_are_heard_by_whom_they_should_and_can_be_changed():
    stage = Stage(40)
    stage.crowd.hear(stage.relays[0], "primary")
    stage.crowd.hear(stage.relays[1], "secondary")
    stage.crowd.start(20.0)
    stage.run(60.0)
    assert {m.server for m in stage.crowd.members if m.client.relay is stage.relays[0]} == {"primary"}
    assert {m.server for m in stage.crowd.members if m.client.relay is stage.relays[1]} == {"secondary"}
    assert stage.crowd.move(0.5) == 20
    stage.run(LEASE_S)
    assert stage.crowd.count["at the other server"] >= 10


def test_whoever_goes_home_releases():
    stage = Stage(20)
    stage.crowd.start(5.0)
    stage.run(40.0)
    bound = stage.crowd.bound()
    stage.crowd.go_home()
    assert bound > 15 and stage.crowd.count["released"] == bound and stage.crowd.bound() == 0
    assert not stage.primary.leases


def test_a_stopped_crowd_is_silent():
    stage = Stage(20, Manners(lease_time_s=None))
    stage.crowd.start(5.0)
    stage.run(20.0)
    stage.crowd.stop()
    told, asked = len(stage.history), len(stage.primary.asked)
    stage.run(200.0)
    assert (len(stage.history), len(stage.primary.asked)) == (told, asked)

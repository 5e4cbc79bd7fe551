"""The tap between two plain ends on loopback: what goes in, what comes out, for each fault in each direction."""

from __future__ import annotations

import itertools

import pytest

from twinlease import falsify, wire
from twinlease.flow import BACKLOG_MAX
from twinlease.manifest import ROLES
from twinlease.tap import LINKS_MAX, Tap, other
from twinlease.transport import Listener, TcpTransport

SERVERS = {"primary": "127.0.1.2", "secondary": "127.0.1.3"}
TAPS = {"primary": "127.0.1.4", "secondary": "127.0.1.5"}
_ports = itertools.count(26470)
both_directions = pytest.mark.parametrize("direction", ROLES)


def contact(xid: int, size: int = 0) -> bytes:
    return wire.encode("CONTACT", xid=xid, time_s=0, options=[(300, bytes(size))] if size else [])


def state(name: str, startup: bool = False) -> bytes:
    return wire.encode("STATE", xid=9, time_s=7, options=[("server-state", name), ("server-flags", int(startup))])


class Server:
    """One end: listens at its address, opens connections to the tap, keeps what comes on each."""

    def __init__(self, reactor, role: str, port: int):
        self.reactor, self.role, self.port = reactor, role, port
        self.ends: list[TcpTransport] = []
        self.heard: list[bytearray] = []
        self.listener = Listener(reactor, SERVERS[role], port, self._take)

    def open(self) -> TcpTransport:
        end = TcpTransport.connect(self.reactor, SERVERS[self.role], TAPS[self.role], self.port, 20)
        self._take(end)
        return end

    def _take(self, end: TcpTransport) -> None:
        heard = bytearray()
        end.on_octets = heard.extend
        self.ends.append(end)
        self.heard.append(heard)

    def close(self) -> None:
        self.listener.close()
        for end in self.ends:
            end.close()


class Two:
    """Both ends with a tap between; link() is a connection through it, opened by the primary."""

    def __init__(self, reactor, transcript):
        port = next(_ports)
        self.reactor = reactor
        self.servers = {role: Server(reactor, role, port) for role in ROLES}
        self.tap = Tap(reactor, transcript, SERVERS, TAPS, port, dict.fromkeys(ROLES, "draft-12"))

    def link(self, opener: str = "primary") -> None:
        before = len(self.servers[other(opener)].ends)
        self.servers[opener].open()
        assert self.reactor.run_until(lambda: len(self.servers[other(opener)].ends) > before, 20)

    def say(self, direction: str, *frames: bytes) -> None:
        self.servers[direction].ends[-1].send(b"".join(frames))

    def heard(self, direction: str) -> bytes:
        """What has arrived of what `direction` said, on the last connection."""
        return bytes(self.servers[other(direction)].heard[-1])

    def arrives(self, direction: str, octets: bytes, within: float = 20) -> None:
        self.reactor.run_until(lambda: self.heard(direction) == octets, within)
        assert self.heard(direction) == octets

    def closed(self, role: str, within: float = 20) -> str | None:
        return self.reactor.run_until(lambda: self.servers[role].ends[-1].closed, within)

    def close(self) -> None:
        self.tap.close()
        for server in self.servers.values():
            server.close()


@pytest.fixture
def two(reactor, transcript):
    both = Two(reactor, transcript)
    yield both
    both.close()


@pytest.mark.parametrize("opener", ROLES)
@both_directions
def test_octets_pass_unchanged_however_they_are_cut(two, reactor, opener, direction):
    two.link(opener)
    stream = contact(1) + state("NORMAL") + contact(2, 1500)
    for at in range(0, len(stream), 7):
        two.say(direction, stream[at:at + 7])
        reactor.run_for(0.02)
    two.arrives(direction, stream)
    assert two.tap.said[direction].state == "NORMAL" and not two.tap.said[direction].startup
    said = [e for e in two.tap.transcript.entries if e.frm == direction]
    assert [e.message.type for e in said] == ["CONTACT", "STATE", "CONTACT"]
    assert all(e.to == other(direction) for e in said)


@both_directions
def test_listeners_hear_what_was_said_and_what_was_passed_on(two, direction):
    said, passed = [], []
    no_more = two.tap.on_message(lambda d, m, t: said.append((d, m.xid)))
    two.tap.on_delivery(lambda d, m, t: passed.append((d, m.xid)))
    two.link()
    two.tap.drop(direction, "CONTACT")
    two.say(direction, contact(1), contact(2))
    two.arrives(direction, contact(2))
    assert said == [(direction, 1), (direction, 2)] and passed == [(direction, 2)]
    no_more()
    two.say(direction, contact(3))
    two.arrives(direction, contact(2) + contact(3))
    assert len(said) == 2 and len(passed) == 2


@both_directions
def test_a_cut_at_the_delivery_of_a_message_lets_that_message_through(two, direction):
    two.link()
    two.tap.on_delivery(lambda d, m, t: two.tap.cut())
    two.say(direction, contact(1), contact(2))
    assert two.closed(other(direction)) == "end of stream" and two.closed(direction)
    assert two.heard(direction) == contact(1)


@both_directions
def test_octets_without_boundaries_pass_as_they_come(two, direction):
    two.link()
    stream = contact(1) + b"\0\5HTTP" + bytes(50)
    two.say(direction, stream)
    two.arrives(direction, stream)
    two.say(direction, b"more")
    two.arrives(direction, stream + b"more")
    assert any("no message" in e.label for e in two.tap.transcript.entries if e.frm == direction)


@both_directions
def test_the_end_of_a_connection_passes_after_its_last_octets(two, direction):
    two.link()
    half = state("NORMAL")[:9]
    two.say(direction, contact(1), half)
    two.servers[direction].ends[-1].close()
    assert two.closed(other(direction)) == "end of stream"
    assert two.heard(direction) == contact(1) + half
    assert two.tap.links == []


@both_directions
def test_a_reset_passes_as_a_reset(two, direction):
    two.link()
    two.servers[direction].ends[-1].close(reset=True)
    assert two.closed(other(direction)) == "reset"


@pytest.mark.parametrize("opener", ROLES)
def test_a_server_that_does_not_listen_is_a_reset_for_its_partner(two, opener):
    two.servers[other(opener)].listener.close()
    end = two.servers[opener].open()
    assert two.reactor.run_until(lambda: end.closed, 20) == "reset"
    assert two.tap.links == []


@both_directions
def test_cut_closes_both_ends_and_refuses_until_healed(two, reactor, direction):
    two.link()
    two.tap.at(reactor.clock.now() + 2, two.tap.cut)
    two.tap.at(reactor.clock.now() + 6, two.tap.heal)
    assert two.closed("primary") and two.closed("secondary")
    with pytest.raises(ConnectionError, match="ECONNREFUSED"):
        two.servers[direction].open()
    reactor.run_for(6)
    two.link(direction)
    two.say(direction, contact(5))
    two.arrives(direction, contact(5))


def test_a_cut_that_refuses_nothing(two):
    two.link()
    two.tap.cut(refuse=False)
    assert two.closed("primary") and two.closed("secondary")
    two.link()


@both_directions
def test_delay_holds_every_octet_and_keeps_the_order(two, reactor, direction):
    two.link()
    two.tap.delay(direction, 5.0)
    began = reactor.clock.now()
    two.say(direction, contact(1))
    reactor.run_for(1.0)
    two.say(direction, contact(2))
    two.say(other(direction), contact(9))
    two.arrives(other(direction), contact(9), within=3)
    assert two.heard(direction) == b"" and reactor.clock.now() - began < 5
    two.arrives(direction, contact(1) + contact(2))
    assert 6.0 <= reactor.clock.now() - began < 9


@both_directions
def test_the_end_of_a_delay_ends_the_waiting(two, reactor, direction):
    two.link()
    two.tap.delay(direction, 1000.0)
    two.say(direction, contact(1))
    reactor.run_for(1.0)
    two.tap.heal()
    two.arrives(direction, contact(1), within=5)


@both_directions
def test_the_end_of_a_connection_is_delayed_too(two, reactor, direction):
    two.link()
    two.tap.delay(direction, 4.0)
    two.say(direction, contact(1))
    two.servers[direction].ends[-1].close()
    reactor.run_for(1.0)
    assert two.servers[other(direction)].ends[-1].closed is None
    assert two.closed(other(direction)) == "end of stream" and two.heard(direction) == contact(1)


@both_directions
def test_a_stall_closes_the_window(two, reactor, direction):
    two.link()
    two.tap.stall(direction)
    flood = contact(1, 2000)
    for _ in range(6 * 1024 * 1024 // len(flood)):
        two.say(direction, flood)
    reactor.run_for(5)
    sender = two.servers[direction].ends[-1]
    assert sender.waiting > 0 and two.heard(direction) == b""
    two.say(other(direction), contact(3))
    two.arrives(other(direction), contact(3))
    two.tap.heal()
    assert reactor.run_until(lambda: sender.waiting == 0, 200)
    reactor.run_until(lambda: len(two.heard(direction)) == 6 * 1024 * 1024 // len(flood) * len(flood), 200)
    assert two.heard(direction) == flood * (6 * 1024 * 1024 // len(flood))


@both_directions
def test_a_stall_that_reads_holds_a_bounded_backlog(two, reactor, direction):
    two.link()
    two.tap.stall(direction, hold=True)
    flood = contact(1, 2000)
    count = 8 * 1024 * 1024 // len(flood) - 1
    for _ in range(count):
        two.say(direction, flood)
    reactor.run_for(10)
    held = sum(e.message.length for e in two.tap.transcript.entries if e.frm == direction)
    assert BACKLOG_MAX <= held <= BACKLOG_MAX + 2 * 65536
    two.tap.heal()
    reactor.run_until(lambda: len(two.heard(direction)) == count * len(flood), 400)
    assert two.heard(direction) == flood * count


@both_directions
def test_a_stall_keeps_the_end_of_the_connection(two, reactor, direction):
    two.link()
    two.tap.stall(direction, hold=True)
    two.say(direction, contact(1))
    two.servers[direction].ends[-1].close()
    reactor.run_for(3)
    assert two.servers[other(direction)].ends[-1].closed is None
    two.tap.heal()
    assert two.closed(other(direction)) == "end of stream" and two.heard(direction) == contact(1)


@both_directions
def test_what_a_stall_held_never_arrives_once_the_listener_has_closed(two, reactor, direction):
    two.link()
    two.tap.stall(direction, hold=True)
    two.say(direction, contact(1))
    two.say(other(direction), contact(2))
    two.arrives(other(direction), contact(2))
    two.servers[other(direction)].ends[-1].close()
    assert two.closed(direction) == "end of stream"
    two.tap.heal()
    two.link()
    two.say(direction, contact(3))
    two.arrives(direction, contact(3))
    assert two.heard(direction) == contact(3)


@both_directions
def test_half_open_drops_one_end_and_keeps_the_other(two, reactor, direction):
    two.link()
    two.tap.half_open(direction)
    assert two.tap.opened == 1
    assert two.closed(other(direction)) == "end of stream"
    kept = two.servers[direction].ends[-1]
    two.say(direction, contact(1))
    reactor.run_for(3)
    assert kept.closed is None
    two.link(other(direction))
    two.say(direction, contact(2))
    two.arrives(direction, contact(2))
    two.tap.heal()
    assert reactor.run_until(lambda: kept.closed, 20) == "reset"
    assert len(two.tap.links) == 1


@both_directions
def test_the_next_message_of_a_type_is_corrupted(two, direction):
    two.link()
    trick = two.tap.corrupt(direction, "STATE", lambda octets: octets[:-1] + b"\xee")
    two.say(direction, contact(1), state("NORMAL"), state("NORMAL"))
    two.arrives(direction, contact(1) + state("NORMAL")[:-1] + b"\xee" + state("NORMAL"))
    assert (trick.played, trick.left) == (1, 0) and two.tap.tampered == {1}
    assert two.tap.said[direction].state == "NORMAL"


@both_directions
def test_octets_at_an_offset_are_overwritten(two, direction):
    two.link()
    two.tap.overwrite(direction, None, 2, b"\xff")
    two.say(direction, contact(1), contact(2))
    two.arrives(direction, contact(1)[:2] + b"\xff" + contact(1)[3:] + contact(2))


@both_directions
def test_a_message_is_dropped_and_one_duplicated(two, direction):
    two.link()
    two.tap.drop(direction, "CONTACT", 2)
    two.tap.duplicate(direction, "STATE")
    two.say(direction, contact(1), state("NORMAL"), contact(2), contact(3))
    two.arrives(direction, state("NORMAL") * 2 + contact(3))


@both_directions
def test_a_trick_that_waits_is_withdrawn_by_healing(two, direction):
    two.link()
    two.tap.drop(direction, "CONTACT")
    two.tap.heal()
    two.say(direction, contact(1))
    two.arrives(direction, contact(1))


def test_calm_cancels_what_is_planned(two, reactor):
    two.link()
    two.tap.at(reactor.clock.now() + 2, two.tap.cut)
    two.tap.calm()
    reactor.run_for(4)
    assert not two.tap.heal()
    assert len(two.tap.links) == 1


def test_the_number_of_connections_is_bounded(two, reactor):
    for _ in range(LINKS_MAX):
        two.link()
    try:
        one_more = two.servers["secondary"].open()
    except ConnectionError as refused:
        assert "ECONNRESET" in str(refused)
    else:
        assert reactor.run_until(lambda: one_more.closed, 20) == "reset"
    assert len(two.tap.links) == LINKS_MAX


def test_a_lie_changes_what_is_heard_and_not_what_arrives(two, reactor):
    two.link()
    link = two.tap.links[0]
    falsify.active = falsify.FALSEHOODS["never-normal"]
    try:
        two.say("primary", state("NORMAL"))
        two.arrives("primary", state("NORMAL"))
        assert two.tap.said["primary"].state == "PAUSED"
        falsify.active = None
        assert two.tap.said["primary"].state == "NORMAL"
        falsify.active = falsify.FALSEHOODS["never-closes"]
        two.servers["primary"].ends[-1].close()
        assert two.closed("secondary")
        assert link.ends["primary"].closed and link.closed("primary") is None
    finally:
        falsify.active = None
    assert link.closed("primary")


def test_a_startup_state_is_told_apart_and_can_be_forgotten(two, reactor):
    two.link()
    two.say("primary", state("NORMAL", startup=True))
    reactor.run_until(lambda: two.tap.said, 10)
    assert two.tap.said["primary"].startup
    two.tap.forget("primary")
    assert two.tap.said == {}


def test_a_connection_given_up_before_it_was_passed_on_leaves_nothing(two, reactor):
    two.servers["primary"].open().close()
    assert reactor.run_until(lambda: not two.tap.links, 20)
    two.link()
    two.say("primary", contact(1))
    two.arrives("primary", contact(1))

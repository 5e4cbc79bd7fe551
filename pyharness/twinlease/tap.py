"""The tap: between two live servers on TCP 647, it records what they say and disturbs it as it is told.

Each server finds its partner at an address of the tap; a connection to it is passed on to the other server, from the
address at which that one believes its partner. A direction is named by the role of the server that speaks in it.
  1. Without a fault the octets that arrive are those that were sent, in their order. What passes is whole messages;
     where the boundary of messages is lost (6.1), octets as they come.
  2. Every message is recorded as its sender sent it, when it comes; what is done to it besides is a note.
  3. Of one direction of one connection at most BACKLOG_MAX octets are held back (and one read more); then nothing more
     is read, and the sender's TCP window closes. There are never more than LINKS_MAX connections.
  4. heal() ends every fault. What tricks did to messages stays done.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Callable

from twinlease import falsify, wire
from twinlease.flow import Faults, Flow, Trick
from twinlease.manifest import ROLES
from twinlease.reactor import Reactor, Timer
from twinlease.transcript import Transcript
from twinlease.transport import Listener, TcpTransport

LINKS_MAX = 32

MessageListener = Callable[[str, wire.Message, float], None]
"""(direction, message, lab time)"""


def other(role: str) -> str:
    return ROLES[1 - ROLES.index(role)]


@dataclass(frozen=True)
class Said:
    """The last STATE of one server: its state by name, whether with the STARTUP bit, when, on which link."""

    state: str
    startup: bool
    t: float
    link: int


@dataclass
class Link:
    """One connection through the tap: opened by `opener`, passed on to the other. Ends by role."""

    number: int
    opener: str
    ends: dict[str, TcpTransport] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    spoke_s: dict[str, int] = field(default_factory=dict)
    """By role: the header time of its latest message here, on its own clock."""
    give_up: Callable[[], None] = lambda: None
    abandoned: bool = False
    """One end was dropped and the other was not told: see Tap.half_open()."""

    def closed(self, role: str) -> str | None:
        """Why the end of that server is closed (Transport.closed); None while it is open, or a lie hides it."""
        return None if falsify.hides_closing() else self.ends[role].closed


class Tap:
    """Between the servers at `servers`, which find each other at `taps` (both: role -> address), on TCP `port`.

    dialects: role -> dialect in which what that server says is decoded.
    """

    def __init__(self, reactor: Reactor, transcript: Transcript, servers: dict[str, str], taps: dict[str, str],
                 port: int, dialects: dict[str, str]):
        self.reactor = reactor
        self.transcript = transcript
        self.servers = servers
        self.taps = taps
        self.port = port
        self.dialects = dialects
        self.links: list[Link] = []
        """Open now, oldest first."""
        self.opened = 0
        """Connections so far; each has a number, from 1."""
        self.tampered: set[int] = set()
        """Numbers of the connections on which a message was played a trick on."""
        self._said: dict[str, Said] = {}
        self._lied: dict[str, Said] = {}   # while a lie is active: what it makes of their STATEs
        self.faults = {role: Faults() for role in ROLES}
        self._timers: list[Timer] = []
        self._on_message: list[MessageListener] = []
        self._on_delivery: list[MessageListener] = []
        self._listeners: dict[str, Listener] = {}
        self._listen()

    # What passes

    def on_message(self, listener: MessageListener) -> Callable[[], None]:
        """Calls listener(direction, message, t) for each whole message that a server sent, when it reaches the tap.

        Returns a call that ends this.
        """
        self._on_message.append(listener)
        return lambda: self._on_message.remove(listener)

    def on_delivery(self, listener: MessageListener) -> Callable[[], None]:
        """Calls listener(direction, message, t) for each message that is passed on, as it is passed on: later than
        on_message() if delayed, changed if corrupted, twice if duplicated. Returns a call that ends this."""
        self._on_delivery.append(listener)
        return lambda: self._on_delivery.remove(listener)

    @property
    def said(self) -> dict[str, Said]:
        """The last STATE by role; nothing of a server that has said none, or was forgotten."""
        return self._said if falsify.active is None else {**self._said, **self._lied}

    def forget(self, role: str) -> None:
        """What that server said last says nothing any more: it was killed, or made to forget everything."""
        self._said.pop(role, None)
        self._lied.pop(role, None)

    def at(self, at_s: float, action: Callable[..., Any], *arguments: Any, **named: Any) -> Timer:
        """Does something at a lab time (seconds since 1970): tap.at(t, tap.cut). calm() cancels what is left."""
        timer = self.reactor.call_at(at_s, lambda: action(*arguments, **named))
        self._timers.append(timer)
        return timer

    # Faults that last until heal()

    def cut(self, refuse: bool = True) -> None:
        """Closes both ends of every connection; refuse: and refuses new ones."""
        self._note("cut" + ("" if refuse else ": connections closed, new ones accepted"))
        if refuse:
            self._deafen()
        for link in list(self.links):
            self._end(link, "cut")

    def delay(self, direction: str, seconds: float) -> None:
        """Every octet of that direction arrives so many lab seconds later; the order stays."""
        self._note(f"{direction} delayed by {seconds:g} s")
        self._change(direction, delay_s=seconds)

    def stall(self, direction: str, hold: bool = False) -> None:
        """Passes nothing on of what that server says, and not the end of its connections either; its partner is still
        heard. Its TCP window closes; hold: it is read, and held, up to BACKLOG_MAX, as if packets were lost on their
        way and sent again in vain. What is held arrives when this is healed, unless its connection ended before.
        """
        self._note(f"{direction} stalled" + (" (read and held)" if hold else ""))
        self._change(direction, stalled=True, reads=hold)

    def half_open(self, keeps: str) -> None:
        """Drops every connection at one end and does not tell the other: `keeps` still has it, and hears no more.

        New connections are passed on. After heal() the dead ones are reset.
        """
        self._note(f"half open: the {keeps} keeps its connection")
        for link in [link for link in self.links if len(link.ends) == len(ROLES) and not link.abandoned]:
            link.abandoned = True
            link.ends[other(keeps)].close()

    # Faults of single messages: the next `count` of a type (any: None), in one direction

    def corrupt(self, direction: str, type_: str | None, change: Callable[[bytes], bytes], count: int = 1) -> Trick:
        """Other octets in its place: change(message) of any length."""
        return self._trick(direction, Trick("corrupted", type_, count, lambda octets: [change(octets)]))

    def overwrite(self, direction: str, type_: str | None, offset: int, octets: bytes, count: int = 1) -> Trick:
        """Octets from an offset on, in network order, the length unchanged."""
        return self.corrupt(direction, type_, lambda m: m[:offset] + octets + m[offset + len(octets):], count)

    def drop(self, direction: str, type_: str | None, count: int = 1) -> Trick:
        return self._trick(direction, Trick("dropped", type_, count, lambda octets: []))

    def duplicate(self, direction: str, type_: str | None, count: int = 1) -> Trick:
        return self._trick(direction, Trick("duplicated", type_, count, lambda octets: [octets, octets]))

    # The end of faults

    def heal(self) -> bool:
        """Ends every fault; what was held back flows. Was there any? What is planned with at() stays planned."""
        disturbed = (self._listeners.keys() != set(ROLES) or any(link.abandoned for link in self.links)
                     or any(faults.disturb() for faults in self.faults.values()))
        if disturbed:
            self._note("healed")
        self._listen()
        for link in [link for link in self.links if link.abandoned]:
            self._end(link, "reset after half open", reset=True)
        for direction in ROLES:
            self.faults[direction].tricks.clear()
            self._change(direction, stalled=False, reads=True, delay_s=0.0)
        return disturbed

    def calm(self) -> None:
        """Nothing is planned any more."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def close(self) -> None:
        """The end of the tap."""
        for timer in self._timers:
            timer.cancel()
        self._deafen()
        for link in list(self.links):
            self._end(link, "tap closed")

    # Inside

    def _note(self, text: str) -> None:
        self.transcript.note(f"tap: {text}")

    def _trick(self, direction: str, trick: Trick) -> Trick:
        self.faults[direction].tricks.append(trick)
        return trick

    def _change(self, direction: str, **values: Any) -> None:
        self.faults[direction] = dataclasses.replace(self.faults[direction], **values)
        for link in list(self.links):
            if direction in link.flows:
                link.flows[direction].changed(self.faults[direction])

    def _listen(self) -> None:
        for role in ROLES:
            if role not in self._listeners:
                self._listeners[role] = Listener(self.reactor, self.taps[role], self.port,
                                                 lambda transport, role=role: self._accepted(role, transport))

    def _deafen(self) -> None:
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()

    def _accepted(self, role: str, transport: TcpTransport) -> None:
        if len(self.links) >= LINKS_MAX:
            self._note(f"{LINKS_MAX} connections are open: one more of the {role} is refused")
            transport.close(reset=True)
            return
        self.opened += 1
        link = Link(self.opened, role, {role: transport})
        self.links.append(link)
        self.transcript.note(f"connection {link.number}: opened by the {role}")
        self._flow(link, role)
        link.give_up = TcpTransport.connect_then(
            self.reactor, self.taps[other(role)], self.servers[other(role)], self.port,
            lambda onward, why: self._passed_on(link, onward, why))

    def _passed_on(self, link: Link, onward: TcpTransport | None, why: str) -> None:
        role = other(link.opener)
        if onward is None:
            self._end(link, f"the {role} does not take it: {why}", reset=True)
            return
        link.ends[role] = onward
        self._flow(link, role)
        for direction in ROLES:
            link.flows[direction].to(link.ends[other(direction)])

    def _flow(self, link: Link, role: str) -> None:
        """What `role` says on this link: from its end, through the faults."""
        flow = Flow(self.reactor, link.ends[role], self.faults[role], self.dialects[role])
        flow.on_message = lambda message: self._heard(link, role, message)
        flow.on_raw = lambda octets: self.transcript.add(
            role, "failover", f"{len(octets)} octets that are no message", octets=octets[:64], connection=link.number,
            to=other(role))
        flow.on_trick = lambda what, message: self._tricked(link, role, what, message)
        flow.on_delivered = lambda message: self._tell(self._on_delivery, role, message)
        flow.on_over = lambda reason: self._over(link, role, reason)
        link.flows[role] = flow

    def _heard(self, link: Link, role: str, message: wire.Message) -> None:
        """What the suite takes it to have heard: the message itself, unless a lie is active (falsify)."""
        link.spoke_s[role] = message.time_s
        self._keep_state(self._said, link, role, message)
        if falsify.active is None:
            self._lied.clear()
            self._message(link, role, message)
            return
        for speaker, frames in ((role, falsify.heard(message.octets, self.dialects[role])),
                                (other(role), falsify.said(message.octets, self.dialects[role]))):
            for octets in frames:
                lie = wire.Message(octets, self.dialects[speaker])
                self._keep_state(self._lied, link, speaker, lie)
                self._message(link, speaker, lie)

    def _keep_state(self, said: dict[str, Said], link: Link, role: str, message: wire.Message) -> None:
        if message.type == "STATE" and message.error is None:
            startup = bool((message.get("server-flags") or 0) & wire.STARTUP_FLAG)
            said[role] = Said(wire.state_name(message.get("server-state")), startup, self.reactor.clock.now(),
                              link.number)

    def _message(self, link: Link, role: str, message: wire.Message) -> None:
        self.transcript.add(role, "failover", message.label(), message.describe(), message.octets, message,
                            link.number, other(role))
        self._tell(self._on_message, role, message)

    def _tricked(self, link: Link, role: str, what: str, message: wire.Message) -> None:
        self.tampered.add(link.number)
        self._note(f"{what}: {message.label()} of the {role}")

    def _tell(self, listeners: list[MessageListener], role: str, message: wire.Message) -> None:
        for listener in list(listeners):
            listener(role, message, self.reactor.clock.now())

    def _over(self, link: Link, role: str, reason: str) -> None:
        """That server's end is closed, and what it had said is passed on."""
        if link.abandoned and any(end.closed is None for end in link.ends.values()):
            return
        self._end(link, f"closed by the {role}: {reason}", reset=reason != "end of stream")

    def _end(self, link: Link, why: str, reset: bool = False) -> None:
        if link not in self.links:
            return
        self.links.remove(link)
        link.give_up()
        for flow in link.flows.values():
            flow.stop()
        for end in link.ends.values():
            if reset:
                end.close(reset=True)
            else:
                end.close_when_sent()
        self.transcript.note(f"connection {link.number}: {why}")

"""One direction of one connection through the tap: whole messages from one end to the other, with faults between."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Callable

from twinlease import wire
from twinlease.reactor import Reactor, Timer
from twinlease.transport import TcpTransport

BACKLOG_MAX = 256 * 1024
"""Octets of one direction of one connection that are held back before nothing more is read."""


@dataclass
class Trick:
    """What befalls the next `left` messages of a type (any: None): `play` gives the octets that go on instead."""

    what: str
    type_: str | None
    left: int
    play: Callable[[bytes], list[bytes]]
    played: int = 0

    def takes(self, message: wire.Message) -> bool:
        return self.left > 0 and self.type_ in (None, message.type)


@dataclass
class Faults:
    """What a direction suffers now."""

    delay_s: float = 0.0
    stalled: bool = False
    reads: bool = True
    """While stalled: it is read all the same, and held."""
    tricks: list[Trick] = field(default_factory=list)

    def disturb(self) -> bool:
        return bool(self.delay_s or self.stalled or any(trick.left for trick in self.tricks))


class Flow:
    """From `source` to the end given with to(); until then it holds. The calls are the tap's."""

    def __init__(self, reactor: Reactor, source: TcpTransport, faults: Faults, dialect: str):
        self.on_message: Callable[[wire.Message], None] = lambda message: None
        self.on_raw: Callable[[bytes], object] = lambda octets: None
        """Octets outside of any message: after a length that cannot be, or of a message that the end cut off."""
        self.on_trick: Callable[[str, wire.Message], None] = lambda what, message: None
        self.on_delivered: Callable[[wire.Message], None] = lambda message: None
        self.on_over: Callable[[str], None] = lambda reason: None
        self._reactor = reactor
        self._source = source
        self._faults = faults
        self._dialect = dialect
        self._sink: TcpTransport | None = None
        self._framer = wire.Framer()
        self._partial = b""
        self._queue: deque[tuple[float, bytes, bool]] = deque()   # due, octets, is a message
        self._held = 0
        self._timer: Timer | None = None
        self._ended: str | None = None
        self._stopped = False
        self._reading = True
        source.on_octets = self._octets
        source.on_closed = self._closed
        self.changed(faults)

    def to(self, sink: TcpTransport) -> None:
        self._sink = sink
        sink.on_drained = self._pump
        self._pump()

    def changed(self, faults: Faults) -> None:
        """Other faults from now on. What waits for the end of a delay that is over goes at once."""
        if faults.delay_s < self._faults.delay_s:
            now = self._reactor.clock.now()
            self._queue = deque((min(due, now + faults.delay_s), *rest) for due, *rest in self._queue)
        self._faults = faults
        self._pump()

    def stop(self) -> None:
        """Nothing is passed on any more."""
        self._stopped = True
        self._queue.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _octets(self, octets: bytes) -> None:
        if self._framer.error is not None:
            self._raw(octets)
        else:
            frames = self._framer.feed(octets)
            rest = self._partial + octets
            for frame in frames:
                rest = rest[len(frame):]
                self._message(frame)
            self._partial = rest
            if self._framer.error is not None:
                self._end_of_frames()
        self._pump()

    def _end_of_frames(self) -> None:
        rest, self._partial = self._partial, b""
        if rest:
            self._raw(rest)

    def _message(self, frame: bytes) -> None:
        message = wire.Message(frame, self._dialect)
        self.on_message(message)
        trick = next((t for t in self._faults.tricks if t.takes(message)), None)
        if trick is None:
            self._put(frame, True)
            return
        trick.left -= 1
        trick.played += 1
        self.on_trick(trick.what, message)
        for octets in trick.play(frame):
            self._put(octets, True)

    def _raw(self, octets: bytes) -> None:
        self.on_raw(octets)
        self._put(octets, False)

    def _put(self, octets: bytes, whole: bool) -> None:
        if self._stopped:
            return
        due = self._reactor.clock.now() + self._faults.delay_s
        if self._queue:
            due = max(due, self._queue[-1][0])   # never past what came before
        self._queue.append((due, octets, whole))
        self._held += len(octets)

    def _closed(self, reason: str) -> None:
        if self._stopped:
            return
        self._ended = reason
        self._end_of_frames()
        self._pump()

    def _pump(self) -> None:
        """Passes on what is due, reads as long as there is room, and says when all is over."""
        if self._stopped:
            return
        if self._sink is not None and self._sink.closed is not None:
            self._queue.clear()
            self._held = 0
        now = self._reactor.clock.now()
        while self._queue and self._may_pass() and self._queue[0][0] <= now:
            _, octets, whole = self._queue.popleft()
            self._held -= len(octets)
            assert self._sink is not None
            self._sink.send(octets)
            if whole:
                self.on_delivered(wire.Message(octets, self._dialect))
        if self._stopped:   # by what the sink said to the last of it
            return
        if self._queue and self._may_pass():
            self._wake_at(self._queue[0][0])
        if self._source.closed is None:
            self._read(self._held < BACKLOG_MAX and (self._faults.reads or not self._faults.stalled))
        elif self._ended is not None and not self._queue and not self._faults.stalled:
            self._stopped = True
            self.on_over(self._ended)

    def _may_pass(self) -> bool:
        return (self._sink is not None and self._sink.closed is None and not self._faults.stalled
                and self._sink.waiting < BACKLOG_MAX)

    def _read(self, room: bool) -> None:
        if room != self._reading:
            self._reading = room
            (self._source.read_again if room else self._source.stop_reading)()

    def _wake_at(self, due: float) -> None:
        if self._timer is not None:
            if self._timer.at_s == due:
                return
            self._timer.cancel()
        self._timer = self._reactor.call_at(due, self._pump)

"""One failover connection: frames, xids, CONTACT, and waiting for what the peer sends. (6.1, 7.11, 8)"""

from __future__ import annotations

import itertools
from typing import Any, Callable, Iterable

from twinlease import falsify, wire
from twinlease.reactor import Reactor, Timer
from twinlease.transcript import Transcript
from twinlease.transport import Transport

_numbers = itertools.count(1)


class NotSeen(AssertionError):
    """What was waited for did not come in time. str() says what, how long, and what came instead."""


class Connection:
    """Messages over a Transport. Every message, both ways, goes into the transcript.

    on_message(message) is called for each whole message before anybody waiting sees it; `received` keeps them all.
    """

    def __init__(self, reactor: Reactor, transport: Transport, transcript: Transcript, dialect: str):
        self.number = next(_numbers)
        self.reactor = reactor
        self.transport = transport
        self.transcript = transcript
        self.dialect = dialect
        self.received: list[wire.Message] = []
        self.arrived_s: list[float] = []
        self.last_sent_s = reactor.clock.now()
        self.on_message: Callable[[wire.Message], None] = lambda message: None
        self.on_closed: Callable[[str], None] = lambda reason: None
        self.framing_error: wire.Error | None = None
        self.clock_offset_s = 0.0
        """Added to the header time of what we send, to play a partner whose clock is off (5.10)."""
        self._framer = wire.Framer()
        self._xid = 0
        self._contact: Timer | None = None
        transport.on_octets = self._octets
        transport.on_closed = self._closed

    @property
    def closed(self) -> str | None:
        """None while open, then why (see Transport.closed)."""
        if falsify.hides_closing() and self.transport.closed != "closed by the suite":
            return None
        return self.transport.closed

    def now(self) -> float:
        return self.reactor.clock.now()

    def next_xid(self) -> int:
        """Increasing, unique on this connection (6.1, A-21)."""
        self._xid += 1
        return self._xid

    def send(self, type_: str | int, options: Iterable[tuple[str | int, Any]] = (), *, xid: int | None = None,
             time_s: int | None = None, **encoding: Any) -> int:
        """Sends one message and returns its xid. encoding: payload_offset, extra_header, tail of wire.encode()."""
        xid = self.next_xid() if xid is None else xid
        time_s = int(self.now() + self.clock_offset_s) if time_s is None else time_s
        self.send_octets(wire.encode(type_, xid=xid, time_s=time_s, options=options, dialect=self.dialect, **encoding))
        return xid

    def send_octets(self, octets: bytes, label: str | None = None) -> None:
        """Sends any octets, well-formed or not."""
        message = wire.Message(octets, self.dialect)
        self.transcript.add("suite", "failover", label or message.label(), message.describe(), octets, message,
                            self.number)
        self.last_sent_s = self.now()
        self.transport.send(octets)
        for frame in falsify.said(octets, self.dialect):
            self.reactor.call_in(0.0, lambda frame=frame: self._frame(frame))

    def send_in_pieces(self, octets: bytes, size: int, pause_s: float) -> None:
        """Sends one message in segments of `size` octets, `pause_s` lab seconds apart.

        Nothing else may be sent meanwhile: see Peer.hushed(). ConnectionError if the peer closes before the end.
        """
        message = wire.Message(octets, self.dialect)
        self.transcript.add("suite", "failover", f"{message.label()} in pieces of {size}", message.describe(), octets,
                            message, self.number)
        for at in range(0, len(octets), size):
            if self.closed is not None:
                raise ConnectionError(f"{at} of {len(octets)} octets sent: connection {self.closed}")
            self.transport.send(octets[at:at + size])
            self.reactor.run_for(pause_s)
        self.last_sent_s = self.now()

    def send_together(self, *frames: bytes) -> None:
        """Sends several messages in one segment."""
        for octets in frames:
            message = wire.Message(octets, self.dialect)
            self.transcript.add("suite", "failover", message.label(), message.describe(), octets, message, self.number)
        self.last_sent_s = self.now()
        self.transport.send(b"".join(frames))

    def keep_contact(self, interval_s: float | None) -> None:
        """Sends CONTACT whenever nothing was sent for interval_s lab seconds (7.11); None stops that."""
        if self._contact is not None:
            self._contact.cancel()
            self._contact = None
        if interval_s is None:
            return

        def due() -> None:
            if self.closed is not None:
                return
            if self.now() - self.last_sent_s >= interval_s * 0.99:
                self.send("CONTACT")
            self._contact = self.reactor.call_at(self.last_sent_s + interval_s, due)

        self._contact = self.reactor.call_at(self.last_sent_s + interval_s, due)

    # Waiting. A mark is a number of messages received so far: "since" counts from it.

    def mark(self) -> int:
        return len(self.received)

    def seen(self, type_: str, where: Callable[[wire.Message], bool] = lambda m: True,
             since: int = 0) -> wire.Message | None:
        """The first such message received since the mark, or None."""
        return next((m for m in self.received[since:] if m.type == type_ and where(m)), None)

    def all(self, type_: str, since: int = 0) -> list[wire.Message]:
        return [m for m in self.received[since:] if m.type == type_]

    def expect(self, type_: str, where: Callable[[wire.Message], bool] = lambda m: True, *, within: float,
               since: int = 0, what: str = "") -> wire.Message:
        """Waits for such a message and returns it. NotSeen after `within` lab seconds, or when the peer closes."""
        found = self.reactor.run_until(lambda: self.seen(type_, where, since) or (self.closed and "closed"), within)
        if isinstance(found, wire.Message):
            return found
        came = ", ".join(m.label() for m in self.received[since:][-4:]) or "nothing"
        ended = f"; connection: {self.closed}" if self.closed else ""
        raise NotSeen(f"no {what or type_} within {within:g} s; came: {came}{ended}")

    def expect_closed(self, within: float) -> str:
        """Waits until the peer has closed the connection; returns how. NotSeen if it has not."""
        reason = self.reactor.run_until(lambda: self.closed, within)
        if reason is None:
            raise NotSeen(f"connection still open after {within:g} s")
        return reason

    def close(self) -> None:
        self.keep_contact(None)
        self.transport.close()

    def _octets(self, octets: bytes) -> None:
        for frame in self._framer.feed(octets):
            for heard in falsify.heard(frame, self.dialect):
                self._frame(heard)
        if self._framer.error is not None and self.framing_error is None:
            self.framing_error = self._framer.error
            self.transcript.add("peer", "failover", f"unframable octets: {self._framer.error}", octets=octets[:64],
                                connection=self.number)

    def _frame(self, frame: bytes) -> None:
        message = wire.Message(frame, self.dialect)
        self.transcript.add("peer", "failover", message.label(), message.describe(), frame, message, self.number)
        self.received.append(message)
        self.arrived_s.append(self.now())
        self.on_message(message)

    def _closed(self, reason: str) -> None:
        self.keep_contact(None)
        self.transcript.note(f"connection {self.number}: {reason}")
        self.on_closed(reason)

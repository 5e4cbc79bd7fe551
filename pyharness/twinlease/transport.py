"""Octets to and from one peer: what a failover connection stands on."""

from __future__ import annotations

import errno
import socket
from typing import Callable

from twinlease.reactor import Reactor

# A peer that does not read must not make us grow without bound.
OUT_BUFFER_MAX = 8 * 1024 * 1024


class Transport:
    """A stream of octets. on_octets(bytes) and on_closed(reason) are set by whoever uses it."""

    def __init__(self) -> None:
        self.on_octets: Callable[[bytes], None] = lambda octets: None
        self.on_closed: Callable[[str], None] = lambda reason: None
        self.closed: str | None = None
        """None while open; then why: "closed by the suite", "end of stream", "reset", or an error's text."""

    def send(self, octets: bytes) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class TcpTransport(Transport):
    """A connected, non-blocking TCP socket on a Reactor."""

    def __init__(self, reactor: Reactor, sock: socket.socket):
        super().__init__()
        self._reactor = reactor
        self._sock = sock
        self._out = bytearray()
        self._reading = True
        self._writing = False
        self._closing = False
        self.on_drained: Callable[[], None] = lambda: None
        """Called when the last of what had to wait has left."""
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch()

    @classmethod
    def connect(cls, reactor: Reactor, source: str, destination: str, port: int, within: float) -> "TcpTransport":
        """Opens a connection from source to destination:port.

        Raises ConnectionError when it is refused, or not there within that many lab seconds.
        """
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.bind((source, 0))
        code = sock.connect_ex((destination, port))
        if code not in (0, errno.EINPROGRESS):
            sock.close()
            raise ConnectionError(f"connect to {destination}:{port}: {errno.errorcode.get(code, code)}")
        done: list[int] = []
        reactor.watch(sock, None, lambda: done.append(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)))
        reactor.run_until(lambda: done, within)
        reactor.watch(sock, None, None)
        if not done or done[0] != 0:
            sock.close()
            why = errno.errorcode.get(done[0], done[0]) if done else f"no answer within {within:g} s"
            raise ConnectionError(f"connect to {destination}:{port}: {why}")
        return cls(reactor, sock)

    @classmethod
    def connect_then(cls, reactor: Reactor, source: str, destination: str, port: int,
                     then: Callable[["TcpTransport | None", str], None]) -> Callable[[], None]:
        """Opens a connection without waiting: then(transport, "") once it is there, then(None, why) if it fails.

        Returns a call that gives up: if nothing is decided yet, `then` is not called any more.
        """
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.bind((source, 0))
        code = sock.connect_ex((destination, port))
        pending = [sock]

        def give_up() -> None:
            if pending:
                reactor.watch(sock, None, None)
                sock.close()
                pending.clear()

        def decided() -> None:
            if not pending:
                return
            error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if code == errno.EINPROGRESS else code
            if error == 0:
                pending.clear()
                reactor.watch(sock, None, None)
                then(cls(reactor, sock), "")
            else:
                give_up()
                then(None, errno.errorcode.get(error, str(error)))

        if code == errno.EINPROGRESS:
            reactor.watch(sock, None, decided)
        else:
            reactor.call_in(0.0, decided)   # decided already, but never before we return
        return give_up

    @property
    def local(self) -> tuple[str, int]:
        return self._sock.getsockname()

    def send(self, octets: bytes) -> None:
        """Queues octets; they leave as fast as the peer reads. BufferError above OUT_BUFFER_MAX."""
        if self.closed is not None:
            raise ConnectionError(f"connection is closed: {self.closed}")
        if len(self._out) + len(octets) > OUT_BUFFER_MAX:
            raise BufferError(f"the peer reads nothing: {len(self._out)} octets are waiting")
        self._out += octets
        self._write()

    def stop_reading(self) -> None:
        """Leaves what the peer sends in the kernel, so that its TCP window closes."""
        self._reading = False
        self._watch()

    def read_again(self) -> None:
        """The end of stop_reading()."""
        self._reading = True
        self._watch()

    @property
    def waiting(self) -> int:
        """Octets that have not left yet."""
        return len(self._out)

    def close_when_sent(self) -> None:
        """Closes as soon as everything that waits has left; what comes meanwhile is thrown away."""
        if self.closed is not None:
            return
        self.on_octets = lambda octets: None
        self._closing = True
        if not self._out:
            self.close()

    def shut_write(self) -> None:
        """Half-closes: the peer sees the end of our stream, we still read."""
        self._sock.shutdown(socket.SHUT_WR)

    def close(self, reset: bool = False) -> None:
        if self.closed is not None:
            return
        if reset:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self._finish("closed by the suite")

    def _watch(self) -> None:
        if self.closed is None:
            self._reactor.watch(self._sock, self._read if self._reading else None, self._write if self._out else None)

    def _write(self) -> None:
        waited = self._writing
        try:
            while self._out:
                sent = self._sock.send(self._out)
                del self._out[:sent]
        except BlockingIOError:
            pass
        except OSError as error:
            self._finish("reset" if error.errno in (errno.ECONNRESET, errno.EPIPE) else str(error))
            return
        self._writing = bool(self._out)
        if self._closing and not self._out:
            self.close()
            return
        self._watch()
        if waited and not self._out:
            self.on_drained()

    def _read(self) -> None:
        try:
            octets = self._sock.recv(65536)
        except BlockingIOError:
            return
        except OSError as error:
            self._finish("reset" if error.errno == errno.ECONNRESET else str(error))
            return
        if octets:
            self.on_octets(octets)
        else:
            self._finish("end of stream")

    def _finish(self, reason: str) -> None:
        if self.closed is not None:
            return
        self.closed = reason
        self._reactor.watch(self._sock, None, None)
        self._sock.close()
        self.on_closed(reason)


class Listener:
    """Accepts TCP connections on address:port and hands each to on_connection(TcpTransport)."""

    def __init__(self, reactor: Reactor, address: str, port: int, on_connection: Callable[[TcpTransport], None]):
        self._reactor = reactor
        self._on_connection = on_connection
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._sock.bind((address, port))
        self._sock.listen(64)
        self._sock.setblocking(False)
        reactor.watch(self._sock, self._accept)

    def _accept(self) -> None:
        try:
            sock, _ = self._sock.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self._on_connection(TcpTransport(self._reactor, sock))

    def close(self) -> None:
        self._reactor.watch(self._sock, None, None)
        self._sock.close()

"""Peers that misbehave: whatever they do, a wait ends within its bound."""

from __future__ import annotations

import socket

import pytest

from twinlease import wire
from twinlease.connection import Connection, NotSeen
from twinlease.transport import OUT_BUFFER_MAX, TcpTransport


@pytest.fixture
def ends(reactor, transcript):
    """(connection, the other end's plain socket)."""
    left, right = socket.socketpair(socket.AF_UNIX)
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
    left.close()
    right.close()
    connection = Connection(reactor, TcpTransport(reactor, client), transcript, "draft-12")
    yield connection, accepted
    connection.close()
    accepted.close()


def test_a_peer_that_never_answers(reactor, ends):
    connection, _ = ends
    connection.send("CONTACT")
    began = reactor.clock.now()
    with pytest.raises(NotSeen, match="no CONNECTACK within 5 s; came: nothing"):
        connection.expect("CONNECTACK", within=5)
    assert reactor.clock.now() - began < 10


def test_a_peer_that_dies(reactor, ends):
    connection, other = ends
    other.close()
    with pytest.raises(NotSeen, match="connection: end of stream"):
        connection.expect("STATE", within=1000)
    with pytest.raises(ConnectionError):
        connection.send("CONTACT")


def test_a_peer_that_half_closes_is_seen_to(reactor, ends):
    connection, other = ends
    other.shutdown(socket.SHUT_WR)
    assert connection.expect_closed(20) == "end of stream"


def test_a_peer_that_sends_garbage(reactor, ends):
    connection, other = ends
    other.sendall(b"GET / HTTP/1.1\r\n\r\n" * 10)
    reactor.run_until(lambda: connection.framing_error, 20)
    assert connection.framing_error is not None and connection.received == []


def test_a_peer_that_floods(reactor, ends):
    connection, other = ends
    other.setblocking(False)
    flood = wire.encode("CONTACT", xid=1, time_s=0) * 5000
    sent = 0
    while sent < 5_000_000:
        try:
            sent += other.send(flood)
        except BlockingIOError:
            reactor.run_for(0.2)
        with pytest.raises(NotSeen):
            connection.expect("STATE", within=0.2)
        if len(connection.received) > 3000:
            break
    assert len(connection.received) > 3000


def test_a_peer_that_reads_nothing(reactor, ends):
    connection, _ = ends
    octets = wire.encode("CONTACT", xid=1, time_s=0, options=[(300, bytes(2000))])
    with pytest.raises(BufferError, match="reads nothing"):
        for _ in range(OUT_BUFFER_MAX // len(octets) * 3):
            connection.transport.send(octets)


def test_xids_increase(ends):
    connection, _ = ends
    assert [connection.next_xid() for _ in range(3)] == [1, 2, 3]

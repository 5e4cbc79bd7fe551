"""A transport that need not be waited for: opening, pausing, closing after the last octet."""

from __future__ import annotations

import socket

import pytest

from twinlease.transport import TcpTransport


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        yield listener


def opened(reactor, port: int) -> list:
    got: list = []
    TcpTransport.connect_then(reactor, "127.0.0.1", "127.0.0.1", port, lambda t, why: got.append((t, why)))
    return got


def test_a_connection_comes_without_waiting(reactor, server):
    got = opened(reactor, server.getsockname()[1])
    assert got == []
    assert reactor.run_until(lambda: got, 20)
    transport, why = got[0]
    assert transport.closed is None and why == ""
    transport.close()


def test_a_refused_connection_says_why(reactor, server):
    port = server.getsockname()[1]
    server.close()
    got = opened(reactor, port)
    assert reactor.run_until(lambda: got, 20) == [(None, "ECONNREFUSED")]


def test_an_address_without_a_route_says_why_and_only_later(reactor):
    got: list = []
    TcpTransport.connect_then(reactor, "127.0.0.1", "192.0.2.1", 1, lambda t, why: got.append((t, why)))
    assert got == []
    assert reactor.run_until(lambda: got, 20)[0][0] is None


def test_who_gives_up_hears_nothing(reactor, server):
    got: list = []
    give_up = TcpTransport.connect_then(reactor, "127.0.0.1", "127.0.0.1", server.getsockname()[1],
                                        lambda t, why: got.append(t))
    give_up()
    reactor.run_for(2)
    assert got == []


def test_giving_up_after_the_end_does_no_harm(reactor, server):
    got: list = []
    give_up = TcpTransport.connect_then(reactor, "127.0.0.1", "127.0.0.1", server.getsockname()[1],
                                        lambda t, why: got.append(t))
    reactor.run_until(lambda: got, 20)
    give_up()
    got[0].send(b"still open")
    end, _ = server.accept()
    assert end.recv(100) == b"still open"
    got[0].close()
    end.close()


def test_what_waits_leaves_before_the_end(reactor, server):
    transport = TcpTransport.connect(reactor, "127.0.0.1", "127.0.0.1", server.getsockname()[1], 20)
    end, _ = server.accept()
    flood = bytes(4 * 1024 * 1024)
    drained: list[bool] = []
    transport.on_drained = lambda: drained.append(True)
    transport.send(flood)
    assert transport.waiting > 0
    transport.close_when_sent()
    assert transport.closed is None
    end.setblocking(False)
    got, over = 0, False

    def read() -> bool:
        nonlocal got, over
        try:
            octets = end.recv(1 << 20)
        except BlockingIOError:
            return False
        got += len(octets)
        over = over or not octets
        return over

    while not over:
        reactor.run_for(0.01)
        read()
    assert got == len(flood) and transport.closed == "closed by the suite"
    end.close()


def test_reading_stops_and_goes_on(reactor, server):
    transport = TcpTransport.connect(reactor, "127.0.0.1", "127.0.0.1", server.getsockname()[1], 20)
    end, _ = server.accept()
    heard = bytearray()
    transport.on_octets = heard.extend
    transport.stop_reading()
    end.send(b"later")
    reactor.run_for(1)
    assert heard == b""
    transport.read_again()
    assert reactor.run_until(lambda: heard == b"later", 20)
    transport.close()
    end.close()

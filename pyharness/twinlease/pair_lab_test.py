from __future__ import annotations

import contextlib
import sys
from typing import Iterator

import pytest

from twinlease.pair_lab import PairLab
from twinlease.transport import TcpTransport

SERVERS = {"primary": "10.99.0.2", "secondary": "10.99.0.3"}
OURS = "10.99.0.1"
PORT = 647
# It writes down what it heard and sends it back.
TCP_ECHO = """
import socket
listener = socket.create_server(("", 647))
while True:
    connection, _ = listener.accept()
    while octets := connection.recv(100):
        print(octets.decode(), flush=True)
        connection.send(octets)
"""
ASK = "import socket, sys; socket.create_connection((sys.argv[1], 647), timeout=1)"


@contextlib.contextmanager
def pair_lab() -> Iterator[PairLab]:
    lab = PairLab([OURS], SERVERS, 24)
    try:
        yield lab
    finally:
        lab.close()


def connected(lab: PairLab, role: str) -> TcpTransport:
    for _ in range(50):
        with contextlib.suppress(ConnectionError):
            return TcpTransport.connect(lab.reactor, OURS, SERVERS[role], PORT, 1)
        lab.reactor.run_for(0.1)
    raise AssertionError(f"no connection to the {role}")


@pytest.mark.lab
def test_each_reaches_us_and_not_the_other(tmp_path):
    with pair_lab() as lab:
        for role, host in lab.hosts.items():
            host.start([sys.executable, "-c", TCP_ECHO], tmp_path / role, fast_clock=False)
        for role in SERVERS:
            connected(lab, role)
        ask = lab.hosts["primary"].run([sys.executable, "-c", ASK, SERVERS["secondary"]])
        assert ask.returncode != 0 and ("timed out" in ask.stderr or "No route" in ask.stderr)
        assert lab.hosts["primary"].run([sys.executable, "-c", ASK, SERVERS["primary"]]).returncode == 0


@pytest.mark.lab
def test_what_was_started_ends_with_the_lab(tmp_path):
    with pair_lab() as lab:
        process = lab.hosts["secondary"].start([sys.executable, "-c", TCP_ECHO], tmp_path / "log", fast_clock=False)
        connected(lab, "secondary")
    assert process.poll() is not None

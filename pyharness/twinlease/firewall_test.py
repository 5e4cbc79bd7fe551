from __future__ import annotations

import contextlib
import socket
import sys

import pytest

from twinlease.firewall import Firewall
from twinlease.pair_lab_test import OURS, PORT, SERVERS, TCP_ECHO, connected, pair_lab
from twinlease.transport import TcpTransport

UDP_ECHO = """
import socket
port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
port.bind(("", 67))
while True:
    octets, source = port.recvfrom(100)
    print(octets.decode(), flush=True)
    port.sendto(octets, source)
"""


@pytest.mark.lab
@pytest.mark.parametrize("incoming, outgoing", [(True, True), (True, False), (False, True)])
def test_tcp_is_lost_in_one_direction_or_both_and_goes_on_after_healing(tmp_path, incoming, outgoing):
    with pair_lab() as lab:
        log = tmp_path / "log"
        lab.hosts["primary"].start([sys.executable, "-c", TCP_ECHO], log, fast_clock=False)
        end = connected(lab, "primary")
        back = bytearray()
        end.on_octets = back.extend
        firewall = Firewall(lab.hosts["primary"], PORT)
        firewall.drop_failover(incoming, outgoing)
        end.send(b"one")
        lab.reactor.run_for(0.5)
        assert ("one" in log.read_text()) is (not incoming)
        assert back == b"" and end.closed is None
        with pytest.raises(ConnectionError, match="no answer"):
            TcpTransport.connect(lab.reactor, OURS, SERVERS["primary"], PORT, 0.3)
        assert firewall.heal() and not firewall.heal()
        assert lab.reactor.run_until(lambda: back == b"one", 10)


@pytest.mark.lab
@pytest.mark.parametrize("incoming, outgoing", [(True, True), (True, False), (False, True), (False, False)])
def test_dhcp_is_lost_in_one_direction_or_both(tmp_path, incoming, outgoing):
    with pair_lab() as lab, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as relay:
        log = tmp_path / "log"
        relay.bind((OURS, 67))
        relay.settimeout(0.3)
        lab.hosts["primary"].start([sys.executable, "-c", UDP_ECHO], log, fast_clock=False)
        heard = b""
        for _ in range(20):   # until it listens
            relay.sendto(b"zero", (SERVERS["primary"], 67))
            with contextlib.suppress(TimeoutError, ConnectionRefusedError):
                heard = relay.recv(100)
                break
        assert heard == b"zero"
        Firewall(lab.hosts["primary"], PORT).drop_dhcp(incoming, outgoing, OURS)
        relay.sendto(b"one", (SERVERS["primary"], 67))
        heard = b""
        with contextlib.suppress(TimeoutError):
            heard = relay.recv(100)
        assert (heard == b"one") is (not incoming and not outgoing)
        assert ("one" in log.read_text()) is (not incoming)


@pytest.mark.lab
def test_an_isolated_host_hears_nobody(tmp_path):
    with pair_lab() as lab:
        lab.hosts["primary"].start([sys.executable, "-c", TCP_ECHO], tmp_path / "log", fast_clock=False)
        connected(lab, "primary")
        firewall = Firewall(lab.hosts["primary"], PORT)
        firewall.drop_all()
        with pytest.raises(ConnectionError, match="no answer"):
            TcpTransport.connect(lab.reactor, OURS, SERVERS["primary"], PORT, 0.3)
        firewall.heal()
        connected(lab, "primary")

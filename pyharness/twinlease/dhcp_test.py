from __future__ import annotations

import socket

import pytest

from twinlease import dhcp, lab

RELAY, HEARD, LOST = "127.0.0.9", "127.0.0.10", "127.0.0.11"


@pytest.mark.lab
def test_a_relay_loses_what_it_is_told_to_in_each_direction(reactor, transcript):
    lab.ip("link", "set", "lo", "up")
    relay = dhcp.Relay(reactor, transcript, RELAY, speakers={HEARD: "primary"})
    servers = {}
    for address in (HEARD, LOST):
        servers[address] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        servers[address].bind((address, 67))
        servers[address].setblocking(False)

    def got(address: str) -> bool:
        try:
            servers[address].recv(2000)
        except BlockingIOError:
            return False
        return True

    client = dhcp.Client(relay, HEARD)
    relay.lost_to.add(LOST)
    client.send(dhcp.DISCOVER, servers=(HEARD, LOST))
    assert got(HEARD) and not got(LOST)
    assert [(e.to, e.label.endswith("(lost)")) for e in transcript.entries] == [("primary", False), ("peer", True)]
    relay.lost_from.add(LOST)
    for server in servers.values():
        server.sendto(bytes(300), (RELAY, 67))
    reactor.run_for(2)
    assert [packet.source for packet in relay.received] == [HEARD]
    assert (transcript.entries[-1].frm, transcript.entries[-1].to) == ("primary", "client")
    relay.heal()
    client.send(dhcp.DISCOVER, servers=(LOST,))
    servers[LOST].setblocking(True)
    assert got(LOST)
    servers[LOST].sendto(bytes(300), (RELAY, 67))
    assert reactor.run_until(lambda: relay.received[-1].source == LOST, 20)
    relay.close()
    for server in servers.values():
        server.close()

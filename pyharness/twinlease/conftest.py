"""Fixtures for the harness's own tests: a fast clock, and a pair of partners on loopback."""

from __future__ import annotations

import itertools

import pytest

from twinlease.clock import Clock
from twinlease.peer import Identity, Peer
from twinlease.reactor import Reactor
from twinlease.transcript import Transcript

_ports = itertools.count(16470)


@pytest.fixture
def reactor() -> Reactor:
    return Reactor(Clock(rate=20))


@pytest.fixture
def transcript(reactor: Reactor) -> Transcript:
    return Transcript(reactor.clock)


@pytest.fixture
def pair(reactor: Reactor, transcript: Transcript):
    """(primary, secondary): two of our own partners, each the other's peer."""
    port = next(_ports)
    primary = Peer(reactor, transcript, Identity("primary", "pair", "127.0.0.2", "127.0.0.3", port))
    secondary = Peer(reactor, transcript, Identity("secondary", "pair", "127.0.0.3", "127.0.0.2", port))
    primary.listen()
    secondary.listen()
    yield primary, secondary
    for peer in (primary, secondary):
        peer.drop()
        peer.stop_listening()

"""Fixtures for the harness's own tests: a fast clock, and a pair of partners on loopback."""

from __future__ import annotations

import itertools
import subprocess

import pytest

from twinlease import lab
from twinlease.clock import Clock
from twinlease.peer import Identity, Peer
from twinlease.reactor import Reactor
from twinlease.transcript import Transcript

_ports = itertools.count(16470)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "lab: runs in network namespaces of its own, as a lab does")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test marked `lab` is run again, alone, inside the namespaces of lab.enter(), and ends as it ends there."""
    if pyfuncitem.get_closest_marker("lab") is None or lab.inside():
        return None
    node = f"{pyfuncitem.path}::{pyfuncitem.nodeid.split('::', 1)[1]}"
    done = subprocess.run(lab.enter(["pytest", "-q", "-p", "no:cacheprovider", "-o", "python_files=*_test.py", node]),
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return True


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

"""Each lie changes something; a run without one changes nothing."""

from __future__ import annotations

import pytest

from twinlease import falsify, wire

MESSAGES = [wire.encode(t, xid=5, time_s=100, options=o) for t, o in {
    "CONNECT": [("relationship-name", "p"), ("hash-bucket-assignment", bytes(32)), ("vendor-class-identifier", "v")],
    "CONNECTACK": [("relationship-name", "p"), ("vendor-class-identifier", "v"), ("reject-reason", 8)],
    "BNDUPD": [("assigned-IP-address", "10.0.0.1"), ("binding-status", "ACTIVE"), ("lease-expiration-time", 9000),
               ("potential-expiration-time", 9900), ("client-hardware-address", b"\x01abcdef")],
    "BNDACK": [("assigned-IP-address", "10.0.0.1"), ("reject-reason", 15)],
    "STATE": [("server-state", "RECOVER"), ("server-flags", 1), ("start-time-of-state", 90)],
    "UPDREQ": [], "UPDDONE": [], "POOLREQ": [], "CONTACT": [], "DISCONNECT": [("reject-reason", 254)],
}.items()]


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    falsify.active = None


def test_without_a_lie_all_stays_as_it_is():
    assert all(falsify.heard(m, "isc") == [m] and falsify.said(m, "isc") == [] for m in MESSAGES)
    assert falsify.packet(b"x") == [b"x"] and falsify.asked(b"x") == [] and not falsify.hides_closing()


@pytest.mark.parametrize("name", falsify.FALSEHOODS)
def test_every_lie_changes_something_and_breaks_on_nothing(name):
    falsify.active = falsify.FALSEHOODS[name]
    changed = falsify.hides_closing()
    for message in MESSAGES:
        changed |= falsify.heard(message, "isc") != [message] or falsify.said(message, "isc") != []
    discover = falsify._wire.dhcp4_encode(op=1, htype=1, xid=1, secs=0, flags=0, ciaddr="0.0.0.0", giaddr="10.0.0.9",
                                          chaddr=b"abcdef", options=[(53, b"\x01"), (51, (60).to_bytes(4, "big"))])
    changed |= falsify.packet(discover) != [discover] or falsify.asked(discover) != []
    assert changed and falsify.FALSEHOODS[name].sections

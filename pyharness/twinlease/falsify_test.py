"""Each lie changes something; a run without one changes nothing."""

from __future__ import annotations

import pytest

from twinlease import falsify, wire

MESSAGES = [wire.encode(t, xid=5, time_s=100, options=o) for t, o in {
    "CONNECT": [("relationship-name", "p"), ("hash-bucket-assignment", bytes(32)), ("vendor-class-identifier", "v"),
                ("max-unacked-bndupd", 20)],
    "CONNECTACK": [("relationship-name", "p"), ("vendor-class-identifier", "v"), ("reject-reason", 8)],
    "BNDUPD": [("assigned-IP-address", "10.0.0.1"), ("binding-status", "ACTIVE"), ("lease-expiration-time", 9000),
               ("potential-expiration-time", 9900), ("client-hardware-address", b"\x01abcdef")],
    "BNDACK": [("assigned-IP-address", "10.0.0.1"), ("reject-reason", 15)],
    "STATE": [("server-state", "RECOVER"), ("server-flags", 1), ("start-time-of-state", 90)],
    "UPDREQ": [], "UPDDONE": [], "POOLREQ": [], "CONTACT": [], "DISCONNECT": [("reject-reason", 254)],
}.items()]
MESSAGES.append(wire.encode("BNDUPD", xid=5, time_s=100, options=[
    ("assigned-IP-address", "10.0.0.2"), ("binding-status", "BACKUP")]))


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    falsify.active = None


def test_without_a_lie_all_stays_as_it_is():
    assert all(falsify.heard(m, "isc") == [m] and falsify.said(m, "isc") == [] for m in MESSAGES)
    assert falsify.packet(b"x") == [b"x"] and falsify.asked(b"x") == []
    assert not falsify.hides_closing() and not falsify.hides_connecting()


@pytest.mark.parametrize("name", falsify.FALSEHOODS)
def test_every_lie_changes_something_and_breaks_on_nothing(name):
    falsify.active = falsify.FALSEHOODS[name]
    changed = falsify.hides_closing() or falsify.hides_connecting()
    for message in MESSAGES:
        changed |= falsify.heard(message, "isc") != [message] or falsify.said(message, "isc") != []
    discover = falsify._wire.dhcp4_encode(op=1, htype=1, xid=1, secs=0, flags=0, ciaddr="0.0.0.0", giaddr="10.0.0.9",
                                          chaddr=b"abcdef", options=[(53, b"\x01"), (51, (60).to_bytes(4, "big")),
                                                                     (50, bytes([10, 77, 1, 9]))])
    ack = bytearray(discover[:16] + bytes([10, 77, 1, 9]) + discover[20:].replace(b"\x35\x01\x01", b"\x35\x01\x05"))
    ack[4:8] = bytes([0, 0, 0, 2])
    changed |= falsify.packet(discover) != [discover] or falsify.asked(discover) != []
    changed |= falsify.packet(bytes(ack)) != [bytes(ack)]
    assert changed and falsify.FALSEHOODS[name].sections


def heard(name: str, type_: str, options: list, xid: int = 5) -> list[wire.Message]:
    """What a message of the peer becomes under a lie."""
    falsify.active = falsify.FALSEHOODS[name]
    octets = wire.encode(type_, xid=xid, time_s=100, options=options)
    return [wire.Message(frame, "isc") for frame in falsify.heard(octets, "isc")]


def test_every_second_bndack_is_rejected():
    options = [("assigned-IP-address", "10.0.0.1")]
    one, two = (heard("every-second-rejected", "BNDACK", options, xid)[0] for xid in (5, 6))
    assert one.transactions[0].has("reject-reason") and not two.has("reject-reason")


def test_backup_is_told_of_addresses_that_were_not_given():
    options = [("assigned-IP-address", "10.77.1.16"), ("binding-status", "BACKUP")]
    assert len({m.get("assigned-IP-address") for m in heard("false-backup", "BNDUPD", options)}) == 16
    options[1] = ("binding-status", "FREE")
    assert len(heard("false-backup", "BNDUPD", options)) == 1


def test_the_window_is_ignored_with_xids_of_their_own():
    came = heard("window-ignored", "BNDUPD", [("assigned-IP-address", "10.0.0.1"), ("binding-status", "ACTIVE")])
    assert len({m.xid for m in came}) == 4 and {m.get("assigned-IP-address") for m in came} == {"10.0.0.1"}


def test_every_connect_is_accepted():
    falsify.active = falsify.FALSEHOODS["second-connection"]
    connect = wire.encode("CONNECT", xid=9, time_s=100, options=[("relationship-name", "p"), ("MCLT", 60)])
    ack, state = (wire.Message(frame, "isc") for frame in falsify.said(connect, "isc"))
    assert (ack.type, ack.xid, ack.has("MCLT"), state.type) == ("CONNECTACK", 9, False, "STATE")


def test_a_client_gets_what_it_asks_for():
    falsify.active = falsify.FALSEHOODS["gives-what-is-asked"]
    fields = {"op": 1, "htype": 1, "xid": 1, "secs": 0, "flags": 0, "ciaddr": "0.0.0.0", "giaddr": "10.0.0.9",
              "chaddr": b"abcdef"}
    reply, = falsify.asked(falsify._wire.dhcp4_encode(**fields, options=[(53, b"\x01"), (50, bytes([10, 0, 0, 7]))]))
    assert falsify._wire.dhcp4_decode(reply).yiaddr == "10.0.0.7"
    assert falsify.asked(falsify._wire.dhcp4_encode(**fields, options=[(53, b"\x01")])) == []


def test_startup_and_every_second_recover_are_forgotten():
    said = [heard("forgetful", "STATE", [("server-state", "RECOVER"), ("server-flags", flags)]) for flags in (1, 0, 0)]
    names = [wire.state_name(m.get("server-state")) for m, in said]
    assert names[0] == "NORMAL" and sorted(names[1:]) == ["NORMAL", "RECOVER"]


def test_connect_has_other_values():
    connect, = heard("other-connect", "CONNECT", [("relationship-name", "p"), ("max-unacked-bndupd", 20), ("MCLT", 60)])
    assert (connect.get("max-unacked-bndupd"), connect.get("MCLT"), connect.get("relationship-name")) == (200, 7, "p")


def test_state_comes_before_ours_in_both_roles():
    came = heard("state-before-ours", "CONNECTACK", [("relationship-name", "p")])
    assert [m.type for m in came] == ["CONNECTACK", "STATE"]
    said, = falsify.said(wire.encode("CONNECTACK", xid=1, time_s=100), "isc")
    assert wire.state_name(wire.Message(said, "isc").get("server-state")) == "NORMAL"


def test_other_client_and_other_addresses():
    update, = heard("other-client", "BNDUPD", [("assigned-IP-address", "10.0.0.1"),
                                               ("client-hardware-address", b"\x01abcdef")])
    assert update.get("client-hardware-address") == b"\x01" + bytes(6)
    ack, = heard("other-addresses", "BNDACK", [("assigned-IP-address", "10.0.0.1")])
    assert ack.get("assigned-IP-address") == "10.0.0.129"


def test_a_truthful_block_hears_no_lie():
    falsify.active = falsify.FALSEHOODS["no-contact"]
    contact = next(m for m in MESSAGES if wire.Message(m, "isc").type == "CONTACT")
    with falsify.truthful():
        assert falsify.heard(contact, "isc") == [contact]
    assert falsify.heard(contact, "isc") == []

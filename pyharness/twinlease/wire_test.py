from __future__ import annotations

import pytest

from twinlease import wire


def test_names_and_values_go_in_and_come_out():
    octets = wire.encode("BNDUPD", xid=9, time_s=1000, options=[
        ("assigned-IP-address", "10.77.1.5"), ("binding-status", "ACTIVE"), ("lease-expiration-time", 2000),
        ("client-hardware-address", b"\x01\x02\x00\x00\x00\x00\x01")])
    message = wire.Message(octets, "draft-12")
    assert (message.type, message.xid, message.time_s, message.error) == ("BNDUPD", 9, 1000, None)
    (transaction,) = message.transactions
    assert transaction.get("assigned-IP-address") == "10.77.1.5"
    assert transaction.get("binding-status") == 2
    assert transaction.get("client-hardware-address") == b"\x01\x02\x00\x00\x00\x00\x01"
    assert message.label() == "BNDUPD xid 9  10.77.1.5 ACTIVE"


def test_flags_of_a_wrong_length_are_no_flags_in_a_label():
    for flags in (b"", b"\1\1"):
        octets = wire.encode("STATE", xid=1, time_s=0, options=[("server-state", "NORMAL"), ("server-flags", flags)])
        assert wire.Message(octets, "draft-12").label() == "STATE NORMAL"


def test_a_batch_is_one_transaction_per_address():
    octets = wire.encode("BNDACK", xid=1, time_s=0, options=[
        ("assigned-IP-address", "10.0.0.1"), ("assigned-IP-address", "10.0.0.2"), ("reject-reason", 15)])
    message = wire.Message(octets, "draft-12")
    assert [(x.get("assigned-IP-address"), x.get("reject-reason")) for x in message.transactions] == [
        ("10.0.0.1", None), ("10.0.0.2", 15)]


def test_octets_are_sent_as_given_and_errors_come_as_values():
    octets = wire.encode("STATE", xid=1, time_s=0, options=[("server-state", b"\x02\x02"), ("server-flags", 0)])
    (error,) = wire.Message(octets, "isc").option_errors
    assert (error.option, error.clause, error.level) == (24, "FO-12.24-01", "option")


def test_what_fits_no_form_is_refused():
    with pytest.raises(TypeError, match="MCLT"):
        wire.encode_value("MCLT", "soon")
    with pytest.raises(ValueError, match="no-such-option"):
        wire.option_code("no-such-option")
    with pytest.raises(ValueError, match="2048"):
        wire.encode("CONTACT", xid=1, time_s=0, options=[(300, bytes(2040))])


@pytest.mark.parametrize("cut", range(1, 12))
def test_every_segmentation_gives_the_same_messages(cut):
    frames = [wire.encode("CONTACT", xid=n, time_s=0) for n in range(3)]
    stream = b"".join(frames)
    framer = wire.Framer()
    assert [m for i in range(0, len(stream), cut) for m in framer.feed(stream[i:i + cut])] == frames


def test_states_without_a_name_are_told_apart():
    assert [wire.state_name(n) for n in (2, 254, 12, 77)] == ["NORMAL", "RECOVER-WAIT", "RECOVER-WAIT", "state 77"]

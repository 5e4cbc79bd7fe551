"""tshark against `twinlease decode`, message by message; the table of disagreements, kind by kind."""

import random

import pytest

import compare  # first: it finds the decode tests' reader
from agreement import ROOT, message, one_connection, option, write_pcap
from agreement import ours as read_ours
from agreement import tsharks as read_tsharks
from dhcp_cases import Datagram, Plan
from dhcp_cases import DAMAGES as DHCP_DAMAGES
from dhcp_cases import option as dhcp_option
from disagreements import DATAGRAM_KINDS, KINDS, MESSAGE_KINDS, STREAM_KINDS, page_row
from failover_cases import DAMAGES, Plan as FailoverPlan, damaged, message_length, valid

FAILOVER_MESSAGES = 5000


@pytest.fixture(scope="module")
def outcome():
    return compare.compare(compare.SEED, lambda so_far: so_far.unknown or so_far.messages >= FAILOVER_MESSAGES)


def test_every_disagreement_is_known(outcome):
    assert not outcome.unknown, f"seed {compare.SEED}:\n" + "\n".join(outcome.unknown)
    assert outcome.messages >= FAILOVER_MESSAGES and outcome.datagrams >= 1000


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_known_kind_is_seen(outcome, kind):
    assert outcome.kinds[kind.name] > 0, "nothing disagrees so any more: this kind can go"


def test_every_damage_is_done(outcome):
    wanted = {d.__name__ for d in [*DAMAGES, message_length]} | {"dhcp " + d.__name__ for d in DHCP_DAMAGES}
    assert set(outcome.damages) == wanted | {"none", "dhcp none", "lost_segment"}


def test_a_seed_says_all():
    one, other = (compare.compare(5, lambda so_far: so_far.messages) for _ in range(2))
    assert one == other
    assert one.damages != compare.compare(6, lambda so_far: so_far.messages).damages


def test_valid_messages_are_valid_to_us(tmp_path):
    rng, path = random.Random(1), tmp_path / "valid.pcap"
    write_pcap(path, one_connection(*(valid(rng, xid).octets() for xid in range(500))))
    _, objects = read_ours(path)
    assert len(objects) == 500 and not [o for o in objects if "error" in o]


def test_what_cannot_be_damaged_stays_as_it_was():
    bare = FailoverPlan(11, 1)
    for damage in DAMAGES:
        changed = damaged(random.Random(1), bare, damage)
        assert (changed.damage == "none") == (changed is bare)


# The smallest octets that the two read differently in that way.
ADDRESS = option(2, bytes(4))
MESSAGES = {
    "type-not-understood": message(77, ADDRESS),
    "type-ignorable": message(128, ADDRESS),
    "option-overruns": message(3, ADDRESS + option(3, b"\x01", length=2)),
}


@pytest.mark.parametrize("kind", MESSAGE_KINDS, ids=lambda kind: kind.name)
def test_message(kind, tmp_path):
    path = tmp_path / "message.pcap"
    write_pcap(path, one_connection(MESSAGES[kind.name]))
    [mine], [found] = read_ours(path)
    [theirs] = read_tsharks(path)
    assert found["error"]["clause"] == kind.clause
    assert mine.options != theirs.options
    assert compare.message_kind(mine, theirs, found["error"]) is kind


CONTACT = message(11)
STREAMS = {  # segments, and the one that the capture lacks
    "goes-on-after-too-long": ([CONTACT, message(3, option(40, bytes(2049 - 16))), CONTACT], None),
    "goes-on-after-too-short": ([CONTACT, message(11, length=1), CONTACT], None),
    "begins-anew-after-a-gap": ([CONTACT, CONTACT, CONTACT], 1),
    "goes-on-behind-a-gap": ([CONTACT, CONTACT[:2], CONTACT[2:] + CONTACT, CONTACT], 2),
}


@pytest.mark.parametrize("kind", STREAM_KINDS, ids=lambda kind: kind.name)
def test_stream(kind, tmp_path):
    path, (payloads, lost) = tmp_path / "stream.pcap", STREAMS[kind.name]
    segments = list(one_connection(*payloads))
    if lost is not None:
        segments.pop(2 + lost)
    write_pcap(path, segments)
    mine, objects = read_ours(path)
    theirs = read_tsharks(path)
    places = [(s.sequence - 1, s.sequence - 1 + len(s.payload)) for s in segments if s.payload]
    assert len(mine) == 1 and mine == theirs[:1]
    assert objects[-1]["error"]["clause"] == ("" if lost is not None else kind.clause)
    assert compare.stream_kind(objects[-1], theirs[1:], b"".join(payloads), places) is kind


def dhcp(options, **fields):
    return Plan(1, {"options": options}, **fields).octets()


DISCOVER, ROUTER, STOP = dhcp_option(53, b"\x01"), dhcp_option(3, bytes(4)), b"\xff"
DATAGRAMS = {
    "shorter-than-the-fixed-fields": dhcp([])[:235],
    "hardware-length": dhcp([DISCOVER, STOP], hlen=17),
    "no-cookie": dhcp([bytes(60), DISCOVER, STOP], cookie=bytes(4)),
    "overload-without-meaning": Plan(
        1, {"options": [dhcp_option(52, b"\x01\x01"), STOP], "file": [ROUTER, STOP]}
    ).octets(),
    "option-outruns-its-field": Plan(
        1, {"options": [dhcp_option(52, b"\x01"), STOP], "file": [dhcp_option(12, bytes(126), length=127)]}
    ).octets(),
    "value-ends-dissection": dhcp([dhcp_option(53, b""), ROUTER, STOP]),
}


@pytest.mark.parametrize("kind", DATAGRAM_KINDS, ids=lambda kind: kind.name)
def test_datagram(kind, tmp_path):
    path, octets = tmp_path / "datagram.pcap", DATAGRAMS[kind.name]
    write_pcap(path, [Datagram(octets)])
    mine, errors = compare.dhcp_agreement.ours(path)
    theirs = compare.dhcp_agreement.tsharks(path)[1]
    assert 1 not in mine or mine[1].options != theirs.options
    assert errors[1].get("clause", kind.clause) == kind.clause
    assert compare.datagram_kind(octets, mine.get(1), theirs, errors[1]) is kind


def test_other_readings_are_not_explained(tmp_path):
    """A kind explains exactly what its mechanism gives: one octet more or less, and nothing is known of it."""
    path = tmp_path / "other.pcap"
    write_pcap(path, one_connection(MESSAGES["option-overruns"]))
    [mine], [found] = read_ours(path)
    [theirs] = read_tsharks(path)
    fewer = theirs._replace(options=theirs.options[:-1] + ((3, 2, ""),))
    later = theirs._replace(frame=theirs.frame + 1)
    assert compare.message_kind(mine, fewer, found["error"]) is None
    assert compare.message_kind(mine, later, found["error"]) is None
    assert compare.message_kind(mine, theirs, {}) is None
    assert compare.message_kind(mine._replace(options=()), theirs, found["error"]) is None, "ours has to be right"
    assert compare.stream_kind(None, [theirs], MESSAGES["option-overruns"], [(0, 99)]) is None


def test_we_have_to_have_stopped_for_a_reason():
    """Where nothing is wrong with the stream and nothing of it missing, no kind explains that only tshark goes on."""
    segment = (0, len(CONTACT))
    further = compare.agreement.Message(3, 0, 12, 11, 12, 0x6B02E831, 22, (), CONTACT.hex())
    for clause, level in (("FO-6.1-04", "message"), ("FO-6.1-05", "message"), ("", "capture")):
        stopped = {"stream_offset": 0, "error": {"clause": clause, "level": level}}
        assert compare.stream_kind(stopped, [further], CONTACT, [segment]) is None


def test_a_datagram_that_we_read_wrong_is_not_explained(tmp_path):
    path, octets = tmp_path / "other.pcap", dhcp([DISCOVER, ROUTER, STOP])
    write_pcap(path, [Datagram(octets)])
    mine, _ = compare.dhcp_agreement.ours(path)
    theirs = compare.dhcp_agreement.tsharks(path)
    assert mine == theirs
    fewer = mine[1]._replace(options=mine[1].options[:1])
    assert compare.datagram_kind(octets, fewer, theirs[1], {}) is None
    assert compare.datagram_kind(octets, None, theirs[1], {}) is None
    assert compare.datagram_kind(octets, mine[1], fewer, {}) is None


def test_the_page_has_the_table():
    page = (ROOT / "docs" / "fuzzing.md").read_text(encoding="utf-8").splitlines()
    rows = [page_row(kind) for kind in KINDS]
    assert [line for line in page if line in rows] == rows


def test_command_line(capsys):
    assert compare.main(["--messages", "1", "--seed", "9"]) == 0
    assert capsys.readouterr().out.startswith("seed 9\n")

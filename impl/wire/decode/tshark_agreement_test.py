"""tshark as the independent oracle: the same messages, octet for octet, in the same frames.

Codes are compared, never labels: tshark swaps the names of the types 7 and 9, and knows no state 254. Where the two are
known to disagree is in fuzz/differential/disagreements.py.
"""

import random

import pytest

from agreement import (
    ACK, FIN, PRIMARY, ROOT, SYN, Segment, message, one_connection, option, ours, read_segments, tsharks, write_pcap,
)

CAPTURES = sorted(path for path in (ROOT / "fuzz" / "captures").rglob("*.pcap*"))
ANY_ORDER = "tcp.reassemble_out_of_order:TRUE"  # without it tshark loses its place at partial retransmissions


def capture_id(path):
    return path.stem


def assert_agree(path, *preferences):
    mine, _ = ours(path)
    assert mine, "no message found: nothing compared"
    assert mine == tsharks(path, *preferences)
    return mine


def test_there_are_captures():
    assert len(CAPTURES) >= 14


@pytest.mark.parametrize("path", CAPTURES, ids=capture_id)
def test_capture(path):
    assert_agree(path)


def pieces_of(segment, rng):
    """The segment cut up, pieces anywhere from one octet to several messages long."""
    at = 0
    while at < len(segment.payload):
        size = rng.choice([1, 2, 3, 5, 11, 12, 13, 40, 200, 1000])
        last = at + size >= len(segment.payload)
        yield segment._replace(
            sequence=segment.sequence + at,
            flags=segment.flags if last else segment.flags & ~FIN,
            payload=segment.payload[at : at + size],
        )
        at += size


def cut_and_repeat(segments, rng):
    """Every payload cut up; some pieces sent again, at once or later, or in one with the octets before them."""
    history = {}
    for segment in segments:
        way = (segment.source, segment.destination)
        if segment.flags & SYN:
            history[way] = (segment.sequence + 1, b"")
        pieces = list(pieces_of(segment, rng)) or [segment]
        for n, piece in enumerate(pieces):
            if piece.payload:
                start, sent = history[way]
                sent += piece.payload
                history[way] = (start, sent)
                back = rng.choice([0, 0, 0, 1, 7, 30])
                first = max(0, len(sent) - len(piece.payload) - back)
                piece = piece._replace(sequence=start + first, payload=sent[first:])
            yield piece
            if piece.payload and rng.random() < 0.2:
                yield rng.choice(pieces[: n + 1])._replace(flags=ACK)


def shuffle(segments, rng):
    """Every payload cut up, neighbouring pieces now and then in the wrong order."""
    for segment in segments:
        pieces = list(pieces_of(segment, rng)) or [segment]
        for n in range(len(pieces) - 1):
            if rng.random() < 0.4:
                pieces[n], pieces[n + 1] = pieces[n + 1], pieces[n]
        yield from pieces


def wrap(segments, _):
    """Sequence numbers that pass 2^32 after 50 octets."""
    first = {}
    for segment in segments:
        way, back = (segment.source, segment.destination), (segment.destination, segment.source)
        if segment.flags & SYN:
            first[way] = segment.sequence
        yield segment._replace(
            sequence=segment.sequence - first.get(way, 0) - 50,
            acknowledged=segment.acknowledged - first.get(back, 0) - 50,
        )


def without_beginning(segments, _):
    return (segment for segment in segments if not segment.flags & SYN)


@pytest.mark.parametrize("change", [cut_and_repeat, shuffle, wrap, without_beginning], ids=lambda f: f.__name__)
@pytest.mark.parametrize("path", CAPTURES[::2], ids=capture_id)
def test_same_messages_in_other_segments(path, change, tmp_path):
    changed = tmp_path / "changed.pcap"
    write_pcap(changed, change(list(read_segments(path)), random.Random(path.stem)))
    found = assert_agree(changed, ANY_ORDER)
    original, _ = ours(path)
    assert [m[2:] for m in found] == [m[2:] for m in original]


@pytest.mark.parametrize("payload_offset", [8, 12])
def test_every_option_in_many_lengths(payload_offset, tmp_path):
    """Legal lengths or not: code, length and value of each option are the same (FO-6.1-19, A-01)."""
    path = tmp_path / "options.pcap"
    codes = [*range(0, 46), 255, 300, 65535]
    lengths = (0, 1, 2, 3, 4, 5, 7, 8, 32, 33)
    write_pcap(
        path,
        one_connection(*(
            message(3, option(code, bytes(range(1, n + 1))), payload_offset) for code in codes for n in lengths
        )),
    )
    assert len(assert_agree(path)) == len(codes) * len(lengths)


def test_every_type(tmp_path):
    path = tmp_path / "types.pcap"
    write_pcap(path, one_connection(*(message(t) for t in range(256))))
    assert [m.type for m in assert_agree(path)] == list(range(256))


def test_header_octets_beyond_the_fixed_ones(tmp_path):
    """FO-6.1-07, FO-6.1-21"""
    path = tmp_path / "header.pcap"
    write_pcap(
        path,
        one_connection(
            *(message(10, option(24, b"\x02"), 12 + n, bytes(n)) for n in (1, 2, 8)),
            *(message(10, option(24, b"\x02"), n) for n in (0, 7, 9, 11, 255)),  # impossible ones
        ),
    )
    assert len(assert_agree(path)) == 8


def test_longest_message_and_stray_octets(tmp_path):
    path = tmp_path / "edges.pcap"
    write_pcap(
        path, one_connection(message(3, option(40, bytes(2048 - 16))), *(message(11, bytes(n)) for n in (1, 2, 3)))
    )
    assert len(assert_agree(path)) == 4


def test_resets_end_a_connection(tmp_path):
    path = tmp_path / "reset.pcap"
    segments = list(one_connection(message(11)))
    reset = Segment(PRIMARY, segments[0].destination, 13, 1, 0x04)
    again = [s._replace(sequence=s.sequence + 5000, acknowledged=s.acknowledged and s.acknowledged + 5000) for s in segments]
    write_pcap(path, [*segments, reset, *again])
    assert [(m.frame, m.stream) for m in assert_agree(path)] == [(3, 0), (7, 1)]

"""Where tshark 4.0 and `twinlease decode` are known to read the same octets differently: who is right, and why.

Nothing is excused by its looks. For a message, our reading must be the one that the clauses give, and tshark's exactly
the one that its mechanism gives for these octets: both are written down here once more. For a stream, what tshark reads
on after we stopped must begin where the mechanism says. Whatever is not explained so is unknown, and fails the
comparison.
"""

import struct
from typing import Callable, NamedTuple

from dhcp_cases import COOKIE, END, OVERLOAD, PAD
from failover_cases import TYPES

FIELDS = {"sname": (44, 108), "file": (108, 236)}  # RFC 2131 2: first octet, end
OPTIONS_AT = 240
VEND_END = 300  # RFC 951


class Kind(NamedTuple):
    """A kind of disagreement. applies(octets, error): whether it is the one to expect of these octets, given the error
    that we name for them ({} for none)."""

    name: str
    clause: str
    ours: str
    tsharks: str
    right: str
    applies: Callable = lambda octets, error: False


# A message of failover: octets that both frame alike.
MESSAGE_KINDS = [
    Kind(
        "type-not-understood", "FO-6.1-10",
        "no option of the message is used",
        "options are dissected whatever the type",
        "ours: the connection has to be closed, so nothing of the message may be used",
        lambda octets, error: octets[2] not in TYPES and octets[2] < 128,
    ),
    Kind(
        "type-ignorable", "FO-6.1-11",
        "no option of the message is used",
        "options are dissected whatever the type",
        "ours: the message is ignored as a whole",
        lambda octets, error: octets[2] >= 128,
    ),
    Kind(
        "option-overruns", "FO-6.1-19",
        "the option is none; its octets are the tail of the message",
        "the option is shown with what is left of the message as its value",
        "ours: the length in front of a value is the length of the value, and no value of that length is there",
        lambda octets, error: octets[2] in TYPES,
    ),
]

# A direction of a connection: what tshark reads after we gave up.
STREAM_KINDS = [
    Kind(
        "goes-on-after-too-long", "FO-6.1-04",
        "a length above 2048 ends the decoding: no message has it, so the next one cannot be found by it",
        "a message of any length up to 65535 is dissected, and the one behind it",
        "ours: a message has at most 2048 octets (A-43 closes the connection)",
    ),
    Kind(
        "goes-on-after-too-short", "FO-6.1-05",
        "a length below 12 ends the decoding",
        "octets of that length are passed over; with a length of 0 or 1 the rest of the segment is given up, and the"
        " next one taken for the beginning of a message",
        "ours: no message is that short, so the next one cannot be found by it (A-43 closes the connection)",
    ),
    Kind(
        "begins-anew-after-a-gap", "FO-6.1-03",
        "octets that the capture lacks end the decoding",
        "the segment after the gap is taken for the beginning of a message",
        "ours: where the next message begins may be said by a length that lies in the gap",
    ),
    Kind(
        "goes-on-behind-a-gap", "FO-6.1-03",
        "octets that the capture lacks end the decoding",
        "the message with the gap is passed over by its length, where the capture has that, and the next one read",
        "both: the length says where the next message begins; ours decodes no direction in two pieces",
    ),
]

# A DHCP message. The clause of a DHCP message is a section of an RFC.
DATAGRAM_KINDS = [
    Kind(
        "shorter-than-the-fixed-fields", "RFC2131-2",
        "the message is refused",
        "the fields that are there are shown",
        "ours: a message has 236 octets before its options",
        lambda octets, error: len(octets) < 236,
    ),
    Kind(
        "hardware-length", "RFC2131-2",
        "a message with hlen above 16 is refused",
        "its options are dissected",
        "ours: chaddr has 16 octets, so hlen tells of a message that is not laid out as it says",
        lambda octets, error: octets[2] > 16,
    ),
    Kind(
        "no-cookie", "RFC2131-3",
        "a message without the magic cookie has no options",
        "64 octets are taken for the vend field of BOOTP, and what follows them for options",
        "ours: the options field begins with the cookie; without it, its form is the vendor's own",
        lambda octets, error: octets[236:240] != COOKIE,
    ),
    Kind(
        "overload-without-meaning", "RFC2132-9.3",
        "file and sname are read as options for a value of one octet, 1 to 3, and no other; options of one code are"
        " one value in parts (RFC 3396)",
        "the lowest bits of the first octet of the first option 52 that is not empty decide, if the last one begins"
        " with 1, 2 or 3",
        "ours: the option has one octet, and the only values are 1, 2 and 3",
        lambda octets, error: b"".join(values_of(OVERLOAD, octets)) not in (b"", b"\1", b"\2", b"\3"),
    ),
    Kind(
        "option-outruns-its-field", "RFC2131-4.1",
        "an option ends in the field in which it begins",
        "an option of file or sname may run on into what follows; one that runs past the message ends the dissection"
        " of all fields, whatever of them was still to come",
        "ours: the options of each field end within it, and a fault in one field leaves the others whole",
        lambda octets, error: error.get("clause") == "RFC2131-4.1" and error["offset"] < OPTIONS_AT,
    ),
    Kind(
        "value-ends-dissection", "RFC2132-2",
        "a value that does not fit its option leaves the next option whole",
        "dissecting the value of some option fails (the packet is marked malformed), and nothing behind it is shown",
        "ours: code and length alone say where the next option begins",
    ),
]

KINDS = MESSAGE_KINDS + STREAM_KINDS + DATAGRAM_KINDS


def page_row(kind):
    """The row of a kind in docs/fuzzing.md."""
    return f"| {kind.name} | {kind.clause} | {kind.ours} | {kind.tsharks} | {kind.right} |"


def tshark_reads_message(octets):
    """The options (code, length, value in hex) that tshark shows of a failover message: of any type, the last of them
    with what is left."""
    found, at = [], 12 if octets[3] == 8 else octets[3]
    while 12 <= at and len(octets) - at >= 4:
        code, length = struct.unpack_from("!HH", octets, at)
        found.append((code, length, octets[at + 4 : at + 4 + length].hex()))
        at += 4 + length
    return tuple(found)


def right_message(octets):
    """The options of a failover message as the clauses of MESSAGE_KINDS have them."""
    found = tshark_reads_message(octets) if octets[2] in TYPES else ()
    return found[:-1] if found and len(found[-1][2]) != 2 * found[-1][1] else found


def message_kind(mine, theirs, error):
    """The Kind that explains a message of failover that the two read differently, or None."""
    octets = bytes.fromhex(mine.octets)
    if mine.options != right_message(octets) or theirs != mine._replace(options=tshark_reads_message(octets)):
        return None
    kind = next(kind for kind in MESSAGE_KINDS if kind.applies(octets, error))
    return kind if error.get("clause") == kind.clause else None


def length_at(stream, at):
    """The length that the message beginning there says; 0 where the stream ends."""
    return int.from_bytes(stream[at : at + 2], "big")


def passed_over(stream, at):
    """Where the next message of at least 12 octets begins, as tshark sees it."""
    while 2 <= length_at(stream, at) < 12:
        at += length_at(stream, at)
    return at


def is_missing(first, last, segments):
    """Whether some octet of the stream between the two offsets is in no segment."""
    return not all(any(begin <= n < end for begin, end in segments) for n in range(first, last))


def stream_kind(stopped, further, stream, segments):
    """The Kind that explains what tshark reads of a direction after we stopped, or None.

    stopped: our record of the abandoned direction, or None. further: tshark's messages after ours, the first at least.
    stream: the octets sent. segments: where in the stream each segment of the capture begins and ends.
    """
    if stopped is None:
        return None
    at, clause, level = stopped["stream_offset"], stopped["error"]["clause"], stopped["error"]["level"]
    first = bytes.fromhex(further[0].octets)
    begins = {n for n in range(at, len(stream)) if stream[n : n + len(first)] == first}
    starts = {passed_over(stream, begin) for begin, _ in segments}
    too_long, too_short, anew, behind = STREAM_KINDS
    if clause == "FO-6.1-04":
        return too_long if further[0].length > 2048 and at in begins else None
    if clause == "FO-6.1-05" and length_at(stream, at) < 12:
        return too_short if begins & ({passed_over(stream, at)} | starts) else None
    if level != "capture" or not is_missing(at, at + max(2, length_at(stream, at)), segments):
        return None
    behind_it = passed_over(stream, at + length_at(stream, at))
    if behind_it in begins and not is_missing(at, at + 2, segments):
        return behind
    return anew if begins & starts else None


def whole_options(octets, at, limit, end=None):
    """(offset, code, value) of the options that begin before `limit`, up to the end option; the value is None of one
    that runs past `end` (default: of the message), and nothing follows it."""
    end = len(octets) if end is None else end
    while at < limit and octets[at] != END:
        if octets[at] == PAD:
            at += 1
            continue
        whole = at + 1 < end and at + 2 + octets[at + 1] <= end
        yield at, octets[at], octets[at + 2 : at + 2 + octets[at + 1]] if whole else None
        if not whole:
            return
        at += 2 + octets[at + 1]


def values_of(wanted, octets, at=OPTIONS_AT):
    """The values of the options of that code in the options field."""
    return [value for _, code, value in whole_options(octets, at, len(octets)) if code == wanted and value is not None]


def tshark_reads_datagram(octets):
    """The options (offset, code, value in hex) that tshark shows of a DHCP message, in the order of its dissection, as
    long as no value ends it."""
    begin = OPTIONS_AT if octets[236:240] == COOKIE else VEND_END
    values = values_of(OVERLOAD, octets, begin)
    read = bool(values and values[-1]) and 1 <= values[-1][0] <= 3  # whether file and sname are, the last one decides
    found = []
    for at, code, value in whole_options(octets, begin, len(octets)):
        if value is None:
            break
        found.append((at, code, value.hex()))
        if code != OVERLOAD or not value or not read:
            continue
        # Which of them, the first that is not empty; there they are dissected, sname first.
        read = False
        inside = [x for bit, field in ((2, "sname"), (1, "file")) if value[0] & bit
                  for x in whole_options(octets, *FIELDS[field])]
        for place, inner, content in inside:
            if content is None:
                return found
            found.append((place, inner, content.hex()))
    return found


def right_datagram(octets):
    """The options of a DHCP message as the clauses of DATAGRAM_KINDS have them; None if it is to be refused."""
    if len(octets) < 236 or octets[2] > 16:
        return None
    if octets[236:240] != COOKIE:
        return ()
    overload = b"".join(values_of(OVERLOAD, octets))
    areas = [(OPTIONS_AT, len(octets))]
    if overload in (b"\1", b"\2", b"\3"):
        areas += [FIELDS[field] for bit, field in ((1, "file"), (2, "sname")) if overload[0] & bit]
    found = [x for first, last in areas for x in whole_options(octets, first, last, last)]
    return tuple(sorted((at, code, value.hex()) for at, code, value in found if value is not None))


def datagram_kind(octets, mine, theirs, error):
    """The Kind that explains a DHCP message that the two read differently, or None. mine: None where we refuse it."""
    if theirs is None or mine is not None and (mine.frame, mine.xid) != (theirs.frame, theirs.xid):
        return None
    if right_datagram(octets) != (mine.options if mine is not None else None):
        return None
    whole = tshark_reads_datagram(octets)
    shown = whole[: len(theirs.options)]
    if theirs.options != tuple(sorted(shown)) or shown != whole and not theirs.malformed:
        return None
    *kinds, value_ends_dissection = DATAGRAM_KINDS
    if shown != whole and mine is not None:
        return value_ends_dissection
    return next((kind for kind in kinds if kind.applies(octets, error)), None)

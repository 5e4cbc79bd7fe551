"""What tshark and `twinlease decode` each find in a capture, in one common form; and captures made up for both."""

import json
import os
import pathlib
import struct
import subprocess
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[3]
DECODE = pathlib.Path(os.environ.get("TWINLEASE_BIN", ROOT / "build" / "bin")) / "twinlease-decode"
PORT = 647


class Message(NamedTuple):
    """One failover message; options are (code, length, value in hex), octets the whole message in hex."""

    frame: int
    stream: int
    length: int
    type: int
    payload_offset: int
    time: int
    xid: int
    options: tuple
    octets: str


def decode(path, *arguments, stdin=subprocess.DEVNULL):
    """The process, ended, that decoded the file."""
    return subprocess.run([DECODE, str(path), *arguments], stdin=stdin, capture_output=True, text=True, timeout=60)


def octets_of(o):
    """The message in hex, put together again from the keys of its JSON object."""
    if "hex" in o:
        return o["hex"]
    header = struct.pack("!HBBII", o["length"], o["type_code"], o["payload_offset"], o["time"], o["xid"]).hex()
    options = "".join(f"{x['code']:04x}{len(x['hex']) // 2:04x}{x['hex']}" for x in o["options"])
    return header + o.get("extra_header", "") + options + o.get("tail", "")


def ours(path):
    """The messages that `twinlease decode` finds, and all of its JSON objects."""
    objects = [json.loads(line) for line in decode(path, "--json").stdout.splitlines()]
    messages = [
        Message(
            o["frame"], o["stream"], o["length"], o["type_code"], o["payload_offset"], o["time"], o["xid"],
            tuple((x["code"], len(x["hex"]) // 2, x["hex"]) for x in o["options"]), octets_of(o),
        )
        for o in objects
        if o["proto"] == "failover" and "type_code" in o
    ]
    return messages, objects


# tshark's JSON repeats keys: one for each message of a frame, one for each option. Objects are read as lists of pairs.
def _all(pairs, key):
    return [value for name, value in pairs if name == key]


def _first(pairs, key):
    return _all(pairs, key)[0]


def _number(pairs, field):
    """A field by its octets, never by its label: the labels of the types 7 and 9 are swapped (FO-6.1-09)."""
    return int(_first(pairs, field + "_raw")[0], 16)


def _options(message):
    for payload in _all(message, "dhcpfo.payloaddata"):
        for raw, option in zip(_all(payload, "dhcpfo.dhcpstyleoption_raw"), _all(payload, "dhcpfo.dhcpstyleoption")):
            yield _number(option, "dhcpfo.optioncode"), _number(option, "dhcpfo.optionlength"), raw[0][8:]


def tsharks(path, *preferences):
    """The messages that tshark finds."""
    command = ["tshark", "-r", str(path), "-Y", "dhcpfo", "-T", "json", "-x", "-J", "frame tcp dhcpfo"]
    command += [word for preference in preferences for word in ("-o", preference)]
    # Of texts in messages, tshark prints octets that are no UTF-8; nothing of them is compared.
    done = subprocess.run(command, capture_output=True, errors="replace", timeout=120, check=True)
    messages = []
    for packet in json.loads(done.stdout, object_pairs_hook=list):
        layers = _first(_first(packet, "_source"), "layers")
        frame = int(_first(_first(layers, "frame"), "frame.number"))
        stream = int(_first(_first(layers, "tcp"), "tcp.stream"))
        for raw, m in zip(_all(layers, "dhcpfo_raw"), _all(layers, "dhcpfo")):
            fields = ["dhcpfo." + name for name in ("length", "type", "poffset", "time", "xid")]
            if isinstance(m, list) and all(_all(m, field) for field in fields):  # not cut short by the dissector
                numbers = (_number(m, field) for field in fields)
                messages.append(Message(frame, stream, *numbers, tuple(_options(m)), raw[0]))
    return messages


SYN, ACK, FIN = 0x02, 0x10, 0x01


class Segment(NamedTuple):
    source: tuple  # (address, port)
    destination: tuple
    sequence: int
    acknowledged: int
    flags: int
    payload: bytes = b""

    def packet(self):
        tcp = struct.pack(
            "!HHIIBBHHH", self.source[1], self.destination[1], self.sequence % 2**32, self.acknowledged % 2**32,
            5 << 4, self.flags, 65535, 0, 0,
        )
        length = 20 + len(tcp) + len(self.payload)
        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, 6, 0, self.source[0], self.destination[0]) \
            + tcp + self.payload


def write_pcap(path, segments):
    """A capture of raw IPv4, a millisecond between frames; a segment is whatever has a packet()."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
        for n, segment in enumerate(segments):
            packet = segment.packet()
            seconds, ms = divmod(n, 1000)
            file.write(struct.pack("<IIII", 1_795_352_611 + seconds, ms * 1000, len(packet), len(packet)) + packet)


def read_segments(path):
    """The TCP segments of a capture of Ethernet frames, options of IP and TCP left out."""
    data = path.read_bytes()
    at = 24
    while at < len(data):
        captured = struct.unpack_from("<I", data, at + 8)[0]
        ip = data[at + 16 + 14 : at + 16 + captured]
        at += 16 + captured
        if data[at - captured + 12 : at - captured + 14] != b"\x08\x00" or ip[9] != 6:
            continue
        tcp = ip[4 * (ip[0] & 15) : struct.unpack_from("!H", ip, 2)[0]]
        source, destination, sequence, acknowledged, header, flags = struct.unpack_from("!HHIIBB", tcp)
        yield Segment(
            (ip[12:16], source), (ip[16:20], destination), sequence, acknowledged, flags, tcp[4 * (header >> 4) :]
        )


PRIMARY = (bytes([10, 77, 0, 2]), 40000)
SECONDARY = (bytes([10, 77, 0, 3]), PORT)


def one_connection(*payloads):
    """The primary sends each payload in a segment of its own."""
    yield Segment(PRIMARY, SECONDARY, 0, 0, SYN)
    yield Segment(SECONDARY, PRIMARY, 0, 1, SYN | ACK)
    sequence = 1
    for payload in payloads:
        yield Segment(PRIMARY, SECONDARY, sequence, 1, ACK, payload)
        sequence += len(payload)


def message(type_, options=b"", payload_offset=12, extra_header=b"", length=None, xid=22):
    """A failover message; its length is right unless said otherwise."""
    body = struct.pack("!II", 0x6B02E831, xid) + extra_header + options
    return struct.pack("!HBB", 4 + len(body) if length is None else length, type_, payload_offset) + body


def option(code, value=b"", length=None):
    return struct.pack("!HH", code, len(value) if length is None else length) + value

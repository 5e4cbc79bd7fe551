"""DHCPv4 messages made up for two decoders: valid by RFC 2131 and RFC 2132, then damaged in one place each.

Whatever is drawn is drawn from the generator given, so that a seed says all.
"""

import copy
import struct
from dataclasses import dataclass, field
from typing import NamedTuple

COOKIE = bytes([99, 130, 83, 99])
PAD, OVERLOAD, MESSAGE_TYPE, END = 0, 52, 53, 255
AREAS = {"options": 1200, "file": 128, "sname": 64}  # octets that options may fill

# Code: lengths that its definition allows (RFC 2132, RFC 3046, RFC 4388, RFC 4702). Other codes take any.
LENGTHS = {
    1: [4], 2: [4], 3: [4, 8], 6: [4, 12], 12: [1, 20], 15: [1, 30], 19: [1], 23: [1], 28: [4], 33: [8, 16], 50: [4],
    51: [4], 54: [4], 55: [1, 7, 30], 56: [1, 60], 57: [2], 58: [4], 59: [4], 60: [1, 40], 61: [2, 7, 19],
    91: [4], 92: [4, 8], 93: [2], 94: [3], 97: [17], 118: [4],
}


@dataclass
class Plan:
    """A datagram before it is written: for each area, the octets of its options, end and pads included."""

    xid: int
    areas: dict = field(default_factory=dict)
    hlen: int = 6
    cookie: bytes = COOKIE
    size: int | None = None  # octets kept of the whole
    damage: str = "none"

    def octets(self):
        options, file, sname = (b"".join(self.areas.get(name, [])) for name in AREAS)
        head = struct.pack("!BBBBIHH", 1, 1, self.hlen, 0, self.xid, 0, 0x8000)
        addresses = bytes([10, 77, 1, 1]) + bytes(12)
        chaddr = bytes([2, 0, 0, 0, 1, 0x70]).ljust(16, b"\0")
        whole = head + addresses + chaddr + sname.ljust(64, b"\0") + file.ljust(128, b"\0") + self.cookie + options
        return whole[: self.size]


class Datagram(NamedTuple):
    """UDP over raw IPv4, from a client (port 68) to a server (port 67)."""

    payload: bytes

    def packet(self):
        ip = struct.pack(
            "!BBHHHBBH4s4s", 0x45, 0, 28 + len(self.payload), 0, 0, 64, 17, 0,
            bytes([10, 77, 0, 9]), bytes([10, 77, 0, 2]),
        )
        return ip + struct.pack("!HHHH", 68, 67, 8 + len(self.payload), 0) + self.payload


def option(code, value, length=None):
    return bytes([code, len(value) if length is None else length]) + value


def drawn_option(rng):
    code = rng.choice([*LENGTHS, rng.randint(128, 223)])
    return option(code, rng.randbytes(rng.choice(LENGTHS.get(code, [0, 1, 5, 33]))))


def valid(rng, xid):
    """A message with some options, pads between them now and then, an end, and pads; now and then options in file and
    sname (RFC 2131 4.1) and one value in two fragments (RFC 3396)."""
    overloaded = rng.choice([0, 0, 0, 1, 2, 3])
    parts = [option(MESSAGE_TYPE, bytes([rng.randint(1, 8)]))]
    parts += [drawn_option(rng) for _ in range(rng.randint(0, 10))]
    if rng.random() < 0.1:
        parts += [option(224, rng.randbytes(255)), option(224, rng.randbytes(rng.randint(1, 200)))]
    if overloaded:
        parts.append(option(OVERLOAD, bytes([overloaded])))
    rng.shuffle(parts)
    for _ in range(rng.choice([0, 0, 1, 3])):
        parts.insert(rng.randint(0, len(parts)), bytes(rng.randint(1, 4)))
    plan = Plan(xid, {"options": [*parts, bytes([END]), bytes(rng.choice([0, 0, 3, 40]))]})
    for bit, area in ((1, "file"), (2, "sname")):
        if overloaded & bit:
            inside = [drawn_option(rng) for _ in range(rng.randint(0, 3))]
            while sum(map(len, inside)) >= AREAS[area]:
                inside.pop()
            plan.areas[area] = [*inside, bytes([END])]
    return plan


def _chosen(rng, plan):
    """The list of an area, and the place in it of an option of at least two octets; None if there is none."""
    every = ((parts, n) for parts in plan.areas.values() for n in range(len(parts)))
    places = [(parts, n) for parts, n in every if parts[n] and parts[n][0] not in (PAD, END)]
    return rng.choice(places) if places else None


# What can be done to a plan. Each returns False where the plan has nothing to do it to.
def option_length(rng, plan):
    parts, n = _chosen(rng, plan) or (None, 0)
    if parts is None:
        return False
    part = parts[n]
    parts[n] = bytes([part[0], (part[1] + rng.choice([-1, 1, 1, 30])) % 256]) + part[2:]
    return True


def option_code(rng, plan):
    parts, n = _chosen(rng, plan) or (None, 0)
    if parts is None:
        return False
    parts[n] = bytes([rng.choice([PAD, END, rng.randrange(256)])]) + parts[n][1:]
    return True


def option_value(rng, plan):
    """A value of another length, its length field right."""
    parts, n = _chosen(rng, plan) or (None, 0)
    if parts is None:
        return False
    parts[n] = option(parts[n][0], rng.randbytes(rng.randint(0, 9)))
    return True


def duplicate_option(rng, plan):
    parts, n = _chosen(rng, plan) or (None, 0)
    if parts is None:
        return False
    parts.insert(rng.randint(0, len(parts)), parts[n])
    return True


def end_missing(rng, plan):
    parts = rng.choice(list(plan.areas.values()))
    if bytes([END]) not in parts:
        return False
    parts.remove(bytes([END]))
    return True


def stray_octets(rng, plan):
    """Octets after the end that are no pads."""
    rng.choice(list(plan.areas.values())).append(rng.choice([drawn_option(rng), rng.randbytes(3)]))
    return True


def truncation(rng, plan):
    plan.size = rng.randint(230, len(plan.octets()))
    return True


def overload(rng, plan):
    """Option overload with a value that is none, or where file and sname hold no options."""
    value = rng.choice([b"", b"\0", b"\1", b"\2", b"\3", b"\4", b"\1\1"])
    plan.areas["options"].insert(0, option(OVERLOAD, value))
    return True


def hardware_length(rng, plan):
    plan.hlen = rng.choice([0, 1, 16, 17, 255])
    return True


def cookie(rng, plan):
    plan.cookie = rng.choice([rng.randbytes(4), bytes(4), b""])
    return True


DAMAGES = [
    option_length, option_code, option_value, duplicate_option, end_missing, stray_octets, truncation, overload,
    hardware_length, cookie,
]


def datagram_plan(rng, xid):
    """A valid plan, or one damaged in one place."""
    plan = valid(rng, xid)
    if rng.random() < 0.5:
        return plan
    damage, changed = rng.choice(DAMAGES), copy.deepcopy(plan)
    fits = damage(rng, changed) and all(sum(map(len, parts)) <= AREAS[name] for name, parts in changed.areas.items())
    if not fits:
        return plan
    changed.damage = damage.__name__
    return changed

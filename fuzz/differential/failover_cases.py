"""Failover messages made up for two decoders: valid by section 12, then damaged in one place each.

A message is planned as a Plan and written by the packer of the decode tests, never by the codec under test. Codes and
lengths of options come from model/spec/options.csv. Whatever is drawn is drawn from the generator given, so that a seed
says all.
"""

import copy
import csv
from dataclasses import dataclass, field

from agreement import ACK, FIN, PORT, ROOT, SYN, Segment, message, option

LARGEST = 2048  # FO-6.1-04
BATCHED = (3, 4)  # BNDUPD, BNDACK: transactions, each begun by an assigned-IP-address (6.3)


@dataclass
class Plan:
    """A message before it is written. An option is [code, value, length or None for the right one]."""

    type: int
    xid: int
    options: list = field(default_factory=list)
    payload_offset: int = 12
    extra_header: bytes = b""
    length: int | None = None
    cut: int = 0  # octets left out at the end
    damage: str = "none"

    def octets(self):
        options = b"".join(option(code, value, length) for code, value, length in self.options)
        whole = message(self.type, options, self.payload_offset, self.extra_header, self.length, self.xid)
        return whole[: len(whole) - self.cut]


def read_option_table():
    """Type name -> [(code, least length, greatest length)], of the draft and of Microsoft."""
    table = {}
    with open(ROOT / "model" / "spec" / "options.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rule = row["length_rule"].removeprefix("n>=").split()[0].rstrip(";")
            least = int(rule) if rule.isdigit() else 1
            greatest = least if row["length_rule"].isdigit() else least + 24
            for name in row["used_in"].replace(";", ",").split(","):
                if name.strip():
                    table.setdefault(name.split()[0], []).append((int(row["code"]), least, greatest))
    return table


TYPES = {
    1: "POOLREQ", 2: "POOLRESP", 3: "BNDUPD", 4: "BNDACK", 5: "CONNECT", 6: "CONNECTACK", 7: "UPDREQALL", 8: "UPDDONE",
    9: "UPDREQ", 10: "STATE", 11: "CONTACT", 12: "DISCONNECT",
}
OPTIONS = read_option_table()


def valid(rng, xid):
    """A message of any type with options that its type may have, and now and then one that nobody knows."""
    plan = Plan(rng.choice([*TYPES, *BATCHED, *BATCHED]), xid)
    allowed = [row for row in OPTIONS.get(TYPES[plan.type], []) if row[0] != 2]
    transactions = rng.choice([1, 1, 2, 5]) if plan.type in BATCHED else 0
    for part in range(max(1, transactions)):
        if transactions:
            plan.options.append([2, rng.randbytes(4), None])
        for code, least, greatest in rng.sample(allowed, rng.randint(0, min(8, len(allowed)))):
            plan.options.append([code, rng.randbytes(rng.randint(least, greatest)), None])
        if rng.random() < 0.05:
            plan.options.append([rng.choice([42, 255, 300, 65535]), rng.randbytes(rng.randint(0, 40)), None])
    if rng.random() < 0.1:
        plan.extra_header = rng.randbytes(rng.randint(1, 20))
    plan.payload_offset = 12 + len(plan.extra_header)
    if not plan.extra_header and rng.random() < 0.2:
        plan.payload_offset = 8
    if rng.random() < 0.01:
        room = LARGEST - len(plan.octets()) - 4
        plan.options.append([16, rng.randbytes(room), None])
    return plan


# What can be done to a plan. Each returns False where the plan has nothing to do it to.
def option_length(rng, plan):
    if not plan.options:
        return False
    chosen = rng.choice(plan.options)
    chosen[2] = max(0, len(chosen[1]) + rng.choice([-1, 1, 1, 255, 60000]))
    return chosen[2] != len(chosen[1])


def option_code(rng, plan):
    if not plan.options:
        return False
    rng.choice(plan.options)[0] = rng.choice([0, rng.randint(1, 41), rng.randint(42, 65535)])
    return True


def option_value(rng, plan):
    """A value of another length, its length field right."""
    if not plan.options:
        return False
    rng.choice(plan.options)[1] = rng.randbytes(rng.randint(0, 9))
    return True


def duplicate_option(rng, plan):
    if not plan.options:
        return False
    plan.options.insert(rng.randint(0, len(plan.options)), list(rng.choice(plan.options)))
    return True


def batch_order(rng, plan):
    """Options of a batch in another order: of other addresses, or before any address."""
    if plan.type not in BATCHED or len(plan.options) < 2:
        return False
    rng.shuffle(plan.options)
    return True


def message_type(rng, plan):
    plan.type = rng.choice([0, rng.randint(13, 127), rng.randint(128, 255)])
    return True


def payload_offset(rng, plan):
    plan.payload_offset = rng.choice([rng.randint(0, 11), rng.randint(13, 24), rng.randint(0, 255)])
    return True


def stray_octets(rng, plan):
    """Octets after the last option, too few for another."""
    whole = plan.octets()
    plan.extra_header, plan.options = whole[12:] + rng.randbytes(rng.randint(1, 3)), []
    return True


def truncation(rng, plan):
    """The end is missing, and the length says so."""
    size = len(plan.octets())
    if size == 12:
        return False
    plan.cut = rng.randint(1, size - 12)
    plan.length = size - plan.cut
    return True


def message_length(rng, plan):
    """The length is wrong: what follows is framed from a wrong place, or not at all."""
    size = len(plan.octets())
    plan.length = rng.choice([size - 1, size + 1, size + 12, rng.randint(0, 11), rng.randint(2049, 2200)])
    return True


DAMAGES = [
    option_length, option_code, option_value, duplicate_option, batch_order, message_type, payload_offset, stray_octets,
    truncation,
]


def damaged(rng, plan, damage):
    """The plan with that damage; as it was where it has nothing to damage or would become too long."""
    changed = copy.deepcopy(plan)
    if not damage(rng, changed) or len(changed.octets()) > LARGEST:
        return plan
    changed.damage = damage.__name__
    return changed


def conversation(rng, xids):
    """Some messages for one connection. At most one breaks the framing, so that much is left to compare."""
    plans = [valid(rng, next(xids)) for _ in range(rng.randint(1, 24))]
    for n, plan in enumerate(plans):
        if rng.random() < 0.4:
            plans[n] = damaged(rng, plan, rng.choice(DAMAGES))
    if rng.random() < 0.2:
        n = rng.randrange(len(plans))
        plans[n] = damaged(rng, plans[n], message_length)
    return plans


def connection(rng, number, stream, lose):
    """Segments of one TCP connection in which the client sends the stream: handshake, pieces of any size, FIN or none.
    lose: whether the capture lacks one of them."""
    client = (bytes([10, 77, 0, 2]), 1024 + number)
    server = (bytes([10, 77, 0, 3]), PORT)
    first = rng.randrange(2**32)
    segments = [Segment(client, server, first, 0, SYN), Segment(server, client, 0, first + 1, SYN | ACK)]
    at = 0
    while at < len(stream):
        size = rng.choice([1, 2, 3, 11, 12, 60, 500, 1460, 1460])
        segments.append(Segment(client, server, first + 1 + at, 1, ACK, stream[at : at + size]))
        at += size
    if lose:
        segments.pop(rng.randrange(2, len(segments)))
    if rng.random() < 0.5:
        segments.append(Segment(client, server, first + 1 + len(stream), 1, ACK | FIN))
    return segments

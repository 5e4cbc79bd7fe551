"""S16, S17: every connection of the run, as the tap has it, checked at the end.

| test | invariants |
|---|---|
| each-bndack-has-its-bndupd | S16 |
| window | S17 (A-41) |

Connections on which the suite lost or changed a message are left out. A BNDACK that was owed on a lost connection and
comes on the next one is left out too: whether a server does that is asked by d12/7.2, where it does not hang on chance.
"""

from __future__ import annotations

from collections import defaultdict

from twinlease import wire
from twinlease.manifest import ROLES
from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.tap import other
from twinlease.transcript import Entry

HOW = {"roles": PAIR, "last": True, "probe": False, "basis": "invariant"}
FLOOR = 100
"""BNDUPDs that have to have been answered before silence about a mistake means anything."""


def connections(pair: PairBench) -> dict[int, list[Entry]]:
    """The messages of each connection with which nobody meddled, in order."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in pair.transcript.entries:
        if entry.frm in ROLES and entry.proto == "failover" and entry.message is not None:
            if entry.connection not in pair.tap.tampered:
                found[entry.connection].append(entry)
    return found


def addresses(message: wire.Message) -> tuple[str, ...]:
    return tuple(sorted(str(part.get("assigned-IP-address")) for part in message.transactions))


@case("inv/S16/each-bndack-has-its-bndupd", consequence="interop",
      covers=[("S16", "one BNDACK at most for a BNDUPD, with its xid and addresses")], **HOW)
def test_pairing(pair: PairBench, t: Case) -> None:
    """Each BNDACK answers one BNDUPD of its connection, with its xid and its addresses, and none is answered twice."""
    t.sends("nothing: all that both servers have said in this run")
    total = 0
    owed: list[tuple[str, int, tuple[str, ...]]] = []
    with t.expects("one BNDUPD for each BNDACK"):
        for number, entries in connections(pair).items():
            asked: dict[tuple[str, int], list[tuple[str, ...]]] = defaultdict(list)
            answers = 0
            for entry in entries:
                message = entry.message
                if message.type == "BNDUPD":
                    asked[entry.frm, message.xid].append(addresses(message))
                elif message.type == "BNDACK":
                    waiting = asked[other(entry.frm), message.xid]
                    late = (other(entry.frm), message.xid, addresses(message))
                    if late in owed and addresses(message) not in waiting:
                        owed.remove(late)
                        continue
                    if addresses(message) not in waiting:
                        t.check(False, f"connection {number}: {entry.frm}: {message.label()}, "
                                       f"expected {waiting or 'none'}")
                    waiting.remove(addresses(message))
                    answers += 1
            owed += [(role, xid, left) for (role, xid), waiting in asked.items() for left in waiting]
            if answers:
                total += answers
                t.saw(f"connection {number}: {answers} BNDACKs, each of its BNDUPD")
    if total < FLOOR:
        t.inconclusive(f"EVIDENCE: {total} BNDACKs in this run, {FLOOR} are needed")


@case("inv/S17/window", consequence="interop", readings=("A-41",),
      covers=[("S17", "no more BNDUPDs unanswered than max-unacked-bndupd")], **HOW)
def test_window(pair: PairBench, t: Case) -> None:
    """Neither server ever has more BNDUPDs unanswered than its partner allows."""
    t.sends("nothing: all that both servers have said in this run")
    total = 0
    with t.expects("never more than the partner's max-unacked-bndupd"):
        for number, entries in connections(pair).items():
            allowed: dict[str, int] = {}
            total += sum(entry.message.type == "BNDACK" for entry in entries)
            waiting = dict.fromkeys(ROLES, 0)
            worst = dict.fromkeys(ROLES, 0)
            for entry in entries:
                role, message = entry.frm, entry.message
                if message.type in ("CONNECT", "CONNECTACK") and message.has("max-unacked-bndupd"):
                    allowed[other(role)] = max(message.get("max-unacked-bndupd"), 1)
                elif message.type == "BNDUPD":
                    waiting[role] += 1
                    worst[role] = max(worst[role], waiting[role])
                elif message.type == "BNDACK":
                    waiting[other(role)] -= 1
            for role in ROLES:
                if worst[role] and role in allowed:
                    t.check(worst[role] <= allowed[role],
                            f"connection {number}: {role} had {worst[role]} of {allowed[role]} unanswered")
    if total < FLOOR:
        t.inconclusive(f"EVIDENCE: {total} BNDACKs in this run, {FLOOR} are needed")

"""L9: an update that was not acknowledged before the connection broke comes again on the next one.

| test | invariants |
|---|---|
| update-of-the-primary-comes-again, update-of-the-secondary-comes-again | L9 |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite.bench import ANSWER_S
from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_steps import messages, reunite, share
from twinlease.tap import other

HOW = {"roles": PAIR, "consequence": "liveness", "basis": "invariant", "observations": 3,
       "covers": [("L9", "a pending update is sent again on the next connection, and acknowledged")]}


def updates(pair: PairBench, role: str, address: str, since: int, type_: str = "BNDUPD") -> list[int]:
    """The xids of what that server has said about the address since a mark."""
    return [m.xid for m in messages(pair, role, type_, since=since)
            if any(part.get("assigned-IP-address") == address for part in m.transactions)]


def comes_again(pair: PairBench, t: Case, role: str) -> None:
    client = share(pair, role, 1)[0]
    mark = pair.transcript.mark()
    t.sends(f"a client of the {role} gets a lease; as soon as a BNDUPD about it has passed the link is cut")
    cut_at: list[float] = []

    def passed(direction: str, message: wire.Message, at_s: float) -> None:
        told = [part.get("client-hardware-address") or b"" for part in message.transactions]
        if direction == role and message.type == "BNDUPD" and not cut_at and client.hardware in {t[1:] for t in told}:
            cut_at.append(at_s)
            pair.cut()

    no_more = pair.tap.on_delivery(passed)
    lease = client.acquire(ANSWER_S)
    pair.reactor.run_until(lambda: cut_at, ANSWER_S)
    no_more()
    if not updates(pair, role, lease.address, mark):
        t.inconclusive(f"EVIDENCE: the {role} sent no BNDUPD about {lease.address} before the cut")
    if updates(pair, other(role), lease.address, mark, "BNDACK"):
        t.inconclusive("EVIDENCE: the BNDACK was faster than the cut")
    pair.reactor.run_for(20.0)
    healed = pair.transcript.mark()
    reunite(pair, t)
    with t.expects(f"a BNDUPD about {lease.address} on the new connection, and its BNDACK"):
        pair.reactor.run_until(lambda: updates(pair, role, lease.address, healed), ANSWER_S)
        again = updates(pair, role, lease.address, healed)
        t.check(again, f"{len(again)} BNDUPD about {lease.address} after the cut")
        acked = pair.reactor.run_until(
            lambda: set(again) & set(updates(pair, other(role), lease.address, healed, "BNDACK")), ANSWER_S)
        t.check(acked, f"BNDACK xid {sorted(acked)[0]}" if acked else "no BNDACK for it")


@case("inv/L9/update-of-the-primary-comes-again", **HOW)
def test_primary(pair: PairBench, t: Case) -> None:
    """A lease given by the primary is told to the secondary again if the link broke before the BNDACK."""
    comes_again(pair, t, "primary")


@case("inv/L9/update-of-the-secondary-comes-again", **HOW)
def test_secondary(pair: PairBench, t: Case) -> None:
    """A lease given by the secondary is told to the primary again if the link broke before the BNDACK."""
    comes_again(pair, t, "secondary")

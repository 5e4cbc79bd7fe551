"""Table 7.1-1 broken cell by cell: a BNDUPD with an option too many or too few. (7.1, 12.29)

One test for each row of model/spec/messages.csv about BNDUPD that says MUST or MUST NOT; which rows have none, and why,
says twinlease.suite.message_table. The address is one that the suite's side owns, so that any status would be accepted
(FREE/BACKUP accept all, Figure 7.1.3-1); what is not accepted without the violation either proves nothing.
"""

from __future__ import annotations

from typing import Any

from twinlease.suite.bench import ACK_S, Bench
from twinlease.suite.case import Case
from twinlease.suite.handshake import ending
from twinlease.suite.message_table import Row, conformance_tests, violate

CLIENT = ("EXPIRED", "RELEASED")
"""The statuses besides ACTIVE of which Table 7.1-1 wants the client."""


def _correct(bench: Bench, address: str, status: str) -> list[tuple[str | int, Any]]:
    """A transaction with all that Table 7.1-1 marks MUST, and start-time-of-state."""
    active = bench.active(address)
    if status == "ACTIVE":
        return active
    kept = {"assigned-IP-address", "binding-status", "start-time-of-state"}
    if status in CLIENT:
        kept |= {"client-hardware-address", "client-last-transaction-time"}
    return [(name, status if name == "binding-status" else value) for name, value in active if name in kept]


def _broken(bench: Bench, row: Row, address: str) -> list[tuple[str | int, Any]]:
    return violate(row, _correct(bench, address, row.column or "ACTIVE"), int(bench.clock.now()))


def _reaction(bench: Bench, options: list[tuple[str | int, Any]]) -> str:
    """Sends the transaction; "process", "bndack-reject:N", how the connection ended, or "nothing"."""
    link = bench.peer.link
    since = link.mark()
    xid = bench.peer.send_updates(options)
    bench.reactor.run_until(lambda: link.seen("BNDACK", lambda m: m.xid == xid, since) or link.closed, ACK_S)
    ack = link.seen("BNDACK", lambda m: m.xid == xid, since)
    if ack is None:
        return ending(link)
    return f"bndack-reject:{ack.get('reject-reason')}" if ack.has("reject-reason") else "process"


def _judge(bench: Bench, t: Case, row: Row) -> None:
    address = bench.take_address()
    t.sends(f"{row.sent}, about {address}")
    reaction = _reaction(bench, _broken(bench, row, address))
    if not row.accepts(reaction) and row.accepts("process"):
        bench.to_normal()
        usual = _reaction(bench, _correct(bench, bench.take_address(), row.column or "ACTIVE"))
        if usual != "process":
            t.inconclusive(f"PREPARATION: without the violation it meets {usual}, with it {reaction}")
    with t.expects(row.on_violation):
        t.check(row.accepts(reaction), reaction, *row.reaction_clauses)


globals().update(conformance_tests(_judge, "BNDUPD"))

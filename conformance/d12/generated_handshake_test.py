"""Tables 7.8-1 and 7.9-1 broken cell by cell: CONNECT and CONNECTACK with an option too many or too few.

One test for each row of model/spec/messages.csv about CONNECT or CONNECTACK that says MUST or MUST NOT; which rows have
none, and why, says twinlease.suite.message_table. What is missing or too much in a CONNECTACK that has a reject-reason
changes nothing: the primary closes (7.9.2).
"""

from __future__ import annotations

from typing import Any

from twinlease import wire
from twinlease.suite import handshake
from twinlease.suite.bench import Bench
from twinlease.suite.case import Case
from twinlease.suite.message_table import Row, conformance_tests, violate


def _keeps_its_mclt(bench: Bench, t: Case) -> None:
    """A peer that takes a CONNECT without MCLT still has the one that it was sent before: a first lease shows it."""
    with t.expects(f"if it is accepted, a first lease of at most the MCLT of the CONNECT before, {bench.mclt_s} s"):
        lease = bench.served_client().lease
        assert lease is not None, "the client has just been served"
        t.check(0 < lease.lease_time_s <= bench.mclt_s + 1, f"accepted; a first lease of {lease.lease_time_s} s")


def _judge_connect(bench: Bench, t: Case, row: Row) -> None:
    bench.detach()
    link = bench.connection()
    link.send("CONNECT", violate(row, bench.peer.connect_options(), int(bench.clock.now())))
    t.sends(row.sent)
    reaction = handshake.after_connect(bench, link).reaction
    link.close()
    if row.option == "MCLT" and reaction == "process":
        _keeps_its_mclt(bench, t)
        return
    with t.expects(row.on_violation):
        t.check(row.accepts(reaction), reaction, *row.reaction_clauses)


def _connectack(bench: Bench, connect: wire.Message, rejecting: bool) -> list[tuple[str | int, Any]]:
    """A correct CONNECTACK: accepting, or with reject-reason 8."""
    if not rejecting:
        return bench.peer.connectack_options(connect)
    return bench.peer.connectack_options(connect, max_unacked_bndupd=None, receive_timer=None,
                                         vendor_class_identifier=None, reject_reason=8, message="rejected by the suite")


def _judge_connectack(bench: Bench, t: Case, row: Row) -> None:
    bench.detach()
    link, connect = bench.next_connect()
    if row.option == "TLS-reply" and not connect.has("TLS-request"):
        t.inconclusive("PREPARATION: the peer's CONNECT has no TLS-request, so a TLS-reply is not missing")
    options = violate(row, _connectack(bench, connect, row.column == "reject"), int(bench.clock.now()))
    link.send("CONNECTACK", options, xid=connect.xid)
    t.sends(row.sent)
    reaction = handshake.after_connectack(bench, link)
    link.close()
    with t.expects(row.on_violation):
        t.check(row.accepts(reaction), reaction, *row.reaction_clauses)


globals().update(conformance_tests(_judge_connect, "CONNECT"),
                 **conformance_tests(_judge_connectack, "CONNECTACK"))

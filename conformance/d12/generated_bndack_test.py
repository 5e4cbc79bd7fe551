"""Table 7.2-1 broken cell by cell: a BNDACK with an option too many or too few. (7.2, 11.1, 12.29)

One test for each row of model/spec/messages.csv about BNDACK that says MUST or MUST NOT; which rows have none, and why,
says twinlease.suite.message_table. Whether the peer took its update for acknowledged shows on the next connection: what
is not acknowledged is told again there, at the latest for an UPDREQ (7.3).
"""

from __future__ import annotations

from typing import Any

from twinlease import wire
from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import Case, Inconclusive
from twinlease.suite.handshake import ending
from twinlease.suite.message_table import Row, conformance_tests, violate

UPDATE_WITHIN_S = 30.0
"""How long after a DHCPACK the BNDUPD is waited for: "as soon as possible" (7.1.1) has no number."""


def _update(bench: Bench) -> tuple[wire.Message, str]:
    """A client gets a lease; the peer's BNDUPD about it, unanswered, and the address. NotSeen if none comes."""
    client = bench.client_served_here()
    bench.reactor.run_for(1.0)
    bench.peer.habits.acknowledge = False
    since = bench.peer.link.mark()
    address = client.acquire(ANSWER_S).address
    update = bench.peer.link.expect("BNDUPD", lambda m: address in [
        x.get("assigned-IP-address") for x in m.transactions], within=UPDATE_WITHIN_S, since=since)
    return update, address


def _correct(update: wire.Message, rejecting: bool) -> list[tuple[str | int, Any]]:
    options: list[tuple[str | int, Any]] = []
    for transaction in update.transactions:
        options.append(("assigned-IP-address", transaction.get("assigned-IP-address")))
        if rejecting:
            options += [("reject-reason", 15), ("message", "rejected by the suite")]
    return options


def _told_again(bench: Bench, address: str, lease_end: int) -> bool:
    """Is that very lease told again on a new connection, before the UPDDONE of an UPDREQ? Inconclusive if it ended."""
    bench.peer.habits.acknowledge = True
    bench.detach()
    bench.to_normal()
    link = bench.peer.link
    xid = link.send("UPDREQ")
    link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S)
    if bench.clock.now() > lease_end - bench.tolerance_s:
        raise Inconclusive(f"TIME: the lease of {address} ended before the UPDDONE")
    return any(x.get("assigned-IP-address") == address and x.get("binding-status") == wire.BINDING_STATUS["ACTIVE"]
               and x.get("lease-expiration-time") == lease_end for m in link.all("BNDUPD") for x in m.transactions)


def _reaction(bench: Bench, row: Row | None) -> str:
    """Answers an update wrongly (or, without a row, with an accepting BNDACK); what the peer takes that for."""
    update, address = _update(bench)
    lease_end = update.transactions[0].get("lease-expiration-time")
    link = bench.peer.link
    options = _correct(update, row is not None and row.column == "reject")
    if row is not None:
        options = violate(row, options, int(bench.clock.now()))
    link.send("BNDACK", options, xid=update.xid)
    bench.reactor.run_until(lambda: link.closed, ANSWER_S if row and row.surplus == "message-digest" else 3.0)
    if link.closed is not None:
        return ending(link)
    return "told again" if _told_again(bench, address, lease_end) else "taken for accepted"


def _judge(bench: Bench, t: Case, row: Row) -> None:
    seen_as = {"ignore-option": "taken for accepted", "take-as-accept": "taken for accepted",
               "ignore-message": "told again"}
    wanted = [seen_as.get(word, word) for word in row.on_violation.split("|")]
    t.sends(f"{row.sent}, for a lease of the peer; then a new connection and UPDREQ")
    reaction = _reaction(bench, row)
    accepted = reaction in wanted or row.accepts(reaction)
    if not accepted and reaction in ("told again", "taken for accepted") and "taken for accepted" in wanted:
        usual = _reaction(bench, None)
        if usual != "taken for accepted":
            t.inconclusive(f"PREPARATION: after a correct BNDACK the update is {usual}, too")
    with t.expects(" or ".join(wanted)):
        t.check(accepted, reaction, *row.reaction_clauses)


globals().update(conformance_tests(_judge, "BNDACK"))

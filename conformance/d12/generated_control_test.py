"""STATE, CONTACT, DISCONNECT, POOLREQ, POOLRESP, UPDREQ, UPDREQALL and UPDDONE with an option too many or too few.

One test for each row of model/spec/messages.csv about them that says MUST, MUST NOT or "no message-specific options";
which rows have none, and why, says twinlease.suite.message_table. A message with a message-digest that nobody agreed on
ends the connection (11.1), whatever it is.
"""

from __future__ import annotations

from typing import Any, Callable

from twinlease import wire
from twinlease.connection import Connection, NotSeen
from twinlease.suite.bench import ACK_S, ANSWER_S, CONNECT_WITHIN_S, NORMAL_WITHIN_S, Bench
from twinlease.suite.case import Case, Inconclusive
from twinlease.suite.handshake import ending
from twinlease.suite.message_table import Row, conformance_tests, violate
from twinlease.suite.steps import FEW_POOLREQS, announced, first_poolreq, states

STAYS = {"COMMUNICATIONS-INTERRUPTED", "POTENTIAL-CONFLICT", "RESOLUTION-INTERRUPTED"}
"""Where a peer may be that has no STATE of its partner that it can use (Figure 9.2-1, "All Others")."""
WATCH_S = 5.0


def _sends(bench: Bench, link: Connection, row: Row, options: list[tuple[str | int, Any]],
           xid: int | None = None) -> int:
    return link.send(row.message, violate(row, options, int(bench.clock.now())), xid=xid)


def _closes(bench: Bench, link: Connection) -> str:
    """What a message with a digest leads to: how the connection ends, or that it does not."""
    bench.reactor.run_until(lambda: link.closed, ANSWER_S)
    return ending(link) if link.closed else "no end of the connection"


def _works(bench: Bench, link: Connection, address: str) -> str:
    """The connection ends, or goes on: "process" if a BNDUPD about the address is answered on it, else "nothing"."""
    bench.reactor.run_until(lambda: link.closed, 3.0)
    if link.closed is None:
        since = link.mark()
        xid = bench.peer.send_updates(bench.active(address))
        bench.reactor.run_until(lambda: link.closed or link.seen("BNDACK", lambda m: m.xid == xid, since), ACK_S)
        if link.seen("BNDACK", lambda m: m.xid == xid, since):
            return "process"
    return ending(link)


def _answered(bench: Bench, link: Connection, answer: str, xid: int, since: int) -> str:
    """"process" if the answer with that xid comes; else how the connection ends, or "nothing"."""
    bench.reactor.run_until(lambda: link.closed or link.seen(answer, lambda m: m.xid == xid, since), ACK_S)
    return "process" if link.seen(answer, lambda m: m.xid == xid, since) else ending(link)


def _contact(bench: Bench, row: Row) -> str:
    link = bench.peer.link
    _sends(bench, link, row, [])
    return _works(bench, link, bench.take_address())


def _request(answer: str) -> Callable[[Bench, Row], str]:
    def react(bench: Bench, row: Row) -> str:
        link = bench.peer.link
        since = link.mark()
        xid = _sends(bench, link, row, [])
        if row.surplus == "message-digest":
            return _closes(bench, link)
        return _answered(bench, link, answer, xid, since)
    return react


def _poolresp(bench: Bench, row: Row) -> str:
    """In answer to the POOLREQ of a secondary that enters NORMAL and owns no address. Inconclusive if it sends none."""
    link, request = first_poolreq(bench)
    since = link.mark()
    _sends(bench, link, row, [("addresses-transferred", 0)], request.xid)
    if row.surplus == "message-digest":
        return _closes(bench, link)
    bench.reactor.run_until(lambda: link.closed, ANSWER_S)
    again = len(link.all("POOLREQ", since))
    if again > FEW_POOLREQS:
        return f"{again} POOLREQs in {ANSWER_S:g} s"
    return _works(bench, link, bench.relationship.first_address)


def _upddone(bench: Bench, row: Row) -> str:
    """In answer to the update request of a peer in POTENTIAL-CONFLICT, which that ends (9.10.3)."""
    link = bench.meet("POTENTIAL-CONFLICT")
    bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
    if bench.role == "secondary":
        xid = link.send("UPDREQ")
        link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S)
        bench.peer.send_state("CONFLICT-DONE")
    request = bench.reactor.run_until(lambda: link.seen("UPDREQ") or link.seen("UPDREQALL"), ANSWER_S)
    if request is None:
        raise Inconclusive("PREPARATION: the peer in POTENTIAL-CONFLICT sent no UPDREQ")
    _sends(bench, link, row, [], request.xid)
    if row.surplus == "message-digest":
        return _closes(bench, link)
    after = "CONFLICT-DONE" if bench.role == "primary" else "NORMAL"
    bench.reactor.run_until(lambda: link.closed or announced(bench) == after, ANSWER_S)
    if after not in states(link):
        return ending(link)
    if after == "NORMAL":
        bench.peer.send_state("NORMAL")
    else:   # the rest of the way out, so that the peer is where the next test begins
        xid = link.send("UPDREQ")
        link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S)
        bench.peer.send_state("NORMAL")
        bench.peer.expect_state("NORMAL", within=ANSWER_S)
    return "process"


def _state(bench: Bench, row: Row) -> str:
    """As our first on a connection, from a partner in COMMUNICATIONS-INTERRUPTED: "process" if that moves the peer,
    which is to NORMAL (9.9.3)."""
    bench.detach()
    bench.peer.habits.follow_states = False
    link = bench.peer.connect(CONNECT_WITHIN_S, state=False)
    link.expect("STATE", within=ANSWER_S)
    since = link.mark()
    _sends(bench, link, row, [("server-state", wire.SERVER_STATE["COMMUNICATIONS-INTERRUPTED"]), ("server-flags", 0),
                              ("start-time-of-state", bench.peer.state_since_s)])
    bench.reactor.run_until(lambda: link.closed or "NORMAL" in states(link, since),
                            NORMAL_WITHIN_S if row.accepts("process") else WATCH_S)
    moved = [state for state in states(link, since) if state not in STAYS]
    if moved:
        return "process" if "NORMAL" in moved or not row.accepts("process") else " ".join(moved)
    return ending(link) if link.closed else "ignore-message"


def _disconnect(bench: Bench, row: Row) -> str:
    """Then we let the connection end, and the peer is there for the next one."""
    link = bench.peer.link
    _sends(bench, link, row, [("reject-reason", 254), ("message", "end of test")])
    if row.surplus == "message-digest":
        return _closes(bench, link)
    bench.peer.drop()
    try:
        bench.to_normal()
    except (NotSeen, ConnectionError) as problem:
        return f"no next connection: {problem}"
    return "process"


REACTIONS: dict[str, Callable[[Bench, Row], str]] = {
    "CONTACT": _contact, "UPDREQ": _request("UPDDONE"), "UPDREQALL": _request("UPDDONE"),
    "POOLREQ": _request("POOLRESP"), "POOLRESP": _poolresp, "UPDDONE": _upddone, "STATE": _state,
    "DISCONNECT": _disconnect}


def _judge(bench: Bench, t: Case, row: Row) -> None:
    t.sends(row.sent)
    reaction = REACTIONS[row.message](bench, row)
    with t.expects(row.on_violation):
        t.check(row.accepts(reaction), reaction, *row.reaction_clauses)


globals().update(conformance_tests(_judge, *[message for message in REACTIONS if message != "POOLRESP"]),
                 **conformance_tests(_judge, "POOLRESP", own_peer=True))

"""Options of a wrong length or with a value that means nothing, each in the messages where it belongs. (12)

One test for each option and message of twinlease.suite.option_table, which says what is sent and what a receiver may do
with it. All variants are sent before one is judged; the verdict names each that was met wrongly.
"""

from __future__ import annotations

from typing import Callable

from twinlease import wire
from twinlease.suite import handshake
from twinlease.suite.bench import ANSWER_S, CONNECT_WITHIN_S, Bench
from twinlease.suite.case import Case
from twinlease.suite.handshake import ending
from twinlease.suite.odd_input import WATCH_S, Options, acknowledged, fresh, needs_a_control, update
from twinlease.suite.option_table import Stimulus, conformance_tests, replaced, right_octets
from twinlease.suite.steps import FEW_POOLREQS, first_poolreq, states

STAYS = {"COMMUNICATIONS-INTERRUPTED", "POTENTIAL-CONFLICT", "RESOLUTION-INTERRUPTED"}
"""Where a peer may be that has no STATE of its partner that it can use (Figure 9.2-1, "All Others")."""


def _wrong(stimulus: Stimulus, options: Options) -> dict[str, Options]:
    """The options of a correct message, made wrong in each of the ways."""
    name = stimulus.option.name
    return {what: replaced(name, octets, options)
            for what, octets in stimulus.values(right_octets(name, options)).items()}


def _bndupd(bench: Bench, stimulus: Stimulus, what: str) -> str:
    if bench.peer.connection is None:
        bench.to_normal()
    return update(bench, _wrong(stimulus, fresh(bench))[what])


def _bndack(bench: Bench, stimulus: Stimulus, what: str) -> str:
    """Rejecting, unless it is the address that is wrong."""
    def answer(message: wire.Message, address: str) -> None:
        options: Options = [("assigned-IP-address", address)]
        if stimulus.option.name != "assigned-IP-address":
            options += [("reject-reason", 15), ("message", "rejected by the suite")]
        bench.peer.link.send("BNDACK", _wrong(stimulus, options)[what], xid=message.xid)

    return acknowledged(bench, answer)


def _state(bench: Bench, stimulus: Stimulus, what: str) -> str:
    """As our first STATE on a connection, from a partner in COMMUNICATIONS-INTERRUPTED: "process" if it moves the
    peer."""
    bench.detach()
    bench.peer.habits.follow_states = False
    link = bench.peer.connect(CONNECT_WITHIN_S, state=False)
    link.expect("STATE", within=ANSWER_S)
    since = link.mark()
    link.send("STATE", _wrong(stimulus, [
        ("server-state", wire.SERVER_STATE["COMMUNICATIONS-INTERRUPTED"]), ("server-flags", 0),
        ("start-time-of-state", bench.peer.state_since_s)])[what])
    bench.reactor.run_until(lambda: link.closed or not STAYS.issuperset(states(link, since)), WATCH_S)
    if not STAYS.issuperset(states(link, since)):
        return "process"
    return ending(link) if link.closed else "ignore-message"


def _connect(bench: Bench, stimulus: Stimulus, what: str) -> str:
    bench.detach()
    link = bench.connection()
    link.send("CONNECT", _wrong(stimulus, bench.peer.connect_options())[what])
    reaction = handshake.after_connect(bench, link).reaction
    link.close()
    return reaction


def _connectack(bench: Bench, stimulus: Stimulus, what: str) -> str:
    """Accepting, unless the option is one of a rejection (Table 7.9-1)."""
    bench.detach()
    link, connect = bench.next_connect()
    options = bench.peer.connectack_options(connect)
    if stimulus.option.name in ("reject-reason", "message"):
        options = bench.peer.connectack_options(
            connect, max_unacked_bndupd=None, receive_timer=None, vendor_class_identifier=None, reject_reason=8,
            message="rejected by the suite")
    link.send("CONNECTACK", _wrong(stimulus, options)[what], xid=connect.xid)
    reaction = handshake.after_connectack(bench, link)
    link.close()
    return reaction


def _poolresp(bench: Bench, stimulus: Stimulus, what: str) -> str:
    """In answer to the POOLREQ of a secondary that enters NORMAL and owns no address. Inconclusive if it sends none."""
    link, request = first_poolreq(bench)
    since = link.mark()
    link.send("POOLRESP", _wrong(stimulus, [("addresses-transferred", 0)])[what], xid=request.xid)
    bench.reactor.run_until(lambda: link.closed, ANSWER_S)
    again = len(link.all("POOLREQ", since))
    if again > FEW_POOLREQS:
        return f"{again} POOLREQs in {ANSWER_S:g} s"
    return ending(link) if link.closed else update(bench, bench.active(bench.relationship.first_address))


REACTIONS: dict[str, Callable[[Bench, Stimulus, str], str]] = {
    "BNDUPD": _bndupd, "BNDACK": _bndack, "STATE": _state, "CONNECT": _connect, "CONNECTACK": _connectack,
    "POOLRESP": _poolresp}


def _all_variants(bench: Bench, stimulus: Stimulus) -> dict[str, str]:
    """The reaction to each variant, until one of them ends the peer."""
    came: dict[str, str] = {}
    for what, _ in stimulus.variants:
        came[what] = REACTIONS[stimulus.message](bench, stimulus, what)
        bench.reactor.run_for(1.0)
        if bench.put.running is False:
            came[what] = "the process has ended"
            break
    return came


def _is_expected(stimulus: Stimulus, reaction: str) -> bool:
    """A BNDACK that is ignored, or processed as the rejection that it is, leaves the update unacknowledged; and so what
    is processed of a rejecting CONNECTACK is the end of the connection."""
    if stimulus.message == "BNDACK" and reaction == "take-as-reject":
        return True
    if stimulus.message == "CONNECTACK" and stimulus.option.name == "message":
        return reaction.startswith("close-")
    return stimulus.accepts(reaction)


def _judge(bench: Bench, t: Case, stimulus: Stimulus) -> None:
    for what, _ in stimulus.variants:
        t.sends(f"{stimulus.message} with {stimulus.option.name} of {what}")
    if stimulus.message == "BNDACK":
        needs_a_control(bench)
    came = _all_variants(bench, stimulus)
    wrong = {what: reaction for what, reaction in came.items() if not _is_expected(stimulus, reaction)}
    for what, reaction in came.items():
        if what not in wrong:
            t.saw(f"{what}: {reaction}")
    with t.expects(stimulus.expected):
        t.check(not wrong, "; ".join(f"{what}: {reaction}" for what, reaction in wrong.items()) or "all as expected")


globals().update(conformance_tests(_judge, *[message for message in REACTIONS if message != "POOLRESP"]),
                 **conformance_tests(_judge, "POOLRESP", own_peer=True))

"""Odd and malformed input in the failover states other than NORMAL: what a receiver does with it depends on none. (9)

The inputs are those that other tests send in NORMAL, one after another on one connection; where the peer may close, and
does, it is met again in the same state. All are sent before one is judged; the verdict names each that was met wrongly.

| test | clauses | roles |
|---|---|---|
| 9.4/, 9.5/, 9.9/, 9.10/odd-input-is-borne | FO-6.1-01, -04, -14, -21 | both |
| 9.4/, 9.5/, 9.9/, 9.10/malformed-input-is-not-taken | FO-6.1-05, -17, -19, -20, FO-6.2-04, FO-7.1.3-01, -02 | both |
"""

from __future__ import annotations

from typing import Any, Callable

from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, Inconclusive, case
from twinlease.suite.odd_input import (FOREIGN_XID, Input, contact_of_length, fresh, then_update, update,
                                       update_cut_short)
from twinlease.suite.steps import announced, restart_into_recover, to_partner_down

REFUSED = "bndack-reject:3|close-*"
CLOSED = "close-*"
NO_EFFECT = "process|close-*"

BORNE = (
    Input("R-03", "CONTACT of 2048 octets, filled with unknown options", "process", ("FO-6.1-04", "FO-6.1-01"),
          lambda bench: then_update(bench, "CONTACT", [(32768 + n, bytes(505)) for n in range(4)])),
    Input("R-10", "BNDUPD with payload offset 16", "process", ("FO-6.1-21",),
          lambda bench: update(bench, fresh(bench), payload_offset=16, extra_header=b"\xee" * 4)),
    Input("R-16", "BNDUPD with xid 0xffffffff", "process", ("FO-6.1-14",),
          lambda bench: update(bench, fresh(bench), xid=0xFFFFFFFF)),
    Input("R-26", "BNDUPD with unknown options", "process", ("FO-6.1-01",),
          lambda bench: update(bench, [*fresh(bench), (100, b""), (65535, b"unknown")])),
    Input("R-27", "CONTACT with an unknown option", "process", ("FO-6.1-01",),
          lambda bench: then_update(bench, "CONTACT", [(42, b"unknown")])),
)
"""What has to be taken as if it were not odd."""

MALFORMED = (
    Input("R-01", "a message of length 0", CLOSED, ("FO-6.1-05",), lambda bench: contact_of_length(bench, 0)),
    Input("R-05", "BNDUPD whose length leaves out its last option", CLOSED, ("FO-6.1-05",), update_cut_short),
    Input("R-22", "a message of type 200", "process", ("FO-6.1-20",), lambda bench: then_update(bench, 200)),
    Input("R-30", "BNDUPD with an option that overruns it", REFUSED, ("FO-6.1-19",),
          lambda bench: update(bench, fresh(bench), tail=b"\x00\x04\x00\xc8" + bytes(4))),
    Input("R-35", "BNDUPD with two binding-statuses", REFUSED, ("FO-6.2-04",),
          lambda bench: update(bench, [*fresh(bench), ("binding-status", "FREE")])),
    Input("R-42", "BNDUPD with a lease-expiration-time of 3 octets", REFUSED, ("FO-7.1.3-01",),
          lambda bench: update(bench, fresh(bench, lease_expiration_time=b"\x70\0\0"))),
    Input("R-59", "CONNECTACK out of place", NO_EFFECT, ("FO-6.1-17",),
          lambda bench: then_update(bench, "CONNECTACK", bench.peer.connect_options(), xid=FOREIGN_XID + 1)),
    Input("R-60", "BNDACK with an xid that no BNDUPD had", NO_EFFECT, ("FO-6.1-17",),
          lambda bench: then_update(bench, "BNDACK", fresh(bench)[:1], xid=FOREIGN_XID + 2)),
    Input("R-65", "POOLRESP with an xid that no POOLREQ had", NO_EFFECT, ("FO-6.1-17",),
          lambda bench: then_update(bench, "POOLRESP", [("addresses-transferred", 5)], xid=FOREIGN_XID + 3)),
    Input("R-108", "BNDUPD about an address of no pool", "bndack-reject:1", ("FO-7.1.3-02",),
          lambda bench: update(bench, bench.active("10.99.99.99"))),
)
"""What is refused, or has no effect."""


UPDDONE = (
    Input("R-66", "UPDDONE with an xid that no UPDREQ had", NO_EFFECT, ("FO-6.1-17",),
          lambda bench: then_update(bench, "UPDDONE", xid=FOREIGN_XID + 4)),
)
"""Where the peer has asked for updates, d12/9.5/ and d12/9.10/foreign-upddone-is-ignored send it."""


class _Situation:
    """A state of the peer, how it gets there, and how it is met there again after it has closed the connection."""

    def __init__(self, state: str, section: str, partner: str, enter: Callable[[Bench], object] = lambda bench: None):
        self.state, self.section, self.partner, self.enter = state, section, partner, enter

    def begin(self, bench: Bench) -> None:
        self.enter(bench)
        self.meet(bench)

    def meet(self, bench: Bench) -> None:
        if bench.peer.connection is None or bench.peer.state != self.partner:
            bench.meet(self.partner, since_s=bench.peer.state_since_s if bench.peer.state == self.partner else None)
        bench.reactor.run_until(lambda: self.is_there(bench), ANSWER_S)
        if not self.is_there(bench):
            raise Inconclusive(f"PREPARATION: the peer is in {announced(bench)}, not in {self.state}")

    def is_there(self, bench: Bench) -> bool:
        return bench.peer.connection is not None and announced(bench) == self.state


SITUATIONS = (
    _Situation("PARTNER-DOWN", "9.4", "RECOVER", to_partner_down),
    _Situation("RECOVER", "9.5", "PARTNER-DOWN", lambda bench: restart_into_recover(bench, answer_updates=False)),
    _Situation("COMMUNICATIONS-INTERRUPTED", "9.9", "PAUSED"),
    _Situation("POTENTIAL-CONFLICT", "9.10", "POTENTIAL-CONFLICT"),
)


def _judge(bench: Bench, t: Case, situation: _Situation, inputs: tuple[Input, ...]) -> None:
    situation.begin(bench)
    control = update(bench, fresh(bench))
    if control != "process" or not situation.is_there(bench):
        t.inconclusive(f"CONTROL: a plain BNDUPD(ACTIVE) in {situation.state} meets {control}, the peer is in "
                       f"{announced(bench) if bench.peer.connection else 'no connection'}")
    wrong: list[tuple[str, tuple[str, ...]]] = []
    for odd in inputs:
        t.sends(f"in {situation.state}: {odd.what}")
        came = odd.send(bench)
        if bench.put.running is False:
            came = "the process has ended"
        elif bench.peer.connection is None:
            situation.meet(bench)
        elif not situation.is_there(bench):
            came += f", and then {announced(bench)}"
        if odd.accepts(came):
            t.saw(f"{odd.what}: {came}")
        else:
            wrong.append((f"{odd.what}: {came}", odd.clauses))
        if bench.put.running is False or not situation.is_there(bench):
            break
    if situation.state == "RECOVER":   # a shorter way back to NORMAL than through RECOVER-WAIT (9.5.2)
        bench.peer.drop()
        bench.peer.state = "RESOLUTION-INTERRUPTED"
    with t.expects(f"each as in NORMAL, and {situation.state} still"):
        t.check(not wrong, "; ".join(text for text, _ in wrong) or "all as in NORMAL",
                *dict.fromkeys(clause for _, clauses in wrong for clause in clauses))


def _declare(situation: _Situation, name: str, title: str, inputs: tuple[Input, ...],
             **declaration: Any) -> Callable[[Bench, Case], None]:
    def run(bench: Bench, t: Case) -> None:
        _judge(bench, t, situation, inputs)

    run.__doc__ = f"In {situation.state} {title}."
    return case(f"d12/{situation.section}/{name}", roles=BOTH, consequence="robustness", observations=len(inputs),
                covers=[(clause, f"in {situation.state}: {odd.accepted}") for odd in inputs for clause in odd.clauses],
                **declaration)(run)


for _situation in SITUATIONS:
    _key = _situation.section.replace(".", "_")
    globals()[f"test_borne_{_key}"] = _declare(
        _situation, "odd-input-is-borne", "what is odd and legal is taken", BORNE)
    globals()[f"test_malformed_{_key}"] = _declare(
        _situation, "malformed-input-is-not-taken", "what is malformed or answers nothing has no effect",
        MALFORMED if _situation.state in ("RECOVER", "POTENTIAL-CONFLICT") else MALFORMED + UPDDONE, level="should",
        basis="adjudicated", readings=("A-23", "A-43"))

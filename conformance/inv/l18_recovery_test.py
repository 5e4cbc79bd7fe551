"""L5, L6, L7, L18: the ways back to NORMAL that lead through other states than COMMUNICATIONS-INTERRUPTED.

| test | invariants |
|---|---|
| two-new-servers | L6 |
| primary-comes-back-without-its-store, secondary-... | L5 |
| both-in-partner-down | L7 |
| primary-in-partner-down, secondary-in-partner-down | L18, L5 |
"""

from __future__ import annotations

from twinlease.manifest import ROLES
from twinlease.suite.bench import CONNECT_WITHIN_S, NORMAL_WITHIN_S
from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_steps import REUNION_S, reunite, states
from twinlease.tap import other

HOW = {"roles": PAIR, "consequence": "liveness", "basis": "invariant"}


def recovery_s(pair: PairBench) -> float:
    """L5: the time to UPDDONE, the rest of M, and one exchange of STATE; before that the connection."""
    return CONNECT_WITHIN_S + pair.mclt_s + NORMAL_WITHIN_S


def comes_back_empty(pair: PairBench, t: Case, role: str) -> None:
    pair.peers[role].need("kill", "wipe", "start")
    mark = pair.transcript.mark()
    t.sends(f"the {role} killed, its store emptied, started again; its partner runs on")
    pair.kill(role)
    pair.peers[role].wipe()
    pair.start(role)
    reunite(pair, t, recovery_s(pair))
    with t.expects(f"RECOVER announced by the {role} on the way"):
        t.check("RECOVER" in states(pair, role, mark), f"{role}: {' '.join(states(pair, role, mark))}")


def returns_from_partner_down(pair: PairBench, t: Case, role: str) -> None:
    """`role` is told that its partner is down, which is true; then the partner comes back."""
    pair.peers[role].need("partner_down")
    pair.peers[other(role)].need("kill", "start")
    mark = pair.transcript.mark()
    t.sends(f"the {other(role)} killed; partner-down at the {role}; the {other(role)} started again after 30 s")
    pair.kill(other(role))
    pair.reactor.run_for(10.0)
    pair.partner_down(role)
    pair.reactor.run_for(20.0)
    pair.start(other(role))
    reunite(pair, t, recovery_s(pair))
    if "PARTNER-DOWN" not in states(pair, role, mark):
        t.inconclusive(f"EVIDENCE: the {role} never announced PARTNER-DOWN: {' '.join(states(pair, role, mark))}")
    seen = states(pair, other(role), mark)
    if "COMMUNICATIONS-INTERRUPTED" in seen:   # it may go on from where it was (FO-9.3.2-13)
        t.inconclusive(f"EVIDENCE: the startup time of the {other(role)} was over before it was connected")
    with t.expects(f"a state of recovery announced by the {other(role)} on the way"):
        t.check(any(state.startswith("RECOVER") for state in seen), f"{other(role)}: {' '.join(seen)}")


@case("inv/L6/two-new-servers", own_peer=True, covers=[("L6", "two servers without any record reach NORMAL")], **HOW)
def test_new(pair: PairBench, t: Case) -> None:
    """Two servers without any record reach NORMAL by themselves."""
    t.sends("both killed, their stores emptied, started")
    pair.start_anew()
    with t.expects(f"NORMAL on both sides within {REUNION_S:g} s"):
        t.saw(f"NORMAL on both sides after {pair.to_normal(REUNION_S):.1f} s")


@case("inv/L5/primary-comes-back-without-its-store", observations=2, covers=[("L5", "recovery completes")], **HOW)
def test_empty_primary(pair: PairBench, t: Case) -> None:
    """A primary that lost its store recovers from its partner, and both are NORMAL."""
    comes_back_empty(pair, t, "primary")


@case("inv/L5/secondary-comes-back-without-its-store", observations=2, covers=[("L5", "recovery completes")], **HOW)
def test_empty_secondary(pair: PairBench, t: Case) -> None:
    """A secondary that lost its store recovers from its partner, and both are NORMAL."""
    comes_back_empty(pair, t, "secondary")


@case("inv/L7/both-in-partner-down", observations=2, covers=[("L7", "POTENTIAL-CONFLICT ends in NORMAL")], **HOW)
def test_conflict(pair: PairBench, t: Case) -> None:
    """Two servers that were both told that their partner is down resolve the conflict and reach NORMAL."""
    for role in ROLES:
        pair.peers[role].need("partner_down")
    mark = pair.transcript.mark()
    t.sends("the link cut, partner-down at both, the link repaired")
    pair.cut()
    pair.reactor.run_for(10.0)
    for role in ROLES:
        pair.partner_down(role)
    pair.reactor.run_for(10.0)
    reunite(pair, t, recovery_s(pair))
    seen = {role: states(pair, role, mark) for role in ROLES}
    if not any("PARTNER-DOWN" in of_one for of_one in seen.values()):
        t.inconclusive("EVIDENCE: neither announced PARTNER-DOWN")
    with t.expects("POTENTIAL-CONFLICT announced by both on the way"):
        t.check(all("POTENTIAL-CONFLICT" in of_one for of_one in seen.values()),
                "; ".join(f"{role}: {' '.join(of_one)}" for role, of_one in seen.items()))


@case("inv/L18/primary-in-partner-down", observations=2,
      covers=[("L18", "PARTNER-DOWN ends when the partner returns"), ("L5", "recovery completes")], **HOW)
def test_primary_down(pair: PairBench, t: Case) -> None:
    """A primary in PARTNER-DOWN and its secondary that comes back end in NORMAL."""
    returns_from_partner_down(pair, t, "primary")


@case("inv/L18/secondary-in-partner-down", observations=2,
      covers=[("L18", "PARTNER-DOWN ends when the partner returns"), ("L5", "recovery completes")], **HOW)
def test_secondary_down(pair: PairBench, t: Case) -> None:
    """A secondary in PARTNER-DOWN and its primary that comes back end in NORMAL."""
    returns_from_partner_down(pair, t, "secondary")

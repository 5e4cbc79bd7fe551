"""A server in PARTNER-DOWN, when that is true, and both, when it is not.

| test | what happens | judged |
|---|---|---|
| S1/, L18/partner-down | the secondary dies, the operator says so; it comes back much later | S1; NORMAL again |
| L7/false-partner-down | both are alive and cut off, and told that the other is down | POTENTIAL-CONFLICT ends |
| S20/false-partner-down | the same | of two clients on an address one stays |

A PARTNER-DOWN that is false breaks AS2: that addresses are leased twice then is no fault of the servers, and S1 is
judged only from the end of the conflict on.
"""

from __future__ import annotations

import itertools

from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_story import CLIENTS, CROWDED, LEASE_S, REUNITE_S, SAFE, SCARCE, Story, told

SHARED = CLIENTS * 3 // 4
"""Each side has more clients than half of these, and less than all."""


def partner_down(story: Story) -> None:
    """When the waits of S9 are over the primary has every address, the dead server's included; when that one comes
    back, each lease that it remembers is over, and the primary has renewed many of them."""
    story.scarcity(seed=131)
    story.run(120.0)
    story.kill("secondary")
    story.run(20.0)
    story.partner_down("primary")
    story.run(LEASE_S + 2 * story.pair.mclt_s)
    story.start("secondary")
    story.reunite(story.pair.mclt_s + REUNITE_S)
    story.run(200.0)


def need_true(story: Story, t: Case) -> None:
    """Inconclusive if AS2 did not hold: a secondary that does not reach its partner in its startup time may go on from
    where it was (FO-9.3.2-13), and serves clients beside a server in PARTNER-DOWN."""
    if "PARTNER-DOWN" not in story.states_of("primary"):
        t.inconclusive("EVIDENCE: the primary never said PARTNER-DOWN")
    if "COMMUNICATIONS-INTERRUPTED" in story.states_of("secondary"):
        t.inconclusive("EVIDENCE: the secondary's startup time was over before it was connected (AS2)")


def false_partner_down(story: Story) -> None:
    story.begin(SHARED)
    story.exhaust()
    crowd = story.people(seed=132)
    story.run(100.0)
    story.cut()
    crowd.hear(story.pair.relays[0], "primary")
    crowd.hear(story.pair.relays[1], "secondary")
    story.run(20.0)
    for role in story.pair.servers:
        story.partner_down(role)
    story.run(LEASE_S + 2 * story.pair.mclt_s)
    story.heal()
    story.reunite()
    for relay in story.pair.relays:
        crowd.hear(relay, "primary", "secondary")
    story.run(30.0)   # whoever asked before the end of the conflict has its answer
    story.new_chapter()
    story.run(LEASE_S)


@case("inv/S1/partner-down", roles=PAIR, consequence="safety", basis="invariant", observations=2, own_peer=True,
      covers=[*SAFE[:2], ("FO-9.4.2-03", "from all available addresses after MCLT"),
              ("FO-9.4.2-06", "not before the waits are over"),
              ("S9", "the waits cover what the partner may have promised")])
def test_true(pair: PairBench, t: Case) -> None:
    """A survivor that takes over its dead partner's addresses gives none of them to two clients."""
    story = t.sends(f"{CROWDED} clients, {SCARCE} addresses; the secondary killed, partner-down at the "
                    f"primary, the secondary started again after {LEASE_S + 2 * pair.mclt_s} s",
                    told(pair, partner_down))
    need_true(story, t)
    with t.expects("S1 holds"):
        story.judge(t, "S1", floors={"served": CLIENTS, "S1 changes of the client of an address": SCARCE // 10})


@case("inv/L18/partner-down", roles=PAIR, consequence="liveness", basis="invariant", observations=2, own_peer=True,
      covers=[("L18", "NORMAL after the partner's recovery"), ("L5", "RECOVER, RECOVER-DONE, NORMAL")])
def test_true_ends(pair: PairBench, t: Case) -> None:
    """PARTNER-DOWN ends in NORMAL when the partner has come back and recovered."""
    story = t.sends("the secondary killed, partner-down at the primary; the secondary started again",
                    told(pair, partner_down))
    need_true(story, t)
    with t.expects("PARTNER-DOWN, NORMAL at the primary; RECOVER, RECOVER-DONE, NORMAL at the secondary"):
        for role, way in (("primary", ["PARTNER-DOWN", "NORMAL"]),
                          ("secondary", ["RECOVER", "RECOVER-DONE", "NORMAL"])):
            said = [state for state, _ in itertools.groupby(story.states_of(role)) if state != "RECOVER-WAIT"]
            t.check(said[-len(way):] == way, f"the {role} said {', '.join(said[-6:])}")


@case("inv/L7/false-partner-down", roles=PAIR, consequence="liveness", basis="invariant", observations=2, own_peer=True,
      covers=[("L7", "CONFLICT-DONE, then NORMAL"), ("FO-9.10.3-02", "the primary goes to CONFLICT-DONE"),
              ("FO-9.10.3-03", "the secondary goes to NORMAL")])
def test_conflict_ends(pair: PairBench, t: Case) -> None:
    """Two servers that both believed to be alone find that out, and come back to NORMAL."""
    story = t.sends("the link cut, partner-down at both, each with clients of its own; the link repaired",
                    told(pair, false_partner_down))
    with t.expects("POTENTIAL-CONFLICT at both, CONFLICT-DONE at the primary, NORMAL at both"):
        for role, way in (("primary", ["POTENTIAL-CONFLICT", "CONFLICT-DONE", "NORMAL"]),
                          ("secondary", ["POTENTIAL-CONFLICT", "NORMAL"])):
            said = story.states_of(role)
            since = said[said.index("PARTNER-DOWN") + 1:] if "PARTNER-DOWN" in said else []
            t.check([state for state in since if state in way] == way,
                    f"the {role} said {', '.join(since) or 'nothing since PARTNER-DOWN'}")


@case("inv/S20/false-partner-down", roles=PAIR, consequence="safety", basis="invariant", observations=2, own_peer=True,
      covers=[("S20", "of two clients on one address one stays on both servers")])
def test_one_winner(pair: PairBench, t: Case) -> None:
    """Once the conflict is settled no address has two clients for longer than the last lease of before."""
    story = told(pair, false_partner_down)
    before = story.chapters[0].judge("S1", story.bounds())
    double = len({finding.address for finding in before.findings})
    t.sends(f"the link cut, partner-down at both, each with clients of its own; the link repaired; {double} addresses "
            "had two clients before the end of the conflict")
    if double < SHARED // 10:
        t.inconclusive(f"EVIDENCE: {double} addresses with two clients, the story needs {SHARED // 10}")
    with t.expects("from then on DHCPACKs for each address to one of them only"):
        story.judge(t, "S1", floors={"S1 leases": SHARED // 2})

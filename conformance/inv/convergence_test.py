"""What two servers hold in their stores when everything has been told.

| test | what happens | judged |
|---|---|---|
| S21/after-a-cut | the link is cut for 200 s and repaired; later each server is asked for all its bindings | S21 |
| S21/after-a-crash | the secondary is killed for 100 s | S21 |
"""

from __future__ import annotations

from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_story import CLIENTS, Story, told

FLOORS = {"served": CLIENTS, "S21 addresses that both servers told": CLIENTS, "S21 ACTIVE at the primary": CLIENTS // 2}


def after_a_cut(story: Story) -> None:
    story.begin()
    story.people(seed=141)
    story.run(120.0)
    story.cut()
    story.run(200.0)
    story.heal()
    story.reunite()
    story.run(120.0)
    story.compare()


def after_a_crash(story: Story) -> None:
    story.begin()
    story.people(seed=142)
    story.run(120.0)
    story.kill("secondary")
    story.run(100.0)
    story.start("secondary")
    story.reunite()
    story.run(120.0)
    story.compare()


@case("inv/S21/after-a-cut", roles=PAIR, consequence="safety", basis="invariant", observations=2, own_peer=True,
      probe=False, covers=[("S21", "the same status and client for each address")])
def test_cut(pair: PairBench, t: Case) -> None:
    """After a cut is repaired and all is told, both servers hold the same about each address."""
    story = t.sends(f"{CLIENTS} clients; the link cut for 200 s, repaired; 120 s later UPDREQALL to each server",
                    told(pair, after_a_cut))
    with t.expects("S21 holds"):
        story.judge(t, "S21", floors=FLOORS)


@case("inv/S21/after-a-crash", roles=PAIR, consequence="safety", basis="invariant", observations=2, own_peer=True,
      probe=False, covers=[("S21", "the same status and client for each address")])
def test_crash(pair: PairBench, t: Case) -> None:
    """After a crash and all is told, both servers hold the same about each address."""
    story = t.sends(f"{CLIENTS} clients; the secondary killed for 100 s; 120 s after its return UPDREQALL to each "
                    "server", told(pair, after_a_crash))
    with t.expects("S21 holds"):
        story.judge(t, "S21", floors=FLOORS)

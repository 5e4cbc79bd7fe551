"""What two servers hold in their stores when everything has been told.

| test | what happens | judged |
|---|---|---|
| S21/after-a-cut | the link is cut for 200 s and repaired; later each server is asked for all its bindings | S21 |
| S21/after-a-crash | the secondary is killed for 100 s | S21 |
| S21/stores-after-a-cut, stores-after-a-crash | the same, and before anybody asks the stores are read | S21 |
"""

from __future__ import annotations

from twinlease.adapter import Blocked
from twinlease.lease_store import differences
from twinlease.manifest import ROLES
from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_story import CLIENTS, Story, told

EPS_S = 2.0
"""Two clocks and their whole seconds: what one moment may differ by in two stores."""
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


def stores_agree(story: Story, t: Case) -> None:
    for role in ROLES:
        if role not in story.stores:
            raise Blocked(f"read_leases of the {role}, with a lease_format")
    with t.expects("both stores have the same status for each address, and of a lease the same client and end"):
        primary, secondary = (story.stores[role] for role in ROLES)
        found = differences(primary, secondary, EPS_S, story.stores_read_s)
        t.check(not found, f"{'; '.join(found[:3])} (primary, secondary); {len(found)} differ")
        active = sum(stored.status == "ACTIVE" for stored in primary.values())
        t.saw(f"{active} ACTIVE, {len(primary.keys() | secondary.keys())} addresses with a client or a status")
        if active < FLOORS["S21 ACTIVE at the primary"]:
            t.inconclusive(f"EVIDENCE: {active} ACTIVE, the story needs {FLOORS['S21 ACTIVE at the primary']}")


@case("inv/S21/stores-after-a-cut", roles=PAIR, consequence="safety", basis="invariant", observations=2,
      own_peer=True, probe=False, covers=[("S21", "the same status and client for each address, as stored")])
def test_stores_after_a_cut(pair: PairBench, t: Case) -> None:
    """After a cut is repaired and all is told, both stores hold the same, each lease with its end."""
    stores_agree(t.sends(f"{CLIENTS} clients; the link cut for 200 s, repaired; 150 s later both stores are read",
                         told(pair, after_a_cut)), t)


@case("inv/S21/stores-after-a-crash", roles=PAIR, consequence="safety", basis="invariant", observations=2,
      own_peer=True, probe=False, covers=[("S21", "the same status and client for each address, as stored")])
def test_stores_after_a_crash(pair: PairBench, t: Case) -> None:
    """After a crash and all is told, both stores hold the same, each lease with its end."""
    stores_agree(t.sends(f"{CLIENTS} clients; the secondary killed for 100 s; 150 s after its return both stores are "
                         "read", told(pair, after_a_crash)), t)

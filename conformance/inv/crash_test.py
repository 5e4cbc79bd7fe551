"""One of two servers is killed in NORMAL and comes back with the store that it had.

| test | what happens | judged |
|---|---|---|
| S1/, L4/primary-killed | the primary is gone for 150 s, and there are fewer addresses than clients | S1, S6; L4 |
| S1/, L4/secondary-killed | the secondary is | S1, S6; L4 |
| L1/primary-killed | the primary is gone, and there are addresses for everybody | L1 |
| L1/secondary-killed | the secondary is | L1 |
"""

from __future__ import annotations

from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_story import CLIENTS, CROWDED, SAFE, SCARCE, Story, told

SERVED = [("L1", "every client answered by the server that is left"), ("FO-9.9.2-01", "all requests answered"),
          ("FO-9.9.2-02", "no load balancing")]
SAFE_FLOORS = {"served": CLIENTS, "renewing": CLIENTS, "S1 changes of the client of an address": SCARCE // 10}
SERVED_FLOORS = {"L1 clients answered by a server alone": 20, "L1 of the partner's buckets": 10,
                 "rebinding": CLIENTS // 4}
"""Of the last: half of the clients are the dead server's, and a quarter of these may have gone before they rebind."""


def _killed(story: Story, role: str, seed: int) -> None:
    story.scarcity(seed=seed)
    story.run(150.0)
    story.kill(role)
    story.run(150.0)
    story.start(role)
    story.reunite()
    story.run(240.0)


def primary_killed(story: Story) -> None:
    _killed(story, "primary", 111)


def secondary_killed(story: Story) -> None:
    _killed(story, "secondary", 112)


def _alone(story: Story, role: str, seed: int) -> None:
    """That server dies while leases are still the MCLT's own, so that its clients have to turn to the other soon: well
    before the first of them renews."""
    story.begin()
    story.people(seed=seed, over_s=20.0)
    story.run(22.0)
    story.kill(role)
    story.run(180.0)
    story.start(role)
    story.reunite()


def secondary_alone(story: Story) -> None:
    _alone(story, "primary", 113)


def primary_alone(story: Story) -> None:
    _alone(story, "secondary", 114)


@case("inv/S1/primary-killed", roles=PAIR, consequence="safety", basis="invariant", observations=3, own_peer=True,
      covers=SAFE)
def test_primary(pair: PairBench, t: Case) -> None:
    """While the primary is dead, and after its return, no address is leased to two clients."""
    story = t.sends(f"{CROWDED} clients, {SCARCE} addresses; the primary killed for 150 s", told(pair, primary_killed))
    with t.expects("S1 and S6 hold"):
        story.judge(t, "S1", "S6", floors=SAFE_FLOORS)


@case("inv/L1/primary-killed", roles=PAIR, consequence="liveness", basis="invariant", observations=2, own_peer=True,
      covers=SERVED)
def test_primary_service(pair: PairBench, t: Case) -> None:
    """The secondary serves everybody while the primary is dead."""
    story = t.sends(f"{CLIENTS} clients; the primary killed for 180 s", told(pair, secondary_alone))
    with t.expects("L1 holds"):
        story.judge(t, "L1", floors=SERVED_FLOORS)


@case("inv/L4/primary-killed", roles=PAIR, consequence="liveness", basis="invariant", observations=2, own_peer=True,
      covers=[("L4", "NORMAL after the return")])
def test_primary_reunion(pair: PairBench, t: Case) -> None:
    """A pair whose primary came back returns to NORMAL."""
    story = t.sends(f"{CROWDED} clients, {SCARCE} addresses; the primary killed for 150 s", told(pair, primary_killed))
    with t.expects("L4 holds"):
        story.judge(t, "L4", floors={"L4 reunions": 1})


@case("inv/S1/secondary-killed", roles=PAIR, consequence="safety", basis="invariant", observations=3, own_peer=True,
      covers=SAFE)
def test_secondary(pair: PairBench, t: Case) -> None:
    """While the secondary is dead, and after its return, no address is leased to two clients."""
    story = t.sends(f"{CROWDED} clients, {SCARCE} addresses; the secondary killed for 150 s",
                    told(pair, secondary_killed))
    with t.expects("S1 and S6 hold"):
        story.judge(t, "S1", "S6", floors=SAFE_FLOORS)


@case("inv/L1/secondary-killed", roles=PAIR, consequence="liveness", basis="invariant", observations=2, own_peer=True,
      covers=SERVED)
def test_secondary_service(pair: PairBench, t: Case) -> None:
    """The primary serves everybody while the secondary is dead."""
    story = t.sends(f"{CLIENTS} clients; the secondary killed for 180 s", told(pair, primary_alone))
    with t.expects("L1 holds"):
        story.judge(t, "L1", floors=SERVED_FLOORS)


@case("inv/L4/secondary-killed", roles=PAIR, consequence="liveness", basis="invariant", observations=2, own_peer=True,
      covers=[("L4", "NORMAL after the return")])
def test_secondary_reunion(pair: PairBench, t: Case) -> None:
    """A pair whose secondary came back returns to NORMAL."""
    story = t.sends(f"{CROWDED} clients, {SCARCE} addresses; the secondary killed for 150 s",
                    told(pair, secondary_killed))
    with t.expects("L4 holds"):
        story.judge(t, "L4", floors={"L4 reunions": 1})

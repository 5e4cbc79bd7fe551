"""More clients than one server, or both, have addresses for.

| test | what happens | judged |
|---|---|---|
| S1/lower-buckets-exhausted-in-normal | all clients are of one server's buckets, and more than its share | S1, S6 |
| S1/upper-buckets-exhausted-in-normal | of the other's | S1, S6 |
| L12/one-pool-exhausted-in-normal | both stories: one of them is about the secondary's pool | L12 |
| S1/both-pools-exhausted-while-interrupted | the link is cut, then too many clients come | S1, S6 |
"""

from __future__ import annotations

from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_story import CLIENTS, SAFE, Story, told

POOL = CLIENTS * 3 // 2
"""Half of it is less than the clients, all of it is more."""
VERY_SCARCE = CLIENTS * 3 // 5


def _half(story: Story, seed: int, lower: bool) -> None:
    story.begin(POOL)
    story.exhaust()
    story.people(seed=seed, bucket=lambda bucket: (bucket < 128) == lower)
    story.run(400.0)


def lower_buckets(story: Story) -> None:
    _half(story, 121, lower=True)


def upper_buckets(story: Story) -> None:
    _half(story, 122, lower=False)


def both_pools_exhausted(story: Story) -> None:
    story.begin(VERY_SCARCE)
    story.exhaust()
    story.cut()
    story.run(60.0)
    story.people(seed=123)
    story.run(400.0)
    story.heal()
    story.reunite()
    story.run(200.0)


@case("inv/S1/lower-buckets-exhausted-in-normal", roles=PAIR, consequence="safety", basis="invariant", observations=3,
      own_peer=True, covers=SAFE)
def test_lower_buckets(pair: PairBench, t: Case) -> None:
    """The pool of the server of the lower buckets, filled up again as it runs out, leases no address twice."""
    story = t.sends(f"{POOL} addresses; {CLIENTS} clients, all of buckets 0 to 127", told(pair, lower_buckets))
    with t.expects("S1 and S6 hold"):
        story.judge(t, "S1", "S6", floors={"served": POOL // 2, "S6 allocations to new clients": POOL // 2})


@case("inv/S1/upper-buckets-exhausted-in-normal", roles=PAIR, consequence="safety", basis="invariant", observations=3,
      own_peer=True, covers=SAFE)
def test_upper_buckets(pair: PairBench, t: Case) -> None:
    """The pool of the server of the upper buckets, filled up again as it runs out, leases no address twice."""
    story = t.sends(f"{POOL} addresses; {CLIENTS} clients, all of buckets 128 to 255", told(pair, upper_buckets))
    with t.expects("S1 and S6 hold"):
        story.judge(t, "S1", "S6", floors={"served": POOL // 2, "S6 allocations to new clients": POOL // 2})


@case("inv/L12/one-pool-exhausted-in-normal", roles=PAIR, consequence="liveness", basis="invariant", observations=4,
      own_peer=True, covers=[("L12", "a secondary without addresses gets some while the primary has them"),
                             ("FO-5.4-04", "addresses for a secondary that asks")])
def test_share(pair: PairBench, t: Case) -> None:
    """A secondary is given addresses again as long as the primary has enough."""
    t.sends(f"{POOL} addresses; {CLIENTS} clients of buckets 0 to 127, then as many of buckets 128 to 255")
    with t.expects("L12 holds"):
        for tell in (lower_buckets, upper_buckets):
            told(pair, tell).judge(t, "L12", floors={"served": POOL // 2})


@case("inv/S1/both-pools-exhausted-while-interrupted", roles=PAIR, consequence="safety", basis="invariant",
      observations=3, own_peer=True,
      covers=[*SAFE, ("FO-9.9.2-03", "the primary gives FREE ones only"), ("FO-9.9.2-04", "the secondary BACKUP only"),
              ("FO-5.4-03", "none that the primary offered as BACKUP")])
def test_both_pools(pair: PairBench, t: Case) -> None:
    """Two servers without a link that have given everything away have given nothing away twice."""
    story = t.sends(f"{VERY_SCARCE} addresses; the link cut, then {CLIENTS} clients for 400 s; the link repaired",
                    told(pair, both_pools_exhausted))
    with t.expects("S1 and S6 hold"):
        story.judge(t, "S1", "S6", floors={"served": VERY_SCARCE * 9 // 10,
                                           "S6 by the primary": VERY_SCARCE // 4,
                                           "S6 by the secondary": VERY_SCARCE // 4})

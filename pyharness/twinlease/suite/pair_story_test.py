"""What a story makes of its history: findings, evidence that is there, and evidence that is not."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from twinlease.suite.case import PAIR, Case, Deviation, Inconclusive, case
from twinlease.suite.pair_story import Story, told

T = 1_800_000_000.0
ALICE, BOB = b"\x06\0\0\0\0\1", b"\x06\0\0\0\0\2"


class Pair:
    """Of a PairBench only what judging needs."""

    tolerance_s = 2.0
    relationship = SimpleNamespace(receive_timer_s=30)


@pytest.fixture
def story() -> Story:
    story = Story(Pair())
    story.crowd = SimpleNamespace(count=Counter(served=1), describe=lambda: "1 served")
    story.history.acked(T, "primary", ALICE, "10.77.1.1", "selecting", 60, T)
    return story


@pytest.fixture
def t() -> Case:
    @case("inv/S1/example", roles=PAIR, covers=[("S1", "no address leased to two clients")])
    def example() -> None:
        """An example."""
    return Case(example.spec, "pair")


def test_what_holds_is_an_observation(story, t):
    story.judge(t, "S1", floors={"served": 1, "S1 leases": 1})
    assert t.observations == 2
    assert t.observed[0].startswith("S1: 1 DHCPACKs, 1 leases")


def test_a_finding_is_a_deviation_that_names_its_invariant(story, t):
    story.history.acked(T + 30, "secondary", BOB, "10.77.1.1", "selecting", 60, T + 30)
    with pytest.raises(Deviation, match="both held it for 30.0 s .*secondary acked") as deviation:
        story.judge(t, "S1", "L4", floors={"served": 1000})   # however little was seen besides
    assert deviation.value.clauses == ("S1",)


def test_too_little_evidence_is_inconclusive(story, t):
    with pytest.raises(Inconclusive, match="1 served, the story needs 2"):
        story.judge(t, "S1", floors={"served": 2})
    with pytest.raises(Inconclusive, match="0 S1 nonsense, the story needs 1"):
        story.judge(t, "S1", floors={"S1 nonsense": 1})


def test_an_invariant_that_saw_nothing_is_inconclusive(story, t):
    with pytest.raises(Inconclusive, match="nothing that L4 speaks of happened"):
        story.judge(t, "S1", "L4")


def test_a_chapter_is_judged_for_itself(story, t):
    story.history.acked(T + 30, "secondary", BOB, "10.77.1.1", "selecting", 60, T + 30)
    story.new_chapter()
    story.history.acked(T + 60, "secondary", BOB, "10.77.1.1", "renewing", 60, T + 60)
    assert story.crowd.history is story.history
    story.judge(t, "S1")
    assert story.chapters[0].judge("S1").outcome == "broken"


def test_a_story_is_told_once(monkeypatch):
    monkeypatch.setattr(Story, "end", lambda self: None)
    pair, times = Pair(), []
    first = told(pair, times.append)
    assert told(pair, times.append) is first and times == [first]
    assert told(Pair(), times.append) is not first

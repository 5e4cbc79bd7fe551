from __future__ import annotations

import pytest

from twinlease.connection import NotSeen
from twinlease.suite.case import BOTH, Case, Deviation, case


@case("d12/6.1/example", roles=BOTH, covers=[("FO-6.1-01", "process"), ("FO-6.1-01", "ignore"), ("FO-6.1-02", "x")])
def example() -> None:
    """An example."""


def running() -> Case:
    return Case(example.spec, "primary")


def test_a_declaration_knows_its_section_and_clauses():
    assert example.spec.section == "6.1" and example.spec.clauses == ["FO-6.1-01", "FO-6.1-02"]
    assert example.spec.title == "An example."


def test_a_test_without_a_title_is_refused():
    with pytest.raises(TypeError, match="docstring"):
        @case("d12/6.1/x", roles=BOTH, covers=[("FO-6.1-01", "process")])
        def untitled() -> None:
            pass


@pytest.mark.parametrize("raised", [NotSeen("no STATE within 5 s"), ConnectionError("reset")])
def test_silence_is_a_deviation_only_where_the_peer_is_judged(raised):
    with pytest.raises(Deviation, match=str(raised)), running().expects("an answer"):
        raise raised
    with pytest.raises(type(raised)):
        raise raised


def test_checks_are_observations_and_a_failed_one_deviates():
    t = running()
    t.check(True, "fine")
    assert t.observations == 1 and t.observed == ["fine"]
    with pytest.raises(Deviation, match="wrong"):
        t.check(False, "wrong")

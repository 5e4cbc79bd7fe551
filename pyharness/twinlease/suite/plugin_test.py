from __future__ import annotations

import pytest

from twinlease.clock import Clock
from twinlease.suite.case import BOTH, case
from twinlease.suite.plugin import LADDER_MAX, ladder, selected
from twinlease.transcript import Transcript


@case("d12/7.1.3/two-clients", roles=BOTH, covers=[("FO-7.1.3-13", "accept")])
def example() -> None:
    """An example."""


@pytest.mark.parametrize("select, role, runs", [
    ((), "primary", True),
    (("d12/7.1",), "primary", True),
    (("d12/7.2", "d12/7.1.3"), "secondary", True),
    (("d12/7.2",), "primary", False),
    (("d12/7.1.3/two-clients@primary",), "primary", True),
    (("d12/7.1.3/two-clients@primary",), "secondary", False),
    (("d12/7.1.3/two-clients",), "secondary", True),
    (("inv/",), "primary", False),
    (("oracle/STATE-SHUTDOWN/S12@primary",), "primary", True),
    (("oracle/STATE-SHUTDOWN/S12@primary",), "secondary", False),
])
def test_select_takes_prefixes_of_ids_with_or_without_role(select, role, runs):
    assert selected(example.spec, role, select) is runs


def test_a_long_ladder_keeps_head_and_tail_and_says_what_was_cut():
    transcript = Transcript(Clock())
    for number in range(LADDER_MAX + 30):
        transcript.note(str(number))
    steps, cut = ladder(transcript.entries)
    assert (len(steps), cut) == (LADDER_MAX, 30)
    assert (steps[0]["label"], steps[-1]["label"]) == ("0", str(LADDER_MAX + 29))
    assert steps[0]["t"] == 0.0

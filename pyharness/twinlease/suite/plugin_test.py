from __future__ import annotations

from types import SimpleNamespace

import pytest

from twinlease import oracle
from twinlease.clock import Clock
from twinlease.suite.case import BOTH, case
from twinlease.report.record import validate
from twinlease.suite.plugin import LADDER_MAX, ConformancePlugin, Settings, ladder, selected
from twinlease.transcript import Transcript
from twinlease.oracle_test import Story


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


def oracle_results(entries, dialect="isc", select=()):
    """What the plugin writes of the oracle when a role's tests have run, of which one saw the last entry."""
    settings = Settings(manifest=SimpleNamespace(dialect=dialect), roles=("primary",), select=select, out=None, log=None,
                        clauses={}, rerun="certify x --select {id}")
    plugin = ConformancePlugin(settings)
    last = len(entries) - 1
    plugin.watched["primary"] = [oracle.Span("d12/before@primary", 0, last, "pcap/1.pcap"),
                                 oracle.Span("d12/lie@primary", last, last + 1, "pcap/2.pcap")]
    records = plugin._oracle_results(SimpleNamespace(transcript=SimpleNamespace(entries=entries), role="primary"))
    return {validate(record)["id"]: record for record in records}


def test_a_lie_of_the_peer_is_a_failing_result_of_the_oracle():
    found = oracle_results(Story().normal().add("peer", "UPDDONE", xid=77).entries)
    assert set(found) == {"oracle/explained@primary", "oracle/UPDDONE/FO-7.5-01@primary"}
    lie = found["oracle/UPDDONE/FO-7.5-01@primary"]
    assert (lie["verdict"], lie["pcap"]) == ("FAIL", "pcap/2.pcap")
    assert lie["rerun"] == "certify x --select d12/lie@primary"
    assert found["oracle/explained@primary"]["rerun"] == "certify x --select @primary"


def test_a_truth_of_the_peer_and_a_lie_of_the_suite_are_none():
    story = Story().normal().add("suite", "UPDDONE", xid=77).add("suite", "BNDACK", xid=78)
    found = oracle_results(story.add("peer", "CONTACT").entries, select=("d12/a", "d12/b"))
    assert [r["verdict"] for r in found.values()] == ["PASS"]
    assert found["oracle/explained@primary"]["rerun"] == "certify x --select d12/a --select d12/b"


def test_an_oracle_that_breaks_is_our_error():
    found = oracle_results(Story().normal().entries, dialect="none such")
    assert [(r["id"], r["verdict"]) for r in found.values()] == [("oracle/explained@primary", "ERROR")]

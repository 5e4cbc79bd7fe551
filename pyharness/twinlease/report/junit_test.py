from xml.etree import ElementTree

import pytest

from twinlease.baseline import Baseline, Expectation
from twinlease.report import junit
from twinlease.report.document import build
from twinlease.report.document_test import FAILED, sample
from twinlease.report.fixtures import sample_run
from twinlease.verdict import Verdict


def outcomes(report):
    """Test id -> tag and type of the outcome, None for a plain pass."""
    root = ElementTree.fromstring(junit.render(report).encode("utf-8"))
    found = {}
    for case in root.iter("testcase"):
        id = case.get("classname") + "/" + case.get("name")
        child = case.find("*")
        found[id] = None if child is None else (child.tag, child.get("type"))
    return root, found


@pytest.mark.parametrize(
    "level, verdict, basis, outcome",
    [
        ("must", "PASS", "clause", None),
        ("must", "FAIL", "clause", ("failure", "FAIL")),
        ("must", "ERROR", None, ("error", "ERROR")),
        ("must", "LENIENT", "clause", ("system-out", None)),
        ("should", "LENIENT", "clause", ("failure", "LENIENT")),
        ("should", "LENIENT", "adjudicated", ("system-out", None)),
        ("must", "FAIL", "adjudicated", ("system-out", None)),
        ("must", "UNIMPLEMENTED", None, ("skipped", "UNIMPLEMENTED")),
        ("must", "BLOCKED", None, ("skipped", "BLOCKED")),
        ("must", "INCONCLUSIVE", None, ("skipped", "INCONCLUSIVE")),
        ("must", "NOT_RUN", None, ("skipped", "NOT_RUN")),
    ],
)
def test_outcome_of_a_verdict(level, verdict, basis, outcome):
    test = sample_run.make_test("d12/1/a", "must", [], verdict=verdict, basis=basis)
    run = sample_run.records(level)[0]
    _, found = outcomes(build(sample(run=run, tests=[test]), {}))
    assert found == {"d12.1/a": outcome}


def test_totals_of_the_sample():
    root, found = outcomes(build(sample(), {}))
    assert len(found) == 30
    totals = {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert totals == {"tests": "30", "failures": "4", "errors": "1", "skipped": "6"}
    for name in totals:
        assert sum(int(suite.get(name)) for suite in root) == int(root.get(name))


def test_a_test_without_a_result_is_an_error():
    _, found = outcomes(build(sample(end=None, unfinished=["d12/9/x@primary"]), {}))
    assert found["d12.9/x@primary"] == ("error", "unfinished")


def test_a_baseline_turns_failures_round():
    baseline = Baseline(
        [
            Expectation(FAILED, Verdict.FAIL, "takes any MCLT"),
            Expectation("d12/7.8/connect-comes-first@primary", Verdict.FAIL, "once"),
            Expectation("d12/7.8.2/tls-is-negotiated@secondary", Verdict.BLOCKED, "once"),
            Expectation("d12/0/gone", Verdict.FAIL, "once"),
        ]
    )
    _, found = outcomes(build(sample(), {}, baseline))
    assert found["d12.7.8.2/bad-mclt-is-refused@secondary"] == ("skipped", "expected")
    assert found["d12.7.8/connect-comes-first@primary"] == ("failure", "baseline-mismatch")
    assert found["d12.7.8.2/tls-is-negotiated@secondary"] == ("failure", "baseline-mismatch")
    assert found["baseline.d12.0/gone"] == ("failure", "unused-entry")


def test_hostile_text_stays_text():
    root, _ = outcomes(build(sample(), {}))
    [failure] = [case for case in root.iter("failure") if "script" in case.get("message")]
    assert "<script>alert(1)</script>" in failure.get("message")
    assert "\\x00" in failure.get("message")
    assert not list(failure)

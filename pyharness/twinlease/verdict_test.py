import itertools

import pytest

from twinlease.baseline import Baseline, Expectation
from twinlease.verdict import (
    Basis,
    Completeness,
    ExitCode,
    Verdict,
    exit_code,
    judged,
    peer_verdict,
)


def result(verdict, basis="clause", consequence="interop", id="d12/1/a"):
    return {"id": id, "verdict": verdict, "basis": basis, "consequence": consequence}


def results(*verdicts):
    return [result(verdict, id=f"d12/1/t{place}") for place, verdict in enumerate(verdicts)]


# What ran -> the peer's verdict and exit code, at level must and at level should.
TRUTH_TABLE = [
    # results                          must                      should
    (["PASS"],                         "PASS", 0,                "PASS", 0),
    (["PASS", "LENIENT"],              "LENIENT", 0,             "FAIL", 1),
    (["PASS", "ERROR"],                "ERROR", 70,              "ERROR", 70),
    (["LENIENT", "ERROR"],             "ERROR", 70,              "FAIL", 1),
    (["FAIL", "ERROR"],                "FAIL", 1,                "FAIL", 1),
    (["FAIL", "BLOCKED"],              "FAIL", 1,                "FAIL", 1),
    (["PASS", "UNIMPLEMENTED"],        "PASS", 2,                "PASS", 2),
    (["PASS", "BLOCKED"],              "PASS", 2,                "PASS", 2),
    (["PASS", "INCONCLUSIVE"],         "PASS", 2,                "PASS", 2),
    (["INCONCLUSIVE", "BLOCKED"],      "INCONCLUSIVE", 2,        "INCONCLUSIVE", 2),
    (["PASS", "NOT_RUN"],              "PASS", 0,                "PASS", 0),
    (["NOT_RUN"],                      "NOT_RUN", 2,             "NOT_RUN", 2),
    ([],                               "NOT_RUN", 2,             "NOT_RUN", 2),
]  # fmt: skip


@pytest.mark.parametrize("verdicts, must, must_code, should, should_code", TRUTH_TABLE)
def test_truth_table_of_peer_verdict_and_exit_code(
    verdicts, must, must_code, should, should_code
):
    ran = results(*verdicts)
    assert peer_verdict(ran, "must")[0] == must
    assert exit_code(ran, "must") == must_code
    for level in ("should", "all"):
        assert peer_verdict(ran, level)[0] == should
        assert exit_code(ran, level) == should_code


def test_order_of_results_does_not_matter():
    for verdicts in itertools.permutations(["FAIL", "ERROR", "LENIENT", "PASS", "BLOCKED"]):
        assert peer_verdict(results(*verdicts), "must")[0] is Verdict.FAIL


def test_nothing_but_pass_makes_a_peer_pass():
    silent = [verdict for verdict in Verdict if verdict is not Verdict.PASS]
    for verdict in silent:
        assert peer_verdict(results(verdict), "must")[0] is not Verdict.PASS


@pytest.mark.parametrize("level", ["must", "should", "all"])
@pytest.mark.parametrize("verdict", ["FAIL", "LENIENT"])
def test_adjudicated_never_makes_the_peer_fail(level, verdict):
    adjudicated = result(verdict, basis=Basis.ADJUDICATED, consequence="safety")
    assert judged(adjudicated, level) is Verdict.LENIENT
    assert peer_verdict([adjudicated], level)[0] is Verdict.LENIENT
    assert exit_code([adjudicated], level) == 0


def test_completeness_counts_each_kind_once():
    ran = results("PASS", "FAIL", "LENIENT", "UNIMPLEMENTED", "BLOCKED", "BLOCKED", "NOT_RUN",
                  "INCONCLUSIVE", "ERROR")  # fmt: skip
    _, completeness = peer_verdict(ran, "must", selected=10)
    assert completeness == Completeness(
        selected=10, unimplemented=1, blocked=2, inconclusive=1, error=1, unfinished=2
    )
    assert (completeness.conclusive, completeness.missing, completeness.full) == (3, 7, False)


def test_a_run_cut_short_is_incomplete():
    assert exit_code(results("PASS"), "must", selected=2) is ExitCode.INCOMPLETE
    assert exit_code(results("PASS"), "must", selected=1) is ExitCode.CLEAN


def test_selected_never_falls_below_what_ran():
    assert peer_verdict(results("PASS", "PASS"), "must", selected=1)[1].selected == 2


@pytest.mark.parametrize(
    "basis, consequence, code",
    [
        ("invariant", "safety", 10),
        ("invariant", "liveness", 11),
        ("invariant", "interop", 1),
        ("clause", "safety", 1),
        ("clause", "liveness", 1),
    ],
)
def test_code_of_a_failure(basis, consequence, code):
    assert exit_code([result("FAIL", basis, consequence)], "must") == code
    assert exit_code([result("LENIENT", basis, consequence)], "should") == code


def test_safety_goes_before_liveness_and_both_before_the_rest():
    failed = [
        result("FAIL"),
        result("FAIL", "invariant", "liveness"),
        result("FAIL", "invariant", "safety"),
        result("ERROR"),
    ]
    for order in itertools.permutations(failed):
        assert exit_code(order, "must") is ExitCode.SAFETY


def compared(ran, *entries, partial=False):
    expectations = [Expectation(test, Verdict(verdict), "known") for test, verdict in entries]
    return Baseline(expectations).compare(ran, partial)


@pytest.mark.parametrize("verdict", ["FAIL", "UNIMPLEMENTED", "BLOCKED", "INCONCLUSIVE"])
def test_an_expected_result_does_not_count(verdict):
    ran = [result("PASS"), result(verdict, "invariant", "safety", id="d12/1/known")]
    assert exit_code(ran, "must", compared(ran, ("d12/1/known", verdict)), selected=2) == 0


def test_all_results_expected_is_clean():
    ran = results("FAIL")
    assert exit_code(ran, "must", compared(ran, ("d12/1/t0", "FAIL")), selected=1) == 0


@pytest.mark.parametrize(
    "verdicts, entries, code",
    [
        (["PASS", "PASS"], [("d12/1/t0", "FAIL")], 3),  # unexpected pass
        (["LENIENT", "PASS"], [("d12/1/t0", "FAIL")], 3),  # another verdict
        (["PASS", "PASS"], [("d12/1/gone", "FAIL")], 3),  # unused
        (["FAIL", "PASS"], [("d12/1/t1", "FAIL")], 1),  # a new FAIL goes before the mismatch
        (["FAIL", "PASS"], [("d12/1/t0", "LENIENT")], 1),  # FAIL where less was expected
        (["ERROR", "PASS"], [("d12/1/t1", "FAIL")], 70),
        (["BLOCKED", "PASS"], [("d12/1/t1", "FAIL")], 3),  # a mismatch goes before incomplete
        (["BLOCKED", "FAIL"], [("d12/1/t1", "FAIL")], 2),
    ],
)
def test_code_with_a_baseline(verdicts, entries, code):
    ran = results(*verdicts)
    assert exit_code(ran, "must", compared(ran, *entries)) == code


def test_a_baseline_does_not_hide_that_nothing_ran():
    ran = results("NOT_RUN")
    assert exit_code(ran, "must", compared(ran)) == 2


def test_unknown_words_are_refused():
    with pytest.raises(ValueError, match="level = 'may': expected one of must, should, all"):
        judged(result("PASS"), "may")
    with pytest.raises(ValueError):
        judged(result("XFAIL"), "must")

import json

import pytest

from twinlease.baseline import Baseline, Expectation
from twinlease.register import Row
from twinlease.report.clauses import Clause
from twinlease.report.document import ReportError, build, check, to_json
from twinlease.report.fixtures import sample_run
from twinlease.report.run_log import Run
from twinlease.verdict import Verdict

FAILED = "d12/7.8.2/bad-mclt-is-refused@secondary"
CLAUSE = Clause(section="7.8.2", level="should", requirement="MCLT not acceptable: reason 5")


def sample(**changes):
    records = sample_run.records()
    run, end = records[0], records[-1]
    tests = [record for record in records if record["kind"] == "test"]
    return Run(**{"run": run, "tests": tests, "end": end, **changes})


def test_verdict_completeness_and_counts():
    report = build(sample(), {})
    assert report["verdict"] == "FAIL"
    assert report["exit_code"] == 10
    assert report["counts"]["FAIL"] == 4 and report["counts"]["PASS"] == 17
    assert report["completeness"] == {
        "full": False, "selected": 28, "conclusive": 23, "unimplemented": 2, "blocked": 1,
        "inconclusive": 1, "error": 1, "unfinished": 0,
    }  # fmt: skip


def test_what_the_oracle_finds_comes_on_top_of_what_was_selected():
    test = sample_run.make_test
    seen, found = ({**test("d12/1/a", "must", [], verdict=verdict), "id": id, "section": "oracle"} for id, verdict in (
        ("oracle/explained@primary", "PASS"), ("oracle/BNDUPD/FO-7.1-26@primary", "FAIL")))
    run = {**sample_run.records()[0], "selected": 3}
    for tests, conclusive, unfinished in (([seen, found], 2, 2), ([found], 1, 3)):
        part = build(sample(run=run, tests=tests), {})["completeness"]
        assert (part["selected"], part["conclusive"], part["unfinished"]) == (4, conclusive, unfinished)


def test_pairs_are_distinct_and_only_of_conclusive_tests():
    test = sample_run.make_test
    covers = [["FO-6.1-01", "close"], ["FO-6.1-01", "ignore"]]
    tests = [
        test("d12/1/a", "must", covers, verdict="PASS"),
        test("d12/1/b", "must", covers[:1], verdict="FAIL"),
        test("d12/1/c", "must", [["FO-6.1-02", "close"]], verdict="BLOCKED"),
    ]
    assert build(sample(tests=tests), {})["exercised"] == {"pairs": 2, "clauses": 1, "robust": 0}


def test_what_was_only_survived_is_counted_apart():
    covers = [["FO-6.1-01", "close"], ["FO-6.1-02", "robust"]]
    tests = [sample_run.make_test("d12/1/a", "must", covers, verdict="PASS")]
    assert build(sample(tests=tests), {})["exercised"] == {"pairs": 1, "clauses": 1, "robust": 1}


def test_the_register_counts_what_the_run_says_of_each_tested_clause():
    test = sample_run.make_test
    ids = ["FO-6.1-01", "FO-6.1-02", "FO-6.1-03", "FO-6.1-04", "FO-6.1-05"]
    register = {id: Row(id, "tested", ("d12/1/a",), "") for id in ids}
    register["FO-6.2-01"] = Row("FO-6.2-01", "untestable", (), "left to the implementer")
    tests = [
        test("d12/1/a", "must", [[ids[0], "close"], [ids[1], "close"]], verdict="PASS"),
        test("d12/1/b", "must", [[ids[1], "close"]], verdict="FAIL", clauses=[ids[1]]),
        test("d12/1/c", "must", [[ids[2], "close"]], verdict="INCONCLUSIVE"),
        test("d12/1/d", "must", [[ids[3], "close"]], verdict="NOT_RUN"),
        test("d12/1/e", "must", [["FO-6.2-01", "close"]], verdict="PASS"),
    ]
    counted = build(sample(tests=tests), {}, register=register)["register"]
    assert counted["clauses"] == 6
    assert counted["classes"]["tested"] == 5 and counted["classes"]["untestable"] == 1
    assert counted["run"] == {"held": 1, "broken": 1, "undecided": 1, "not_run": 2}
    assert build(sample(), {})["register"] is None


def test_sentences_stand_beside_the_ids():
    report = build(sample(), {"FO-7.8.2-17": CLAUSE, "FO-" "9.9-99": CLAUSE})
    assert report["clauses"] == {"FO-7.8.2-17": CLAUSE}


def test_a_clause_that_is_nowhere_is_a_problem_but_an_invariant_is_not():
    problems = build(sample(), {})["problems"]
    assert "clause FO-7.8.2-17 is cited, but is not in requirements.csv" in problems
    assert not any(" S1 " in problem for problem in problems)


def test_a_run_cut_short_says_so():
    report = build(sample(end=None, unfinished=["d12/9/x"], problems=["cut"]), {})
    assert report["interrupted"] and report["finished"] is None
    assert report["unfinished"] == ["d12/9/x"]
    assert report["problems"][0] == "cut"
    assert report["never_failed"] == []


def test_level_should_makes_lenient_count():
    tests = [test for test in sample().tests if test["verdict"] == "LENIENT"]
    run = sample_run.records(level="should")[0]
    report = build(sample(run=run, tests=tests), {})
    judged = {test["basis"]: test["judged"] for test in report["tests"]}
    assert judged == {"clause": "FAIL", "adjudicated": "LENIENT"}


def test_an_expected_result_carries_its_reason():
    baseline = Baseline([Expectation(FAILED, Verdict.FAIL, "takes any MCLT")], "b.toml")
    report = build(sample(), {}, baseline)
    tests = {test["id"]: test for test in report["tests"]}
    assert tests[FAILED]["expected_because"] == "takes any MCLT"
    assert report["baseline"]["expected"] == [FAILED]
    assert report["baseline"]["clean"]


@pytest.mark.parametrize("filtered", [{"select": ["d12/6.1"]}, {"role": "primary"}, {}])
def test_a_filtered_run_does_not_call_an_entry_unused(filtered):
    run = sample().run
    run["options"].update(filtered)
    baseline = Baseline([Expectation("d12/0/gone", Verdict.FAIL, "known")], "b.toml")
    report = build(sample(run=run), {}, baseline)
    assert bool(report["baseline"]["unused"]) == (not filtered)
    assert bool(report["baseline"]["unexamined"]) == bool(filtered)


def test_json_reads_back_and_is_ascii():
    report = build(sample(), {})
    text = to_json(report)
    assert json.loads(text) == report
    assert text.isascii()
    lines = [line for line in text.split("\n") if line.startswith('  {"id"')]
    assert len(lines) == len(report["tests"])


def test_json_without_tests_reads_back():
    report = build(sample(tests=[]), {})
    assert json.loads(to_json(report)) == report


@pytest.mark.parametrize(
    "change, place",
    [
        ({"version": 2}, "version"),
        ({"verdict": "BLOCKED"}, "verdict"),
        ({"exit_code": 5}, "exit_code"),
        ({"colour": "red"}, "colour"),
        ({"tests": [{}]}, "tests"),
    ],
)
def test_what_does_not_fit_the_schema_is_refused(change, place):
    with pytest.raises(ReportError, match=place):
        check({**build(sample(), {}), **change})

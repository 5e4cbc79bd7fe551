"""The sums of ci/test, over reports as ctest 3.25 and pytest 7.2 write them."""

import subprocess
from pathlib import Path

import pytest
from test_summary import Counts, count_step, main, read_junit, summarize

CTEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux-clang++-19" tests="5" failures="1" disabled="1" skipped="2" hostname="" time="0">
  <testcase name="Framer.OneMessage" classname="Framer.OneMessage" time="0.01" status="run"><system-out/></testcase>
  <testcase name="Framer.Zero" classname="Framer.Zero" time="0.01" status="fail"><failure message=""/></testcase>
  <testcase name="Old.One" classname="Old.One" time="0" status="disabled"><system-out/></testcase>
  <testcase name="Needs.Root" classname="Needs.Root" time="0.01" status="notrun">
    <skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>
  <testcase name="wire_test_NOT_BUILT" classname="wire_test_NOT_BUILT" time="0" status="notrun">
    <skipped message="Unable to find executable"/></testcase>
</testsuite>
"""

PYTEST = """<?xml version="1.0" encoding="utf-8"?><testsuites>
<testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.1">
<testcase classname="a" name="passes" time="0.001" />
<testcase classname="a" name="fails" time="0.001"><failure message="assert 1 == 2">...</failure></testcase>
<testcase classname="a" name="errs" time="0.001"><error message="failed on setup">...</error></testcase>
<testcase classname="a" name="skips" time="0.001"><skipped type="pytest.skip" message="no tshark">...</skipped></testcase>
</testsuite></testsuites>
"""

PASSING = '<testsuite><testcase name="a" status="run"/><testcase name="b" status="run"/></testsuite>'


@pytest.fixture
def report(tmp_path):
    def write(text):
        path = tmp_path / "report.xml"
        path.write_text(text)
        return str(path)

    return write


def test_ctest_that_could_not_start_a_test_failed_it(report):
    assert read_junit(report(CTEST)) == Counts(passed=1, failed=2, skipped=2)


def test_pytest_errors_are_failures(report):
    assert read_junit(report(PYTEST)) == Counts(passed=1, failed=2, skipped=1)


def test_step_that_failed_without_a_failed_test_counts_once(report):
    assert count_step("FAIL", report(PASSING))[0] == Counts(passed=2, failed=1)
    assert count_step("FAIL", "-")[0] == Counts(failed=1)
    assert count_step("ok", "-")[0] == Counts()


@pytest.mark.parametrize("text", ["", "<testsuite", "<testsuites><testsuite tests='0'/></testsuites>"])
def test_missing_broken_or_empty_report_is_a_failure_of_a_step_that_called_itself_ok(report, text):
    assert count_step("ok", report(text))[0] == Counts(failed=1)
    assert count_step("ok", report(text) + ".absent")[0] == Counts(failed=1)


def test_last_line_without_skips(report):
    lines, code = summarize([["setup", "ok", "0.1", "-"], ["ctest", "ok", "2.5", report(PASSING)]])
    assert (lines[-1], code) == ("2 passed, 0 failed", 0)


def test_last_line_with_skips_and_a_failed_build(report):
    rows = [["build", "FAIL", "9", "-"], ["ctest", "not run", "0", "-"], ["pytest", "FAIL", "1", report(PYTEST)]]
    lines, code = summarize(rows)
    assert (lines[-1], code) == ("1 passed, 3 failed, 1 skipped", 1)


@pytest.mark.parametrize("rows", [[], [["setup", "ok", "0.1", "-"]]])
def test_no_test_at_all_is_a_failure(rows):
    lines, code = summarize(rows)
    assert (lines[-1], code) == ("0 passed, 1 failed", 1)


def test_steps_file_is_read_and_the_exit_code_follows(tmp_path, report, capsys):
    steps = tmp_path / "steps.tsv"
    steps.write_text(f"ctest (g++, wire)\tok\t12.3\t{report(PASSING)}\n")
    assert main(steps) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 passed, 0 failed"


STEPS = Path(__file__).with_name("steps.sh")


@pytest.mark.parametrize(
    "script, last",
    [
        ("step one - true; exit 0", "0 passed, 1 failed"),
        ("step one - false; step two - false; exit 0", "0 passed, 2 failed"),
        ("step one - false || not_run two; exit 0", "0 passed, 1 failed"),
        ("step one - kill -TERM $$", "0 passed, 1 failed"),
        ("step one - true; unset nothing; echo $undefined", "0 passed, 1 failed"),
        ('pass() { echo "$0" >/dev/null; cp "$1" "$reports/a.xml"; }; step one a.xml pass PASSING', "2 passed, 0 failed"),
    ],
)
def test_the_last_line_stands_however_the_script_ends(tmp_path, report, script, last):
    """steps.sh works in the tree it lies in, so a copy of it gets a tree of its own."""
    (tmp_path / "ci").mkdir()
    for name in ("steps.sh", "test_summary.py"):
        (tmp_path / "ci" / name).write_bytes(STEPS.with_name(name).read_bytes())
    script = script.replace("PASSING", report(PASSING))
    run = subprocess.run(
        ["bash", "-uc", f"source {tmp_path}/ci/steps.sh; begin_steps out; {script}"], capture_output=True, text=True
    )
    assert run.stdout.splitlines()[-1] == last, run.stdout + run.stderr
    assert (run.returncode == 0) == last.endswith(" 0 failed")

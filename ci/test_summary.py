"""Sums a run of ci/test or ci/nightly: test_summary.py STEPS.tsv

A row of STEPS.tsv is name, outcome (ok, FAIL, not run), seconds, JUnit file or "-", between tabs. Prints a table of
the steps and, as the last line, "N passed, N failed" or "N passed, N failed, N skipped". Exit code 0 only if at
least one test passed and nothing failed.

1. A test counts once; one that was to run and could not is failed, not skipped.
2. A step that failed without a failed test to blame (a build, a gate, a crash before the report) counts as one failure.
3. A report that is missing, unreadable or empty is a failure, whatever the step's outcome.
4. A run in which no test ran is a failure.
"""

import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + f", {self.skipped} skipped" if self.skipped else text


def outcome(case):
    """The field of Counts that one <testcase> of pytest or ctest belongs to.

    ctest writes a test whose program is missing or would not start as <skipped>, like one that skipped itself: the
    message tells them apart.
    """
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped")
    if case.get("status") == "disabled":
        return "skipped"
    if skipped is None:
        return "failed" if case.get("status") == "fail" else "passed"
    if case.get("status") == "notrun" and not (skipped.get("message") or "").startswith("SKIP_"):
        return "failed"
    return "skipped"


def read_junit(path):
    counts = Counts()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        field = outcome(case)
        setattr(counts, field, getattr(counts, field) + 1)
    return counts


def count_step(state, junit):
    """(Counts, remark) of one row."""
    if state == "not run":
        return Counts(), "its ground failed"
    if junit == "-":
        return Counts(failed=int(state != "ok")), ""
    try:
        counts = read_junit(junit)
    except (OSError, ElementTree.ParseError) as error:
        return Counts(failed=1), f"no report of tests: {error}"
    if counts == Counts():
        return Counts(failed=1), "no test ran"
    if state != "ok" and counts.failed == 0:
        return counts + Counts(failed=1), "failed outside of any test"
    return counts, ""


def summarize(rows):
    """(lines to print, exit code) of the rows [name, outcome, seconds, JUnit file]."""
    total = Counts()
    ran = Counts()
    width = max([len(row[0]) for row in rows] + [len("step")])
    lines = [f"{'step':<{width}}  {'seconds':>8}  outcome"]
    for name, state, seconds, junit in rows:
        counts, remark = count_step(state, junit)
        total += counts
        if junit != "-":
            ran += counts
        shown = [state if counts.failed == 0 or state == "not run" else "FAIL"]
        shown += [str(counts)] if junit != "-" else []
        shown += [f"({remark})"] if remark else []
        lines.append(f"{name:<{width}}  {float(seconds):>8.1f}  {'  '.join(shown)}")
    if total.failed == 0 and ran.passed == 0:
        lines.append("no test passed: that is a failure of the run")
        total += Counts(failed=1)
    lines.append(str(total))
    return lines, 1 if total.failed else 0


def main(path):
    rows = [line.split("\t") for line in Path(path).read_text(encoding="utf-8").splitlines()]
    lines, code = summarize(rows)
    print("\n".join(["", *lines]), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""What summary.md, junit.xml and report.html all say of a report, said once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from twinlease.report.document import Report
from twinlease.verdict import Basis, Consequence, Verdict

Test = Mapping[str, Any]

_CONSEQUENCES = list(Consequence)

# Of what is no PASS and counts as no FAIL, in the order the reports list it.
OTHERS = (
    Verdict.ERROR,
    Verdict.LENIENT,
    Verdict.INCONCLUSIVE,
    Verdict.BLOCKED,
    Verdict.UNIMPLEMENTED,
)


def headline(report: Report) -> str:
    """The pair in one line: "FAIL, incomplete: 25 of 30 tests came to a conclusion"."""
    part = report["completeness"]
    if not part["selected"]:
        return f"{report['verdict']}, incomplete: no test was selected"
    if part["full"]:
        return f"{report['verdict']}, complete: all {part['selected']} tests came to a conclusion"
    return (
        f"{report['verdict']}, incomplete: {part['conclusive']} of {part['selected']} tests"
        " came to a conclusion"
    )


def product(peer: Mapping[str, Any]) -> str:
    """Name and version: "isc-dhcpd 4.4.3-P1"."""
    return f"{peer['name']} {peer['version'] or ''}".strip()


def peers(report: Report) -> str:
    """Who was judged: "isc-dhcpd 4.4.3-P1"; of a pair both, the primary first."""
    if not report.get("partner"):
        return product(report["peer"])
    return f"{product(report['peer'])} as primary with {product(report['partner'])} as secondary"


def shortfall(report: Report) -> str:
    """Why a report is incomplete: "2 BLOCKED, 1 ERROR, 3 unfinished"; "" if it is complete."""
    part = report["completeness"]
    names = ("inconclusive", "blocked", "unimplemented", "error")
    texts = [f"{part[name]} {name.upper()}" for name in names if part[name]]
    if part["unfinished"]:
        texts.append(f"{part['unfinished']} without a result")
    return ", ".join(texts)


def register_lines(report: Report) -> list[str]:
    """What became of every clause, and of those that tests prove what this run says; [] without a register."""
    register = report["register"]
    if register is None:
        return []
    classes = ", ".join(f"{number} {name}" for name, number in register["classes"].items() if number)
    seen = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in register["run"].items())
    return [f"register: {register['clauses']} clauses: {classes}", f"of the tested clauses: {seen}"]


def baseline_lines(report: Report) -> list[str]:
    """How the run compares with its baseline, one finding a line; [] without a baseline."""
    baseline = report["baseline"]
    if baseline is None:
        return []
    lines = [f"{len(baseline['expected'])} of {baseline['entries']} entries are as expected"]
    for item in baseline["unexpected_passes"]:
        lines.append(f"{item['test']} passes; the baseline expects {item['expected']}")
    for item in baseline["mismatches"]:
        lines.append(
            f"{item['test']} is {item['verdict']}; the baseline expects {item['expected']}"
        )
    lines += [f"{test} is in the baseline, but not in the suite" for test in baseline["unused"]]
    if baseline["unexamined"]:
        lines.append(f"{len(baseline['unexamined'])} entries were not examined by this run")
    return lines


def failures(report: Report) -> list[Test]:
    """What counts as FAIL and is in no baseline, worst consequence first, then by section."""
    tests = [
        test
        for test in report["tests"]
        if test["judged"] == Verdict.FAIL and test["expected_because"] is None
    ]
    return sorted(tests, key=lambda test: (_consequence(test), section_key(test)))


def broken_invariants(report: Report) -> list[str]:
    """Which kinds of invariant the failures break, worst first: ["safety"], ["liveness"], both."""
    kinds = [
        test["consequence"] for test in failures(report) if test["basis"] == Basis.INVARIANT
    ]
    return [kind for kind in _CONSEQUENCES if kind in kinds]


def expected(report: Report) -> list[Test]:
    """What ended as the baseline expects, by section."""
    tests = (test for test in report["tests"] if test["expected_because"] is not None)
    return sorted(tests, key=section_key)


def others(report: Report) -> list[Test]:
    """What is neither PASS nor NOT_RUN, counts as no FAIL and is in no baseline; as in OTHERS."""
    tests = [
        test
        for test in report["tests"]
        if test["judged"] in OTHERS and test["expected_because"] is None
    ]
    return sorted(tests, key=lambda test: (OTHERS.index(test["judged"]), section_key(test)))


def label(test: Test) -> str:
    """The verdict of a test for people, with a word where it counts otherwise than it reads."""
    if test["expected_because"] is not None:
        return f"{test['verdict']} (expected)"
    if test["judged"] == test["verdict"]:
        return test["verdict"]
    return f"{test['verdict']} (counts as {test['judged']})"


def section_key(test: Test) -> tuple[Any, ...]:
    """Sorts tests by suite, then by section ("7.9" before "7.10"), then by id."""
    return (suite(test), natural(test["section"]), test["id"])


def suite(test: Test) -> str:
    """The head of the id: d12, ms, r2131, inv."""
    return test["id"].partition("/")[0]


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key that takes runs of digits as numbers."""
    return [
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in re.split(r"([0-9]+)", text)
        if part not in ("", ".")
    ]


def _consequence(test: Test) -> int:
    value = test["consequence"]
    return _CONSEQUENCES.index(value) if value else len(_CONSEQUENCES)

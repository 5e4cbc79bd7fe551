"""junit.xml: the report for CI systems. It holds less than report.json, and never says more.

What counts as FAIL is a failure, ERROR and a test without a result an error, and what says
nothing about the peer is skipped. A baseline makes its expected results skipped, and its
mismatches failures.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from typing import Any

from twinlease.report import digest
from twinlease.report.document import Report
from twinlease.report.summary import failure_text
from twinlease.report.text import utc, visible
from twinlease.verdict import Verdict

_SILENT = (Verdict.UNIMPLEMENTED, Verdict.BLOCKED, Verdict.INCONCLUSIVE, Verdict.NOT_RUN)


def render(report: Report) -> str:
    """junit.xml, with one test suite per suite and section, as text to be written in UTF-8."""
    cases: dict[str, list[ElementTree.Element]] = {}
    disagreeing = _disagreeing(report)
    for test in sorted(report["tests"], key=digest.section_key):
        case = _case(test["id"], test["seconds"])
        _outcome(case, test, report, disagreeing)
        cases.setdefault(_suite_name(test["id"]), []).append(case)
    for id in report["unfinished"]:
        case = _case(id, 0.0)
        _child(case, "error", "unfinished", "started, but the run ended before its result")
        cases.setdefault(_suite_name(id), []).append(case)
    for id in (report["baseline"] or {"unused": ()})["unused"]:
        case = _case(f"baseline/{id}", 0.0)
        _child(case, "failure", "unused-entry", "the baseline has this test, the suite has not")
        cases.setdefault("baseline", []).append(case)
    names = " with ".join(peer["name"] for peer in (report["peer"], report.get("partner")) if peer)
    root = ElementTree.Element("testsuites", name=_attribute(f"twinlease {names}"))
    for name, elements in cases.items():
        suite = ElementTree.SubElement(root, "testsuite", name=_attribute(name))
        suite.set("timestamp", utc(report["started"]).removesuffix(" UTC").replace(" ", "T"))
        suite.extend(elements)
        _total(suite, elements)
    _total(root, list(root.iter("testcase")))
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _outcome(
    case: ElementTree.Element, test: Mapping[str, Any], report: Report, disagreeing: set[str]
) -> None:
    text = failure_text(test, report["clauses"])
    message = f"{digest.label(test)}: {test['reason']}"
    if test["expected_because"] is not None:
        _child(case, "skipped", "expected", f"{test['verdict']}: {test['expected_because']}")
    elif test["judged"] == Verdict.FAIL:
        _child(case, "failure", test["verdict"], message, text)
    elif test["judged"] == Verdict.ERROR:
        _child(case, "error", "ERROR", message, text)
    elif test["id"] in disagreeing:
        _child(case, "failure", "baseline-mismatch", f"{message}: not what the baseline expects")
    elif test["judged"] in _SILENT:
        _child(case, "skipped", test["verdict"], message)
    elif test["judged"] == Verdict.LENIENT:
        ElementTree.SubElement(case, "system-out").text = visible(text, newlines=True)


def _disagreeing(report: Report) -> set[str]:
    baseline = report["baseline"]
    if baseline is None:
        return set()
    return {item["test"] for item in (*baseline["unexpected_passes"], *baseline["mismatches"])}


def _suite_name(id: str) -> str:
    return id.rpartition("/")[0] or id


def _case(id: str, seconds: float) -> ElementTree.Element:
    head, _, name = id.rpartition("/")
    return ElementTree.Element(
        "testcase",
        classname=_attribute(head.replace("/", ".")),
        name=_attribute(name),
        time=f"{seconds:.3f}",
    )


def _child(
    case: ElementTree.Element, tag: str, kind: str, message: str, text: str | None = None
) -> None:
    child = ElementTree.SubElement(case, tag, type=kind, message=_attribute(message))
    if text is not None:
        child.text = visible(text, newlines=True)


def _total(suite: ElementTree.Element, cases: list[ElementTree.Element]) -> None:
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")


def _attribute(text: str) -> str:
    return visible(text)

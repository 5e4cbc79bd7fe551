"""report.json v1: all that the other outputs are rendered from (docs/formats/report.md)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema

from twinlease.baseline import Baseline, Comparison, Mismatch
from twinlease.report.clauses import Clauses
from twinlease.register import Row, counts
from twinlease.report.record import EXPLAINED, ORACLE
from twinlease.report.run_log import Run
from twinlease.verdict import CONCLUSIVE, ROBUST, Completeness, Verdict, exit_code, judged, peer_verdict

VERSION = 1
SCHEMA = Path(__file__).resolve().parents[3] / "ci" / "schema" / "report.schema.json"

Report = dict[str, Any]

# Keys of a test record that go into the report as they are; "judged" and "expected_because" join.
_TEST_KEYS = (
    "id title role section level clauses covers readings verdict reason aftermath consequence"
    " basis sent expected observed seconds pcap rerun ladder_cut"
).split()
_PEER_KEYS = ("name", "version", "dialect", "manifest")
_LADDER_KEYS = ("t", "from", "proto", "label", "detail", "hex")


class ReportError(ValueError):
    """The report does not fit its own schema: our error. The text names the place in it."""


def build(
    run: Run,
    clauses: Clauses,
    baseline: Baseline | None = None,
    register: Mapping[str, Row] | None = None,
) -> Report:
    """The report of `run`, with the sentences of the clauses that its tests cite.

    `register`: what became of every clause (twinlease.register), for the counts.

    ReportError if it does not fit ci/schema/report.schema.json.
    """
    options, selected = run.run["options"], run.run["selected"] + _found(run)
    level = options["level"]
    verdict, completeness = peer_verdict(run.tests, level, selected)
    comparison = Comparison()
    if baseline is not None:
        partial = bool(options["select"] or options["role"] or run.interrupted)
        comparison = baseline.compare(run.tests, partial)
    verdicts = Counter(test["verdict"] for test in run.tests)
    cited = _cited(run)
    report = {
        "version": VERSION,
        "suite_version": run.run["suite_version"],
        "peer": _pick(run.run["peer"], _PEER_KEYS),
        "partner": _pick(run.run["partner"], _PEER_KEYS) if run.run.get("partner") else None,
        "options": _pick(options, ("level", "role", "select")),
        "started": run.run["started"],
        "finished": run.end["finished"] if run.end else None,
        "interrupted": run.interrupted,
        "verdict": verdict,
        "completeness": _completeness(completeness),
        "exit_code": int(exit_code(run.tests, level, comparison, selected)),
        "counts": {name: verdicts[name] for name in Verdict},
        "exercised": _exercised(run),
        "register": _register(run, register) if register is not None else None,
        "baseline": _baseline(baseline, comparison) if baseline is not None else None,
        "clauses": {
            id: _pick(clauses[id], ("section", "level", "requirement"))
            for id in cited
            if id in clauses
        },
        "tests": [_test(test, level, baseline, comparison) for test in run.tests],
        "unfinished": list(run.unfinished),
        "never_failed": sorted(run.end["never_failed"]) if run.end else [],
        "problems": run.problems + _unresolved(cited, clauses),
    }
    return check(report)


def check(report: Report) -> Report:
    """Return `report` if it fits the schema. ReportError: names a place that does not."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    error = jsonschema.exceptions.best_match(validator.iter_errors(report))
    if error:
        raise ReportError(f"report.json: {error.json_path}: {error.message[:200]}")
    return report


def to_json(report: Report) -> str:
    """report.json: ASCII only, one key per line down to the tests, which are one line each."""
    head = {key: value for key, value in report.items() if key != "tests"}
    text = json.dumps(head, indent=1, allow_nan=False)
    tests = ",\n".join(f"  {json.dumps(test, allow_nan=False)}" for test in report["tests"])
    return f'{text[:-2]},\n "tests": [\n{tests}\n ]\n}}\n'


def _found(run: Run) -> int:
    """Results that nobody could announce: what the oracle found."""
    return sum(test["section"] == ORACLE and not test["id"].startswith(EXPLAINED) for test in run.tests)


def _pick(record: Mapping[str, Any], keys: Any) -> dict[str, Any]:
    return {key: record[key] for key in keys}


def _completeness(completeness: Completeness) -> dict[str, Any]:
    names = ("selected", "conclusive", "unimplemented", "blocked", "inconclusive", "error")
    return {
        "full": completeness.full,
        **{name: getattr(completeness, name) for name in (*names, "unfinished")},
    }


def _exercised(run: Run) -> dict[str, int]:
    """What the conclusive tests looked at: distinct (clause, expected reaction), and clauses.

    Counted apart: the clauses of which the draft leaves the reaction open, judged for robustness.
    """
    tests = [test for test in run.tests if test["verdict"] in CONCLUSIVE]
    pairs = {tuple(pair) for test in tests for pair in test["covers"]}
    robust = {(clause, reaction) for clause, reaction in pairs if reaction == ROBUST}
    clauses = {clause for clause, _ in pairs - robust}
    return {"pairs": len(pairs - robust), "clauses": len(clauses), "robust": len(robust)}


def _register(run: Run, register: Mapping[str, Row]) -> dict[str, Any]:
    """The register's classes, and what this run says of the clauses in class `tested`."""
    broken = _clauses_of(run, {Verdict.FAIL, Verdict.LENIENT}, "clauses")
    held = _clauses_of(run, {Verdict.PASS}, "covers") - broken
    others = _clauses_of(run, set(Verdict) - {Verdict.NOT_RUN}, "covers") - broken - held
    tested = {row.clause for row in register.values() if row.class_ == "tested"}
    seen = {"held": held & tested, "broken": broken & tested, "undecided": others & tested}
    return {
        "clauses": len(register),
        "classes": counts(register),
        "run": {
            **{name: len(ids) for name, ids in seen.items()},
            "not_run": len(tested.difference(*seen.values())),
        },
    }


def _clauses_of(run: Run, verdicts: set[Verdict], key: str) -> set[str]:
    """The clauses that tests of these verdicts have under `key`: clauses, or covers."""
    lists = (test[key] for test in run.tests if test["verdict"] in verdicts)
    return {item if isinstance(item, str) else item[0] for items in lists for item in items}


def _cited(run: Run) -> list[str]:
    ids = {id for test in run.tests for id in test["clauses"]}
    ids |= {clause for test in run.tests for clause, _ in test["covers"]}
    return sorted(ids)


def _unresolved(cited: list[str], clauses: Clauses) -> list[str]:
    """Clauses of the draft that the file does not have. Other ids (S1, L2, ...) are not in it."""
    return [
        f"clause {id} is cited, but is not in requirements.csv"
        for id in cited
        if id.startswith(("FO-", "MS-")) and id not in clauses
    ]


def _test(
    test: Mapping[str, Any], level: str, baseline: Baseline | None, comparison: Comparison
) -> dict[str, Any]:
    expected = baseline is not None and test["id"] in comparison.expected
    return {
        **_pick(test, _TEST_KEYS),
        "observations": _pick(test["observations"], ("needed", "made")),
        "ladder": [_message(message) for message in test["ladder"]],
        "judged": judged(test, level),
        "expected_because": baseline.entries[test["id"]].reason if expected else None,
    }


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    """Of a pair a message also says to whom."""
    return {**_pick(message, _LADDER_KEYS), **({"to": message["to"]} if message.get("to") else {})}


def _baseline(baseline: Baseline, comparison: Comparison) -> dict[str, Any]:
    def mismatch(item: Mismatch) -> dict[str, str]:
        return {"test": item.test, "expected": item.expected, "verdict": item.verdict}

    return {
        "path": baseline.path,
        "entries": len(baseline.entries),
        "clean": comparison.clean,
        "expected": sorted(comparison.expected),
        "unexpected_passes": [mismatch(item) for item in comparison.unexpected_passes],
        "mismatches": [mismatch(item) for item in comparison.mismatches],
        "unused": list(comparison.unused),
        "unexamined": list(comparison.unexamined),
    }

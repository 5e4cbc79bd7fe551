"""cell.json: what one pair came to, small enough to keep; and the matrix of pairs made of such cells.

    python3 -m twinlease.report.cell FOLDER LINK    prints the matrix of FOLDER/*.json, with links to LINK/*.json

Without dates: the same results of the same servers give the same cell.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from twinlease.report.digest import natural, product
from twinlease.report.document import Report
from twinlease.verdict import ROBUST, Verdict

VERSION = 1
_PEER = ("name", "version", "dialect")


def cell(report: Report) -> dict[str, Any]:
    """The cell of a report of a pair."""
    return {
        "version": VERSION,
        "primary": {key: report["peer"][key] for key in _PEER},
        "secondary": {key: report["partner"][key] for key in _PEER},
        "suite_version": report["suite_version"],
        "options": {key: report["options"][key] for key in ("level", "select")},
        "interrupted": report["interrupted"],
        "verdict": report["verdict"],
        "exit_code": report["exit_code"],
        "completeness": report["completeness"],
        "counts": report["counts"],
        "invariants": _invariants(report),
    }


def _invariants(report: Report) -> dict[str, list[str]]:
    """Which of those that the tests cover were broken, which held in all tests, and which are neither."""
    covered: dict[str, set[Verdict]] = {}
    broken: set[str] = set()
    for test in report["tests"]:
        for clause, reaction in test["covers"]:
            if reaction != ROBUST and "-" not in clause:   # a clause of the draft has a hyphen
                covered.setdefault(clause, set()).add(Verdict(test["judged"]))
        if test["judged"] == Verdict.FAIL:
            broken |= set(test["clauses"])
    held = {clause for clause, seen in covered.items() if seen <= {Verdict.PASS, Verdict.LENIENT}} - broken
    broken &= covered.keys()
    return {
        "held": sorted(held, key=natural),
        "broken": sorted(broken, key=natural),
        "undecided": sorted(covered.keys() - held - broken, key=natural),
    }


def to_json(report: Report) -> str:
    return json.dumps(cell(report), indent=1, sort_keys=True) + "\n"


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """The cells of a folder by file name. ValueError: one of a run that was filtered or cut short."""
    cells = {}
    for path in sorted(folder.glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["options"]["select"] or found["interrupted"] or not found["completeness"]["selected"]:
            raise ValueError(f"{path}: of a whole run expected, not of one with --select or cut short")
        cells[path.name] = found
    return cells


def matrix(cells: dict[str, dict[str, Any]], link: str) -> str:
    """A table of CommonMark: a row for each primary, a column for each secondary. link: the folder of the cells."""
    rows = _names(found["primary"] for found in cells.values())
    columns = _names(found["secondary"] for found in cells.values())
    at = {(product(found["primary"]), product(found["secondary"])): f"[{_words(found)}]({link}/{name})"
          for name, found in cells.items()}
    lines = ["| primary | " + " | ".join(f"secondary: {name}" for name in columns) + " |",
             "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {row} | " + " | ".join(at.get((row, column), "not run") for column in columns) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _names(peers: Iterable[dict[str, Any]]) -> list[str]:
    return sorted({product(peer) for peer in peers})


def _words(found: dict[str, Any]) -> str:
    part, invariants = found["completeness"], found["invariants"]
    words = f"{found['verdict']}, {part['conclusive']} of {part['selected']}"
    for name in ("broken", "undecided"):
        if invariants[name]:
            words += f"; {name}: {' '.join(invariants[name])}"
    return words


if __name__ == "__main__":
    print(matrix(read(Path(sys.argv[1])), sys.argv[2]), end="")

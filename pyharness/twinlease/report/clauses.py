"""What a test may cite, for its sentences: clauses (model/spec/requirements.csv), invariants (docs/invariants.md)."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict


class Clause(TypedDict):
    """One normative sentence, as the reports show it."""

    section: str
    level: str  # MUST and so on as the draft prints it; must and so on where it is implied
    requirement: str


Clauses = Mapping[str, Clause]  # by id


def read_clauses(path: str | Path) -> dict[str, Clause]:
    """Read requirements.csv. OSError: no such file; ValueError: a column is missing."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        missing = {"id", "section", "level", "requirement"} - set(rows.fieldnames or ())
        if missing:
            raise ValueError(f"{path}: expected the columns {', '.join(sorted(missing))}")
        return {
            row["id"]: Clause(
                section=row["section"], level=row["level"], requirement=row["requirement"]
            )
            for row in rows
        }


def read_invariants(path: str | Path) -> dict[str, Clause]:
    """Read the headings "### S19 UPDDONE is complete" of docs/invariants.md. OSError: no such file."""
    out: dict[str, Clause] = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if found := re.match(r"### ([SL]\d+) (.+)", line):
            out[found[1]] = Clause(section="", level="invariant", requirement=f"{found[2]} (docs/invariants.md)")
    return out

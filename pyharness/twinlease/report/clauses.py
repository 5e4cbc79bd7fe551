"""The clauses of the draft, for their sentences: model/spec/requirements.csv."""

from __future__ import annotations

import csv
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

"""The register: what became of every clause. Format page: docs/formats/register.md (version 1).

    python3 -m twinlease.register           checks conformance/register.csv; exit code 1 with findings
    python3 -m twinlease.register --write   fills in the tests, from what they declare; then checks

A clause that a test proves is `tested`; what the others are is decided by hand, with a reason.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Mapping

ROOT = Path(__file__).resolve().parents[2]
REGISTER = ROOT / "conformance" / "register.csv"
CLAUSES = ROOT / "model" / "spec" / "requirements.csv"

CLASSES = ("tested", "modelled", "implicit", "untestable", "contradictory", "not-applicable-to-dialect", "pending")
AWAITED = ("model", "server", "microsoft", "tls", "secret", "test")
"""What a pending clause waits for: the first word of its reason, before a colon."""
COLUMNS = ("clause", "class", "tests", "reason")


class RegisterError(ValueError):
    """A register that cannot be read. str() names file, line and what was expected."""


@dataclass(frozen=True)
class Row:
    """One clause: its class, the tests that prove it (ids without a role), and why it is of that class."""

    clause: str
    class_: str
    tests: tuple[str, ...]
    reason: str


def read(path: Path = REGISTER) -> dict[str, Row]:
    """The register by clause. RegisterError: a clause without a class, or twice; OSError: no such file."""
    rows: dict[str, Row] = {}
    with path.open(newline="", encoding="utf-8") as file:
        table = csv.DictReader(file, strict=True)
        if tuple(table.fieldnames or ()) != COLUMNS:
            raise RegisterError(f"{path}: line 1: {table.fieldnames}, expected the columns {', '.join(COLUMNS)}")
        for line in table:
            clause = line["clause"]
            if None in line or None in line.values() or clause in rows:
                raise RegisterError(f"{path}: line {table.line_num}: {clause}, expected one row of "
                                    f"{len(COLUMNS)} fields for each clause")
            if line["class"] not in CLASSES:
                raise RegisterError(f"{path}: line {table.line_num}: {clause}: class {line['class']!r}, expected one of "
                                    f"{', '.join(CLASSES)}")
            rows[clause] = Row(clause, line["class"], tuple(line["tests"].split()), line["reason"])
    return rows


def write(rows: Iterable[Row], path: Path = REGISTER) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((row.clause, row.class_, " ".join(row.tests), row.reason) for row in rows)


def clause_ids(path: Path = CLAUSES) -> list[str]:
    """The clauses of requirements.csv, in its order."""
    with path.open(newline="", encoding="utf-8") as file:
        return [row["id"] for row in csv.DictReader(file)]


def fill(rows: Mapping[str, Row], clauses: Iterable[str], proved: Mapping[str, list[str]]) -> list[Row]:
    """The rows with what the tests prove now. A clause that lost its last test becomes pending, and says so."""
    out = []
    for clause in clauses:
        row = rows.get(clause, Row(clause, "pending", (), "test: not looked at yet"))
        if clause in proved:
            row = Row(clause, "tested", tuple(proved[clause]), "")
        elif row.class_ == "tested":
            row = Row(clause, "pending", (), f"test: {row.tests[0] if row.tests else 'a test'} is gone")
        out.append(row)
    return out


def findings_of_rows(rows: Mapping[str, Row], clauses: list[str]) -> list[str]:
    """What is wrong with the register by itself."""
    known = set(clauses)
    out = [f"{clause}: no row" for clause in clauses if clause not in rows]
    out += [f"{clause}: a row, and no such clause" for clause in rows if clause not in known]
    for row in rows.values():
        if (row.class_ == "tested") != bool(row.tests):
            out.append(f"{row.clause}: {row.class_}, with {len(row.tests)} tests")
        if row.class_ != "tested" and len(row.reason) < 10:
            out.append(f"{row.clause}: {row.class_} without a reason")
        if row.class_ == "contradictory" and not re.search(r"\bA-\d\d\b", row.reason):
            out.append(f"{row.clause}: contradictory, and the reason cites no reading (A-nn)")
        if row.class_ == "pending" and row.reason.partition(":")[0] not in AWAITED:
            out.append(f"{row.clause}: pending, and the reason begins with none of {', '.join(AWAITED)}")
    return out


def findings_of_tests(rows: Mapping[str, Row], known: Iterable[str], proved: Mapping[str, list[str]]) -> list[str]:
    """Where the register and the tests disagree. known: the ids of all tests."""
    known = set(known)
    out = [f"{row.clause}: no test has the id {test}" for row in rows.values() for test in row.tests if test not in known]
    for clause, row in rows.items():
        if sorted(row.tests) != proved.get(clause, []):
            out.append(f"{clause}: the tests have changed; run python3 -m twinlease.register --write")
    return out


def counts(rows: Mapping[str, Row]) -> dict[str, int]:
    """How many clauses are of each class; all classes are there."""
    counted = Counter(row.class_ for row in rows.values())
    return {name: counted[name] for name in CLASSES}


def main(words: list[str]) -> int:
    from twinlease.suite import collect   # only here: reading the register needs no codec
    parser = argparse.ArgumentParser(prog="twinlease.register", description="The register of all clauses.")
    parser.add_argument("--write", action="store_true", help="fill in the tests first")
    options = parser.parse_args(words)
    declared = collect.specs()
    proved, clauses = collect.proved(declared), clause_ids()
    rows = read()
    if options.write:
        write(fill(rows, clauses, proved))
        rows = read()
    findings = findings_of_rows(rows, clauses) + findings_of_tests(rows, declared, proved)
    for finding in findings:
        print(finding)
    print(", ".join(f"{number} {name}" for name, number in counts(rows).items()) + f" of {len(clauses)} clauses; "
          f"{len(declared)} tests")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

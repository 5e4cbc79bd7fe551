"""run.jsonl: the log of one run, one JSON object per line (docs/formats/report.md).

1. The first record is ``run``; ``end``, if the run got there, is the last.
2. A line is written by one write() to a file opened for append: a killed run leaves whole lines,
   and at most one that is cut off, the last.
3. Nothing is ever rewritten.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinlease.report.record import RecordError, validate
from twinlease.verdict import Verdict


class RunLogError(ValueError):
    """A run.jsonl that cannot be read. The text names file, line and what was expected."""


class RunLog:
    """Writes a run.jsonl live. Opening starts a new log: what was in the file is gone.

    A context manager; it writes no record by itself, so a run that raises has no ``end``.
    """

    def __init__(self, path: str | Path):
        """Open `path`, making its folder. OSError if that does not work."""
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
        self._fd = os.open(self.path, flags, 0o644)

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one record; it is in the file when this returns.

        RecordError: not a record of v1 (nothing is written). TypeError: a value that JSON does
        not have, such as bytes. OSError: the disk.
        """
        line = json.dumps(validate(record), separators=(",", ":"), allow_nan=False)
        rest = memoryview(line.encode("ascii") + b"\n")
        while rest:
            rest = rest[os.write(self._fd, rest) :]

    def close(self) -> None:
        """Close the file. Closing twice is no error."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class Run:
    """A run.jsonl as read. Records are kept as they are, also with keys that v1 does not know."""

    run: dict[str, Any]
    tests: list[dict[str, Any]] = field(default_factory=list)  # in the order they ended
    unfinished: list[str] = field(default_factory=list)  # ids started that have no result
    end: dict[str, Any] | None = None  # None: the run was cut short
    problems: list[str] = field(default_factory=list)  # what the reader put up with

    @property
    def interrupted(self) -> bool:
        """True if the run did not get to its end."""
        return self.end is None or self.end["interrupted"]


# Of two results of one test the report keeps the worse one: a FAIL is never hidden by a rerun.
_WORSE_FIRST = [
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.INCONCLUSIVE,
    Verdict.BLOCKED,
    Verdict.UNIMPLEMENTED,
    Verdict.LENIENT,
    Verdict.PASS,
    Verdict.NOT_RUN,
]


def read_run(path: str | Path) -> Run:
    """Read a run.jsonl, also of a run that was killed half way.

    A last line that is cut off is dropped and named in ``Run.problems``. RunLogError: any other
    line that is not a record, no ``run`` record at the head, records after ``end``. OSError: no
    such file.
    """
    run: Run | None = None
    started: dict[str, None] = {}
    tests: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for number, record in records(Path(path), problems):
        where = f"{path}: line {number}"
        if (record["kind"] == "run") != (run is None):
            raise RunLogError(f"{where}: kind = {record['kind']!r}: expected one run record, first")
        if run is None:
            run = Run(record, problems=problems)
        elif run.end is not None:
            raise RunLogError(f"{where}: kind = {record['kind']!r}: expected nothing after end")
        elif record["kind"] == "start":
            started[record["id"]] = None
        elif record["kind"] == "test":
            _keep_worse(tests, record, problems)
        else:
            run.end = record
    if run is None:
        raise RunLogError(f"{path}: expected a run record, found none")
    run.tests = list(tests.values())
    run.unfinished = [test for test in started if test not in tests]
    if run.end is None:
        problems.append("the log has no end record: the run was cut short")
    return run


_NO_RECORD = (RecordError, UnicodeDecodeError, json.JSONDecodeError, RecursionError)


def records(path: Path, problems: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, record); drop a last line that is cut off, into `problems`."""
    *lines, rest = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, 1):
        try:
            yield number, validate(json.loads(line))
        except _NO_RECORD as error:
            raise RunLogError(f"{path}: line {number}: expected a record: {error}") from error
    if rest:
        try:
            yield len(lines) + 1, validate(json.loads(rest))
            return
        except _NO_RECORD:
            pass
        problems.append(
            f"line {len(lines) + 1} of the log is cut off after {len(rest)} bytes and was dropped"
        )


def _keep_worse(
    tests: dict[str, dict[str, Any]], record: dict[str, Any], problems: list[str]
) -> None:
    other = tests.setdefault(record["id"], record)
    if other is record:
        return
    problems.append(
        f"{record['id']} has two results, {other['verdict']} and {record['verdict']}:"
        " the worse one counts"
    )
    tests[record["id"]] = min(
        other, record, key=lambda test: _WORSE_FIRST.index(Verdict(test["verdict"]))
    )

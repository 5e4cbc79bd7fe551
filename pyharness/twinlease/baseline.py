"""Baselines: the results of a peer that are known and explained (docs/formats/baseline.md).

An exemption is earned: an entry names one test, its verdict and a reason. An entry that no
longer comes true (the test passes, ends otherwise, or is gone) is a mismatch.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twinlease.verdict import Verdict

VERSION = 1

# PASS needs no entry, NOT_RUN is a filter, and our own ERROR is mended, not expected.
EXPECTABLE = (
    Verdict.FAIL,
    Verdict.LENIENT,
    Verdict.UNIMPLEMENTED,
    Verdict.BLOCKED,
    Verdict.INCONCLUSIVE,
)


class BaselineError(ValueError):
    """A baseline that cannot be read. The text names file, key, value and what was expected."""


@dataclass(frozen=True)
class Expectation:
    """One entry: this test is known to end with this verdict, for this reason."""

    test: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class Mismatch:
    """An entry whose test ended otherwise."""

    test: str
    expected: Verdict
    verdict: Verdict


@dataclass(frozen=True)
class Comparison:
    """A run beside a baseline. Every entry is in exactly one of the five."""

    expected: frozenset[str] = frozenset()  # ids whose verdict is the one in the baseline
    unexpected_passes: tuple[Mismatch, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()  # neither expected nor PASS
    unused: tuple[str, ...] = ()  # the run has no such test
    unexamined: tuple[str, ...] = ()  # not among what this run was to run, or got to

    @property
    def clean(self) -> bool:
        """True if every entry that was examined came true."""
        return not (self.unexpected_passes or self.mismatches or self.unused)


class Baseline:
    """The entries of one file, by test id."""

    def __init__(self, entries: Iterable[Expectation], path: str = ""):
        self.path = path
        self.entries = {entry.test: entry for entry in entries}

    def compare(self, results: Iterable[Mapping[str, Any]], partial: bool = False) -> Comparison:
        """Set the results of a run (keys ``id``, ``verdict``) beside the entries.

        An entry whose test ended NOT_RUN was not examined. One whose test has no result at all
        is unused, unless `partial`: the run was filtered or cut short, and the test may exist.
        """
        verdicts = {result["id"]: Verdict(result["verdict"]) for result in results}
        expected, passes, mismatches, unused, unexamined = [], [], [], [], []
        for entry in self.entries.values():
            verdict = verdicts.get(entry.test)
            if verdict is None:
                (unexamined if partial else unused).append(entry.test)
            elif verdict is Verdict.NOT_RUN:
                unexamined.append(entry.test)
            elif verdict is entry.verdict:
                expected.append(entry.test)
            else:
                mismatch = Mismatch(entry.test, entry.verdict, verdict)
                (passes if verdict is Verdict.PASS else mismatches).append(mismatch)
        return Comparison(
            frozenset(expected), tuple(passes), tuple(mismatches), tuple(unused), tuple(unexamined)
        )


def read_baseline(path: str | Path) -> Baseline:
    """Read a baseline. BaselineError: it cannot be read, or does not say what a baseline says."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BaselineError(f"{path}: expected a baseline: {error}") from error
    return parse_baseline(text, str(path))


def parse_baseline(text: str, path: str = "baseline") -> Baseline:
    """As read_baseline, from the text of the file; `path` is for the errors."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BaselineError(f"{path}: expected TOML: {error}") from error
    for key, value in document.items():
        if key not in ("version", "expect"):
            raise BaselineError(f"{path}: {key} = {value!r}: expected only version and [[expect]]")
    version = document.get("version", VERSION)
    if type(version) is not int or version != VERSION:
        raise BaselineError(f"{path}: version = {version!r}: expected {VERSION}")
    tables = document.get("expect", [])
    if not isinstance(tables, list):
        raise BaselineError(f"{path}: expect = {tables!r}: expected tables headed [[expect]]")
    entries: dict[str, Expectation] = {}
    for number, table in enumerate(tables, 1):
        entry = _entry(table, f"{path}: expect #{number}")
        if entry.test in entries:
            raise BaselineError(
                f"{path}: expect #{number}: test = {entry.test!r}: expected one entry per test"
            )
        entries[entry.test] = entry
    return Baseline(entries.values(), path)


def _entry(table: Any, where: str) -> Expectation:
    """One [[expect]] table, checked."""
    if not isinstance(table, dict):
        raise BaselineError(f"{where}: {table!r}: expected a table with test, verdict, reason")
    for key, value in table.items():
        if key not in ("test", "verdict", "reason"):
            raise BaselineError(f"{where}: {key} = {value!r}: expected only test, verdict, reason")
    test, verdict, reason = (table.get(key) for key in ("test", "verdict", "reason"))
    if not _is_test_id(test):
        raise BaselineError(
            f"{where}: test = {test!r}: expected the id of one test, such as"
            " 'd12/7.8.2/bad-mclt-is-refused@secondary' (no pattern)"
        )
    if verdict not in EXPECTABLE:
        raise BaselineError(
            f"{where} ({test}): verdict = {verdict!r}: expected one of {', '.join(EXPECTABLE)}"
        )
    if not isinstance(reason, str) or not reason.strip():
        raise BaselineError(
            f"{where} ({test}): reason = {reason!r}: expected a sentence that explains the entry"
        )
    return Expectation(test, Verdict(verdict), reason.strip())


def _is_test_id(value: Any) -> bool:
    return (
        isinstance(value, str)
        and "/" in value
        and value.isprintable()
        and not any(character in " *?" for character in value)
    )

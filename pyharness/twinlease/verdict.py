"""Verdicts: of one test, of a peer, and the exit code of a run.

A *result* here is any mapping with the keys ``verdict``, ``basis`` and ``consequence`` of a
``test`` record of run.jsonl (docs/formats/report.md); ``id`` is needed where a baseline is.

1. A proven FAIL is never hidden by an ERROR, by incompleteness or by a baseline entry of
   another verdict.
2. A result that says nothing about the peer (UNIMPLEMENTED, BLOCKED, INCONCLUSIVE, NOT_RUN) is
   never a PASS: it only lowers completeness.
3. A result of basis ``adjudicated`` never makes the peer FAIL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twinlease.baseline import Comparison

LEVELS = ("must", "should", "all")

ROBUST = "robust"
"""The expected reaction of a pair that only asks the peer to survive: it proves nothing about its clause."""


class Verdict(StrEnum):
    """How one test ended; also the first half of a peer's verdict."""

    PASS = "PASS"  # the peer did what the clause says, and the evidence floor was reached
    LENIENT = "LENIENT"  # a SHOULD missed
    UNIMPLEMENTED = "UNIMPLEMENTED"  # by the manifest or on the wire, never inferred
    BLOCKED = "BLOCKED"  # the adapter of the peer cannot do an action that the test needs
    INCONCLUSIVE = "INCONCLUSIVE"  # evidence floor not reached
    FAIL = "FAIL"  # the peer broke the clause
    ERROR = "ERROR"  # the suite's fault, never the peer's
    NOT_RUN = "NOT_RUN"  # filtered out


class Aftermath(StrEnum):
    """What the test left: can the peer still serve a new client and come back to NORMAL?"""

    CLEAN = "clean"  # both
    DEGRADED = "degraded"  # serves, but does not come back to NORMAL by itself
    WEDGED = "wedged"  # runs, but serves no new client
    DEAD = "dead"  # the process is gone or no longer listens


class Consequence(StrEnum):
    """What breaking the clause does to a site."""

    SAFETY = "safety"  # two clients may hold one address, or a lease may be lost
    LIVENESS = "liveness"  # a client is not served, or the pair never returns to NORMAL
    INTEROP = "interop"  # another product's failover does not come up or does not stay up
    ROBUSTNESS = "robustness"  # bad input does more harm than it should
    HYGIENE = "hygiene"  # nothing breaks by this alone


class Basis(StrEnum):
    """What a result rests on."""

    CLAUSE = "clause"  # the text of a clause
    INVARIANT = "invariant"  # a safety or liveness invariant over the history of the run
    ADJUDICATED = "adjudicated"  # a reading (A-nn) of an ambiguous text: never FAIL of the peer
    DIALECT = "dialect"  # what the peer's own dialect promises


class ExitCode(IntEnum):
    """The exit codes of all commands (docs/formats/exit-codes.md)."""

    CLEAN = 0
    FAIL = 1
    INCOMPLETE = 2
    BASELINE_MISMATCH = 3
    USAGE = 4
    SAFETY = 10
    LIVENESS = 11
    DIVERGENCE = 12
    NONDETERMINISM = 13
    OUR_ERROR = 70


# What tells something about the peer, worst first; ERROR stands for what could not be told.
_WORST_FIRST = (Verdict.FAIL, Verdict.ERROR, Verdict.LENIENT, Verdict.PASS)

CONCLUSIVE = frozenset({Verdict.PASS, Verdict.LENIENT, Verdict.FAIL})


@dataclass(frozen=True)
class Completeness:
    """How much of what was selected came to a conclusion. All numbers count tests.

    selected = conclusive + unimplemented + blocked + inconclusive + error + unfinished
    """

    selected: int
    unimplemented: int = 0
    blocked: int = 0
    inconclusive: int = 0
    error: int = 0
    unfinished: int = 0  # selected, but the run ended before their result

    @property
    def conclusive(self) -> int:
        """Tests that ended PASS, LENIENT or FAIL."""
        return self.selected - self.missing

    @property
    def missing(self) -> int:
        """Selected tests that say nothing about the peer."""
        return (
            self.unimplemented + self.blocked + self.inconclusive + self.error + self.unfinished
        )

    @property
    def full(self) -> bool:
        """True if something was selected and all of it came to a conclusion."""
        return self.selected > 0 and self.missing == 0


def check_level(level: str) -> str:
    """Return `level`; ValueError if it is none of LEVELS."""
    if level not in LEVELS:
        raise ValueError(f"level = {level!r}: expected one of {', '.join(LEVELS)}")
    return level


def judged(result: Mapping[str, Any], level: str) -> Verdict:
    """The verdict of one result as it counts against the peer at `level`.

    From level ``should`` on, LENIENT counts as FAIL. A result of basis ``adjudicated`` never
    counts as FAIL; a FAIL so marked counts as LENIENT. ValueError: unknown verdict or level.
    """
    check_level(level)
    verdict = Verdict(result["verdict"])
    if result.get("basis") == Basis.ADJUDICATED:
        return Verdict.LENIENT if verdict is Verdict.FAIL else verdict
    if verdict is Verdict.LENIENT and level != "must":
        return Verdict.FAIL
    return verdict


def peer_verdict(
    results: Iterable[Mapping[str, Any]], level: str, selected: int | None = None
) -> tuple[Verdict, Completeness]:
    """The pair (verdict, completeness) of a peer.

    The verdict is the worst of what ran: FAIL, ERROR, LENIENT, PASS in this order. If nothing of
    these came out it is INCONCLUSIVE, or NOT_RUN if nothing ran at all. `selected` is the number
    of tests that were to run; those without a result are counted as unfinished. Without it, what
    has a result other than NOT_RUN was selected.
    """
    verdicts = Counter(judged(result, level) for result in results)
    ran = sum(verdicts.values()) - verdicts[Verdict.NOT_RUN]
    selected = ran if selected is None else max(selected, ran)
    completeness = Completeness(
        selected=selected,
        unimplemented=verdicts[Verdict.UNIMPLEMENTED],
        blocked=verdicts[Verdict.BLOCKED],
        inconclusive=verdicts[Verdict.INCONCLUSIVE],
        error=verdicts[Verdict.ERROR],
        unfinished=selected - ran,
    )
    for verdict in _WORST_FIRST:
        if verdicts[verdict]:
            return verdict, completeness
    return (Verdict.INCONCLUSIVE if ran else Verdict.NOT_RUN), completeness


def exit_code(
    results: Iterable[Mapping[str, Any]],
    level: str,
    comparison: Comparison | None = None,
    selected: int | None = None,
) -> ExitCode:
    """The exit code of ``certify``, by the rules of docs/formats/exit-codes.md.

    `comparison` is what ``Baseline.compare`` made of the same results: a result that it expects
    leads to none of 1, 2, 10, 11. `selected` as for peer_verdict.
    """
    results = list(results)
    expected = comparison.expected if comparison else frozenset()
    counted = [result for result in results if result.get("id") not in expected]
    if selected is not None:
        selected = max(0, selected - (len(results) - len(counted)))
    failures = [result for result in counted if judged(result, level) is Verdict.FAIL]
    if failures:
        return _failure_code(failures)
    verdict, completeness = peer_verdict(counted, level, selected)
    if verdict is Verdict.ERROR:
        return ExitCode.OUR_ERROR
    if comparison and not comparison.clean:
        return ExitCode.BASELINE_MISMATCH
    nothing_ran = peer_verdict(results, level)[0] is Verdict.NOT_RUN
    if nothing_ran or completeness.missing:
        return ExitCode.INCOMPLETE
    return ExitCode.CLEAN


def _failure_code(failures: list[Mapping[str, Any]]) -> ExitCode:
    """SAFETY or LIVENESS if an invariant of that kind broke (safety first), else FAIL."""
    broken = {
        failure.get("consequence")
        for failure in failures
        if failure.get("basis") == Basis.INVARIANT
    }
    if Consequence.SAFETY in broken:
        return ExitCode.SAFETY
    if Consequence.LIVENESS in broken:
        return ExitCode.LIVENESS
    return ExitCode.FAIL

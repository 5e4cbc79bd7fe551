"""model/spec/reactions.csv (R-nn) as rows, and conformance/reactions.csv: which tests show each reaction, and where.

A row says what a receiver does with one malformed or unexpected input, and in which phase of a connection. `states`
takes the phase apart into what a test can bring about; for each of them conformance/reactions.csv names the tests, or
why there is none.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).resolve().parents[3] / "model" / "spec" / "reactions.csv"
SHOWN = Path(__file__).resolve().parents[3] / "conformance" / "reactions.csv"

CONNECTED = ("NORMAL", "COMMUNICATIONS-INTERRUPTED", "POTENTIAL-CONFLICT", "PARTNER-DOWN", "RECOVER")
"""The failover states in which a peer can be connected for long, its partner in PARTNER-DOWN, RECOVER or a conflict."""
AWAITING = ("awaiting CONNECT", "awaiting CONNECTACK")

PHASES = {
    "communications ok": CONNECTED,
    "established": CONNECTED,
    "handshake": AWAITING,
    "any": (*AWAITING, "NORMAL"),
    "peer secondary, awaiting CONNECT": AWAITING[:1],
    "peer primary, awaiting CONNECTACK": AWAITING[1:],
    "peer secondary, POOLREQ outstanding": ("NORMAL",),
    "peer primary, incoming connection": ("awaiting CONNECT",),
    "peer secondary, established": ("NORMAL",),
}
"""By state_or_phase of a row: the states in which its input is looked at."""


@dataclass(frozen=True)
class Reaction:
    """A row of reactions.csv. expected: reactions separated by "|" (words: see suite.message_table). level: "must",
    "should", "may", "choice" (nothing but readings says it) or "robustness" (nothing does)."""

    id: str
    input: str
    phase: str
    expected: str
    basis: tuple[str, ...]
    clauses: tuple[str, ...]
    level: str

    @property
    def states(self) -> tuple[str, ...]:
        return PHASES[self.phase]

    @property
    def readings(self) -> tuple[str, ...]:
        return tuple(word for word in self.basis if word.startswith("A-"))

    @property
    def by_reading_alone(self) -> bool:
        return len(self.readings) == len(self.basis)

    @property
    def strictness(self) -> str:
        """The `level` of a test: what no clause says in words of its own is a "should" (D-06)."""
        return "must" if self.level.startswith("must") and not self.by_reading_alone else "should"


@dataclass(frozen=True)
class Shown:
    """A row of conformance/reactions.csv: the tests that send the input in that state, or why none does."""

    reaction: str
    state: str
    tests: tuple[str, ...]
    reason: str


def reactions(path: Path = TABLE) -> list[Reaction]:
    """All rows, in the order of the table. KeyError: a column is missing."""
    with path.open(newline="", encoding="utf-8") as file:
        return [Reaction(r["id"], r["input"], r["state_or_phase"], r["expected"],
                         tuple(word.strip() for word in r["basis"].split(";")),
                         tuple(r["clauses"].split(";")), r["level"].lower()) for r in csv.DictReader(file)]


def shown(path: Path = SHOWN) -> list[Shown]:
    """All rows, in the order of the file. KeyError: a column is missing."""
    with path.open(newline="", encoding="utf-8") as file:
        return [Shown(r["reaction"], r["state"], tuple(r["tests"].split()), r["reason-if-none"])
                for r in csv.DictReader(file)]

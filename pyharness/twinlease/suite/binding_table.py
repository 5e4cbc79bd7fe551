"""The conflict rows of model/spec/binding-states.csv, and which conformance tests follow from them. (Figure 7.1.3-1)

A row says what a receiver, whose own record of an address has one status, does with a BNDUPD of another. A test brings
the peer's record to the local status, sends the received one, and wants the BNDACK of the table; where a client or a
time decides there is one test for each side of the border (VARIANTS), and none for the border itself (A-38). How each
status is prepared, says PREPARED. What nobody outside can prepare, or a written test sends already, says why_not().
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from twinlease.suite.bench import Bench
from twinlease.suite.case import BOTH, PRIMARY, SECONDARY, Case, case

TABLE = Path(__file__).resolve().parents[3] / "model" / "spec" / "binding-states.csv"
FIGURE = range(1, 50)
"""CR-01 to CR-49 are the cells of the figure, row by row; the clauses FO-7.1.3-13 to -61 are the same in words."""

VARIANTS = {
    "client identity and role": ("for-the-same-client", "for-another-client"),
    "time(1)": ("from-an-earlier-transaction", "from-a-later-transaction"),
    "time(2)": ("before-its-end", "after-its-end"),
    "time(3)": ("from-an-earlier-transaction", "from-a-later-transaction"),
    "none": ("",),
}
"""By guard: the sides of its border. The second one is accepted, by a secondary at least."""

PREPARED = {
    "ACTIVE": "a client of the peer has a lease",
    "EXPIRED": "the lease of a client of the peer is over, and the BNDACK for EXPIRED is withheld",
    "RELEASED": "a client of the peer has released its lease, and the BNDACK for RELEASED is withheld",
    "FREE": "an available address of the primary",
    "BACKUP": "an available address of the secondary",
    "RESET": "a BNDUPD(RESET) is accepted; the peer may keep that as FREE (5.11, A-40), which accepts all",
    "ABANDONED": "a client of the peer declines its address",
}
"""EXPIRED and RELEASED have to be the peer's own: what it accepted from a partner is FREE to it (5.11)."""

TOGETHER = ("EXPIRED", "RELEASED", "FREE", "BACKUP", "RESET")
"""Local statuses whose always accepted cells share a test, as far as they share the roles."""

TOLD = "a lease of the partner, told in a BNDUPD(ACTIVE), is over; the peer would have told the end of its own"

WRITTEN = {
    ("CR-02", "after-its-end", BOTH): "d12/7.1.3/expired-over-a-dead-lease-is-accepted",
    ("CR-22", "", SECONDARY): "d12/7.1.3/active-over-free-is-accepted",
    ("CR-28", "", SECONDARY): "d12/7.1.3/abandoned-is-recorded",
    ("CR-29", "", PRIMARY): "d12/7.1.3/active-over-free-is-accepted",
    ("CR-35", "", PRIMARY): "d12/7.1.3/abandoned-is-recorded",
}
"""Stimuli that a written test sends, in the same way: row, variant, roles -> its id."""

READINGS = {"CR-01": ("A-37",), "CR-06": ("A-49",), "CR-07": ("A-49",)}
BY_GUARD = {"time(2)": ("A-38",)}
BY_LOCAL = {"RESET": ("A-40",), "EXPIRED": ("A-40",), "RELEASED": ("A-40",)}


@dataclass(frozen=True)
class Row:
    """A row of kind "conflict". reason: the reject-reason where it does not accept, None if it always does."""

    id: str
    local: str
    received: str
    guard: str
    result: str
    reason: int | None

    @property
    def number(self) -> int:
        return int(self.id.removeprefix("CR-"))

    @property
    def clauses(self) -> tuple[str, ...]:
        """The cell in words, and the sentence below the figure that gives the reason."""
        of_reason = {15: ("FO-7.1.3-09",), 16: ("FO-7.1.3-10",), 2: ("FO-7.1.3-12",)}
        return (f"FO-7.1.3-{self.number + 12}", *of_reason.get(self.reason or 0, ()))


@dataclass(frozen=True)
class Stimulus:
    """One side of the border of one row, at a peer in one of `roles`."""

    row: Row
    variant: str
    roles: tuple[str, ...]

    @property
    def id(self) -> str:
        words = [self.row.received.lower(), "meets", self.row.local.lower(), self.variant]
        return "d12/7.1.3/" + "-".join(word for word in words if word)

    @property
    def prepared(self) -> str:
        return TOLD if self.variant == "after-its-end" else PREPARED[self.row.local]

    @property
    def clauses(self) -> tuple[str, ...]:
        return self.row.clauses if any(self.wanted(role) is not None for role in self.roles) else self.row.clauses[:1]

    @property
    def readings(self) -> tuple[str, ...]:
        return (*READINGS.get(self.row.id, ()), *BY_GUARD.get(self.row.guard, ()), *BY_LOCAL.get(self.row.local, ()))

    def wanted(self, role: str) -> int | None:
        """The reject-reason of the BNDACK, or None if the update is accepted. role: the peer's."""
        if self.row.guard == "none":
            return self.row.reason
        if self.row.guard == "client identity and role":
            return self.row.reason if self.variant == "for-another-client" and role == "primary" else None
        return self.row.reason if self.variant == VARIANTS[self.row.guard][0] else None

    @property
    def reaction(self) -> str:
        """As in `covers`: "process" or bndack-reject:N, by role where it depends on that."""
        words = {role: "process" if self.wanted(role) is None else f"bndack-reject:{self.wanted(role)}"
                 for role in self.roles}
        if len(set(words.values())) == 1:
            return f"{self.variant.replace('-', ' ')}: {words[self.roles[0]]}".removeprefix(": ")
        return f"{self.variant.replace('-', ' ')}: " + ", ".join(f"{role} {word}" for role, word in words.items())


def read(path: Path = TABLE) -> list[Row]:
    """The conflict rows, of both dialects. KeyError: a column is missing."""
    with path.open(newline="", encoding="utf-8") as file:
        return [Row(r["id"], r["from_or_local_status"], r["to_or_received_status"], r["guard"], r["result"],
                    int(r["reject_reason"].split(" ")[0]) if r["reject_reason"] else None)
                for r in csv.DictReader(file) if r["kind"] == "conflict"]


def transitions(path: Path = TABLE) -> list[str]:
    """The ids of the rows of kind "transition" (5.11), of which conformance/transitions.csv says what shows them."""
    with path.open(newline="", encoding="utf-8") as file:
        return [r["id"] for r in csv.DictReader(file) if r["kind"] == "transition"]


def cells(path: Path = TABLE) -> list[Row]:
    """The rows that are cells of Figure 7.1.3-1."""
    return [row for row in read(path) if row.number in FIGURE]


def why_not(row: Row, variant: str, roles: tuple[str, ...]) -> str:
    """Why no test is generated for that side of the row at a peer of those roles; "" if one is."""
    if row.guard == "time(3)" and variant == VARIANTS["time(3)"][0]:
        return "what keeps an accepted RESET as FREE (5.11, A-40) accepts it, and only an operator can RESET there"
    written = WRITTEN.get((row.id, variant, roles))
    return f"{written} sends it" if written else ""


def _by_roles(row: Row, variant: str) -> list[tuple[str, ...]]:
    """The roles of the peer, together unless a written test stands for one of them."""
    alone = any(key[:2] == (row.id, variant) and key[2] != BOTH for key in WRITTEN)
    return [PRIMARY, SECONDARY] if alone else [BOTH]


def _sides(path: Path) -> list[tuple[Row, str, tuple[str, ...]]]:
    return [(row, variant, roles) for row in cells(path) for variant in VARIANTS[row.guard]
            for roles in _by_roles(row, variant)]


def generated(path: Path = TABLE) -> list[Stimulus]:
    """The stimuli that get a test, in the order of the figure."""
    return [Stimulus(*side) for side in _sides(path) if not why_not(*side)]


def not_generated(path: Path = TABLE) -> list[tuple[Row, str, tuple[str, ...], str]]:
    """The sides of the figure's rows that get no test of their own, with the reason."""
    return [(*side, why_not(*side)) for side in _sides(path) if why_not(*side)]


Judge = Callable[[Bench, Case, list[Stimulus]], None]


def grouped(path: Path = TABLE) -> dict[str, list[Stimulus]]:
    """The stimuli of each test, by its id: one, or those of TOGETHER that share their roles and their local status."""
    out: dict[str, list[Stimulus]] = {}
    for stimulus in generated(path):
        row = stimulus.row
        shared = row.guard == "none" and row.local in TOGETHER and stimulus.roles == BOTH
        id = f"d12/7.1.3/what-is-always-accepted-meets-{row.local.lower()}" if shared else stimulus.id
        out.setdefault(id, []).append(stimulus)
    return out


def declare(id: str, stimuli: list[Stimulus], judge: Judge) -> Callable[[Bench, Case], None]:
    """One conformance test. judge(bench, t, stimuli) prepares an address for each, sends and judges."""
    def run(bench: Bench, t: Case) -> None:
        judge(bench, t, stimuli)

    rejects = any(s.wanted(role) is not None for s in stimuli for role in s.roles)
    received = ", ".join(s.row.received for s in stimuli)
    run.__doc__ = f"{received} over {stimuli[0].row.local}, {stimuli[0].reaction}."
    return case(id, roles=stimuli[0].roles, level="should", consequence="safety" if rejects else "liveness",
                readings=stimuli[0].readings, observations=len(stimuli),
                covers=[(clause, s.reaction) for s in stimuli for clause in s.clauses])(run)


def conformance_tests(judge: Judge) -> dict[str, Callable[[Bench, Case], None]]:
    """The tests, by a function name of its own each: for a module's globals()."""
    return {"test_" + id.split("/")[2].replace("-", "_"): declare(id, stimuli, judge)
            for id, stimuli in grouped().items()}

"""model/spec/messages.csv as rows, and which conformance tests follow from it.

A row says whether an option belongs in a message, and what a receiver does that meets the opposite. For the rows that
say MUST, MUST NOT or "no message-specific options" the suite sends the opposite, all else correct; each message's own
file in conformance/d12 (generated_*_test.py) knows how to send it and how to see the reaction. Here is decided which
rows get such a test (`why_not`), its id, and on what ground it judges: `level` and `basis` follow from reaction_basis.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Callable, Iterable

from twinlease.suite.bench import Bench
from twinlease.suite.case import BOTH, PRIMARY, SECONDARY, Case, case
from twinlease.suite.collect import ROBUST

TABLE = Path(__file__).resolve().parents[3] / "model" / "spec" / "messages.csv"
NO_OPTIONS = "no message-specific options"
DRAFT = "draft"

MUSTS = {"11.1": ("FO-11.1-05", "FO-11.1-07"), "12.29": ("FO-12.29-03",), "7.9.2 (3)": ("FO-7.9.2-04",)}
"""The sections of reaction_basis that say MUST of the reaction itself, and the clauses that do."""

SIDE_CONDITIONS = {"vendor-specific-options": "vendor-class-identifier",
                   "delayed-service-parameter": "hash-bucket-assignment"}
"""A MAY that needs another option in the same message: sent without that one."""

WRITTEN = {
    ("BNDUPD", "binding-status", "ACTIVE", "MUST"): "d12/7.1.3/missing-binding-status-is-rejected",
    ("BNDUPD", "client-hardware-address", "ACTIVE", "MUST"): "d12/7.1.3/missing-client-is-rejected",
    ("BNDUPD", "lease-expiration-time", "ACTIVE", "MUST"): "d12/7.1.3/missing-lease-expiration-is-rejected",
    ("BNDUPD", "potential-expiration-time", "ACTIVE", "MUST"): "d12/7.1.3/missing-potential-expiration-is-rejected",
    ("BNDUPD", "message-digest", "no shared secret", "MUST NOT"): "d12/11.1/message-with-a-digest",
    ("STATE", "message-digest", "no shared secret", "MUST NOT"): "d12/11.1/message-with-a-digest",
    ("CONTACT", "message-digest", "no shared secret", "MUST NOT"): "d12/11.1/message-with-a-digest",
    ("CONNECT", "message-digest", "no shared secret", "MUST NOT"): "d12/11.1/connect-with-a-digest",
    ("DISCONNECT", "reject-reason", "always", "MUST"): "d12/7.12.2/disconnect-is-taken",
}
"""Rows whose violation a written test sends: message, option, condition, requirement -> its id."""


@dataclass(frozen=True)
class Row:
    """One cell of a table of section 7, as messages.csv has it. on_violation: reactions separated by "|", the words
    those of handshake.py and process, ignore-option, ignore-message, take-as-accept, bndack-reject:N, unspecified."""

    message: str
    sender: str
    option: str
    condition: str
    requirement: str
    section: str
    dialect: str
    clauses: tuple[str, ...]
    on_violation: str
    reaction_basis: tuple[str, ...]
    testable_against: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.message, self.option, self.condition, self.requirement

    @property
    def column(self) -> str:
        """The column of the table: a binding-status, "accept" or "reject"; "" where it has one column only."""
        word = self.condition.split(",")[0]
        return word if word.isupper() or word in ("accept", "reject") else ""

    @property
    def violation(self) -> str:
        """"with" or "without" the option; "" for a cell that cannot be violated."""
        if self.on_violation in ("not-violable", "not-producible"):
            return ""
        if self.requirement in ("MUST NOT", "SHOULD NOT", "ignored", NO_OPTIONS) or self.option in SIDE_CONDITIONS:
            return "with"
        return "without"

    @property
    def client_without_hardware(self) -> bool:
        """client-hardware-address where it MAY be: it must, once a client appears (7.1.1)."""
        return self.requirement == "MAY" and self.option == "client-hardware-address"

    @property
    def surplus(self) -> str:
        """The option that a violation adds: a known one where the message has none of its own."""
        return "MCLT" if self.requirement == NO_OPTIONS else self.option

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of the peer that receives the message."""
        return {"primary": SECONDARY, "secondary": PRIMARY, "both": BOTH}[self.sender]

    @property
    def readings(self) -> tuple[str, ...]:
        return tuple(word for word in self.reaction_basis if word.startswith("A-"))

    @property
    def basis(self) -> str:
        """"adjudicated" where nothing but readings says what the reaction is."""
        return "adjudicated" if self.readings and len(self.readings) == len(self.reaction_basis) else "clause"

    @property
    def unspecified(self) -> bool:
        """Neither the draft nor a reading says what happens: the peer has to survive it."""
        return self.on_violation == "unspecified"

    @property
    def own_section(self) -> str:
        return self.section.removeprefix("MS ").split(" ")[0].split(";")[0]

    @property
    def own_clauses(self) -> tuple[str, ...]:
        """The clauses that state the cell, of its own section and those below it."""
        own = ("FO-" if self.dialect == DRAFT else "MS-") + self.own_section
        return tuple(clause for clause in self.clauses if clause.startswith((own + "-", own + ".")))

    @property
    def reaction_clauses(self) -> tuple[str, ...]:
        """Clauses that say MUST of the reaction; one that leaves alternatives breaks another MUST besides (12.29)."""
        if self.option in SIDE_CONDITIONS and "|" in self.on_violation:
            return ()
        return tuple(clause for word in self.reaction_basis for clause in MUSTS.get(word, ()))

    @property
    def level(self) -> str:
        return "must" if self.reaction_clauses else "should"

    @property
    def id(self) -> str:
        words = [self.message, self.column, self.violation, self.surplus]
        return f"d12/{self.own_section}/" + "-".join(word for word in words if word).lower()

    @property
    def sent(self) -> str:
        """The message and what is wrong with it, in words."""
        label = self.message + (f"({self.column})" if self.column else "")
        if self.option in SIDE_CONDITIONS:
            return f"{label} with {self.option} and without {SIDE_CONDITIONS[self.option]}"
        if self.client_without_hardware:
            return f"{label} with client-identifier and without {self.option}"
        return f"{label} {self.violation} {self.surplus}"

    def accepts(self, reaction: str) -> bool:
        """Is this one of the reactions of on_violation? What is left of an option that is ignored is "process"; the
        end of a connection may have a DISCONNECT before it. Anything is, where the reaction is unspecified."""
        alternatives = [{"close-connection": "close-*", "ignore-option": "process"}.get(word, word)
                        for word in self.on_violation.split("|")]
        return self.unspecified or any(fnmatchcase(reaction, alternative) for alternative in alternatives)


def read(path: Path = TABLE) -> list[Row]:
    """All rows of messages.csv, of both dialects. KeyError: a column is missing."""
    with path.open(newline="", encoding="utf-8") as file:
        return [Row(r["message"], r["sender"], r["option"], r["condition"], r["requirement"], r["section"],
                    r["dialect"], tuple(r["clauses"].split(";")), r["on_violation"],
                    tuple(r["reaction_basis"].split(";")), r["testable_against"]) for r in csv.DictReader(file)]


def why_not(row: Row) -> str:
    """Why no test is generated for the row; "" if one is."""
    if row.dialect != DRAFT:
        return "the suite d12 speaks the draft's dialect"
    if row.requirement in ("SHOULD", "SHOULD NOT"):
        return "recommended only: a sender may do otherwise, and a receiver has to take both"
    if not row.violation:
        return "a MAY without a side condition: there is nothing to violate"
    if row.condition == "shared secret configured":
        return "the suite shares no secret with the peer"
    if row.testable_against == "tls":
        return "the suite does not speak TLS, and over plain TCP every CONNECT has a TLS-request"
    if row.option == "IP-flags":
        return "a transaction without IP-flags says that all flags are zero: the receiver cannot see that one was not"
    if row.key in WRITTEN:
        return f"{WRITTEN[row.key]} sends it"
    return ""


def generated(*messages: str, path: Path = TABLE) -> list[Row]:
    """The rows that get a test, of these messages (all if none is named), in the order of the table."""
    return [row for row in read(path) if not why_not(row) and (not messages or row.message in messages)]


def not_generated(path: Path = TABLE) -> list[tuple[Row, str]]:
    """The rows of the draft that get no test of their own, with the reason."""
    return [(row, why_not(row)) for row in read(path) if row.dialect == DRAFT and why_not(row)]


def plausible(option: str, now_s: int) -> Any:
    """A well-formed value of an option that should not be there. now_s: seconds since 1970."""
    return {
        "client-identifier": b"\x00twinlease", "client-hardware-address": b"\x01\x02\x00\x5e\x00\x53\x01",
        "lease-expiration-time": now_s + 600, "potential-expiration-time": now_s + 900, "MCLT": 3600,
        "hash-bucket-assignment": b"\x0f" * 32, "delayed-service-parameter": 5, "reject-reason": 8,
        "message": "added by the suite", "max-unacked-bndupd": 10, "receive-timer": 30,
        "vendor-class-identifier": "twinlease", "message-digest": b"\x01" + bytes(range(16)),
        "vendor-specific-options": b"\x00\x01\x00\x02tl",
    }[option]


def violate(row: Row, options: Iterable[tuple[str | int, Any]], now_s: int) -> list[tuple[str | int, Any]]:
    """The options of a correct message, made wrong as the row has it. A message-digest comes first (11.1)."""
    left_out = SIDE_CONDITIONS.get(row.option, row.option if row.violation == "without" else "")
    kept = [(name, value) for name, value in options if name != left_out]
    if row.violation == "without":
        name = "client-identifier"
        return [*kept, (name, plausible(name, now_s))] if row.client_without_hardware else kept
    added = [(row.surplus, plausible(row.surplus, now_s))]
    return added + kept if row.surplus == "message-digest" else kept + added


Judge = Callable[[Bench, Case, Row], None]


def declare(row: Row, judge: Judge, own_peer: bool = False) -> Callable[[Bench, Case], None]:
    """The conformance test of one row. judge(bench, t, row) sends the violation and judges the reaction.

    own_peer: it starts the peer anew. A test of an unspecified reaction proves no clause; what counts is that the peer
    is well afterwards.
    """
    def run(bench: Bench, t: Case) -> None:
        judge(bench, t, row)

    reaction = ROBUST if row.unspecified else row.on_violation
    run.__doc__ = f"{row.sent}: {reaction.replace('|', ' or ')}."
    stated = row.reaction_clauses and row.own_section in MUSTS   # the section of the cell says the reaction itself
    cited = row.reaction_clauses if stated else (*row.own_clauses, *row.reaction_clauses)
    return case(row.id, roles=row.roles, level=row.level, basis=row.basis, readings=row.readings,
                consequence="robustness", own_peer=own_peer, covers=[(clause, reaction) for clause in cited])(run)


def conformance_tests(judge: Judge, *messages: str, own_peer: bool = False) -> dict[str, Callable[[Bench, Case], None]]:
    """A test for each generated row of these messages, by a name for it: for a module's globals()."""
    return {function_name(row.id): declare(row, judge, own_peer) for row in generated(*messages)}


def function_name(id: str) -> str:
    """test_7_1_bndupd_... for d12/7.1/bndupd-...: what pytest looks for."""
    return re.sub(r"[^a-z0-9]", "_", "test_" + id.split("/", 1)[1])

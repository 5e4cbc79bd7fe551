"""model/spec/options.csv: options of a wrong length or value, in the messages where they belong, and their tests.

Each option with a fixed length is sent one octet too short and one too long, all else correct; options without one, and
enumerations, with the octets of VALUES. What a receiver may do is the row of model/spec/reactions.csv (R-nn) that
PLACES names for the pair; conformance/d12/generated_options_test.py sends and judges. A pair or a single variant that a
written test sends already is in WRITTEN. A test takes all variants of one option in one message, and its verdict names
those that were met wrongly.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Callable

from twinlease import wire
from twinlease.suite.bench import Bench
from twinlease.suite.case import BOTH, PRIMARY, SECONDARY, Case, case
from twinlease.suite.reaction_table import Reaction, reactions

TABLE = Path(__file__).resolve().parents[3] / "model" / "spec" / "options.csv"
SHORT, LONG = "one octet short", "one octet long"

RECEIVERS = {"BNDUPD": BOTH, "BNDACK": BOTH, "STATE": BOTH, "CONNECT": SECONDARY, "CONNECTACK": PRIMARY,
             "POOLRESP": SECONDARY}
"""The roles of the peer that is sent such a message."""

PLACES = {
    ("addresses-transferred", "POOLRESP"): "R-39",
    ("assigned-IP-address", "BNDUPD"): "R-40", ("assigned-IP-address", "BNDACK"): "R-41",
    ("binding-status", "BNDUPD"): "R-42", ("client-last-transaction-time", "BNDUPD"): "R-42",
    ("IP-flags", "BNDUPD"): "R-42", ("lease-expiration-time", "BNDUPD"): "R-42",
    ("potential-expiration-time", "BNDUPD"): "R-42", ("start-time-of-state", "BNDUPD"): "R-42",
    ("delayed-service-parameter", "CONNECT"): "R-45", ("hash-bucket-assignment", "CONNECT"): "R-46",
    ("max-unacked-bndupd", "CONNECT"): "R-48", ("receive-timer", "CONNECT"): "R-48", ("MCLT", "CONNECT"): "R-49",
    ("protocol-version", "CONNECT"): "R-50", ("max-unacked-bndupd", "CONNECTACK"): "R-51",
    ("receive-timer", "CONNECTACK"): "R-51", ("protocol-version", "CONNECTACK"): "R-51",
    ("reject-reason", "CONNECTACK"): "R-53", ("reject-reason", "BNDACK"): "R-54",
    ("server-flags", "STATE"): "R-55", ("server-state", "STATE"): "R-55", ("start-time-of-state", "STATE"): "R-55",
    ("TLS-reply", "CONNECTACK"): "R-56",
}
"""Where an option with a fixed length is sent with a wrong one, and the reactions to that."""

LENGTHS = {"IP-flags": {"no octet": b"", LONG: b"\0\0\0"}}
"""Wrong lengths that are not one more or less: one octet of IP-flags is what its figure draws (A-04)."""

DNS_NAME = b"\x04host\x07example\x00"
COOKIE = bytes([99, 130, 83, 99])
VALUES: dict[tuple[str, str, str, str], dict[str, bytes]] = {
    ("undefined-binding-status", "binding-status", "BNDUPD", "R-107"):
        {str(value): bytes([value]) for value in (0, 8, 9, 99, 128, 255)},
    ("empty-client-identifier", "client-identifier", "BNDUPD", "R-42"): {"no octet": b""},
    ("malformed-client-reply-options", "client-reply-options", "BNDUPD", "R-43"): {
        "no octet": b"", "3 octets": COOKIE[:3], "another magic number": b"\1\2\3\4\x33\4\0\0\x0e\x10",
        "an option that overruns": COOKIE + b"\x33\xc8\0\0"},
    ("malformed-client-request-options", "client-request-options", "BNDUPD", "R-43"): {
        "no octet": b"", "3 octets": COOKIE[:3], "another magic number": b"\1\2\3\4\x0c\4host",
        "an option that overruns": COOKIE + b"\x0c\xc8ho"},
    ("malformed-ddns", "DDNS", "BNDUPD", "R-44"): {
        "no octet": b"", "one octet": b"\0", "a name without end": b"\0\0" + DNS_NAME[:-1],
        "a label of 64 octets": b"\0\0\x40" + b"a" * 64 + b"\0", "a compression pointer": b"\0\0\xc0\x0c"},
    ("hardware-type-0", "client-hardware-address", "BNDUPD", "R-110"):
        {"htype 0": b"\0\x02\x77\xfe\0\0\1"},
    ("delayed-service-parameter-of-0", "delayed-service-parameter", "CONNECT", "R-45"): {"0": b"\0"},
    ("unusual-vendor-class-identifier", "vendor-class-identifier", "CONNECT", "R-57"): {
        "no octet": b"", "1000 octets": b"v" * 1000},
    ("unusual-message", "message", "BNDACK", "R-52"): {
        "no octet": b"", "1000 octets of anything": bytes(range(250)) * 4},
    ("unusual-message", "message", "CONNECTACK", "R-52"): {
        "no octet": b"", "1000 octets of anything": bytes(range(250)) * 4},
}
"""Values that are wrong, or odd, by what they say: the test, option, message and reactions -> what it is, octets."""

WRITTEN = {
    ("binding-status", "BNDUPD", LONG): "d12/6.2/wrong-option-length-in-a-transaction",
    ("lease-expiration-time", "BNDUPD", SHORT): "d12/6.2/wrong-option-length-in-a-transaction",
    ("IP-flags", "BNDUPD", SHORT): "d12/6.2/ip-flags-of-one-or-two-octets",
    ("TLS-request", "CONNECT", SHORT): "d12/7.8.2/undefined-tls-request",
    ("TLS-request", "CONNECT", LONG): "d12/7.8.2/undefined-tls-request",
    ("reject-reason", "DISCONNECT", SHORT): "d12/7.12.2/disconnect-is-taken",
    ("reject-reason", "DISCONNECT", LONG): "d12/7.12.2/disconnect-is-taken",
}
"""What a written test sends: option, message, variant -> its id."""

NOT_SENT = {"message-digest": "its length matters with a shared secret only, and the suite shares none"}
"""Options with a fixed length that get no test, and why."""

DISPENSABLE = {"client-last-transaction-time", "start-time-of-state", "IP-flags", "client-identifier", "DDNS",
               "client-reply-options", "client-request-options"}
"""What a BNDUPD(ACTIVE) can do without (A-12), and a receiver ignore if it cannot read it (A-43)."""


@dataclass(frozen=True)
class Option:
    """A row of options.csv of the draft's dialect. octets: its fixed length, None if it has none."""

    code: int
    name: str
    section: str
    octets: int | None


@dataclass(frozen=True)
class Stimulus:
    """One option in one message, wrong in all ways that are sent. variants: octets by what they are; those of a fixed
    length that are left empty here are cut from, or added to, the value of a correct message."""

    name: str
    option: Option
    message: str
    reaction: Reaction
    variants: tuple[tuple[str, bytes | None], ...]

    @property
    def id(self) -> str:
        return f"d12/{self.option.section}/{self.name}"

    @property
    def clauses(self) -> tuple[str, ...]:
        """Those of the reaction that are about this option or about no option of section 12 but the message."""
        own = f"FO-{self.option.section}-"
        return tuple(c for c in self.reaction.clauses if c.startswith(own) or not c.startswith("FO-12."))

    @property
    def expected(self) -> str:
        """The row's reactions, and what A-43 leaves to a receiver of a BNDUPD: to close, or to ignore the option."""
        words = self.reaction.expected.split("|")
        if "A-43" in self.reaction.readings and self.message == "BNDUPD":
            words += ["close-connection"] + (["process"] if self.option.name in DISPENSABLE else [])
        return "|".join(dict.fromkeys(words))

    def accepts(self, reaction: str) -> bool:
        """Is this one of the expected? What is left of an option that is ignored is "process"."""
        same = {"close-connection": "close-*", "ignore-option": "process"}
        return any(fnmatchcase(reaction, same.get(word, word)) for word in self.expected.split("|"))

    def values(self, right: bytes) -> dict[str, bytes]:
        """The octets of each variant; right: those that the option has in a correct message."""
        cut = {SHORT: right[:-1], LONG: right + b"\0"}
        return {what: cut[what] if octets is None else octets for what, octets in self.variants}


def read(path: Path = TABLE) -> list[Option]:
    """The options of the draft. KeyError: a column is missing."""
    with path.open(newline="", encoding="utf-8") as file:
        return [Option(int(r["code"]), r["name"], r["section"], _fixed(r["length_rule"])) for r in csv.DictReader(file)
                if r["dialect"] == "draft"]


def _fixed(length_rule: str) -> int | None:
    word = length_rule.split(" ")[0]
    return int(word) if word.isdigit() else None


def generated(*messages: str) -> list[Stimulus]:
    """What is sent, in these messages (all if none is named): wrong lengths, then wrong values."""
    options, rows = {o.name: o for o in read()}, {r.id: r for r in reactions()}
    out = []
    for (name, message), row in PLACES.items():
        usual: dict[str, bytes | None] = {SHORT: None, LONG: None}
        variants = tuple((what, octets) for what, octets in LENGTHS.get(name, usual).items()
                         if (name, message, what) not in WRITTEN)
        test = f"{name}-of-a-wrong-length-in-{message}".lower()
        out.append(Stimulus(test, options[name], message, rows[row], variants))
    out += [Stimulus(f"{test}-in-{message}".lower(), options[name], message, rows[row], tuple(values.items()))
            for (test, name, message, row), values in VALUES.items()]
    return [s for s in out if not messages or s.message in messages]


Judge = Callable[[Bench, Case, Stimulus], None]


def declare(stimulus: Stimulus, judge: Judge, **declaration: Any) -> Callable[[Bench, Case], None]:
    """The conformance test of one stimulus. judge(bench, t, stimulus) sends the variants and judges the reactions.
    declaration: what else @case is to know."""
    def run(bench: Bench, t: Case) -> None:
        judge(bench, t, stimulus)

    row, expected = stimulus.reaction, stimulus.expected
    variants = ", ".join(what for what, _ in stimulus.variants)
    run.__doc__ = f"{stimulus.message} with {stimulus.option.name} of {variants}: {expected.replace('|', ' or ')}."
    return case(stimulus.id, roles=RECEIVERS[stimulus.message], level=row.strictness,
                basis="adjudicated" if row.by_reading_alone else "clause", readings=row.readings,
                consequence="robustness", observations=len(stimulus.variants),
                covers=[(clause, expected) for clause in stimulus.clauses], **declaration)(run)


def conformance_tests(judge: Judge, *messages: str, **declaration: Any) -> dict[str, Callable[[Bench, Case], None]]:
    """A test for each stimulus in these messages, by a function name of its own: for a module's globals()."""
    return {"test_" + s.name.replace("-", "_"): declare(s, judge, **declaration) for s in generated(*messages)}


def right_octets(option: str, options: list[tuple[str | int, Any]]) -> bytes:
    """The octets that the option has in a correct message; of one that the message lacks, zeros of its length."""
    for name, value in options:
        if name == option:
            return wire.encode_value(name, value)
    return bytes(next(o.octets or 0 for o in read() if o.name == option))


def replaced(option: str, octets: bytes, options: list[tuple[str | int, Any]]) -> list[tuple[str | int, Any]]:
    """The options of a correct message with these octets for one of them; at the end if it was not there."""
    changed = [(name, octets if name == option else value) for name, value in options]
    return changed if any(name == option for name, _ in options) else [*changed, (option, octets)]

"""What a line of run.jsonl v1 may say: one validate() for the writer and the reader.

Keys that are not known here are allowed: a reader of v1 passes over them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from twinlease.verdict import LEVELS, Aftermath, Basis, Consequence, Verdict

VERSION = 1
ID_MAX = 200  # characters: an id goes uncut into every report
ORACLE = "oracle"  # the section, and the head of the ids, of what the oracle says
EXPLAINED = "oracle/explained"  # the one result that every watched role has

Check = Callable[[Any], bool]


class RecordError(ValueError):
    """A record that is not of run.jsonl v1. The text names key, value and what was expected."""


def _number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _id(value: Any) -> bool:
    return _text(value) and 0 < len(value) <= ID_MAX and value.isprintable() and " " not in value


def _optional(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _one_of(values: Any) -> Check:
    allowed = tuple(values)
    return lambda value: _text(value) and value in allowed


def _pairs(value: Any) -> bool:
    return isinstance(value, list) and all(_texts(pair) and len(pair) == 2 for pair in value)


# key -> (check, what was expected)
_STRING = (_text, "a string")
_STRINGS = (_texts, "a list of strings")
_SECONDS = (_number, "a number of seconds")
_COUNT = (_count, "a count, 0 or more")
_ID = (_id, f"1 to {ID_MAX} printable characters without a space")
_ROLE = (_optional(_one_of(("primary", "secondary"))), "primary, secondary or null")


def _enum(enum: Any, null: bool) -> tuple[Check, str]:
    check = _one_of(enum)
    names = ", ".join(enum)
    return (_optional(check), f"one of {names}, or null") if null else (check, f"one of {names}")


_RUN = {
    "version": (lambda value: type(value) is int and value == VERSION, str(VERSION)),
    "suite_version": _STRING,
    "started": _SECONDS,
    "selected": _COUNT,
    "peer.name": _STRING,
    "peer.version": (_optional(_text), "a string or null"),
    "peer.dialect": _STRING,
    "peer.manifest": (_optional(_text), "a string or null"),
    "options.level": _enum(LEVELS, null=False),
    "options.role": _ROLE,
    "options.select": _STRINGS,
}
_PARTNER = {name.replace("peer", "partner"): check for name, check in _RUN.items() if name.startswith("peer.")}
_START = {"id": _ID, "role": _ROLE, "t": _SECONDS}
_TEST = {
    "id": _ID,
    "title": _STRING,
    "role": _ROLE,
    "section": _STRING,
    "level": _enum(("must", "should", "may"), null=False),
    "clauses": _STRINGS,
    "covers": (_pairs, "a list of pairs [clause, expected reaction]"),
    "readings": _STRINGS,
    "verdict": _enum(Verdict, null=False),
    "reason": _STRING,
    "aftermath": _enum(Aftermath, null=True),
    "consequence": _enum(Consequence, null=True),
    "basis": _enum(Basis, null=True),
    "sent": _STRING,
    "expected": _STRING,
    "observed": _STRING,
    "seconds": (lambda value: _number(value) and value >= 0, "seconds, 0 or more"),
    "pcap": (_optional(_text), "a path relative to the report, or null"),
    "rerun": _STRING,
    "observations.needed": _COUNT,
    "observations.made": _COUNT,
    "ladder": (lambda value: isinstance(value, list), "a list of messages"),
    "ladder_cut": _COUNT,
}
_LADDER = {
    "t": _SECONDS,
    "from": _enum(("suite", "peer", "client", "primary", "secondary"), null=False),
    "proto": _enum(("failover", "dhcp", "note"), null=False),
    "label": _STRING,
    "detail": _STRING,
    "hex": _STRING,
}
_END = {
    "finished": _SECONDS,
    "interrupted": (lambda value: isinstance(value, bool), "true or false"),
    "never_failed": _STRINGS,
}
_KINDS = {"run": _RUN, "start": _START, "test": _TEST, "end": _END}

_MISSING = object()


def validate(record: Any) -> Mapping[str, Any]:
    """Return `record` if it is a record of run.jsonl v1.

    RecordError: a key is missing or has a value that the format does not allow, or a PASS has
    fewer observations than its evidence floor needs.
    """
    if not isinstance(record, Mapping):
        raise RecordError(f"{_short(record)}: expected an object")
    fields = _KINDS.get(record.get("kind")) if _text(record.get("kind")) else None
    if fields is None:
        raise RecordError(
            f"kind = {_short(record.get('kind'))}: expected one of {', '.join(_KINDS)}"
        )
    _check_fields(record, fields, "")
    if record["kind"] == "run" and record.get("partner") is not None:
        _check_fields(record, _PARTNER, "")
    if record["kind"] == "test":
        for number, message in enumerate(record["ladder"]):
            where = f"ladder[{number}]"
            if not isinstance(message, Mapping):
                raise RecordError(f"{where} = {_short(message)}: expected an object")
            _check_fields(message, _LADDER, f"{where}.")
        made, needed = record["observations"]["made"], record["observations"]["needed"]
        if record["verdict"] == Verdict.PASS and made < needed:
            raise RecordError(
                f"verdict = 'PASS': expected INCONCLUSIVE, {made} of {needed} observations made"
            )
    return record


def _check_fields(
    record: Mapping[str, Any], fields: Mapping[str, tuple[Check, str]], prefix: str
) -> None:
    for name, (check, expected) in fields.items():
        value: Any = record
        for key in name.split("."):
            value = value.get(key, _MISSING) if isinstance(value, Mapping) else _MISSING
        if value is _MISSING:
            raise RecordError(f"{prefix}{name} is missing: expected {expected}")
        if not check(value):
            raise RecordError(f"{prefix}{name} = {_short(value)}: expected {expected}")


def _short(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}..."

"""The codec's option table against the specification's, and its errors against the list of clauses.

Here and not beside the codec: code of impl does not read model/spec, so that the two stay independent.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from twinlease import wire

SPEC = Path(__file__).resolve().parents[2] / "model" / "spec"
# The form of Microsoft's binding-status, IP-flags and digest is the dialect's; option 3 has a row of its own for each.
ROWS = [row for row in csv.DictReader((SPEC / "options.csv").open(newline=""))
        if row["dialect"] == "draft" or int(row["code"]) >= 30]


def _lengths(rule: str) -> tuple[int, int]:
    """(least, most) octets of a length rule: "4", "n>=2 (1+hlen)", "n even", "n", "4*k"."""
    special = {"n": (0, 65535), "n even": (2, 65535), "4*k": (4, 65535), "2 (figure prints 1)": (1, 2),
               "4 by text; 1 by field description and example": (1, 4), "4 (description needs 8)": (4, 8),
               "1+16=17 for HMAC-MD5": (2, 65535)}
    if rule in special:
        return special[rule]
    if rule.startswith("n>="):
        return int(rule[3:].split()[0]), 65535
    return int(rule), int(rule)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['code']}-{row['name'].replace(' ', '-')}")
def test_name_and_length_of_every_option(row):
    entry = wire.OPTION_TABLE[int(row["code"])]
    assert entry["name"].lower() == row["name"].lower()
    assert (entry["length_min"], entry["length_max"]) == _lengths(row["length_rule"])


def test_no_option_is_without_a_row_and_none_without_a_clause():
    assert set(wire.OPTION_TABLE) == {int(row["code"]) for row in ROWS}
    clauses = {row["id"] for row in csv.DictReader((SPEC / "requirements.csv").open(newline=""))}
    assert {entry["clause"] for entry in wire.OPTION_TABLE.values()} <= clauses


@pytest.mark.parametrize("octets", [
    b"\x00\x0b\x0b\x0c" + bytes(8), b"\x10\x00\x0b\x0c" + bytes(8), b"\x00\x0c\x0d\x0c" + bytes(8),
    b"\x00\x0c\xc8\x0c" + bytes(8), b"\x00\x0c\x0b\x05" + bytes(8), b"\x00\x0e\x0b\x0c" + bytes(10),
    b"\x00\x12\x0a\x0c" + bytes(8) + b"\x00\x18\x00\x09\x02\x02", b"\x00\x0d\x03\x0c" + bytes(9)])
def test_errors_cite_clauses_that_exist(octets):
    clauses = {row["id"] for row in csv.DictReader((SPEC / "requirements.csv").open(newline=""))}
    message = wire.Message(octets, "draft-12")
    errors = [e for e in [message.error, *message.option_errors] if e is not None]
    assert errors and all(e.clause in clauses for e in errors)

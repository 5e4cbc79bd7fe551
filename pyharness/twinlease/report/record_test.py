import copy
import math

import pytest

from twinlease.report.fixtures import sample_run
from twinlease.report.record import RecordError, validate

RECORDS = {record["kind"]: record for record in sample_run.records()}
FAILED = sample_run.failed()[0]


@pytest.mark.parametrize("record", sample_run.records(), ids=lambda record: record.get("id"))
def test_the_sample_is_valid(record):
    assert validate(record) is record


@pytest.mark.parametrize("kind", ["run", "start", "test", "end"])
def test_every_key_is_needed(kind):
    for key in RECORDS[kind]:
        record = {name: value for name, value in RECORDS[kind].items() if name != key}
        with pytest.raises(RecordError, match=key):
            validate(record)


def test_keys_of_a_later_version_are_passed_over():
    validate({**FAILED, "colour": "red"})


@pytest.mark.parametrize(
    "path, value",
    [
        ("kind", "tests"),
        ("kind", []),
        ("id", ""),
        ("id", "a b"),
        ("id", "x" * 201),
        ("id", "d12/\x1b[2J"),
        ("role", "both"),
        ("level", "MUST"),
        ("clauses", "FO-6.1-01"),
        ("covers", [["FO-6.1-01"]]),
        ("verdict", "XFAIL"),
        ("aftermath", "ok"),
        ("consequence", "bad"),
        ("basis", "hope"),
        ("seconds", -1),
        ("seconds", math.nan),
        ("seconds", True),
        ("sent", None),
        ("pcap", 3),
        ("observations", 1),
        ("observations.made", -1),
        ("observations.needed", 1.5),
        ("ladder", {}),
        ("ladder.0", 7),
        ("ladder.0.from", "server"),
        ("ladder.0.proto", "tcp"),
        ("ladder.0.t", "0"),
        ("ladder.0.hex", b""),
        ("ladder_cut", None),
    ],
)
def test_a_wrong_value_is_named(path, value):
    record = copy.deepcopy(FAILED)
    *parents, key = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = record
    for parent in parents:
        place = place[parent]
    place[key] = value
    with pytest.raises(RecordError, match="expected"):
        validate(record)


@pytest.mark.parametrize("record", [None, [], "run", 1])
def test_what_is_no_object_is_refused(record):
    with pytest.raises(RecordError, match="expected an object"):
        validate(record)


def test_another_version_is_refused():
    with pytest.raises(RecordError, match="version = 2: expected 1"):
        validate({**RECORDS["run"], "version": 2})


def test_a_pass_needs_its_evidence():
    record = {**FAILED, "verdict": "PASS", "observations": {"needed": 3, "made": 2}}
    with pytest.raises(RecordError, match="expected INCONCLUSIVE, 2 of 3 observations made"):
        validate(record)
    validate({**record, "verdict": "INCONCLUSIVE"})


def test_a_long_value_is_shortened_and_printable():
    with pytest.raises(RecordError) as error:
        validate({**FAILED, "verdict": "\x1b" * 500})
    assert str(error.value).isprintable() and len(str(error.value)) < 250

import pytest

from twinlease.baseline import (
    Baseline,
    BaselineError,
    Expectation,
    Mismatch,
    parse_baseline,
    read_baseline,
)
from twinlease.verdict import Verdict

ID = "d12/7.8.2/bad-mclt-is-refused@secondary"
ENTRY = f'[[expect]]\ntest = "{ID}"\nverdict = "FAIL"\nreason = "takes any MCLT"\n'


def test_reads_entries():
    baseline = parse_baseline("version = 1\n" + ENTRY)
    assert baseline.entries == {ID: Expectation(ID, Verdict.FAIL, "takes any MCLT")}


def test_an_empty_baseline_expects_nothing():
    assert parse_baseline("").entries == {}


def test_reads_a_file_and_keeps_its_path(tmp_path):
    path = tmp_path / "peer.toml"
    path.write_text(ENTRY)
    assert read_baseline(path).path == str(path)


@pytest.mark.parametrize(
    "text, message",
    [
        ("version = 2", "b.toml: version = 2: expected 1"),
        ("version = true", "b.toml: version = True: expected 1"),
        ("expects = 1", r"b.toml: expects = 1: expected only version and \[\[expect\]\]"),
        ("expect = 1", "b.toml: expect = 1: expected tables headed"),
        ("expect = [1]", "b.toml: expect #1: 1: expected a table"),
        ("[[expect", "b.toml: expected TOML: "),
        (ENTRY + "note = 3", "expect #1: note = 3: expected only test, verdict, reason"),
        (ENTRY + ENTRY, "expect #2: test = .*: expected one entry per test"),
        (ENTRY.replace("FAIL", "fail"), "verdict = 'fail': expected one of FAIL, LENIENT"),
        (ENTRY.replace("FAIL", "PASS"), "verdict = 'PASS': expected one of"),
        (ENTRY.replace("FAIL", "ERROR"), "verdict = 'ERROR': expected one of"),
        (ENTRY.replace("takes any MCLT", " "), f"{ID}.*reason = ' ': expected a sentence"),
        (ENTRY.replace("reason", "# reason"), "reason = None: expected a sentence"),
        (ENTRY.replace("bad-mclt", "*"), "expected the id of one test"),
        (ENTRY.replace("/", ""), "expected the id of one test"),
        (ENTRY.replace(f'"{ID}"', "7"), "test = 7: expected the id of one test"),
        (ENTRY.replace('"FAIL"', "[]"), r"verdict = \[\]: expected one of"),
    ],
)
def test_errors_name_key_value_and_what_was_expected(text, message):
    with pytest.raises(BaselineError, match=message):
        parse_baseline(text, "b.toml")


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_is_no_text_is_named(tmp_path, content):
    path = tmp_path / "peer.toml"
    if content:
        path.write_bytes(content)
    with pytest.raises(BaselineError, match="peer.toml: expected a baseline"):
        read_baseline(path)


ENTRIES = [Expectation(f"d12/1/{name}", Verdict.FAIL, "known") for name in "abcde"]
RESULTS = [
    {"id": "d12/1/a", "verdict": "FAIL"},
    {"id": "d12/1/b", "verdict": "PASS"},
    {"id": "d12/1/c", "verdict": "BLOCKED"},
    {"id": "d12/1/d", "verdict": "NOT_RUN"},
    {"id": "d12/1/z", "verdict": "FAIL"},
]


def test_each_entry_ends_in_one_of_five():
    comparison = Baseline(ENTRIES).compare(RESULTS)
    assert comparison.expected == {"d12/1/a"}
    assert comparison.unexpected_passes == (Mismatch("d12/1/b", Verdict.FAIL, Verdict.PASS),)
    assert comparison.mismatches == (Mismatch("d12/1/c", Verdict.FAIL, Verdict.BLOCKED),)
    assert comparison.unexamined == ("d12/1/d",)
    assert comparison.unused == ("d12/1/e",)
    assert not comparison.clean


def test_in_a_partial_run_a_test_that_is_not_there_is_unexamined():
    comparison = Baseline(ENTRIES).compare(RESULTS, partial=True)
    assert comparison.unexamined == ("d12/1/d", "d12/1/e")
    assert comparison.unused == ()


@pytest.mark.parametrize("place, clean", [(0, True), (1, False), (2, False), (3, True), (4, False)])
def test_clean_only_if_every_examined_entry_came_true(place, clean):
    assert Baseline([ENTRIES[place]]).compare(RESULTS).clean is clean

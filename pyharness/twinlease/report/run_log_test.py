import json

import pytest

from twinlease.report.fixtures import sample_run
from twinlease.report.record import RecordError
from twinlease.report.run_log import RunLog, RunLogError, read_run

RECORDS = sample_run.records()
TESTS = [record for record in RECORDS if record["kind"] == "test"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / "run.jsonl"


def write(path, records):
    with RunLog(path) as log:
        for record in records:
            log.write(record)
    return path


def test_what_is_written_is_read(path):
    run = read_run(write(path, RECORDS))
    assert (run.run, run.tests, run.end) == (RECORDS[0], TESTS, RECORDS[-1])
    assert (run.unfinished, run.problems, run.interrupted) == ([], [], False)


def test_each_record_is_in_the_file_when_write_returns(path):
    with RunLog(path) as log:
        for count, record in enumerate(RECORDS, 1):
            log.write(record)
            assert path.read_bytes().count(b"\n") == count


def test_the_file_is_ascii_with_one_line_per_record(path):
    lines = write(path, RECORDS).read_bytes().decode("ascii").split("\n")
    assert len(lines) == len(RECORDS) + 1 and lines[-1] == ""
    assert all(line.isprintable() for line in lines[:-1])


def test_a_log_starts_anew(path):
    write(path, RECORDS)
    assert read_run(write(path, RECORDS[:1])).tests == []


def test_a_record_that_is_refused_leaves_no_trace(path):
    with RunLog(path) as log:
        log.write(RECORDS[0])
        with pytest.raises(RecordError):
            log.write({**TESTS[0], "verdict": "GOOD"})
        with pytest.raises(TypeError):
            log.write({**TESTS[0], "extra": b"octets"})
        with pytest.raises(ValueError):
            log.write({**TESTS[0], "extra": float("nan")})
    assert path.read_bytes().count(b"\n") == 1


def test_a_run_killed_anywhere_leaves_a_readable_log(path):
    records = RECORDS[:6]
    content = write(path, records).read_bytes()
    first = content.index(b"\n") + 1
    for size in range(first, len(content), 7):
        path.write_bytes(content[:size])
        run = read_run(path)
        whole = content[: size + 1].count(b"\n")  # the last one also without its newline
        kinds = [record["kind"] for record in records[:whole]]
        assert run.tests == [record for record in records[:whole] if record["kind"] == "test"]
        assert len(run.unfinished) == kinds.count("start") - kinds.count("test")
        assert run.interrupted
        cut_off = [problem for problem in run.problems if "cut off" in problem]
        assert bool(cut_off) == (b"\n" not in content[size - 1 : size + 1])
        if cut_off:
            assert f"line {whole + 1} of the log is cut off" in cut_off[0]


def test_a_whole_last_line_counts_without_its_newline(path):
    write(path, RECORDS)
    path.write_bytes(path.read_bytes()[:-1])
    assert read_run(path).problems == []


def test_what_was_started_and_has_no_result_is_unfinished(path):
    run = read_run(write(path, RECORDS[:4]))
    assert run.unfinished == [RECORDS[3]["id"]]
    assert run.problems == ["the log has no end record: the run was cut short"]


def test_of_two_results_the_worse_one_counts(path):
    failed = {**TESTS[0], "verdict": "FAIL"}
    for pair in ([TESTS[0], failed], [failed, TESTS[0]]):
        run = read_run(write(path, [RECORDS[0], *pair, RECORDS[-1]]))
        assert run.tests == [failed]
        assert "has two results" in run.problems[0]


def line(record):
    return json.dumps(record).encode() + b"\n"


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "expected a run record, found none"),
        (line(TESTS[0]), "line 1: kind = 'test': expected one run record, first"),
        (line(RECORDS[0]) * 2, "line 2: kind = 'run': expected one run record, first"),
        (line(RECORDS[0]) + line(RECORDS[-1]) + line(TESTS[0]), "line 3: .* nothing after end"),
        (line(RECORDS[0]) + b"{\n" + line(RECORDS[-1]), "line 2: expected a record"),
        (line(RECORDS[0]) + b"\xff\n", "line 2: expected a record"),
        (line(RECORDS[0]) + b"[" * 100_000 + b"\n", "line 2: expected a record"),
        (line(RECORDS[0]) + line({"kind": "start"}), "line 2: expected a record: id is missing"),
    ],
)
def test_what_is_no_log_is_refused_with_the_line(tmp_path, content, message):
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    with pytest.raises(RunLogError, match=message):
        read_run(path)

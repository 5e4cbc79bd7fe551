import json
from xml.etree import ElementTree

import jsonschema
import pytest

from twinlease.report import RunLog, RunLogError, document, write_all
from twinlease.report.fixtures import sample_run

FILES = ["junit.xml", "report.html", "report.json", "summary.md"]


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "run.jsonl"
    with RunLog(path) as log:
        for record in sample_run.records():
            log.write(record)
    return path


@pytest.fixture
def clauses(tmp_path):
    path = tmp_path / "requirements.csv"
    path.write_text("id,section,level,requirement\nFO-6.1-04,6.1,must,at most 2048\n")
    return path


def test_writes_four_files_and_returns_the_report(log, clauses, tmp_path):
    out = tmp_path / "deep" / "out"
    report = write_all(log, out, clauses)
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert json.loads((out / "report.json").read_text()) == report
    assert (report["verdict"], report["exit_code"]) == ("FAIL", 10)
    ElementTree.parse(out / "junit.xml")


def test_the_report_fits_the_schema(log, clauses, tmp_path):
    write_all(log, tmp_path, clauses)
    schema = json.loads(document.SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    report = json.loads((tmp_path / "report.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(report)


def test_the_same_log_gives_the_same_files(log, clauses, tmp_path):
    for name in "ab":
        write_all(log, tmp_path / name, clauses)
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_log_of_a_killed_run_gives_a_report(log, clauses, tmp_path):
    log.write_bytes(log.read_bytes()[: log.stat().st_size // 2])
    report = write_all(log, tmp_path, clauses)
    assert report["interrupted"]
    assert report["completeness"]["unfinished"] > 0
    assert any("cut off" in problem for problem in report["problems"])


def test_a_log_that_cannot_be_read_leaves_the_old_report(log, clauses, tmp_path):
    write_all(log, tmp_path, clauses)
    before = (tmp_path / "summary.md").read_bytes()
    log.write_bytes(b"{}\n")
    with pytest.raises(RunLogError):
        write_all(log, tmp_path, clauses)
    assert (tmp_path / "summary.md").read_bytes() == before

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from twinlease.report import RunLog, cell, digest, document, summary, write_all
from twinlease.report.fixtures import sample_run

ROOT = Path(__file__).resolve().parents[3]
PAIRS = ROOT / "docs" / "reports" / "pairs"
ALPHA = {"name": "alpha", "version": "1.0", "dialect": "isc", "manifest": "alpha.toml"}
BETA = {"name": "beta", "version": None, "dialect": "draft-12", "manifest": "beta.toml"}


def result(name, covers, verdict="PASS", **changes):
    return sample_run.make_test(
        f"inv/{name}", "must", covers, verdict=verdict, role=None, basis="invariant", **changes
    )


TESTS = [
    result("S1/a", [["S1", "one client"], ["S6", "one pool"]], consequence="safety"),
    result("S6/b", [["S6", "one pool"]], "FAIL", clauses=["S6"], consequence="safety", ladder=[
        {"t": 0.0, "from": "primary", "to": "secondary", "proto": "failover", "label": "STATE NORMAL",
         "detail": "", "hex": ""},
        {"t": 0.5, "from": "suite", "proto": "note", "label": "tap: cut", "detail": "", "hex": ""},
    ]),
    result("L4/c", [["L4", "reunites"]], "INCONCLUSIVE"),
    result("L4/d", [["L4", "reunites"]]),
    result("S10/e", [["S10", "silence"], ["FO-9.2-01", "silence"]]),
]


def report_of(out, select=(), tests=TESTS):
    first, *_, end = sample_run.records()
    options = {"level": "must", "role": None, "select": list(select)}
    with RunLog(out / "run.jsonl") as log:
        log.write({**first, "peer": ALPHA, "partner": BETA, "options": options, "selected": len(tests)})
        for test in tests:
            log.write({"kind": "start", "id": test["id"], "role": None, "t": 0.0})
            log.write(test)
        log.write({**end, "never_failed": []})
    (out / "clauses.csv").write_text("id,section,level,requirement\n")
    return write_all(out / "run.jsonl", out, out / "clauses.csv")


def test_a_report_of_a_pair_names_both_and_fits_the_schema(tmp_path):
    report = document.check(report_of(tmp_path))
    assert (report["peer"]["name"], report["partner"]["name"]) == ("alpha", "beta")
    assert digest.peers(report) == "alpha 1.0 as primary with beta as secondary"
    assert [m.get("to") for m in report["tests"][1]["ladder"]] == ["secondary", None]
    assert "- primary: `alpha 1.0`, dialect `isc`\n- secondary: `beta`, dialect `draft-12`" in summary.render(report)
    html = (tmp_path / "report.html").read_text()
    assert "alpha 1.0 as primary with beta as secondary" in html and ">secondary</text>" in html
    assert ElementTree.parse(tmp_path / "junit.xml").getroot().get("name") == "twinlease alpha with beta"


def test_a_duplicate_lease_is_the_exit_code_of_safety(tmp_path):
    assert report_of(tmp_path)["exit_code"] == 10


def test_a_cell_says_which_invariants_held_and_has_no_date(tmp_path):
    report_of(tmp_path)
    found = json.loads((tmp_path / "cell.json").read_text())
    assert found["invariants"] == {"held": ["S1", "S10"], "broken": ["S6"], "undecided": ["L4"]}
    assert found["secondary"] == {"name": "beta", "version": None, "dialect": "draft-12"}
    assert found["verdict"] == "FAIL" and found["counts"]["PASS"] == 3
    assert "started" not in found and "finished" not in found


def test_a_single_peer_has_no_cell(tmp_path):
    with RunLog(tmp_path / "run.jsonl") as log:
        for record in sample_run.records():
            log.write(record)
    (tmp_path / "clauses.csv").write_text("id,section,level,requirement\n")
    assert write_all(tmp_path / "run.jsonl", tmp_path, tmp_path / "clauses.csv")["partner"] is None
    assert not (tmp_path / "cell.json").exists()


def test_the_matrix_has_a_row_for_each_primary_and_a_column_for_each_secondary(tmp_path):
    report_of(tmp_path)
    cells = tmp_path / "cells"
    cells.mkdir()
    (cells / "x.json").write_text((tmp_path / "cell.json").read_text())
    assert cell.matrix(cell.read(cells), "reports") == (
        "| primary | secondary: beta |\n|---|---|\n"
        "| alpha 1.0 | [FAIL, 4 of 5; broken: S6; undecided: L4](reports/x.json) |\n")


def test_a_cell_of_a_part_of_the_suite_is_refused(tmp_path):
    report_of(tmp_path, select=["inv/S1"])
    cells = tmp_path / "cells"
    cells.mkdir()
    (cells / "x.json").write_text((tmp_path / "cell.json").read_text())
    with pytest.raises(ValueError, match="not of one with --select"):
        cell.read(cells)


def test_the_page_shows_the_matrix_of_the_cells_in_the_tree():
    assert cell.matrix(cell.read(PAIRS), "reports/pairs") in (ROOT / "docs" / "interoperability.md").read_text()

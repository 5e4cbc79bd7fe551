from __future__ import annotations

import pytest

from twinlease import register
from twinlease.register import Row, RegisterError

CLAUSES = ["FO-6.1-01", "FO-6.1-02", "FO-6.1-03"]
PROVED = {"FO-6.1-01": ["d12/6.1/a", "d12/6.1/b"]}


def written(tmp_path, text: str):
    path = tmp_path / "register.csv"
    path.write_text("clause,class,tests,reason\n" + text)
    return path


def test_rows_come_back_as_they_were_written(tmp_path):
    rows = [Row("FO-6.1-01", "tested", ("d12/6.1/a", "d12/6.1/b"), ""),
            Row("FO-6.1-02", "implicit", (), 'nothing, "in quotes", could be framed')]
    register.write(rows, tmp_path / "r.csv")
    assert list(register.read(tmp_path / "r.csv").values()) == rows


@pytest.mark.parametrize("text, says", [
    ("FO-6.1-01,done,,x\n", "line 2: FO-6.1-01: class 'done', expected one of tested"),
    ("FO-6.1-01,pending,,x\nFO-6.1-01,pending,,x\n", "line 3: FO-6.1-01, expected one row"),
    ("FO-6.1-01,pending\n", "line 2: FO-6.1-01, expected one row of 4 fields"),
    ("FO-6.1-01,pending,,x,y\n", "expected one row of 4 fields"),
])
def test_a_broken_register_is_refused_with_its_line(tmp_path, text, says):
    with pytest.raises(RegisterError, match=says.replace("(", r"\(")):
        register.read(written(tmp_path, text))


def test_filling_follows_the_tests():
    rows = {"FO-6.1-01": Row("FO-6.1-01", "implicit", (), "could not connect otherwise"),
            "FO-6.1-02": Row("FO-6.1-02", "tested", ("d12/6.1/gone",), "")}
    assert register.fill(rows, CLAUSES, PROVED) == [
        Row("FO-6.1-01", "tested", ("d12/6.1/a", "d12/6.1/b"), ""),
        Row("FO-6.1-02", "pending", (), "test: d12/6.1/gone is gone"),
        Row("FO-6.1-03", "pending", (), "test: not looked at yet")]


@pytest.mark.parametrize("row, says", [
    (Row("FO-6.1-01", "tested", (), ""), "tested, with 0 tests"),
    (Row("FO-6.1-01", "implicit", ("d12/6.1/a",), "a good reason"), "implicit, with 1 tests"),
    (Row("FO-6.1-01", "untestable", (), "no"), "untestable without a reason"),
    (Row("FO-6.1-01", "contradictory", (), "elsewhere it says otherwise"), "cites no reading"),
    (Row("FO-6.1-01", "pending", (), "when there is time for it"), "begins with none of"),
])
def test_a_class_needs_what_it_rests_on(row, says):
    assert says in register.findings_of_rows({row.clause: row}, [row.clause])[0]


def test_every_clause_has_one_row_and_nothing_else_has():
    row = Row("FO-6.1-09", "untestable", (), "a permission to do as one likes")
    assert register.findings_of_rows({row.clause: row}, ["FO-6.1-01"]) == [
        "FO-6.1-01: no row", "FO-6.1-09: a row, and no such clause"]


def test_the_register_may_not_lag_behind_the_tests():
    old = {"FO-6.1-01": Row("FO-6.1-01", "tested", ("d12/6.1/a", "d12/6.1/x"), "")}
    findings = register.findings_of_tests(old, ["d12/6.1/a", "d12/6.1/b"], PROVED)
    assert findings[0] == "FO-6.1-01: no test has the id d12/6.1/x" and "--write" in findings[1]
    assert not register.findings_of_tests({}, ["d12/6.1/a"], PROVED)
    now = {row.clause: row for row in register.fill(old, CLAUSES, PROVED)}
    assert register.findings_of_tests(now, ["d12/6.1/a", "d12/6.1/b"], PROVED) == []


def test_all_classes_are_counted():
    assert register.counts({}) == dict.fromkeys(register.CLASSES, 0)

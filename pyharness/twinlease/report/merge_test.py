import json

import pytest

from twinlease.report.fixtures import sample_run
from twinlease.report.merge import merge
from twinlease.report.run_log import RunLogError, read_run


def log(path, role, *tests, end=True):
    run = next(record for record in sample_run.records() if record["kind"] == "run")
    run = {**run, "selected": len(tests), "options": {**run["options"], "role": role}}
    covers = [["FO-6.1-01", "close"]]
    lines = [run, *(sample_run.make_test(f"{test}@{role}", "must", covers, verdict="PASS") for test in tests)]
    if end:
        lines.append({"kind": "end", "finished": 9.0, "interrupted": False, "never_failed": list(tests)})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_both_roles_become_one_run(tmp_path):
    merge([log(tmp_path / "a", "primary", "d12/1/x", "d12/1/y"), log(tmp_path / "b", "secondary", "d12/1/x")],
          tmp_path / "run.jsonl")  # fmt: skip
    run = read_run(tmp_path / "run.jsonl")
    assert [test["id"] for test in run.tests] == ["d12/1/x@primary", "d12/1/y@primary", "d12/1/x@secondary"]
    assert run.run["selected"] == 3 and run.run["options"]["role"] is None
    assert run.end["never_failed"] == ["d12/1/x", "d12/1/y"] and not run.interrupted


def test_one_role_keeps_its_name(tmp_path):
    merge([log(tmp_path / "a", "primary", "d12/1/x")], tmp_path / "run.jsonl")
    assert read_run(tmp_path / "run.jsonl").run["options"]["role"] == "primary"


def test_a_role_cut_short_cuts_the_run_short(tmp_path):
    merge([log(tmp_path / "a", "primary", "d12/1/x"), log(tmp_path / "b", "secondary", "d12/1/x", end=False)],
          tmp_path / "run.jsonl")  # fmt: skip
    run = read_run(tmp_path / "run.jsonl")
    assert run.interrupted and len(run.tests) == 2


def test_a_role_without_a_word_is_named(tmp_path):
    (tmp_path / "b").write_text("")
    with pytest.raises(RunLogError, match="b: expected a run record"):
        merge([log(tmp_path / "a", "primary", "d12/1/x"), tmp_path / "b"], tmp_path / "run.jsonl")

"""The table of ci/bench, over results as Google Benchmark 1.7 writes them."""

import json

from bench_table import main, table

BUDGETS = [{"benchmark": "*decode*bndupd*", "budget_ns": "150", "what": "decode of a BNDUPD"}]


def test_a_slow_benchmark_is_marked_and_a_fast_one_is_not():
    lines = table([("BM_DecodeBndupd/slow", 300.0, 2e8), ("BM_DecodeBndupd", 90.0, None)], BUDGETS)
    assert "200.0" in lines[1] and lines[1].endswith("2.0 times the budget")
    assert lines[2].endswith("150")


def test_a_budget_without_a_benchmark_is_named():
    assert table([("BM_Frame", 10.0, 1e9)], BUDGETS)[-1] == "no benchmark for: decode of a BNDUPD"


def test_units_medians_and_errors(tmp_path, capsys):
    runs = [
        {"run_name": "a", "cpu_time": 1.5, "time_unit": "us"},
        {"run_name": "b", "cpu_time": 1, "time_unit": "ns"},
        {"run_name": "b", "cpu_time": 5, "time_unit": "ns", "aggregate_name": "median"},
        {"run_name": "b", "cpu_time": 9, "time_unit": "ns", "aggregate_name": "mean"},
        {"run_name": "c", "error_occurred": True},
    ]
    result = tmp_path / "result.json"
    result.write_text(json.dumps({"benchmarks": runs}))
    budgets = tmp_path / "budgets.csv"
    budgets.write_text("benchmark,budget_ns,what\n")
    assert main(budgets, result) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert rows == [["a", "1500.0", "-", "-"], ["b", "5.0", "-", "-"]]

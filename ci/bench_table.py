"""Benchmarks beside their budgets: bench_table.py BUDGETS.csv RESULT.json ...

RESULT.json is what a Google Benchmark program writes with --benchmark_out_format=json; where it ran repetitions, the
median is shown. BUDGETS.csv has a pattern of names (* and ?, case does not matter) and the nanoseconds allowed: of the
patterns that fit, the first counts. A slow benchmark is marked, never an error: times of a shared machine prove nothing
by themselves. A budget that fits no benchmark is named, so that a renamed benchmark does not lose its budget silently.
"""

import csv
import json
import sys
from fnmatch import fnmatchcase

NS_PER = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def read_results(paths):
    """(name, nanoseconds of processor time, octets a second or None) of each benchmark."""
    for path in paths:
        with open(path, encoding="utf-8") as file:
            runs = json.load(file)["benchmarks"]
        medians = {run["run_name"] for run in runs if run.get("aggregate_name") == "median"}
        for run in runs:
            if run.get("error_occurred") or run.get("aggregate_name", "median") != "median":
                continue
            if run["run_name"] in medians and "aggregate_name" not in run:
                continue
            yield run["run_name"], run["cpu_time"] * NS_PER[run["time_unit"]], run.get("bytes_per_second")


def budget_of(name, budgets):
    """The first row that fits, or None."""
    return next((row for row in budgets if fnmatchcase(name.lower(), row["benchmark"].lower())), None)


def table(results, budgets):
    results, used = list(results), set()
    width = max([len(name) for name, _, _ in results] + [len("benchmark")])
    lines = [f"{'benchmark':<{width}}  {'ns':>12}  {'MB/s':>9}  {'budget ns':>9}"]
    for name, ns, octets in results:
        row = budget_of(name, budgets)
        rate = f"{octets / 1e6:.1f}" if octets else "-"
        line = f"{name:<{width}}  {ns:>12.1f}  {rate:>9}  {row['budget_ns'] if row else '-':>9}"
        if row:
            used.add(row["benchmark"])
            line += "" if ns <= float(row["budget_ns"]) else f"  {ns / float(row['budget_ns']):.1f} times the budget"
        lines.append(line)
    return lines + [f"no benchmark for: {row['what']}" for row in budgets if row["benchmark"] not in used]


def main(budgets_path, *result_paths):
    with open(budgets_path, newline="", encoding="utf-8") as file:
        budgets = list(csv.DictReader(file))
    print("\n".join(table(read_results(result_paths), budgets)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

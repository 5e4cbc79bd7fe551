"""Register: every clause of model/spec/requirements.csv has its row, with a class, and a reason or its tests.

Before a build the rows alone are judged. After it (`--built`) the conformance tests are loaded too: no test id that does
not exist, and no test that proves a clause and is missing from its row.
"""

import os
import subprocess
import sys
from pathlib import Path

from tree import Result

NAME = "register"
HARNESS = Path(__file__).resolve().parents[2] / "pyharness"


def check(tree, build):
    """`build` is a build folder, or None before there is one."""
    if build is not None:
        return check_tests(tree, build)
    sys.path.insert(0, str(HARNESS))
    from twinlease import register

    try:
        rows = register.read(tree.root / "conformance" / "register.csv")
    except (register.RegisterError, OSError) as problem:
        return Result(NAME, "conformance/register.csv", [str(problem)])
    clauses = register.clause_ids(tree.root / "model" / "spec" / "requirements.csv")
    counted = ", ".join(f"{number} {name}" for name, number in register.counts(rows).items() if number)
    return Result(NAME, f"{len(rows)} clauses: {counted}", register.findings_of_rows(rows, clauses))


def check_tests(tree, build):
    if not (build / "python").is_dir():
        return Result(NAME, skipped=f"no Python module in {build.name}")
    path = os.pathsep.join([str(tree.root / "pyharness"), str(build / "python")])
    run = subprocess.run(
        ["/usr/bin/python3", "-B", "-m", "twinlease.register"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    *findings, last = run.stdout.splitlines() or [run.stderr.strip().rpartition("\n")[2] or "no output"]
    return Result(NAME, last, (findings or [last]) if run.returncode else [])

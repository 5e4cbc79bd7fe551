"""Layout: C++ is as clang-format 19 lays it out with .clang-format of the root."""

import shutil
import subprocess

from tree import CPP, Result

PROGRAM = "clang-format-19"


def check(tree):
    names = tree.with_suffix(CPP)
    counted = f"{len(names)} C++ files"
    if not names:
        return Result("layout", counted)
    if shutil.which(PROGRAM) is None:
        return Result("layout", counted, [f"{PROGRAM} is not installed: ci/setup"])
    command = [PROGRAM, "--dry-run", "-Werror", "--style=file", "--ferror-limit=1", *names]
    run = subprocess.run(command, cwd=tree.root, capture_output=True, text=True)
    findings = [line for line in run.stderr.splitlines() if ": error: " in line]
    if run.returncode and not findings:
        findings = [run.stderr.strip() or f"{PROGRAM} ended with {run.returncode}"]
    return Result("layout", counted, findings)

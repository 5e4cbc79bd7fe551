"""Modes: what is to be run can be run. The commands of ci/ are executable; a file is executable exactly if it begins
with "#!". A template (.in) is not run itself.
"""

import os

from tree import Result

COMMANDS = [".ci/run", "ci/bench", "ci/build", "ci/certify", "ci/coverage", "ci/gates", "ci/nightly", "ci/setup", "ci/test"]


def check(tree):
    findings = [f"{name}: is not there" for name in COMMANDS if name not in tree.files]
    for name in tree.files:
        path = tree.root / name
        with open(path, "rb") as file:
            script = file.read(2) == b"#!" and not name.endswith(".in")
        if script and not os.access(path, os.X_OK):
            findings.append(f"{name}: begins with #! and is not executable")
        elif os.access(path, os.X_OK) and not script:
            findings.append(f"{name}: is executable and does not begin with #!")
    return Result("modes", f"{len(tree.files)} files, {len(COMMANDS)} commands", findings)

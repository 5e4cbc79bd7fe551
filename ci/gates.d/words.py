"""Words: no path of somebody's machine and no note to self is left in a file; long source files are pointed out."""

import re
from pathlib import Path

from tree import CPP, Result

# Each is written in two parts, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a path of one machine": "/wo" r"rk/|/ho" r"me/\w|/ro" r"ot/|(?<!\w)\.li" r"brary\b",
    "a note to self": r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b",
    "the name of a draft of this project": r"(?<![A-Za-z])re" r"v2",
}
PATTERNS = {what: re.compile(pattern) for what, pattern in FORBIDDEN.items()}
LONG = 400


def check(tree):
    findings, warnings = [], []
    for name in tree.files:
        lines = list(tree.lines(name))
        for number, line in lines:
            for what, pattern in PATTERNS.items():
                if match := pattern.search(line):
                    findings.append(f"{name}:{number}: {what}: {match[0]}")
        if len(lines) > LONG and Path(name).suffix in CPP | {".py"}:
            warnings.append(f"{name}: {len(lines)} lines")
    return Result("words", f"{len(tree.files)} files", findings, warnings)

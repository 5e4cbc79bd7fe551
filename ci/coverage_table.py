"""What tests and corpus reach of impl/wire: coverage_table.py [--json] ROOT TESTS.lcov CORPUS.lcov

A line counts if it holds code, a branch for each way out of a condition. Tests themselves are left out.
impl/wire/decode has no fuzz target: its corpus column is empty, and its lines are not counted as the tests' alone.
"""

import argparse
import json
import sys
from pathlib import PurePosixPath

FOLDER = PurePosixPath("impl/wire")
UNFUZZED = PurePosixPath("impl/wire/decode")
COLUMNS = ("tests", "corpus")


def read_lcov(lines):
    """File -> {"lines": {line: reached}, "branches": {branch: reached}}."""
    files, of = {}, None
    for line in lines:
        key, _, rest = line.rstrip("\n").partition(":")
        if key == "SF":
            of = files.setdefault(rest, {"lines": {}, "branches": {}})
        elif key == "DA":
            number, count = rest.split(",")[:2]
            of["lines"][int(number)] = int(count) > 0 or of["lines"].get(int(number), False)
        elif key == "BRDA":
            branch, count = rest.rsplit(",", 1)
            of["branches"][branch] = count not in ("-", "0") or of["branches"].get(branch, False)
    return files


def judged(name):
    """Whether a file, by its path from the root, is code of the codec and no test of it."""
    path = PurePosixPath(name)
    return FOLDER in path.parents and "testing" not in path.parts and not path.stem.endswith(("_test", "_bench"))


def rows(root, tests, corpus):
    """One row for each file: counts, and the lines that only the one reaches."""
    found = []
    for name in sorted(tests):
        path = name.removeprefix(f"{root}/")
        if not judged(path):
            continue
        both = (tests[name], corpus.get(name, {"lines": {}, "branches": {}}))
        fuzzed = UNFUZZED not in PurePosixPath(path).parents
        row = {"file": path, "fuzzed": fuzzed}
        for kind in ("lines", "branches"):
            row[kind] = len(both[0][kind])
            for column, part in zip(COLUMNS, both):
                row[f"{column}_{kind}"] = sum(part[kind].values())
        reached = [{number for number, yes in part["lines"].items() if yes} for part in both]
        row["tests_alone"] = sorted(reached[0] - reached[1]) if fuzzed else []
        row["corpus_alone"] = sorted(reached[1] - reached[0])
        row["neither"] = sorted(set(both[0]["lines"]) - reached[0] - reached[1])
        found.append(row)
    return found


def total(name, some):
    row = {"file": name, "fuzzed": all(row["fuzzed"] for row in some)}
    for key in ("lines", "branches", *(f"{c}_{k}" for c in COLUMNS for k in ("lines", "branches"))):
        row[key] = sum(row[key] for row in some)
    return row


def ranges(numbers):
    """[1, 2, 3, 7] as "1-3, 7"."""
    runs = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def percent(part, whole):
    return f"{100 * part / whole:.1f}" if whole else "-"


def table(found):
    fuzzed, unfuzzed = ([row for row in found if row["fuzzed"] == yes] for yes in (True, False))
    sums = [total("the codec", fuzzed), total("decode", unfuzzed)]
    width = max(len(row["file"]) for row in [*found, *sums])
    columns = f"{'tests %':>7}  {'corpus %':>8}"
    lines = [f"{'':<{width}}  {'lines':>6}  {columns}  {'branches':>8}  {columns}"]
    for row in [*fuzzed, sums[0], *unfuzzed, sums[1]]:
        cells = []
        for kind, size in (("lines", 6), ("branches", 8)):
            corpus = percent(row[f"corpus_{kind}"], row[kind]) if row["fuzzed"] else "-"
            cells.append(f"{row[kind]:>{size}}  {percent(row[f'tests_{kind}'], row[kind]):>7}  {corpus:>8}")
        lines.append(f"{row['file']:<{width}}  " + "  ".join(cells))
    for key, who in (("tests_alone", "tests alone"), ("corpus_alone", "corpus alone"), ("neither", "neither")):
        lines += ["", f"lines reached by: {who}"]
        lines += [f"  {row['file']}: {ranges(row[key])}" for row in found if row[key]] or ["  none"]
    return lines


def main(arguments):
    parser = argparse.ArgumentParser(prog="coverage_table.py")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("root")
    parser.add_argument("lcov", nargs=2)
    options = parser.parse_args(arguments)
    files = []
    for path in options.lcov:
        with open(path, encoding="utf-8") as file:
            files.append(read_lcov(file))
    found = rows(options.root, *files)
    if not found:
        print(f"coverage: no file of {FOLDER} in {options.lcov[0]}", file=sys.stderr)
        return 1
    print(json.dumps(found, indent=1) if options.json else "\n".join(table(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""ci/gates [--built DIR] [--root DIR]: what must hold of the tree whatever the tests say.

One line for each gate, ok or FAIL with counts, its findings below it; exit code 1 if a gate failed. Each gate is a file
of ci/gates.d and says at its head what it holds. Most read the sources alone; `symbols` reads the archives of a build and
`register` loads what it built, so --built DIR, after a build, runs these and no other.
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "gates.d"))

import arrows  # noqa: E402
import citations  # noqa: E402
import folders  # noqa: E402
import layout  # noqa: E402
import links  # noqa: E402
import modes  # noqa: E402
import register  # noqa: E402
import symbols  # noqa: E402
import words  # noqa: E402
from tree import Tree  # noqa: E402

OF_SOURCES = (arrows, layout, citations, links, folders, words, modes)
SHOWN = 40  # findings of one gate


def run(root, built=None):
    """The Result of each gate."""
    tree = Tree(root)
    if built is not None:
        return [gate.check(tree, Path(built).resolve()) for gate in (symbols, register)]
    return [gate.check(tree) for gate in OF_SOURCES] + [gate.check(tree, None) for gate in (register, symbols)]


def main(arguments):
    parser = argparse.ArgumentParser(prog="ci/gates", description=__doc__.split("\n\n")[1])
    parser.add_argument("--built", metavar="DIR", help="judge what this build folder holds, and nothing else")
    parser.add_argument("--root", metavar="DIR", default=HERE.parent, help="the checkout to judge (default: this one)")
    options = parser.parse_args(arguments)
    if options.built is not None and not Path(options.built).is_dir():
        print(f"symbols    FAIL     no build folder {options.built}")
        return 1
    results = run(options.root, options.built)
    for result in results:
        print(result.line())
        print("".join(f"    {finding}\n" for finding in result.findings[:SHOWN]), end="")
        if len(result.findings) > SHOWN:
            print(f"    and {len(result.findings) - SHOWN} more")
        print("".join(f"    warning: {warning}\n" for warning in result.warnings), end="")
    return 1 if any(result.findings for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

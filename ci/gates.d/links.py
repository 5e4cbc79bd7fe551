"""Links: a page of the tree links to files that are there."""

import re

from tree import Result

LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)(?:#[^)\s]*)?\)")


def check(tree):
    count, findings = 0, []
    for name in tree.with_suffix({".md"}):
        for number, line in tree.lines(name):
            for target in LINK.findall(line):
                count += 1
                if not (tree.root / name).parent.joinpath(target).exists():
                    findings.append(f"{name}:{number}: {target} is not there")
    return Result("links", f"{count} links", findings)

"""Folders: every folder has its line in the tree of README.md.

1. A folder of the first or second level has a line of its own. A deeper one has a line of its own or is covered by the
   line of the folder that it lies in.
2. A folder that has a line is there.
The tree is the first fenced block under the heading "The house"; a line is `name/  what it is`, two more blanks for
each level.
"""

import re

from tree import Result

LINE = re.compile(r"^( *)([\w./-]+)/(?:\s+\S.*)?$")


def listed(text):
    """Folder -> line number, of the tree in the README."""
    folders, above, inside, begun = {}, {}, False, False
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(r"#+ The house", line):
            begun = True
        elif begun and line.startswith("```"):
            if inside:
                break
            inside = True
        elif inside and (match := LINE.match(line)):
            depth = len(match[1]) // 2
            above[depth] = match[2] if depth == 0 else f"{above.get(depth - 1, '?')}/{match[2]}"
            folders[above[depth]] = number
    return folders


def check(tree):
    folders = listed(tree.text("README.md") or "") if "README.md" in tree.files else {}
    findings = [f"README.md: no line for {name}/" for name in tree.folders
                if name.count("/") <= 1 and name not in folders]
    findings += [f"README.md:{number}: {name}/ is not there" for name, number in folders.items()
                 if name not in tree.folders]
    return Result("folders", f"{len(tree.folders)} folders, {len(folders)} lines", findings)

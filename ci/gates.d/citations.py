"""Citations: whatever is cited by its id is to be found in the tree.

Two kinds of id, by how easily a word of another meaning looks like one:
1. A hyphen and a number: FO-6.1-03, MS-2.2.9-01, A-05, R-17, CR-02, BT-11, D-01, T-nnn. A citation wherever it stands
   in a text file. FO and MS may also name a whole section (FO-7.1.5, FO-12), of which at least one clause must exist.
2. One letter and a number: C12, S4, L1. A citation in pages (.md), scenarios (.fo), manifests (.toml), and in the
   comments and strings of C++ and Python, where the letter stands alone: not in a name, not after a dot, not in a row
   of hexadecimal octets.
An id resolves to the first column of a table of model/spec (the tables themselves are not judged), or to a heading
that begins with it: A and C in docs/readings.md, S and L in docs/invariants.md, D in docs/decisions.md. As long as there
is no model/spec/fsm.csv, nothing outside model/spec can cite a T.
"""

import csv
import re

from prose import prose
from tree import Result

HYPHENATED = re.compile(
    r"(?<![\w.-])(?:(?:FO|MS)-\d+(?:\.\d+)*(?:-\d+)?|(?:A|R|CR|BT|D)-\d{2,3}|T-\d{2,3}[a-z]?)(?!\w)"
)
LETTER = re.compile(r"(?<![\w.])[CSL]\d{1,2}(?!\w|\.\d)")
HEX_ROW = re.compile(r"\b(?:[0-9A-Fa-f]{2}[ ,:]+){2,}[0-9A-Fa-f]{2}\b")
HEADINGS = {"docs/readings.md": "AC", "docs/invariants.md": "SL", "docs/decisions.md": "D"}
HEADING = re.compile(r"^#{2,4} ((?:A-|C|S|L|D-)\d+)\b")


def table_ids(tree):
    """The ids in the first column of every table of model/spec."""
    ids = set()
    for name in tree.files:
        if name.startswith("model/spec/") and name.endswith(".csv"):
            ids |= {row[0] for row in csv.reader((tree.text(name) or "").splitlines()) if row}
    return {id for id in ids if HYPHENATED.fullmatch(id)}


def heading_ids(tree):
    ids = set()
    for name, families in HEADINGS.items():
        if name in tree.files:
            matches = (HEADING.match(line) for _, line in tree.lines(name))
            ids |= {match[1] for match in matches if match and match[1][0] in families}
    return ids


def citations(tree, name):
    """(line number, id) of every citation in one file."""
    for number, line in tree.lines(name):
        yield from ((number, id) for id in HYPHENATED.findall(line))
    for number, line in prose(name, tree.text(name) or ""):
        yield from ((number, id) for id in LETTER.findall(HEX_ROW.sub("", line)))


def resolves(id, ids):
    if id in ids:
        return True
    section = id.startswith(("FO-", "MS-")) and id.count("-") == 1
    return section and any(known.startswith((id + "-", id + ".")) for known in ids)


def check(tree):
    ids = table_ids(tree) | heading_ids(tree)
    cited, findings = 0, []
    for name in tree.files:
        if name.startswith("model/spec/") and name.endswith(".csv"):
            continue
        for number, id in sorted(set(citations(tree, name))):
            cited += 1
            if not resolves(id, ids):
                findings.append(f"{name}:{number}: {id} is nowhere in the tree")
    return Result("citations", f"{cited} citations of {len(ids)} ids", findings)

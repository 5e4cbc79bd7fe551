"""Arrows: a folder includes and imports only its ground, which is its row of ci/arrows.csv, followed to the end.

1. An #include of a file of the tree is written from the root, in quotes; other quoted includes are refused, so that
   no include goes unjudged.
2. A C++ file lies in a folder that has a row.
3. Python: `twinlease` and the module of the codec belong to pyharness. conformance/ imports pytest, twinlease, the standard library and itself.
4. impl reads nothing of model/spec, neither when it runs nor when it is built: the name is not found outside comments.
"""

import ast
import csv
import re
import sys
from functools import cache
from pathlib import Path, PurePosixPath

from tree import CPP, Result

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
PYTHON_HOME = {"twinlease": "pyharness", "_twinlease_wire": "pyharness", "_twinlease_history": "pyharness",
               "conformance": "conformance"}


class Arrows:
    def __init__(self, rows):
        self.ground = {row["folder"]: row["may_use"].split() for row in rows}

    def unit(self, path):
        """The folder of the table that `path` lies in, or None."""
        names = [str(p) for p in (PurePosixPath(path), *PurePosixPath(path).parents)]
        return next((name for name in names if name in self.ground), None)

    @cache
    def allowed(self, unit):
        """Every unit that `unit` may use, itself included."""
        found, todo = {unit}, [unit]
        while todo:
            for name in self.ground[todo.pop()]:
                new = {u for u in self.ground if u == name or u.startswith(name + "/")} - found
                found |= new
                todo += new
        return found

    def complaint(self, user, used):
        """Why `user` may not use the unit `used`, or None."""
        if used is None or used in self.allowed(user):
            return None
        ground = sorted(self.allowed(user) - {user})
        return f"{user} may use {', '.join(ground) if ground else 'nothing'}, not {used}"


def check_cpp(tree, arrows, name):
    """(number of include lines, findings) of one C++ file."""
    unit = arrows.unit(name)
    if unit is None:
        return 0, [f"{name}: its folder has no row in ci/arrows.csv"]
    count, findings = 0, []
    for number, line in tree.lines(name):
        match = INCLUDE.match(line)
        if not match:
            continue
        count += 1
        quote, target = match.groups()
        if (tree.root / target).is_file():
            complaint = arrows.complaint(unit, arrows.unit(target))
        else:
            complaint = f'"{target}" is no file seen from the root of the tree' if quote == '"' else None
        findings += [f"{name}:{number}: {complaint}"] if complaint else []
    return count, findings


def imports(text):
    """(line number, first part of the module's name) of every absolute import."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module.split(".")[0]


def check_python(tree, arrows, name, conformance_modules):
    unit = arrows.unit(name)
    try:
        found = list(imports(tree.text(name) or ""))
    except SyntaxError as error:
        return 0, [f"{name}:{error.lineno}: {error.msg}"]
    if unit is None:
        return len(found), []
    findings = []
    for number, module in found:
        complaint = arrows.complaint(unit, PYTHON_HOME.get(module))
        if unit == "conformance" and module not in conformance_modules:
            complaint = f"conformance imports pytest, twinlease and the standard library, not {module}"
        findings += [f"{name}:{number}: {complaint}"] if complaint else []
    return len(found), findings


def check_spec_unread(tree):
    """impl is written from the draft, not from the model's tables."""
    for name in tree.files:
        if not name.startswith("impl/") or Path(name).suffix not in CPP | {".py", ".txt", ".cmake"}:
            continue
        comment = "//" if Path(name).suffix in CPP else "#"
        for number, line in tree.lines(name):
            if "model/spec" in line.split(comment)[0]:
                yield f"{name}:{number}: impl reads nothing of model/spec"


def check(tree):
    with open(tree.root / "ci/arrows.csv", newline="", encoding="utf-8") as table:
        arrows = Arrows(list(csv.DictReader(table)))
    own = {part for name in tree.with_suffix({".py"}) if name.startswith("conformance/")
           for part in (Path(name).stem, *Path(name).parts[:-1])}
    conformance_modules = own | {"pytest", "twinlease"} | sys.stdlib_module_names
    results = [check_cpp(tree, arrows, name) for name in tree.with_suffix(CPP)]
    results += [check_python(tree, arrows, name, conformance_modules) for name in tree.with_suffix({".py"})]
    findings = [finding for _, found in results for finding in found] + list(check_spec_unread(tree))
    return Result("arrows", f"{sum(count for count, _ in results)} include and import lines", findings)

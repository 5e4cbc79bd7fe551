"""The conformance tests as declared, without running any."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from twinlease.suite.case import Spec
from twinlease.verdict import ROBUST

SUITES = Path(__file__).resolve().parents[3] / "conformance"


class CollectError(Exception):
    """A test file that cannot be loaded, or an id that two tests have. str() names it."""


def specs(root: Path = SUITES) -> dict[str, Spec]:
    """Every declared test below root by its id (without a role), in the order of files and lines. CollectError."""
    found: dict[str, Spec] = {}
    for path in sorted(root.rglob("*_test.py")):
        for spec in _declared(path, ".".join(path.relative_to(root).with_suffix("").parts)):
            if spec.id in found:
                raise CollectError(f"{path}: {spec.id}: another test has this id")
            found[spec.id] = spec
    return found


def _declared(path: Path, name: str) -> list[Spec]:
    source = importlib.util.spec_from_file_location(f"collected.{name}", path)
    assert source is not None and source.loader is not None
    module = importlib.util.module_from_spec(source)
    sys.modules[source.name] = module   # dataclasses look their module up
    try:
        source.loader.exec_module(module)
    except Exception as problem:
        raise CollectError(f"{path}: {type(problem).__name__}: {problem}") from problem
    return [value.spec for key, value in vars(module).items()
            if key.startswith("test_") and isinstance(getattr(value, "spec", None), Spec)]


def proved(specs: dict[str, Spec]) -> dict[str, list[str]]:
    """By clause or invariant: the tests of which a PASS proves it, sorted."""
    out: dict[str, set[str]] = {}
    for id, spec in specs.items():
        for clause, reaction in spec.covers:
            if reaction != ROBUST:
                out.setdefault(clause, set()).add(id)
    return {clause: sorted(ids) for clause, ids in out.items()}

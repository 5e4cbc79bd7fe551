"""Runs the suite inside the lab's namespaces; started by twinlease.certify, which reads the log it writes.

    python3 -m twinlease.suite.runner MANIFEST OUT [--role R | --pair MANIFEST] [--beside] [--level L]
                                   [--select P ...] [--set NAME=VALUE ...] --rerun TEXT
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

import pytest

import twinlease
from twinlease import falsify
from twinlease import manifest as manifests
from twinlease.pairing import pair
from twinlease.report import read_clauses, read_invariants
from twinlease.report.run_log import RunLog
from twinlease.suite.case import PAIR
from twinlease.suite.plugin import ConformancePlugin, DeclarationError, Settings
from twinlease.verdict import ExitCode

ROOT = Path(__file__).resolve().parents[3]
SUITES = ROOT / "conformance"
PAIR_SUITE = SUITES / "inv"
"""The tests of two live servers; all others are of one peer, with the suite as its partner."""
CLAUSES = ROOT / "model" / "spec" / "requirements.csv"
INVARIANTS = ROOT / "docs" / "invariants.md"
READINGS = ROOT / "model" / "spec" / "readings.csv"


def known_ids() -> dict[str, object]:
    """Clauses with their sentences, and readings and invariants that tests may cite besides."""
    clauses: dict[str, object] = dict(read_clauses(CLAUSES))
    clauses.update({line.split('"')[1]: {} for line in READINGS.read_text().splitlines()[1:] if '"' in line})
    clauses.update(read_invariants(INVARIANTS))
    return clauses


def log_name(role: str | None) -> str:
    """The log that a runner writes into its folder: of one role, or of all."""
    return f"run-{role}.jsonl" if role else "run.jsonl"


def _suites(of_pairs: bool) -> list[str]:
    """What pytest collects: the tests of two live servers, or all others."""
    return [str(PAIR_SUITE)] if of_pairs else [str(SUITES), f"--ignore={PAIR_SUITE}"]


def _peer(manifest: manifests.Manifest, falsehood: str | None = None) -> dict[str, object]:
    return {"name": manifest.name + (f" falsified: {falsehood}" if falsehood else ""), "version": manifest.version,
            "dialect": manifest.dialect, "manifest": manifest.path.name}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="twinlease.suite.runner")
    parser.add_argument("manifest", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--role", choices=manifests.ROLES)
    parser.add_argument("--pair", type=Path, metavar="MANIFEST", help="of the secondary; the first is the primary")
    parser.add_argument("--beside", action="store_true", help="another role runs at the same time")
    parser.add_argument("--level", default="must")
    parser.add_argument("--select", action="append", default=[])
    parser.add_argument("--set", action="append", default=[], dest="settings")
    parser.add_argument("--rerun", default="")
    parser.add_argument("--falsify", choices=falsify.FALSEHOODS)
    options = parser.parse_args(arguments)
    manifest, *partner = manifests.override(
        [manifests.load(path) for path in (options.manifest, options.pair) if path], options.settings)
    pairing = pair(manifest, *partner) if partner else None
    roles = PAIR if pairing else tuple(r.role for r in manifest.relationships if options.role in (None, r.role))
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    with RunLog(options.out / log_name(PAIR[0] if pairing else options.role)) as log:
        plugin = ConformancePlugin(Settings(
            manifest=manifest, roles=roles, select=tuple(options.select), out=options.out, log=log,
            clauses=known_ids(), rerun=options.rerun, falsehood=falsify.FALSEHOODS.get(options.falsify),
            pairing=pairing, beside=options.beside, run_record={
                "kind": "run", "version": 1, "suite_version": twinlease.__version__, "started": time.time(),
                "peer": _peer(manifest, options.falsify),
                "partner": _peer(pairing.manifests["secondary"]) if pairing else None,
                "options": {"level": options.level, "role": options.role, "select": list(options.select)},
            }))
        interrupted = False
        try:
            code = pytest.main(["-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:unittest", "-p", "no:doctest",
                                "-c", "/dev/null", "--rootdir", str(SUITES), *_suites(pairing is not None)],
                               plugins=[plugin])
            interrupted = code == pytest.ExitCode.INTERRUPTED
        except KeyboardInterrupt:
            interrupted = True
        finally:
            plugin.pytest_unconfigure()
        if plugin.progress is None:
            for problem in plugin.problems:
                print(f"twinlease certify: {problem}", file=sys.stderr)
            return int(ExitCode.OUR_ERROR)
        plugin.progress.finish()
        log.write({"kind": "end", "finished": time.time(), "interrupted": interrupted,
                   "never_failed": plugin.never_failed()})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Reports of ``twinlease certify``.

run.jsonl in; report.json, junit.xml, summary.md and report.html out.

The formats have one page, docs/formats/report.md.
"""

from __future__ import annotations

import os
from pathlib import Path

from twinlease.baseline import Baseline
from twinlease.register import read as read_register
from twinlease.report import cell, html, junit, summary
from twinlease.report.clauses import read_clauses, read_invariants
from twinlease.report.digest import headline
from twinlease.report.document import Report, ReportError, build, to_json
from twinlease.report.merge import merge
from twinlease.report.record import RecordError, validate
from twinlease.report.run_log import Run, RunLog, RunLogError, read_run
from twinlease.report.summary import failure_text

__all__ = [
    "RecordError",
    "Report",
    "ReportError",
    "Run",
    "RunLog",
    "RunLogError",
    "build",
    "failure_text",
    "headline",
    "merge",
    "read_clauses",
    "read_invariants",
    "read_run",
    "validate",
    "write_all",
]


def write_all(
    run_jsonl_path: str | Path,
    out_dir: str | Path,
    clauses_csv: str | Path,
    baseline: Baseline | None = None,
    invariants_md: str | Path | None = None,
    register_csv: str | Path | None = None,
) -> Report:
    """Write report.json, junit.xml, summary.md and report.html into `out_dir`; return the report.

    Of a pair cell.json, too.

    The returned dictionary is that of report.json: ``verdict``, ``completeness`` and
    ``exit_code`` are in it. A file is replaced as a whole or not at all. RunLogError: the log
    cannot be read; ReportError: the report does not fit its schema (nothing is written);
    RegisterError; OSError.
    """
    clauses = read_clauses(clauses_csv)
    if invariants_md is not None:
        clauses.update(read_invariants(invariants_md))
    rows = read_register(register_csv) if register_csv is not None else None
    report = build(read_run(run_jsonl_path), clauses, baseline, rows)
    texts = {
        "report.json": to_json(report),
        "junit.xml": junit.render(report),
        "summary.md": summary.render(report),
        "report.html": html.render(report),
    }
    if report["partner"] is not None:
        texts["cell.json"] = cell.to_json(report)
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        _replace(folder / name, text)
    return report


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    os.replace(beside, path)

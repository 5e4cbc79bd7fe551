"""report.html: one file that needs nothing else, for reading, printing and passing on.

Every value goes through ``visible`` and is then escaped: the template environment does both, so
that a template cannot forget it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from twinlease.report import digest, ladder
from twinlease.report.document import Report
from twinlease.report.text import duration, utc, visible
from twinlease.verdict import Verdict

_SUITES = {
    "d12": "draft-ietf-dhc-failover-12",
    "ms": "MS-DHCPF",
    "r2131": "RFC 2131",
    "inv": "Invariants",
}
# As the page orders verdicts: what needs a reader first.
_ORDER = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.LENIENT,
    Verdict.INCONCLUSIVE,
    Verdict.BLOCKED,
    Verdict.UNIMPLEMENTED,
    Verdict.PASS,
    Verdict.NOT_RUN,
)
_DRAWN_OPEN = (Verdict.FAIL, Verdict.ERROR, Verdict.LENIENT)


def render(report: Report) -> str:
    """report.html as text to be written in UTF-8."""
    return _environment().get_template("report.html.j2").render(
        report=report,
        peer=report["peer"],
        peers=digest.peers(report),
        headline=digest.headline(report),
        shortfall=digest.shortfall(report),
        failures=digest.failures(report),
        broken=digest.broken_invariants(report),
        baseline_lines=digest.baseline_lines(report),
        register_lines=digest.register_lines(report),
        counts=_counts(report),
        sections=_sections(report),
        seconds=sum(test["seconds"] for test in report["tests"]),
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(utc=utc, duration=duration, anchor=anchor, hexdump=hexdump)
    environment.globals.update(
        draw=ladder.draw,
        label=digest.label,
        is_open=lambda test: test["verdict"] in _DRAWN_OPEN,
        pcap_href=pcap_href,
    )
    return environment


def _finalize(value: Any) -> Any:
    """What Jinja prints for an expression: text made visible, and None as nothing."""
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value, newlines=True)
    return value


def anchor(id: str) -> str:
    """The fragment of a test: its id, with what a URL or an attribute could misread as _NN."""
    return "t-" + re.sub(r"[^A-Za-z0-9/.@-]", lambda match: f"_{ord(match[0]):x}", id)


def pcap_href(path: str | None) -> str | None:
    """A link to a capture beside the report; None if `path` is not plainly such a file."""
    plain = path and re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_@./+-]*", path) and ".." not in path
    return path if plain else None


def hexdump(octets: str) -> str:
    """Hexadecimal digits in groups of four octets, so that lines can break between them."""
    return " ".join(octets[place : place + 8] for place in range(0, len(octets), 8))


def _counts(report: Report) -> list[dict[str, Any]]:
    """One row per verdict that occurs: in all, and by the role of the peer."""
    by_role = Counter((test["verdict"], test["role"]) for test in report["tests"])
    return [
        {
            "verdict": verdict,
            "all": report["counts"][verdict],
            "roles": [by_role[verdict, role] for role in ("primary", "secondary", None)],
        }
        for verdict in _ORDER
        if report["counts"][verdict]
    ]


def _sections(report: Report) -> list[dict[str, Any]]:
    """The tests by suite and section, each with the clauses that they cite."""
    sections: dict[tuple[str, str], dict[str, Any]] = {}
    for test in sorted(report["tests"], key=digest.section_key):
        key = (digest.suite(test), test["section"])
        section = sections.setdefault(key, {"tests": []})
        section["tests"].append(test)
    for (suite, number), section in sections.items():
        tests = section["tests"]
        section["suite"] = _SUITES.get(suite, suite)
        section["number"] = number
        section["anchor"] = anchor(f"{suite}/{number}")
        section["clauses"] = _clauses(tests, report["clauses"])
        section["counts"] = _ordered(Counter(test["verdict"] for test in tests))
        shown = [test for test in tests if test["verdict"] not in (Verdict.PASS, Verdict.NOT_RUN)]
        section["shown"] = sorted(shown, key=lambda test: _ORDER.index(test["verdict"]))
        section["passed"] = [test for test in tests if test["verdict"] == Verdict.PASS]
        section["not_run"] = [test for test in tests if test["verdict"] == Verdict.NOT_RUN]
    return list(sections.values())


def _clauses(tests: list[digest.Test], known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each clause that `tests` cite, with its sentence and the tests that looked at it."""
    rows: dict[str, list[digest.Test]] = {}
    for test in tests:
        if test["verdict"] != Verdict.NOT_RUN:
            for id in test["clauses"]:
                rows.setdefault(id, []).append(test)
    none = {"level": "", "requirement": ""}
    return [
        {"id": id, "tests": rows[id], **known.get(id, none)}
        for id in sorted(rows, key=digest.natural)
    ]


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return [(verdict, counts[verdict]) for verdict in _ORDER if counts[verdict]]

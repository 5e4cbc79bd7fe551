"""summary.md, and the text of one failure as the terminal shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from twinlease.report import digest
from twinlease.report.clauses import Clauses
from twinlease.report.document import Report
from twinlease.report.text import clip, duration, utc, visible, wrap
from twinlease.verdict import Verdict

WIDTH = 100  # columns of the terminal text
MAX_LINES = 15
_INDENT = 12


def failure_text(test: Mapping[str, Any], clauses: Clauses) -> str:
    """One result in at most 15 lines of at most 100 columns, without a newline at the end.

    It says what we sent, what the clause says, what came back, what should have, and how to run
    it alone. `test` is a test record of run.jsonl or of report.json. The id and the command are
    whole; of the other fields the longest is cut first.
    """
    fields = [
        (test["verdict"], wrap(test["id"], WIDTH - _INDENT), False),
        ("", wrap(test["title"], WIDTH - _INDENT), True),
        ("why", wrap(test["reason"], WIDTH - _INDENT), True),
        ("we sent", wrap(test["sent"], WIDTH - _INDENT), True),
        ("clause", _clause_lines(test, clauses), True),
        ("came back", wrap(test["observed"], WIDTH - _INDENT), True),
        ("should be", wrap(test["expected"], WIDTH - _INDENT), True),
        ("notes", wrap(_notes(test), WIDTH - _INDENT), True),
        ("run alone", _command_lines(test["rerun"]), False),
    ]
    lines: list[str] = []
    for label, texts, _ in _fit(fields):
        for number, text in enumerate(texts):
            head = label if number == 0 else ""
            lines.append(f"{head:<{_INDENT - 1}} {text}")
    return "\n".join(line.rstrip() for line in lines[:MAX_LINES])


def _fit(fields: list[tuple[str, list[str], bool]]) -> list[tuple[str, list[str], bool]]:
    """Cut the longest field that may be cut, a line at a time, until all fit in MAX_LINES."""
    fields = [field for field in fields if field[1]]
    while sum(len(texts) for _, texts, _ in fields) > MAX_LINES:
        place = max(range(len(fields)), key=lambda at: len(fields[at][1]) * fields[at][2])
        label, texts, may_cut = fields[place]
        if not may_cut or len(texts) == 1:
            break
        last = clip(texts[-2], WIDTH - _INDENT - 2) + " …"
        fields[place] = (label, [*texts[:-2], last.replace("… …", "…")], True)
    return fields


def _clause_lines(test: Mapping[str, Any], clauses: Clauses) -> list[str]:
    lines: list[str] = []
    for id in test["clauses"]:
        clause = clauses.get(id)
        text = f"{id} ({clause['level']}): {clause['requirement']}" if clause else id
        lines += wrap(text, WIDTH - _INDENT)
    return lines


def _notes(test: Mapping[str, Any]) -> str:
    notes = [f"{key} {test[key]}" for key in ("consequence", "basis", "aftermath") if test[key]]
    if test["readings"]:
        notes.append(f"reading {', '.join(test['readings'])} (docs/readings.md)")
    made, needed = test["observations"]["made"], test["observations"]["needed"]
    notes.append(f"observations {made}, {needed} needed")
    if test["pcap"]:
        notes.append(test["pcap"])
    return "; ".join(notes)


def _command_lines(command: str) -> list[str]:
    r"""A command that can be pasted: what does not fit in a line goes on after a backslash."""
    lines = [""]
    for word in visible(command).split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if len(joined) <= WIDTH - _INDENT - 2 or not lines[-1]:
            lines[-1] = joined
        else:
            lines[-1] += " \\"
            lines.append(f"  {word}")
    return lines if lines[0] else []


def render(report: Report) -> str:
    """summary.md (CommonMark with tables): short, and safe whatever the peer has sent."""
    peer, options = report["peer"], report["options"]
    blocks = [f"# {digest.headline(report)}"]
    facts = [
        f"- peer: {code(digest.product(peer))}, dialect {code(peer['dialect'])}",
        f"- suite: {code(report['suite_version'])}, level {options['level']}, "
        f"role {options['role'] or 'both'}, {utc(report['started'])}, "
        f"tests took {duration(sum(test['seconds'] for test in report['tests']))}",
        f"- exercised: {report['exercised']['pairs']} distinct (clause, expected reaction) pairs "
        f"of {report['exercised']['clauses']} clauses; {report['exercised']['robust']} more only survived",
        *(f"- {line}" for line in digest.register_lines(report)),
        f"- exit code: {report['exit_code']}",
    ]
    if report.get("partner"):
        partner = report["partner"]
        facts[0] = f"- primary: {code(digest.product(peer))}, dialect {code(peer['dialect'])}"
        facts.insert(1, f"- secondary: {code(digest.product(partner))}, dialect {code(partner['dialect'])}")
    if options["select"]:
        facts.insert(2, f"- selected: {', '.join(map(code, options['select']))}")
    if digest.shortfall(report):
        facts.append(f"- not concluded: {digest.shortfall(report)}")
    facts += [f"- problem: {code(problem)}" for problem in report["problems"]]
    blocks += ["\n".join(facts), _counts(report)]
    blocks += _failures(report)
    blocks += _list("Baseline", [code(line) for line in digest.baseline_lines(report)])
    blocks += _list(
        "As the baseline expects",
        [_one_line(test, test["expected_because"]) for test in digest.expected(report)],
    )
    blocks += _list(
        "Not passed", [_one_line(test, test["reason"]) for test in digest.others(report)]
    )
    blocks += _list("Without a result", list(map(code, report["unfinished"])))
    blocks += _list("Never seen failing", list(map(code, report["never_failed"])))
    return "\n\n".join(blocks) + "\n"


def _counts(report: Report) -> str:
    rows = [f"| {name} | {count} |" for name, count in report["counts"].items() if count]
    return "\n".join(["| verdict | tests |", "|---|---:|", *rows])


def _failures(report: Report) -> list[str]:
    tests = digest.failures(report)
    if not tests:
        return []
    blocks = [f"## Failures ({len(tests)})"]
    return blocks + [_fence(failure_text(test, report["clauses"])) for test in tests]


def _list(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    return [f"## {title} ({len(items)})" if title != "Baseline" else "## Baseline"] + [
        "\n".join(f"- {item}" for item in items)
    ]


def _one_line(test: Mapping[str, Any], why: str) -> str:
    verdict = test["verdict"]
    if test["judged"] != verdict and test["judged"] != Verdict.FAIL:
        verdict = digest.label(test)
    reason = clip(" ".join(visible(why, newlines=True).split()), 160)
    return f"{verdict} {code(test['id'])}" + (f": {code(reason)}" if reason else "")


def code(text: str) -> str:
    """`text` as a code span: one line, and nothing in it is markup, a link or a mention."""
    text = visible(text).strip() or " "
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _fence(text: str) -> str:
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)

"""The oracle beside a peer: what of a transcript nothing in the draft explains. (model/oracle)

It judges the peer as a black box, whatever the test was about. It is sound first: what cannot be known it branches
over, and a finding names the clause, the message, and what would have been allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import _twinlease_oracle as _oracle

from twinlease.report.record import EXPLAINED, ORACLE
from twinlease.transcript import Entry
from twinlease.verdict import Basis, Consequence, Verdict

Finding = _oracle.Finding
"""topic, about (of a STATE), invariant, clauses, verdict ("FAIL" or "LENIENT"), time_s, number (of the entry), last_good (likewise), text,
allowed, times."""
Report = _oracle.Report
"""verdict, findings, reasons (of an INCONCLUSIVE), assumptions, explained and messages (of the peer)."""

Ladder = Callable[[list[Entry]], tuple[list[dict[str, Any]], int]]

_ENDED = re.compile(r"connection (\d+): ")
_STORE = re.compile(r"'s (store wiped|store replaced|clock set)")
LADDER_BEFORE = 40
"""How many entries before a finding its ladder shows at most."""
SAFETY = frozenset({"S1", "S2", "S4", "S5", "S6", "S10", "S13", "S19"})


class Oracle:
    """Watches one peer. Entries are fed in their order; entry numbers count from 0. ValueError for an unknown name."""

    def __init__(self, role: str, dialect: str, *, profile: str = "draft", eps_s: float = 2.0,
                 patience_s: float = 60.0, attended: bool = False, safe_period: bool = True):
        """attended: an operator, a restart or a loss of storage may come without a note in the transcript."""
        self._oracle = _oracle.Oracle(role, dialect, profile, round(eps_s * 1000), round(patience_s * 1000), attended,
                                      safe_period)
        self._number = 0
        self._storage = "kept"

    def feed(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._entry(round(entry.t * 1000), self._number, entry)
            self._number += 1

    def finish(self) -> Report:
        """What waited for later entries is judged now. Once."""
        return self._oracle.finish()

    def _entry(self, t: int, number: int, entry: Entry) -> None:
        if entry.proto == "failover":
            self._oracle.message(t, number, entry.connection, entry.frm == "peer", entry.octets)
        elif entry.proto == "dhcp" and not entry.label.endswith("(lost)"):
            self._oracle.client(t, number, entry.frm == "client", False, entry.octets)
        elif entry.proto == "note":
            self._note(t, number, entry.label)

    def _note(self, t: int, number: int, text: str) -> None:
        if ended := _ENDED.match(text):
            self._oracle.ended(t, number, int(ended.group(1)))
        elif text.endswith(("peer started", "peer started again")):
            self._oracle.process(t, number, True, self._storage)
            self._storage = "kept"
        elif text.endswith(("peer stopped", "peer killed")):
            self._oracle.process(t, number, False, "kept")
        elif text.startswith("administrator: partner-down"):
            self._oracle.command(t, number, "partner-down")
        elif store := _STORE.search(text):
            # A clock that jumps makes other times of those that are stored, as another store would.
            self._storage = "lost" if store.group(1) == "store wiped" else "replaced"


def watch(entries: Sequence[Entry], role: str, dialect: str, **knowledge: Any) -> Report:
    """The report on the peer of a whole transcript. knowledge: as of Oracle."""
    oracle = Oracle(role, dialect, **knowledge)
    oracle.feed(entries)
    return oracle.finish()


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-")


@dataclass(frozen=True)
class Span:
    """A test of the run, as far as the oracle needs it: what of the transcript came while it ran."""

    id: str
    begin: int
    end: int
    """The entries [begin, end) came while its capture ran; what follows, before the next test, is its aftermath."""
    pcap: str | None = None


def selects(prefix: str, role: str) -> bool:
    """Does the prefix of --select name results of the oracle? They come of all tests of their role."""
    name, _, of = prefix.partition("@")
    return name.split("/")[0] == ORACLE and of in ("", role)


def explained_id(role: str) -> str:
    """The result that every watched role has."""
    return f"{EXPLAINED}@{role}"


def results(report: Report, role: str, entries: Sequence[Entry], ladder: Ladder, rerun: Callable[[Span | None], str],
            tests: Sequence[Span] = ()) -> list[dict[str, Any]]:
    """What the oracle says as results of its own: test records of run.jsonl. First oracle/explained@ROLE, then one for
    each rule that was broken, oracle/TOPIC/BASIS@ROLE.

    entries: the transcript that the report is about; ladder: how a record shows some of them; rerun: the command that
    runs one test again, or all (None), with the oracle beside them; tests: in the order in which they ran.
    """
    whole = f"{report.explained} of {report.messages} messages explained"
    accused = len(report.findings)
    observed = whole + (f"; {accused} rules broken, each a result of its own" if accused else "")
    seen = _record(explained_id(role), role, Verdict.INCONCLUSIVE if report.reasons else Verdict.PASS,
                   "; ".join(report.reasons), report, rerun(None), observed=observed,
                   title="Whatever the peer said was explained, or is held against it.")
    records: dict[str, dict[str, Any]] = {}
    for finding in report.findings:
        test = next((test for test in reversed(tests) if test.begin <= finding.number), None)
        steps, cut = ladder(list(entries[max(0, finding.last_good, finding.number - LADDER_BEFORE):finding.number + 1]))
        during = test is not None and finding.number < test.end
        reason = (finding.text + (f", {'during' if during else 'after'} {test.id}" if test else "")
                  + (f"; {finding.times} times" if finding.times > 1 else ""))
        _merge(records, _record(
            _id(finding, role), role, Verdict(finding.verdict), reason, report,
            rerun(test), clauses=list(finding.clauses),
            consequence=Consequence.SAFETY if finding.invariant in SAFETY else Consequence.INTEROP,
            level="must" if finding.verdict == "FAIL" else "should", expected=finding.allowed, observed=finding.text,
            ladder=steps, ladder_cut=cut, pcap=test.pcap if test and during else None))
    return [seen, *records.values()]


def failed(problem: Exception, role: str, rerun: str) -> dict[str, Any]:
    """The result if the oracle itself came to grief: ours, not the peer's."""
    return _record(explained_id(role), role, Verdict.ERROR, f"{type(problem).__name__}: {problem}", None, rerun)


def _id(finding: Finding, role: str) -> str:
    """A STATE is named by what it said and by the invariant, for its clauses are those of all that was possible."""
    if finding.about or not finding.clauses:
        topic, basis = _slug(f"{finding.topic} {finding.about or 'none'}"), finding.invariant or "unexplained"
    else:
        topic, basis = _slug(finding.topic), finding.clauses[0]
    return f"oracle/{topic}/{basis}@{role}"


def _merge(records: dict[str, dict[str, Any]], record: dict[str, Any]) -> None:
    """Ids do not repeat: of those with one id the worst stays, and tells of the others."""
    before = records.setdefault(record["id"], record)
    if before is record:
        return
    if before["verdict"] != Verdict.FAIL and record["verdict"] == Verdict.FAIL:
        records[record["id"]], before, record = record, record, before
    before["reason"] += f"; also: {record['reason']}"
    before["clauses"] = sorted({*before["clauses"], *record["clauses"]})


def _record(id: str, role: str, verdict: Verdict, reason: str, report: Report | None, rerun: str,
            **known: Any) -> dict[str, Any]:
    """needed: without a message of the peer nothing is explained."""
    return {"kind": "test", "id": id, "title": "What the peer said is explained by the draft.", "role": role,
            "section": ORACLE, "level": "must", "clauses": [], "covers": [], "readings": [], "verdict": verdict.value,
            "reason": reason, "aftermath": None, "consequence": Consequence.HYGIENE.value,
            "basis": Basis.CLAUSE.value, "sent": "", "expected": "", "observed": "", "seconds": 0.0, "pcap": None,
            "rerun": rerun, "observations": {"needed": 1, "made": report.explained if report else 0}, "ladder": [],
            "ladder_cut": 0,
            **{key: value.value if isinstance(value, Consequence) else value for key, value in known.items()}}

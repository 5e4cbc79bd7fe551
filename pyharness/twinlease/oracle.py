"""The oracle beside a peer: what of a transcript nothing in the draft explains. (model/oracle)

It judges the peer as a black box, whatever the test was about. It is sound first: what cannot be known it branches
over, and a finding names the clause, the message, and what would have been allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import _twinlease_oracle as _oracle

from twinlease.transcript import Entry
from twinlease.verdict import Basis, Consequence, Verdict

Finding = _oracle.Finding
"""topic, invariant, clauses, verdict ("FAIL" or "LENIENT"), time_s, number (of the entry), last_good (likewise), text,
allowed, times."""
Report = _oracle.Report
"""verdict, findings, reasons (of an INCONCLUSIVE), assumptions, explained and messages (of the peer)."""

Ladder = Callable[[list[Entry]], tuple[list[dict[str, Any]], int]]

_ENDED = re.compile(r"connection (\d+): ")
_STORE = re.compile(r"store (wiped|replaced)")
SAFETY = frozenset({"S1", "S2", "S4", "S5", "S6", "S10", "S13", "S19"})


class Oracle:
    """Watches one peer. Entries are fed in their order; entry numbers count from 0. ValueError for an unknown name."""

    def __init__(self, role: str, dialect: str, *, profile: str = "draft", eps_s: float = 2.0,
                 patience_s: float = 60.0, attended: bool = False, safe_period: bool = True):
        """attended: an operator, a restart or a loss of storage may come without a note in the transcript."""
        self._oracle = _oracle.Oracle(role, dialect, profile, round(eps_s * 1000), round(patience_s * 1000), attended,
                                      safe_period)
        self._number = 0
        self._storage_lost = False

    def feed(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._entry(round(entry.t * 1000), self._number, entry)
            self._number += 1

    def finish(self) -> Report:
        """What waited for later entries is judged now. Once."""
        return self._oracle.finish()

    def _entry(self, t: int, number: int, entry: Entry) -> None:
        if entry.proto == "failover" and entry.message is None:
            self._oracle.missing(t, number)
        elif entry.proto == "failover":
            self._oracle.message(t, number, entry.connection, entry.frm == "peer", entry.octets)
        elif entry.proto == "dhcp" and not entry.label.endswith("(lost)"):
            self._oracle.client(t, number, entry.frm == "client", False, entry.octets)
        elif entry.proto == "note":
            self._note(t, number, entry.label)

    def _note(self, t: int, number: int, text: str) -> None:
        if ended := _ENDED.match(text):
            self._oracle.ended(t, number, int(ended.group(1)))
        elif text.endswith(("peer started", "peer started again")):
            self._oracle.process(t, number, True, self._storage_lost)
            self._storage_lost = False
        elif text.endswith(("peer stopped", "peer killed")):
            self._oracle.process(t, number, False, False)
        elif text.startswith("administrator: partner-down"):
            self._oracle.command(t, number, "partner-down")
        elif store := _STORE.search(text):
            if store.group(1) == "wiped":
                self._storage_lost = True
            else:  # what it holds now, it alone knows
                self._oracle.missing(t, number)


def watch(entries: Sequence[Entry], role: str, dialect: str, **knowledge: Any) -> Report:
    """The report on the peer of a whole transcript. knowledge: as of Oracle."""
    oracle = Oracle(role, dialect, **knowledge)
    oracle.feed(entries)
    return oracle.finish()


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-")


def results(report: Report, role: str, entries: Sequence[Entry], ladder: Ladder, rerun: str) -> list[dict[str, Any]]:
    """The findings as results of their own: test records of run.jsonl, ids oracle/TOPIC/BASIS@ROLE.

    entries: the transcript that the report is about; ladder: how a record shows some of them; rerun: the command that
    shows the result again. A report without a finding is one result, oracle/whole-run@ROLE.
    """
    if not report.findings:
        reason = "; ".join(report.reasons) or f"{report.explained} of {report.messages} messages explained"
        quiet = Verdict(report.verdict) is Verdict.PASS
        return [_record("oracle/whole-run", role, Verdict(report.verdict), "" if quiet else reason, report, rerun,
                        observed=reason, title="Everything that the peer said is explained.")]
    records: dict[str, dict[str, Any]] = {}
    for finding in report.findings:
        basis = finding.invariant or (finding.clauses[0] if finding.clauses else "unexplained")
        id = f"oracle/{_slug(finding.topic)}/{_slug(basis)}"
        steps, cut = ladder(list(entries[max(0, finding.last_good):finding.number + 1]))
        reason = finding.text + (f"; {finding.times} times" if finding.times > 1 else "")
        record = _record(id, role, Verdict(finding.verdict), reason, report, rerun, clauses=list(finding.clauses),
                         consequence=Consequence.SAFETY if finding.invariant in SAFETY else Consequence.INTEROP,
                         level="must" if finding.verdict == "FAIL" else "should", expected=finding.allowed,
                         observed=finding.text, ladder=steps, ladder_cut=cut)
        _merge(records, record)
    return list(records.values())


def _merge(records: dict[str, dict[str, Any]], record: dict[str, Any]) -> None:
    """Ids do not repeat: of those with one id the worst stays, and tells of the others."""
    before = records.setdefault(record["id"], record)
    if before is record:
        return
    if before["verdict"] != Verdict.FAIL and record["verdict"] == Verdict.FAIL:
        records[record["id"]], before, record = record, record, before
    before["reason"] += f"; also: {record['reason']}"
    before["clauses"] = sorted({*before["clauses"], *record["clauses"]})


def _record(id: str, role: str, verdict: Verdict, reason: str, report: Report, rerun: str,
            **known: Any) -> dict[str, Any]:
    return {"kind": "test", "id": f"{id}@{role}", "title": "What the peer said is explained by the draft.", "role": role,
            "section": "oracle", "level": "must", "clauses": [], "covers": [], "readings": [], "verdict": verdict.value,
            "reason": reason, "aftermath": None, "consequence": Consequence.HYGIENE.value,
            "basis": Basis.CLAUSE.value, "sent": "", "expected": "", "observed": "", "seconds": 0.0, "pcap": None,
            "rerun": rerun, "observations": {"needed": 1, "made": report.explained}, "ladder": [], "ladder_cut": 0,
            **{key: value.value if isinstance(value, Consequence) else value for key, value in known.items()}}

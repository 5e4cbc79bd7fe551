"""pytest plugin: runs the conformance tests against the peer of a manifest and writes run.jsonl.

Loaded by the runner (twinlease.suite.runner), which passes a Settings object; see there for the command line.
"""

from __future__ import annotations

import csv
import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from twinlease import falsify, oracle
from twinlease.adapter import Blocked, PeerFailed
from twinlease.connection import NotSeen
from twinlease.manifest import ROLES, Manifest
from twinlease.pairing import Pairing
from twinlease.report.record import ORACLE
from twinlease.report.run_log import RunLog
from twinlease.report.summary import failure_text
from twinlease.suite.bench import ACK_S, Bench
from twinlease.suite.case import PAIR, Case, Deviation, Inconclusive, Spec, Unimplemented
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.progress import Progress
from twinlease.transcript import Entry
from twinlease.verdict import Aftermath, Basis, Consequence, Verdict

LADDER_MAX = 120
BAD = ("FAIL", "LENIENT")
SEEN_FAILING = Path(__file__).resolve().parents[3] / "conformance" / "seen-failing.csv"


@dataclass
class Settings:
    """What the runner decided: the peer, what to run, where to write."""

    manifest: Manifest
    roles: tuple[str, ...]
    select: tuple[str, ...]
    out: Path
    log: RunLog
    clauses: dict[str, Any]
    rerun: str
    """The command that runs one test alone, with {id} for its id."""
    run_record: dict[str, Any] = field(default_factory=dict)
    falsehood: falsify.Falsehood | None = None
    pairing: Pairing | None = None
    """Of a run with two live servers; its one role is "pair"."""
    beside: bool = False
    """Does another runner write to the same terminal?"""


class DeclarationError(Exception):
    """A conformance test that declares what does not exist: its id and what is wrong."""


def selected(spec: Spec, role: str, select: tuple[str, ...]) -> bool:
    """Does the test's id, with or without its role, begin with one of the prefixes? None given: all do."""
    full = f"{spec.id}@{role}"
    return not select or any(full == prefix or oracle.selects(prefix, role) or full.startswith(prefix.split("@")[0])
                             and ("@" not in prefix or prefix.endswith("@" + role)) for prefix in select)


def ladder(entries: list[Entry]) -> tuple[list[dict[str, Any]], int]:
    """The transcript of one test for the report: head and tail if it is long, and how many were cut.

    t: lab seconds since the test began.
    """
    cut = max(len(entries) - LADDER_MAX, 0)
    if cut:
        entries = entries[:LADDER_MAX // 2] + entries[-LADDER_MAX // 2:]
    begin = entries[0].t if entries else 0.0
    return [{"t": round(e.t - begin, 3), "from": e.frm, "proto": e.proto, "label": e.label, "detail": e.detail,
             "hex": e.octets.hex(), **({"to": e.to} if {e.frm, e.to} & set(ROLES) else {})} for e in entries], cut


def _recorded(role: str) -> str | None:
    """A role as the records have it: a test of a pair has none."""
    return None if role in PAIR else role


def seen_failing(path: Path) -> set[str]:
    """Ids (without role) of the tests on record as having failed once, from a csv whose first column is the id."""
    with path.open(newline="") as file:
        return {row["test"].split("@")[0] for row in csv.DictReader(file)}


class ConformancePlugin:
    """Collects @case functions once per role, runs each on its role's Bench, judges, probes the aftermath."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.benches: dict[str, Bench | PairBench] = {}
        self.progress: Progress | None = None
        self.seen_ids: set[str] = set()
        self.results: list[dict[str, Any]] = []
        self.watched: dict[str, list[oracle.Span]] = {}
        """By role: the tests that ran, and where in the transcript."""
        self.problems: list[str] = []

    # Collection

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(report.longreprtext)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        spec: Spec | None = getattr(metafunc.function, "spec", None)
        if spec is None:
            raise DeclarationError(f"{metafunc.function.__name__}: no @case above it")
        self._check(spec, metafunc.function.__name__)
        roles = [r for r in spec.roles if r in self.settings.roles and selected(spec, r, self.settings.select)]
        metafunc.fixturenames.append("role")
        metafunc.parametrize("role", roles)

    def _check(self, spec: Spec, name: str) -> None:
        for clause in [*spec.clauses, *spec.readings]:
            if clause not in self.settings.clauses:
                raise DeclarationError(f"{spec.id} ({name}): cites {clause}, which is no clause of model/spec")
        if spec.id in self.seen_ids:
            raise DeclarationError(f"{spec.id} ({name}): another test has this id")
        self.seen_ids.add(spec.id)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [i for i in items if getattr(i, "callspec", None) and i.callspec.params.get("role") in self.settings.roles]
        order = {role: number for number, role in enumerate(self.settings.roles)}
        items.sort(key=lambda i: (order[i.callspec.params["role"]], i.function.spec.last, i.function.spec.own_peer))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if session.testsfailed:
            return
        watched = [oracle.explained_id(role) for role in ROLES
                   if any(item.callspec.params["role"] == role for item in session.items)]
        selected = len(session.items) + len(watched)
        self.progress = Progress(selected, plain=self.settings.beside)
        self.settings.log.write({**self.settings.run_record, "selected": selected})
        for id in watched:
            self.settings.log.write({"kind": "start", "id": id, "role": id.split("@")[1], "t": time.time()})

    def never_failed(self) -> list[str]:
        """Ids of this run's tests that no peer, real or falsified, has been seen to fail (conformance/seen-failing.csv)."""
        seen = seen_failing(SEEN_FAILING)
        return [r["id"] for r in self.results if r["section"] != ORACLE
                and r["id"].split("@")[0] not in seen and r["verdict"] not in BAD]

    # Running

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Function, nextitem: pytest.Item | None) -> bool:
        record = self._run(item)
        self._ended(record)
        item.session.testsfailed += record["verdict"] in ("FAIL", "ERROR")
        if nextitem is None or nextitem.callspec.params["role"] != item.callspec.params["role"]:
            self._close(item.callspec.params["role"])
        return True

    def _bench(self, role: str) -> Bench | PairBench:
        if role not in self.benches and self.settings.pairing is not None:
            self.benches[role] = PairBench(self.settings.pairing, self.settings.out)
        elif role not in self.benches:
            relationship = self.settings.manifest.relationship(role)
            assert relationship is not None
            self.benches[role] = Bench(self.settings.manifest, relationship, self.settings.out)
        return self.benches[role]

    def _close(self, role: str) -> None:
        bench = self.benches.pop(role, None)
        if bench is None:
            return
        bench.close()
        if isinstance(bench, Bench):
            records = self._oracle_results(bench)
            if self.progress is not None:
                self.progress.more(len(records) - 1)
            for record in records:
                self._ended(record)

    def _oracle_results(self, bench: Bench) -> list[dict[str, Any]]:
        """What the oracle found that was beside the peer in every test."""
        entries, role = bench.transcript.entries, bench.role
        everything = " --select ".join(self.settings.select) or f"@{role}"

        def rerun(test: oracle.Span | None) -> str:
            return self.settings.rerun.format(id=test.id if test else everything)

        try:
            report = oracle.watch(entries, role, self.settings.manifest.dialect, patience_s=ACK_S)
            return oracle.results(report, role, entries, ladder, rerun, self.watched.get(role, ()))
        except Exception as problem:  # noqa: BLE001: ours, and the run goes on
            return [oracle.failed(problem, role, rerun(None))]

    def _ended(self, record: dict[str, Any]) -> None:
        self.settings.log.write(record)
        self.results.append(record)
        text = failure_text(record, self.settings.clauses) if record["verdict"] in ("FAIL", "ERROR") else ""
        assert self.progress is not None
        self.progress.end(record["id"], record["verdict"], record["seconds"], text)

    def pytest_unconfigure(self) -> None:
        for role in list(self.benches):
            self._close(role)

    def _run(self, item: pytest.Function) -> dict[str, Any]:
        spec: Spec = item.function.spec
        role = item.callspec.params["role"]
        id = spec.id if role in PAIR else f"{spec.id}@{role}"
        case = Case(spec, role)
        started = time.monotonic()
        self.settings.log.write({"kind": "start", "id": id, "role": _recorded(role), "t": time.time()})
        assert self.progress is not None
        self.progress.start(id)
        verdict, reason, aftermath = Verdict.ERROR, "", None
        pcap: str | None = None
        entries: list[Entry] = []
        try:
            bench = self._bench(role)
            if not spec.own_peer:
                again = bench.restore()
                if again is not None and bench.restarts > 1:
                    self.progress.note(f"  peer started again: {again}")
            pcap = f"pcap/{hashlib.sha256(id.encode()).hexdigest()[:8]}-{id.split('/')[-1].replace('@', '-')}.pcap"
            bench.lab.capture.start(self.settings.out / pcap)
            mark = bench.transcript.mark()
            try:
                try:
                    verdict, reason = self._judge(item, bench, case)
                finally:
                    entries = bench.transcript.entries[mark:]
                if spec.own_peer:
                    bench.leave()
                    bench.revive()
                if spec.probe and verdict not in (Verdict.BLOCKED, Verdict.UNIMPLEMENTED):
                    aftermath, after = bench.probe()
                    if aftermath is not Aftermath.CLEAN:
                        bench.leave()
                        case.observed.append(f"afterwards: {after}")
                        if verdict in (Verdict.PASS, Verdict.LENIENT):
                            verdict, reason = Verdict.FAIL, f"aftermath {aftermath}: {after}"
            finally:
                bench.lab.capture.stop()
                self.watched.setdefault(role, []).append(oracle.Span(id, mark, bench.transcript.mark(), pcap))
        except Blocked as blocked:
            verdict, reason = Verdict.BLOCKED, f"the manifest has no verb '{blocked}'"
        except (NotSeen, ConnectionError) as problem:
            verdict, reason = Verdict.INCONCLUSIVE, f"PREPARATION: {problem}"
        except Inconclusive as problem:
            verdict, reason = Verdict.INCONCLUSIVE, str(problem)
        except PeerFailed as problem:
            verdict, reason = Verdict.ERROR, f"adapter: {problem}"
        except Exception as problem:  # noqa: BLE001: whatever it is, it is ours, and the run goes on
            verdict, reason = Verdict.ERROR, f"{type(problem).__name__}: {problem}"
        return self._record(spec, case, id, role, verdict, reason, aftermath, time.monotonic() - started, pcap, entries)

    def _judge(self, item: pytest.Function, bench: Bench | PairBench, case: Case) -> tuple[Verdict, str]:
        """Runs the test's body. What it raises while the peer is judged decides the verdict."""
        spec = case.spec
        falsify.active = self.settings.falsehood
        try:
            item.obj(**{"pair" if case.role in PAIR else "bench": bench}, t=case)
        except Deviation as deviation:
            case.observations += 1
            case.observed.append(str(deviation))
            case.broken = list(deviation.clauses)
            if spec.basis is Basis.ADJUDICATED or spec.level != "must":
                return Verdict.LENIENT, str(deviation)
            return Verdict.FAIL, str(deviation)
        except Unimplemented as declared:
            return Verdict.UNIMPLEMENTED, str(declared)
        finally:
            falsify.active = None
        if case.observations < spec.observations:
            return (Verdict.INCONCLUSIVE,
                    f"EVIDENCE: {case.observations} observations, the test needs {spec.observations}")
        return Verdict.PASS, ""

    def _record(self, spec: Spec, case: Case, id: str, role: str, verdict: Verdict, reason: str,
                aftermath: Aftermath | None, seconds: float, pcap: str | None, entries: list[Entry]) -> dict[str, Any]:
        steps, cut = ladder(entries)
        robust = verdict is Verdict.FAIL and reason.startswith("aftermath ")
        return {
            "kind": "test", "id": id, "title": spec.title, "role": _recorded(role), "section": spec.section, "level": spec.level,
            "clauses": case.broken or spec.clauses, "covers": [list(pair) for pair in spec.covers], "readings": list(spec.readings),
            "verdict": verdict.value, "reason": reason, "aftermath": aftermath.value if aftermath else None,
            "consequence": Consequence.ROBUSTNESS.value if robust else spec.consequence.value,
            # No reading excuses a peer that is no use afterwards.
            "basis": Basis.INVARIANT.value if robust else spec.basis.value, "sent": "; ".join(case.sent), "expected": "; ".join(case.expected),
            "observed": "; ".join(case.observed[-6:]), "seconds": round(seconds, 3), "pcap": pcap,
            "rerun": self.settings.rerun.format(id=id),
            "observations": {"needed": spec.observations, "made": case.observations}, "ladder": steps,
            "ladder_cut": cut,
        }

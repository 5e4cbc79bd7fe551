"""twinlease certify: judges a failover peer clause by clause.

Exit codes: docs/formats/exit-codes.md.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from twinlease import lab
from twinlease import manifest as manifests
from twinlease.baseline import BaselineError, read_baseline
from twinlease.falsify import FALSEHOODS
from twinlease.pairing import pair
from twinlease.register import REGISTER, RegisterError
from twinlease.report import RunLogError, headline, merge, write_all
from twinlease.suite.case import PAIR
from twinlease.suite.runner import CLAUSES, INVARIANTS, ROOT, SUITES, log_name
from twinlease.verdict import LEVELS, ExitCode

PEERS = SUITES / "peers"


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="twinlease certify", description="Judges a DHCP failover peer clause by clause, with evidence.",
        epilog="Exit codes: 0 clean, 1 FAIL, 2 incomplete, 3 baseline mismatch, 4 usage, 10 safety, 11 liveness, "
               "70 our error.")
    parser.add_argument("peer", nargs="?", help="a name under conformance/peers, or the path of a manifest (.toml)")
    parser.add_argument("--pair", nargs=2, metavar=("A", "B"),
                        help="two live servers instead of one: A as primary, B as secondary; the suite is between them")
    parser.add_argument("--role", choices=manifests.ROLES, help="judge the peer in this role only")
    parser.add_argument("--jobs", type=int, choices=(1, 2), metavar="N",
                        help="how many roles at once (default: both, where there are two cores)")
    parser.add_argument("--level", choices=LEVELS, default="must", help="from 'should' on, LENIENT counts as FAIL")
    parser.add_argument("--select", action="append", default=[], metavar="PREFIX",
                        help="only tests whose id begins so; may be given again")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings",
                        help="another value for a parameter of the manifest, or of both of a pair, as in "
                             "mode=hot-standby; may be given again")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the report goes (default out/PEER)")
    parser.add_argument("--expect", type=Path, metavar="BASELINE", help="known results with their reasons (TOML)")
    parser.add_argument("--falsify", choices=sorted(FALSEHOODS), metavar="NAME",
                        help="judge the suite, not the peer: change what the peer says, one rule broken; the tests "
                             "about it must fail. One of " + ", ".join(sorted(FALSEHOODS)))
    parser.add_argument("--json", action="store_true", help="print report.json instead of the verdict for people")
    try:
        options = parser.parse_args(words)
        if (options.peer is None) == (options.pair is None):
            parser.error("one of the following arguments is required: peer, --pair A B")
        if options.pair and options.role:
            parser.error("--role is about one peer, --pair is not")
        return options
    except SystemExit as end:
        sys.exit(0 if end.code == 0 else int(ExitCode.USAGE))


def _manifest_path(name: str) -> Path:
    if name.endswith(".toml"):
        return Path(name)
    path = PEERS / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in PEERS.glob("*.toml")))
        raise manifests.ManifestError(f"peer: '{name}', expected one of {known}, or the path of a manifest (.toml)")
    return path


def _usage(problem: object) -> int:
    print(f"twinlease certify: {problem}", file=sys.stderr)
    return int(ExitCode.USAGE)


def _run_suite(options: argparse.Namespace, manifest: manifests.Manifest, out: Path) -> list[Path]:
    """Runs a runner in namespaces of its own for each role, as many at once as --jobs says, and waits for them, also
    after Ctrl-C: they then write their last line. Returns their logs, one for each role.

    Whatever a runner started ends with it: they share a process namespace.
    """
    private = manifest.network == "lab"
    roles = list(PAIR) if options.pair else [r.role for r in manifest.relationships if options.role in (None, r.role)]
    jobs = min(options.jobs or os.cpu_count() or 1, len(roles) if private else 1)
    waiting, running = list(roles), []
    interrupts = 0
    while waiting or running:
        try:
            while waiting and len(running) < jobs and not interrupts:
                words = _runner_words(options, manifest.path, out, waiting.pop(0), beside=jobs > 1)
                running.append(subprocess.Popen(lab.enter(words, private), start_new_session=True))
            if not running:
                break
            running[0].wait()
            running.pop(0)
        except KeyboardInterrupt:
            interrupts += 1
            if interrupts == 1:
                print("\ninterrupted: writing the report of what ran", file=sys.stderr)
            for child in running:
                if interrupts > 1:
                    child.kill()
                elif child.poll() is None:
                    _interrupt(child.pid, private)
    return [out / log_name(role) for role in roles if role not in waiting]


def _runner_words(options: argparse.Namespace, path: Path, out: Path, role: str, beside: bool) -> list[str]:
    words = ["twinlease.suite.runner", str(path.resolve()), str(out.resolve()), "--level", options.level]
    words += ["--pair", str(_manifest_path(options.pair[1]).resolve())] if options.pair else ["--role", role]
    peers = ["--pair", *options.pair] if options.pair else [options.peer]
    settings = [word for setting in options.settings for word in ("--set", setting)]
    words += [*settings, "--rerun", f"twinlease certify {shlex.join([*peers, *settings])} --select {{id}}"]
    if beside:
        words.append("--beside")
    if options.falsify:
        words += ["--falsify", options.falsify]
    for prefix in options.select:
        words += ["--select", prefix]
    return words


def _interrupt(pid: int, private: bool) -> None:
    """SIGINT for the runner; in a lab it is the process that unshare started, PID 1 of the namespace."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if private else [str(pid)]
    for runner in children:
        os.kill(int(runner), signal.SIGINT)


def main(words: list[str]) -> int:
    options = _arguments(words)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))   # the runners must not outlive us
    try:
        path = _manifest_path(options.pair[0] if options.pair else options.peer)
        manifest = manifests.load(path)
        name = manifest.name
        if options.pair:
            partner = manifests.load(_manifest_path(options.pair[1]))
            pair(manifest, partner)
            name = f"{manifest.name}+{partner.name}"
        manifests.override([manifest, partner] if options.pair else [manifest], options.settings)
        if options.role and manifest.relationship(options.role) is None:
            return _usage(f"{path}: no [[relationship]] with role {options.role}")
        baseline = read_baseline(options.expect) if options.expect else None
    except (manifests.ManifestError, BaselineError, OSError) as problem:
        return _usage(problem)
    out = options.out or Path("out") / name
    if out.exists() and not list(out.glob("run*.jsonl")) and any(out.iterdir()):
        return _usage(f"--out: {out} exists and is no report; name another folder")
    for old in ("pcap", "peer-primary", "peer-secondary", "run.jsonl", "cell.json",
                *(log_name(role) for role in (*manifests.ROLES, *PAIR))):
        target = out / old
        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    logs = _run_suite(options, manifest, out)
    try:
        merge(logs, out / "run.jsonl")
        report = write_all(out / "run.jsonl", out, CLAUSES, baseline, INVARIANTS, REGISTER)
    except (RunLogError, RegisterError, OSError) as problem:
        print(f"twinlease certify: no report: {problem}", file=sys.stderr)
        return int(ExitCode.OUR_ERROR)
    print((out / "report.json").read_text() if options.json else headline(report))
    if not options.json:
        shown = out if not out.is_absolute() or ROOT not in out.parents else out.relative_to(ROOT)
        print(f"report: {shown}/report.html, {shown}/summary.md, {shown}/report.json")
    return int(report["exit_code"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

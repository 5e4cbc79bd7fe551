"""twinlease fuzz TARGET...: runs fuzz targets of the codec for some seconds and says what they found.

Exit codes (docs/formats/exit-codes.md): 0 nothing found; 1 a target found an input for which something does not hold;
2 a run ended early, or long enough to be judged and below a floor (fuzz/floors.csv); 4 usage; 70 our error.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import campaign
import corpus
import floors

ROOT = Path(__file__).resolve().parents[2]
FUZZ = ROOT / "fuzz"
CLEAN, FAIL, INCOMPLETE, USAGE, OUR_ERROR = 0, 1, 2, 4, 70


class Unusable(Exception):
    """The user has to change something; the text says what."""


def all_targets():
    with open(FUZZ / "targets.csv", newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {r["target"]: campaign.Target(r["target"], int(r["length_max"]), r["dictionary"], r["what"]) for r in rows}


def arguments(words):
    parser = argparse.ArgumentParser(prog="twinlease fuzz", description=__doc__.partition("\n\n")[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="names of --list")
    parser.add_argument("--all", action="store_true", help="every target, one after the other")
    parser.add_argument("--list", action="store_true", help="the targets, and nothing is run")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("--jobs", type=int, default=2, help="processes for each target (2)")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="goes on from there, and keeps there what it finds")
    parser.add_argument("--out", type=Path, metavar="DIR", default=ROOT / "out" / "fuzz", help="logs and artefacts")
    parser.add_argument("--build", type=Path, metavar="DIR", help="fuzzers built before; else ci/build fuzz builds them")
    parser.add_argument("--minimise", action="store_true", help="then keeps in fuzz/corpus what no other seed reaches")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    return parser.parse_args(words)


def chosen(options, known):
    unknown = [name for name in options.targets if name not in known]
    if unknown:
        raise Unusable(f"there is no target {unknown[0]}; twinlease fuzz --list")
    if bool(options.targets) == options.all:
        raise Unusable("name some targets, or --all; twinlease fuzz --list")
    if options.seconds < 1 or options.jobs < 1:
        raise Unusable("--seconds and --jobs are at least 1")
    return list(known.values()) if options.all else [known[name] for name in options.targets]


def build(targets, out):
    """The folder of the build, made with the preset fuzz."""
    words = [str(ROOT / "ci" / "build"), "fuzz", "seeds", *(f"fuzz-{target.name}" for target in targets)]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    (out / "build.log").write_text(done.stdout, encoding="utf-8")
    if done.returncode != 0:
        tail = "\n".join(done.stdout.splitlines()[-20:])
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}; {out / 'build.log'}\n{tail}")
    return ROOT / "build-fuzz"


def show(outcome, end="\r"):
    sys.stderr.write(
        f"\x1b[2K{outcome.target}  {outcome.seconds:.0f} s  {outcome.executions} executions"
        f"  {outcome.executions_per_s:.0f}/s  features {outcome.furthest('features')}"
        f"  edges {outcome.furthest('covered')} of {outcome.furthest('edges')}  corpus {outcome.furthest('corpus')}{end}"
    )
    sys.stderr.flush()


def fuzz(target, options, folder):
    """(outcome, judgements) of one target."""
    program, seeds = folder / "bin" / f"fuzz-{target.name}", folder / "seeds" / target.name
    if not program.is_file() or not seeds.is_dir():
        raise Unusable(f"{folder} has no fuzz-{target.name} with its seeds; ci/build fuzz makes them")
    out = options.out.resolve() / target.name
    kept = options.corpus.resolve() if options.corpus else out / "corpus"
    if options.corpus and (options.all or len(options.targets) > 1):
        kept /= target.name
    for needed in (out, kept):
        needed.mkdir(parents=True, exist_ok=True)
    dictionary = FUZZ / "dictionaries" / f"{target.dictionary}.dict"
    words = campaign.command(program, target, options.seconds, kept, [seeds], dictionary, out)
    progress = show if sys.stderr.isatty() and not options.json else lambda outcome: None
    outcome = campaign.run(words, target, options.seconds, options.jobs, out, progress)
    if progress is show:
        show(outcome, end="\r\x1b[2K")
    if options.minimise and exit_code(outcome, []) == CLEAN:
        corpus.minimise(program, target.length_max, seeds, kept, FUZZ / "corpus" / f"{target.name}.hex")
    found = {"features": outcome.furthest("features"), "executions_per_cpu_s": outcome.executions_per_cpu_s}
    whole = outcome.seconds if not (outcome.artefacts or outcome.errors) else 0
    table, seconds = floors.load(FUZZ / "floors.csv"), min(whole, options.seconds)
    return outcome, floors.judge(table, target.name, seconds, outcome.furthest("edges"), found)


def exit_code(outcome, judgements):
    if outcome.artefacts:
        return FAIL
    if outcome.errors:
        return OUR_ERROR
    if outcome.interrupted or not all(judgement.holds for judgement in judgements):
        return INCOMPLETE
    return CLEAN


def worst(codes):
    return next((code for code in (FAIL, OUR_ERROR, INCOMPLETE) if code in codes), CLEAN)


def relative(path):
    return os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else str(path)


def replay(program, artefact):
    return f"{relative(program)} {relative(artefact)}"


def to_regress(target, artefact):
    return f"od -An -v -tx1 {relative(artefact)} > {relative(FUZZ / 'regress' / target / 'WHAT-IT-IS.hex')}"


def as_object(outcome, judgements, program):
    return {
        "target": outcome.target, "jobs": outcome.jobs, "seconds": round(outcome.seconds, 1),
        "cpu_seconds": round(outcome.cpu_s, 1), "executions": outcome.executions,
        "executions_per_s": round(outcome.executions_per_s), "executions_per_cpu_s": round(outcome.executions_per_cpu_s),
        "features": outcome.furthest("features"), "edges_covered": outcome.furthest("covered"),
        "edges": outcome.furthest("edges"), "corpus": outcome.furthest("corpus"), "interrupted": outcome.interrupted,
        "floors": [{"measure": j.measure, "floor": j.floor, "found": j.found, "holds": j.holds} for j in judgements],
        "failures": outcome.failures, "errors": outcome.errors,
        "artefacts": [
            {"file": a, "replay": replay(program, a), "to_regress": to_regress(outcome.target, a)}
            for a in outcome.artefacts
        ],
        "exit_code": exit_code(outcome, judgements),
    }


def summary(found):
    """The lines for people of what as_object() gave."""
    ends = {CLEAN: "clean", FAIL: "FAIL", INCOMPLETE: "incomplete", OUR_ERROR: "error"}
    yield (
        f"{found['target']:<17} {ends[found['exit_code']]:<10} {found['executions']} executions in {found['seconds']:.0f} s"
        f" ({found['executions_per_s']}/s, {found['executions_per_cpu_s']}/s of processor time),"
        f" features {found['features']}, edges {found['edges_covered']} of {found['edges']}, corpus {found['corpus']}"
    )
    if found["interrupted"]:
        yield "  interrupted"
    for floor in found["floors"]:
        if not floor["holds"]:
            yield f"  {floor['measure']} {floor['found']}: the floor is {floor['floor']}"
    if not found["floors"] and found["exit_code"] == CLEAN:
        yield "  too short for any floor"
    yield from (f"  {text}" for text in (*found["failures"], *found["errors"]))
    for artefact in found["artefacts"]:
        yield f"  input   {artefact['file']}"
        yield f"  replay  {artefact['replay']}"
        yield f"  keep    {artefact['to_regress']}"


def run(options, targets):
    options.out.mkdir(parents=True, exist_ok=True)
    folder = options.build.resolve() if options.build else build(targets, options.out)
    found = []
    for target in targets:
        outcome, judgements = fuzz(target, options, folder)
        found.append(as_object(outcome, judgements, folder / "bin" / f"fuzz-{target.name}"))
        if not options.json:
            print("\n".join(summary(found[-1])), flush=True)
        if outcome.interrupted:
            break
    code = worst({one["exit_code"] for one in found})
    if options.json:
        print(json.dumps({"targets": found, "exit_code": code}))
    elif len(targets) > 1:
        clean = sum(one["exit_code"] == CLEAN for one in found)
        print(f"{clean} of {len(targets)} targets clean")
    return code


def main(words=None):
    options = arguments(words)
    known = all_targets()
    if options.list:
        print(json.dumps([vars(t) for t in known.values()]) if options.json
              else "\n".join(f"{t.name:<17} {t.what}" for t in known.values()))
        return CLEAN
    try:
        return run(options, chosen(options, known))
    except Unusable as error:
        print(f"twinlease fuzz: {error}", file=sys.stderr)
        return USAGE
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        print(f"twinlease fuzz: {error}", file=sys.stderr)
        return OUR_ERROR
    except KeyboardInterrupt:  # while it builds
        return INCOMPLETE


if __name__ == "__main__":
    try:
        code = main()
    except SystemExit as end:  # argparse has 2 for what is 4 here
        code = USAGE if end.code == 2 else end.code
    sys.exit(code)

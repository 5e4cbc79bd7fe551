"""The command with a fuzzer made up for the test: a script that says what libFuzzer would."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import fuzz

FUZZER = """\
#!{python}
import os, signal, sys, time
words = dict(w.lstrip("-").split("=", 1) for w in sys.argv[1:] if "=" in w)
def say(*lines):
    print(*lines, sep="\\n", file=sys.stderr, flush=True)
def interrupted(*_):
    say("==1== libFuzzer: run interrupted; exiting")
    os._exit(72)
signal.signal(signal.SIGINT, interrupted)
say("INFO: Loaded 1 modules   (100 inline 8-bit counters): 100 [0x1, 0x2),")
say("#{executions}\\tpulse  cov: 40 ft: {features} corp: 7/80b lim: 9 exec/s: 5 rss: 3Mb")
{then}
say("stat::number_of_executed_units: {executions}")
"""
CRASH = """\
path = words["artifact_prefix"] + "crash-12ab"
open(path, "wb").write(b"ab")
say("framer: does not hold: 1: another message", "Test unit written to " + path)
sys.exit(77)
"""


@pytest.fixture
def fuzzer(tmp_path):
    """make(...) puts a fuzzer for the framer into a build folder and returns the arguments that use it."""

    def make(executions=10**9, features=60, then="", target="framer"):
        program = tmp_path / "build" / "bin" / f"fuzz-{target}"
        program.parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "build" / "seeds" / target).mkdir(parents=True, exist_ok=True)
        program.write_text(FUZZER.format(python=sys.executable, executions=executions, features=features, then=then))
        program.chmod(0o755)
        return [target, "--build", str(tmp_path / "build"), "--out", str(tmp_path / "out"), "--seconds", "1"]

    return make


def object_of(words, capsys):
    code = fuzz.main([*words, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["exit_code"] == code
    return code, found["targets"][0]


def test_clean(fuzzer, capsys):
    code, found = object_of(fuzzer(executions=500), capsys)
    assert code == fuzz.CLEAN
    assert found["executions"] == 1000  # two jobs
    assert (found["features"], found["edges_covered"], found["edges"], found["corpus"]) == (60, 40, 100, 7)
    assert found["floors"] == []  # a second is too short


def test_crash(fuzzer, capsys, tmp_path):
    code, found = object_of(fuzzer(then=CRASH), capsys)
    assert code == fuzz.FAIL
    artefact = found["artefacts"][0]
    assert Path(artefact["file"]) == tmp_path / "out" / "framer" / "crash-12ab"
    assert found["failures"][0] == "framer: does not hold: 1: another message"
    assert artefact["replay"].endswith("fuzz-framer " + artefact["file"])


def test_the_line_that_keeps_an_input_makes_a_file_that_can_be_read(fuzzer, capsys, tmp_path):
    artefact = object_of(fuzzer(then=CRASH), capsys)[1]["artefacts"][0]
    line = artefact["to_regress"].rpartition(" > ")[0]
    text = subprocess.run(line, shell=True, capture_output=True, text=True, check=True).stdout
    assert bytes.fromhex(text) == b"ab"


def test_summary_of_a_crash_for_people(fuzzer, capsys):
    assert fuzz.main(fuzzer(then=CRASH)) == fuzz.FAIL
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("framer            FAIL")
    assert any(line.startswith("  replay  ") for line in lines) and any(line.startswith("  keep    od ") for line in lines)


def test_a_job_that_goes_wrong_is_our_error(fuzzer, capsys):
    code, found = object_of(fuzzer(then="sys.exit(3)"), capsys)
    assert code == fuzz.OUR_ERROR
    assert "ended with 3" in found["errors"][0]


def outcome(seconds, features, executions=10**9):
    reading = fuzz.campaign.Reading(executions=executions, edges=100, covered=40, features=features)
    return fuzz.campaign.Outcome("framer", 1, seconds=seconds, cpu_s=seconds, readings=[reading])


@pytest.mark.parametrize("seconds, features, executions, code", [
    (20, 50, 10**9, fuzz.CLEAN),
    (20, 49, 10**9, fuzz.INCOMPLETE),
    (600, 99, 10**9, fuzz.INCOMPLETE),
    (600, 100, 10**9, fuzz.CLEAN),
    (20, 50, 20 * 14999, fuzz.INCOMPLETE),
])
def test_floors(fuzzer, capsys, monkeypatch, seconds, features, executions, code):
    monkeypatch.setattr(fuzz.campaign, "run", lambda *_: outcome(seconds, features, executions))
    words = [*fuzzer()[:-1], str(seconds)]
    got, found = object_of(words, capsys)
    assert got == code
    assert all(floor["holds"] for floor in found["floors"]) == (code == fuzz.CLEAN)


def test_interrupt_ends_the_jobs(fuzzer, tmp_path):
    words = [*fuzzer(executions=500, then="time.sleep(60)")[:-1], "60", "--json"]
    command = [sys.executable, str(Path(fuzz.__file__)), *words]
    # A shell starts what runs in the background with SIGINT ignored, and that is inherited.
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    log = tmp_path / "out" / "framer" / "job-1.log"
    for _ in range(100):
        if log.is_file() and "pulse" in log.read_text():
            break
        time.sleep(0.1)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    found = json.loads(process.communicate(timeout=30)[0])
    assert process.returncode == found["exit_code"] == fuzz.INCOMPLETE
    assert found["targets"][0]["interrupted"] and found["targets"][0]["executions"] == 1000


@pytest.mark.parametrize("words, text", [
    (["nonsense"], "no target nonsense"),
    ([], "name some targets"),
    (["framer", "--all"], "name some targets"),
    (["framer", "--jobs", "0"], "at least 1"),
    (["framer", "--build", "/nowhere"], "ci/build fuzz"),
])
def test_usage(words, text, capsys, tmp_path):
    assert fuzz.main([*words, "--out", str(tmp_path)]) == fuzz.USAGE
    assert text in capsys.readouterr().err


def test_options_that_are_none_have_the_code_of_the_table():
    command = [sys.executable, str(Path(fuzz.__file__)), "--nonsense"]
    assert subprocess.run(command, capture_output=True, env=dict(os.environ)).returncode == fuzz.USAGE


def test_list(capsys):
    assert fuzz.main(["--list"]) == fuzz.CLEAN
    assert capsys.readouterr().out.splitlines()[0].startswith("failover-message")


def test_the_worst_code():
    assert fuzz.worst({fuzz.CLEAN, fuzz.INCOMPLETE, fuzz.FAIL}) == fuzz.FAIL
    assert fuzz.worst({fuzz.OUR_ERROR, fuzz.INCOMPLETE}) == fuzz.OUR_ERROR
    assert fuzz.worst(set()) == fuzz.CLEAN

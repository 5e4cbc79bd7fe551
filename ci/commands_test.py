"""The commands of ci/, as far as they can be run without installing or building: what they refuse, from any folder."""

import subprocess
from pathlib import Path

import pytest

CI = Path(__file__).parent


def run(folder, *command):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_certify_tells_what_it_does_with_and_without_a_name(tmp_path):
    done = run(tmp_path, CI / "certify", "--help")
    assert done.returncode == 0 and "ci/certify NAME" in done.stdout and "OUT/hot-standby" in done.stdout


@pytest.mark.parametrize("command", [[CI / "test"], ["bash", CI.parent / ".ci/run"]])
def test_test_refuses_an_unknown_option(tmp_path, command):
    done = run(tmp_path, *command, "--slow")
    assert done.returncode == 4 and "usage: ci/test [--quick]" in done.stderr


def test_setup_and_bench_refuse_what_they_do_not_know(tmp_path):
    for command, usage in (("setup", "usage: ci/setup [bench]"), ("bench", "usage: ci/bench")):
        done = run(tmp_path, CI / command, "everything")
        assert done.returncode == 4 and usage in done.stderr and done.stdout == "", command


def test_every_script_is_bash_that_parses():
    for script in ("bench", "build", "certify", "clusterfuzzlite/build.sh", "clusterfuzzlite/try", "coverage", "gates", "nightly", "setup", "steps.sh", "test"):
        assert run("/", "bash", "-n", CI / script).returncode == 0, script

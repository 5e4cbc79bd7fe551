"""The command line of twinlease certify, as far as it needs no peer."""

from __future__ import annotations

import subprocess
import sys

import pytest

from twinlease.verdict import ExitCode


def certify(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "twinlease.certify", *words], capture_output=True, text=True,
                          timeout=60, check=False)


@pytest.mark.parametrize("words, said", [
    (["no-such-peer"], "peer: 'no-such-peer', expected one of isc-dhcpd, twinleased, twinleased-hot-standby, or the path of "
                       "a manifest (.toml)"),
    (["/nowhere/x.toml"], "/nowhere/x.toml: cannot be read"),
    (["isc-dhcpd", "--role", "third"], "invalid choice: 'third'"),
    (["isc-dhcpd", "--level", "some"], "invalid choice: 'some'"),
    (["isc-dhcpd", "--expect", "/nowhere/base.toml"], "/nowhere/base.toml"),
    ([], "one of the following arguments is required: peer, --pair A B"),
    (["isc-dhcpd", "--pair", "isc-dhcpd", "isc-dhcpd"], "one of the following arguments is required: peer, --pair A B"),
    (["--pair", "isc-dhcpd"], "argument --pair: expected 2 arguments"),
    (["--pair", "isc-dhcpd", "no-such-peer"], "peer: 'no-such-peer', expected one of isc-dhcpd"),
    (["--pair", "isc-dhcpd", "isc-dhcpd", "--set", "splt=1"], "--set: 'splt=1', expected NAME=VALUE, NAME one of"),
    (["--pair", "isc-dhcpd", "isc-dhcpd", "--role", "primary"], "--role is about one peer, --pair is not"),
])
def test_usage_errors_end_with_4_and_say_what_was_expected(words, said):
    done = certify(*words)
    assert done.returncode == ExitCode.USAGE
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_folder_of_somebody_else_is_not_written_into(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    done = certify("isc-dhcpd", "--out", str(tmp_path))
    assert done.returncode == ExitCode.USAGE and "is no report" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_help_ends_clean():
    done = certify("--help")
    assert done.returncode == 0 and "--select" in done.stdout

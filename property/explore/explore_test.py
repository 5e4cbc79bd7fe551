"""twinlease explore as a command: exit codes, what it says of names that it does not know, JSON, scripts."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPLORE = pathlib.Path(os.environ.get("TWINLEASE_BIN", ROOT / "build" / "bin")) / "twinlease-explore"
LITTLE = ("--memory-gib", "0.025")  # ends after a few levels


def explore(*options):
    return subprocess.run([EXPLORE, *options], capture_output=True, text=True, timeout=120)


def explored(code, *options):
    done = explore("--json", *options)
    assert done.stderr == ""  # progress is for a terminal
    assert done.returncode == code
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("option, known", [
    ("--scope", "standard"), ("--broken", "no_partner_down_wait"), ("--reading", "A-07=wide"), ("--invariant", "S1"),
])
def test_a_name_that_is_not_known_is_answered_with_those_that_are(option, known):
    done = explore(option, "nonsense")
    assert done.returncode == 4
    assert "nonsense" in done.stderr and known in done.stderr.split()


def test_what_does_not_fit_is_incomplete_and_says_so():
    done = explore(*LITTLE)
    assert done.returncode == 2
    assert "--memory-gib" in done.stdout
    assert not explored(2, *LITTLE)["complete"]


def test_the_wide_reading_of_the_ceiling_leases_an_address_twice(tmp_path):
    script = tmp_path / "wide.fo"
    said = explored(10, "--reading", "A-07=wide", "--fo", str(script))
    last = said["violations"][-1]
    assert last["invariant"] == "S1"
    assert last["steps"] == len(last["ladder"]) - 1  # and the heading
    assert sum("DHCPACK" in line for line in last["ladder"]) >= 2
    assert script.read_text().rstrip().endswith("S1 is broken")


def test_an_exemption_of_a_row_that_is_taken_does_not_come_true(tmp_path):
    rows = tmp_path / "rows.csv"
    taken = explored(2, *LITTLE)
    assert taken["rows_wrongly_exempt"] == [] and taken["rows_covered"] > 0
    spec = [line.split(",")[0].strip('"') for line in (ROOT / "model" / "spec" / "fsm-normal.csv").open()]
    ids = [name for name in spec if name.startswith("T-")]
    some = next(name for name in ids if name not in taken["rows_uncovered"] + taken["rows_exempt"])
    rows.write_text(f"row,clauses,mechanism,command\n{some},9.2,nothing,nothing\n")
    assert explored(3, *LITTLE, "--unreached", str(rows))["rows_wrongly_exempt"] == [some]


def test_a_file_of_exemptions_that_cannot_be_used(tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("row,clauses,mechanism,command\nno-such-row,9.2,nothing,nothing\n")
    for path in (rows, tmp_path / "none.csv"):
        done = explore("--unreached", str(path))
        assert done.returncode == 4
        assert path.name in done.stderr

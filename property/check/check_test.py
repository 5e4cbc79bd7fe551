"""twinlease check over the captures of real pairs, against docs/captures.md; and captures that are not whole."""

import json
import os
import pathlib
import re
import struct
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECK = pathlib.Path(os.environ.get("TWINLEASE_BIN", ROOT / "build" / "bin")) / "twinlease-check"
CAPTURES = ROOT / "fuzz" / "captures" / "isc-dhcpd-4.4.3-P1"
PAGE = ROOT / "docs" / "captures.md"
CODES = {"PASS": 0, "LENIENT": 0, "FAIL": 1, "INCONCLUSIVE": 2}


def check(path, *options):
    return subprocess.run([CHECK, path, *options], capture_output=True, text=True, timeout=60)


def verdict(path, *options):
    done = check(path, "--json", *options)
    assert done.stderr == ""
    said = json.loads(done.stdout)
    assert done.returncode == CODES[said["verdict"]]
    return said


def table():
    """capture -> options, verdict, {(role, basis)}: the rows of the page."""
    rows = []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 4:
            command, found, _, findings = cells
            name, *options = command.strip("`").split()
            pairs = set(re.findall(r"([PS]) ((?:S\d+ )?(?:FO-[\d.]+-\d+)?)", findings))
            rows.append((name, options, found, {(role, basis.strip()) for role, basis in pairs}))
    return rows


def findings_of(said):
    return {(f["role"][0].upper(), " ".join(filter(None, (f.get("invariant"), f.get("clause")))))
            for f in said["findings"]}


def frames(path):
    """The header of a pcap file, and its records whole."""
    data = path.read_bytes()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    records, at = [], 24
    while at < len(data):
        length = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        records.append(data[at:at + 16 + length])
        at += 16 + length
    return data[:24], records


@pytest.fixture
def without(tmp_path):
    """A capture without some of its frames, by their numbers."""
    def made(name, numbers):
        header, records = frames(CAPTURES / f"{name}.pcap")
        path = tmp_path / "made.pcap"
        path.write_bytes(header + b"".join(r for at, r in enumerate(records, 1) if at not in numbers))
        return path
    return made


def test_the_page_has_every_capture():
    assert {row[0] for row in table()} == {path.stem for path in CAPTURES.glob("*.pcap")}


@pytest.mark.parametrize("name, options, expected, findings", table(), ids=lambda v: str(v) if isinstance(v, str) else "")
def test_the_verdict_is_that_of_the_page(name, options, expected, findings):
    said = verdict(CAPTURES / f"{name}.pcap", *options)
    assert (said["verdict"], findings_of(said)) == (expected, findings)
    assert said["explained"] <= said["messages"]
    for finding in said["findings"]:
        assert finding["frame"] >= finding["last_good_frame"]
        assert finding["text"] and finding["allowed"]


def test_clauses_of_findings_exist():
    known = (ROOT / "model" / "spec" / "requirements.csv").read_text()
    for path in CAPTURES.glob("*.pcap"):
        for finding in verdict(path, "--unattended", "--storage-kept", "--no-safe-period")["findings"]:
            for clause in finding.get("clauses", []):
                assert f'"{clause}"' in known


@pytest.mark.parametrize("name", ["dora", "kill9_secondary", "partner_down", "poolreq"])
def test_a_capture_that_begins_in_the_middle_has_no_finding_of_its_own(without, name):
    whole = findings_of(verdict(CAPTURES / f"{name}.pcap"))
    for first in range(11, 40, 4):
        said = verdict(without(name, range(1, first)), "--primary", "10.77.0.2")
        assert findings_of(said) <= whole, first
        assert said["verdict"] in ("INCONCLUSIVE", "FAIL")
        assert "messages were not seen" in said["reasons"]


@pytest.mark.parametrize("name", ["dora", "kill9_secondary", "partner_down", "lost_db_secondary"])
def test_a_capture_that_lost_segments_has_no_finding_of_its_own(without, name):
    whole = findings_of(verdict(CAPTURES / f"{name}.pcap"))
    lossy = 0
    for lost in range(6, 60):
        said = verdict(without(name, {lost}))
        assert findings_of(said) <= whole, lost
        lossy += "messages were not seen" in said["reasons"]
    assert lossy > 5


def test_which_is_the_primary_has_to_be_known(without):
    done = check(without("renew", range(1, 30)))
    assert done.returncode == 2
    assert "--primary" in done.stdout


def test_one_server_alone():
    said = verdict(CAPTURES / "dora.pcap", "--role", "secondary")
    assert {f["role"] for f in said["findings"]} == {"secondary"}
    assert [s["role"] for s in said["servers"]] == ["secondary"]


def test_another_relationship_is_not_judged():
    assert check(CAPTURES / "dora.pcap", "--relationship", "other").returncode == 2
    assert verdict(CAPTURES / "dora.pcap", "--relationship", "fo-pair")["messages"] > 0


def test_usage(tmp_path):
    assert check(tmp_path / "none.pcap").returncode == 4
    assert check(CAPTURES / "dora.pcap", "--role", "both").returncode == 4
    assert check(CAPTURES / "dora.pcap", "--primary", "10.77.0.300").returncode == 4


def test_text_names_frame_clause_and_what_was_allowed():
    text = check(CAPTURES / "dora.pcap").stdout
    assert "frame 12  FAIL    S19 FO-7.3-01" in text
    assert "allowed   UPDDONE after the last BNDACK of the request" in text
    assert text.splitlines()[-1] == "FAIL"


def test_invariants_of_the_pair_are_asked_where_the_wire_decides_them():
    done = check(CAPTURES / "dora.pcap")
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("pair: ")]
    examined = line.removeprefix("pair: ").removesuffix(" examined").split()
    assert examined == ["S12", "S18", "S28", "L3", "L5", "L15", "L16", "L17"]
    asked = re.search(r"asked of both servers together: ([SL\d, ]+),", PAGE.read_text())[1].split(", ")
    assert set(examined) <= set(asked)

"""The command as a user meets it: exit codes, errors, options."""

import json

import pytest

from agreement import ROOT, decode, message, one_connection, option, write_pcap

DORA = ROOT / "fuzz" / "captures" / "isc-dhcpd-4.4.3-P1" / "dora.pcap"


@pytest.fixture
def capture(tmp_path):
    def write(*payloads):
        path = tmp_path / "made.pcap"
        write_pcap(path, one_connection(*payloads))
        return path

    return write


def test_clean_capture():
    done = decode(DORA)
    assert (done.returncode, done.stderr) == (0, "")
    heading, *lines = done.stdout.splitlines()
    assert heading.split() == ["frame", "time", "(UTC)", "conn", "from", "to", "type", "xid", "content"]
    assert len(lines) == 85
    column = heading.index("type")
    assert {line[column:].split()[0] for line in lines} == {
        "CONNECT", "CONNECTACK", "STATE", "UPDREQALL", "UPDDONE", "BNDUPD", "BNDACK", "CONTACT",
    }


def test_json_is_one_object_a_line():
    objects = [json.loads(line) for line in decode(DORA, "--json").stdout.splitlines()]
    assert len(objects) == 85
    assert {o["dialect"] for o in objects} == {"isc"}
    assert [o["frame"] for o in objects] == sorted(o["frame"] for o in objects)


def test_malformed_message(capture):
    done = decode(capture(message(77), message(11)))
    assert done.returncode == 2
    assert "FO-6.1-10" in done.stdout
    assert "malformed messages: 1" in done.stderr


def test_unframeable_stream_is_reported_once(capture):
    done = decode(capture(message(11), message(11, length=3), message(11)), "--json")
    assert done.returncode == 2
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert [o.get("type") for o in objects] == ["CONTACT", None]
    assert objects[1]["event"] == "abandoned"
    assert objects[1]["octets_given_up"] == 24
    assert objects[1]["error"]["clause"] == "FO-6.1-05"


def test_truncated_file_gives_what_it_has(tmp_path):
    path = tmp_path / "truncated.pcap"
    path.write_bytes(DORA.read_bytes()[:3000])
    done = decode(path)
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) > 5
    assert str(path) in done.stderr
    assert "truncated" in done.stderr


@pytest.mark.parametrize("content", [b"", b"hello, this is no capture at all", b"\xd4\xc3\xb2\xa1"])
def test_no_capture(content, tmp_path):
    path = tmp_path / "no.pcap"
    path.write_bytes(content)
    done = decode(path)
    assert done.returncode == 4
    assert done.stdout == ""
    assert done.stderr.startswith(f"twinlease-decode: {path}: ")


def test_missing_file_and_folder(tmp_path):
    missing = decode(tmp_path / "absent.pcap")
    assert missing.returncode == 4
    assert "absent.pcap: No such file or directory" in missing.stderr
    assert decode(tmp_path).returncode == 4


def test_link_type_that_is_not_handled(tmp_path):
    path = tmp_path / "ppp.pcap"
    octets = bytearray(DORA.read_bytes())
    octets[20] = 9
    path.write_bytes(octets)
    done = decode(path)
    assert done.returncode == 4
    assert "link type PPP is not handled" in done.stderr


@pytest.mark.parametrize("arguments", [["--dialect", "klingon"], ["--port", "x"], ["--port", "70000"], ["--nonsense"]])
def test_usage(arguments):
    assert decode(DORA, *arguments).returncode == 4


def test_help_and_version():
    assert decode("--help").returncode == 0
    assert "JSON lines version 1" in decode("--version").stdout


def test_other_ports(capture):
    path = capture(message(11))
    done = decode(path, "--port", "6470")
    assert done.returncode == 0
    assert "no failover or DHCP message" in done.stderr
    assert len(decode(path, "--port", "6470", "--port", "647").stdout.splitlines()) == 2
    assert len(decode("--port", "647", path).stdout.splitlines()) == 2


def test_standard_input():
    with open(DORA, "rb") as file:
        done = decode("-", stdin=file)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 86)


def test_pinned_dialect(capture):
    path = capture(message(10, option(24, b"\xfe")))
    values = {
        dialect: json.loads(decode(path, "--json", "--dialect", dialect).stdout)["options"][0]["value"]
        for dialect in ("isc", "draft-12", "microsoft", "infoblox")
    }
    assert values == {"isc": "RECOVER-WAIT", "draft-12": "254", "microsoft": "254", "infoblox": "RECOVER-WAIT"}


def test_terminal_is_safe_from_the_network_and_from_file_names(capture, tmp_path):
    path = capture(message(12, option(16, b"\x1b]0;owned\x07\x9b\x7f\xff") + option(22, "\u202e".encode())))
    for arguments in ([], ["--json"]):
        assert all(" " <= c <= "~" or c == "\n" for c in decode(path, *arguments).stdout)
    named = decode(tmp_path / "\x1b[2J.pcap")
    assert "\x1b" not in named.stderr

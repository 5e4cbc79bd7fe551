from __future__ import annotations

from pathlib import Path

import pytest

from twinlease.manifest import ManifestError, load, override

PEERS = Path(__file__).resolve().parents[2] / "conformance" / "peers"
LEAST = """
manifest = 1
[peer]
name = "box"
version = "1"
dialect = "draft-12"
[[relationship]]
role = "primary"
name = "pair"
server_address = "192.0.2.10"
partner_address = "192.0.2.11"
first_address = "192.0.2.100"
last_address = "192.0.2.199"
"""


@pytest.fixture
def write(tmp_path):
    def put(text: str) -> Path:
        path = tmp_path / "peer.toml"
        path.write_text(text)
        return path
    return put


@pytest.mark.parametrize("path", sorted(PEERS.glob("*.toml")), ids=lambda p: p.stem)
def test_the_manifests_in_the_tree_load(path):
    assert load(path).relationships


def test_the_least_that_works(write):
    manifest = load(write(LEAST))
    relationship = manifest.relationship("primary")
    assert relationship.relay_addresses == ("192.0.2.11",) and relationship.port == 647
    assert relationship.holds("192.0.2.150") and not relationship.holds("192.0.2.200")
    assert manifest.relationship("secondary") is None and not manifest.verbs


@pytest.mark.parametrize("change, said", [
    (("manifest = 1", "manifest = 2"), "manifest: 2, expected 1"),
    (('dialect = "draft-12"', 'dialect = "isd"'), "peer.dialect: 'isd', expected one of draft-12, isc"),
    (('role = "primary"', 'role = "first"'), "relationship[0].role: 'first', expected one of primary, secondary"),
    (('"192.0.2.10"', '"192.0.2.1000"'), "server_address: '192.0.2.1000', expected an IPv4 address"),
    (('name = "box"\n', ""), "peer.name: missing, expected the product's name"),
    (('"192.0.2.199"', '"192.0.2.1"'), "last_address: '192.0.2.1', expected an address not below"),
    (('version = "1"', 'version = "1"\nrat = 3'), "peer.rat: not a key of manifest version 1"),
    (('version = "1"', 'version = "1"\nrate = 3'), "peer.rate: 3.0, expected 1 or more"),
    (('version = "1"', 'version = "1"\ncapabilities = ["fly"]'), "peer.capabilities: 'fly', expected some of"),
    (('version = "1"', 'version = "1"\nstore = ["../leases"]'), "peer.store: '../leases', expected names of files"),
    (('version = "1"', 'version = "1"\nstore = ["/leases"]'), "peer.store: '/leases', expected names of files"),
    (("[[relationship]]", "[verbs]\nfly = []\n[[relationship]]"), "verbs.fly: [], expected a verb"),
    (("[[relationship]]", "[verbs]\nstart = []\n[[relationship]]"), "verbs.start: [], expected a list of arguments"),
    (("[[relationship]]", '[files]\nx = "nowhere.j2"\n[[relationship]]'), "files.x: 'nowhere.j2', expected a file in"),
    (('last_address = "192.0.2.199"', 'last_address = "192.0.2.199"\nmclt_s = 0'), "mclt_s: 0, expected a whole number"),
])
def test_an_error_names_key_value_and_what_was_expected(write, change, said):
    text = LEAST.replace(*change)
    assert text != LEAST
    with pytest.raises(ManifestError) as caught:
        load(write(text))
    assert said in str(caught.value) and "peer.toml" in str(caught.value)


def test_no_file_and_no_toml_are_told_apart(write, tmp_path):
    with pytest.raises(ManifestError, match="cannot be read"):
        load(tmp_path / "none.toml")
    with pytest.raises(ManifestError, match="not TOML"):
        load(write("manifest = = 1"))


def test_a_setting_counts_for_every_manifest_that_has_the_parameter(write):
    plain = load(write(LEAST))
    first = load(write(LEAST + '[parameters]\nmode = "a"\nsplit = 128\n'))
    second = load(write(LEAST.replace("box", "tin") + "[parameters]\nsplit = 1\n"))
    first, plain, second = override([first, plain, second], ["split=0", "mode=hot-standby"])
    assert first.parameters == {"mode": "hot-standby", "split": 0} and second.parameters == {"split": 0}
    assert [m.name for m in (first, plain, second)] == ["box with split=0, mode=hot-standby", "box", "tin with split=0"]


@pytest.mark.parametrize("setting, said", [
    ("split", "'split', expected NAME=VALUE, NAME one of pool, split"),
    ("mode=x", "'mode=x', expected NAME=VALUE, NAME one of pool, split"),
    ("split=half", "split: 'half', expected a value like 128"),
    ("split=true", "split: True, expected a value like 128"),
    ("pool=10.0.0.1", "pool: '10.0.0.1', expected a value like ['a b']"),
])
def test_a_setting_of_nothing_or_of_another_type_is_an_error(write, setting, said):
    manifest = load(write(LEAST + '[parameters]\nsplit = 128\npool = ["a b"]\n'))
    with pytest.raises(ManifestError) as caught:
        override([manifest], [setting])
    assert said in str(caught.value) and "--set" in str(caught.value)

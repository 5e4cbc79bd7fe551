from __future__ import annotations

from pathlib import Path

import pytest

from twinlease.manifest import ROLES, ManifestError, load
from twinlease.pairing import pair

BOX = """
manifest = 1
[peer]
name = "box"
version = "1"
dialect = "draft-12"
fast_clock = true
rate = 20
[verbs]
start = ["box"]
wipe = ["true"]
[[relationship]]
role = "ROLE"
name = "pair"
server_address = "192.0.2.SERVER"
partner_address = "192.0.2.9"
relay_addresses = ["192.0.2.1", "192.0.2.4"]
prefix = 24
first_address = "192.0.2.100"
last_address = "192.0.2.199"
"""
PRIMARY = BOX.replace("ROLE", "primary").replace("SERVER", "2")
SECONDARY = BOX.replace("ROLE", "secondary").replace("SERVER", "3")
ISC = Path(__file__).resolve().parents[2] / "conformance" / "peers" / "isc-dhcpd.toml"


@pytest.fixture
def paired(tmp_path):
    def put(primary: str, secondary: str):
        for name, text in (("a", primary), ("b", secondary)):
            (tmp_path / f"{name}.toml").write_text(text)
        return pair(load(tmp_path / "a.toml"), load(tmp_path / "b.toml"))
    return put


def test_each_finds_its_partner_at_an_address_of_the_tap(paired):
    pairing = paired(PRIMARY, SECONDARY)
    assert pairing.servers == {"primary": "192.0.2.2", "secondary": "192.0.2.3"}
    assert pairing.taps == {"primary": "192.0.2.5", "secondary": "192.0.2.6"}   # 1 and 4 are relays
    assert {r: pairing.relationships[r].role for r in ROLES} == {r: r for r in ROLES}


def test_a_product_is_paired_with_itself():
    manifest = load(ISC)
    pairing = pair(manifest, manifest)
    assert pairing.rate == manifest.rate
    assert len({*pairing.servers.values(), *pairing.taps.values()}) == 4


def test_the_slower_clock_is_that_of_both(paired):
    slow = SECONDARY.replace("fast_clock = true\nrate = 20\n", "")
    assert paired(PRIMARY, slow).rate == 1


@pytest.mark.parametrize("old, new, said", [
    ('"pair"', '"couple"', "name: 'couple', expected 'pair', as in"),
    ("192.0.2.100", "192.0.2.101", "first_address: '192.0.2.101', expected '192.0.2.100'"),
    ("192.0.2.199", "192.0.2.198", "last_address: '192.0.2.198', expected '192.0.2.199'"),
    ('role = "secondary"', 'role = "secondary"\nmclt_s = 90', "mclt_s: 90, expected 60"),
    ('role = "secondary"', 'role = "secondary"\nport = 847', "port: 847, expected 647"),
    ('role = "secondary"', 'role = "primary"', "relationship: expected one with role secondary"),
    ('"192.0.2.3"', '"192.0.2.2"', "server_address: '192.0.2.2', expected another than that of"),
    ('"192.0.2.3"', '"192.0.3.3"', "192.0.3.3: expected an address of 192.0.2.0/24"),
    ('wipe = ["true"]', "", "verbs: expected start and wipe"),
    ('dialect =', 'network = "host"\ndialect =', "peer.network: 'host', expected lab"),
])
def test_two_that_do_not_fit_are_told_apart_with_file_and_value(paired, old, new, said):
    assert old in SECONDARY
    with pytest.raises(ManifestError) as caught:
        paired(PRIMARY, SECONDARY.replace(old, new))
    assert said in str(caught.value) and "b.toml" in str(caught.value)


def test_a_network_without_room_for_the_tap(paired):
    def tight(text: str) -> str:
        for old, new in (("prefix = 24", "prefix = 29"), ("192.0.2.100", "192.0.2.5"), ("192.0.2.199", "192.0.2.6")):
            text = text.replace(old, new)
        return text
    with pytest.raises(ManifestError, match="no two addresses are left for the tap"):
        paired(tight(PRIMARY), tight(SECONDARY))

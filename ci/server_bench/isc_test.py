"""The lease files that a pair of ISC dhcpd begins with, and the state that one tells."""

from isc import balanced_leases, states


def test_half_of_the_addresses_are_the_partners():
    text = balanced_leases(6, primary=True, now=1790000000)
    assert text.count("binding state free") == text.count("binding state backup") == 3
    assert "lease 10.64.1.5 {" in text and "mclt" not in text
    assert "mclt 600;" in balanced_leases(6, primary=False, now=1790000000)


def test_the_last_state_counts():
    early = 'failover peer "pair" state {\n  my state recover at 0 2026/11/22 22:04:11;\n  partner state normal at 0 x;\n}\n'
    late = early.replace("recover", "communications-interrupted")
    assert states(early + late) == ("communications-interrupted", "normal")
    assert states("") is None
    assert states(balanced_leases(2, primary=True, now=0)) == ("communications-interrupted", "normal")

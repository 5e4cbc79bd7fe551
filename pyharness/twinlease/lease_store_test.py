from __future__ import annotations

import json

from twinlease.lease_store import Stored, differences, read_isc, read_twinleased

ISC = """# written by isc-dhcp-4.4.3-P1
failover peer "fo-pair" state {
  my state normal at 0 2026/11/22 22:40:58;
}
lease 10.77.1.1 {
  starts 0 2026/11/22 22:40:00;
  binding state backup;
}
lease 10.77.1.2 {
  ends 0 2026/11/22 22:48:45;
  binding state active;
  next binding state expired;
  rewind binding state free;
  hardware ethernet 06:00:65:00:00:bf;
  uid "\\001}\\n";
}
lease 10.77.1.3 {
  binding state free;
}
lease 10.77.1.4 {
  ends epoch 1795387258; # Sun Nov 22 22:40:58 2026
  binding state released;
  hardware ethernet 06:00:65:00:00:01;
}
lease 10.77.1.1 {
  ends never;
  binding state active;
  hardware ethernet 06:00:65:00:00:02;
}
"""
TWO = Stored("ACTIVE", "06:00:65:00:00:02", 0)


def test_the_last_entry_of_dhcpd_leases_counts():
    assert read_isc(ISC) == {
        "10.77.1.1": TWO,
        "10.77.1.2": Stored("ACTIVE", "06:00:65:00:00:bf", 1795387725),
        "10.77.1.4": Stored("RELEASED", "06:00:65:00:00:01", 1795387258),
    }


def test_twinleased_says_the_same_in_json():
    lease = {"address": "10.77.1.1", "status": "ACTIVE", "hardware": "06:00:65:00:00:02", "lease_expiration": 0}
    empty = {"address": "10.77.1.2", "status": "FREE", "hardware": "", "lease_expiration": 0}
    assert read_twinleased(json.dumps({"leases": [lease, empty]})) == {"10.77.1.1": TWO}


def test_stores_disagree_on_status_client_and_end_of_a_lease():
    one = {"a": Stored("ACTIVE", "02:01", 100), "b": Stored("FREE", "02:02", 0), "c": Stored("ABANDONED", "", 0)}
    assert not differences(one, {"a": Stored("ACTIVE", "02:01", 102)}, eps_s=2, read_s=50)
    for other in (Stored("ACTIVE", "02:01", 103), Stored("ACTIVE", "02:09", 100), Stored("EXPIRED", "02:01", 100)):
        assert len(differences(one, {"a": other}, eps_s=2, read_s=50)) == 1
    assert differences(one, {}, eps_s=2, read_s=50) == ["a is ACTIVE of 02:01 until 100 here and FREE of nobody until 0 there"]


def test_a_lease_that_ends_at_this_moment_may_be_over_in_one_store_only():
    one, other = {"a": Stored("ACTIVE", "02:01", 100)}, {"a": Stored("EXPIRED", "02:01", 101)}
    for read_s, apart in ((97, 1), (100, 0), (112, 0), (120, 1)):
        assert len(differences(one, other, eps_s=2, read_s=read_s)) == apart, read_s
    assert differences(one, {"a": Stored("EXPIRED", "02:02", 100)}, eps_s=2, read_s=100)

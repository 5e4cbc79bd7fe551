"""Peer against Peer: the harness's partner in both roles, on real TCP."""

from __future__ import annotations

import pytest

from twinlease.connection import NotSeen


def _connect(reactor, primary, secondary):
    """Both sides up to communications ok. The secondary's part is driven by what the listener accepted."""
    link = primary.open()
    xid = link.send("CONNECT", primary.connect_options())
    other = reactor.run_until(lambda: secondary.incoming, 20)[0]
    connect = other.expect("CONNECT", within=20)
    assert connect.xid == xid
    other.send("CONNECTACK", secondary.connectack_options(connect), xid=connect.xid)
    secondary.adopt(other, connect)
    primary.adopt(link, link.expect("CONNECTACK", within=20))
    primary.send_state()
    secondary.send_state()


def test_two_partners_come_to_normal(reactor, pair):
    primary, secondary = pair
    _connect(reactor, primary, secondary)
    assert primary.wait_normal(30) and secondary.wait_normal(30)


def test_updates_are_acknowledged_within_the_window(reactor, pair):
    primary, secondary = pair
    _connect(reactor, primary, secondary)
    waiting = primary.queue_updates([[("assigned-IP-address", f"10.0.0.{n}"), ("binding-status", "FREE")]
                                     for n in range(1, 60)])
    assert reactor.run_until(lambda: not waiting, 60)
    outstanding = worst = 0
    for entry in primary.transcript.entries:
        if entry.message is not None and entry.proto == "failover" and entry.connection == primary.link.number:
            outstanding += {"BNDUPD": 1, "BNDACK": -1}.get(entry.message.type, 0)
            worst = max(worst, outstanding)
    assert worst == secondary.identity.max_unacked_bndupd


def test_update_requests_are_answered_after_the_last_bndack(reactor, pair):
    primary, secondary = pair
    _connect(reactor, primary, secondary)
    primary.bindings = lambda: [[("assigned-IP-address", "10.0.0.1"), ("binding-status", "FREE")]]
    secondary.habits.acknowledge = False
    xid = secondary.link.send("UPDREQALL")
    with pytest.raises(NotSeen):
        secondary.link.expect("UPDDONE", within=5)
    secondary.acknowledge(secondary.withheld[0])
    assert secondary.link.expect("UPDDONE", within=5).xid == xid


def test_contact_keeps_a_quiet_connection(reactor, pair):
    primary, secondary = pair
    _connect(reactor, primary, secondary)
    reactor.run_for(25)
    assert len(primary.link.all("CONTACT")) >= 2 and len(secondary.link.all("CONTACT")) >= 2


def test_a_conflict_is_resolved_to_normal(reactor, pair):
    primary, secondary = pair
    primary.state = "PARTNER-DOWN"
    secondary.state = "PARTNER-DOWN"
    _connect(reactor, primary, secondary)
    assert primary.wait_normal(60) and secondary.wait_normal(60)


def test_a_lost_link_is_communications_interrupted(reactor, pair):
    primary, secondary = pair
    _connect(reactor, primary, secondary)
    primary.wait_normal(30)
    primary.drop()
    reactor.run_until(lambda: secondary.connection is None, 20)
    assert primary.state == secondary.state == "COMMUNICATIONS-INTERRUPTED"


def test_what_comes_with_the_end_of_the_connection_is_answered_by_nobody(reactor, pair):
    primary, secondary = pair
    _connect(reactor, primary, secondary)
    secondary.link.send("BNDUPD", [("assigned-IP-address", "10.0.0.1"), ("binding-status", "FREE")])
    link = primary.link
    late = link.expect("BNDUPD", within=5)
    primary.drop()
    link.on_message(late)
    assert primary.connection is None

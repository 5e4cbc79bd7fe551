"""History: what failover messages and DHCP exchanges tell, and what the predicates make of it."""

from __future__ import annotations

import pytest

from twinlease import wire
from twinlease.history import Bounds, History, predicates

T = 1_800_000_000.0
ALICE, BOB = b"\x06\0\0\0\0\1", b"\x06\0\0\0\0\2"


def message(type_: str, *options, xid: int = 1) -> wire.Message:
    return wire.Message(wire.encode(type_, xid=xid, time_s=int(T), options=options), "draft-12")


def test_messages_become_events():
    history = History()
    history.message(T, "primary", message("CONNECT", ("MCLT", 60), ("max-unacked-bndupd", 10), ("receive-timer", 30)))
    history.message(T, "secondary", message("CONNECTACK"))
    history.message(T + 1, "secondary", message("STATE", ("server-state", "NORMAL"), ("server-flags", 1)))
    history.message(T + 2, "primary", message(
        "BNDUPD", ("assigned-IP-address", "10.77.1.1"), ("binding-status", "ACTIVE"),
        ("client-hardware-address", b"\x01" + ALICE), xid=7))
    history.message(T + 3, "secondary", message("BNDACK", ("assigned-IP-address", "10.77.1.1"), ("reject-reason", 15),
                                                xid=7))
    history.message(T + 4, "secondary", message("CONTACT"))
    history.message(T + 4, "primary", message("UPDREQALL", xid=9))
    history.message(T + 4, "secondary", message("DISCONNECT", ("reject-reason", 17), xid=12))
    history.disconnected(T + 5)
    assert history.lines() == [
        "0.0 s  primary CONNECT xid 1 MCLT 60 s", "0.0 s  secondary CONNECTACK xid 1",
        "0.0 s  connection up", "1.0 s  secondary STATE NORMAL STARTUP",
        "2.0 s  primary BNDUPD xid 7 10.77.1.1 ACTIVE of 06:00:00:00:00:01",
        "3.0 s  secondary BNDACK xid 7 10.77.1.1 reject-reason 15", "4.0 s  secondary CONTACT xid 1",
        "4.0 s  primary UPDREQALL xid 9", "4.0 s  secondary DISCONNECT xid 12 17", "5.0 s  connection down"]


def test_a_refused_connection_is_none():
    history = History()
    history.message(T, "secondary", message("CONNECTACK", ("reject-reason", 8)))
    assert history.lines() == ["0.0 s  secondary CONNECTACK xid 1 reject-reason 8"]


def test_the_client_identifier_is_the_client():
    history = History()
    history.message(T, "primary", message(
        "BNDUPD", ("assigned-IP-address", "10.77.1.1"), ("binding-status", "ACTIVE"), ("client-identifier", BOB),
        ("client-hardware-address", b"\x01" + ALICE)))
    assert history.lines()[0].endswith("of 06:00:00:00:00:02")


def test_judgements_cross_over():
    history = History()
    assert history.judge("S1").outcome == "unseen"
    history.acked(T, "primary", ALICE, "10.77.1.1", "selecting", 60, T)
    assert history.judge("S1").outcome == "held"
    history.acked(T + 30, "secondary", BOB, "10.77.1.1", "selecting", 60, T + 30)
    judgement = history.judge("S1")
    assert judgement.outcome == "broken" and judgement.examined == 2
    finding = judgement.findings[0]
    assert (finding.invariant, finding.time_s, finding.address) == ("S1", T + 30, "10.77.1.1")
    assert finding.events == ["0.0 s  primary acked 10.77.1.1 to 06:00:00:00:00:01 SELECTING for 60 s",
                              "30.0 s  secondary acked 10.77.1.1 to 06:00:00:00:00:02 SELECTING for 60 s"]
    bounds = Bounds()
    bounds.eps_ms = 31_000
    assert history.judge("S1", bounds).outcome == "held"


def test_the_mclt_of_the_connect_bounds_leases():
    history = History()
    history.acked(T, "primary", ALICE, "10.77.1.1", "selecting", 600, T)
    judgement = history.judge("S2")
    assert (judgement.outcome, judgement.lacks) == ("undecided", "the MCLT")
    history.message(T + 1, "primary", message("CONNECT", ("MCLT", 60)))
    history.message(T + 1, "secondary", message("CONNECTACK"))
    history.acked(T + 2, "primary", BOB, "10.77.1.2", "selecting", 60, T + 2)
    assert history.judge("S2").outcome == "held"
    history.acked(T + 3, "primary", BOB, "10.77.1.2", "init-reboot", 600, T + 3)
    assert history.judge("S2").outcome == "broken"


def test_what_was_done_is_told():
    history = History()
    history.configured(T, "primary", mclt_s=60, safe_period_s=100)
    history.reserved(T, "10.77.1.1", ALICE)
    history.clock(T, "primary", 3600)
    history.process(T + 1, "primary", True, storage_lost=True)
    history.commanded(T + 2, "secondary", "shutdown")
    history.client_sent(T + 3, BOB, "release", "10.77.1.1", ["primary"])
    history.refused(T + 4, "primary", BOB, "10.77.1.1")
    history.acked(T + 5, "primary", BOB, "10.77.1.1", "selecting", 60, T + 5)
    assert history.lines() == [
        "0.0 s  primary is configured", "0.0 s  10.77.1.1 is reserved for 06:00:00:00:00:01",
        "0.0 s  primary's clock is ahead by 3600 s", "1.0 s  primary started without its storage",
        "2.0 s  operator: shut down at the secondary", "3.0 s  06:00:00:00:00:02 DHCPRELEASE 10.77.1.1",
        "4.0 s  primary refused 10.77.1.1 to 06:00:00:00:00:02",
        "5.0 s  primary acked 10.77.1.1 to 06:00:00:00:00:02 SELECTING for 60 s"]
    assert history.judge("S25").outcome == "broken"


def test_a_broken_assumption_ends_what_needs_it():
    history = History()
    history.acked(T, "primary", ALICE, "10.77.1.1", "selecting", 60, T)
    history.assumption_broken(T + 10, 2)
    history.acked(T + 30, "secondary", BOB, "10.77.1.1", "selecting", 60, T + 30)
    assert history.judge("S1").outcome == "held"


def test_what_cannot_be_told_is_refused():
    history = History()
    for tell in (lambda: history.process(T, "third", True), lambda: history.ended(T, ALICE, "10.77.1", "left"),
                 lambda: history.ended(T, ALICE, "10.77.1.256", "left"), lambda: history.fault(T, "rain", True),
                 lambda: history.assumption_broken(T, 11), lambda: history.commanded(T, "primary", "rest"),
                 lambda: history.client_sent(T, ALICE, "hello", None, []),
                 lambda: history.judge("no invariant")):
        with pytest.raises(ValueError):
            tell()
    assert len(history) == 0


def test_every_predicate_can_be_asked():
    assert predicates() == [f"S{n}" for n in range(1, 31)] + [f"L{n}" for n in range(1, 19)]
    assert all(History().judge(id).outcome == "unseen" for id in predicates())

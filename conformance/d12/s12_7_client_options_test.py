"""12.7 client-reply-options and 12.8 client-request-options: what 7.1.1 wants in them.

| test | clauses | roles |
|---|---|---|
| request-options-are-remembered | FO-7.1.1-16 | both |
| reply-options-are-sent | FO-7.1-49, FO-7.1.1-18, -19 | both |
"""

from __future__ import annotations

import ipaddress

from twinlease import dhcp, wire
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import updates_of

HOST_NAME = b"twinlease-remembered"
RENEWAL, REBINDING = 58, 59


def _leased(bench: Bench, t: Case) -> str:
    """A client with a host-name that asks for the renewal times gets a lease; its address."""
    client = bench.client_served_here()
    offer = client.discover(ANSWER_S)
    if offer is None:
        t.inconclusive("PREPARATION: no DHCPOFFER")
    xid = client.send(dhcp.REQUEST, [(50, ipaddress.IPv4Address(offer.yiaddr).packed), (54, offer.options[54]),
                                     (12, HOST_NAME), (55, bytes([1, 51, RENEWAL, REBINDING]))])
    if client.answer(xid, ANSWER_S, dhcp.ACK) is None:
        t.inconclusive("PREPARATION: no DHCPACK")
    return t.sends(f"a client with a host-name that asks for options 58 and 59 acquires {offer.yiaddr}", offer.yiaddr)


def _update(bench: Bench, address: str) -> wire.Options:
    """The peer's last BNDUPD(ACTIVE) about the address. NotSeen if there is none."""
    bench.peer.link.expect("BNDUPD", lambda m: bool(updates_of(bench, address, "ACTIVE")), within=ANSWER_S)
    return updates_of(bench, address, "ACTIVE")[-1]


@case("d12/12.7/reply-options-are-sent", roles=BOTH, level="should", consequence="hygiene", covers=[
    ("FO-7.1-49", "present after a DHCPACK"), ("FO-7.1.1-18", "present after a DHCPACK"),
    ("FO-7.1.1-19", "options 58 and 59")])
def test_reply(bench: Bench, t: Case) -> None:
    """The renewal times of a DHCPACK reach the partner in client-reply-options."""
    address = _leased(bench, t)
    with t.expects("client-reply-options with options 58 and 59"):
        value = _update(bench, address).get("client-reply-options", b"")
        there = [code for code in (RENEWAL, REBINDING) if bytes([code, 4]) in value]
        t.check(len(there) == 2, f"client-reply-options {value.hex(' ') or 'missing'}")


@case("d12/7.1.1/request-options-are-remembered", roles=BOTH, level="should", consequence="hygiene", covers=[
    ("FO-7.1.1-16", "client-request-options again in a BNDUPD that no client caused")])
def test_remembered(bench: Bench, t: Case) -> None:
    """A host-name is also in the BNDUPD that tells the lease on a later connection."""
    bench.peer.habits.acknowledge = False
    address = _leased(bench, t)
    bench.reactor.run_for(2.0)
    bench.detach()
    bench.peer.habits.acknowledge = True
    t.sends("no BNDACK; the connection is lost and comes back", bench.to_normal())
    with t.expects("client-request-options with the host-name"):
        value = _update(bench, address).get("client-request-options", b"")
        t.check(HOST_NAME in value, f"client-request-options {value!r}")

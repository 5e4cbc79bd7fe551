"""9.9 COMMUNICATIONS-INTERRUPTED state. New clients of every bucket: 5.3; the command partner-down: 9.4.

| test | clauses | roles |
|---|---|---|
| known-clients-are-served | FO-9.9.2-01, -05, FO-10-02, FO-5.6-01, FO-4.1-03 | both |
| renewals-do-not-run-away | FO-9.9.2-06, FO-5.2.1-01 (A-07) | both |
| requested-partners-address-is-not-given | FO-5.4-01, FO-3.4.1-01, S7 | both |
| no-address-changes-its-client | FO-5.2.2-01, FO-5.11-17, S8 | both |
| acknowledged-lease-does-not-change-its-client | FO-5.2.2-01, S8 | both |
| safe-period-ends-in-partner-down | FO-10-01, FO-9.9.1-01, FO-9.9.3-01, L13, S11 (A-32) | both |
| primary-uses-free-addresses-only | FO-9.9.2-03, FO-5.4-01, -03, FO-3.4.2-01, S6, S7 | primary |
| secondary-uses-backup-addresses-only | FO-9.9.2-04, FO-5.4-01, FO-3.4.2-01, S7 | secondary |
| keeps-connecting | FO-9.9.2-07 | both |
| partner-that-lost-contact-too-means-normal | FO-9.9.3-03, FO-9.8.4-03, L4 (A-17) | both |
| partner-that-recovers | FO-9.9.3-04, S11 | both |
| partner-that-has-recovered | FO-9.9.3-05, L5 | both |
| partner-that-worked-alone-means-conflict | FO-9.9.3-06, S12 | both |
| partner-that-pauses | FO-9.9.3-07 | both |
| partner-that-shuts-down | FO-9.9.3-08 | both |
"""

from __future__ import annotations

from twinlease import dhcp, wire
from twinlease.suite.bench import ACK_S, ANSWER_S, CONNECT_WITHIN_S, Bench
from twinlease.suite.case import BOTH, PRIMARY, SECONDARY, Case, case
from twinlease.suite.steps import announced, leased_client, states, updates_of

WATCH_S = 5.0
RENEWAL_S = 10.0


@case("d12/9.9/known-clients-are-served", roles=BOTH, consequence="liveness", observations=9,
      covers=[("FO-9.9.2-01", "RENEW, INIT-REBOOT answered, whatever the bucket"),
              ("FO-9.9.2-05", "leases of both servers are renewed"),
              ("FO-10-02", "leases of both servers are renewed"), ("FO-5.6-01", "RENEW and INIT-REBOOT answered"),
              ("FO-4.1-03", "a client of the partner is renewed and may reboot")])
def test_known_clients(bench: Bench, t: Case) -> None:
    """Without a connection the leases of both servers are renewed, and their clients may reboot."""
    own, theirs = bench.served_client(), [leased_client(bench, bench.take_address()) for _ in range(8)]
    bench.reactor.run_for(2.0)
    bench.detach()
    t.sends("the connection is lost; RENEW of a client of the peer and of four of the partner, INIT-REBOOT of four "
            "more of the partner")
    with t.expects("DHCPACK to each"):
        for client in [own, *theirs[:4]]:
            ack = client.renew(ANSWER_S)
            t.check(ack is not None and ack.message_type == dhcp.ACK,
                    f"RENEW of {client.lease.address}: {ack.label() if ack else 'no answer'}")
        for client in theirs[4:]:
            ack = client.init_reboot(client.lease.address, ANSWER_S)
            t.check(ack is not None and ack.message_type == dhcp.ACK,
                    f"INIT-REBOOT, bucket {client.bucket}: {ack.label() if ack else 'no answer'}")


@case("d12/9.9/renewals-do-not-run-away", roles=BOTH, consequence="safety", basis="adjudicated", readings=("A-07",),
      observations=3,
      covers=[("FO-9.9.2-06", "an expiry beyond now + MCLT does not grow from renewal to renewal"),
              ("FO-5.2.1-01", "an expiry beyond now + MCLT does not grow from renewal to renewal")])
def test_renewals(bench: Bench, t: Case) -> None:
    """Renewed again and again without a connection, a lease does not run away from what the partner knows."""
    bench.peer.habits.acknowledge = False
    client = bench.served_client()
    bench.detach()
    excess: list[float] = []
    t.sends("a new client, its BNDUPD not acknowledged; the connection is lost; the client renews three times")
    with t.expects(f"leases that exceed MCLT, {bench.mclt_s} s, by no more than the one before did"):
        for _ in range(3):
            bench.reactor.run_for(RENEWAL_S)
            ack = client.renew(ANSWER_S)
            if ack is None or ack.message_type != dhcp.ACK or ack.lease_time_s is None:
                t.inconclusive("PREPARATION: the client was not renewed")
            excess.append(ack.lease_time_s - bench.mclt_s)
            t.check(excess[-1] <= max(excess[0], 0.0) + bench.tolerance_s, f"{ack.lease_time_s} s")


@case("d12/9.9/requested-partners-address-is-not-given", roles=BOTH, consequence="safety", observations=4,
      covers=[("FO-5.4-01", "a new client gets an address of the own pool"), ("S7", "own pool only"),
              ("FO-3.4.1-01", "no address of the partner's pool, which it may have given out untold")])
def test_requested(bench: Bench, t: Case) -> None:
    """A new client that asks for an address of the partner's pool gets one of the peer's own."""
    theirs = bench.partner_addresses()
    if len(theirs) < 4:
        t.inconclusive(f"ADDRESSES: the partner owns {len(theirs)}")
    for where in ("NORMAL", "COMMUNICATIONS-INTERRUPTED"):
        if where != "NORMAL":
            bench.detach()
        for address in (theirs[0], theirs[-1]):
            client = bench.client_served_here() if where == "NORMAL" else bench.client()
            offer = t.sends(f"in {where}: DISCOVER that asks for {address}", client.discover(ANSWER_S, address))
            with t.expects("an offer of another address"):
                t.check(offer is not None and offer.yiaddr not in theirs,
                        f"{where}: asked for {address}, {offer.label() if offer else 'no offer'}")


def _nobody_else_gets(bench: Bench, t: Case, leases: list[dhcp.Lease]) -> None:
    """When the leases are over, other clients ask for their addresses."""
    bench.reactor.run_for(max(lease.expires_s for lease in leases) + 5.0 - bench.clock.now())
    used = [lease.address for lease in leases]
    with t.expects("leases on other addresses, or none"):
        for lease in leases:
            client = bench.client()
            offer = client.discover(ANSWER_S / 2, lease.address)
            if offer is not None:
                client.select(offer, ANSWER_S)
            got = client.lease.address if client.lease else None
            t.check(got not in used, f"asked for {lease.address}, got {got or 'nothing'}", "FO-5.2.2-01", "S8")


@case("d12/9.9/acknowledged-lease-does-not-change-its-client", roles=BOTH, consequence="safety", observations=2,
      covers=[("FO-5.2.2-01", "no address goes to another client without BNDACK"),
              ("S8", "no address goes to another client without BNDACK")])
def test_no_change_of_acknowledged(bench: Bench, t: Case) -> None:
    """Nor does an address whose lease the partner has acknowledged: of its end the partner knows nothing."""
    leases = [bench.served_client().lease for _ in range(2)]
    told = bench.reactor.run_until(
        lambda: all(updates_of(bench, lease.address, "ACTIVE") for lease in leases), ANSWER_S)
    if not told:
        t.inconclusive("NO_UPDATE: the partner was not told of the leases")
    bench.reactor.run_for(2.0)   # our BNDACKs are on the way
    t.sends("two new clients get leases, which the partner acknowledges; the connection is lost; when they are over, "
            "two others ask for the addresses", bench.detach())
    _nobody_else_gets(bench, t, leases)


@case("d12/9.9/safe-period-ends-in-partner-down", roles=BOTH, own_peer=True, probe=False, consequence="liveness",
      readings=("A-32",), observations=2,
      covers=[("FO-10-01", "PARTNER-DOWN when the safe period is over, not before"),
              ("L13", "the safe period ends"), ("S11", "not before the end of the safe period"),
              ("FO-9.9.1-01", "the timer runs from the loss of the connection"),
              ("FO-9.9.3-01", "PARTNER-DOWN when the safe period is over")])
def test_safe_period(bench: Bench, t: Case) -> None:
    """A peer with a safe period is in PARTNER-DOWN when it is over, and not before."""
    safe_s = 60.0
    bench.start_anew(safe_period_s=int(safe_s))
    bench.to_normal()
    allowed = bench.long_enough(safe_s)
    for alone_s, wanted in ((safe_s / 2, ("COMMUNICATIONS-INTERRUPTED", "NORMAL")),
                            (safe_s + allowed + ANSWER_S, ("PARTNER-DOWN",))):
        bench.to_normal()
        bench.peer.drop()
        bench.reactor.run_for(alone_s)
        bench.peer.habits.follow_states = False
        link = t.sends(f"a safe period of {safe_s:g} s; the connection is lost for {alone_s:.0f} s",
                       bench.peer.connect(CONNECT_WITHIN_S, state=False))
        with t.expects(f"STATE {' or '.join(wanted)}"):
            first = wire.state_name(link.expect("STATE", within=ANSWER_S).get("server-state"))
            t.check(first in wanted, f"{alone_s:.0f} s alone: STATE {first}")
        bench.peer.habits.follow_states = True
        bench.peer.send_state("COMMUNICATIONS-INTERRUPTED")


@case("d12/9.9/no-address-changes-its-client", roles=BOTH, consequence="safety", observations=2,
      covers=[("FO-5.2.2-01", "no address goes to another client without BNDACK"),
              ("S8", "no address goes to another client without BNDACK"),
              ("FO-5.11-17", "not without the partner in COMMUNICATIONS-INTERRUPTED")])
def test_no_change(bench: Bench, t: Case) -> None:
    """Without a connection an address whose lease is over goes to no other client."""
    bench.detach()
    first = [bench.client() for _ in range(2)]
    leases = [client.acquire(ANSWER_S) for client in first]
    t.sends("the connection is lost; two new clients get leases; when these are over, two others ask for the addresses")
    _nobody_else_gets(bench, t, leases)


def _exhaust(bench: Bench, t: Case) -> None:
    """The peer alone with a small pool: what it gives to new clients until it has nothing left."""
    addresses = 16
    bench.start_anew(addresses)
    bench.to_normal()
    bench.reactor.run_for(2.0)
    theirs = set(bench.partner_addresses())
    if not theirs or len(theirs) == addresses:
        t.inconclusive(f"ADDRESSES: the partner owns {len(theirs)} of {addresses}")
    bench.detach()
    t.sends(f"a pool of {addresses} addresses, {len(theirs)} of them the partner's; the connection is lost; "
            "new clients until four get nothing")
    given: list[str] = []
    with t.expects("leases on the peer's own addresses, then none"):
        missed = 0
        while missed < 4 and len(given) < addresses:
            client = bench.client()
            offer = client.discover(ANSWER_S / 2)
            if offer is not None:
                client.select(offer, ANSWER_S)
            if client.lease is None:
                missed += 1
                continue
            t.check(client.lease.address not in theirs and client.lease.address not in given,
                    f"{client.lease.address} for {client.lease.lease_time_s} s")
            given.append(client.lease.address)


OWN_POOL = [("FO-5.4-01", "own addresses only"), ("S7", "own pool only")]


@case("d12/9.9/primary-uses-free-addresses-only", roles=PRIMARY, own_peer=True, probe=False, consequence="safety",
      observations=4, covers=[("FO-9.9.2-03", "FREE addresses only"), ("FO-5.4-03", "none that was sent as BACKUP"),
                              ("S6", "none that was sent as BACKUP"), *OWN_POOL,
                              ("FO-3.4.2-01", "none of the partner's addresses")])
def test_primarys_pool(bench: Bench, t: Case) -> None:
    """Without a connection a primary gives new clients FREE addresses until they are used up, then none."""
    _exhaust(bench, t)


@case("d12/9.9/secondary-uses-backup-addresses-only", roles=SECONDARY, own_peer=True, probe=False,
      consequence="safety", observations=4, covers=[("FO-9.9.2-04", "BACKUP addresses only"), *OWN_POOL,
                                                    ("FO-3.4.2-01", "none of the partner's addresses")])
def test_secondarys_pool(bench: Bench, t: Case) -> None:
    """Without a connection a secondary gives new clients BACKUP addresses until they are used up, then none."""
    _exhaust(bench, t)


@case("d12/9.9/keeps-connecting", roles=BOTH, level="should", consequence="liveness",
      covers=[("FO-9.9.2-07", "a TCP connection to the partner")])
def test_keeps_connecting(bench: Bench, t: Case) -> None:
    """A server in COMMUNICATIONS-INTERRUPTED goes on trying to reach its partner."""
    bench.peer.listen()
    bench.detach()
    mark = bench.transcript.mark()
    t.sends("the connection is lost; the partner listens")
    with t.expects(f"a TCP connection to the partner's port within {CONNECT_WITHIN_S:g} s"):
        came = bench.reactor.run_until(lambda: next(
            (e for e in bench.transcript.since(mark) if e.label == "TCP connection opened by the peer"), None),
            CONNECT_WITHIN_S)
        t.check(came, came.label if came else "no connection")


@case("d12/9.9/partner-that-lost-contact-too-means-normal", roles=BOTH, consequence="liveness", readings=("A-17",),
      observations=4,
      covers=[("FO-9.9.3-03", "NORMAL"), ("FO-9.8.4-03", "COMMUNICATIONS-INTERRUPTED before that"),
              ("L4", "an interrupted pair reunites")])
def test_reunion(bench: Bench, t: Case) -> None:
    """Opposite NORMAL and opposite COMMUNICATIONS-INTERRUPTED a new connection leads back to NORMAL."""
    for state in ("COMMUNICATIONS-INTERRUPTED", "NORMAL"):
        bench.detach()
        link = t.sends(f"the connection is lost; a new one with STATE {state}", bench.meet(state))
        with t.expects("COMMUNICATIONS-INTERRUPTED, then NORMAL (or NORMAL at once)"):
            bench.peer.expect_state("NORMAL", within=ANSWER_S)
            first = wire.state_name(link.seen("STATE").get("server-state"))
            t.check(first in ("COMMUNICATIONS-INTERRUPTED", "NORMAL"), f"first STATE: {first}")
            bench.peer.send_state("NORMAL")
            bench.reactor.run_for(2.0)
            t.check(announced(bench) == "NORMAL", f"{state}: {', '.join(states(link))}")


@case("d12/9.9/partner-that-recovers", roles=BOTH, consequence="safety", observations=2,
      covers=[("FO-9.9.3-04", "stays while the partner is in RECOVER"),
              ("S11", "nothing that a partner in RECOVER says leads to PARTNER-DOWN")])
def test_recovering_partner(bench: Bench, t: Case) -> None:
    """A partner in RECOVER is given its updates and waited for in COMMUNICATIONS-INTERRUPTED."""
    bench.detach()
    link = t.sends("the connection is lost; a new one with STATE RECOVER", bench.meet("RECOVER"))
    with t.expects("UPDDONE for an UPDREQ, COMMUNICATIONS-INTERRUPTED throughout"):
        xid = t.sends("UPDREQ", link.send("UPDREQ"))
        t.check(link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S), "UPDDONE")
        bench.reactor.run_for(WATCH_S)
        t.check(set(states(link)) == {"COMMUNICATIONS-INTERRUPTED"}, f"opposite RECOVER: {', '.join(states(link))}")
    bench.peer.send_state("RECOVER-DONE")
    bench.reactor.run_until(lambda: bench.peer.partner_state == "NORMAL", ANSWER_S)


@case("d12/9.9/partner-that-has-recovered", roles=BOTH, consequence="liveness", observations=1,
      covers=[("FO-9.9.3-05", "NORMAL"), ("L5", "the partner's recovery completes")])
def test_recovered_partner(bench: Bench, t: Case) -> None:
    """A partner that comes in RECOVER-DONE takes the peer to NORMAL."""
    bench.detach()
    link = t.sends("the connection is lost; a new one with STATE RECOVER-DONE", bench.meet("RECOVER-DONE"))
    with t.expects("NORMAL"):
        bench.peer.expect_state("NORMAL", within=ANSWER_S)
        t.check(announced(bench) == "NORMAL", ", ".join(states(link)))
    bench.peer.send_state("NORMAL")


@case("d12/9.9/partner-that-worked-alone-means-conflict", roles=BOTH, consequence="safety", observations=3,
      covers=[("FO-9.9.3-06", "POTENTIAL-CONFLICT"), ("S12", "never NORMAL opposite PARTNER-DOWN")])
def test_conflict(bench: Bench, t: Case) -> None:
    """A partner in PARTNER-DOWN or in a conflict state takes the peer to POTENTIAL-CONFLICT."""
    names = ["PARTNER-DOWN", "POTENTIAL-CONFLICT", "RESOLUTION-INTERRUPTED"]
    for state in [*names, "CONFLICT-DONE"] if bench.role == "secondary" else names:   # 9.12.1: a primary's only
        bench.peer.habits.follow_states = bench.peer.habits.answer_update_requests = True
        bench.to_normal()
        bench.detach()
        link = t.sends(f"the connection is lost; a new one with STATE {state}", bench.meet(state))
        with t.expects("POTENTIAL-CONFLICT"):
            bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
            t.check(announced(bench) == "POTENTIAL-CONFLICT", f"{state}: {', '.join(states(link))}")
        bench.peer.drop()
        bench.peer.state = "RESOLUTION-INTERRUPTED" if state == "POTENTIAL-CONFLICT" else state


def _stops(bench: Bench, t: Case, state: str, expected: str) -> None:
    """A partner that has announced to stop on the connection that it just opened."""
    bench.detach()
    link = t.sends(f"the connection is lost; a new one with STATE {state}", bench.meet(state))
    with t.expects(f"{expected}, also on the next connection"):
        bench.reactor.run_for(WATCH_S)
        t.check(states(link)[-1] == expected, f"opposite {state}: {', '.join(states(link))}")
        link = bench.meet("RECOVER")
        t.check(states(link)[0] == expected, f"on the next connection: {', '.join(states(link))}")


@case("d12/9.9/partner-that-pauses", roles=BOTH, consequence="safety", covers=[("FO-9.9.3-07", "stays")])
def test_pause(bench: Bench, t: Case) -> None:
    """A partner that announces PAUSED leaves the peer in COMMUNICATIONS-INTERRUPTED."""
    _stops(bench, t, "PAUSED", "COMMUNICATIONS-INTERRUPTED")


@case("d12/9.9/partner-that-shuts-down", roles=BOTH, consequence="liveness", covers=[("FO-9.9.3-08", "PARTNER-DOWN")])
def test_shutdown(bench: Bench, t: Case) -> None:
    """A partner that announces SHUTDOWN takes the peer to PARTNER-DOWN."""
    _stops(bench, t, "SHUTDOWN", "PARTNER-DOWN")

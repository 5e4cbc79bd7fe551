"""5.2.1 Control of lease time, with 7.1.5 and the S properties that follow.

| test | clauses | roles |
|---|---|---|
| new-lease-is-at-most-mclt | FO-5.2.1-01, -08, FO-7.1.5-06, FO-9.8.3-01 | both |
| renewals-without-bndack-stay-at-mclt | FO-5.2.1-01, FO-7.1.5-06, FO-9.8.3-01 (A-06, A-08) | both |
| renewals-stay-below-what-the-partner-sent | FO-7.1.5-05, -06, FO-9.8.3-01, FO-9.8.2-01, FO-3.1.3-02 (A-06) | both |
| ceiling-over-renewals | FO-5.2.1-01, FO-7.1.5-04, -06, FO-9.8.3-01, S2, S3 (A-06, A-08) | both |
| full-lease-after-bndack | FO-7.1.5-04, L10 | both |
| reported-times-are-those-of-the-dhcpack | FO-9.8.3-02, -03, -04, FO-6.2-01, FO-7.1.1-20, S24 (A-13) | both |
| potential-expiration-is-longer | FO-9.8.3-05 | both |
| new-client-starts-at-mclt-again | S2 (A-59) | both |
| mclt-is-that-of-the-connect | FO-5.2.1-06, S23 | secondary |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S, STARTUP_WITHIN_S, Bench
from twinlease.suite.case import BOTH, SECONDARY, Case, case
from twinlease.suite.steps import keep_trying, leased_client, updates_of

ROUNDING_S = 1.0
"""A lease is told in whole seconds; that much above the ceiling is rounding (A-08)."""
RENEWAL_S = 10.0
"""Between two renewals: far enough that a lease counted from the one before would show."""


def _lease_of(packet: dhcp.Packet | None, t: Case) -> int:
    if packet is None or packet.message_type != dhcp.ACK or packet.lease_time_s is None:
        t.inconclusive(f"PREPARATION: no DHCPACK with a lease time came: {packet.label() if packet else 'nothing'}")
    return packet.lease_time_s


@case("d12/5.2.1/new-lease-is-at-most-mclt", roles=BOTH, consequence="safety", observations=4, readings=("A-08",),
      covers=[("FO-5.2.1-01", "lease <= MCLT"), ("FO-5.2.1-08", "lease <= MCLT"),
              ("FO-7.1.5-06", "expiry <= now + MCLT"), ("FO-9.8.3-01", "lease <= MCLT"), ("S2", "lease <= MCLT")])
def test_new_lease(bench: Bench, t: Case) -> None:
    """The first lease of a new client is not longer than MCLT."""
    for _ in range(4):
        lease = t.sends("DISCOVER and REQUEST of a new client", bench.served_client().lease)
        with t.expects(f"a lease time of at most MCLT, {bench.mclt_s} s"):
            t.check(lease.lease_time_s <= bench.mclt_s + ROUNDING_S, f"{lease.address} for {lease.lease_time_s} s")


@case("d12/5.2.1/renewals-without-bndack-stay-at-mclt", roles=BOTH, consequence="safety", observations=3,
      readings=("A-06", "A-07", "A-08"),
      covers=[("FO-5.2.1-01", "lease <= MCLT"), ("FO-7.1.5-06", "expiry <= now + MCLT"),
              ("FO-9.8.3-01", "lease <= MCLT"), ("S2", "lease <= MCLT")])
def test_renewals_without_bndack(bench: Bench, t: Case) -> None:
    """While no BNDUPD is acknowledged, each renewal is for MCLT at most."""
    bench.peer.habits.acknowledge = False
    client = bench.served_client()
    t.sends("no BNDACK; the client renews three times")
    for number in range(1, 4):
        bench.reactor.run_for(RENEWAL_S)
        lease_s = _lease_of(client.renew(ANSWER_S), t)
        with t.expects(f"lease times of at most MCLT, {bench.mclt_s} s"):
            t.check(lease_s <= bench.mclt_s + ROUNDING_S, f"renewal {number}: {lease_s} s")


@case("d12/5.2.1/renewals-stay-below-what-the-partner-sent", roles=BOTH, consequence="safety", observations=4,
      readings=("A-06", "A-08"),
      covers=[("FO-7.1.5-05", "the received potential-expiration-time counts, whatever the own updates say"),
              ("FO-7.1.5-06", "expiry <= max(now, received) + MCLT"), ("FO-9.8.3-01", "expiry <= received + MCLT"),
              ("FO-9.8.2-01", "RENEW of a client of the partner is answered"), ("S2", "expiry <= received + MCLT"),
              ("FO-3.1.3-02", "DHCPACK while no BNDUPD is acknowledged")])
def test_received_potential(bench: Bench, t: Case) -> None:
    """A client of the partner is renewed up to MCLT beyond the potential-expiration-time that the partner sent."""
    for potential_s in (30, 900):
        begun = int(bench.clock.now())
        client = leased_client(bench, bench.take_address(), 20, potential_expiration_time=begun + potential_s)
        bench.peer.habits.acknowledge = False
        t.sends(f"BNDUPD ACTIVE with potential-expiration-time now + {potential_s} s; the client renews twice at the "
                "peer, whose BNDUPDs are not acknowledged")
        for number in (1, 2):
            with t.expects("DHCPACK whose lease ends at most MCLT after the later of now and that time"):
                ack = client.renew(ANSWER_S)
                t.check(ack is not None and ack.message_type == dhcp.ACK,
                        f"renewal {number}: {ack.label() if ack else 'no answer'}")
                ceiling = max(ack.t, begun + potential_s) + bench.mclt_s
                t.check(ack.t + ack.lease_time_s <= ceiling + bench.long_enough(bench.mclt_s),
                        f"renewal {number}: {ack.lease_time_s} s, {ceiling - ack.t:.0f} s allowed")
            bench.reactor.run_for(5.0)
        bench.peer.habits.acknowledge = True
        for message in list(bench.peer.withheld):
            bench.peer.acknowledge(message)


def _potential(bench: Bench, address: str, acknowledged: bool) -> int:
    """The largest potential-expiration-time about that address in the peer's BNDUPDs of the live connection: of those
    acknowledged so far, or of all; 0 if there is none."""
    return max((x.get("potential-expiration-time", 0) for m in bench.peer.link.all("BNDUPD")
                if not (acknowledged and m in bench.peer.withheld)
                for x in m.transactions if x.get("assigned-IP-address") == address), default=0)


@case("d12/5.2.1/ceiling-over-renewals", roles=BOTH, consequence="safety", observations=12, readings=("A-06", "A-08"),
      covers=[("FO-5.2.1-01", "never later than what the partner knows + MCLT"),
              ("FO-7.1.5-04", "what was acknowledged counts, late or not"),
              ("FO-7.1.5-06", "expiry <= max(now, acknowledged) + MCLT"),
              ("FO-9.8.3-01", "expiry <= acknowledged + MCLT"),
              ("S2", "expiry <= max(now, acknowledged) + MCLT"), ("S3", "expiry <= max(now, told) + MCLT")])
def test_ceiling(bench: Bench, t: Case) -> None:
    """Acknowledged, not acknowledged, acknowledged late: no renewal goes beyond what is acknowledged, plus MCLT."""
    client = bench.served_client()
    address = client.lease.address
    allowed = bench.long_enough(bench.mclt_s)
    for number, manner in enumerate(("at once", "at once", "not", "not", "late", "at once"), 1):
        bench.reactor.run_for(RENEWAL_S / 2)
        bench.peer.habits.acknowledge = manner != "not"
        for message in list(bench.peer.withheld) if manner == "late" else []:
            bench.peer.acknowledge(message)
        bench.reactor.run_for(1.0)
        t.sends(f"renewal {number}, its BNDUPD acknowledged {manner}" if manner != "late"
                else f"the BNDACKs that were held back; renewal {number}")
        with t.expects("DHCPACK whose lease ends at most MCLT after the later of now and what is acknowledged"):
            ack = client.renew(ANSWER_S)
            t.check(ack is not None and ack.message_type == dhcp.ACK and ack.lease_time_s is not None,
                    f"renewal {number}: {ack.label() if ack else 'no answer'}")
            for what, acknowledged in (("acknowledged", True), ("told", False)):
                known = _potential(bench, address, acknowledged)
                most = max(ack.t, known) + bench.mclt_s - ack.t
                t.check(ack.lease_time_s <= most + allowed,
                        f"renewal {number}: {ack.lease_time_s} s, {most:.0f} s by what is {what}")


@case("d12/5.2.1/full-lease-after-bndack", roles=BOTH, consequence="liveness", basis="invariant", observations=2,
      covers=[("L10", "the desired lease at the first renewal after the BNDACK"),
              ("FO-7.1.5-04", "the acknowledged time counts at the next renewal")])
def test_full_lease(bench: Bench, t: Case) -> None:
    """The first renewal after the BNDACK gives the desired lease, as far as what was acknowledged allows."""
    desired_s = bench.relationship.lease_time_s
    since = bench.peer.link.mark()
    client = bench.served_client()
    address = client.lease.address
    for number in (1, 2):
        bench.peer.link.expect("BNDUPD", lambda m: bool(updates_of(bench, address, "ACTIVE", since)), within=ANSWER_S)
        bench.reactor.run_for(3.0)
        acked = max(u.get("potential-expiration-time", 0) for u in updates_of(bench, address, "ACTIVE"))
        allowed = min(desired_s, int(acked - bench.clock.now()) + bench.mclt_s)
        since = bench.peer.link.mark()
        lease_s = _lease_of(t.sends("BNDACK, and the client renews", client.renew(ANSWER_S)), t)
        with t.expects(f"the desired lease of {desired_s} s, or what the acknowledged time allows if that is less"):
            t.check(lease_s >= allowed - bench.tolerance_s, f"renewal {number}: {lease_s} s, {allowed} s allowed")


@case("d12/5.2.1/reported-times-are-those-of-the-dhcpack", roles=BOTH, consequence="safety", observations=9,
      readings=("A-13",),
      covers=[("FO-9.8.3-02", "BNDUPD(ACTIVE) after the DHCPACK"), ("FO-9.8.3-03", "lease-expiration-time >= lease"),
              ("FO-9.8.3-04", "potential-expiration-time >= lease"), ("S24", "times are those of the client"),
              ("FO-6.2-01", "lease-expiration-time in seconds since 1970"),
              ("FO-7.1.1-20", "BNDUPD within seconds of the DHCPACK")])
def test_reported_times(bench: Bench, t: Case) -> None:
    """The BNDUPD that follows a DHCPACK carries the times of that DHCPACK."""
    for _ in range(3):
        since = bench.peer.link.mark()
        lease = t.sends("DISCOVER and REQUEST of a new client", bench.served_client().lease)
        allowed = bench.long_enough(bench.mclt_s)
        with t.expects("BNDUPD ACTIVE: lease-expiration-time is the end of the lease, potential-expiration-time not "
                       "earlier, client-last-transaction-time the moment of the DHCPACK"):
            bench.peer.link.expect("BNDUPD", lambda m: bool(updates_of(bench, lease.address, "ACTIVE", since)),
                                   within=ANSWER_S, since=since)
            update = updates_of(bench, lease.address, "ACTIVE", since)[0]
            ends = update.get("lease-expiration-time", 0)
            t.check(abs(ends - lease.expires_s) <= allowed,
                    f"lease-expiration-time {ends - lease.expires_s:+.1f} s off the end of the lease")
            potential = update.get("potential-expiration-time", 0)
            t.check(potential >= ends, f"potential-expiration-time {potential - ends:+d} s from lease-expiration-time")
            contact = update.get("client-last-transaction-time")
            t.check(contact is None or abs(contact - lease.acked_s) <= allowed,
                    "no client-last-transaction-time" if contact is None
                    else f"client-last-transaction-time {contact - lease.acked_s:+.1f} s off the DHCPACK")


@case("d12/5.2.1/potential-expiration-is-longer", roles=BOTH, level="should", consequence="hygiene",
      readings=("A-13",), covers=[("FO-9.8.3-05", "potential-expiration-time beyond lease-expiration-time")])
def test_potential_is_longer(bench: Bench, t: Case) -> None:
    """potential-expiration-time lies beyond the lease, or the lease could never grow."""
    since = bench.peer.link.mark()
    lease = t.sends("DISCOVER and REQUEST of a new client", bench.served_client().lease)
    with t.expects("BNDUPD ACTIVE with a potential-expiration-time later than its lease-expiration-time"):
        bench.peer.link.expect("BNDUPD", lambda m: bool(updates_of(bench, lease.address, "ACTIVE", since)),
                               within=ANSWER_S, since=since)
        update = updates_of(bench, lease.address, "ACTIVE", since)[0]
        longer = update.get("potential-expiration-time", 0) - update.get("lease-expiration-time", 0)
        t.check(longer > 0, f"{longer:+d} s from lease-expiration-time")


@case("d12/5.2.1/new-client-starts-at-mclt-again", roles=BOTH, consequence="safety", basis="adjudicated",
      readings=("A-59",), covers=[("S2", "lease <= MCLT, whatever was acknowledged for the client before")])
def test_new_binding_starts_anew(bench: Bench, t: Case) -> None:
    """What was acknowledged for a client that released its address does not lengthen the lease of the next one."""
    first = bench.served_client()
    address = first.lease.address
    bench.reactor.run_for(2.0)
    _lease_of(first.renew(ANSWER_S), t)
    bench.reactor.run_for(2.0)
    since = bench.peer.link.mark()
    first.release()
    bench.peer.link.expect("BNDUPD", lambda m: bool(updates_of(bench, address, "RELEASED", since)), within=ANSWER_S,
                           since=since)
    bench.reactor.run_for(2.0)
    if bench.role == "secondary":
        xid = bench.peer.send_updates([("assigned-IP-address", address), ("binding-status", "BACKUP"),
                                       ("start-time-of-state", int(bench.clock.now()))])
        bench.peer.link.expect("BNDACK", lambda m: m.xid == xid and not m.has("reject-reason"), within=ANSWER_S)
    bench.peer.habits.acknowledge = False
    second = bench.client_served_here()
    offer = second.discover(ANSWER_S, requested=address)
    if offer is None or offer.yiaddr != address:
        t.inconclusive(f"ADDRESS: the next client was not given {address}")
    lease_s = _lease_of(t.sends("RELEASE, acknowledged; another client gets the address", second.select(offer)), t)
    with t.expects(f"a lease time of at most MCLT, {bench.mclt_s} s"):
        t.check(lease_s <= bench.mclt_s + ROUNDING_S, f"{address} for {lease_s} s")


@case("d12/5.2.1/mclt-is-that-of-the-connect", roles=SECONDARY, consequence="safety", observations=2,
      covers=[("FO-5.2.1-06", "the MCLT of the CONNECT is used"),
              ("S23", "also while disconnected and after a restart")])
def test_mclt_of_connect(bench: Bench, t: Case) -> None:
    """A secondary uses the MCLT of the last CONNECT, also when the connection is gone."""
    mclt_s = bench.mclt_s // 2
    with bench.partner_with(mclt_s=mclt_s):
        lease = t.sends(f"CONNECT with MCLT {mclt_s} s; a new client", bench.served_client().lease)
        with t.expects(f"a lease time of at most {mclt_s} s"):
            t.check(lease.lease_time_s <= mclt_s + ROUNDING_S, f"connected: {lease.lease_time_s} s")
        bench.detach()
        lease = t.sends("the connection is lost; a new client", bench.client().acquire(ANSWER_S))
        with t.expects(f"a lease time of at most {mclt_s} s"):
            t.check(lease.lease_time_s <= mclt_s + ROUNDING_S, f"disconnected: {lease.lease_time_s} s")
        bench.put.need("kill", "start")
        bench.put.kill()
        bench.put.start()
        client = bench.client()
        served = keep_trying(bench, lambda: client.discover(2.0), STARTUP_WITHIN_S)
        if served is not None:   # a server may also wait in STARTUP for its partner (9.3.2, step 6)
            lease = t.sends("killed and started, no partner; a new client", client.acquire(ANSWER_S))
            with t.expects(f"a lease time of at most {mclt_s} s"):
                t.check(lease.lease_time_s <= mclt_s + ROUNDING_S, f"after a restart: {lease.lease_time_s} s")

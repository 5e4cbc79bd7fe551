"""5.2.2 Controlled re-allocation of IP addresses.

| test | clauses | roles |
|---|---|---|
| released-address-waits-for-bndack | FO-5.2.2-01, FO-9.8.3-06, -07, FO-5.11-20, S8 | both |
| expired-address-waits-for-bndack | FO-5.2.2-01, FO-9.8.3-07, S8 | both |
| released-address-comes-back | L11, FO-5.11-09, -16, -06, FO-5.4-02 | both |
| no-address-has-two-clients | FO-5.2.2-01, S1 | both |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S, NORMAL_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import keep_trying, updates_of
from twinlease.transcript import Entry

RELEASED = [
    ("FO-5.2.2-01", "no other client before the BNDACK"), ("FO-9.8.3-06", "BNDUPD with that binding-status"),
    ("FO-9.8.3-07", "nor the same client once the BNDUPD was sent"), ("FO-5.11-20", "BNDUPD with that binding-status"),
    ("S8", "no DHCPACK for the address before the BNDACK")]


def _given(client: dhcp.Client, address: str) -> str | None:
    """The address that the client gets when it asks for that one."""
    offer = client.discover(ANSWER_S / 2, requested=address)
    if offer is None:
        return None
    client.select(offer, ANSWER_S / 2)
    return client.lease.address if client.lease else None


def _not_reallocated(t: Case, first: dhcp.Client | None, address: str, others: list[dhcp.Client]) -> None:
    """No BNDACK for the end of the lease: neither the other clients nor the first one (if given) may get it."""
    with t.expects(f"nobody gets {address}"):
        for client in [*others, first] if first else others:
            given = _given(client, address)
            who = "the same client" if client is first else "another client"
            t.check(given != address, f"{who} asks for {address} and gets {given or 'no lease'}")


@case("d12/5.2.2/released-address-waits-for-bndack", roles=BOTH, consequence="safety", covers=RELEASED,
      observations=4)
def test_released(bench: Bench, t: Case) -> None:
    """A released address goes to nobody before the BNDACK for RELEASED."""
    first = bench.served_client()
    others = [bench.client_served_here() for _ in range(2)]
    address = first.lease.address
    bench.reactor.run_for(2.0)
    bench.peer.habits.acknowledge = False
    since = bench.peer.link.mark()
    t.sends("DHCPRELEASE; no BNDACK; two other clients and the same one ask for the address", first.release())
    with t.expects("BNDUPD RELEASED"):
        update = bench.peer.link.expect("BNDUPD", lambda m: bool(updates_of(bench, address, "RELEASED", since)),
                                        within=ANSWER_S, since=since)
        t.check(True, update.label())
    _not_reallocated(t, first, address, others)


@case("d12/5.2.2/expired-address-waits-for-bndack", roles=BOTH, consequence="safety", observations=2, covers=[
    ("FO-5.2.2-01", "no other client before the BNDACK"),
    ("FO-9.8.3-07", "no other client before the BNDACK, nor the same one once the BNDUPD was sent"),
    ("S8", "no DHCPACK for the address before the BNDACK")])
def test_expired(bench: Bench, t: Case) -> None:
    """When a lease is over, nobody else gets the address before a BNDACK for EXPIRED."""
    bench.peer.habits.acknowledge = False   # or a peer may keep the lease until the time that it announced is over
    first = bench.served_client()
    others = [bench.client_served_here() for _ in range(2)]
    address, ends = first.lease.address, first.lease.expires_s
    t.sends(f"nothing until the lease of {first.lease.lease_time_s} s is over; no BNDACK; other clients ask for the "
            "address")
    bench.reactor.run_for(ends - bench.clock.now())
    reported = bench.reactor.run_until(lambda: updates_of(bench, address, "EXPIRED"), ANSWER_S)
    _not_reallocated(t, first if reported else None, address, others)


@case("d12/5.2.2/released-address-comes-back", roles=BOTH, own_peer=True, consequence="liveness", basis="invariant",
      observations=2, probe=False,
      covers=[("L11", "a new client gets a released address once RELEASED is acknowledged"),
              ("FO-5.11-09", "the secondary only after BNDUPD(BACKUP)"), ("FO-5.11-16", "FREE after the BNDACK"),
              ("FO-5.11-06", "primary: FREE after the BNDACK, given to another client"),
              ("FO-5.4-02", "a released address is not the secondary's")])
def test_comes_back(bench: Bench, t: Case) -> None:
    """With the own pool used up, a released address is the next one given out, after the BNDACK and not before."""
    bench.start_anew(addresses=16)
    bench.to_normal()
    first = bench.served_client()
    bucket = first.bucket
    address = first.lease.address
    used = 1
    for client in dhcp.clients_of_bucket(bench.relay, bench.relationship.server_address, lambda b: b == bucket, 16):
        if client.discover(ANSWER_S / 2) is None:
            break
        client.acquire(ANSWER_S)
        used += 1
    new = dhcp.clients_of_bucket(bench.relay, bench.relationship.server_address, lambda b: b == bucket, 1)[0]
    bench.peer.habits.acknowledge = False
    t.sends(f"own pool of {used} addresses used up; {address} released, RELEASED not acknowledged; a new client asks",
            first.release())
    with t.expects(f"no lease on {address}"):
        given = _given(new, address)
        t.check(given != address, f"new client before the BNDACK: {given or 'no lease'}", "L11", "FO-5.11-16")
    bench.peer.habits.acknowledge = True
    for message in list(bench.peer.withheld):
        bench.peer.acknowledge(message)
    bench.reactor.run_for(2.0)
    if bench.role == "secondary":
        t.sends("BNDACK; a new client asks")
        with t.expects(f"no lease on {address}, which is FREE and the primary's"):
            given = _given(new, address)
            t.check(given != address, f"new client after the BNDACK: {given or 'no lease'}", "FO-5.11-09", "FO-5.4-02")
        xid = t.sends(f"BNDUPD {address} BACKUP; a new client asks", bench.peer.send_updates([
            ("assigned-IP-address", address), ("binding-status", "BACKUP"),
            ("start-time-of-state", int(bench.clock.now()))]))
        bench.peer.link.expect("BNDACK", lambda m: m.xid == xid and not m.has("reject-reason"), within=ANSWER_S)
    else:
        t.sends("BNDACK; a new client asks")
    with t.expects(f"a lease (on {address}, unless the balance of the pools gave the peer another one)"):
        given = keep_trying(bench, lambda: _given(new, address), NORMAL_WITHIN_S)
        t.check(given is not None, f"new client: {given or 'no lease'}", "L11",
                *(["FO-5.11-06"] if bench.role == "primary" else []))


def _ended(entry: Entry) -> bytes | None:
    """The client whose leases this entry ends: it gave them back, or was told that it has none."""
    packet = dhcp.Packet(entry.octets, entry.t, "") if entry.frm == "client" else entry.message
    over = (dhcp.RELEASE, dhcp.DECLINE) if entry.frm == "client" else (dhcp.NAK,)
    return packet.chaddr if packet.message_type in over else None


@case("d12/5.2.2/no-address-has-two-clients", roles=BOTH, last=True, probe=False, consequence="safety",
      basis="invariant", observations=20, covers=[
          ("FO-5.2.2-01", "no lease of an address while another client has one"),
          ("S1", "leases of two clients on one address never overlap")])
def test_mutual_exclusion(bench: Bench, t: Case) -> None:
    """In the whole run the peer never gave an address to a client while another one had a lease on it from the peer.

    What the suite's side said about an address, an emptied store and an older one end the account of it.
    """
    allowed = bench.tolerance_s
    held: dict[str, tuple[bytes, float]] = {}
    with t.expects("each DHCPACK is for an address whose earlier lease is over, given back, or the same client's"):
        for entry in bench.transcript.entries:
            if entry.label.startswith("peer's store"):
                held.clear()
            elif entry.proto == "failover" and entry.frm == "suite" and getattr(entry.message, "type", "") == "BNDUPD":
                for transaction in entry.message.transactions:
                    held.pop(transaction.get("assigned-IP-address"), None)
            elif entry.proto == "dhcp":
                gone = _ended(entry)
                held = {a: lease for a, lease in held.items() if lease[0] != gone}
                ack = entry.message
                if entry.frm != "peer" or ack.message_type != dhcp.ACK or not ack.lease_time_s:
                    continue
                client, ends = held.get(ack.yiaddr, (ack.chaddr, 0.0))
                same = client == ack.chaddr
                t.check(same or entry.t >= ends - allowed, f"{ack.yiaddr} to {ack.chaddr.hex(':')}" + (
                    "" if same else f"; the lease of {client.hex(':')} had {ends - entry.t:.0f} s to run"))
                held = {a: lease for a, lease in held.items() if lease[0] != ack.chaddr}   # a client has one lease
                held[ack.yiaddr] = (ack.chaddr, entry.t + ack.lease_time_s)

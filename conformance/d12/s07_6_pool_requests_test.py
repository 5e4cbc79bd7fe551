"""7.6 POOLREQ and 7.7 POOLRESP.

| test | clauses | roles |
|---|---|---|
| poolreq-is-answered | FO-7.7-01, FO-7.7.1-01, FO-7.6.2-03, FO-12.1-01, FO-5.4-05 | primary |
| pool-is-dealt-in-bndupds | FO-7.6.2-01, -02, FO-7.6-04, L12 | primary |
| dealt-addresses-are-left-alone | FO-5.4-03, S6 | primary |
| poolreq-on-entering-normal | FO-7.6-02, FO-9.8.1-02 | secondary |
| only-the-secondary-asks | FO-7.6-01 | primary |
| poolreq-to-a-secondary | S6 (A-43) | secondary |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import PRIMARY, SECONDARY, Case, case
from twinlease.suite.steps import offers


@case("d12/7.6.2/poolreq-is-answered", roles=PRIMARY, observations=2, covers=[
    ("FO-7.7-01", "POOLRESP with the xid of the POOLREQ"), ("FO-7.7.1-01", "addresses-transferred present"),
    ("FO-7.6.2-03", "number of addresses"), ("FO-12.1-01", "addresses-transferred of 4 octets"),
    ("FO-5.4-05", "POOLREQ at any moment in NORMAL: POOLRESP")])
def test_poolreq_is_answered(bench: Bench, t: Case) -> None:
    """POOLREQ is answered by POOLRESP with its xid and the number of addresses."""
    link = bench.peer.link
    since = link.mark()
    xid = t.sends("POOLREQ", link.send("POOLREQ"))
    with t.expects("POOLRESP with that xid and addresses-transferred"):
        response = link.expect("POOLRESP", within=ACK_S, since=since)
        t.check(response.xid == xid, f"{response.label()}, the POOLREQ had {xid}")
        t.check(isinstance(response.get("addresses-transferred"), int), response.describe())


@case("d12/7.6.2/pool-is-dealt-in-bndupds", roles=PRIMARY, level="should", consequence="liveness", observations=2,
      own_peer=True, covers=[("FO-7.6.2-01", "addresses set to BACKUP"), ("FO-7.6.2-02", "BNDUPD(BACKUP) for them"),
                             ("FO-7.6-04", "ordinary BNDUPDs"), ("L12", "the secondary gets a share")])
def test_pool_is_dealt(bench: Bench, t: Case) -> None:
    """A secondary without addresses gets a share of the pool after entering NORMAL and asking."""
    bench.put.need("start", "wipe")
    bench.start_anew()
    bench.to_normal()
    link = bench.peer.link
    t.sends("NORMAL with a peer that never gave us an address; POOLREQ", link.send("POOLREQ"))
    with t.expects("BNDUPD(BACKUP) for at least one address, all of them in the peer's range"):
        update = link.expect("BNDUPD", lambda m: any(
            x.get("binding-status") == wire.BINDING_STATUS["BACKUP"] for x in m.transactions), within=60.0,
            what="BNDUPD(BACKUP)")
        t.check(True, update.label())
        addresses = {x.get("assigned-IP-address") for m in link.all("BNDUPD") for x in m.transactions}
        t.check(all(bench.relationship.holds(a) for a in addresses), f"{len(addresses)} addresses told")


@case("d12/7.6.2/dealt-addresses-are-left-alone", roles=PRIMARY, consequence="safety", observations=4, own_peer=True,
      probe=False, covers=[("FO-5.4-03", "no client gets an address once BNDUPD(BACKUP) was sent for it"),
                           ("S6", "no client gets an address that was offered to the partner, answered or not")])
def test_left_alone(bench: Bench, t: Case) -> None:
    """An address that was sent as BACKUP is given to no client, though the BNDUPD is not acknowledged."""
    bench.start_anew(addresses=16)
    bench.peer.habits.acknowledge = False
    bench.to_normal()
    link = bench.peer.link
    dealt = {x.get("assigned-IP-address") for m in link.all("BNDUPD") for x in m.transactions
             if x.get("binding-status") == wire.BINDING_STATUS["BACKUP"]}
    if not dealt:
        t.inconclusive("ADDRESSES: no BNDUPD(BACKUP) came")
    t.sends(f"POOLREQ; {len(dealt)} BNDUPD(BACKUP), none acknowledged; clients ask for these addresses, and for any, "
            "until none is left")
    with t.expects("other addresses, or none"):
        for address in (min(dealt), max(dealt)):
            given = bench.client_served_here().discover(ANSWER_S / 2, address)
            t.check(given is None or given.yiaddr not in dealt,
                    f"asked for {address}: {given.label() if given else 'no offer'}")
        bench.detach()
        clients = [bench.client() for _ in range(16)]
        for client, offer in zip(clients, offers(bench, clients)):
            given = client.select(offer, ANSWER_S) if offer is not None else None
            if given is not None:
                t.check(given.yiaddr not in dealt, f"the connection lost: {given.label()}")


@case("d12/7.6/poolreq-on-entering-normal", roles=SECONDARY, level="should", consequence="liveness", covers=[
    ("FO-7.6-02", "POOLREQ on entering NORMAL"), ("FO-9.8.1-02", "POOLREQ after the pending updates")])
def test_poolreq_on_entering_normal(bench: Bench, t: Case) -> None:
    """A secondary that enters NORMAL asks for addresses."""
    bench.detach()
    t.sends("connection lost and made again: the peer enters NORMAL")
    bench.to_normal()
    with t.expects("POOLREQ within 30 s of its STATE(NORMAL)"):
        request = bench.peer.link.expect("POOLREQ", within=30.0)
        t.check(True, request.label())


@case("d12/7.6/only-the-secondary-asks", roles=PRIMARY, last=True, probe=False, observations=5, covers=[
    ("FO-7.6-01", "a primary sends no POOLREQ")])
def test_only_the_secondary_asks(bench: Bench, t: Case) -> None:
    """In the whole run the primary never sent POOLREQ."""
    with t.expects("no POOLREQ from a primary"):
        for entry in bench.transcript.entries:
            message = entry.message
            if entry.frm == "peer" and entry.proto == "failover" and message is not None:
                t.check(message.type != "POOLREQ", message.label())


@case("d12/7.6.2/poolreq-to-a-secondary", roles=SECONDARY, level="should", basis="adjudicated",
      consequence="robustness", readings=("A-43",),
      covers=[("S6", "a secondary deals out no addresses")])
def test_poolreq_to_a_secondary(bench: Bench, t: Case) -> None:
    """A secondary that gets a POOLREQ gives no addresses away."""
    link = bench.peer.link
    since = link.mark()
    t.sends("POOLREQ to the secondary", link.send("POOLREQ"))
    with t.expects("no address given: no POOLRESP that says so, no BNDUPD(BACKUP); the connection may be closed"):
        bench.reactor.run_until(lambda: link.closed, ANSWER_S)
        given = [m for m in link.received[since:] if (m.type == "POOLRESP" and m.get("addresses-transferred"))
                 or (m.type == "BNDUPD" and any(x.get("binding-status") == wire.BINDING_STATUS["BACKUP"]
                                                for x in m.transactions))]
        t.check(not given, given[0].label() if given else f"none, connection {link.closed or 'open'}")

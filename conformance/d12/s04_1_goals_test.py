"""4.1 Design goals that no other section puts into a test, with 9.9.

| test | clauses | roles |
|---|---|---|
| no-address-twice-while-cycling | FO-9.9-01, FO-4.1-02, S1 | both |
"""

from __future__ import annotations

from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import leased_client

CYCLES = 4
LEASE_S = 600


@case("d12/4.1/no-address-twice-while-cycling", roles=BOTH, consequence="safety", observations=3 * CYCLES, covers=[
    ("FO-9.9-01", "no address given twice, in NORMAL and COMMUNICATIONS-INTERRUPTED by turns"),
    ("FO-4.1-02", "no address of another client"), ("S1", "leases of two clients on one address never overlap")])
def test_cycling(bench: Bench, t: Case) -> None:
    """A connection that comes and goes leads to no lease on an address that another client, of either server, holds."""
    held_until: dict[str, float] = {}
    t.sends(f"{CYCLES} times: the partner leases an address, the peer leases one; the connection is lost; the partner "
            "leases another one, which the peer's next client asks for; the connection is back, the partner tells it")
    for number in range(CYCLES):
        theirs = leased_client(bench, bench.take_address(), LEASE_S).lease.address
        given = [bench.served_client().lease]
        bench.detach()
        untold = bench.take_address()
        held_until.update(dict.fromkeys((theirs, untold), bench.clock.now() + LEASE_S))
        client = bench.client()
        offer = client.discover(ANSWER_S, requested=untold)
        if offer is None or client.select(offer, ANSWER_S) is None or client.lease is None:
            t.inconclusive("SERVICE: no new client is served while the connection is lost")
        given.append(client.lease)
        with t.expects("an address that nobody holds, each time"):
            for lease in given:
                left_s = held_until.get(lease.address, 0.0) - lease.acked_s
                t.check(left_s <= 0, f"cycle {number + 1}: {lease.address}, "
                                     + (f"held by another for {left_s:.0f} s more" if left_s > 0 else "of nobody"))
                held_until[lease.address] = lease.expires_s
        bench.to_normal()
        xid = bench.peer.send_updates(bench.active(untold, LEASE_S))
        with t.expects("BNDACK that accepts the lease that the partner gave meanwhile"):
            ack = bench.peer.link.expect("BNDACK", lambda m, xid=xid: m.xid == xid, within=ACK_S)
            t.check(not ack.has("reject-reason"), ack.label())

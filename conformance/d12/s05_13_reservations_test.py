"""5.13 Reservations and failover.

| test | clauses | roles |
|---|---|---|
| reserved-address-is-its-clients | FO-5.13-03, S25 (A-48) | both |
"""

from __future__ import annotations

import ipaddress

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, Unimplemented, case
from twinlease.suite.steps import offers

ADDRESSES = 16


@case("d12/5.13/reserved-address-is-its-clients", roles=BOTH, own_peer=True, probe=False, level="should",
      consequence="safety", readings=("A-48",), observations=4,
      covers=[("FO-5.13-03", "no other client is offered it"), ("S25", "no other client, in NORMAL or alone, gets it")])
def test_reserved(bench: Bench, t: Case) -> None:
    """Reserved addresses, one of each end of the pool, are given to nobody else, though all others are used up."""
    if "reservation" not in bench.manifest.capabilities:
        raise Unimplemented("the manifest does not declare reservation")
    first = ipaddress.IPv4Address(bench.relationship.first_address)
    owners = {str(first): bench.client(), str(first + ADDRESSES - 1): bench.client()}
    bench.start_anew(addresses=ADDRESSES, reservations=[
        f"{address} {owner.hardware.hex(':')}" for address, owner in owners.items()])
    bench.to_normal()
    reserved = list(owners)
    with t.expects(f"no offer of {' or '.join(reserved)} to another client"):
        for address in reserved:
            offer = t.sends(f"in NORMAL a client asks for {address}, which is reserved for another",
                            bench.client().discover(ANSWER_S / 2, address))
            t.check(offer is None or offer.yiaddr not in reserved, offer.label() if offer else "no offer")
        bench.detach()
        clients: list[dhcp.Client] = [bench.client() for _ in range(2 * ADDRESSES)]
        t.sends(f"the connection is lost; {len(clients)} clients want all that there is")
        for client, offer in zip(clients, offers(bench, clients)):
            given = client.select(offer, ANSWER_S) if offer is not None else None
            if given is not None and given.message_type == dhcp.ACK:
                t.check(given.yiaddr not in reserved, given.label())

"""3 Background: what a server may believe of a client (3.1.2), and REQUESTs that both servers hear (3.2).

| test | clauses | roles |
|---|---|---|
| renewal-is-believed | FO-3.1.2-01 | both |
| init-reboot-proves-nothing | FO-3.1.2-02 | both |
| request-for-the-partner-is-left-alone | FO-3.2-01 | both |
"""

from __future__ import annotations

import ipaddress

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, Case, case


@case("d12/3.1.2/renewal-is-believed", roles=BOTH, level="should", consequence="liveness",
      covers=[("FO-3.1.2-01", "RENEW of a lease that the partner has not told yet: DHCPACK")])
def test_renewal(bench: Bench, t: Case) -> None:
    """A client that renews an address of the partner's pool is taken for its holder, told or not."""
    client = bench.client()
    address = bench.take_address()
    client.lease = dhcp.Lease(address, bench.relationship.partner_address, 600, bench.clock.now())
    t.sends(f"RENEW of {address}, of the partner's pool, whose lease the partner has not told yet")
    with t.expects("DHCPACK for the address"):
        ack = client.renew(ANSWER_S)
        t.check(ack is not None and ack.message_type == dhcp.ACK and ack.yiaddr == address,
                ack.label() if ack else "no answer")


@case("d12/3.1.2/init-reboot-proves-nothing", roles=BOTH, level="should", consequence="safety",
      covers=[("FO-3.1.2-02", "INIT-REBOOT without a binding: no DHCPACK")])
def test_init_reboot(bench: Bench, t: Case) -> None:
    """INIT-REBOOT of an address that the client never had is no proof of a lease."""
    address = bench.take_address()
    client = bench.client_served_here()
    t.sends(f"INIT-REBOOT of {address}, of the partner's pool, by a client that nobody knows")
    with t.expects("DHCPNAK or no answer"):
        answer = client.init_reboot(address, ANSWER_S)
        t.check(answer is None or answer.message_type != dhcp.ACK, answer.label() if answer else "no answer")


@case("d12/3.2/request-for-the-partner-is-left-alone", roles=BOTH, consequence="safety", observations=2,
      covers=[("FO-3.2-01", "REQUEST that selects the partner: no answer, no BNDUPD")])
def test_other_server(bench: Bench, t: Case) -> None:
    """A broadcast REQUEST that selects the partner's offer is neither answered nor recorded."""
    client = bench.client_served_here()
    address = bench.take_address()
    if client.discover(ANSWER_S) is None:
        t.inconclusive("PREPARATION: no DHCPOFFER")
    since = bench.peer.link.mark()
    xid = t.sends(f"DISCOVER, offered by the peer; REQUEST that selects {address} from the partner", client.send(
        dhcp.REQUEST, [(50, ipaddress.IPv4Address(address).packed),
                       (54, ipaddress.IPv4Address(bench.relationship.partner_address).packed)]))
    with t.expects(f"no answer, and no BNDUPD about the client, for {QUIET_S:g} s"):
        answer = client.answer(xid, QUIET_S)
        t.check(answer is None, answer.label() if answer else "no answer")
        told = [m for m in bench.peer.link.all("BNDUPD", since) for x in m.transactions
                if x.get("client-hardware-address", b"")[1:] == client.hardware]
        t.check(not told, told[0].label() if told else "no BNDUPD")

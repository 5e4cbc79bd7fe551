"""5.11 Finite state machine for IP addresses: what a server says of an address, and when.

| test | clauses | roles |
|---|---|---|
| declined-address-is-abandoned | FO-5.11-05, -11, -23 | both |
| ended-leases-name-their-client | FO-5.11-02, -03 | both |
| only-the-seven-statuses | FO-5.11-22 | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import updates_of

ASKERS = 3


def _own_updates(bench: Bench) -> list[wire.Options]:
    """Every transaction of every BNDUPD that the peer has sent in this run."""
    return [x for e in bench.transcript.entries if e.frm == "peer" and e.proto == "failover" and e.message is not None
            and e.message.type == "BNDUPD" for x in e.message.transactions]


@case("d12/5.11/declined-address-is-abandoned", roles=BOTH, level="should", consequence="safety",
      observations=2 + ASKERS, covers=[
          ("FO-5.11-11", "DHCPDECLINE: BNDUPD(ABANDONED)"), ("FO-5.11-05", "without a client"),
          ("FO-5.11-23", "offered to nobody")])
def test_declined(bench: Bench, t: Case) -> None:
    """An address that a client declines becomes ABANDONED, is told without a client, and is given to nobody."""
    client = bench.served_client()
    address = client.lease.address
    others = [bench.client_served_here() for _ in range(ASKERS)]
    bench.reactor.run_for(2.0)
    since = bench.peer.link.mark()
    t.sends(f"DHCPDECLINE of {address}; then {ASKERS} clients that ask for it", client.decline())
    with t.expects("BNDUPD(ABANDONED) without client-identifier and client-hardware-address; other offers"):
        bench.peer.link.expect("BNDUPD", lambda m: bool(updates_of(bench, address, "ABANDONED", since)),
                               within=ANSWER_S, since=since, what=f"BNDUPD {address} ABANDONED")
        update = updates_of(bench, address, "ABANDONED", since)[0]
        t.saw(f"{address} ABANDONED")
        named = [n for n in ("client-identifier", "client-hardware-address") if update.has(n)]
        t.check(not named, f"{address} ABANDONED with {', '.join(named) or 'no client'}", "FO-5.11-05")
        for asker in others:
            offer = asker.discover(ANSWER_S, requested=address)
            t.check(offer is None or offer.yiaddr != address, offer.label() if offer else "no offer", "FO-5.11-23")


@case("d12/5.11/ended-leases-name-their-client", roles=BOTH, level="should", last=True, probe=False, observations=2,
      consequence="hygiene", covers=[("FO-5.11-02", "EXPIRED with client-hardware-address"),
                                     ("FO-5.11-03", "RELEASED with client-hardware-address")])
def test_ended(bench: Bench, t: Case) -> None:
    """BNDUPD(EXPIRED) and BNDUPD(RELEASED) say whose lease has ended."""
    def told(status: str) -> list[wire.Options]:
        return [x for x in _own_updates(bench) if x.get("binding-status") == wire.BINDING_STATUS[status]]

    if not told("RELEASED"):
        bench.to_normal()
        client = bench.served_client()
        bench.reactor.run_for(2.0)
        t.sends(f"DHCPRELEASE of {client.lease.address}", client.release())
        bench.reactor.run_until(lambda: told("RELEASED"), ANSWER_S)
    if not told("EXPIRED"):
        bench.to_normal()
        bench.detach()   # connected, a peer may keep a lease until the time that it announced is over
        ends = t.sends("the connection is lost; a new client's lease runs out; a new connection",
                       bench.client().acquire(ANSWER_S).expires_s)
        bench.reactor.run_for(ends + 5.0 - bench.clock.now())
        bench.to_normal()
        bench.reactor.run_until(lambda: told("EXPIRED"), ANSWER_S)
    for status, clause in (("RELEASED", "FO-5.11-03"), ("EXPIRED", "FO-5.11-02")):
        if not told(status):
            t.inconclusive(f"NO_UPDATE: no BNDUPD({status}) in the whole run")
        with t.expects(f"client-hardware-address in each BNDUPD({status})"):
            for update in told(status):
                t.check(update.has("client-hardware-address"),
                        f"{update.get('assigned-IP-address')} {status}: {update.describe()[:120]}", clause)


@case("d12/5.11/only-the-seven-statuses", roles=BOTH, last=True, probe=False, observations=5, covers=[
    ("FO-5.11-22", "binding-status 1 to 7")])
def test_seven(bench: Bench, t: Case) -> None:
    """Every binding-status that the peer sends is one of the seven of 12.3."""
    with t.expects("binding-status 1 to 7"):
        for update in _own_updates(bench):
            status = update.get("binding-status")
            t.check(status in wire.BINDING_STATUS.values(), f"{update.get('assigned-IP-address')}: {status}")

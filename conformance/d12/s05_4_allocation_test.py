"""5.4 Allocating addresses to each server: what a secondary gives back, and what is left alone. (POOLREQ: 7.6.)

| test | clauses | roles |
|---|---|---|
| address-in-use-is-not-given-back | FO-5.4-11, S6 | secondary |
| unused-address-is-given-back | FO-5.4-10, FO-7.1.3-44 | secondary |
| small-imbalance-is-left-alone | FO-5.4-08 | primary |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite.bench import ACK_S, ANSWER_S, QUIET_S, Bench
from twinlease.suite.case import PRIMARY, SECONDARY, Case, case
from twinlease.suite.steps import leased_client

AVAILABLE = {wire.BINDING_STATUS["FREE"], wire.BINDING_STATUS["BACKUP"]}


def _take_back(bench: Bench, address: str) -> int | None:
    """BNDUPD(FREE) about an address of the secondary; the reject-reason of the BNDACK, None if it is accepted."""
    link = bench.peer.link
    since = link.mark()
    xid = bench.peer.send_updates([("assigned-IP-address", address), ("binding-status", "FREE"),
                                   ("start-time-of-state", int(bench.clock.now()))])
    return link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since).get("reject-reason")


@case("d12/5.4/address-in-use-is-not-given-back", roles=SECONDARY, consequence="safety", observations=2, covers=[
    ("FO-5.4-11", "BNDUPD(FREE) over a lease of its own: bndack-reject:*"),
    ("S6", "the primary does not come to own an address in use")])
def test_in_use(bench: Bench, t: Case) -> None:
    """A secondary does not let its primary take back an address that a client just got, told or not."""
    for acknowledged in (False, True):
        bench.peer.habits.acknowledge = acknowledged
        address = bench.served_client().lease.address
        bench.reactor.run_for(2.0 if acknowledged else 0.2)
        t.sends(f"BNDUPD {address} FREE after its DHCPACK, its BNDUPD {'' if acknowledged else 'not '}acknowledged")
        with t.expects("BNDACK that rejects it"):
            reason = _take_back(bench, address)
            t.check(reason is not None, "accepted" if reason is None else f"rejected with reason {reason}")


@case("d12/5.4/unused-address-is-given-back", roles=SECONDARY, level="should", consequence="safety", observations=3,
      covers=[("FO-5.4-10", "BNDUPD(FREE) over BACKUP: accepted, and the primary's from then on"),
              ("FO-7.1.3-44", "accept")])
def test_unused(bench: Bench, t: Case) -> None:
    """A secondary gives back an address that it has not used, and then offers it to nobody."""
    askers = [bench.client_served_here() for _ in range(2)]
    offer = bench.client_served_here().discover(ANSWER_S)
    if offer is None:
        t.inconclusive("PREPARATION: no DHCPOFFER")
    backup = offer.yiaddr   # offered, so its own; the offer is not taken
    bench.reactor.run_for(2.0)
    t.sends(f"BNDUPD {backup} FREE; then clients that ask for it")
    with t.expects("BNDACK that accepts it; offers of other addresses"):
        reason = _take_back(bench, backup)
        t.check(reason is None, "accepted" if reason is None else f"rejected with reason {reason}")
        for asker in askers:
            offer = asker.discover(ANSWER_S, requested=backup)
            t.check(offer is None or offer.yiaddr != backup, offer.label() if offer else "no offer")


@case("d12/5.4/small-imbalance-is-left-alone", roles=PRIMARY, level="should", consequence="hygiene", covers=[
    ("FO-5.4-08", "a lease on each side moves no other address")])
def test_small(bench: Bench, t: Case) -> None:
    """One lease more on each side does not make the primary move addresses."""
    bench.reactor.run_for(3.0)
    since = bench.peer.link.mark()
    leased = {bench.served_client().lease.address, leased_client(bench, bench.take_address()).lease.address}
    t.sends("a new client of the peer, a new client of ours")
    with t.expects(f"no BNDUPD(FREE) or BNDUPD(BACKUP) for {QUIET_S:g} s"):
        bench.reactor.run_for(QUIET_S)
        moved = [x.get("assigned-IP-address") for m in bench.peer.link.all("BNDUPD", since) for x in m.transactions
                 if x.get("binding-status") in AVAILABLE and x.get("assigned-IP-address") not in leased]
        t.check(not moved, f"{len(moved)} addresses moved, {moved[0]} first" if moved else "none moved")

"""5.11 Finite state machine for IP addresses: transitions that a BNDACK or a BNDUPD brings about, or does not.

Which test shows which transition of model/spec/binding-states.csv says conformance/transitions.csv.

| test | clauses | roles |
|---|---|---|
| rejected-release-is-not-free | FO-5.11-16, FO-5.2.2-01, FO-7.2.2-03 | both |
| abandoned-by-the-partner-is-given-to-nobody | FO-5.11-23 | both |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.odd_input import update
from twinlease.suite.steps import updates_of

ASKERS = 3
WATCH_S = 5.0


def _asked_for(t: Case, clients: list[dhcp.Client], address: str, *clauses: str) -> None:
    """Each of the clients asks for that address; none is given it."""
    for client in clients:
        offer = client.discover(ANSWER_S / 2, requested=address)
        if offer is not None:
            client.select(offer, ANSWER_S / 2)
        given = client.lease.address if client.lease else None
        t.check(given != address, f"asks for {address}, gets {given or 'no lease'}", *clauses)


@case("d12/5.11/rejected-release-is-not-free", roles=BOTH, consequence="safety", observations=1 + ASKERS, covers=[
    ("FO-5.11-16", "BNDACK with reject-reason for RELEASED: not FREE"),
    ("FO-5.2.2-01", "no other client after a BNDACK that rejects"), ("FO-7.2.2-03", "RELEASED is not told again at once")])
def test_rejected(bench: Bench, t: Case) -> None:
    """A released address whose BNDUPD is rejected stays unusable, and is not told again at once."""
    first = bench.served_client()
    others = [bench.client_served_here() for _ in range(ASKERS)]
    address = first.lease.address
    bench.reactor.run_for(2.0)
    bench.peer.habits.accept = lambda transaction: 15 if transaction.get("assigned-IP-address") == address else None
    since = bench.peer.link.mark()
    first.release()
    bench.reactor.run_until(lambda: updates_of(bench, address, "RELEASED", since), ANSWER_S)
    if not updates_of(bench, address, "RELEASED", since):
        t.inconclusive(f"PREPARATION: no BNDUPD {address} RELEASED within {ANSWER_S:g} s")
    t.sends(f"BNDACK with reject-reason 15 for {address} RELEASED; {ASKERS} other clients ask for it")
    with t.expects("one BNDUPD(RELEASED), and nobody gets the address"):
        bench.reactor.run_for(WATCH_S)
        told = len(updates_of(bench, address, "RELEASED", since))
        t.check(told == 1, f"RELEASED told {told} times in {WATCH_S:g} s", "FO-7.2.2-03")
        _asked_for(t, others, address, "FO-5.11-16", "FO-5.2.2-01")


@case("d12/5.11/abandoned-by-the-partner-is-given-to-nobody", roles=BOTH, level="should", consequence="safety",
      observations=ASKERS, covers=[("FO-5.11-23", "BNDUPD(ABANDONED) accepted: given to nobody")])
def test_abandoned(bench: Bench, t: Case) -> None:
    """An address of the peer's own pool that the partner calls ABANDONED is given to no client."""
    if not bench.peer_addresses():   # the tests before had them all
        bench.leave()
        bench.restore()
    askers = [bench.client_served_here() for _ in range(ASKERS)]
    own = bench.peer_addresses()
    if not own:
        t.inconclusive("ADDRESSES: the peer's side owns no address that nobody has had")
    address = own[len(own) // 2]
    reaction = update(bench, [("assigned-IP-address", address), ("binding-status", "ABANDONED"),
                              ("start-time-of-state", int(bench.clock.now()))])
    if reaction != "process":
        t.inconclusive(f"PREPARATION: BNDUPD {address} ABANDONED meets {reaction}")
    t.sends(f"BNDUPD {address} ABANDONED (accepted), an address of the peer's own; {ASKERS} clients ask for it")
    with t.expects("nobody gets the address"):
        _asked_for(t, askers, address)

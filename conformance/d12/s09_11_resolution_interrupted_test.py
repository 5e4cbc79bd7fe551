"""9.11 RESOLUTION-INTERRUPTED state. The command partner-down in it is judged in 9.4.

| test | clauses | roles |
|---|---|---|
| serves-everyone | FO-9.11.2-01, -02, L8 | both |
| own-pool | FO-9.11.2-03, S7 | both |
| returns-to-potential-conflict | FO-9.10.3-01, FO-9.11.3-02, FO-9.2-01 | both |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import check_all_answered, full_lease, leased_client, offers, states

CLIENTS = 24


def _interrupt(bench: Bench) -> None:
    """POTENTIAL-CONFLICT, and the connection lost in it."""
    bench.meet("POTENTIAL-CONFLICT")
    bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
    bench.detach()


@case("d12/9.11/serves-everyone", roles=BOTH, consequence="liveness", observations=CLIENTS + 2,
      covers=[("FO-9.11.2-01", "new clients and renewals are answered"), ("FO-9.11.2-02", "whatever the bucket"),
              ("L8", "service returns when the connection is lost")])
def test_serves_everyone(bench: Bench, t: Case) -> None:
    """When the connection is lost in POTENTIAL-CONFLICT, every client is served again."""
    own, theirs = full_lease(bench), leased_client(bench, bench.take_address())
    _interrupt(bench)
    clients = [bench.client() for _ in range(CLIENTS)]
    answers = t.sends(f"POTENTIAL-CONFLICT, the connection is lost; DISCOVER of {CLIENTS} new clients, RENEW of a "
                      "client of each server", offers(bench, clients))
    with t.expects("an answer to each"):
        check_all_answered(t, clients, answers)
        for client in (own, theirs):
            ack = client.renew(ANSWER_S)
            t.check(ack is not None and ack.message_type == dhcp.ACK,
                    f"RENEW of {client.lease.address}: {ack.label() if ack else 'no answer'}")


@case("d12/9.11/own-pool", roles=BOTH, level="should", consequence="safety", observations=2,
      covers=[("FO-9.11.2-03", "addresses of the own pool"), ("S7", "own pool only")])
def test_own_pool(bench: Bench, t: Case) -> None:
    """A new client that asks for an address of the partner's pool gets one of the peer's own."""
    theirs = bench.partner_addresses()
    if len(theirs) < 2:
        t.inconclusive(f"ADDRESSES: the partner owns {len(theirs)}")
    _interrupt(bench)
    for address in (theirs[0], theirs[-1]):
        offer = t.sends(f"DISCOVER that asks for {address}", bench.client().discover(ANSWER_S, address))
        if offer is None:
            t.inconclusive("SERVICE: no new client is answered")
        with t.expects("an offer of another address"):
            t.check(offer.yiaddr not in theirs, f"asked for {address}, {offer.label()}")


@case("d12/9.11/returns-to-potential-conflict", roles=BOTH, consequence="safety", observations=2,
      covers=[("FO-9.10.3-01", "RESOLUTION-INTERRUPTED when the connection is lost"),
              ("FO-9.2-01", "and that is what is announced next"),
              ("FO-9.11.3-02", "POTENTIAL-CONFLICT when it is back")])
def test_returns(bench: Bench, t: Case) -> None:
    """The connection back, the peer says RESOLUTION-INTERRUPTED and goes to POTENTIAL-CONFLICT."""
    _interrupt(bench)
    link = t.sends("POTENTIAL-CONFLICT, the connection is lost and comes back", bench.meet("RESOLUTION-INTERRUPTED"))
    with t.expects("RESOLUTION-INTERRUPTED (or POTENTIAL-CONFLICT at once), then POTENTIAL-CONFLICT"):
        bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
        t.check(states(link)[0] in ("RESOLUTION-INTERRUPTED", "POTENTIAL-CONFLICT"), f"first STATE: {states(link)[0]}")
        t.check(states(link)[-1] == "POTENTIAL-CONFLICT", ", ".join(states(link)))

"""9.7 RECOVER-DONE state. That it answers nothing else, and its way to NORMAL, are judged in 9.5 and 9.6.

| test | clauses | roles |
|---|---|---|
| answers-renewals | FO-9.7.1-01 (A-26) | both |
| stays-when-the-connection-is-lost | FO-9.7.2-02 | both |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S, NORMAL_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import announced, full_lease, leased_client, restart_into_recover, states


def _to_recover_done(bench: Bench) -> None:
    """Restarted opposite PARTNER-DOWN and past its wait; the partner stays in PARTNER-DOWN."""
    _, started = restart_into_recover(bench, answer_updates=True)
    bench.peer.expect_state("RECOVER-DONE", within=started + bench.mclt_s + NORMAL_WITHIN_S - bench.clock.now())


@case("d12/9.7/answers-renewals", roles=BOTH, consequence="liveness", readings=("A-26",), observations=2,
      covers=[("FO-9.7.1-01", "RENEW is answered, whoever gave the lease")])
def test_renewals(bench: Bench, t: Case) -> None:
    """In RECOVER-DONE clients are renewed."""
    own = full_lease(bench)
    theirs = leased_client(bench, bench.take_address())
    _to_recover_done(bench)
    t.sends("the peer has recovered, the partner stays in PARTNER-DOWN; RENEW of a client of the peer and of one of "
            "the partner")
    with t.expects("DHCPACK to each"):
        for client in (own, theirs):
            ack = client.renew(ANSWER_S)
            t.check(ack is not None and ack.message_type == dhcp.ACK,
                    f"{announced(bench)}: RENEW of {client.lease.address}: {ack.label() if ack else 'no answer'}")
    bench.peer.send_state("NORMAL")
    bench.reactor.run_until(lambda: bench.peer.partner_state == "NORMAL", ANSWER_S)


@case("d12/9.7/stays-when-the-connection-is-lost", roles=BOTH, consequence="safety",
      covers=[("FO-9.7.2-02", "RECOVER-DONE on the next connection")])
def test_stays(bench: Bench, t: Case) -> None:
    """A connection lost in RECOVER-DONE finds the peer in RECOVER-DONE when it comes back."""
    _to_recover_done(bench)
    link = t.sends("the peer has recovered, the partner stays in PARTNER-DOWN; the connection is lost and comes back",
                   bench.meet("PARTNER-DOWN", since_s=bench.peer.state_since_s))
    with t.expects("RECOVER-DONE, and nothing else while the partner stays"):
        bench.reactor.run_for(5.0)
        t.check(set(states(link)) == {"RECOVER-DONE"}, ", ".join(states(link)) or "no STATE")
    bench.peer.send_state("NORMAL")
    bench.reactor.run_until(lambda: bench.peer.partner_state == "NORMAL", ANSWER_S)

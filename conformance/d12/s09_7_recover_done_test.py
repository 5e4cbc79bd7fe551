"""9.7 RECOVER-DONE state. That nothing else is answered in it, and how it is left, is judged in 9.5 and 9.6.

| test | clauses | roles |
|---|---|---|
| answers-renewals | FO-9.7.1-01 (A-26) | both |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S, NORMAL_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import announced, full_lease, leased_client, restart_into_recover


@case("d12/9.7/answers-renewals", roles=BOTH, consequence="liveness", readings=("A-26",), observations=2,
      covers=[("FO-9.7.1-01", "RENEW is answered, whoever gave the lease")])
def test_renewals(bench: Bench, t: Case) -> None:
    """In RECOVER-DONE clients are renewed."""
    own = full_lease(bench)
    theirs = leased_client(bench, bench.take_address())
    _, started = restart_into_recover(bench, answer_updates=True)
    bench.peer.expect_state("RECOVER-DONE", within=started + bench.mclt_s + NORMAL_WITHIN_S - bench.clock.now())
    t.sends("the peer has recovered, the partner stays in PARTNER-DOWN; RENEW of a client of the peer and of one of "
            "the partner")
    with t.expects("DHCPACK to each"):
        for client in (own, theirs):
            ack = client.renew(ANSWER_S)
            t.check(ack is not None and ack.message_type == dhcp.ACK,
                    f"{announced(bench)}: RENEW of {client.lease.address}: {ack.label() if ack else 'no answer'}")
    bench.peer.send_state("NORMAL")
    bench.reactor.run_until(lambda: bench.peer.partner_state == "NORMAL", ANSWER_S)

"""7.2.2 Receiving the BNDACK message.

| test | clauses | roles |
|---|---|---|
| rejected-update-counts-for-nothing | FO-7.2-02, FO-12.21-02, FO-7.1.5-06, S2 | both |
"""

from __future__ import annotations

from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import updates_of

REASONS = (15, 0, 22, 255)
"""One that fits, and three that 12.21 does not define: the option appears, that is enough (R-63)."""


@case("d12/7.2.2/rejected-update-counts-for-nothing", roles=BOTH, consequence="safety", observations=len(REASONS),
      readings=("A-06",), covers=[
          ("FO-7.2-02", "take-as-reject: the next lease is no longer than MCLT"),
          ("FO-12.21-02", "0, 22, 255: take-as-reject"), ("FO-7.1.5-06", "only what was acknowledged counts"),
          ("S2", "expiry <= now + MCLT")])
def test_rejected(bench: Bench, t: Case) -> None:
    """A BNDUPD that was rejected, for whatever reason, does not lengthen the next lease."""
    for reason in REASONS:
        bench.peer.habits.accept = lambda transaction, reason=reason: reason
        since = bench.peer.link.mark()
        client = bench.client_served_here()
        address = client.acquire(ANSWER_S).address
        bench.peer.link.expect("BNDUPD", lambda m: bool(updates_of(bench, address, "ACTIVE", since)), within=ANSWER_S,
                               since=since)
        bench.reactor.run_for(3.0)
        t.sends(f"BNDACK with reject-reason {reason} for {address} ACTIVE; the client renews")
        ack = client.renew(ANSWER_S)
        if ack is None or ack.lease_time_s is None:
            t.inconclusive("PREPARATION: the client was not renewed")
        with t.expects(f"a lease time of at most MCLT, {bench.mclt_s} s"):
            t.check(ack.lease_time_s <= bench.mclt_s + 1, f"reason {reason}: {ack.lease_time_s} s")

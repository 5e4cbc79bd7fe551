"""2.2 Stable storage: what a restart leaves. (The order of write and DHCPACK: 7.1.1; of write and BNDACK: 7.2.)

| test | clauses | roles |
|---|---|---|
| bindings-survive-a-restart | FO-2.2-01, FO-5.2.1-07, FO-7.2.2-01 | both |
"""

from __future__ import annotations

from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import updates_of


@case("d12/2.2/bindings-survive-a-restart", roles=BOTH, consequence="safety", observations=4, covers=[
    ("FO-2.2-01", "UPDREQALL after a kill: the bindings of before"),
    ("FO-5.2.1-07", "lease and potential times of before"),
    ("FO-7.2.2-01", "what was acknowledged before the kill lengthens the next lease")])
def test_restart(bench: Bench, t: Case) -> None:
    """Killed and started again, the peer has the leases of before, with what was acknowledged about them."""
    bench.put.need("kill", "start")
    clients = [bench.served_client() for _ in range(2)]
    bench.reactor.run_for(2.0)
    before = {c.lease.address: updates_of(bench, c.lease.address, "ACTIVE")[-1] for c in clients}
    bench.put.kill()
    bench.peer.drop()
    bench.reactor.run_for(2.0)
    bench.put.start()
    bench.to_normal()
    link = bench.peer.link
    xid = t.sends("two clients with acknowledged leases; the peer is killed and started; UPDREQALL",
                  link.send("UPDREQALL"))
    with t.expects("BNDUPD(ACTIVE) for each with its client and times; a renewal beyond MCLT"):
        link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S)
        for client in clients:
            address = client.lease.address
            told = updates_of(bench, address, "ACTIVE")
            same = bool(told) and all(told[-1].get(name) == before[address].get(name) for name in (
                "client-hardware-address", "lease-expiration-time", "potential-expiration-time"))
            t.check(same, f"{address}: {told[-1].describe()[:160] if told else 'not told'}")
        for client in clients:
            acked = before[client.lease.address].get("potential-expiration-time", 0)
            if acked - bench.clock.now() < 2 * bench.tolerance_s:
                t.inconclusive("TIMES: what was acknowledged does not reach far enough ahead to be seen")
            ack = client.renew(ANSWER_S)
            longer = ack is not None and ack.lease_time_s is not None and ack.lease_time_s > bench.mclt_s + 1
            t.check(longer, f"renewal of {client.lease.address}: {ack.lease_time_s if ack else 'no answer'} s, MCLT "
                            f"{bench.mclt_s} s")

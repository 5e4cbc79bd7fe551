"""5.10 Time synchronisation between servers, with 6.2, 7.8.2 and 7.9.2.

| test | clauses | roles |
|---|---|---|
| same-decisions-whatever-the-clock | FO-5.10-01, FO-7.8.2-15, FO-6.2-05, FO-7.1.5-06, S27 (A-44) | both |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite import handshake
from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import leased_client, updates_of

OFFSETS_S = (0, 45, -45, 63, 3600, -86400)
"""How far our clock is ahead of the peer's. 0 shows what the peer decides otherwise; 45 s are more than any tolerance
of ours and less than what servers with a limit refuse."""
LIVES_S = 25
"""A lease that runs for longer than a decision takes, and seems to be over if 45 s are not corrected."""
BEYOND_S = 300


def _expired(bench: Bench, client: dhcp.Client, address: str) -> bool:
    """Says EXPIRED about that client's lease. Is it accepted?"""
    now = int(bench.clock.now() + bench.peer.identity.clock_offset_s)
    link = bench.peer.link
    since = link.mark()
    xid = bench.peer.send_updates([
        ("assigned-IP-address", address), ("binding-status", "EXPIRED"),
        ("client-hardware-address", b"\x01" + client.hardware), ("start-time-of-state", now),
        ("client-last-transaction-time", now)])
    return not link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since).has("reject-reason")


def _decisions(bench: Bench) -> dict[str, bool]:
    """What the peer decides about a lease that still runs and one that is over, by times on our clock."""
    over = leased_client(bench, bench.take_address(), 3)
    bench.reactor.run_for(3 + bench.tolerance_s + 3)
    runs = leased_client(bench, bench.take_address(), LIVES_S)
    return {"EXPIRED over a lease that is over is accepted": _expired(bench, over, over.lease.address),
            f"EXPIRED over a lease with {LIVES_S} s to run is accepted": _expired(bench, runs, runs.lease.address)}


def _judge_times(bench: Bench, t: Case, offset_s: int) -> None:
    """The ceiling of a lease follows our time as the peer's clock has it, and so does what the peer tells."""
    allowed = bench.long_enough(bench.mclt_s)
    began = int(bench.clock.now())
    client = leased_client(bench, bench.take_address(), 20, potential_expiration_time=began + offset_s + BEYOND_S)
    bench.peer.habits.acknowledge = False
    ack = client.renew(ANSWER_S)
    t.check(ack is not None and ack.message_type == dhcp.ACK, f"{offset_s:+d} s: {ack.label() if ack else 'no answer'}")
    most = began + BEYOND_S + bench.mclt_s - ack.t
    t.check(ack.lease_time_s <= most + allowed,
            f"{offset_s:+d} s: renewed for {ack.lease_time_s} s, {most:.0f} s allowed")
    bench.peer.habits.acknowledge = True
    for message in list(bench.peer.withheld):
        bench.peer.acknowledge(message)
    lease = bench.served_client().lease
    bench.reactor.run_until(lambda: updates_of(bench, lease.address, "ACTIVE"), ANSWER_S)
    for update in updates_of(bench, lease.address, "ACTIVE")[:1]:
        off = update.get("lease-expiration-time", 0) - lease.expires_s
        t.check(bench.put.skew_s or abs(off) <= allowed or not bench.put.can("start"),
                f"{offset_s:+d} s: lease-expiration-time {off:+.1f} s from the lease's end, on the peer's own clock")


@case("d12/5.10/same-decisions-whatever-the-clock", roles=BOTH, consequence="safety", readings=("A-44",),
      observations=len(OFFSETS_S), covers=[
          ("FO-5.10-01", "the same decisions"),
          ("FO-7.8.2-15", "every absolute time is corrected"), ("FO-6.2-05", "absolute times are corrected"),
          ("FO-7.1.5-06", "expiry <= corrected potential-expiration-time + MCLT"),
          ("S27", "0, 45 s, 63 s, 1 h, -1 day")])
def test_clock(bench: Bench, t: Case) -> None:
    """A partner whose clock is off is refused, or its times are corrected and change no decision.

    A peer that refuses every difference may do so (5.10), and shows nothing about corrected times.
    """
    usual: dict[str, bool] = {}
    accepted: list[int] = []
    for offset_s in OFFSETS_S:
        bench.detach()
        tried = handshake.handshake(bench, clock_offset_s=offset_s)
        tried.connection.close()
        bench.reactor.run_for(1.0)
        t.sends(f"a partner whose clock is {offset_s:+d} s off")
        if offset_s and tried.reaction != "process":
            with t.expects("connectack-reject:4 or the connection closed, if it is not accepted"):
                t.check(tried.is_one_of("connectack-reject:4|close-*"), f"{offset_s:+d} s: {tried.reaction}")
            continue
        if offset_s:
            accepted.append(offset_s)
        with bench.partner_with(clock_offset_s=float(offset_s)):
            decided = _decisions(bench)
            usual = usual or decided
            with t.expects("the decisions that it takes without the difference; leases as with it corrected"):
                other = [what if now else what.replace("is accepted", "is rejected") for what, now in decided.items()
                         if now != usual[what]]
                t.check(not other, f"{offset_s:+d} s: {', '.join(other) or 'the usual decisions'}", "FO-7.8.2-15",
                        "FO-6.2-05", "S27")
                _judge_times(bench, t, offset_s)
    if not accepted:
        t.inconclusive("REFUSED: every difference of clocks, so no time was corrected")

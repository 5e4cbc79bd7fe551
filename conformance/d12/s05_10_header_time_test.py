"""5.10 Time synchronization between servers: the time that every message carries (6.1).

| test | clauses | roles |
|---|---|---|
| header-time-is-that-of-sending | FO-5.10-04, FO-6.1-13 | both |
"""

from __future__ import annotations

from twinlease.suite.bench import ACK_S, Bench
from twinlease.suite.case import BOTH, Case, case

ROUNDING_S = 1.0
"""The header has whole seconds."""
MESSAGES = 4


@case("d12/5.10/header-time-is-that-of-sending", roles=BOTH, level="should", consequence="hygiene",
      observations=2 * MESSAGES, covers=[("FO-5.10-04", "the sender's time in every message"),
                                         ("FO-6.1-13", "as close as possible to the transmission")])
def test_header_time(bench: Bench, t: Case) -> None:
    """The time in a header is the moment at which the message was sent."""
    bench.put.need("start")   # elsewhere the peer's clock is its own affair
    link = bench.peer.link
    since = link.mark()
    t.sends(f"{MESSAGES} times, some seconds apart, BNDUPD and UPDREQ")
    for _ in range(MESSAGES):
        update, request = bench.peer.send_updates(bench.active(bench.take_address())), link.send("UPDREQ")
        link.expect("BNDACK", lambda m, xid=update: m.xid == xid, within=ACK_S, since=since)
        link.expect("UPDDONE", lambda m, xid=request: m.xid == xid, within=ACK_S, since=since)
        bench.reactor.run_for(2.5)
    allowed_s = bench.tolerance_s + ROUNDING_S
    with t.expects(f"header times at most {allowed_s:.1f} s off the arrival"):
        for message, arrived_s in zip(link.received[since:], link.arrived_s[since:]):
            off_s = message.time_s - bench.put.skew_s - arrived_s
            t.check(abs(off_s) <= allowed_s, f"{message.label()}: {off_s:+.1f} s off")

"""8.6 Losing the TCP connection.

| test | clauses | roles |
|---|---|---|
| connects-again-by-itself | FO-8.6-01, FO-8.2-02, -20 | both |
| reset-is-survived | FO-8.6-01, FO-8.3-02 | both |
| unacknowledged-update-is-sent-again | FO-9.8.1-01, L9 | both |
| no-answer-crosses-connections | FO-8.6-02, -04, S28 | both |
"""

from __future__ import annotations

from twinlease.suite import handshake
from twinlease.suite.bench import ANSWER_S, NORMAL_WITHIN_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import updates_of

AGAIN_S = 15.0
"""What counts as "immediately" for a server whose timers count seconds."""
PERIOD_S = 150.0
"""By when a second attempt has to come: our bound, the draft leaves the period open."""


@case("d12/8.6/connects-again-by-itself", roles=BOTH, level="should", consequence="liveness", observations=2, covers=[
    ("FO-8.6-01", "at once, and periodically"), ("FO-8.2-02", "periodically"), ("FO-8.2-20", "to the failover port")])
def test_connects_again(bench: Bench, t: Case) -> None:
    """A peer that has lost the connection tries to connect, and goes on trying."""
    bench.peer.listen()
    bench.peer.drop()
    t.sends("the connection is lost; the suite closes whatever the peer opens")
    with t.expects(f"a connection from the peer within {AGAIN_S:g} s, and another within {PERIOD_S:g} s"):
        for within in (AGAIN_S, PERIOD_S):
            attempts = handshake.knocks(bench, within, at_most=1)
            t.check(attempts, f"an attempt after {attempts[0]:.0f} s" if attempts else f"no attempt in {within:g} s")


@case("d12/8.6/reset-is-survived", roles=BOTH, consequence="liveness", observations=2, covers=[
    ("FO-8.3-02", "communications fail"), ("FO-8.6-01", "a new connection comes to NORMAL")])
def test_reset(bench: Bench, t: Case) -> None:
    """A connection that is reset, established or not, is followed by one that works."""
    for what in ("established", "new"):
        bench.to_normal()
        if what == "established":
            bench.peer.link.transport.close(reset=True)
            bench.peer.drop()
        else:
            bench.detach()
            bench.connection().transport.close(reset=True)
        t.sends(f"TCP reset on the {what} connection, then a good connection")
        with t.expects("NORMAL"):
            bench.to_normal()
            t.check(True, f"NORMAL after a reset of the {what} connection")


@case("d12/8.6/unacknowledged-update-is-sent-again", roles=BOTH, consequence="safety", covers=[
    ("FO-9.8.1-01", "the update is sent again"), ("L9", "no update is lost")])
def test_sent_again(bench: Bench, t: Case) -> None:
    """A BNDUPD that was not acknowledged when the connection was lost is sent again on the next one."""
    bench.peer.habits.acknowledge = False
    address = bench.client_served_here().acquire().address
    if not bench.reactor.run_until(lambda: updates_of(bench, address, "ACTIVE"), ANSWER_S):
        t.inconclusive(f"NO_UPDATE: no BNDUPD for {address} on the first connection")
    bench.detach()
    bench.peer.habits.acknowledge = True
    t.sends(f"no BNDACK for {address} ACTIVE; the connection is lost; a new one up to NORMAL")
    bench.to_normal()
    with t.expects(f"BNDUPD(ACTIVE) for {address} on the new connection within {NORMAL_WITHIN_S:g} s"):
        t.check(bench.reactor.run_until(lambda: updates_of(bench, address, "ACTIVE"), NORMAL_WITHIN_S),
                f"{address}: {'told again' if updates_of(bench, address, 'ACTIVE') else 'not told again'}")


@case("d12/8.6/no-answer-crosses-connections", roles=BOTH, consequence="safety", observations=2, covers=[
    ("FO-8.6-02", "responses only on the connection of the request"), ("FO-8.6-04", "no BNDACK for the lost one"),
    ("S28", "an answer never travels on another connection")])
def test_no_crossing(bench: Bench, t: Case) -> None:
    """Requests that were under way when the connection was lost are not answered on the next one."""
    link = bench.peer.link
    requests = {"BNDUPD": bench.active(bench.take_address()), "UPDREQALL": [],
                **({"POOLREQ": []} if bench.role == "primary" else {})}
    for number, (type_, options) in enumerate(requests.items()):
        link.send(type_, options, xid=0x5EED0001 + number)
    bench.peer.drop()
    t.sends(", ".join(requests) + " with xids from 0x5eed0001, the end of the connection, a new one up to NORMAL")
    bench.to_normal()
    link = bench.peer.link
    with t.expects("no response with one of these xids; a BNDUPD of this connection is answered"):
        xid = bench.peer.send_updates(bench.active(bench.take_address()))
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ANSWER_S)
        t.check(True, f"a BNDUPD of this connection is answered: {ack.label()}")
        bench.reactor.run_for(QUIET_S)
        crossed = [m.label() for m in link.received if m.xid >> 16 == 0x5EED]
        t.check(not crossed, f"{crossed[0]} on the new connection" if crossed else "no response to the old requests",
                "FO-8.6-02", "S28")

"""8.4 Using the TCP connection for binding data: max-unacked-bndupd.

The receiving side of an ordinary window is tested with BNDACK (7.2), the answers to UPDREQ with 7.3.

| test | clauses | roles |
|---|---|---|
| window-is-honoured | FO-8.4-02, FO-7.3.2-08, FO-8.4-01, FO-8.5-02, S17 | both |
| window-of-0 | FO-7.8.1-04, FO-8.4-02 (A-41) | both |
| largest-window | FO-8.4-02 | both |
| peers-own-window | FO-8.4-03, FO-8.3-05, FO-7.2-03, S17 | both |
"""

from __future__ import annotations

from twinlease.suite import handshake
from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import restart, updates_of

LEASES = 4
SETTLE_S = 3.0


def _leases(bench: Bench) -> list[str]:
    """New leases of the peer, more than the windows tested; their addresses."""
    clients = [bench.client_served_here() for _ in range(LEASES)]
    return [client.acquire().address for client in clients]


def _judge_window(bench: Bench, t: Case, window: int) -> None:
    """With BNDACKs withheld no more than `window` BNDUPDs come; one by one acknowledged, all the news does."""
    peer = bench.peer
    peer.habits.acknowledge = False
    addresses = _leases(bench)
    t.sends(f"max-unacked-bndupd {window}; {LEASES} clients get leases; no BNDACK, then one at a time")
    with t.expects(f"never more than {window} BNDUPD unanswered; CONTACT meanwhile; in the end all leases told"):
        bench.reactor.run_until(lambda: len(peer.withheld) > window, SETTLE_S)
        t.check(peer.withheld, f"{LEASES} leases and no BNDUPD" if not peer.withheld else "BNDUPDs come")
        t.check(len(peer.withheld) <= window, f"{len(peer.withheld)} BNDUPD unanswered")
        contact = peer.link.expect("CONTACT", within=bench.relationship.receive_timer_s, since=peer.link.mark())
        t.check(len(peer.withheld) <= window, f"{contact.type}, {len(peer.withheld)} BNDUPD unanswered")
        while not all(updates_of(bench, address, "ACTIVE") for address in addresses):
            if not bench.reactor.run_until(lambda: peer.withheld, ANSWER_S):
                break
            peer.acknowledge(peer.withheld[0])
            bench.reactor.run_until(lambda: len(peer.withheld) > window, SETTLE_S / 3)
            t.check(len(peer.withheld) <= window, f"one BNDACK later: {len(peer.withheld)} BNDUPD unanswered")
        untold = [address for address in addresses if not updates_of(bench, address, "ACTIVE")]
        t.check(not untold, f"not told: {', '.join(untold)}" if untold else f"all {LEASES} leases told")


@case("d12/8.4/window-is-honoured", roles=BOTH, consequence="interop", observations=8, covers=[
    ("FO-8.4-02", "never more BNDUPDs outstanding than announced"),
    ("FO-7.3.2-08", "never more BNDUPDs outstanding than announced"), ("FO-8.4-01", "CONTACT flows meanwhile"),
    ("S17", "1 and 2"), ("FO-8.5-02", "each BNDACK lets the next BNDUPD out")])
def test_window(bench: Bench, t: Case) -> None:
    """With max-unacked-bndupd 1 and 2 never more BNDUPDs are outstanding, and the connection is not blocked.

    On a store without history: leases of earlier tests that end meanwhile would make the updates a matter of timing.
    """
    bench.leave()
    bench.restore()
    for window in (1, 2):
        with bench.partner_with(max_unacked_bndupd=window):
            _judge_window(bench, t, window)
        bench.peer.habits.acknowledge = True


@case("d12/8.4/window-of-0", roles=BOTH, level="should", basis="adjudicated", consequence="liveness",
      readings=("A-41",), covers=[("FO-7.8.1-04", "0: process|connectack-reject:*|close-connection"),
                                  ("FO-8.4-02", "0 counts as 1")])
def test_zero(bench: Bench, t: Case) -> None:
    """A max-unacked-bndupd of 0 is refused, or counts as 1."""
    bench.detach()
    t.sends("a handshake with max-unacked-bndupd 0")
    tried = handshake.handshake(bench, max_unacked_bndupd=0)
    tried.connection.close()
    with t.expects("the handshake accepted, rejected or the connection closed"):
        t.check(tried.is_one_of("process|connectack-reject:*|close-*"), tried.reaction)
    if tried.reaction == "process":
        with bench.partner_with(max_unacked_bndupd=0):
            _judge_window(bench, t, 1)


@case("d12/8.4/largest-window", roles=BOTH, consequence="robustness", covers=[("FO-8.4-02", "0xffffffff: process")])
def test_largest(bench: Bench, t: Case) -> None:
    """A max-unacked-bndupd of 0xffffffff leaves room for updates."""
    t.sends("a new connection with max-unacked-bndupd 0xffffffff, up to NORMAL; a client gets a lease")
    with bench.partner_with(max_unacked_bndupd=0xFFFFFFFF):
        address = bench.client_served_here().acquire().address
        with t.expects("BNDUPD(ACTIVE) for it"):
            t.check(bench.reactor.run_until(lambda: updates_of(bench, address, "ACTIVE"), ANSWER_S),
                    f"{address}: {'told' if updates_of(bench, address, 'ACTIVE') else 'not told'}")


def _beyond_its_window(bench: Bench, t: Case, window: int, transactions: list) -> None:
    """More BNDUPDs at once than the peer asked for: those inside its window are answered; the others are our fault."""
    link = bench.peer.link
    since = link.mark()
    xids = [bench.peer.send_updates(transaction) for transaction in transactions]
    t.sends(f"{len(xids)} BNDUPDs at once to a max-unacked-bndupd of {window}")
    with t.expects(f"a BNDACK for each of the first {window}, and a peer that goes on running"):
        for xid in xids[:window]:
            ack = link.expect("BNDACK", lambda m, xid=xid: m.xid == xid, within=ACK_S, since=since)
            t.check(True, ack.label())
        bench.reactor.run_until(lambda: link.closed or len(link.all("BNDACK", since)) == len(xids), ANSWER_S)
        t.check(bench.put.running is not False, f"{len(link.all('BNDACK', since))} of {len(xids)} answered, connection "
                                                f"{link.closed or 'open'}, the peer runs")


@case("d12/8.4/peers-own-window", roles=BOTH, own_peer=True, probe=False, consequence="robustness", observations=9,
      covers=[("FO-8.4-03", "1 and 2 announced"), ("FO-8.3-05", "as many BNDUPDs read as announced"),
              ("FO-7.2-03", "a BNDACK for each"), ("S17", "a receiver reads as many BNDUPDs as it announced")])
def test_own_window(bench: Bench, t: Case) -> None:
    """A peer whose own window is 1 or 2 says so, answers what keeps to it, and survives what does not."""
    bench.put.need("kill", "start")
    bench.start_anew(addresses=32, max_unacked_bndupd=1)
    bench.to_normal()
    for window in (1, 2):
        if window > 1:
            bench.put.kill()
            bench.put.parameters["max_unacked_bndupd"] = window
            restart(bench)
        announced = bench.peer.link.received[0].get("max-unacked-bndupd")
        leases = [(bench.take_address(), bench.client().hardware) for _ in range(window + 3)]
        transactions = [bench.active(address, hardware=hardware) for address, hardware in leases]
        waiting = t.sends(f"a peer with a window of {window}; {len(leases)} BNDUPDs, never more unanswered than that",
                          bench.peer.queue_updates(transactions))
        with t.expects(f"max-unacked-bndupd {window} in its first message; a BNDACK for each"):
            t.check(announced == window, f"max-unacked-bndupd {announced}")
            bench.reactor.run_until(lambda: not waiting, ACK_S)
            t.check(not waiting, f"{len(leases) - len(waiting)} of {len(leases)} answered")
        _beyond_its_window(bench, t, window, transactions)

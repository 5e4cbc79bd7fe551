"""8.4 Using the TCP connection for binding data: max-unacked-bndupd.

The receiving side of the window is tested with BNDACK (7.2), the answers to UPDREQ with 7.3.

| test | clauses | roles |
|---|---|---|
| window-is-honoured | FO-8.4-02, FO-7.3.2-08, FO-8.4-01, S17 | both |
| window-of-0 | FO-7.8.1-04, FO-8.4-02 (A-41) | both |
| largest-window | FO-8.4-02 | both |
"""

from __future__ import annotations

from twinlease.suite import handshake
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import updates_of

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
    ("S17", "1 and 2")])
def test_window(bench: Bench, t: Case) -> None:
    """With max-unacked-bndupd 1 and 2 never more BNDUPDs are outstanding, and the connection is not blocked."""
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

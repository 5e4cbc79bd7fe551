"""7.3 UPDREQ, 7.4 UPDREQALL, 7.5 UPDDONE.

| test | clauses | roles |
|---|---|---|
| updreq-with-nothing-pending | FO-7.3.2-03, FO-7.5-01, -04 | both |
| updreqall-sends-all | FO-7.4.2-01, -03, FO-7.5-01, S19 | both |
| upddone-waits-for-the-last-bndack | FO-7.3-01, FO-7.5-03, S19 | both |
| rejected-updates-count-as-answered | FO-7.5-02 | both |
| updreq-honours-the-window | FO-7.3.2-07, -08, S17 | both |
| updreqall-is-remembered | FO-7.4.2-02, FO-5.17-02, S19 | both |
| two-requests-two-upddones | FO-7.5.1-02 (A-46) | both |
"""

from __future__ import annotations

from twinlease import dhcp, wire
from twinlease.suite.bench import ACK_S, ANSWER_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, Case, case

TRANSFER_S = 120.0
"""How long a whole transfer of some hundred bindings may take: no clause says."""


def _leases(bench: Bench, count: int) -> dict[str, dhcp.Client]:
    """That many clients with a lease from the peer, all told to the partner and acknowledged."""
    clients = {}
    for _ in range(count):
        client = bench.client_served_here()
        clients[client.acquire(ANSWER_S).address] = client
    bench.reactor.run_for(5.0)
    return clients


def _told(messages: list[wire.Message]) -> dict[str, wire.Options]:
    """By address, the last transaction about it; of any status: a lease may end while it is being told."""
    return {x.get("assigned-IP-address"): x for m in messages if m.type == "BNDUPD" for x in m.transactions}


@case("d12/7.3/updreq-with-nothing-pending", roles=BOTH, covers=[
    ("FO-7.3.2-03", "nothing pending: UPDDONE"), ("FO-7.5-01", "xid of the UPDREQ"), ("FO-7.5-04", "no options")])
def test_updreq_nothing_pending(bench: Bench, t: Case) -> None:
    """UPDREQ when all is acknowledged is answered by UPDDONE with its xid."""
    link = bench.peer.link
    bench.reactor.run_for(3.0)
    since = link.mark()
    xid = t.sends("UPDREQ", link.send("UPDREQ"))
    with t.expects("UPDDONE with the xid of the UPDREQ and without options"):
        done = link.expect("UPDDONE", within=ACK_S, since=since)
        t.check(done.xid == xid and not done.codes, f"{done.label()} {done.describe()}, the UPDREQ had xid {xid}")


@case("d12/7.4/updreqall-sends-all", roles=BOTH, consequence="safety", observations=5, covers=[
    ("FO-7.4.2-01", "a BNDUPD for every binding"), ("FO-7.4.2-03", "ordinary BNDUPDs, then UPDDONE"),
    ("FO-7.5-01", "xid of the UPDREQALL"), ("S19", "UPDDONE is complete")])
def test_updreqall_sends_all(bench: Bench, t: Case) -> None:
    """UPDREQALL brings every lease of the peer, and UPDDONE after them."""
    clients = _leases(bench, 4)
    link = bench.peer.link
    since = link.mark()
    xid = t.sends(f"UPDREQALL, while {len(clients)} known clients hold leases of the peer", link.send("UPDREQALL"))
    with t.expects("BNDUPD(ACTIVE) for each of the leases, then UPDDONE with the xid of the UPDREQALL"):
        done = link.expect("UPDDONE", lambda m: m.xid == xid, within=TRANSFER_S, since=since)
        before = link.received[since:link.received.index(done)]
        told = _told(before)
        t.check(True, f"UPDDONE after {len(before)} messages")
        for address, client in clients.items():
            t.check(address in told and told[address].get("client-hardware-address") == b"\x01" + client.hardware,
                    f"{address}: {'told' if address in told else 'not told'} before UPDDONE")


@case("d12/7.3/upddone-waits-for-the-last-bndack", roles=BOTH, consequence="safety", observations=2, covers=[
    ("FO-7.3-01", "no UPDDONE while a BNDUPD is unanswered"), ("FO-7.5-03", "UPDDONE after the last BNDACK"),
    ("FO-7.3.2-03", "UPDDONE when all BNDACKs are there"), ("S19", "delay one BNDACK: no UPDDONE")])
def test_upddone_waits(bench: Bench, t: Case) -> None:
    """With one BNDACK held back there is no UPDDONE; with it there is."""
    target = next(iter(_leases(bench, 1)))
    link = bench.peer.link
    bench.peer.habits.acknowledge = False
    since = link.mark()
    xid = t.sends(f"UPDREQALL; every BNDUPD acknowledged at once but the one about {target}", link.send("UPDREQALL"))
    held: list[wire.Message] = []

    def acknowledge_all_but_one() -> bool:
        for update in list(bench.peer.withheld):
            if not held and target in [x.get("assigned-IP-address") for x in update.transactions]:
                bench.peer.withheld.remove(update)
                held.append(update)
            else:
                bench.peer.acknowledge(update)
        return False

    bench.reactor.run_until(acknowledge_all_but_one, QUIET_S + 10)
    if not held:
        t.inconclusive(f"PREPARATION: the transfer brought no BNDUPD about {target}")
    with t.expects(f"no UPDDONE for {QUIET_S:g} s; UPDDONE after the last BNDACK"):
        early = link.seen("UPDDONE", lambda m: m.xid == xid, since)
        t.check(early is None, f"{early.label() if early else 'no UPDDONE'} with {held[0].label()} unanswered")
        bench.peer.habits.acknowledge = True
        bench.peer.acknowledge(held[0])
        done = link.expect("UPDDONE", lambda m: m.xid == xid, within=TRANSFER_S, since=since)
        t.check(True, done.label())


@case("d12/7.5/rejected-updates-count-as-answered", roles=BOTH, consequence="liveness", covers=[
    ("FO-7.5-02", "UPDDONE though every BNDUPD was rejected")])
def test_rejected_updates_count(bench: Bench, t: Case) -> None:
    """UPDDONE comes also when we reject every BNDUPD of the transfer."""
    _leases(bench, 1)
    link = bench.peer.link
    bench.peer.habits.accept = lambda transaction: 15
    since = link.mark()
    xid = t.sends("UPDREQALL, and reject-reason 15 for every BNDUPD", link.send("UPDREQALL"))
    with t.expects("UPDDONE with the xid of the UPDREQALL"):
        done = link.expect("UPDDONE", lambda m: m.xid == xid, within=TRANSFER_S, since=since)
        if not link.all("BNDUPD", since):
            t.inconclusive("PREPARATION: the transfer brought no BNDUPD to reject")
        t.check(True, done.label())


@case("d12/7.3/updreq-honours-the-window", roles=BOTH, consequence="interop", covers=[
    ("FO-7.3.2-07", "never more outstanding than max-unacked-bndupd"), ("FO-7.3.2-08", "never more outstanding"),
    ("FO-8.4-02", "only a limited number before BNDACKs"), ("S17", "window")])
def test_updreq_window(bench: Bench, t: Case) -> None:
    """While BNDACKs are withheld, the transfer stops at our max-unacked-bndupd."""
    window = 2
    _leases(bench, 4)
    bench.peer.drop()
    bench.peer.identity.max_unacked_bndupd = window
    bench.to_normal()
    link = bench.peer.link
    bench.reactor.run_for(3.0)
    bench.peer.habits.acknowledge = False
    since = link.mark()
    t.sends(f"max-unacked-bndupd {window} on a new connection; UPDREQALL; no BNDACK", link.send("UPDREQALL"))
    with t.expects(f"{window} BNDUPDs at the most until one is acknowledged"):
        link.expect("BNDUPD", within=ANSWER_S, since=since)
        bench.reactor.run_for(QUIET_S)
        outstanding = len(link.all("BNDUPD", since))
        t.check(outstanding <= window, f"{outstanding} BNDUPDs outstanding")


@case("d12/7.4/updreqall-is-remembered", roles=BOTH, consequence="safety", observations=2, covers=[
    ("FO-7.4.2-02", "after reconnecting, UPDREQ brings what UPDREQALL asked for"), ("S19", "across connections"),
    ("FO-5.17-02", "UPDREQ answered like the UPDREQALL that was cut short")])
def test_updreqall_is_remembered(bench: Bench, t: Case) -> None:
    """An UPDREQALL that the link cut short is not forgotten: the next UPDREQ is answered like an UPDREQALL."""
    clients = _leases(bench, 3)
    link = bench.peer.link
    bench.peer.habits.acknowledge = False
    since = link.mark()
    link.send("UPDREQALL")
    link.expect("BNDUPD", within=ANSWER_S, since=since)
    t.sends("UPDREQALL, connection cut at the first BNDUPD; on the next connection UPDREQ")
    bench.peer.drop()
    bench.peer.habits.acknowledge = True
    bench.to_normal()
    link = bench.peer.link
    xid = link.send("UPDREQ")
    with t.expects("every lease told again on the new connection before UPDDONE"):
        done = link.expect("UPDDONE", lambda m: m.xid == xid, within=TRANSFER_S)
        told = _told(link.received[:link.received.index(done)])
        t.check(True, done.label())
        missing = [address for address in clients if address not in told]
        t.check(not missing, f"{len(clients) - len(missing)} of {len(clients)} leases told before UPDDONE")


@case("d12/7.5/two-requests-two-upddones", roles=BOTH, level="should", basis="adjudicated", readings=("A-46",),
      observations=2, covers=[("FO-7.5.1-02", "one UPDDONE for each xid")])
def test_two_requests(bench: Bench, t: Case) -> None:
    """Two UPDREQs in a row are answered by two UPDDONEs, each with its xid."""
    link = bench.peer.link
    since = link.mark()
    xids = [link.send("UPDREQ"), link.send("UPDREQ")]
    t.sends("two UPDREQs in a row")
    with t.expects("an UPDDONE for each"):
        for xid in xids:
            done = link.expect("UPDDONE", lambda m, xid=xid: m.xid == xid, within=ACK_S, since=since)
            t.check(True, done.label())

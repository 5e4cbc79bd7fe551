"""7.2 BNDACK message.

| test | clauses | roles |
|---|---|---|
| every-bndupd-is-answered, bndack-comes-quickly | FO-7.2-03, -04 | both |
| answered-beside-many-clients | FO-7.2-03, L15 | both |
| accepting-bndack-has-only-the-address | FO-7.2.1-02, -10, FO-7.2-11, -13..-33 | both |
| rejecting-bndack-has-a-reason, -has-a-message | FO-7.2-22, -24, FO-7.2.1-06, -07, -02, FO-12.21-01 | both |
| more-bndupds-than-the-window | FO-8.3-05, FO-7.2-03 | both |
| unmatched-bndack-is-ignored | FO-6.1-17 (A-23) | both |
| no-bndack-across-connections | FO-7.2-10, -08, FO-8.6-02, -04 | both |
| ack-after-commit | FO-7.2-01, FO-5.2.1-09, FO-5.1-01, FO-9.8.3-08, S4 | both |
| acknowledged-update-is-there-after-a-kill | FO-7.2-01, FO-5.2.1-09, FO-2.2-01, S4 | both |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite.bench import ACK_S, ANSWER_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import leased_client, restart, told_in_full

LONG_LEASE_S = 3000


@case("d12/7.2/every-bndupd-is-answered", roles=BOTH, consequence="liveness", observations=1, covers=[
    ("FO-7.2-03", "one BNDACK for each of ten")])
def test_every_bndupd_is_answered(bench: Bench, t: Case) -> None:
    """Ten BNDUPDs sent at once, as many as the peer's window allows, are all answered."""
    link = bench.peer.link
    count = min(10, bench.peer.partner_window)
    since = link.mark()
    xids = [bench.peer.send_updates(bench.active(bench.take_address())) for _ in range(count)]
    t.sends(f"{count} BNDUPDs in a row")
    with t.expects("a BNDACK for each"):
        for xid in xids:
            ack = link.expect("BNDACK", lambda m, xid=xid: m.xid == xid, within=ACK_S, since=since)
            t.check(True, ack.label())


@case("d12/7.2/bndack-comes-quickly", roles=BOTH, level="should", consequence="liveness", covers=[
    ("FO-7.2-04", "within seconds")])
def test_quick_bndack(bench: Bench, t: Case) -> None:
    """A BNDUPD to an idle peer is answered within seconds."""
    link = bench.peer.link
    since, began = link.mark(), bench.clock.now()
    xid = t.sends("BNDUPD to an idle peer", bench.peer.send_updates(bench.active(bench.take_address())))
    with t.expects(f"BNDACK within {ANSWER_S:g} s"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ANSWER_S, since=since)
        t.check(True, f"{ack.label()} after {bench.clock.now() - began:.1f} s")


@case("d12/7.2/answered-beside-many-clients", roles=BOTH, consequence="liveness", observations=10, covers=[
    ("FO-7.2-03", "a BNDACK for each, beside clients that ask"), ("L15", "every BNDUPD is answered")])
def test_load(bench: Bench, t: Case) -> None:
    """While clients ask, many at once, every BNDUPD is answered."""
    link = bench.peer.link
    leases = [(bench.take_address(), bench.client().hardware) for _ in range(10)]
    since = link.mark()
    xids = []
    for address, hardware in leases:
        for _ in range(4):
            bench.client().send(dhcp.DISCOVER)
        xids.append(bench.peer.send_updates(bench.active(address, hardware=hardware)))
        bench.reactor.run_until(lambda: len(xids) - len(link.all("BNDACK", since)) < bench.peer.partner_window, ACK_S)
    t.sends(f"{len(xids)} BNDUPDs, and DISCOVER of four clients before each")
    with t.expects("a BNDACK for each"):
        for xid in xids:
            ack = link.expect("BNDACK", lambda m, xid=xid: m.xid == xid, within=ACK_S, since=since)
            t.check(True, ack.label())


@case("d12/7.2/accepting-bndack-has-only-the-address", roles=BOTH, level="should", consequence="hygiene",
      readings=("A-11",), covers=[
          ("FO-7.2.1-10", "assigned-IP-address alone"), ("FO-7.2.1-03", "no option echoed"),
          ("FO-7.2-15", "absent"), ("FO-7.2-25", "absent"), ("FO-7.2-11", "present"), ("FO-7.2-13", "absent"),
          ("FO-7.2-17", "absent"), ("FO-7.2-19", "absent"), ("FO-7.2-21", "absent"), ("FO-7.2-23", "absent"),
          ("FO-7.2-29", "absent"), ("FO-7.2-31", "absent"), ("FO-7.2-33", "absent")])
def test_accepting_bndack(bench: Bench, t: Case) -> None:
    """A BNDACK that accepts has the address and nothing else (potential-expiration-time apart: A-11)."""
    link = bench.peer.link
    address = bench.take_address()
    since = link.mark()
    xid = t.sends(f"BNDUPD {address} ACTIVE", bench.peer.send_updates(bench.active(address)))
    with t.expects("BNDACK with assigned-IP-address only"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        t.check([code for code in ack.codes if code != 18] == [2], ack.describe())


@case("d12/7.2/rejecting-bndack-has-a-reason", roles=BOTH, observations=2, covers=[
    ("FO-7.2-22", "present"), ("FO-7.2.1-06", "present"), ("FO-7.2-12", "present"), ("FO-6.3-10", "bndack-reject:*"),
    ("FO-12.21-01", "after the assigned-IP-address"), ("FO-7.2.1-02", "the address of the BNDUPD")])
def test_rejecting_bndack(bench: Bench, t: Case) -> None:
    """A BNDACK that rejects has the address and then a reject-reason."""
    link = bench.peer.link
    since = link.mark()
    xid = t.sends("BNDUPD 10.99.99.99 ACTIVE (in no pool)", bench.peer.send_updates(bench.active("10.99.99.99")))
    with t.expects("BNDACK with assigned-IP-address 10.99.99.99, then reject-reason"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        if not ack.has("reject-reason"):
            t.inconclusive(f"PREPARATION: an address of no pool is accepted: {ack.label()}")
        t.check(ack.get("assigned-IP-address") == "10.99.99.99", ack.describe())
        t.check(ack.codes.index(2) < ack.codes.index(21), ack.describe())


@case("d12/7.2/rejecting-bndack-has-a-message", roles=BOTH, level="should", consequence="hygiene", covers=[
    ("FO-7.2-24", "present"), ("FO-7.2.1-07", "present")])
def test_rejecting_message(bench: Bench, t: Case) -> None:
    """A BNDACK that rejects has a message for people."""
    link = bench.peer.link
    since = link.mark()
    xid = t.sends("BNDUPD 10.99.99.98 ACTIVE (in no pool)", bench.peer.send_updates(bench.active("10.99.99.98")))
    with t.expects("BNDACK with a message option that is not empty"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        t.check(bool(ack.get("message")), ack.describe())


@case("d12/7.2/more-bndupds-than-the-window", roles=BOTH, consequence="robustness", observations=1, covers=[
    ("FO-8.3-05", "the first max-unacked-bndupd are answered")])
def test_beyond_the_window(bench: Bench, t: Case) -> None:
    """With more BNDUPDs than its window, the peer answers at least those inside it and stays in contact."""
    link = bench.peer.link
    window = min(bench.peer.partner_window, 50)
    since = link.mark()
    xids = [bench.peer.send_updates(bench.active(bench.take_address())) for _ in range(window + 10)]
    t.sends(f"{window + 10} BNDUPDs in a row; the peer announced max-unacked-bndupd {bench.peer.partner_window}")
    with t.expects(f"a BNDACK for each of the first {window}; the rest answered, or the connection closed"):
        for xid in xids[:window]:
            ack = link.expect("BNDACK", lambda m, xid=xid: m.xid == xid, within=ACK_S, since=since)
            t.check(True, ack.label())


@case("d12/7.2/unmatched-bndack-is-ignored", roles=BOTH, level="should", basis="adjudicated", readings=("A-23",),
      consequence="robustness", covers=[("FO-6.1-17", "unmatched BNDACK: ignore-message|close-connection")])
def test_unmatched_bndack(bench: Bench, t: Case) -> None:
    """A BNDACK that answers nothing is ignored."""
    link = bench.peer.link
    t.sends("BNDACK with an xid that no BNDUPD had", link.send(
        "BNDACK", [("assigned-IP-address", bench.take_address())], xid=0x7FFFFF00))
    with t.expects("a BNDUPD is answered on the same connection; or the connection is closed"):
        bench.reactor.run_until(lambda: link.closed, 3.0)
        if link.closed is not None:
            t.check(True, f"connection: {link.closed}")
            return
        since = link.mark()
        xid = bench.peer.send_updates(bench.active(bench.take_address()))
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        t.check(True, ack.label())


@case("d12/7.2/no-bndack-across-connections", roles=BOTH, consequence="safety", covers=[
    ("FO-7.2-10", "no BNDACK on the next connection"), ("FO-8.6-04", "no BNDACK on the next connection"),
    ("FO-8.6-02", "responses only on the request's connection"), ("FO-7.2-08", "no BNDACK on another connection")])
def test_no_bndack_across_connections(bench: Bench, t: Case) -> None:
    """A BNDUPD of a lost connection is not answered on the next one."""
    # An xid far from those that the next connection uses.
    xid = t.sends("BNDUPD, and the connection reset at once", bench.peer.link.send(
        "BNDUPD", bench.active(bench.take_address()), xid=0x51515151))
    bench.peer.link.transport.close(reset=True)
    bench.to_normal()
    with t.expects(f"no BNDACK with that xid on the next connection, for {QUIET_S:g} s"):
        bench.reactor.run_for(QUIET_S)
        stray = [m for m in bench.peer.link.all("BNDACK") if m.xid == xid]
        t.check(not stray, stray[0].label() if stray else "none")


@case("d12/7.2/ack-after-commit", roles=BOTH, consequence="safety", own_peer=True, observations=3, basis="invariant",
      covers=[("FO-7.2-01", "after a crash the store has what was acknowledged"), ("S4", "ack after commit"),
              ("FO-5.2.1-09", "BNDACK only after commit"), ("FO-5.1-01", "BNDACK only after commit"),
              ("FO-9.8.3-08", "stored before the BNDACK")])
def test_ack_after_commit(bench: Bench, t: Case) -> None:
    """A binding that was acknowledged survives a kill right after the BNDACK (order of write and send)."""
    bench.put.need("kill", "start", "wipe", "read_leases")
    bench.start_anew()
    bench.to_normal()
    for _ in range(3):
        address = bench.take_address()
        hardware = bench.client().hardware
        link = bench.peer.link
        since = link.mark()
        xid = t.sends(f"BNDUPD {address} ACTIVE; SIGKILL when its BNDACK is there; start again",
                      bench.peer.send_updates(bench.active(address, lease_s=3000, hardware=hardware)))
        ack = link.expect("BNDACK", lambda m, xid=xid: m.xid == xid, within=ACK_S, since=since)
        if ack.has("reject-reason"):
            t.inconclusive(f"PREPARATION: {ack.label()}")
        bench.put.kill()
        store = bench.put.read_leases()
        with t.expects(f"the lease store names {address} and its client"):
            t.check(address in store and hardware.hex(":") in store.lower(), f"{address} in the store: {address in store}")
        bench.put.start()
        bench.peer.drop()
        bench.to_normal()


@case("d12/7.2/acknowledged-update-is-there-after-a-kill", roles=BOTH, consequence="safety", observations=2, covers=[
    ("FO-7.2-01", "what was acknowledged is told after a kill"), ("FO-5.2.1-09", "BNDACK only after commit"),
    ("FO-2.2-01", "bindings survive a restart"), ("S4", "ack after commit")])
def test_told_after_a_kill(bench: Bench, t: Case) -> None:
    """Killed right after a BNDACK, the peer tells the binding on UPDREQALL, and renews its client."""
    bench.put.need("kill", "start")
    control = leased_client(bench, bench.take_address(), LONG_LEASE_S)
    bench.reactor.run_for(5.0)
    client = leased_client(bench, bench.take_address(), LONG_LEASE_S)   # returns when the BNDACK is there
    bench.put.kill()
    address = client.lease.address
    t.sends(f"BNDUPD {control.lease.address} ACTIVE, 5 s later {address} ACTIVE; the peer is killed when the BNDACK is "
            "there, and started; UPDREQALL; the client renews", restart(bench))
    told = told_in_full(bench)
    if control.lease.address not in told:
        t.inconclusive("CONTROL: UPDREQALL does not bring bindings that the partner told")
    with t.expects(f"{address} told for that client before UPDDONE; DHCPACK to the client"):
        update = told.get(address)
        t.check(update is not None and (update.get("client-hardware-address") or b"")[1:] == client.hardware,
                f"{address}: {update.describe()[:90] if update else 'not told'}")
        ack = client.renew(ANSWER_S)
        t.check(ack is not None and ack.message_type == dhcp.ACK, f"RENEW: {ack.label() if ack else 'no answer'}")

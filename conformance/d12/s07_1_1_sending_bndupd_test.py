"""7.1.1 Sending the BNDUPD message, and Table 7.1-1.

| test | clauses | roles |
|---|---|---|
| active-has-what-the-table-asks | FO-7.1-05, -13, -21, -25, -29, FO-7.1.1-05, -21, -22, FO-5.11-01 | both |
| active-has-client-last-transaction-time | FO-7.1-37, FO-7.1.1-12, FO-7.1.3-03 (A-12) | both |
| active-times-are-the-clients | FO-7.1.1-06, FO-9.8.3-03, FO-7.1.3-04, -05, S24 | both |
| potential-expiration-is-not-before-the-lease | FO-7.1.1-07, FO-9.8.3-04 | both |
| client-identifier-iff-used | FO-7.1.1-09, -10, FO-12.4-01, FO-12.5-01, -02, -03 | both |
| update-follows-the-ack | FO-9.8.3-02, FO-7.2.1-05, FO-7.1.1-01, FO-5.5-02 | both |
| lease-after-commit | FO-3.1.3-01, FO-2.2-01, S5 | both |
| other-statuses-carry-no-times | FO-7.1-26, -27, -28, -30, -31, -32 | both |
| no-echo, no-storm-after-rejection | FO-7.1.1-03, FO-7.2.2-03, FO-5.5-03, FO-7.2.1-09, S18 | both |
| request-options-are-sent | FO-7.1.1-14, -15 | both |
"""

from __future__ import annotations

from twinlease import dhcp, wire
from twinlease.suite.bench import ACK_S, ANSWER_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, Case, Inconclusive, case
from twinlease.suite.steps import full_lease, restart, told_in_full

AT_ONCE_S = 2.0
RENEWED_LATER_S = 20.0
"""A renewal that much later has an end that no tolerance mistakes for the one before."""
STORM = 4
UPDATE_WITHIN_S = 30.0
"""How long after a DHCPACK the BNDUPD is waited for: "as soon as possible" (7.1.1) has no number."""


def _update_for(bench: Bench, address: str, since: int, status: str = "ACTIVE") -> wire.Options:
    """The peer's first transaction with that address and status since the mark. NotSeen if none comes."""
    link = bench.peer.link
    code = wire.BINDING_STATUS[status]

    def matches(message: wire.Message) -> list[wire.Options]:
        return [x for x in message.transactions
                if x.get("assigned-IP-address") == address and x.get("binding-status") == code]

    message = link.expect("BNDUPD", lambda m: bool(matches(m)), within=UPDATE_WITHIN_S, since=since,
                          what=f"BNDUPD {address} {status}")
    return matches(message)[0]


def _own_updates(bench: Bench) -> list[tuple[float, wire.Options]]:
    """Every transaction of every BNDUPD that the peer has sent in this run, with its time."""
    return [(entry.t, transaction) for entry in bench.transcript.entries
            if entry.frm == "peer" and entry.message is not None and entry.proto == "failover"
            and entry.message.type == "BNDUPD" for transaction in entry.message.transactions]


def _leased(bench: Bench, t: Case, client: dhcp.Client) -> tuple[dhcp.Lease, int]:
    """The client acquires a lease; that, and the mark from which its BNDUPD is to be waited for."""
    since = bench.peer.link.mark()
    lease = client.acquire(ANSWER_S)
    t.sends(f"a new client acquires {lease.address} for {lease.lease_time_s} s")
    return lease, since


def _time(t: Case, update: wire.Options, name: str) -> int:
    """The value of a time option; a Deviation if the transaction lacks it."""
    value = update.get(name)
    t.check(isinstance(value, int), f"{name}: {value if isinstance(value, int) else 'missing'}")
    return value


@case("d12/7.1.1/active-has-what-the-table-asks", roles=BOTH, observations=5, covers=[
    ("FO-7.1-05", "present"), ("FO-7.1-13", "present"), ("FO-7.1-21", "present"), ("FO-7.1-25", "present"),
    ("FO-7.1-29", "present"), ("FO-7.1.1-05", "present"), ("FO-7.1.1-21", "present"), ("FO-7.1.1-22", "present"),
    ("FO-6.3-03", "assigned-IP-address first"), ("FO-5.11-01", "client-hardware-address present")])
def test_active_options(bench: Bench, t: Case) -> None:
    """BNDUPD(ACTIVE) after a DHCPACK has every option that Table 7.1-1 and the text both require."""
    lease, since = _leased(bench, t, bench.client_served_here())
    with t.expects("assigned-IP-address first; binding-status, client-hardware-address, both expiration times"):
        update = _update_for(bench, lease.address, since)
        t.check(update.codes[0] == 2, f"first option {update.codes[0]}")
        for name in ("binding-status", "client-hardware-address", "lease-expiration-time",
                     "potential-expiration-time"):
            t.check(update.has(name), f"{name}: {'present' if update.has(name) else 'missing'}")


@case("d12/7.1.1/active-has-client-last-transaction-time", roles=BOTH, level="should", consequence="hygiene",
      readings=("A-12",), observations=2, covers=[
          ("FO-7.1-37", "present"), ("FO-7.1.1-12", "present, the time of the exchange"), ("FO-7.1.3-03", "present")])
def test_active_transaction_time(bench: Bench, t: Case) -> None:
    """BNDUPD(ACTIVE) says when the client was last heard: a MUST of Table 7.1-1, a SHOULD of 7.1.1 and 7.1.3."""
    lease, since = _leased(bench, t, bench.client_served_here())
    with t.expects("client-last-transaction-time, at the exchange"):
        off = _time(t, _update_for(bench, lease.address, since), "client-last-transaction-time") - lease.acked_s
        t.check(abs(off) <= bench.long_enough(bench.mclt_s), f"{off:+.1f} s from the exchange")


@case("d12/7.1.1/active-times-are-the-clients", roles=BOTH, consequence="safety", observations=3, covers=[
    ("FO-7.1.1-06", "lease-expiration-time not before DHCPACK + option 51"),
    ("FO-9.8.3-03", "not less than in the DHCPACK"), ("S24", "lease-expiration-time not before E"),
    ("FO-7.1.3-04", "client-last-transaction-time, if any, is that of the exchange"),
    ("FO-7.1.3-05", "client-last-transaction-time, if any, is not the end of the lease")])
def test_active_times(bench: Bench, t: Case) -> None:
    """lease-expiration-time in BNDUPD(ACTIVE) is not before what the client was told."""
    allowed = bench.long_enough(bench.mclt_s)
    lease, since = _leased(bench, t, bench.client_served_here())
    with t.expects(f"lease-expiration-time at DHCPACK plus option 51 or later (tolerance {allowed:.1f} s); "
                   "client-last-transaction-time, if any, at the exchange"):
        update = _update_for(bench, lease.address, since)
        off = _time(t, update, "lease-expiration-time") - lease.expires_s
        t.check(off >= -allowed, f"lease-expiration-time {off:+.1f} s from what the client was told")
        last = update.get("client-last-transaction-time")
        t.check(last is None or abs(last - lease.acked_s) <= allowed,
                "no client-last-transaction-time" if last is None
                else f"client-last-transaction-time {last - lease.acked_s:+.1f} s from the exchange")


@case("d12/7.1.1/potential-expiration-is-not-before-the-lease", roles=BOTH, last=True, probe=False, observations=3,
      consequence="safety", readings=("A-13",), covers=[
          ("FO-9.8.3-04", "potential-expiration-time >= lease-expiration-time"),
          ("FO-7.1.1-07", "potential-expiration-time >= lease-expiration-time")])
def test_potential_expiration(bench: Bench, t: Case) -> None:
    """In every BNDUPD(ACTIVE) about a lease of the peer's own, potential-expiration-time is not before its end."""
    told = {x.get("assigned-IP-address") for e in bench.transcript.entries
            if e.frm == "suite" and e.proto == "failover" and e.message is not None and e.message.type == "BNDUPD"
            for x in e.message.transactions
            if x.get("binding-status") not in (wire.BINDING_STATUS["FREE"], wire.BINDING_STATUS["BACKUP"])}
    ours = told | bench.taken   # what came in octets that were no message may be remembered too
    with t.expects("potential-expiration-time at or after lease-expiration-time"):
        for _, update in _own_updates(bench):
            if update.get("binding-status") != wire.BINDING_STATUS["ACTIVE"] or update.get("assigned-IP-address") in ours:
                continue
            lease, potential = update.get("lease-expiration-time"), update.get("potential-expiration-time")
            ok = isinstance(lease, int) and isinstance(potential, int) and potential >= lease
            t.check(ok, f"{update.get('assigned-IP-address')}: lease {lease}, potential {potential}")


@case("d12/7.1.1/client-identifier-iff-used", roles=BOTH, observations=3, covers=[
    ("FO-7.1.1-10", "present for a client that used one"), ("FO-7.1.1-10", "absent for a client that used none"),
    ("FO-7.1.1-09", "htype and chaddr of the request"), ("FO-12.4-01", "that of the client's option 61"),
    ("FO-12.5-01", "htype, then chaddr"), ("FO-12.5-02", "htype 1"), ("FO-12.5-03", "Ethernet is 1")])
def test_client_identifier(bench: Bench, t: Case) -> None:
    """client-identifier is in the BNDUPD exactly if the client sent one; client-hardware-address always is."""
    plain = bench.client_served_here()
    for _ in range(64):
        named = bench.client()
        named.client_identifier = b"\x00twinlease-" + named.hardware.hex().encode()
        if bench.serves(named.bucket):
            break
    else:
        raise Inconclusive("BUCKETS: no client with a client-identifier is served by the peer")
    first, since_first = _leased(bench, t, plain)
    second, since_second = _leased(bench, t, named)
    with t.expects("no client-identifier for the first client; the second one's own for the second"):
        update = _update_for(bench, first.address, since_first)
        t.check(not update.has("client-identifier"), f"without option 61: {update.describe()[:120]}")
        t.check(update.get("client-hardware-address") == b"\x01" + plain.hardware,
                f"client-hardware-address {update.get('client-hardware-address', b'').hex(':')}")
        update = _update_for(bench, second.address, since_second)
        t.check(update.get("client-identifier") == named.client_identifier,
                f"with option 61: client-identifier {update.get('client-identifier')!r}")


@case("d12/7.1.1/update-follows-the-ack", roles=BOTH, consequence="safety", observations=3, covers=[
    ("FO-9.8.3-02", "BNDUPD after the DHCPACK"), ("FO-7.2.1-05", "a renewal with a new time is told in a BNDUPD"),
    ("FO-5.5-02", "BNDUPD for a lease and for its renewal"), ("FO-7.1.1-01", "BNDUPD for a lease and for its renewal")])
def test_update_follows(bench: Bench, t: Case) -> None:
    """Every lease given or prolonged is told to the partner."""
    client = bench.client_served_here()
    lease, since = _leased(bench, t, client)
    with t.expects(f"BNDUPD(ACTIVE) within {UPDATE_WITHIN_S:g} s of the DHCPACK; again when a renewal prolongs it"):
        told = _time(t, _update_for(bench, lease.address, since), "lease-expiration-time")
        bench.reactor.run_for(5.0)
        since = bench.peer.link.mark()
        ack = client.renew(ANSWER_S)
        t.check(ack is not None and ack.message_type == dhcp.ACK, f"renewal: {ack.label() if ack else 'no answer'}")
        assert client.lease is not None
        if client.lease.expires_s > lease.expires_s + 2 * bench.tolerance_s:
            later = _update_for(bench, lease.address, since).get("lease-expiration-time", 0)
            t.check(later > told, f"after the renewal lease-expiration-time {later - told:+d} s")


@case("d12/7.1.1/lease-after-commit", roles=BOTH, consequence="safety", observations=4, covers=[
    ("FO-3.1.3-01", "the lease is known after a kill right after its DHCPACK"),
    ("FO-2.2-01", "the lease is known after a kill"), ("S5", "lease after commit")])
def test_lease_after_commit(bench: Bench, t: Case) -> None:
    """Killed right after a DHCPACK, the peer still knows the lease and its end (order of write and send)."""
    bench.put.need("kill", "start")
    allowed = bench.long_enough(bench.mclt_s)
    renewing, new = full_lease(bench), bench.client_served_here()
    bench.peer.habits.acknowledge = False
    bench.reactor.run_for(RENEWED_LATER_S)
    offer = new.discover(ANSWER_S)
    if renewing.renew(ANSWER_S) is None or offer is None or new.select(offer, ANSWER_S) is None or new.lease is None:
        t.inconclusive("PREPARATION: no DHCPACK to a renewal, or to a new client")
    bench.put.kill()
    t.sends(f"a client renews {renewing.lease.address}, a new one gets {new.lease.address}, no BNDACK; the peer is "
            "killed when the DHCPACK is there, and started; UPDREQALL", restart(bench))
    told = told_in_full(bench)
    with t.expects("BNDUPDs about both clients, with a lease-expiration-time not before what the client was told"):
        for client in (new, renewing):
            address, ends = client.lease.address, client.lease.expires_s
            if ends - bench.clock.now() <= allowed:
                t.inconclusive(f"TIME: the lease on {address} was over before the peer told it")
            update = told.get(address)
            who = update and (update.get("client-hardware-address") or b"")[1:]
            t.check(who == client.hardware, f"{address}: {update.describe()[:90] if update else 'not told'}")
            off = update.get("lease-expiration-time", 0) - ends
            t.check(off >= -allowed, f"{address}: lease-expiration-time {off:+.1f} s from what the client was told")


@case("d12/7.1.1/other-statuses-carry-no-times", roles=BOTH, observations=1, covers=[
    ("FO-7.1-27", "absent"), ("FO-7.1-31", "absent")], consequence="hygiene")
def test_no_times(bench: Bench, t: Case) -> None:
    """BNDUPD(RELEASED) carries no expiration time, nor does any other so far that is not ACTIVE."""
    client = bench.client_served_here()
    lease = client.acquire(ANSWER_S)
    bench.reactor.run_for(3.0)
    since = bench.peer.link.mark()
    client.release()
    t.sends(f"DHCPRELEASE of {lease.address}")
    with t.expects("neither lease-expiration-time nor potential-expiration-time"):
        _update_for(bench, lease.address, since, "RELEASED")
        for _, update in _own_updates(bench):
            if update.get("binding-status") != wire.BINDING_STATUS["ACTIVE"]:
                present = [n for n in ("lease-expiration-time", "potential-expiration-time") if update.has(n)]
                t.check(not present, f"{update.get('assigned-IP-address')} "
                                     f"{wire.status_name(update.get('binding-status'))}: {present or 'neither'}")


@case("d12/7.1.1/no-echo", roles=BOTH, level="should", consequence="hygiene", covers=[
    ("FO-7.1.1-03", "no BNDUPD because of an accepted BNDUPD"), ("S18", "no echo"),
    ("FO-5.5-03", "no BNDUPD because of an accepted BNDUPD")])
def test_no_echo(bench: Bench, t: Case) -> None:
    """A BNDUPD that the peer accepts does not make it send a BNDUPD about that address.

    5.5 says MUST NOT and 7.1.1 SHOULD NOT; where section 5 differs from a later one, that one counts (FO-5-01).
    """
    link = bench.peer.link
    address = bench.take_address()
    since = link.mark()
    xid = t.sends(f"BNDUPD {address} ACTIVE", bench.peer.send_updates(bench.active(address)))
    with t.expects(f"BNDACK, and for {QUIET_S:g} s no BNDUPD about {address}"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        if ack.has("reject-reason"):
            t.inconclusive(f"PREPARATION: {ack.label()}")   # who rejects may send what it knows better (7.2.1)
        bench.reactor.run_for(QUIET_S)
        echoes = [m for m in link.all("BNDUPD", since)
                  if address in [x.get("assigned-IP-address") for x in m.transactions]]
        t.check(not echoes, echoes[0].label() if echoes else "none")


@case("d12/7.1.1/no-storm-after-rejection", roles=BOTH, consequence="robustness", observations=1, covers=[
    ("FO-7.2.2-03", "a rejected BNDUPD is not resent at once"), ("S18", "no storm"),
    ("FO-7.2.1-09", "rejected BNDUPD not repeated at speed")])
def test_no_storm(bench: Bench, t: Case) -> None:
    """A BNDUPD that we reject is not sent again at once."""
    client = bench.client_served_here()
    bench.peer.habits.accept = lambda transaction: 15
    link = bench.peer.link
    since = link.mark()
    lease = client.acquire(ANSWER_S)
    t.sends(f"BNDACK with reject-reason 15 for every BNDUPD about {lease.address}")
    with t.expects(f"the BNDUPD not sent again within {AT_ONCE_S:g} s, and not {STORM} times within {QUIET_S:g} s"):
        _update_for(bench, lease.address, since)
        bench.reactor.run_for(QUIET_S)
        sent = [(link.arrived_s[n], link.received[n].octets[12:]) for n in range(since, len(link.received))
                if link.received[n].type == "BNDUPD"
                and lease.address in [x.get("assigned-IP-address") for x in link.received[n].transactions]]
        again = [at for at, octets in sent[1:] if octets == sent[0][1] and at - sent[0][0] < AT_ONCE_S]
        t.check(not again and len(sent) < STORM, f"{len(sent)} BNDUPDs about {lease.address}, {len(again)} at once")


@case("d12/7.1.1/request-options-are-sent", roles=BOTH, level="should", consequence="hygiene", covers=[
    ("FO-7.1.1-14", "client-request-options present"), ("FO-7.1-45", "client-request-options present")])
def test_request_options(bench: Bench, t: Case) -> None:
    """A client's host-name reaches the partner in client-request-options."""
    client = bench.client_served_here()
    offer = client.discover(ANSWER_S)
    if offer is None:
        raise Inconclusive("PREPARATION: no DHCPOFFER")
    since = bench.peer.link.mark()
    xid = client.send(dhcp.REQUEST, [(50, bytes(int(x) for x in offer.yiaddr.split("."))), (54, offer.options[54]),
                                     (12, b"twinlease-host")])
    ack = client.answer(xid, ANSWER_S, dhcp.ACK)
    if ack is None:
        raise Inconclusive("PREPARATION: no DHCPACK")
    t.sends(f"a client with host-name 'twinlease-host' acquires {ack.yiaddr}")
    with t.expects("client-request-options with option 12 in the BNDUPD"):
        update = _update_for(bench, ack.yiaddr, since)
        t.check(b"\x0c\x0etwinlease-host" in (update.get("client-request-options") or b""),
                f"client-request-options {update.get('client-request-options')!r}")

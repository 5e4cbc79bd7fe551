"""9.4 PARTNER-DOWN state.

| test | clauses | roles |
|---|---|---|
| serves-everyone | FO-9.4.2-01, -02, FO-5.3-07, FO-5.7-01 | both |
| partners-addresses-wait-for-mclt | FO-9.4.2-03, -05, FO-5.2.1-02, FO-5.2.2-02 | both |
| | FO-5.11-08, -13, -18, S9 (A-09, A-10) | |
| other-clients-addresses-wait-longer | FO-9.4.2-06, FO-5.2.1-03, FO-7.1.5-07, S9 (A-09, A-10) | both |
| released-address-waits-for-mclt | FO-5.2.2-02, FO-5.11-17, FO-9.4.2-06, S9 (A-09, A-10) | both |
| keeps-connecting | FO-9.4.2-08, FO-9.4.1-01 | both |
| startup-bit-is-ignored | FO-9.4.3-01, S15 | both |
| partner-that-recovers | FO-9.9.3-02, FO-9.4.3-08, -09, -10, S12, L18 | both |
| partner-that-stops | FO-9.4.3-08 (A-25) | both |
| partner-that-worked-means-conflict | FO-9.4.3-02 to -07, FO-9.10.3-01, FO-9.11.3-01, S12 | both |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite.bench import ACK_S, ANSWER_S, CONNECT_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import announced, check_all_answered, leased_client, offers, states, to_partner_down

CLIENTS = 40
WATCH_S = 3.0
"""How long a state is watched that must not change: STATE follows STATE within a fraction of it."""
ASK_EVERY_S = 2.0
WAITS = ("FO-9.4.2-03", "FO-9.4.2-05", "FO-5.2.1-02", "FO-5.2.2-02", "S9")
"""What a server breaks that gives out the partner's addresses too early."""


@case("d12/9.4/serves-everyone", roles=BOTH, consequence="liveness", observations=CLIENTS + 3,
      covers=[("FO-9.4.2-01", "every DISCOVER answered"), ("FO-9.4.2-02", "leases of both servers renewed"),
              ("FO-5.3-07", "failover HBA not used outside NORMAL"),
              ("FO-5.7-01", "new clients of every bucket and RENEW answered")])
def test_serves_everyone(bench: Bench, t: Case) -> None:
    """In PARTNER-DOWN new clients of every bucket are answered, and leases of both servers are renewed."""
    own, theirs = bench.served_client(), [leased_client(bench, bench.take_address()) for _ in range(2)]
    bench.reactor.run_for(2.0)
    to_partner_down(bench)
    clients = [bench.client() for _ in range(CLIENTS)]
    answers = t.sends(f"partner-down; DISCOVER of {CLIENTS} new clients, RENEW of one client of the peer and of two of "
                      "the partner", offers(bench, clients))
    with t.expects("an answer to each"):
        check_all_answered(t, clients, answers)
        for client in [own, *theirs]:
            ack = client.renew(ANSWER_S)
            t.check(ack is not None and ack.message_type == dhcp.ACK,
                    f"RENEW of {client.lease.address}: {ack.label() if ack else 'no answer'}")


class _Pool:
    """A small pool in PARTNER-DOWN, asked for again and again: which address was first given to a new client when."""

    def __init__(self, bench: Bench):
        self.bench = bench
        self.first_given: dict[str, float] = {}
        self.clients: list[dhcp.Client] = []

    def ask(self) -> str | None:
        """A new client; the address that it gets. Clients that have one keep it: no lease ends while we look."""
        now = self.bench.clock.now()
        for client in self.clients:
            if client.lease is not None and client.lease.expires_s - now < 20.0:
                client.renew(ANSWER_S)
        client = self.bench.client()
        offer = client.discover(ASK_EVERY_S)
        if offer is None or client.select(offer, ANSWER_S) is None or client.lease is None:
            return None
        self.clients.append(client)
        self.first_given.setdefault(client.lease.address, client.lease.acked_s)
        return client.lease.address

    def ask_until(self, at_s: float, enough: int) -> None:
        """Asks until that moment, or until that many addresses were given."""
        while self.bench.clock.now() < at_s and len(self.first_given) < enough:
            if self.ask() is None:
                self.bench.reactor.run_for(ASK_EVERY_S)


@case("d12/9.4/partners-addresses-wait-for-mclt", roles=BOTH, own_peer=True, probe=False, consequence="safety",
      readings=("A-09", "A-10"), observations=3,
      covers=[("FO-9.4.2-03", "own addresses at once, the partner's after MCLT"),
              ("FO-9.4.2-05", "the partner's addresses not before entry + MCLT"),
              ("FO-5.2.1-02", "the partner's addresses not before entry + MCLT"),
              ("FO-5.2.2-02", "the partner's addresses not before entry + MCLT"),
              ("S9", "the partner's addresses not before entry + MCLT"),
              ("FO-5.11-08", "secondary: FREE addresses after entry + MCLT"),
              ("FO-5.11-13", "primary: BACKUP addresses not before entry + MCLT"),
              ("FO-5.11-18", "secondary: FREE addresses not before entry + MCLT")])
def test_partners_addresses(bench: Bench, t: Case) -> None:
    """New clients get the peer's own addresses at once, and the partner's not before MCLT after the entry."""
    addresses = 16
    bench.start_anew(addresses)
    bench.to_normal()
    bench.reactor.run_for(2.0)
    theirs = set(bench.partner_addresses())
    if not theirs or len(theirs) == addresses:
        t.inconclusive(f"ADDRESSES: the partner owns {len(theirs)} of {addresses}")
    entry = t.sends(f"a pool of {addresses} addresses, {len(theirs)} of them the partner's; partner-down; new clients "
                    "ask for all of them", to_partner_down(bench))
    pool = _Pool(bench)
    pool.ask_until(entry + bench.mclt_s / 2, addresses)
    with t.expects("own addresses at once"):
        t.check(pool.first_given, f"{len(pool.first_given)} addresses in the first {bench.mclt_s / 2:g} s")
    pool.ask_until(entry + bench.mclt_s + ANSWER_S * 2, addresses)
    allowed = bench.long_enough(bench.mclt_s)
    with t.expects(f"the partner's addresses, none of them before {bench.mclt_s} s after the entry"):
        given = {a: at_s - entry for a, at_s in pool.first_given.items() if a in theirs}
        t.check(given, f"{len(given)} of the partner's addresses given")
        earliest = min(given, key=lambda a: given[a])
        t.check(given[earliest] >= bench.mclt_s - allowed, f"{earliest} {given[earliest]:.1f} s after the entry",
                *WAITS)


@case("d12/9.4/other-clients-addresses-wait-longer", roles=BOTH, own_peer=True, probe=False, consequence="safety",
      readings=("A-09", "A-10"), observations=2,
      covers=[("FO-9.4.2-06", "not before MCLT after the latest of the times of the lease"),
              ("FO-5.2.1-03", "not before MCLT after the end of the lease"),
              ("FO-7.1.5-07", "not before MCLT after received-potential-expiration-time"),
              ("S9", "not before MCLT after the latest of the times of the lease")])
def test_other_clients(bench: Bench, t: Case) -> None:
    """An address that a client of the partner holds goes to nobody else until MCLT after the time reported for it."""
    bench.put.need("partner_down")
    addresses = 8
    bench.start_anew(addresses)
    bench.to_normal()
    bench.reactor.run_for(2.0)
    lease_s, beyond_s = 20, 35
    allowed = bench.long_enough(bench.mclt_s)
    entry = int(bench.clock.now())   # or a little later
    held = leased_client(bench, bench.take_address(), lease_s,
                         potential_expiration_time=entry + beyond_s).lease.address
    t.sends(f"a pool of {addresses} addresses; BNDUPD {held} ACTIVE for {lease_s} s, potential-expiration-time "
            f"{beyond_s} s ahead; partner-down; new clients ask for all addresses")
    to_partner_down(bench)
    pool = _Pool(bench)
    ends = entry + beyond_s + bench.mclt_s
    pool.ask_until(ends - allowed, addresses)
    given = pool.first_given.get(held)
    when = "not given" if given is None else f"given {given - entry:.0f} s after the entry"
    with t.expects(f"no lease on {held} before MCLT after the end of the lease, nor before MCLT after its "
                   "potential-expiration-time"):
        t.check(given is None or given >= entry + lease_s + bench.mclt_s - allowed,
                f"{len(pool.first_given)} addresses given; {held} {when}, {lease_s + bench.mclt_s} s by its lease",
                "FO-5.2.1-03", "S9")
        t.check(given is None or given >= ends - allowed,
                f"{held} {when}, {beyond_s + bench.mclt_s} s by its potential-expiration-time")


@case("d12/9.4/released-address-waits-for-mclt", roles=BOTH, own_peer=True, probe=False, consequence="safety",
      readings=("A-09", "A-10"), observations=2,
      covers=[("FO-5.2.2-02", "not before MCLT after it became available"),
              ("FO-5.11-17", "RELEASED to FREE not before MCLT after the release"),
              ("FO-9.4.2-06", "not before MCLT after the latest of the times of the lease"),
              ("S9", "not before MCLT after the release")])
def test_released(bench: Bench, t: Case) -> None:
    """An address leased at the entry and released later goes to nobody else until MCLT after the release."""
    bench.put.need("partner_down")
    addresses, later_s = 8, 20.0
    bench.start_anew(addresses)
    bench.to_normal()
    allowed = bench.long_enough(bench.mclt_s)
    leaving = bench.served_client()
    released = leaving.lease.address
    bench.reactor.run_for(2.0)
    entry = to_partner_down(bench)
    bench.reactor.run_for(entry + later_s - bench.clock.now())
    leaving.release()
    at_s = bench.clock.now()
    t.sends(f"a pool of {addresses} addresses; a client gets {released}; partner-down; {later_s:g} s later "
            "DHCPRELEASE; new clients ask for all addresses")
    pool = _Pool(bench)
    pool.ask_until(at_s + bench.mclt_s - allowed, addresses)
    with t.expects(f"other addresses given; no lease on {released} before {bench.mclt_s} s after the release"):
        others = len(pool.first_given.keys() - {released})
        t.check(others, f"{others} other addresses given")
        given = pool.first_given.get(released)
        when = "not given" if given is None else (
            f"given {given - at_s:.0f} s after the release, {given - entry:.0f} s after the entry")
        t.check(given is None or given >= at_s + bench.mclt_s - allowed, f"{released} {when}",
                "FO-5.2.2-02", "FO-9.4.2-06", "S9")


@case("d12/9.4/keeps-connecting", roles=BOTH, consequence="liveness",
      covers=[("FO-9.4.2-08", "a TCP connection to the partner"), ("FO-9.4.1-01", "a TCP connection to the partner")])
def test_keeps_connecting(bench: Bench, t: Case) -> None:
    """A server in PARTNER-DOWN goes on trying to reach its partner."""
    bench.peer.listen()
    to_partner_down(bench)
    bench.reactor.run_for(1.0)
    mark = bench.transcript.mark()
    t.sends("partner-down; the partner listens")
    with t.expects(f"a TCP connection to the partner's port within {CONNECT_WITHIN_S:g} s"):
        came = bench.reactor.run_until(lambda: next(
            (e for e in bench.transcript.since(mark) if e.label == "TCP connection opened by the peer"), None),
            CONNECT_WITHIN_S)
        t.check(came, came.label if came else "no connection")


def _stays(bench: Bench, t: Case, what: str) -> None:
    """The peer says nothing but PARTNER-DOWN, and is still there."""
    bench.reactor.run_for(WATCH_S)
    said = states(bench.peer.link)
    t.check(said and set(said) == {"PARTNER-DOWN"} and bench.peer.link.closed is None,
            f"{what}: {', '.join(said) or 'no STATE'}, connection {bench.peer.link.closed or 'open'}")


def _leave(bench: Bench) -> None:
    """The orderly way back to NORMAL: the partner has recovered."""
    bench.peer.habits.follow_states = bench.peer.habits.answer_update_requests = True
    bench.peer.send_state("RECOVER-DONE")
    bench.reactor.run_until(lambda: bench.peer.state == "NORMAL", ANSWER_S)


@case("d12/9.4/startup-bit-is-ignored", roles=BOTH, consequence="safety", observations=8,
      covers=[("FO-9.4.3-01", "no transition"), ("S15", "no transition")])
def test_startup_bit(bench: Bench, t: Case) -> None:
    """No STATE with the STARTUP bit moves a server out of PARTNER-DOWN, whatever state it names."""
    to_partner_down(bench)
    t.sends("a new connection with STATE COMMUNICATIONS-INTERRUPTED, STARTUP bit set",
            bench.meet("COMMUNICATIONS-INTERRUPTED", startup=True))
    with t.expects("PARTNER-DOWN throughout"):
        _stays(bench, t, "COMMUNICATIONS-INTERRUPTED")
        for state in ("NORMAL", "PARTNER-DOWN", "POTENTIAL-CONFLICT", "RECOVER", "RECOVER-DONE",
                      "RESOLUTION-INTERRUPTED", "CONFLICT-DONE"):
            t.sends(f"STATE {state}, STARTUP bit set", bench.peer.send_state(state, startup=True))
            _stays(bench, t, state)
    _leave(bench)


@case("d12/9.4/partner-that-recovers", roles=BOTH, consequence="liveness", observations=5,
      covers=[("FO-9.9.3-02", "PARTNER-DOWN by command, disconnected"),
              ("FO-9.4.3-08", "stays while the partner is in RECOVER"),
              ("FO-9.4.3-09", "NORMAL when it is in RECOVER-DONE"), ("FO-9.4.3-10", "at any later STATE"),
              ("S12", "PARTNER-DOWN opposite RECOVER"), ("L18", "PARTNER-DOWN ends when the partner has recovered")])
def test_recovering_partner(bench: Bench, t: Case) -> None:
    """A partner that goes through RECOVER to RECOVER-DONE is served its updates and takes the peer to NORMAL."""
    to_partner_down(bench)
    link = t.sends("a new connection with STATE RECOVER", bench.meet("RECOVER"))
    with t.expects("PARTNER-DOWN, UPDDONE for an UPDREQ, NORMAL once the partner is in RECOVER-DONE"):
        _stays(bench, t, "RECOVER")
        xid = t.sends("UPDREQ", link.send("UPDREQ"))
        t.check(link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S), "UPDDONE")
        t.check(announced(bench) == "PARTNER-DOWN", f"after UPDDONE: {announced(bench)}")
        client = bench.client()
        t.check(t.sends("DISCOVER of a new client", client.discover(ANSWER_S)), "a new client is answered")
        t.sends("STATE RECOVER-DONE", bench.peer.send_state("RECOVER-DONE"))
        bench.peer.expect_state("NORMAL", within=ANSWER_S)
        t.check(announced(bench) == "NORMAL", ", ".join(states(link)))
    bench.peer.send_state("NORMAL")


@case("d12/9.4/partner-that-stops", roles=BOTH, consequence="safety", readings=("A-25",), observations=2,
      covers=[("FO-9.4.3-08", "stays when the partner says PAUSED or SHUTDOWN")])
def test_stopping_partner(bench: Bench, t: Case) -> None:
    """A partner that was in RECOVER and is stopped again leaves the peer in PARTNER-DOWN."""
    to_partner_down(bench)
    for state in ("PAUSED", "SHUTDOWN"):
        bench.meet("RECOVER")
        bench.reactor.run_for(1.0)
        t.sends(f"STATE RECOVER, then {state}", bench.peer.send_state(state))
        with t.expects("PARTNER-DOWN, also on the next connection"):
            bench.reactor.run_for(WATCH_S)
            said = states(bench.peer.link) if bench.peer.connection else []
            link = bench.meet("RECOVER")
            said += states(link)
            t.check(set(said) == {"PARTNER-DOWN"}, f"{state}: {', '.join(said)}")
    _leave(bench)


@case("d12/9.4/partner-that-worked-means-conflict", roles=BOTH, consequence="safety", observations=10,
      covers=[("FO-9.4.3-02", "NORMAL: POTENTIAL-CONFLICT"),
              ("FO-9.4.3-03", "COMMUNICATIONS-INTERRUPTED: POTENTIAL-CONFLICT"),
              ("FO-9.4.3-04", "PARTNER-DOWN: POTENTIAL-CONFLICT"),
              ("FO-9.4.3-05", "POTENTIAL-CONFLICT: POTENTIAL-CONFLICT"),
              ("FO-9.4.3-06", "RESOLUTION-INTERRUPTED: POTENTIAL-CONFLICT"),
              ("FO-9.4.3-07", "CONFLICT-DONE: POTENTIAL-CONFLICT"),
              ("FO-9.11.3-01", "partner-down in RESOLUTION-INTERRUPTED: PARTNER-DOWN"),
              ("S12", "never NORMAL opposite PARTNER-DOWN")])
def test_conflict(bench: Bench, t: Case) -> None:
    """A partner that may have served clients meanwhile takes the peer from PARTNER-DOWN to POTENTIAL-CONFLICT."""
    for state in ("COMMUNICATIONS-INTERRUPTED", "NORMAL", "PARTNER-DOWN", "POTENTIAL-CONFLICT",
                  "RESOLUTION-INTERRUPTED", "CONFLICT-DONE"):
        if state == "CONFLICT-DONE" and bench.role == "primary":
            continue   # no state of a secondary (9.12.1)
        to_partner_down(bench)
        link = t.sends(f"partner-down; a new connection with STATE {state}", bench.meet(state))
        with t.expects("PARTNER-DOWN, then POTENTIAL-CONFLICT"):
            bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
            t.check(states(link)[0] in ("PARTNER-DOWN", "POTENTIAL-CONFLICT"), f"first STATE: {states(link)[0]}")
            t.check(True, f"{state}: {', '.join(states(link))}")

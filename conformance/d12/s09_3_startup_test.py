"""9.3 STARTUP state. That a partner in PARTNER-DOWN since later means RECOVER is judged in 9.6.

| test | clauses | roles |
|---|---|---|
| state-survives-a-restart | FO-9.1-01, FO-9.2-01, FO-9.3.1-02, -03, FO-9.3.2-01, -05, -09, -12 | both |
| | FO-7.10.1-01, S14 (A-18) | |
| partner-down-survives-a-restart | FO-9.2-01, FO-9.3.1-02, FO-9.3.2-01, -12, S11, S14 | both |
| conflict-survives-a-restart | FO-9.2-01, FO-9.3.2-01, -05, -12, FO-9.11.3-02 (A-18) | both |
| startup-bit-after-a-conflict | FO-9.3.1-02, FO-12.23-01, S14 | both |
| recovery-survives-a-restart | FO-9.2-01, FO-9.3.1-02, FO-9.3.2-01, S14 (A-03) | both |
| older-store-is-brought-up-to-date | FO-9.3.2-10, FO-9.5-01, FO-9.5.1-01, FO-9.5.2-02, S10, S13 (A-19) | both |
| startup-ends-alone | FO-9.9.2-01, L16 | both |
| silent-in-startup | FO-9.3.1-01, FO-5.9-01, S10 | both |
| connects-in-startup | FO-9.3.2-08 | both |
| partner-down-since-earlier-means-conflict | FO-9.3.2-11, S12 (A-28) | both |
"""

from __future__ import annotations

from twinlease import dhcp, wire
from twinlease.connection import Connection
from twinlease.suite.bench import ANSWER_S, CONNECT_WITHIN_S, NORMAL_WITHIN_S, STARTUP_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import (BINDING, announced, check_all_answered, full_lease, keep_trying, offers,
                                   restart, restart_into_recover, states, to_partner_down, unwanted_answers, updates_of)

CLIENTS = 16
RECOVERING = {"RECOVER", "RECOVER-WAIT"}

AT_ONCE_S = 2.0
"""Within this time after a STATE with the STARTUP bit an answer to a client comes from a server in STARTUP."""


SHORTEST_STARTUP_S = 5.0
"""A STARTUP shorter than this is not what 5.9 recommends; after it the peer may have left STARTUP by itself."""


def _restart(bench: Bench) -> Connection:
    """Kills and starts the peer; a connection on which it has not been told the partner's state."""
    bench.put.need("kill", "start")
    bench.put.kill()
    bench.peer.drop()
    bench.reactor.run_for(5.0)
    bench.put.start()
    return bench.peer.connect(CONNECT_WITHIN_S, state=False)


def _first_state(t: Case, link: Connection, *names: str) -> wire.Message:
    """The first STATE after a restart, which says one of these states."""
    first = link.expect("STATE", within=ANSWER_S)
    t.check(wire.state_name(first.get("server-state")) in names, f"first STATE after the restart: {first.label()}")
    return first


def _startup_bit(bench: Bench, t: Case, first: wire.Message) -> None:
    """The STARTUP bit is set in it, unless STARTUP may have been over by then."""
    after_s = bench.peer.link.arrived_s[bench.peer.link.received.index(first)] - bench.put.started_s
    startup = bool((first.get("server-flags") or 0) & wire.STARTUP_FLAG)
    if not startup and after_s >= SHORTEST_STARTUP_S:
        t.inconclusive(f"STARTUP: the first STATE came {after_s:.0f} s after the start, STARTUP may have been over")
    t.check(startup, f"{first.label()}: STARTUP bit {'set' if startup else 'not set'} {after_s:.1f} s after the start, "
                     "before any STATE of the partner")


@case("d12/9.3/state-survives-a-restart", roles=BOTH, consequence="safety", readings=("A-18",), observations=3,
      covers=[("FO-9.1-01", "STARTUP after the start"), ("FO-9.2-01", "the state is stored"),
              ("FO-9.3.1-02", "STATE with the STARTUP bit and the stored state or its successor"),
              ("FO-9.3.1-03", "then the bit is cleared"), ("FO-9.3.2-01", "previous-state from storage"),
              ("FO-9.3.2-05", "NORMAL becomes COMMUNICATIONS-INTERRUPTED"),
              ("FO-9.3.2-09", "STARTUP ends with communications ok"), ("FO-9.3.2-12", "then NORMAL"),
              ("S14", "first STATE after a restart"),
              ("FO-7.10.1-01", "stored state with the STARTUP bit, then the bit clear")])
def test_restart_in_normal(bench: Bench, t: Case) -> None:
    """Killed in NORMAL and started again, the peer says so in its first STATE, with the STARTUP bit, then clears it."""
    link = t.sends("the peer is killed in NORMAL and started", _restart(bench))
    with t.expects("STATE NORMAL or COMMUNICATIONS-INTERRUPTED with the STARTUP bit; after the partner's STATE the bit "
                   "is clear, and in the end NORMAL"):
        _startup_bit(bench, t, _first_state(t, link, "NORMAL", "COMMUNICATIONS-INTERRUPTED"))
        bench.peer.send_state("COMMUNICATIONS-INTERRUPTED")
        bench.peer.expect_state("NORMAL", within=NORMAL_WITHIN_S)
        t.check(True, "then " + ", ".join(states(link)[1:]))


@case("d12/9.3/partner-down-survives-a-restart", roles=BOTH, consequence="safety", observations=3,
      covers=[("FO-9.2-01", "the state is stored"), ("FO-9.3.1-02", "STATE PARTNER-DOWN with the STARTUP bit"),
              ("FO-9.3.2-01", "previous-state from storage"), ("FO-9.3.2-12", "partner in RECOVER: PARTNER-DOWN"),
              ("S11", "PARTNER-DOWN again after a restart"), ("S14", "first STATE after a restart")])
def test_restart_in_partner_down(bench: Bench, t: Case) -> None:
    """Killed in PARTNER-DOWN and started again, the peer is still in PARTNER-DOWN."""
    to_partner_down(bench)
    bench.reactor.run_for(2.0)
    link = t.sends("the peer is killed in PARTNER-DOWN and started", _restart(bench))
    bench.peer.habits.follow_states = False
    with t.expects("STATE PARTNER-DOWN with the STARTUP bit, then without, the partner being in RECOVER"):
        _startup_bit(bench, t, _first_state(t, link, "PARTNER-DOWN"))
        bench.peer.send_state("RECOVER")
        bench.peer.expect_state("PARTNER-DOWN", within=ANSWER_S)
        t.check(True, "then " + ", ".join(states(link)[1:]))
    bench.peer.send_state("RECOVER-DONE")   # the orderly way out
    bench.peer.habits.follow_states = True
    bench.reactor.run_until(lambda: bench.peer.partner_state == "NORMAL", ANSWER_S)


def _restart_in_conflict(bench: Bench) -> Connection:
    bench.meet("POTENTIAL-CONFLICT")
    bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
    return _restart(bench)


@case("d12/9.3/conflict-survives-a-restart", roles=BOTH, consequence="safety", readings=("A-18",), observations=2,
      covers=[("FO-9.2-01", "the state is stored"), ("FO-9.3.2-01", "previous-state from storage"),
              ("FO-9.3.2-05", "POTENTIAL-CONFLICT becomes RESOLUTION-INTERRUPTED"),
              ("FO-9.3.2-12", "then POTENTIAL-CONFLICT"), ("FO-9.11.3-02", "then POTENTIAL-CONFLICT")])
def test_restart_in_conflict(bench: Bench, t: Case) -> None:
    """Killed in POTENTIAL-CONFLICT and started again, the peer resumes it with the partner."""
    link = t.sends("the peer is killed in POTENTIAL-CONFLICT and started", _restart_in_conflict(bench))
    with t.expects("STATE POTENTIAL-CONFLICT or RESOLUTION-INTERRUPTED; POTENTIAL-CONFLICT after the partner's STATE"):
        _first_state(t, link, "POTENTIAL-CONFLICT", "RESOLUTION-INTERRUPTED")
        bench.reactor.run_for(2.0)
        since = link.mark()
        bench.peer.send_state("RESOLUTION-INTERRUPTED")
        bench.reactor.run_for(ANSWER_S)
        t.check(states(link)[-1] == "POTENTIAL-CONFLICT", f"then {', '.join(states(link, since)) or 'no other STATE'}")


@case("d12/9.3/startup-bit-after-a-conflict", roles=BOTH, consequence="interop", observations=2,
      covers=[("FO-9.3.1-02", "STATE with the STARTUP bit"), ("FO-12.23-01", "STARTUP bit in STARTUP"),
              ("S14", "first STATE after a restart")])
def test_startup_bit(bench: Bench, t: Case) -> None:
    """The first STATE after a restart in POTENTIAL-CONFLICT has the STARTUP bit, too."""
    link = t.sends("the peer is killed in POTENTIAL-CONFLICT and started", _restart_in_conflict(bench))
    with t.expects("STATE POTENTIAL-CONFLICT or RESOLUTION-INTERRUPTED with the STARTUP bit"):
        _startup_bit(bench, t, _first_state(t, link, "POTENTIAL-CONFLICT", "RESOLUTION-INTERRUPTED"))
    bench.peer.send_state("RESOLUTION-INTERRUPTED")
    bench.reactor.run_for(2.0)


@case("d12/9.3/recovery-survives-a-restart", roles=BOTH, consequence="safety", readings=("A-03",), observations=2,
      covers=[("FO-9.2-01", "the state is stored"), ("FO-9.3.1-02", "STATE with the stored state"),
              ("FO-9.3.2-01", "previous-state from storage"), ("S14", "first STATE after a restart")])
def test_restart_in_recover(bench: Bench, t: Case) -> None:
    """Killed in RECOVER and started again, the peer has not forgotten that it has to recover, nor once it waits."""
    restart_into_recover(bench, answer_updates=False)
    bench.peer.expect_state("RECOVER", within=ANSWER_S)
    for answer_updates in (False, True):
        when = ", after its UPDDONE," if answer_updates else ""
        link = t.sends(f"the peer is killed in RECOVER{when} and started", _restart(bench))
        with t.expects("STATE RECOVER (or one for RECOVER-WAIT, or what follows it)"):
            _first_state(t, link, "RECOVER", *(("RECOVER-WAIT", "RECOVER-DONE") if answer_updates else ()))
        if not answer_updates:
            link = bench.meet("PARTNER-DOWN", since_s=int(bench.put.started_s), answer_updates=True)
            bench.reactor.run_until(lambda: link.seen("UPDREQ") or link.seen("UPDREQALL"), ANSWER_S)
            bench.reactor.run_for(2.0)   # its UPDDONE is on the way
    bench.peer.state_since_s = int(bench.put.started_s)   # the partner has gone to PARTNER-DOWN once more


@case("d12/9.3/older-store-is-brought-up-to-date", roles=BOTH, own_peer=True, probe=False, consequence="safety",
      readings=("A-19",), observations=8,
      covers=[("FO-9.3.2-10", "RECOVER: the partner's PARTNER-DOWN is later than what the store records"),
              ("FO-9.5-01", "asks for what it has missed"), ("FO-9.5.1-01", "no client is answered"),
              ("FO-9.5.2-02", "UPDREQ or UPDREQALL"), ("S10", "silence"), ("S13", "NORMAL after recovery only")])
def test_older_store(bench: Bench, t: Case) -> None:
    """With an earlier copy of its store, opposite a partner in PARTNER-DOWN since, the peer recovers, then serves.

    Nothing else tells a server that its store is an old one (AS8, A-19).
    """
    bench.put.need("kill", "start")
    bench.start_anew(addresses=16)
    bench.to_normal()
    bench.put.kill()
    saved = bench.put.save_store()
    restart(bench)
    client = full_lease(bench)
    binding = [(name, updates_of(bench, client.lease.address, "ACTIVE")[-1].get(name)) for name in BINDING]
    bench.put.kill()
    went_down = bench.clock.now()
    bench.reactor.run_for(5.0)
    bench.put.restore_store(saved)
    bench.put.start()
    bench.peer.bindings = lambda: [binding]
    link = t.sends(f"a copy of the store is made; a client gets {client.lease.address}, the partner is told; the peer "
                   "is killed; the partner goes to PARTNER-DOWN; the copy is put back; the peer is started",
                   bench.meet("PARTNER-DOWN", since_s=int(went_down) + 2, answer_updates=True))
    with t.expects("RECOVER, UPDREQ or UPDREQALL, no answer to clients; the lease accepted; RECOVER-DONE, NORMAL; then "
                   "the client is renewed, and its address not given to another"):
        bench.peer.expect_state("RECOVER", "RECOVER-WAIT", within=ANSWER_S)
        t.check(RECOVERING.issuperset(s for s in states(link) if "STARTUP" not in s), ", ".join(states(link)))
        bench.reactor.run_until(lambda: link.seen("BNDACK"), NORMAL_WITHIN_S)
        asked, ack = link.seen("UPDREQALL") or link.seen("UPDREQ"), link.seen("BNDACK")
        t.check(asked, asked.label() if asked else "no update request")
        t.check(ack is not None and not ack.has("reject-reason"), ack.label() if ack else "no BNDACK")
        came = unwanted_answers(bench, client, AT_ONCE_S)
        t.check(not came or announced(bench) not in RECOVERING,
                f"{announced(bench)}: answers: {', '.join(came) or 'none'}")
        bench.peer.expect_state("RECOVER-DONE", within=bench.mclt_s + NORMAL_WITHIN_S)
        t.check("NORMAL" not in states(link), ", ".join(states(link)))
        bench.peer.send_state("NORMAL")
        bench.peer.expect_state("NORMAL", within=ANSWER_S)
        t.check(True, ", ".join(states(link)))
        bench.reactor.run_for(2.0)
        ack = client.renew(ANSWER_S)
        t.check(ack is not None and ack.message_type == dhcp.ACK, f"RENEW: {ack.label() if ack else 'no answer'}")
        asked = [bench.client().discover(ANSWER_S / 4, requested=client.lease.address) for _ in range(4)]
        t.check(client.lease.address not in [offer.yiaddr for offer in asked if offer],
                "others ask for it: " + ", ".join(offer.label() if offer else "no offer" for offer in asked))


@case("d12/9.3/startup-ends-alone", roles=BOTH, consequence="liveness",
      observations=CLIENTS, covers=[("FO-9.9.2-01", "every DISCOVER answered"), ("L16", "STARTUP ends")])
def test_alone(bench: Bench, t: Case) -> None:
    """A server that starts without its partner serves all clients once STARTUP is over, unless it is made to wait."""
    bench.put.need("kill", "start")
    bench.put.kill()
    bench.peer.drop()
    bench.peer.stop_listening()
    bench.put.start()
    served = keep_trying(bench, lambda: bench.client().discover(2.0), STARTUP_WITHIN_S)
    if served is None:
        t.inconclusive(f"WAITS: nobody served {STARTUP_WITHIN_S:g} s after the start; 9.3.2 lets it wait")
    clients = [bench.client() for _ in range(CLIENTS)]
    answers = t.sends(f"the peer is killed in NORMAL and started, no partner; DISCOVER until one is answered, "
                      f"{bench.clock.now() - bench.put.started_s:.0f} s after the start; then of {CLIENTS} new clients",
                      offers(bench, clients))
    with t.expects("an offer to each"):
        check_all_answered(t, clients, answers)


@case("d12/9.3/silent-in-startup", roles=BOTH, consequence="safety", observations=1,
      covers=[("FO-9.3.1-01", "no answer in STARTUP"), ("FO-5.9-01", "no answer in STARTUP"), ("S10", "silence")])
def test_silent_in_startup(bench: Bench, t: Case) -> None:
    """A server in STARTUP answers no client, not even one that renews."""
    holder = bench.served_client()
    bench.reactor.run_for(2.0)
    link = _restart(bench)
    first = link.expect("STATE", within=ANSWER_S)
    if not (first.get("server-flags") or 0) & wire.STARTUP_FLAG:
        t.inconclusive("STARTUP: the peer had left STARTUP when it was reached")
    t.sends("right after the STATE with the STARTUP bit: DISCOVER, INIT-REBOOT, INFORM and RENEW")
    with t.expects("no answer"):
        came = unwanted_answers(bench, holder, AT_ONCE_S)
        left = [name for name in states(link)[1:] if "STARTUP" not in name]
        t.check(not came or left, f"answers: {', '.join(came) or 'none'}; states: {', '.join(states(link))}")
    bench.peer.send_state("COMMUNICATIONS-INTERRUPTED")


@case("d12/9.3/connects-in-startup", roles=BOTH, consequence="liveness",
      covers=[("FO-9.3.2-08", "a TCP connection to the partner")])
def test_connects_in_startup(bench: Bench, t: Case) -> None:
    """A server that starts tries to connect to its partner."""
    bench.put.need("kill", "start")
    bench.peer.listen()
    bench.put.kill()
    bench.peer.drop()
    bench.put.start()
    mark = bench.transcript.mark()
    t.sends("the peer is killed and started; the partner listens")
    with t.expects(f"a TCP connection to the partner's port within {CONNECT_WITHIN_S:g} s"):
        came = bench.reactor.run_until(lambda: next(
            (e for e in bench.transcript.since(mark) if e.label == "TCP connection opened by the peer"), None),
            CONNECT_WITHIN_S)
        t.check(came, f"{came.label if came else 'no connection'}")


@case("d12/9.3/partner-down-since-earlier-means-conflict", roles=BOTH, consequence="safety", readings=("A-28",),
      covers=[("FO-9.3.2-11", "POTENTIAL-CONFLICT"), ("S12", "never NORMAL opposite PARTNER-DOWN")])
def test_partner_down_earlier(bench: Bench, t: Case) -> None:
    """Coming back to a partner that went to PARTNER-DOWN while the peer still worked, the peer is in a conflict."""
    bench.put.need("kill", "start")
    bench.detach()
    bench.reactor.run_for(2.0)
    since_s = int(bench.clock.now())
    bench.reactor.run_for(15.0)
    bench.client().discover(ANSWER_S)
    bench.put.kill()
    bench.reactor.run_for(5.0)
    bench.put.start()
    link = t.sends("the connection is lost; the partner is in PARTNER-DOWN 2 s later; 15 s later the peer, at work, is "
                   "killed, then started", bench.meet("PARTNER-DOWN", since_s=since_s))
    with t.expects("STATE POTENTIAL-CONFLICT"):
        bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
        t.check(True, ", ".join(states(link)))

"""9.6 RECOVER-WAIT state, reached from a restart opposite a partner in PARTNER-DOWN (9.3.2), and what follows it.

| test | clauses | roles |
|---|---|---|
| serves-nobody-new | FO-9.3.2-10, FO-9.5.1-01, FO-9.6.1-01, FO-9.7.1-02, FO-9.7.2-01, -02, S10, S13, L5 (A-03) | both |
| waits-for-mclt | FO-9.6.2-01, S30 (A-03) | both |
| timer-runs-without-connection | FO-9.6.2-03, -04, -05 (A-03) | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite.bench import ANSWER_S, NORMAL_WITHIN_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import announced, full_lease, restart_into_recover, states, unwanted_answers

WAITING = {"RECOVER", "RECOVER-WAIT"}
"""What may be announced meanwhile: 12.24 has no number for RECOVER-WAIT (A-03)."""


IN_NORMAL_S = 20.0
"""How long the peer has been in NORMAL, at least, when it goes down: a wait counted from there would be too short."""


@case("d12/9.6/serves-nobody-new", roles=BOTH, consequence="safety", readings=("A-03",), observations=7,
      covers=[("FO-9.3.2-10", "RECOVER opposite a PARTNER-DOWN entered after it went down"),
              ("FO-9.5.1-01", "no client is answered in RECOVER"), ("FO-9.6.1-01", "nor in RECOVER-WAIT"),
              ("FO-9.7.1-02", "in RECOVER-DONE nothing but RENEW and REBINDING"),
              ("FO-9.7.2-01", "NORMAL when the partner is"),
              ("FO-9.7.2-02", "RECOVER-DONE stays when the connection is lost"), ("S10", "silence"),
              ("S13", "no NORMAL before the partner's"), ("L5", "recovery completes")])
def test_serves_nobody_new(bench: Bench, t: Case) -> None:
    """From its restart to NORMAL a recovering peer answers nothing but, in RECOVER-DONE, clients that renew."""
    holder = full_lease(bench)
    _, started = t.sends("the peer is killed; the partner goes to PARTNER-DOWN; the peer is started and gets its "
                         "UPDDONE; clients ask all the time", restart_into_recover(bench, answer_updates=True))
    link = bench.peer.link
    with t.expects("RECOVER, RECOVER-DONE, NORMAL once the partner is, and no answer until then"):
        bench.peer.expect_state("RECOVER", "RECOVER-WAIT", within=ANSWER_S)
        deadline = started + bench.mclt_s + NORMAL_WITHIN_S
        while "RECOVER-DONE" not in states(link) and bench.clock.now() < deadline:
            came = unwanted_answers(bench, holder, QUIET_S, renew="RECOVER-DONE" not in states(link))
            came = [text for text in came if "RENEW" not in text or "RECOVER-DONE" not in states(link)]
            t.check(not came, f"{announced(bench)}: answers: {', '.join(came) or 'none'}")
        bench.peer.expect_state("RECOVER-DONE", within=1.0)
        came = unwanted_answers(bench, holder, renew=False)
        t.check(not came, f"RECOVER-DONE: answers: {', '.join(came) or 'none'}")
        t.check("NORMAL" not in states(link), ", ".join(states(link)))
        link = t.sends("the connection is lost and comes back; then STATE NORMAL",
                       bench.meet("PARTNER-DOWN", since_s=bench.peer.state_since_s))
        bench.reactor.run_for(5.0)
        t.check(set(states(link)) == {"RECOVER-DONE"}, f"on the new connection: {', '.join(states(link))}")
        bench.peer.send_state("NORMAL")
        bench.peer.expect_state("NORMAL", within=ANSWER_S)
        t.check(True, ", ".join(states(link)))


@case("d12/9.6/waits-for-mclt", roles=BOTH, consequence="safety", readings=("A-03",),
      covers=[("FO-9.6.2-01", "RECOVER-DONE not before the time the server went down + MCLT"),
              ("S30", "RECOVER-DONE not before the time the server went down + MCLT")])
def test_waits(bench: Bench, t: Case) -> None:
    """RECOVER-DONE does not come before MCLT after the peer went down."""
    bench.reactor.run_for(IN_NORMAL_S)
    down, started = t.sends("the peer is killed; the partner goes to PARTNER-DOWN; the peer is started and gets its "
                            "UPDDONE", restart_into_recover(bench, answer_updates=True))
    link = bench.peer.link
    bench.peer.expect_state("RECOVER", "RECOVER-WAIT", within=ANSWER_S)
    allowed = bench.long_enough(bench.mclt_s)
    with t.expects(f"RECOVER-DONE not before {bench.mclt_s} s after the peer went down, and not long after "
                   f"{bench.mclt_s} s from its start"):
        done = bench.peer.expect_state("RECOVER-DONE",
                                       within=started + bench.mclt_s + allowed + ANSWER_S - bench.clock.now())
        at_s = link.arrived_s[link.received.index(done)] - down
        t.check(at_s >= bench.mclt_s - allowed, f"RECOVER-DONE {at_s:.1f} s after the peer went down")
    bench.peer.send_state("NORMAL")
    bench.reactor.run_until(lambda: bench.peer.partner_state == "NORMAL", ANSWER_S)


@case("d12/9.6/timer-runs-without-connection", roles=BOTH, level="should", consequence="liveness", readings=("A-03",),
      observations=2,
      covers=[("FO-9.6.2-03", "the timer runs on while the connection is lost"),
              ("FO-9.6.2-04", "RECOVER-DONE when it ends"), ("FO-9.6.2-05", "or as soon as the connection is back")])
def test_timer_runs(bench: Bench, t: Case) -> None:
    """A connection lost in RECOVER-WAIT does not lengthen the wait."""
    bench.detach()
    bench.to_normal()   # NORMAL just entered: from whatever a peer counts (see waits-for-mclt), there is a wait
    _, started = restart_into_recover(bench, answer_updates=True)
    link = bench.peer.link
    request = bench.reactor.run_until(lambda: link.seen("UPDREQ") or link.seen("UPDREQALL"), ANSWER_S)
    if not request:
        t.inconclusive(f"WAIT: no UPDREQ or UPDREQALL; {', '.join(states(link))}")
    bench.reactor.run_for(3.0)
    if states(link)[-1] not in WAITING:
        t.inconclusive(f"WAIT: {', '.join(states(link))} right after UPDDONE")
    t.sends(f"UPDDONE for {request.label()}; the connection is lost, and comes back {bench.mclt_s} s after the start")
    bench.peer.drop()
    bench.reactor.run_for(started + bench.mclt_s + bench.long_enough(bench.mclt_s) - bench.clock.now())
    link = bench.meet("PARTNER-DOWN", since_s=bench.peer.state_since_s, answer_updates=True)
    with t.expects("RECOVER-DONE at once, or soon after the connection is back"):
        first = link.expect("STATE", within=ANSWER_S)
        t.check(wire.state_name(first.get("server-state")) in {"RECOVER-DONE", *WAITING}, f"first {first.label()}")
        bench.peer.expect_state("RECOVER-DONE", within=ANSWER_S)
        t.check(announced(bench) == "RECOVER-DONE", ", ".join(states(link)))
    bench.peer.send_state("NORMAL")
    bench.reactor.run_until(lambda: bench.peer.partner_state == "NORMAL", NORMAL_WITHIN_S)

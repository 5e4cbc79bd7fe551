"""8.3 Using the TCP connection for determining communications status. (Silence: 7.11.)

| test | clauses | roles |
|---|---|---|
| not-ok-before-our-state | FO-8.3-01 (A-17) | both |
| messages-before-our-state | FO-8.2-15, FO-8.3-01 | both |
| silent-partners-clients-are-served | FO-9.9.2-01, -02, L1 | both |
"""

from __future__ import annotations

from twinlease.suite import handshake
from twinlease.suite.bench import ANSWER_S, CONNECT_WITHIN_S, NORMAL_WITHIN_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import check_all_answered, offers, states

CLIENTS = 24


@case("d12/8.3/not-ok-before-our-state", roles=BOTH, level="should", basis="adjudicated", consequence="safety",
      readings=("A-17",), covers=[("FO-8.3-01", "no NORMAL before our STATE")])
def test_not_ok(bench: Bench, t: Case) -> None:
    """A peer that came from NORMAL does not go back there before it has our STATE."""
    bench.detach()
    bench.peer.habits.follow_states = False
    t.sends("a new connection up to the accepting CONNECTACK; no STATE of ours")
    link = bench.peer.connect(CONNECT_WITHIN_S, state=False)
    with t.expects(f"no STATE(NORMAL) within {QUIET_S:g} s"):
        bench.reactor.run_until(lambda: "NORMAL" in states(link), QUIET_S)
        t.check("NORMAL" not in states(link), " ".join(states(link)) or "no STATE")


@case("d12/8.3/messages-before-our-state", roles=BOTH, level="should", basis="adjudicated", consequence="robustness",
      readings=("A-43",), covers=[("FO-8.2-15", "unspecified; STATE after it: process"),
                                  ("FO-8.3-01", "communications ok with our STATE")])
def test_messages(bench: Bench, t: Case) -> None:
    """BNDUPD, UPDREQ and CONTACT before our first STATE leave a connection on which that STATE still works."""
    for type_ in ("BNDUPD", "UPDREQ", "CONTACT"):
        bench.detach()
        bench.peer.habits.follow_states = False
        link = bench.peer.connect(CONNECT_WITHIN_S, state=False)
        link.send(type_, bench.active(bench.take_address()) if type_ == "BNDUPD" else [])
        t.sends(f"{type_} before our first STATE, then STATE COMMUNICATIONS-INTERRUPTED")
        with t.expects("STATE(NORMAL), or the connection closed"):
            bench.reactor.run_until(lambda: link.closed, ANSWER_S / 5)
            if link.closed is None:
                bench.peer.send_state()
                bench.reactor.run_until(lambda: link.closed or "NORMAL" in states(link), NORMAL_WITHIN_S)
            t.check(link.closed or "NORMAL" in states(link),
                    f"after {type_}: {' '.join(states(link)) or 'no STATE'}, connection {link.closed or 'open'}")


@case("d12/8.3/silent-partners-clients-are-served", roles=BOTH, consequence="liveness", observations=CLIENTS,
      covers=[("FO-9.9.2-01", "every DISCOVER answered"), ("FO-9.9.2-02", "no load balancing"),
              ("L1", "the partner's clients are served once its silence is noticed")])
def test_silent_partner(bench: Bench, t: Case) -> None:
    """A partner that is connected and says nothing more leaves its clients to the peer, once receive-timer is over."""
    clients = [bench.client() for _ in range(CLIENTS)]
    _, receive_timer_s = handshake.go_silent(bench)
    t.sends(f"one CONTACT and then nothing, TCP stays open; {receive_timer_s} s and a little later DISCOVER of "
            f"{CLIENTS} new clients")
    bench.reactor.run_for(receive_timer_s + bench.long_enough(receive_timer_s) + ANSWER_S)
    answers = offers(bench, clients)
    with t.expects("an offer to each"):
        check_all_answered(t, clients, answers)

"""9.5 RECOVER state.

| test | clauses | roles |
|---|---|---|
| recovers-then-serves | FO-9.3.2-03, FO-9.5-01, FO-9.5.1-01, FO-9.5.2-02, -04, -05, FO-9.7.2-01 | both |
| | FO-7.4-01, FO-7.5.2-01, S10, S13, L5 | |
| foreign-upddone-is-ignored | FO-7.5.1-02, S13 (A-23, A-34) | both |
| returning-server-sends-updreq | FO-9.5.2-03 | both |
| partner-in-conflict-means-conflict | FO-9.5.2-01 | both |
| lost-store-is-filled-again | FO-9.3.2-03, FO-9.5-01, FO-9.5.1-01, FO-9.5.2-02, FO-7.2-03 | both |
| | FO-4.1-04, S10, S13, L5 (A-20) | |
| two-new-servers | FO-9.3.2-03, FO-9.7.2-01, FO-7.5-01, L6 (A-20) | both |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite.bench import ACK_S, ANSWER_S, NORMAL_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import (BINDING, announced, full_lease, restart_into_recover, states, unwanted_answers,
                                   updates_of)

ON_THE_WAY = {"RECOVER", "RECOVER STARTUP"}


def _update_request(bench: Bench, within: float = NORMAL_WITHIN_S):
    """The first UPDREQ or UPDREQALL on the live connection. NotSeen if there is none."""
    link = bench.peer.link
    link.expect("STATE", within=within)
    bench.reactor.run_until(lambda: link.seen("UPDREQ") or link.seen("UPDREQALL") or link.closed, within)
    return link.seen("UPDREQALL") or link.expect("UPDREQ", within=0.1, what="UPDREQ or UPDREQALL")


def _holder(bench: Bench) -> dhcp.Client:
    """A client with a lease of which the peer knows nothing."""
    client = bench.client()
    client.lease = dhcp.Lease(bench.relationship.last_address, bench.relationship.server_address, 600,
                              bench.clock.now())
    return client


@case("d12/9.5/recovers-then-serves", roles=BOTH, own_peer=True, consequence="safety", readings=("A-20", "A-03"),
      observations=8,
      covers=[("FO-9.3.2-03", "RECOVER without a record"), ("FO-9.5-01", "asks for all that the partner knows"),
              ("FO-9.5.1-01", "no client is answered"), ("FO-9.5.2-02", "UPDREQ or UPDREQALL"),
              ("FO-9.5.2-04", "RECOVER is left on UPDDONE, not before"),
              ("FO-9.5.2-05", "RECOVER stays when the connection is lost; the request is sent again"),
              ("FO-9.7.2-01", "NORMAL when the partner is in RECOVER-DONE"), ("S10", "silence, nothing remembered"),
              ("S13", "no service before UPDDONE"), ("L5", "recovery completes"),
              ("FO-7.4-01", "no way on without UPDDONE"), ("FO-7.5.2-01", "on to RECOVER-DONE with UPDDONE")])
def test_recovers(bench: Bench, t: Case) -> None:
    """Without a store the peer is in RECOVER, asks for everything, and serves nobody before it has it."""
    bench.start_anew()
    t.sends("the peer is started without a store; STATE COMMUNICATIONS-INTERRUPTED; no UPDDONE",
            bench.meet("COMMUNICATIONS-INTERRUPTED"))
    with t.expects("STATE RECOVER and UPDREQ(ALL); no answer to any client; the request again on the next connection"):
        request = _update_request(bench)
        t.check(set(states(bench.peer.link)) <= ON_THE_WAY, ", ".join(states(bench.peer.link)))
        t.check(True, request.label())
        came = unwanted_answers(bench, _holder(bench))
        t.check(not came, f"answers: {', '.join(came) or 'none'}")
        t.check(set(states(bench.peer.link)) <= ON_THE_WAY, f"without UPDDONE: {announced(bench)}")
        t.sends("the connection is lost and comes back", bench.meet("COMMUNICATIONS-INTERRUPTED"))
        request = _update_request(bench)
        t.check(announced(bench) == "RECOVER", ", ".join(states(bench.peer.link)))
        t.check(True, f"{request.label()} again")
    bench.peer.habits.follow_states = True
    t.sends("UPDDONE", bench.peer.link.send("UPDDONE", xid=request.xid))
    link = bench.peer.link
    with t.expects("RECOVER-DONE after RECOVER-WAIT, then NORMAL; no BNDUPD about the clients that were not answered"):
        bench.peer.expect_state("RECOVER-DONE", within=bench.mclt_s + NORMAL_WITHIN_S)
        bench.peer.expect_state("NORMAL", within=ANSWER_S)
        t.check(True, ", ".join(states(link)))
        bench.reactor.run_for(5.0)
        active = [m.label() for m in link.all("BNDUPD") if any(a.get("binding-status") == 2 for a in m.transactions)]
        t.check(not active, f"BNDUPDs of leases: {', '.join(active) or 'none'}")


@case("d12/9.5/foreign-upddone-is-ignored", roles=BOTH, own_peer=True, probe=False, consequence="safety",
      basis="adjudicated", readings=("A-23", "A-34"), observations=2,
      covers=[("FO-7.5.1-02", "ignore-message"),
              ("S13", "no transition without the UPDDONE for its own request")])
def test_foreign_upddone(bench: Bench, t: Case) -> None:
    """An UPDDONE whose xid is not that of the peer's request does not end RECOVER."""
    bench.start_anew()
    bench.meet("COMMUNICATIONS-INTERRUPTED")
    request = _update_request(bench)
    t.sends(f"UPDDONE with xid {request.xid + 1000} to {request.label()}",
            bench.peer.link.send("UPDDONE", xid=request.xid + 1000))
    with t.expects("the peer stays in RECOVER (it may close the connection), and silent"):
        came = unwanted_answers(bench, _holder(bench))
        said = states(bench.peer.link) if bench.peer.connection else ["RECOVER"]
        t.check(set(said) <= ON_THE_WAY, ", ".join(said))
        t.check(not came, f"answers: {', '.join(came) or 'none'}")


@case("d12/9.5/returning-server-sends-updreq", roles=BOTH, consequence="hygiene",
      covers=[("FO-9.5.2-03", "UPDREQ, as the storage is there")])
def test_updreq(bench: Bench, t: Case) -> None:
    """A server in RECOVER whose storage is intact asks only for what it has missed."""
    t.sends("the peer is killed; the partner goes to PARTNER-DOWN; the peer is started with its store",
            restart_into_recover(bench, answer_updates=False))
    bench.peer.expect_state("RECOVER", within=ANSWER_S)
    request = _update_request(bench, ANSWER_S)
    bench.peer.drop()
    bench.peer.state = "RESOLUTION-INTERRUPTED"   # a shorter way back to NORMAL than through RECOVER-WAIT (9.5.2)
    with t.expects("UPDREQ, not UPDREQALL"):
        t.check(request.type == "UPDREQ", request.label())


@case("d12/9.5/partner-in-conflict-means-conflict", roles=BOTH, own_peer=True, consequence="safety", observations=3,
      covers=[("FO-9.5.2-01", "POTENTIAL-CONFLICT")])
def test_partner_in_conflict(bench: Bench, t: Case) -> None:
    """A server in RECOVER that meets a partner in one of the conflict states goes to POTENTIAL-CONFLICT."""
    names = ["POTENTIAL-CONFLICT", "RESOLUTION-INTERRUPTED", "CONFLICT-DONE"]
    for state in names if bench.role == "secondary" else [*names[:2], names[0]]:   # CONFLICT-DONE: a primary's only
        bench.start_anew()
        link = t.sends(f"the peer is started without a store; STATE {state}", bench.meet(state))
        with t.expects("RECOVER, then POTENTIAL-CONFLICT"):
            bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
            t.check(states(link)[0] in ON_THE_WAY, f"{state}: {', '.join(states(link))}")


@case("d12/9.5/lost-store-is-filled-again", roles=BOTH, own_peer=True, probe=False, consequence="safety",
      readings=("A-20",), observations=7,
      covers=[("FO-9.3.2-03", "RECOVER without a record"), ("FO-9.5-01", "asks for all that the partner knows"),
              ("FO-9.5.1-01", "no client is answered"), ("FO-9.5.2-02", "UPDREQ or UPDREQALL"),
              ("FO-7.2-03", "a BNDACK for each"), ("S10", "silence"), ("S13", "no service before UPDDONE"),
              ("L5", "recovery completes"), ("FO-4.1-04", "the leases that the partner knows are there again")])
def test_lost_store(bench: Bench, t: Case) -> None:
    """A peer that lost its store at work gets its leases back from its partner before it serves anybody."""
    bench.put.need("kill", "start", "wipe")
    bench.start_anew(addresses=16)
    bench.to_normal()
    clients = [full_lease(bench) for _ in range(2)]
    told = {c.lease.address: updates_of(bench, c.lease.address, "ACTIVE")[-1] for c in clients}
    bench.put.kill()
    bench.peer.drop()
    bench.put.wipe()
    bench.reactor.run_for(5.0)
    bench.put.start()
    bench.peer.bindings = lambda: [[(name, update.get(name)) for name in BINDING] for update in told.values()]
    t.sends("two clients have leases, the partner was told; the peer is killed, its store emptied, the peer started; "
            "the partner answers the update request after a while", bench.meet("COMMUNICATIONS-INTERRUPTED"))
    link = bench.peer.link
    with t.expects("RECOVER, UPDREQ or UPDREQALL, no answer to clients before the UPDDONE; the leases accepted; "
                   "NORMAL; then both clients are renewed, and no new one gets their addresses"):
        request = _update_request(bench)
        t.check(set(states(link)) <= ON_THE_WAY, f"{', '.join(states(link))}; {request.label()}")
        came = unwanted_answers(bench, clients[0])
        t.check(not came, f"answers: {', '.join(came) or 'none'}")
        waiting = bench.peer.queue_updates(bench.peer.bindings())
        bench.reactor.run_until(lambda: not waiting, NORMAL_WITHIN_S)
        rejected = [ack.label() for ack in link.all("BNDACK") if ack.has("reject-reason")]
        t.check(not waiting and not rejected,
                f"{len(waiting)} of {len(told)} unanswered; rejected: {rejected or 'none'}")
        bench.peer.habits.follow_states = bench.peer.habits.answer_update_requests = True
        link.send("UPDDONE", xid=request.xid)
        bench.peer.expect_state("NORMAL", within=bench.mclt_s + NORMAL_WITHIN_S)
        t.check("RECOVER-DONE" in states(link), ", ".join(states(link)))
        bench.reactor.run_for(2.0)
        for client in clients:
            ack = client.renew(ANSWER_S)
            t.check(ack is not None and ack.message_type == dhcp.ACK,
                    f"RENEW of {client.lease.address}: {ack.label() if ack else 'no answer'}")
        asked = [bench.client().discover(ANSWER_S / 4, requested=clients[0].lease.address) for _ in range(4)]
        t.check(told.keys().isdisjoint(offer.yiaddr for offer in asked if offer),
                "new clients: " + ", ".join(offer.label() if offer else "no offer" for offer in asked))


@case("d12/9.5/two-new-servers", roles=BOTH, own_peer=True, consequence="liveness", readings=("A-20",), observations=4,
      covers=[("FO-9.3.2-03", "RECOVER without a record"),
              ("FO-7.5-01", "UPDDONE for the partner's request, in RECOVER"),
              ("FO-9.7.2-01", "NORMAL when the partner is in RECOVER-DONE or NORMAL"),
              ("L6", "two new servers start by themselves")])
def test_two_new(bench: Bench, t: Case) -> None:
    """Two servers without any record reach NORMAL without an operator."""
    bench.start_anew()
    link = t.sends("the peer is started without a store; a partner without one, too: STATE RECOVER, UPDREQALL; its "
                   "request answered; STATE RECOVER-DONE", bench.meet("RECOVER", answer_updates=True))
    with t.expects("RECOVER and UPDREQ(ALL); UPDDONE for ours; RECOVER-DONE; NORMAL once the partner has recovered"):
        request = _update_request(bench)
        t.check(set(states(link)) & ON_THE_WAY, f"{', '.join(states(link))}; {request.label()}")
        xid = link.send("UPDREQALL")
        done = link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S)
        t.check(True, done.label())
        bench.peer.send_state("RECOVER-DONE")
        bench.peer.expect_state("RECOVER-DONE", "NORMAL", within=bench.mclt_s + NORMAL_WITHIN_S)
        t.check(True, ", ".join(states(link)))
        bench.peer.expect_state("NORMAL", within=ANSWER_S)
        t.check(True, ", ".join(states(link)))
    bench.peer.send_state("NORMAL")
    bench.peer.habits.follow_states = True

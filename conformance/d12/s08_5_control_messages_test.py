"""8.5 Using the TCP connection for control messages: responses that nobody asked for (A-23).

| test | clauses | roles |
|---|---|---|
| poolresp-without-poolreq | FO-6.1-17, FO-8.5-01 (A-23) | both |
| upddone-without-updreq | FO-6.1-17, FO-8.5-01 (A-23, A-34) | both |
| upddone-with-a-wrong-xid | FO-7.5.1-02 (A-23, A-34) | both |
"""

from __future__ import annotations

from twinlease.suite.bench import ANSWER_S, CONNECT_WITHIN_S, NORMAL_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import states


def _has_no_effect(bench: Bench, t: Case, type_: str, options: list) -> None:
    link = bench.peer.link
    since = link.mark()
    for xid in (0x7FFFFF01, link.received[-1].xid):
        t.sends(f"{type_}, xid {xid:#x}, in NORMAL", link.send(type_, options, xid=xid))
        with t.expects("no STATE, no POOLREQ, no UPDREQ; a BNDUPD after it is answered"):
            mine = bench.peer.send_updates(bench.active(bench.take_address()))
            ack = link.expect("BNDACK", lambda m: m.xid == mine, within=ANSWER_S, since=since)
            bench.reactor.run_for(2.0)
            made = [m for m in link.received[since:] if m.type in ("STATE", "POOLREQ", "UPDREQ", "UPDREQALL")]
            t.check(not made, made[0].label() if made else ack.label())


@case("d12/8.5/poolresp-without-poolreq", roles=BOTH, level="should", basis="adjudicated", consequence="robustness",
      readings=("A-23",), observations=2, covers=[
          ("FO-6.1-17", "ignore-message"), ("FO-8.5-01", "taken from the connection")])
def test_poolresp(bench: Bench, t: Case) -> None:
    """A POOLRESP that answers nothing has no effect."""
    _has_no_effect(bench, t, "POOLRESP", [("addresses-transferred", 5)])


@case("d12/8.5/upddone-without-updreq", roles=BOTH, level="should", basis="adjudicated", consequence="safety",
      readings=("A-23", "A-34"), observations=2, covers=[
          ("FO-6.1-17", "ignore-message"), ("FO-8.5-01", "taken from the connection")])
def test_upddone(bench: Bench, t: Case) -> None:
    """An UPDDONE that answers nothing has no effect."""
    _has_no_effect(bench, t, "UPDDONE", [])


@case("d12/8.5/upddone-with-a-wrong-xid", roles=BOTH, level="should", basis="adjudicated", consequence="safety",
      own_peer=True, readings=("A-23", "A-34"), observations=2, covers=[
          ("FO-7.5.1-02", "ignore-message with a wrong xid, process with the right one")])
def test_wrong_xid(bench: Bench, t: Case) -> None:
    """A peer that recovers does not take an UPDDONE with another xid for the end of its UPDREQALL."""
    bench.put.need("start", "wipe")
    bench.start_anew()
    bench.peer.habits.answer_update_requests = False
    bench.peer.habits.follow_states = False
    link = bench.peer.connect(CONNECT_WITHIN_S)
    bench.reactor.run_until(lambda: link.seen("UPDREQALL") or link.seen("UPDREQ") or link.closed, ANSWER_S)
    request = link.seen("UPDREQALL") or link.seen("UPDREQ")
    if request is None:
        t.inconclusive(f"NO_REQUEST: a peer without a store asked for nothing; it said {' '.join(states(link))}")
    since = link.mark()
    t.sends(f"UPDDONE with xid {request.xid ^ 0x10000:#x} for {request.label()}",
            link.send("UPDDONE", xid=request.xid ^ 0x10000))
    with t.expects("no RECOVER-WAIT, no RECOVER-DONE; one of them after the UPDDONE with the right xid"):
        bench.reactor.run_until(lambda: states(link, since), ANSWER_S)
        t.check(not states(link, since), f"after the wrong one: {' '.join(states(link, since)) or 'no STATE'}")
        link.send("UPDDONE", xid=request.xid)
        message = bench.peer.expect_state("RECOVER-WAIT", "RECOVER-DONE", within=bench.mclt_s + NORMAL_WITHIN_S)
        t.check(True, f"after the right one: {message.label()}")

"""9.10 POTENTIAL-CONFLICT state. The ways into it are judged where they begin: 9.3, 9.4, 9.5, 9.8, 9.9.

| test | clauses | roles |
|---|---|---|
| silent | FO-9.10.2-01, FO-4.2-01, S10 | both |
| answers-update-requests | FO-7.3-03, FO-7.5-01 | both |
| primary-asks-first | FO-9.10.1-01 | primary |
| primary-goes-to-conflict-done | FO-9.10.3-02, FO-9.12.3-02, S13, L7 | primary |
| secondary-asks-after-conflict-done | FO-9.10.3-04 (A-33) | secondary |
| secondary-goes-to-normal | FO-9.10.3-03, FO-9.12.1-01, S13, L7 | secondary |
| foreign-upddone-is-ignored | FO-7.5.1-02, S13 (A-23, A-34) | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.connection import Connection
from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import BOTH, PRIMARY, SECONDARY, Case, case
from twinlease.suite.steps import announced, full_lease, states, unwanted_answers

WATCH_S = 5.0


def _conflict(bench: Bench) -> Connection:
    """Both in POTENTIAL-CONFLICT; the partner stays there and answers no update request."""
    link = bench.meet("POTENTIAL-CONFLICT")
    bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
    return link


@case("d12/9.10/silent", roles=BOTH, consequence="safety",
      covers=[("FO-9.10.2-01", "no client is answered"), ("S10", "silence"), ("FO-4.2-01", "no client is answered")])
def test_silent(bench: Bench, t: Case) -> None:
    """In POTENTIAL-CONFLICT no client is answered."""
    holder = full_lease(bench)
    _conflict(bench)
    t.sends("in POTENTIAL-CONFLICT: DISCOVER of new clients; INIT-REBOOT, INFORM and RENEW of one with a lease")
    with t.expects("no answer"):
        came = unwanted_answers(bench, holder)
        t.check(not came and announced(bench) == "POTENTIAL-CONFLICT",
                f"{announced(bench)}: answers: {', '.join(came) or 'none'}")


@case("d12/9.10/answers-update-requests", roles=BOTH, consequence="liveness",
      covers=[("FO-7.3-03", "UPDDONE for UPDREQ in POTENTIAL-CONFLICT"), ("FO-7.5-01", "with the xid of the UPDREQ")])
def test_answers(bench: Bench, t: Case) -> None:
    """In POTENTIAL-CONFLICT the partner's UPDREQ is answered, and no state follows from that."""
    link = _conflict(bench)
    xid = t.sends("UPDREQ in POTENTIAL-CONFLICT", link.send("UPDREQ"))
    with t.expects("UPDDONE with its xid, POTENTIAL-CONFLICT still"):
        done = link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S)
        t.check(announced(bench) == "POTENTIAL-CONFLICT", f"{done.label()}; {announced(bench)}")


@case("d12/9.10/primary-asks-first", roles=PRIMARY, level="should", consequence="liveness",
      covers=[("FO-9.10.1-01", "UPDREQ on entry")])
def test_primary_asks(bench: Bench, t: Case) -> None:
    """A primary that enters POTENTIAL-CONFLICT sends UPDREQ."""
    link = t.sends("a new connection with STATE POTENTIAL-CONFLICT", _conflict(bench))
    with t.expects("UPDREQ (or UPDREQALL)"):
        asked = bench.reactor.run_until(lambda: link.seen("UPDREQ") or link.seen("UPDREQALL"), ANSWER_S)
        t.check(asked, asked.label() if asked else "no UPDREQ")


@case("d12/9.10/primary-goes-to-conflict-done", roles=PRIMARY, consequence="liveness", observations=4,
      covers=[("FO-9.10.3-02", "CONFLICT-DONE on UPDDONE"), ("FO-9.12.3-02", "NORMAL when the secondary is"),
              ("S13", "not before UPDDONE"), ("L7", "the conflict ends")])
def test_primary_resolves(bench: Bench, t: Case) -> None:
    """A primary leaves POTENTIAL-CONFLICT for CONFLICT-DONE on its UPDDONE, and that for NORMAL after the secondary."""
    link = t.sends("a new connection with STATE POTENTIAL-CONFLICT; UPDDONE only after a while", _conflict(bench))
    request = bench.reactor.run_until(lambda: link.seen("UPDREQ") or link.seen("UPDREQALL"), ANSWER_S)
    if not request:
        t.inconclusive("REQUEST: the primary sent no UPDREQ")
    with t.expects("POTENTIAL-CONFLICT until the UPDDONE, then CONFLICT-DONE; UPDDONE for the secondary's UPDREQ; "
                   "NORMAL after the secondary's STATE NORMAL"):
        bench.reactor.run_for(WATCH_S)
        t.check(announced(bench) == "POTENTIAL-CONFLICT", f"without UPDDONE: {announced(bench)}")
        link.send("UPDDONE", xid=request.xid)
        bench.peer.expect_state("CONFLICT-DONE", within=ANSWER_S)
        t.check(True, ", ".join(states(link)))
        xid = link.send("UPDREQ")
        done = link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S)
        t.check(announced(bench) == "CONFLICT-DONE", f"{done.label()}; {announced(bench)}")
        bench.peer.send_state("NORMAL")
        bench.peer.expect_state("NORMAL", within=ANSWER_S)
        t.check(True, ", ".join(states(link)))


def _secondarys_request(bench: Bench, link: Connection) -> wire.Message | None:
    """The partner resolves as the primary does: UPDREQ, its UPDDONE, CONFLICT-DONE. Then the secondary's request,
    which it may also have sent before (A-34)."""
    xid = link.send("UPDREQ")
    link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S)
    bench.peer.send_state("CONFLICT-DONE")
    return bench.reactor.run_until(lambda: link.seen("UPDREQ") or link.seen("UPDREQALL"), ANSWER_S)


@case("d12/9.10/secondary-asks-after-conflict-done", roles=SECONDARY, level="should", consequence="liveness",
      readings=("A-33", "A-34"), covers=[("FO-9.10.3-04", "UPDREQ when the primary is in CONFLICT-DONE")])
def test_secondary_asks(bench: Bench, t: Case) -> None:
    """A secondary in POTENTIAL-CONFLICT sends UPDREQ once its primary is in CONFLICT-DONE."""
    link = _conflict(bench)
    request = t.sends("UPDREQ, answered; STATE CONFLICT-DONE", _secondarys_request(bench, link))
    with t.expects("UPDREQ (or UPDREQALL)"):
        t.check(request, request.label() if request else "no UPDREQ")


@case("d12/9.10/secondary-goes-to-normal", roles=SECONDARY, consequence="liveness", readings=("A-34",), observations=2,
      covers=[("FO-9.10.3-03", "NORMAL on UPDDONE"), ("FO-9.12.1-01", "never CONFLICT-DONE"),
              ("S13", "not before UPDDONE"), ("L7", "the conflict ends")])
def test_secondary_resolves(bench: Bench, t: Case) -> None:
    """A secondary leaves POTENTIAL-CONFLICT for NORMAL on its UPDDONE, and not before."""
    link = _conflict(bench)
    request = t.sends("UPDREQ, answered; STATE CONFLICT-DONE; UPDDONE only after a while",
                      _secondarys_request(bench, link))
    if request is None:
        t.inconclusive("REQUEST: the secondary sent no UPDREQ")
    with t.expects("POTENTIAL-CONFLICT until the UPDDONE, then NORMAL"):
        bench.reactor.run_for(WATCH_S)
        t.check(announced(bench) == "POTENTIAL-CONFLICT", f"without UPDDONE: {announced(bench)}")
        link.send("UPDDONE", xid=request.xid)
        bench.peer.expect_state("NORMAL", within=ANSWER_S)
        t.check("CONFLICT-DONE" not in states(link), ", ".join(states(link)))
    bench.peer.send_state("NORMAL")


@case("d12/9.10/foreign-upddone-is-ignored", roles=BOTH, consequence="safety", basis="adjudicated",
      readings=("A-23", "A-34"),
      covers=[("FO-7.5.1-02", "ignore-message"), ("S13", "no transition without the UPDDONE for its own request")])
def test_foreign_upddone(bench: Bench, t: Case) -> None:
    """An UPDDONE whose xid is not that of the peer's request does not end POTENTIAL-CONFLICT."""
    link = _conflict(bench)
    if bench.role == "primary":
        request = bench.reactor.run_until(lambda: link.seen("UPDREQ") or link.seen("UPDREQALL"), ANSWER_S)
    else:
        request = _secondarys_request(bench, link)
    if request is None:
        t.inconclusive("REQUEST: the peer sent no UPDREQ")
    t.sends(f"UPDDONE with xid {request.xid + 1000} to {request.label()}", link.send("UPDDONE", xid=request.xid + 1000))
    with t.expects("POTENTIAL-CONFLICT still (the connection may be closed)"):
        bench.reactor.run_for(WATCH_S)
        t.check(states(link)[-1] == "POTENTIAL-CONFLICT", ", ".join(states(link)))

"""7.9.1 Sending the CONNECTACK message, and Table 7.9-1.

| test | clauses | roles |
|---|---|---|
| accepting-connectack-has-its-options | FO-7.9-02, -04, -06, -08, -10, -22, FO-7.9.1-01, -02, -10 to -13 | secondary |
| accepting-connectack-has-no-others | FO-7.9-14, -16, -18, -20 | secondary |
| tls-reply-answers-tls-request | FO-7.9-12, -23, FO-7.9.1-07, FO-11.2-02 | secondary |
| connectack-says-what-is-configured | FO-7.9.1-02, -03, -12, FO-12.20-01, FO-5.1.1-02 | secondary |
| max-unacked-bndupd-is-sensible | FO-7.9.1-11 | secondary |
| rejecting-connectack-has-its-options | FO-7.9-03, -11, -13, -15, FO-7.9.1-04 | secondary |
| rejecting-connectack-has-no-others | FO-7.9-05, -07, -09, -19, -21, FO-7.9.1-22 | secondary |
| rejecting-connectack-has-a-message | FO-7.9-17, FO-7.9.1-05 | secondary |
| connection-is-closed-after-a-rejection | FO-7.9.1-06 | secondary |
| no-hurry-after-a-rejection | FO-7.9-01, FO-8.2-03 | secondary |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite import handshake
from twinlease.suite.bench import QUIET_S, Bench
from twinlease.suite.case import SECONDARY, Case, case

ACCEPTING = {"relationship-name": "FO-7.9-02", "max-unacked-bndupd": "FO-7.9-04", "receive-timer": "FO-7.9-06",
             "vendor-class-identifier": "FO-7.9-08", "protocol-version": "FO-7.9-10"}
NOT_ACCEPTING = {"reject-reason": "FO-7.9-14", "message": "FO-7.9-16", "MCLT": "FO-7.9-18",
                 "hash-bucket-assignment": "FO-7.9-20"}
REJECTING = {"relationship-name": "FO-7.9-03", "protocol-version": "FO-7.9-11", "TLS-reply": "FO-7.9-13",
             "reject-reason": "FO-7.9-15"}
NOT_REJECTING = {"max-unacked-bndupd": "FO-7.9-05", "receive-timer": "FO-7.9-07",
                 "vendor-class-identifier": "FO-7.9-09", "MCLT": "FO-7.9-19", "hash-bucket-assignment": "FO-7.9-21"}
XID = 0xC0FFEE01


def _accepted(bench: Bench, t: Case, **replace: object) -> wire.Message:
    """The CONNECTACK that accepts a CONNECT; INCONCLUSIVE if none does."""
    bench.detach()
    t.sends(f"CONNECT, xid {XID:#x}" + "".join(f", {name} {value}" for name, value in replace.items()))
    tried = handshake.connect(bench, xid=XID, **replace)
    if tried.answer is None or tried.answer.has("reject-reason"):
        t.inconclusive(f"REFUSED: a CONNECT without fault: {tried.reaction}")
    return tried.answer


def _rejected(bench: Bench, t: Case) -> handshake.Handshake:
    """A rejecting CONNECTACK; INCONCLUSIVE if an unknown relationship is not answered by one."""
    bench.detach()
    t.sends("CONNECT with a relationship-name that the peer does not know")
    tried = handshake.connect(bench, xid=XID, relationship_name="some-other-relationship")
    if not tried.is_one_of("connectack-reject:*"):
        t.inconclusive(f"NOT_REJECTED: CONNECT of an unknown relationship: {tried.reaction}")
    return tried


@case("d12/7.9.1/accepting-connectack-has-its-options", roles=SECONDARY, observations=len(ACCEPTING) + 1, covers=[
    *((clause, "present") for clause in ACCEPTING.values()), ("FO-7.9.1-13", "present"),
    ("FO-7.9-22", "CONNECTACK of the secondary"),
    ("FO-7.9.1-01", "xid of the CONNECT"), ("FO-7.9.1-02", "present"), ("FO-7.9.1-10", "present"),
    ("FO-7.9.1-12", "present")])
def test_accepting(bench: Bench, t: Case) -> None:
    """An accepting CONNECTACK has the xid of the CONNECT and every option that Table 7.9-1 marks MUST."""
    answer = _accepted(bench, t)
    with t.expects(f"xid {XID:#x}; " + ", ".join(ACCEPTING)):
        t.check(answer.xid == XID, f"xid {answer.xid:#x}")
        for name in ACCEPTING:
            t.check(answer.has(name), f"{name} {'present' if answer.has(name) else 'missing'}")


@case("d12/7.9.1/accepting-connectack-has-no-others", roles=SECONDARY, consequence="hygiene",
      observations=len(NOT_ACCEPTING), covers=[(clause, "absent") for clause in NOT_ACCEPTING.values()])
def test_not_accepting(bench: Bench, t: Case) -> None:
    """An accepting CONNECTACK has no option that Table 7.9-1 marks MUST NOT."""
    answer = _accepted(bench, t)
    with t.expects("no " + ", ".join(NOT_ACCEPTING)):
        for name in NOT_ACCEPTING:
            t.check(not answer.has(name), f"{name} {'present' if answer.has(name) else 'absent'}")


@case("d12/7.9.1/tls-reply-answers-tls-request", roles=SECONDARY, observations=2, covers=[
    ("FO-7.9-12", "TLS-reply if there was a TLS-request"), ("FO-7.9.1-07", "TLS-reply 0 or 1"),
    ("FO-7.9-23", "no TLS-reply if there was no TLS-request"),
    ("FO-11.2-02", "TLS-reply for TLS-request")], readings=("A-52",))
def test_tls_reply(bench: Bench, t: Case) -> None:
    """An accepting CONNECTACK has a TLS-reply if, and only if, the CONNECT had a TLS-request."""
    answer = _accepted(bench, t, TLS_request=0)
    with t.expects("TLS-reply 0 or 1"):
        t.check(answer.get("TLS-reply") in (0, 1), f"with TLS-request 0: TLS-reply {answer.get('TLS-reply')}")
    t.sends("CONNECT without TLS-request")
    answer = handshake.connect(bench, TLS_request=None).answer
    with t.expects("no TLS-reply, whether it accepts or not"):
        reply = answer and answer.get("TLS-reply")
        t.check(reply is None, f"without TLS-request: TLS-reply {reply}")


@case("d12/7.9.1/connectack-says-what-is-configured", roles=SECONDARY, observations=4, covers=[
    ("FO-7.9.1-02", "the relationship's name"), ("FO-7.9.1-03", "1"), ("FO-7.9.1-12", "the peer's tReceive"),
    ("FO-8.4-03", "max-unacked-bndupd as configured"), ("FO-8.1-02", "the relationship's name"),
    ("FO-12.20-01", "1 octet, value 1"), ("FO-5.1.1-02", "the relationship's name in CONNECTACK")])
def test_values(bench: Bench, t: Case) -> None:
    """The values of an accepting CONNECTACK are those that the peer is configured with."""
    answer, r = _accepted(bench, t), bench.relationship
    wanted = {"relationship-name": r.name, "max-unacked-bndupd": r.max_unacked_bndupd,
              "receive-timer": r.receive_timer_s, "protocol-version": 1}
    with t.expects(", ".join(f"{name} {value}" for name, value in wanted.items())):
        for name, value in wanted.items():
            t.check(answer.get(name) == value, f"{name} {answer.get(name)}")


@case("d12/7.9.1/max-unacked-bndupd-is-sensible", roles=SECONDARY, level="should", consequence="hygiene", covers=[
    ("FO-7.9.1-11", "above 10 and below 100")])
def test_max_unacked(bench: Bench, t: Case) -> None:
    """max-unacked-bndupd in the CONNECTACK lies between 10 and 100."""
    number = _accepted(bench, t).get("max-unacked-bndupd", 0)
    with t.expects("a number above 10 and below 100"):
        t.check(10 < number < 100, f"max-unacked-bndupd {number}")


@case("d12/7.9.1/rejecting-connectack-has-its-options", roles=SECONDARY, observations=len(REJECTING) + 2, covers=[
    *((clause, "present") for clause in REJECTING.values()), ("FO-7.9.1-01", "xid of the CONNECT"),
    ("FO-7.9.1-03", "protocol-version 1"), ("FO-7.9.1-04", "present")])
def test_rejecting(bench: Bench, t: Case) -> None:
    """A rejecting CONNECTACK has the xid of the CONNECT and every option that Table 7.9-1 marks MUST."""
    answer = _rejected(bench, t).answer
    with t.expects(f"xid {XID:#x}; " + ", ".join(REJECTING) + "; protocol-version 1"):
        t.check(answer.xid == XID, f"xid {answer.xid:#x}")
        for name in REJECTING:
            t.check(answer.has(name), f"{name} {'present' if answer.has(name) else 'missing'}")
        t.check(answer.get("protocol-version") == 1, f"protocol-version {answer.get('protocol-version')}")


@case("d12/7.9.1/rejecting-connectack-has-no-others", roles=SECONDARY, consequence="hygiene",
      observations=len(NOT_REJECTING),
      covers=[*((clause, "absent") for clause in NOT_REJECTING.values()), ("FO-7.9.1-22", "absent")])
def test_not_rejecting(bench: Bench, t: Case) -> None:
    """A rejecting CONNECTACK has no option that Table 7.9-1 marks MUST NOT."""
    answer = _rejected(bench, t).answer
    with t.expects("no " + ", ".join(NOT_REJECTING)):
        for name in NOT_REJECTING:
            t.check(not answer.has(name), f"{name} {'present' if answer.has(name) else 'absent'}", NOT_REJECTING[name],
                    "FO-7.9.1-22")


@case("d12/7.9.1/rejecting-connectack-has-a-message", roles=SECONDARY, level="should", consequence="hygiene", covers=[
    ("FO-7.9-17", "present"), ("FO-7.9.1-05", "present")])
def test_message(bench: Bench, t: Case) -> None:
    """A rejecting CONNECTACK says why in words."""
    answer = _rejected(bench, t).answer
    with t.expects("a message option with text"):
        t.check(answer.get("message"), f"message {answer.get('message')!r}")


@case("d12/7.9.1/connection-is-closed-after-a-rejection", roles=SECONDARY, level="should", consequence="robustness",
      covers=[("FO-7.9.1-06", "connectack-reject:8, then closed by the peer")])
def test_closed(bench: Bench, t: Case) -> None:
    """The secondary closes the connection after a rejecting CONNECTACK."""
    link = _rejected(bench, t).connection
    with t.expects("the peer closes the connection, and says no more on it"):
        how = link.expect_closed(QUIET_S)
        t.check(link.received[-1].type in ("CONNECTACK", "DISCONNECT"), f"{link.received[-1].label()}; {how}")


@case("d12/7.9.1/no-hurry-after-a-rejection", roles=SECONDARY, level="should", consequence="robustness", covers=[
    ("FO-7.9-01", "no connection attempt at once"), ("FO-8.2-03", "fewer attempts after a rejection")])
def test_no_hurry(bench: Bench, t: Case) -> None:
    """After a rejection the secondary does not at once open a connection to the partner that it rejected."""
    handshake.judge_patience(bench, t, lambda: _rejected(bench, t).connection.close())

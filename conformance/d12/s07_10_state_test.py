"""7.10 STATE message, and 12.23 and 12.24 as its receiver meets them.

| test | clauses | roles |
|---|---|---|
| state-follows-the-handshake | FO-7.10-01, FO-7.9.1-14, FO-7.9.2-09, FO-8.2-15 | both |
| change-of-state-is-announced | FO-7.10-02, FO-7.10.2-02, FO-7.10-03 | both |
| state-has-its-options | FO-7.10-04, -05, -06, FO-7.10.1-02, FO-12.23-02, FO-12.24-01, -02 | both |
| state-comes-only-with-a-change | FO-7.10.1-03, FO-7.10.2-01 | both |
| same-state-a-thousand-times | FO-7.10.2-01, FO-7.10.1-03 (A-31), L17 | both |
| reserved-server-flags-are-ignored | FO-12.23-02 (A-05) | both |
| unknown-server-state-is-tolerated | FO-12.24-01 (A-03) | both |
| server-state-0-and-startup | FO-12.24-01, -02 (A-03, A-18) | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.connection import Connection
from twinlease.suite.bench import ANSWER_S, CONNECT_WITHIN_S, NORMAL_WITHIN_S, Bench
from twinlease.suite.case import BOTH, Case, case
from twinlease.suite.steps import states

STAYS = {"COMMUNICATIONS-INTERRUPTED", "POTENTIAL-CONFLICT", "RESOLUTION-INTERRUPTED"}
"""Where a peer may be that has lost its partner and does not know what to make of it (Figure 9.2-1, "All Others")."""


def _states(bench: Bench) -> dict[int, list[wire.Message]]:
    """The STATEs that the peer sent in the whole run, by connection."""
    found: dict[int, list[wire.Message]] = {}
    for entry in bench.transcript.entries:
        if entry.frm == "peer" and entry.proto == "failover" and getattr(entry.message, "type", "") == "STATE":
            found.setdefault(entry.connection, []).append(entry.message)
    return found


def _send_state(bench: Bench, link: Connection, state: int, flags: int = 0) -> None:
    link.send("STATE", [("server-state", state), ("server-flags", flags),
                        ("start-time-of-state", bench.peer.state_since_s)])


@case("d12/7.10/state-follows-the-handshake", roles=BOTH, consequence="liveness", covers=[
    ("FO-7.10-01", "STATE after the handshake"), ("FO-7.9.1-14", "STATE after the accepting CONNECTACK"),
    ("FO-7.9.2-09", "STATE after the accepting CONNECTACK"), ("FO-8.2-15", "the second message is STATE")])
def test_after_handshake(bench: Bench, t: Case) -> None:
    """STATE is the peer's next message after CONNECT and CONNECTACK, without waiting for ours."""
    bench.detach()
    bench.peer.habits.follow_states = False
    t.sends("a new connection up to the accepting CONNECTACK; no STATE of ours")
    link = bench.peer.connect(CONNECT_WITHIN_S, state=False)
    with t.expects("STATE, and no other message before it"):
        link.expect("STATE", within=ANSWER_S)
        t.check(link.received[1].type == "STATE", ", ".join(m.label() for m in link.received[:3]))


@case("d12/7.10/change-of-state-is-announced", roles=BOTH, consequence="liveness", readings=("A-17",), covers=[
    ("FO-7.10-02", "STATE(NORMAL)"), ("FO-7.10.2-02", "the transition of section 9"),
    ("FO-7.10-03", "no STATE of ours is waited for in between")])
def test_change(bench: Bench, t: Case) -> None:
    """A peer that comes back to NORMAL on a STATE says so on the connection."""
    bench.detach()
    t.sends("a new connection with STATE COMMUNICATIONS-INTERRUPTED, and no other STATE")
    link = bench.meet("COMMUNICATIONS-INTERRUPTED")
    with t.expects(f"STATE(NORMAL) within {NORMAL_WITHIN_S:g} s"):
        message = bench.peer.expect_state("NORMAL", within=NORMAL_WITHIN_S)
        t.check(link.closed is None, message.label())


@case("d12/7.10/state-has-its-options", roles=BOTH, last=True, probe=False, observations=2, readings=("A-03",), covers=[
    ("FO-7.10-04", "present"), ("FO-7.10-05", "present"), ("FO-7.10-06", "present, not in the future"),
    ("FO-7.10.1-02", "an xid of its own"), ("FO-12.23-02", "bits 1-7 zero"),
    ("FO-12.24-01", "2 to 11; 12 and 254 for RECOVER-WAIT"), ("FO-12.24-02", "never 1")])
def test_options(bench: Bench, t: Case) -> None:
    """Every STATE has the three options of Table 7.10-1 with values of section 12, and an xid of its own."""
    with t.expects("server-state 2 to 11 (12 or 254), server-flags 0 or 1, start-time-of-state until now, a new xid"):
        for messages in _states(bench).values():
            for message in messages:
                since_s = message.get("start-time-of-state")
                sound = (message.get("server-state") in (*range(2, 13), 254) and message.get("server-flags") in (0, 1)
                         and isinstance(since_s, int) and since_s <= message.time_s + 2)
                t.check(sound, f"{message.label()}: {message.describe()}")
            xids = [message.xid for message in messages]
            t.check(len(set(xids)) == len(xids), f"xids {xids[:8]}")


@case("d12/7.10.1/state-comes-only-with-a-change", roles=BOTH, level="should", last=True, probe=False,
      consequence="hygiene", observations=2, readings=("A-31",), covers=[
          ("FO-7.10.1-03", "values differ from the STATE before"), ("FO-7.10.2-01", "a change of state or flags")])
def test_only_changes(bench: Bench, t: Case) -> None:
    """No two successive STATEs of the peer on a connection are the same."""
    names = ("server-state", "server-flags", "start-time-of-state")
    with t.expects("each STATE differs from the one before it on the connection"):
        for number, messages in _states(bench).items():
            for before, message in zip([None, *messages], messages):
                same = before is not None and all(before.get(name) == message.get(name) for name in names)
                t.check(not same, f"connection {number}: {message.label()}{' again' if same else ''}")


@case("d12/7.10.2/same-state-a-thousand-times", roles=BOTH, level="should", consequence="robustness", observations=2,
      readings=("A-31",), covers=[("FO-7.10.2-01", "process: no transition"), ("FO-7.10.1-03", "no STATE in reply"),
                                  ("L17", "the exchange ends")])
def test_same_state(bench: Bench, t: Case) -> None:
    """A STATE that says nothing new changes nothing, however often it comes."""
    link = bench.peer.link
    since = link.mark()
    for _ in range(1000):
        _send_state(bench, link, wire.SERVER_STATE["NORMAL"])
    xid = bench.peer.send_updates(bench.active(bench.take_address()))
    t.sends("the last STATE 1000 times more, then a BNDUPD")
    with t.expects("BNDACK, and no STATE"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=3 * ANSWER_S, since=since)
        t.check(True, ack.label())
        t.check(not states(link, since), f"{len(states(link, since))} STATE in reply")


@case("d12/12.23/reserved-server-flags-are-ignored", roles=BOTH, level="should", basis="adjudicated",
      readings=("A-05", "A-17"), observations=2, covers=[("FO-12.23-02", "0xfe and 0x80: process")])
def test_reserved_flags(bench: Bench, t: Case) -> None:
    """Bits 1 to 7 of server-flags, 0x80 among them, do not mean STARTUP."""
    for flags in (0xFE, 0x80):
        bench.detach()
        bench.peer.habits.follow_states = False
        t.sends(f"a new connection with STATE COMMUNICATIONS-INTERRUPTED, server-flags {flags:#x}")
        link = bench.peer.connect(CONNECT_WITHIN_S, state=False)
        _send_state(bench, link, wire.SERVER_STATE["COMMUNICATIONS-INTERRUPTED"], flags)
        with t.expects("STATE(NORMAL), as with no flag set"):
            message = bench.peer.expect_state("NORMAL", within=NORMAL_WITHIN_S)
            t.check(link.closed is None, f"server-flags {flags:#x}: {message.label()}")


def _odd_states(bench: Bench, t: Case, codes: tuple[int, ...], may_close: bool) -> None:
    """STATEs with these server-states reach a peer in COMMUNICATIONS-INTERRUPTED that has no other from us."""
    for code in codes:
        bench.detach()
        bench.peer.habits.follow_states = False
        link = bench.peer.connect(CONNECT_WITHIN_S, state=False)
        link.expect("STATE", within=ANSWER_S)
        since = link.mark()
        t.sends(f"STATE with server-state {code} as the first on a connection")
        _send_state(bench, link, code)
        with t.expects("no state but COMMUNICATIONS-INTERRUPTED or a conflict state because of it"
                       + ("" if may_close else "; the connection stays")):
            bench.reactor.run_until(lambda: link.closed, 5.0)
            came = states(link, since)
            t.check(STAYS.issuperset(came) and (may_close or link.closed is None),
                    f"server-state {code}: {' '.join(came) or 'no STATE'}, connection {link.closed or 'open'}")


@case("d12/12.24/unknown-server-state-is-tolerated", roles=BOTH, level="should", basis="adjudicated",
      consequence="robustness", readings=("A-03", "A-17"), observations=7, covers=[
          ("FO-12.24-01", "12 to 255: process|ignore-message")])
def test_unknown_states(bench: Bench, t: Case) -> None:
    """A server-state without a meaning ends neither the connection nor the service."""
    # 12 and 254 come last: to some they mean RECOVER-WAIT.
    _odd_states(bench, t, (13, 127, 200, 253, 255, 12, 254), may_close=False)


@case("d12/12.24/server-state-0-and-startup", roles=BOTH, level="should", basis="adjudicated",
      consequence="robustness", readings=("A-03", "A-17", "A-18"), observations=2, covers=[
          ("FO-12.24-01", "0: ignore-message|process|close-connection"),
          ("FO-12.24-02", "1: ignore-message|process|close-connection")])
def test_zero_and_startup(bench: Bench, t: Case) -> None:
    """A server-state of 0 or of 1 (STARTUP, never sent) is no reason to leave COMMUNICATIONS-INTERRUPTED for NORMAL."""
    _odd_states(bench, t, (0, 1), may_close=True)

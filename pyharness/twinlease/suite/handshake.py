"""CONNECT and CONNECTACK as a test wants them, and the peer's reaction in one word. (7.8, 7.9)

A reaction is written as in the `covers` of a test: "process", "connectack-reject:14", "close-with-disconnect:254",
"close-connection"; "nothing" where the peer neither answers nor closes within ANSWER_S.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Callable

from twinlease import wire
from twinlease.connection import Connection
from twinlease.peer import Habits
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import Case

CLOSES_S = 120.0
"""How long a peer may keep a connection that never gets anywhere ("a limited amount of time", 7.8.2): our bound."""
WATCH_S = 40.0
"""How long attempts to connect are counted."""
AT_ONCE_S = 2.0
"""What counts as "immediately" (7.9, 7.12)."""


@dataclass
class Handshake:
    """An attempt to connect, and what came of it."""

    connection: Connection
    reaction: str
    answer: wire.Message | None = None
    """The peer's CONNECTACK, if there was one."""

    def is_one_of(self, expected: str) -> bool:
        """expected: reactions separated by "|", "*" for any number, as in connectack-reject:*."""
        return any(fnmatchcase(self.reaction, alternative) for alternative in expected.split("|"))


def connect(bench: Bench, *, xid: int | None = None, clock_offset_s: float = 0.0, source: str | None = None,
            **replace: Any) -> Handshake:
    """As primary: a CONNECT on a connection of its own, and the answer. replace as for Peer.connect_options();
    clock_offset_s: what our clock seems to be off; source: another address of ours. The partner is not connected."""
    link = bench.connection(source)
    link.clock_offset_s = clock_offset_s
    link.send("CONNECT", bench.peer.connect_options(**replace), xid=xid)
    return after_connect(bench, link)


def after_connect(bench: Bench, link: Connection) -> Handshake:
    """What a secondary makes of the CONNECT just sent on this connection."""
    bench.reactor.run_until(lambda: link.seen("CONNECTACK") or link.closed, ANSWER_S)
    answer = link.seen("CONNECTACK")
    if answer is None:
        return Handshake(link, ending(link))
    if answer.has("reject-reason"):
        return Handshake(link, f"connectack-reject:{answer.get('reject-reason')}", answer)
    if answer.get("TLS-reply") != 1:
        bench.reactor.run_until(lambda: link.seen("STATE") or link.closed, ANSWER_S)
    if answer.get("TLS-reply") == 1 or link.seen("STATE"):
        return Handshake(link, "process", answer)
    return Handshake(link, "CONNECTACK without STATE", answer)


def connectack(bench: Bench, *, clock_offset_s: float = 0.0, **replace: Any) -> Handshake:
    """As secondary: answers the peer's next CONNECT and sees what it does. replace as for Peer.connectack_options().
    NotSeen if no CONNECT comes. The partner is not connected."""
    link, offered = bench.next_connect()
    link.clock_offset_s = clock_offset_s
    link.send("CONNECTACK", bench.peer.connectack_options(offered, **replace), xid=offered.xid)
    return Handshake(link, after_connectack(bench, link))


def after_connectack(bench: Bench, link: Connection) -> str:
    """What a primary makes of a CONNECTACK: "process" once its STATE comes, else how the connection ended."""
    bench.reactor.run_until(lambda: link.seen("STATE") or link.closed, ANSWER_S)
    return "process" if link.seen("STATE") else ending(link)


def handshake(bench: Bench, *, clock_offset_s: float = 0.0, **replace: Any) -> Handshake:
    """connect() or connectack(), by the peer's role, for options that both messages have."""
    return (connect if bench.role == "secondary" else connectack)(bench, clock_offset_s=clock_offset_s, **replace)


def ending(link: Connection) -> str:
    """How the peer ended a connection, or "nothing" if it is open."""
    if link.closed is None:
        return "nothing"
    last = link.seen("DISCONNECT")
    return "close-connection" if last is None else f"close-with-disconnect:{last.get('reject-reason')}"


def go_silent(bench: Bench) -> tuple[Connection, float]:
    """The partner says CONTACT once more, and then nothing whatever comes. Returns the connection and the
    receive-timer that the peer announced for it; link.last_sent_s is when we spoke last."""
    link = bench.peer.link
    announced = link.seen("CONNECT" if bench.role == "primary" else "CONNECTACK")
    assert announced is not None, "a connection begins with CONNECT or CONNECTACK"
    link.keep_contact(None)
    bench.peer.habits = Habits(contact=False, acknowledge=False, answer_update_requests=False, answer_poolreq=False,
                               follow_states=False)
    link.send("CONTACT")
    return link, announced.get("receive-timer")


def knocks(bench: Bench, seconds: float, at_most: int | None = None) -> list[float]:
    """How long after this moment, in lab seconds, the peer opened connections to us; each is closed at once.
    at_most: returns when there are that many."""
    began, before = bench.clock.now(), len(bench.peer.knocks_s)
    bench.peer.listen()

    def close_all() -> bool:
        while bench.peer.incoming:
            bench.peer.incoming.pop().close()
        return at_most is not None and len(bench.peer.knocks_s) - before >= at_most

    bench.reactor.run_until(close_all, seconds)
    return [at - began for at in bench.peer.knocks_s[before:]]


def judge_patience(bench: Bench, t: Case, refuse: Callable[[], None]) -> None:
    """After refuse() (a rejection, a DISCONNECT) the peer does not connect at once, and less often than without it:
    FO-7.9-01, FO-7.12-01, FO-8.2-03. The partner is not connected, before and after."""
    bench.detach()
    usual = knocks(bench, WATCH_S)
    refuse()
    with t.expects(f"no connection from the peer within {AT_ONCE_S:g} s; in {WATCH_S:g} s at most one, or at "
                   f"least two fewer than the {len(usual)} without it (one may be rounding)"):
        attempts = knocks(bench, WATCH_S)
        t.check(len(attempts) <= max(1, len(usual) - 2) and not any(at < AT_ONCE_S for at in attempts),
                f"in {WATCH_S:g} s {len(usual)} connections before, {len(attempts)} after"
                + (f", the first {attempts[0]:.0f} s later" if attempts else ""))

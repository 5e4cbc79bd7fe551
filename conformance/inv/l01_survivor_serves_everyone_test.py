"""L1, L2, L3: what a server does about a partner that is gone, that is silent, and that is idle.

| test | invariants |
|---|---|
| primary-serves-everyone, secondary-serves-everyone | L1 |
| silent-primary-is-noticed, silent-secondary-is-noticed | L2 |
| idle-connection-lives | L3 |
"""

from __future__ import annotations

from twinlease.manifest import ROLES
from twinlease.suite.bench import ANSWER_S
from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_steps import SHARE, answered, messages, receive_timer_s, share
from twinlease.tap import other

HOW = {"roles": PAIR, "consequence": "liveness", "basis": "invariant"}
NOT_RECEIVED = 17
"""reject-reason: no traffic within sufficient time (7.12, 8.3)."""
PERIODS = 4
"""Receive-timers of an idle connection that are watched."""


def serves_everyone(pair: PairBench, t: Case, survivor: str) -> None:
    gone = other(survivor)
    clients = share(pair, gone)
    bound = 2 * receive_timer_s(pair, survivor) + ANSWER_S
    t.sends(f"the {gone} loses its network; {len(clients)} clients of its share ask the {survivor} from then on")
    began = pair.clock.now()
    pair.isolate(gone)
    with t.expects(f"a DHCPOFFER from the {survivor} to each of them within {bound:.0f} s"):
        served: list[str] = []
        waiting = clients
        while waiting and pair.clock.now() - began < bound:   # a client that is not answered asks again (RFC 2131 4.1)
            got = answered(pair, survivor, waiting, within=4.0)
            served += [f"{client.hardware.hex(':')} after {pair.clock.now() - began:.1f} s" for client in got]
            waiting = [client for client in waiting if client not in got]
        for text in served:
            t.check(True, f"{text} served")
        for client in waiting:
            t.check(False, f"{client.hardware.hex(':')} asked for {bound:.0f} s and was not served")


def silence_is_noticed(pair: PairBench, t: Case, silent: str) -> None:
    listener = other(silent)
    link = pair.tap.links[-1]
    mark = pair.transcript.mark()
    bound = 2 * receive_timer_s(pair, listener)
    t.sends(f"nothing of what the {silent} says reaches the {listener} any more; TCP stays open")
    pair.tap.stall(silent, hold=True)
    with t.expects(f"the connection is closed within {bound:.0f} s, after DISCONNECT {NOT_RECEIVED} or none"):
        began = pair.clock.now()
        pair.reactor.run_until(lambda: link.closed(listener), bound)
        reasons = [m.get("reject-reason") for m in messages(pair, listener, "DISCONNECT", since=mark)]
        t.check(link.closed(listener),
                f"{listener}: connection {link.closed(listener) or 'open'} after {pair.clock.now() - began:.1f} s")
        t.check(reasons in ([], [NOT_RECEIVED]), f"DISCONNECT with reasons {reasons}" if reasons else "no DISCONNECT")


@case("inv/L1/primary-serves-everyone", observations=SHARE,
      covers=[("L1", "the partner's clients are served once it is gone")], **HOW)
def test_primary_serves(pair: PairBench, t: Case) -> None:
    """A primary whose secondary is gone serves the clients of the secondary's share."""
    serves_everyone(pair, t, "primary")


@case("inv/L1/secondary-serves-everyone", observations=SHARE,
      covers=[("L1", "the partner's clients are served once it is gone")], **HOW)
def test_secondary_serves(pair: PairBench, t: Case) -> None:
    """A secondary whose primary is gone serves the clients of the primary's share."""
    serves_everyone(pair, t, "secondary")


@case("inv/L2/silent-primary-is-noticed", observations=2,
      covers=[("L2", "a silent partner is noticed, the connection closed")], **HOW)
def test_silent_primary(pair: PairBench, t: Case) -> None:
    """A secondary notices that its primary, still connected, says nothing more."""
    silence_is_noticed(pair, t, "primary")


@case("inv/L2/silent-secondary-is-noticed", observations=2,
      covers=[("L2", "a silent partner is noticed, the connection closed")], **HOW)
def test_silent_secondary(pair: PairBench, t: Case) -> None:
    """A primary notices that its secondary, still connected, says nothing more."""
    silence_is_noticed(pair, t, "secondary")


@case("inv/L3/idle-connection-lives", observations=3,
      covers=[("L3", "each gap between two messages is below the partner's receive-timer")], **HOW)
def test_idle(pair: PairBench, t: Case) -> None:
    """A connection without traffic of its own is kept: each server speaks often enough for its partner."""
    link = pair.tap.links[-1]
    timers = {role: receive_timer_s(pair, other(role)) for role in ROLES}
    mark, began = pair.transcript.mark(), pair.clock.now()
    lasting = PERIODS * max(timers.values())
    t.sends(f"nothing for {lasting} s")
    pair.reactor.run_for(lasting)
    ended = pair.clock.now()
    with t.expects("the same connection, and no gap as long as the partner's receive-timer"):
        t.check(link in pair.tap.links, f"connection {'kept' if link in pair.tap.links else 'lost'}")
        for role in ROLES:
            times = [entry.t for entry in pair.transcript.entries[mark:]
                     if entry.frm == role and entry.connection == link.number]
            gap = max(b - a for a, b in zip([began, *times], [*times, ended]))
            t.check(gap < timers[role], f"{role}: {len(times)} messages, longest gap {gap:.1f} s of {timers[role]} s")

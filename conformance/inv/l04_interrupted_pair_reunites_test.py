"""L4: two servers in COMMUNICATIONS-INTERRUPTED reach NORMAL when the link returns, whatever broke it.

| test | fault, by the tap unless it says kernel |
|---|---|
| after-a-cut | every connection closed, new ones refused |
| after-lost-packets | kernel: every packet of the failover port lost |
| after-the-primary-was-not-heard, after-the-secondary-was-not-heard | kernel: every packet that it sends is lost |
| after-the-primary-kept-a-dead-connection, after-the-secondary-... | half open: its partner lost the connection |
| after-a-stalled-primary, after-a-stalled-secondary | its octets stay where they are, the TCP window closes |
| after-a-corrupted-length-of-the-primary, of-the-secondary | the boundary of messages is lost (6.1) |
| after-a-kill-of-the-primary, of-the-secondary | the process ends and comes back with its store |
"""

from __future__ import annotations

from twinlease.manifest import ROLES
from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_steps import RESEND_S, REUNION_S, messages, receive_timer_s, reunite
from twinlease.tap import other

COVERS = [("L4", "an interrupted pair reunites")]
HOW = {"roles": PAIR, "covers": COVERS, "consequence": "liveness", "basis": "invariant"}


def noticed_s(pair: PairBench) -> float:
    """How long a silence has to be that both must notice."""
    timers = [receive_timer_s(pair, role) for role in ROLES]
    return max(timers) + pair.tolerance_s + 10.0


def lost_packets(pair: PairBench, t: Case, roles: tuple[str, ...], incoming: bool) -> None:
    before = pair.tap.said["primary"].link
    lasting = noticed_s(pair)
    t.sends(f"every failover packet {'to and ' if incoming else ''}from {' and '.join(roles)} lost for {lasting:.0f} s")
    for role in roles:
        pair.firewalls[role].drop_failover(incoming=incoming)
    pair.reactor.run_for(lasting)
    reunite(pair, t, REUNION_S + RESEND_S * pair.clock.rate, before)


def half_open(pair: PairBench, t: Case, keeps: str) -> None:
    before = pair.tap.said["primary"].link
    t.sends(f"the connection is dropped at the {other(keeps)} and kept at the {keeps}, which hears no more of it")
    pair.tap.half_open(keeps)
    with t.expects(f"NORMAL on both sides on another connection within {REUNION_S:g} s, the dead one still there"):
        took = pair.to_normal(REUNION_S)
        t.check(pair.tap.said["primary"].link != before, f"NORMAL on both sides after {took:.1f} s")


def stalled(pair: PairBench, t: Case, role: str) -> None:
    before = pair.tap.said["primary"].link
    lasting = noticed_s(pair)
    t.sends(f"nothing of what the {role} says is passed on for {lasting:.0f} s; its TCP window closes")
    pair.tap.stall(role)
    pair.reactor.run_for(lasting)
    reunite(pair, t, before=before)


def corrupted(pair: PairBench, t: Case, role: str) -> None:
    before = pair.tap.said["primary"].link
    t.sends(f"the length of the next message of the {role} becomes 1 (6.1)")
    trick = pair.tap.overwrite(role, None, 0, b"\0\1")
    if not pair.reactor.run_until(lambda: trick.played, receive_timer_s(pair, other(role))):
        t.inconclusive(f"EVIDENCE: the {role} sent nothing that could be corrupted")
    t.sends(f"after {messages(pair, role)[-1].type}")
    with t.expects(f"NORMAL on both sides on another connection within {REUNION_S:g} s"):
        pair.reactor.run_until(lambda: all(link.number != before for link in pair.tap.links), REUNION_S)
        took = pair.to_normal(REUNION_S)
        t.check(pair.tap.said["primary"].link != before, f"NORMAL on both sides; it took {took:.1f} s more")


def killed(pair: PairBench, t: Case, role: str) -> None:
    for peer in pair.peers.values():
        peer.need("kill", "start")
    t.sends(f"the {role} killed, and started again 30 s later with the store that it has")
    pair.kill(role)
    pair.reactor.run_for(30.0)
    pair.start(role)
    reunite(pair, t)


@case("inv/L4/after-a-cut", **HOW)
def test_cut(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again after its connection was closed and new ones were refused for a minute."""
    before = pair.tap.said["primary"].link
    t.sends("the connection closed at both ends; new ones refused for 60 s")
    pair.cut()
    pair.reactor.run_for(60.0)
    reunite(pair, t, before=before)


@case("inv/L4/after-lost-packets", **HOW)
def test_lost(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again after every packet between the servers was lost for longer than receive-timer."""
    lost_packets(pair, t, ROLES, incoming=True)


@case("inv/L4/after-the-primary-was-not-heard", **HOW)
def test_primary_not_heard(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again after every packet that the primary sent was lost for longer than receive-timer."""
    lost_packets(pair, t, ("primary",), incoming=False)


@case("inv/L4/after-the-secondary-was-not-heard", **HOW)
def test_secondary_not_heard(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again after every packet that the secondary sent was lost for longer than receive-timer."""
    lost_packets(pair, t, ("secondary",), incoming=False)


@case("inv/L4/after-the-primary-kept-a-dead-connection", **HOW)
def test_half_open_primary(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again although the primary still has a connection that its partner lost."""
    half_open(pair, t, "primary")


@case("inv/L4/after-the-secondary-kept-a-dead-connection", **HOW)
def test_half_open_secondary(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again although the secondary still has a connection that its partner lost."""
    half_open(pair, t, "secondary")


@case("inv/L4/after-a-stalled-primary", **HOW)
def test_stalled_primary(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again after nothing of what the primary said got through for longer than receive-timer."""
    stalled(pair, t, "primary")


@case("inv/L4/after-a-stalled-secondary", **HOW)
def test_stalled_secondary(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again after nothing of what the secondary said got through for longer than receive-timer."""
    stalled(pair, t, "secondary")


@case("inv/L4/after-a-corrupted-length-of-the-primary", **HOW)
def test_corrupted_primary(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again after the stream of the primary lost its message boundaries."""
    corrupted(pair, t, "primary")


@case("inv/L4/after-a-corrupted-length-of-the-secondary", **HOW)
def test_corrupted_secondary(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again after the stream of the secondary lost its message boundaries."""
    corrupted(pair, t, "secondary")


@case("inv/L4/after-a-kill-of-the-primary", **HOW)
def test_killed_primary(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again after the primary was killed and came back."""
    killed(pair, t, "primary")


@case("inv/L4/after-a-kill-of-the-secondary", **HOW)
def test_killed_secondary(pair: PairBench, t: Case) -> None:
    """The pair is NORMAL again after the secondary was killed and came back."""
    killed(pair, t, "secondary")

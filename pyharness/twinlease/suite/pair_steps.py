"""Steps that tests of a pair share: what the servers have said, who answers whom, and the way back to NORMAL."""

from __future__ import annotations

from twinlease import dhcp, falsify, wire
from twinlease.suite.bench import CONNECT_WITHIN_S, NORMAL_WITHIN_S
from twinlease.suite.case import Case, Inconclusive
from twinlease.suite.pair_bench import PairBench
from twinlease.tap import other

REUNION_S = CONNECT_WITHIN_S + NORMAL_WITHIN_S
"""One retry period and the handshake (L4): a server may wait "a minute or two" before it tries again."""
RESEND_S = 8.0
"""Real seconds in which the kernels have sent again what was lost: their timers know no lab time."""
SHARE = 6
"""Clients of one server's share that are asked for."""


def messages(pair: PairBench, role: str, *types: str, since: int = 0) -> list[wire.Message]:
    """What that server has said since a mark of the transcript, of these types (all, if none is named)."""
    return [entry.message for entry in pair.transcript.entries[since:]
            if entry.frm == role and entry.proto == "failover" and entry.message is not None
            and (not types or entry.message.type in types)]


def states(pair: PairBench, role: str, since: int = 0) -> list[str]:
    """The states that it has announced since a mark, those with the STARTUP bit left out."""
    return [wire.state_name(m.get("server-state")) for m in messages(pair, role, "STATE", since=since)
            if not (m.get("server-flags") or 0) & wire.STARTUP_FLAG]


def receive_timer_s(pair: PairBench, role: str) -> int:
    """The receive-timer that it announced last: how long it waits for a word of its partner. Inconclusive: none."""
    announced = [m.get("receive-timer") for m in messages(pair, role, "CONNECT", "CONNECTACK")]
    if not announced or not isinstance(announced[-1], int):
        raise Inconclusive(f"EVIDENCE: the {role} announced no receive-timer")
    return announced[-1]


def reunite(pair: PairBench, t: Case, within: float = REUNION_S, before: int | None = None) -> None:
    """The fault ends, and the pair has to come to NORMAL. before: the connection that cannot have survived it."""
    pair.heal()
    with t.expects(f"NORMAL on both sides within {within:g} s after the repair"):
        took = pair.to_normal(within)
        if before is not None and pair.tap.said["primary"].link == before:
            raise Inconclusive("EVIDENCE: the connection outlived the fault; nothing was interrupted")
        t.saw(f"NORMAL on both sides {took:.1f} s after the repair")


def offered(pair: PairBench, role: str, clients: list[dhcp.Client],
            within: float = 4.0) -> list[tuple[dhcp.Client, dhcp.Packet]]:
    """Those of the clients that get a DHCPOFFER from that server, with the offer, all asking at once."""
    address = pair.servers[role]
    marks = [(relay, len(relay.received)) for relay in pair.relays]
    asked = {client.send(dhcp.DISCOVER, servers=(address,)): client for client in clients}

    def offers() -> dict[int, dhcp.Packet]:
        return {packet.xid: packet for relay, mark in marks for packet in relay.received[mark:]
                if packet.source == address and packet.message_type == dhcp.OFFER and packet.xid in asked}

    pair.reactor.run_until(lambda: len(offers()) == len(clients), within)
    got = offers()
    return [(client, got[xid]) for xid, client in asked.items() if xid in got]


def answered(pair: PairBench, role: str, clients: list[dhcp.Client], within: float = 4.0) -> list[dhcp.Client]:
    """Those of the clients that get a DHCPOFFER from that server, all asking at once."""
    return [client for client, _ in offered(pair, role, clients, within)]


def share(pair: PairBench, role: str, count: int = SHARE) -> list[dhcp.Client]:
    """New clients that in NORMAL that server answers and its partner does not. Inconclusive: not so many of 64."""
    clients = [pair.client(role) for _ in range(64)]
    with falsify.truthful():
        mine = answered(pair, role, clients)
        theirs = {id(client) for client in answered(pair, other(role), mine)}
    own = [client for client in mine if id(client) not in theirs]
    if len(own) < count:
        raise Inconclusive(f"BUCKETS: the {role} alone answers {len(own)} of 64 clients, {count} are needed")
    return own[:count]

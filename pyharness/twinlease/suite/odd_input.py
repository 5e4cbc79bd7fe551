"""One odd or malformed message to a connected peer, and the reaction in one word: what tests of several sections share.

A reaction is written as in suite.handshake, and besides: "process" or "bndack-reject:N" of a BNDUPD; "take-as-accept"
or "take-as-reject" of a BNDACK.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Callable

from twinlease import wire
from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import Inconclusive
from twinlease.suite.handshake import ending
from twinlease.suite.steps import full_lease

Options = list[tuple[str | int, Any]]
FOREIGN_XID = 0x7F00
"""From here on no request has the xid."""
WATCH_S = 3.0
CLOSES_S = 15.0
"""How long a peer may take to close after octets that leave it nothing else: no clause gives a time."""
UPDATE_WITHIN_S = 30.0
"""How long after a DHCPACK the BNDUPD is waited for: "as soon as possible" (7.1.1) has no number."""


@dataclass(frozen=True)
class Input:
    """A row of reactions.csv, or a part of it. accepted: reactions separated by "|", with "*" for anything."""

    row: str
    what: str
    accepted: str
    clauses: tuple[str, ...]
    send: Callable[[Bench], str]

    def accepts(self, reaction: str) -> bool:
        return is_one_of(reaction, self.accepted)


def is_one_of(reaction: str, accepted: str) -> bool:
    """accepted: reactions separated by "|", "*" for anything, as in close-*."""
    return any(fnmatchcase(reaction, word) for word in accepted.split("|"))


def fresh(bench: Bench, **replace: object) -> Options:
    """BNDUPD(ACTIVE) about an address of ours that nobody has had; replace as for Bench.active()."""
    return bench.active(bench.take_address(), **replace)


def reaction(bench: Bench, xid: int, since: int) -> str:
    """To the BNDUPD with that xid: "process", "bndack-reject:N", how the connection ended, or "nothing"."""
    link = bench.peer.link
    bench.reactor.run_until(lambda: link.seen("BNDACK", lambda m: m.xid == xid, since) or link.closed, ACK_S)
    ack = link.seen("BNDACK", lambda m: m.xid == xid, since)
    if ack is None:
        return ending(link)
    return f"bndack-reject:{ack.get('reject-reason')}" if ack.has("reject-reason") else "process"


def update(bench: Bench, options: Options, **sending: Any) -> str:
    """Sends a BNDUPD; sending as for Connection.send()."""
    since = bench.peer.link.mark()
    return reaction(bench, bench.peer.link.send("BNDUPD", options, **sending), since)


def then_update(bench: Bench, type_: str | int, options: Options | tuple[()] = (), **sending: Any) -> str:
    """Sends a message that is answered by nothing; then "process" if a BNDUPD is answered on the same connection."""
    link = bench.peer.link
    link.send(type_, options, **sending)
    bench.reactor.run_until(lambda: link.closed, WATCH_S)
    return ending(link) if link.closed else update(bench, fresh(bench))


def octets_close(bench: Bench, octets: bytes, label: str) -> str:
    """Sends octets that leave a receiver nothing but to close; how it does, or "nothing"."""
    link = bench.peer.link
    link.send_octets(octets, label)
    bench.reactor.run_until(lambda: link.closed, CLOSES_S)
    return ending(link)


def contact_of_length(bench: Bench, length: int) -> str:
    """A CONTACT of 12 octets, whose header says otherwise."""
    header = length.to_bytes(2, "big") + bytes([wire.MESSAGE_TYPES["CONTACT"], 12])
    return octets_close(bench, header + int(bench.clock.now()).to_bytes(4, "big") + FOREIGN_XID.to_bytes(4, "big"),
                        f"CONTACT of length {length}")


def update_cut_short(bench: Bench) -> str:
    """A BNDUPD whose length leaves out its last option; that begins with 6, its code, and 6 is no length (6.1)."""
    octets = wire.encode("BNDUPD", xid=bench.peer.link.next_xid(), time_s=int(bench.clock.now()), options=fresh(bench),
                         dialect=bench.peer.link.dialect)
    return octets_close(bench, (len(octets) - 8).to_bytes(2, "big") + octets[2:], "BNDUPD whose length is 8 too small")


def needs_a_control(bench: Bench) -> None:
    """Whether a BNDACK counts shows in a lease longer than MCLT: Inconclusive where a correct one brings none."""
    usual = full_lease(bench).lease
    if usual is None or usual.lease_time_s <= bench.mclt_s + 1:
        raise Inconclusive("CONTROL: a renewal after a correct BNDACK is for MCLT as well")


def acknowledged(bench: Bench, answer: Callable[[wire.Message, str], None]) -> str:
    """A new client of the peer gets a lease; answer(update, address) answers the BNDUPD about it. Whether that counts
    as acknowledged shows in the renewal: without it that is for MCLT (7.1.5). NotSeen without lease or BNDUPD."""
    if bench.peer.connection is None:
        bench.to_normal()
    client = bench.client_served_here()
    bench.reactor.run_for(1.0)
    bench.peer.habits.acknowledge = False
    link = bench.peer.link
    since = link.mark()
    address = client.acquire(ANSWER_S).address
    answer(link.expect("BNDUPD", lambda m: address in [x.get("assigned-IP-address") for x in m.transactions],
                       within=UPDATE_WITHIN_S, since=since), address)
    bench.reactor.run_until(lambda: link.closed, WATCH_S)
    if link.closed is not None:
        return ending(link)
    client.renew(ANSWER_S)
    assert client.lease is not None, "the client has a lease, renewed or not"
    bench.peer.habits.acknowledge = True
    for withheld in list(bench.peer.withheld):
        bench.peer.acknowledge(withheld)
    return "take-as-accept" if client.lease.lease_time_s > bench.mclt_s + 1 else "take-as-reject"

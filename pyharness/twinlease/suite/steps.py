"""Steps that tests of several sections share: asking for service, and reading off which states a peer announced."""

from __future__ import annotations

import ipaddress
from typing import Any, Callable, TypeVar

from twinlease import dhcp, wire
from twinlease.connection import Connection
from twinlease.suite.bench import ACK_S, ANSWER_S, CONNECT_WITHIN_S, NORMAL_WITHIN_S, QUIET_S, Bench
from twinlease.suite.case import Case, Inconclusive

T = TypeVar("T")

BINDING = ("assigned-IP-address", "binding-status", "client-hardware-address", "lease-expiration-time",
           "potential-expiration-time", "start-time-of-state", "client-last-transaction-time")
"""What a partner knows of a lease of the peer, and tells it back when it has lost it."""

POOLREQ_S = 120.0
"""How long a secondary without addresses may take to ask for some: 7.6 has no number; servers look once a minute."""
FEW_POOLREQS = 10
"""In ANSWER_S: not yet a loop (A-47)."""

Options = list[tuple[str | int, Any]]


def offers(bench: Bench, clients: list[dhcp.Client], within: float = ANSWER_S) -> list[dhcp.Packet | None]:
    """DHCPDISCOVER from each client, all at once; to each its DHCPOFFER, or None if there was none in time."""
    xids = [client.send(dhcp.DISCOVER) for client in clients]

    def answers() -> dict[int, dhcp.Packet]:
        return {p.xid: p for p in bench.relay.received if p.message_type == dhcp.OFFER}

    bench.reactor.run_until(lambda: answers().keys() >= set(xids), within)
    return [answers().get(xid) for xid in xids]


def keep_trying(bench: Bench, attempt: Callable[[], T | None], within: float) -> T | None:
    """Makes the attempt (which takes its time) again and again until it succeeds; None after `within` lab seconds."""
    deadline = bench.clock.now() + within
    while (result := attempt()) is None and bench.clock.now() < deadline:
        bench.reactor.run_for(1.0)
    return result


def check_all_answered(t: Case, clients: list[dhcp.Client], answers: list[dhcp.Packet | None]) -> None:
    """Each of the clients got its answer: an observation each, and a Deviation that counts the others."""
    missed = [client.bucket for client, answer in zip(clients, answers) if answer is None]
    for client, answer in zip(clients, answers):
        if answer is not None:
            t.saw(f"bucket {client.bucket}: {answer.label()}")
    t.check(not missed, f"{len(clients) - len(missed)} of {len(clients)} clients answered"
                        + (f", not those of buckets {', '.join(map(str, missed[:6]))}" if missed else ""))


def leased_client(bench: Bench, address: str, lease_s: int = 600, hardware: bytes = b"",
                  **replace: object) -> dhcp.Client:
    """A new client (of that hardware address) with a lease that the suite's side gave it, now sent as BNDUPD(ACTIVE).

    NotSeen if the peer does not answer the BNDUPD, Inconclusive if it rejects it. replace: as Bench.active().
    """
    client = dhcp.Client(bench.relay, bench.relationship.server_address, hardware)
    since = bench.peer.link.mark()
    xid = bench.peer.send_updates(bench.active(address, lease_s, client.hardware, **replace))
    ack = bench.peer.link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
    if ack.has("reject-reason"):
        raise Inconclusive(f"PREPARATION: {address} ACTIVE rejected with reject-reason {ack.get('reject-reason')}")
    client.lease = dhcp.Lease(address, bench.relationship.partner_address, lease_s, bench.clock.now())
    return client


def full_lease(bench: Bench) -> dhcp.Client:
    """A new client of the peer that was renewed after the BNDACK: its lease may be longer than MCLT now."""
    client = bench.served_client()
    bench.reactor.run_for(2.0)
    client.renew(ANSWER_S)
    bench.reactor.run_for(2.0)
    return client


def unwanted_answers(bench: Bench, holder: dhcp.Client | None, within: float = QUIET_S,
                     renew: bool = True) -> list[str]:
    """One message of each kind that a server answers, DISCOVER from several clients; what was answered in `within`.

    holder: a client with a lease, for RENEW (if renew), INIT-REBOOT and INFORM.
    """
    asked = {client.send(dhcp.DISCOVER): f"DISCOVER of bucket {client.bucket}"
             for client in [bench.client() for _ in range(6)]}
    if holder is not None:
        assert holder.lease is not None
        address = holder.lease.address
        asked[holder.send(dhcp.REQUEST, [(50, ipaddress.IPv4Address(address).packed)])] = "INIT-REBOOT"
        asked[holder.send(dhcp.INFORM, ciaddr=address)] = "INFORM"
        if renew:
            asked[holder.send(dhcp.REQUEST, ciaddr=address)] = "RENEW"
    bench.reactor.run_for(within)
    return [f"{p.name} to {asked[p.xid]}" for p in bench.relay.received if p.xid in asked]


def states(link: Connection, since: int = 0) -> list[str]:
    """The states that the peer announced since the mark, one by one; "NORMAL STARTUP" for one with the bit set."""
    return [wire.state_name(m.get("server-state"))
            + (" STARTUP" if (m.get("server-flags") or 0) & wire.STARTUP_FLAG else "")
            for m in link.all("STATE", since)]


def announced(bench: Bench) -> str:
    """The state that the peer said last on the live connection; "nothing" if it said none."""
    said = states(bench.peer.link)
    return said[-1] if said else "nothing"


def updates_of(bench: Bench, address: str, status: str | None = None, since: int = 0) -> list[wire.Options]:
    """The transactions about that address (and binding-status) in the peer's BNDUPDs on the live connection."""
    return [t for m in bench.peer.link.all("BNDUPD", since) for t in m.transactions
            if t.get("assigned-IP-address") == address
            and status in (None, wire.status_name(t.get("binding-status")))]


def to_partner_down(bench: Bench) -> float:
    """The connection is lost and the administrator declares the partner down. Returns a time not after the entry into
    PARTNER-DOWN. Blocked if the manifest has no such verb."""
    bench.put.need("partner_down")
    bench.detach()
    before = bench.clock.now()
    bench.put.partner_down()
    return before


def restart_into_recover(bench: Bench, answer_updates: bool) -> tuple[float, float]:
    """The peer is killed, the partner goes to PARTNER-DOWN after that, the peer comes back and meets it: by 9.3.2 it
    is in RECOVER. The partner stays in PARTNER-DOWN, and answers update requests or not. Returns when the peer went
    down and when it was started."""
    bench.put.need("kill", "start")
    bench.put.kill()
    went_down = bench.clock.now()
    bench.reactor.run_for(5.0)
    bench.put.start()
    started = bench.clock.now()
    bench.meet("PARTNER-DOWN", since_s=int(went_down) + 2, answer_updates=answer_updates)
    return went_down, started


def restart(bench: Bench) -> None:
    """The peer, killed before, is started with the store that it has, and comes to NORMAL with its partner."""
    bench.put.start()
    bench.peer.drop()
    bench.peer.habits.acknowledge = True
    bench.to_normal()


def told_in_full(bench: Bench, within: float = ACK_S) -> dict[str, wire.Options]:
    """UPDREQALL to the peer: by address, the last that it told before its UPDDONE. NotSeen without the UPDDONE."""
    link = bench.peer.link
    since = link.mark()
    xid = link.send("UPDREQALL")
    done = link.expect("UPDDONE", lambda m: m.xid == xid, within=within, since=since)
    return {x.get("assigned-IP-address"): x for m in link.received[since:link.received.index(done)]
            if m.type == "BNDUPD" for x in m.transactions}


def rejection_of(bench: Bench, options: Options) -> int | None:
    """Sends one transaction; the reject-reason of its BNDACK, or None if it is accepted. NotSeen without a BNDACK."""
    link = bench.peer.link
    since = link.mark()
    xid = bench.peer.send_updates(options)
    ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
    return ack.transactions[0].get("reject-reason") if ack.transactions else ack.get("reject-reason")


def has_recorded(bench: Bench, options: Options) -> None:
    """Brings the peer's record to what the options say; INCONCLUSIVE if it does not take them."""
    reason = rejection_of(bench, options)
    if reason is not None:
        raise Inconclusive(f"PREPARATION: the first {options[1][1]} was rejected with reason {reason}")


def first_poolreq(bench: Bench) -> tuple[Connection, wire.Message]:
    """Of a secondary that was started anew, owns no address and enters NORMAL: its POOLREQ, which nobody answers.
    Inconclusive if it sends none."""
    bench.put.need("start", "wipe")
    bench.start_anew()
    bench.peer.habits.answer_poolreq = False
    link = bench.peer.connect(CONNECT_WITHIN_S)
    if not bench.peer.wait_normal(bench.mclt_s + NORMAL_WITHIN_S):
        raise Inconclusive("PREPARATION: a peer with an empty store does not come to NORMAL")
    request = bench.reactor.run_until(lambda: link.seen("POOLREQ"), POOLREQ_S)
    if request is None:
        raise Inconclusive("PREPARATION: the peer entered NORMAL and sent no POOLREQ")
    return link, request

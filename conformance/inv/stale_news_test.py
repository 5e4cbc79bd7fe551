"""News of a client that is older than the lease which the client has got from the other server since.

| test | what the primary has to tell | what the secondary gave during the cut | clause |
|---|---|---|---|
| S1/older-expired-after-a-cut | EXPIRED | two renewals | FO-7.1.3-14 |
| S1/older-released-after-a-cut | RELEASED | the address again | FO-7.1.3-15 |
| S1/older-active-after-a-cut | ACTIVE | a renewal that ends later | FO-7.1.5-02, A-37 |

Each client keeps to its lease (AS1) and asks for nothing that is over. There are more of them than max-unacked-bndupd,
and the secondary meets them in the opposite order: what it knows of the first still waits to be sent when the primary's
older news of them arrives. Newcomers then take whatever the primary takes to be free.
"""

from __future__ import annotations

import ipaddress

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S
from twinlease.suite.case import PAIR, Case, Inconclusive, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_steps import messages, offered
from twinlease.suite.pair_story import LEASE_S, Story, told

ADDRESSES = 80
SETTLED = 32
"""Clients with a lease: more than fit into a window of 20, fewer than the primary has addresses."""
NEWCOMERS = ADDRESSES
"""More than there can be addresses for: what the primary takes to be free is given away to the last."""
MARGIN_S = 5.0
"""How long after the end of a lease it is over for everybody, and all that is said about it is said."""
SHARED_S = 10.0
"""How long a newcomer has its address before all go home: well above any error of the clock."""
PATIENT = 10
"""secs of a newcomer: whoever has waited so long is answered whatever its bucket."""
HOW = {"roles": PAIR, "consequence": "safety", "basis": "invariant", "observations": 1, "own_peer": True}
FLOORS = {"S1 leases": SETTLED + (ADDRESSES // 2 - SETTLED) // 2}
"""The newcomers get a half of what the primary has had free all the time, at least."""


class Guests:
    """Clients that ask when they are told to. What they are given is told to the story's history."""

    def __init__(self, story: Story):
        self.story = story
        self.pair = story.pair
        self.everybody: list[dhcp.Client] = []

    def settle(self) -> list[dhcp.Client]:
        """Clients of the primary's share, leased by it one after another. Inconclusive if there are too few."""
        offers = offered(self.pair, "primary", [self.pair.client("primary") for _ in range(ADDRESSES)])
        settled: list[dhcp.Client] = []
        for offer in offers[:SETTLED]:
            settled += self.take([offer])
            self.story.run(0.5)   # times in messages are whole seconds, and tell who was first
        if len(settled) < SETTLED:
            raise Inconclusive(f"EVIDENCE: the primary leased to {len(settled)} clients, {SETTLED} are needed")
        return settled

    def take(self, offers: list[tuple[dhcp.Client, dhcp.Packet]]) -> list[dhcp.Client]:
        """DHCPREQUEST for each offer, to the server that made it, all at once; returns those that got a DHCPACK."""
        asked: list[tuple[dhcp.Client, str, int, float]] = []
        for client, offer in offers:
            options = [(50, ipaddress.IPv4Address(offer.yiaddr).packed), (51, LEASE_S.to_bytes(4, "big")),
                       (54, offer.options.get(54, b""))]
            xid = client.send(dhcp.REQUEST, options, servers=(offer.source,))
            asked.append((client, offer.source, xid, self.pair.clock.now()))
        until_s = self.pair.clock.now() + ANSWER_S
        acks = [client.answer(xid, max(until_s - self.pair.clock.now(), 0.1), dhcp.ACK, dhcp.NAK)
                for client, _, xid, _ in asked]
        return [client for (client, server, _, asked_s), ack in zip(asked, acks)
                if self._told(client, server, ack, "selecting", asked_s)]

    def come_back(self, client: dhcp.Client, role: str, address: str) -> bool:
        """DHCPDISCOVER and DHCPREQUEST with that server, by a client that had this address and would like it again."""
        client.server = self.pair.servers[role]
        offer = client.discover(4.0, address)
        return offer is not None and bool(self.take([(client, offer)]))

    def renew(self, client: dhcp.Client, role: str) -> bool:
        """DHCPREQUEST with ciaddr: RENEWING with the server that leased, REBINDING with the other."""
        assert client.lease is not None
        server, asked_s = self.pair.servers[role], self.pair.clock.now()
        request = "renewing" if client.lease.server == server else "rebinding"
        assert client.lease.expires_s > asked_s, "a client renews while its lease is valid (AS1)"
        xid = client.send(dhcp.REQUEST, [(51, LEASE_S.to_bytes(4, "big"))], ciaddr=client.lease.address,
                          servers=(server,))
        ack = client.answer(xid, ANSWER_S, dhcp.ACK, dhcp.NAK)
        return self._told(client, server, ack, request, asked_s)

    def release(self, client: dhcp.Client) -> str:
        """Gives its lease back to the server that gave it; returns the address."""
        assert client.lease is not None
        address = client.lease.address
        self.story.history.ended(self.pair.clock.now(), client.request_id, address, "released")
        client.server = client.lease.server
        client.release()
        return address

    def newcomers(self) -> None:
        """Strangers take what the primary offers them."""
        strangers = [self.pair.client("primary") for _ in range(NEWCOMERS)]
        for stranger in strangers:
            stranger.secs = PATIENT
        self.take(offered(self.pair, "primary", strangers))

    def leave(self) -> None:
        """Everybody releases: the next test's client needs an address."""
        for client in self.everybody:
            if client.lease is not None:
                self.release(client)
        self.story.run(10.0)

    def _told(self, client: dhcp.Client, server: str, ack: dhcp.Packet | None, request: str, asked_s: float) -> bool:
        if ack is None or ack.message_type != dhcp.ACK:
            return False
        role = next(role for role, address in self.pair.servers.items() if address == server)
        self.story.history.acked(ack.t, role, client.request_id, ack.yiaddr, request, ack.lease_time_s or 0, asked_s)
        client.lease = dhcp.Lease(ack.yiaddr, server, ack.lease_time_s or 0, asked_s)
        if client not in self.everybody:
            self.everybody.append(client)
        return True


def need(done: list[bool], what: str) -> None:
    if not all(done):
        raise Inconclusive(f"EVIDENCE: {sum(done)} of {len(done)} clients {what}")


def begin(story: Story) -> tuple[Guests, list[dhcp.Client]]:
    story.begin(ADDRESSES)
    guests = Guests(story)
    settled = guests.settle()
    story.run(MARGIN_S)   # the secondary has been told
    story.cut()
    return guests, settled


def end(story: Story, guests: Guests) -> None:
    guests.newcomers()
    story.run(SHARED_S)
    guests.leave()


def older_expired(story: Story) -> None:
    """The link comes back when even what the secondary was told to wait for is over (potential-expiration-time), and
    the last renewal, which may go on for an MCLT longer, is not."""
    pair = story.pair
    mark = pair.transcript.mark()
    guests, settled = begin(story)
    potential_s = max(part.get("potential-expiration-time") or 0
                      for message in messages(pair, "primary", "BNDUPD", since=mark) for part in message.transactions)
    for _ in range(2):
        need([guests.renew(client, "secondary") for client in reversed(settled)], "renewed with the secondary")
        story.run((potential_s - pair.clock.now()) / 2)
    story.run(potential_s + MARGIN_S - pair.clock.now())
    need([client.lease.expires_s > potential_s + pair.mclt_s / 2 for client in settled], "have a lease long enough")
    story.heal()
    story.reunite()
    story.run(MARGIN_S)
    end(story, guests)


def older_released(story: Story) -> None:
    guests, settled = begin(story)
    addresses = [guests.release(client) for client in settled]
    story.run(2.0)
    again = [guests.come_back(client, "secondary", address)
             for client, address in reversed(list(zip(settled, addresses)))]
    need(again, "came back to the secondary")
    story.heal()
    story.reunite()
    story.run(2 * MARGIN_S)
    end(story, guests)


def older_active(story: Story) -> None:
    guests, settled = begin(story)
    need([guests.renew(client, "primary") for client in settled], "renewed with the primary")
    over_s = max(client.lease.expires_s for client in settled)
    story.run(30.0)
    need([guests.renew(client, "secondary") for client in reversed(settled)], "renewed with the secondary")
    story.heal()
    story.reunite()
    story.run(over_s + MARGIN_S - story.pair.clock.now())
    end(story, guests)


@case("inv/S1/older-expired-after-a-cut",
      covers=[("S1", "no address leased to two clients"),
              ("FO-7.1.3-14", "EXPIRED refused as long as the receiver's own lease runs")], **HOW)
def test_expired(pair: PairBench, t: Case) -> None:
    """A client that renewed with one server keeps its address although the other reports its old lease as over."""
    story = t.sends(f"{SETTLED} clients leased by the primary; the link cut; they renew twice with the secondary; the "
                    f"link repaired when their lease is long over at the primary; {NEWCOMERS} newcomers",
                    told(pair, older_expired))
    with t.expects("S1 holds"):
        story.judge(t, "S1", floors=FLOORS)


@case("inv/S1/older-released-after-a-cut",
      covers=[("S1", "no address leased to two clients"),
              ("FO-7.1.3-15", "RELEASED refused if the client has spoken to the receiver since")], **HOW)
def test_released(pair: PairBench, t: Case) -> None:
    """A client that released with one server and came back to the other keeps the address it got there."""
    story = t.sends(f"{SETTLED} clients leased by the primary; the link cut; they release, and get their addresses "
                    f"again from the secondary; the link repaired; {NEWCOMERS} newcomers", told(pair, older_released))
    with t.expects("S1 holds"):
        story.judge(t, "S1", floors=FLOORS)


@case("inv/S1/older-active-after-a-cut", readings=("A-37",),
      covers=[("S1", "no address leased to two clients"),
              ("FO-7.1.5-02", "lease-expiration-time is raised, never lowered, by news of the same client")], **HOW)
def test_active(pair: PairBench, t: Case) -> None:
    """The later of two renewals counts on both servers, whichever is told first."""
    story = t.sends(f"{SETTLED} clients leased by the primary; the link cut; they renew with the primary, 30 s later "
                    f"with the secondary; the link repaired; {NEWCOMERS} newcomers once the first renewal is over",
                    told(pair, older_active))
    with t.expects("S1 holds"):
        story.judge(t, "S1", floors=FLOORS)

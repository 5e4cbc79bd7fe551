"""A story: what a pair and a crowd of clients live through, told to a History, and judged by the invariants.

  1. It begins with empty stores and the pool whole, so that all that was said and leased is known from then on.
  2. Whatever is done to the pair is done through the story, which tells it to the history.
  3. Each member of the crowd keeps to its lease (AS1), and both servers have one configuration (AS4, AS6).
A story is told once for a pair, and every test about it judges the same history: see told().
"""

from __future__ import annotations

import ipaddress
import weakref
from typing import Callable

from twinlease import wire
from twinlease.adapter import Blocked
from twinlease.crowd import Crowd, Manners
from twinlease.history import Bounds, History, Judgement
from twinlease.lease_store import FORMATS, Stored
from twinlease.manifest import ROLES
from twinlease.peer import Identity, Peer
from twinlease.suite.bench import ACK_S, CONNECT_WITHIN_S, NORMAL_WITHIN_S
from twinlease.suite.case import Case, Inconclusive
from twinlease.suite.pair_bench import PairBench

CLIENTS = 200
CROWDED = CLIENTS * 6 // 5
SCARCE = CLIENTS * 9 // 10
"""Where addresses have to change hands, so many clients want so few addresses."""
LEASE_S = 300
"""What the clients ask for: long enough to be well above the MCLT, short enough to see its end."""
RESTLESS = Manners(releases=0.15, leaves=0.12, reboots=0.08, lease_time_s=LEASE_S)
"""Of ten leases or renewals three end before their time, one of them for a few seconds only."""
REUNITE_S = CONNECT_WITHIN_S + NORMAL_WITHIN_S
SAFE = [("FO-4.1-02", "no client is bound to an address that another holds"),
        ("S1", "no address leased to two clients"), ("S6", "no address given to new clients by both servers")]
"""What tests that judge S1 and S6 cover."""
QUIET_S = 30.0
"""How long after the last client everything is told and answered."""
WATCH_S = 1.0
"""How often it is looked whether the servers' connection still stands."""


class Story:
    """One pair, one crowd, one history."""

    def __init__(self, pair: PairBench):
        self.pair = pair
        self.chapters = [History()]
        """Where an invariant is promised for a part of the story only, that part has a history of its own."""
        self.stores: dict[str, dict[str, Stored]] = {}
        self.stores_read_s = 0.0
        """What is in the store of each role at the end of a story that was compared; of those that can be read."""
        self.crowd: Crowd | None = None
        self._faults: list[str] = []
        self._link: int | None = None
        self._over = False
        self._said: list[tuple[str, str]] = []

    @property
    def history(self) -> History:
        """The chapter that is being told, or was told last."""
        return self.chapters[-1]

    # The beginning and the end

    def begin(self, addresses: int | None = None) -> None:
        """Both start with empty stores and come to NORMAL. addresses: so many, the first of the relationship; Blocked
        if a manifest has no parameter `pool` to say so."""
        pair, relationship = self.pair, self.pair.relationship
        pair.leave()
        pair.tap.calm()
        pair.heal()
        first, last = (ipaddress.IPv4Address(a) for a in (relationship.first_address, relationship.last_address))
        last = last if addresses is None else first + addresses - 1
        for peer in pair.peers.values():
            if peer.running:
                peer.kill()
            peer.parameters = dict(peer.manifest.parameters)
            if addresses is not None:
                if "pool" not in peer.parameters:
                    raise Blocked("parameter pool")
                peer.parameters["pool"] = [f"{first} {last}"]
            peer.skew_s = 0
            peer.wipe()
        self.history.pool(self._now(), str(first), str(last))
        pair.tap.on_message(self._message)
        self._watch()
        for role in ROLES:
            self.start(role)
        pair.to_normal(REUNITE_S + pair.mclt_s)
        self.run(10.0)   # the first addresses are dealt out

    def people(self, size: int = CLIENTS, *, seed: int, over_s: float = 60.0, manners: Manners | None = None,
               bucket: Callable[[int], bool] | None = None) -> Crowd:
        """The crowd comes, over so many seconds. bucket: only members of such RFC 3074 buckets."""
        self.crowd = Crowd(self.pair.reactor, self.pair.relays, self.pair.servers, self.history, size, seed,
                           manners or Manners(lease_time_s=LEASE_S), bucket)
        self.crowd.start(over_s)
        return self.crowd

    def scarcity(self, *, seed: int) -> None:
        """Begins with fewer addresses than clients, and a restless crowd."""
        self.begin(SCARCE)
        self.exhaust()
        self.people(CROWDED, seed=seed, manners=RESTLESS)

    def new_chapter(self) -> None:
        """What happens from now on is judged for itself."""
        self.chapters.append(History())
        if self.crowd is not None:
            self.crowd.history = self.history

    def run(self, seconds: float) -> None:
        """Life goes on."""
        self.pair.reactor.run_for(seconds)

    def end(self) -> None:
        """Every fault ends, everybody goes home, and nothing is told any more."""
        if self._over:
            return
        self.heal()
        self.pair.heal()
        if self.crowd is not None and not self.crowd.stopped:
            self.crowd.go_home()
            self.run(10.0)   # the next test's clients need the addresses
        self._over = True

    # What is done to the pair

    def cut(self) -> None:
        """Nothing passes between the servers."""
        self._begins("cut")
        self.pair.cut()

    def mute(self, role: str) -> None:
        """Nothing that server says reaches its partner; it still hears the partner. To TCP these are packets lost one
        way: nothing of a connection that the partner gives up meanwhile ever arrives."""
        self._begins(f"cut-from-{role}")
        self.pair.tap.stall(role, hold=True)

    def exhaust(self) -> None:
        """From now on, and to the end, there may be more clients than addresses."""
        self.history.fault(self._now(), "exhaustion", True)

    def heal(self) -> None:
        """Everything between the servers passes again."""
        self.pair.tap.heal()
        for kind in self._faults:
            self.history.fault(self._now(), kind, False)
        self._faults.clear()

    def reunite(self, within: float = REUNITE_S) -> float | None:
        """Waits until both are in NORMAL: how long that took, or None if they are not there within the bound and the
        time that it takes to see that."""
        began = self._now()
        if self.pair.reactor.run_until(self.pair.is_normal, within + 10.0):
            return self._now() - began
        return None

    def kill(self, role: str) -> None:
        self.pair.kill(role)
        self.history.process(self._now(), role, False)

    def start(self, role: str) -> None:
        self.history.process(self._now(), role, True)
        self.pair.start(role)

    def partner_down(self, role: str) -> None:
        """The operator tells that server that its partner is down."""
        self.history.partner_down(self._now(), role)
        self.pair.partner_down(role)

    def compare(self) -> None:
        """The last thing in a story: the clients fall silent, and when all is told the stores are read, where that can
        be done, and each server is asked for everything, by a partner that claims to have lost its store (S21). NotSeen
        if one does not answer."""
        assert self.crowd is not None
        self.crowd.stop()
        self.run(QUIET_S)
        self._read_stores()
        if any(peer.parameters.get("secret") for peer in self.pair.peers.values()):
            return   # nobody without the secret is answered; what S21 needs of it is then missing, and it says so
        self.cut()
        for role in ROLES:
            self._records_of(role)

    # What was seen

    def states_of(self, role: str) -> list[str]:
        """The states that it said, one by one, STARTUP left out."""
        return [state for who, state in self._said if who == role]

    def bounds(self) -> Bounds:
        bounds = Bounds()
        bounds.eps_ms = round(self.pair.tolerance_s * 1000)
        bounds.receive_timer_ms = self.pair.relationship.receive_timer_s * 1000
        bounds.reunite_ms = round(REUNITE_S * 1000)
        return bounds

    def judge(self, t: Case, *ids: str, floors: dict[str, int] | None = None) -> None:
        """Judges the last chapter by these invariants; for a test, within t.expects().

        floors: what the story has to have brought about for that, by a name that the crowd or a predicate counts.
        Inconclusive if it has not, or if an invariant saw nothing that it speaks of; a finding counts all the same.
        """
        judgements = [self.history.judge(id, self.bounds()) for id in ids]
        broken = [judgement for judgement in judgements if judgement.outcome == "broken"]
        for judgement in judgements:
            if judgement.outcome == "held":
                t.saw(f"{judgement.id}: {evidence(judgement)}")
        if broken:
            t.check(False, "; ".join(map(accusation, broken)), *(judgement.id for judgement in broken))
        counted = dict(self.crowd.count) if self.crowd is not None else {}
        for judgement in judgements:
            counted |= {f"{judgement.id} {what}": number for what, number in judgement.counts}
        for what, least in (floors or {}).items():
            if counted.get(what, 0) < least:
                raise Inconclusive(f"EVIDENCE: {counted.get(what, 0)} {what}, the story needs {least}")
        unseen = [judgement.id for judgement in judgements if judgement.outcome in ("unseen", "undecided")]
        if unseen:
            raise Inconclusive(f"EVIDENCE: nothing that {', '.join(unseen)} speaks of happened")
        if self.crowd is not None:
            t.saw(f"clients: {self.crowd.describe()}")

    # Inside

    def _now(self) -> float:
        return self.pair.clock.now()

    def _read_stores(self) -> None:
        for role, peer in self.pair.peers.items():
            form = peer.manifest.lease_format
            if form and peer.can("read_leases"):
                self.stores[role] = FORMATS[form](peer.read_leases())
                self.stores_read_s = self._now()

    def _records_of(self, role: str) -> None:
        """Its bindings, as told to a partner in RECOVER, to which no server gives addresses or takes them back."""
        relationship, manifest = self.pair.pairing.relationships[role], self.pair.pairing.manifests[role]
        partner = Peer(self.pair.reactor, self.pair.transcript, Identity(
            role=relationship.partner_role, relationship_name=relationship.name, address=relationship.partner_address,
            server_address=relationship.server_address, port=relationship.port, dialect=manifest.dialect,
            mclt_s=relationship.mclt_s, receive_timer_s=relationship.receive_timer_s,
            max_unacked_bndupd=relationship.max_unacked_bndupd, speaks_on_any_connection=manifest.connect_anywhere))
        partner.state = "RECOVER"
        partner.habits.follow_states = False
        try:
            link = partner.connect(CONNECT_WITHIN_S)
            since = link.mark()
            xid = link.send("UPDREQALL")
            done = link.received.index(link.expect("UPDDONE", lambda m: m.xid == xid, within=ACK_S, since=since))
            for at_s, message in zip(link.arrived_s[since:done], link.received[since:done]):
                for binding in message.transactions if message.type == "BNDUPD" else []:
                    self.history.record(at_s, role, binding)
        finally:
            partner.drop()
            partner.stop_listening()

    def _begins(self, kind: str) -> None:
        self._faults.append(kind)
        self.history.fault(self._now(), kind, True)

    def _message(self, role: str, message: wire.Message, t: float) -> None:
        if self._over:
            return
        self.history.message(t, role, message)
        if message.type == "STATE" and message.error is None:
            said = self.pair.tap.said[role]
            self._link = said.link
            if not said.startup:
                self._said.append((role, said.state))

    def _watch(self) -> None:
        if self._over:
            return
        if self._link is not None and self._link not in [link.number for link in self.pair.tap.links]:
            self._link = None
            self.history.disconnected(self._now())
        self.pair.reactor.call_in(WATCH_S, self._watch)


def evidence(judgement: Judgement) -> str:
    """What an invariant was judged on: "900 leases, 200 addresses"."""
    return ", ".join(f"{number} {what}" for what, number in judgement.counts)


def accusation(judgement: Judgement) -> str:
    """The first finding with the events that prove it, and how many there are."""
    finding = judgement.findings[0]
    more = f" (the first of {len(judgement.findings)})" if len(judgement.findings) > 1 else ""
    return f"{judgement.id}{more}: {finding.sentence} [{' | '.join(finding.events)}] of {evidence(judgement)}"


_told: weakref.WeakKeyDictionary[PairBench, dict[str, Story]] = weakref.WeakKeyDictionary()


def told(pair: PairBench, tell: Callable[[Story], None]) -> Story:
    """The story that `tell` tells of this pair; told now if no test before has asked for it."""
    stories = _told.setdefault(pair, {})
    if tell.__qualname__ not in stories:
        story = Story(pair)
        try:
            tell(story)
        finally:
            story.end()
        stories[tell.__qualname__] = story
    return stories[tell.__qualname__]

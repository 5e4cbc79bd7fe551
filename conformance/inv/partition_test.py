"""The link between two servers breaks and comes back, with two hundred clients who know nothing of it.

| test | what happens | judged |
|---|---|---|
| S1/, S22/, L1/, L4/cut-and-heal | nothing passes between the servers for a while | S1, S6; S22; L1; L4, L12 |
| S1/clients-change-sides-in-normal | each client reaches one server, and not always the same | S1, S6 |
| S1/, L4/clients-change-sides-while-interrupted | the same while the link is cut | S1, S6; L4 |
| S1/, L4/what-the-primary-says-is-lost | one direction is silent | S1, S6; L4 |
| S1/, L4/what-the-secondary-says-is-lost | the other | S1, S6; L4 |

In all but the first there are fewer addresses than clients, so that addresses change hands all the time.
"""

from __future__ import annotations

from twinlease.suite.case import PAIR, Case, case
from twinlease.suite.pair_bench import PairBench
from twinlease.suite.pair_story import CLIENTS, CROWDED, SAFE, SCARCE, Story, told

REUNION = [("L4", "NORMAL after the repair"), ("FO-9.9.3-04", "COMMUNICATIONS-INTERRUPTED on both sides: NORMAL")]


def cut_and_heal(story: Story) -> None:
    story.begin()
    story.people(seed=101)
    story.run(150.0)
    story.cut()
    story.run(240.0)
    story.heal()
    story.reunite()
    story.run(120.0)


def sides(story: Story, seconds: float) -> None:
    """Each relay is heard by one server; every 40 s a third of the clients goes to the other side."""
    crowd = story.crowd
    crowd.hear(story.pair.relays[0], "primary")
    crowd.hear(story.pair.relays[1], "secondary")
    for _ in range(round(seconds / 40)):
        story.run(40.0)
        crowd.move(1 / 3)
    for relay in story.pair.relays:
        crowd.hear(relay, "primary", "secondary")


def sides_in_normal(story: Story) -> None:
    story.scarcity(seed=102)
    story.run(120.0)
    sides(story, 480.0)
    story.run(100.0)


def sides_while_interrupted(story: Story) -> None:
    story.scarcity(seed=103)
    story.run(150.0)
    story.cut()
    sides(story, 320.0)
    story.heal()
    story.reunite()
    story.run(150.0)


def one_direction(story: Story, silent: str, seed: int) -> None:
    story.scarcity(seed=seed)
    story.run(150.0)
    story.mute(silent)
    story.run(300.0)
    story.heal()
    story.reunite()
    story.run(150.0)


def primary_unheard(story: Story) -> None:
    one_direction(story, "primary", 104)


def secondary_unheard(story: Story) -> None:
    one_direction(story, "secondary", 105)


@case("inv/S1/cut-and-heal", roles=PAIR, consequence="safety", basis="invariant", observations=3, own_peer=True,
      covers=SAFE)
def test_cut(pair: PairBench, t: Case) -> None:
    """While the link is cut, and after that, no address is leased to two clients."""
    story = t.sends(f"{CLIENTS} clients; the link cut for 240 s, then repaired", told(pair, cut_and_heal))
    with t.expects("S1 and S6 hold"):
        story.judge(t, "S1", "S6", floors={"served": CLIENTS, "renewing": CLIENTS,
                                           "S6 by the primary": CLIENTS // 4, "S6 by the secondary": CLIENTS // 4})


@case("inv/S22/cut-and-heal", roles=PAIR, consequence="liveness", basis="invariant", observations=2, own_peer=True,
      covers=[("S22", "each DISCOVER answered by the one server that its bucket is assigned to"),
              ("FO-9.8.2-02", "the other server's buckets not answered")])
def test_balance(pair: PairBench, t: Case) -> None:
    """In NORMAL each client is answered by one server, and by the right one."""
    story = t.sends(f"{CLIENTS} clients; the link cut for 240 s, then repaired", told(pair, cut_and_heal))
    with t.expects("S22 holds"):
        story.judge(t, "S22", floors={"S22 DISCOVERs in NORMAL": CLIENTS})


@case("inv/L1/cut-and-heal", roles=PAIR, consequence="liveness", basis="invariant", observations=2, own_peer=True,
      covers=[("L1", "every client answered by the server that it hears"), ("FO-9.9.2-01", "all requests answered"),
              ("FO-9.9.2-02", "no load balancing")])
def test_cut_service(pair: PairBench, t: Case) -> None:
    """Each of two servers without a link serves the clients of both."""
    story = t.sends(f"{CLIENTS} clients; the link cut for 240 s, then repaired", told(pair, cut_and_heal))
    with t.expects("L1 holds"):
        story.judge(t, "L1", floors={"L1 clients answered by a server alone": 20, "L1 of the partner's buckets": 10})


@case("inv/L4/cut-and-heal", roles=PAIR, consequence="liveness", basis="invariant", observations=3, own_peer=True,
      covers=[*REUNION, ("L12", "BACKUP addresses for the secondary in NORMAL")])
def test_cut_reunion(pair: PairBench, t: Case) -> None:
    """A pair whose link is repaired returns to NORMAL, and its secondary has addresses."""
    story = t.sends(f"{CLIENTS} clients; the link cut for 240 s, then repaired", told(pair, cut_and_heal))
    with t.expects("L4 and L12 hold"):
        story.judge(t, "L4", "L12", floors={"L4 reunions": 1})


SIDES = {"served": CLIENTS, "at the other server": CLIENTS // 2,
         "S1 changes of the client of an address": SCARCE // 10}


@case("inv/S1/clients-change-sides-in-normal", roles=PAIR, consequence="safety", basis="invariant", observations=3,
      own_peer=True, covers=[*SAFE, ("FO-4.1-03", "a client keeps its address through either server")])
def test_sides_in_normal(pair: PairBench, t: Case) -> None:
    """Clients that find now this server, now the other, never share an address."""
    story = t.sends(f"{CROWDED} clients, {SCARCE} addresses; each client reaches one server, a third change sides "
                    "every 40 s", told(pair, sides_in_normal))
    with t.expects("S1 and S6 hold"):
        story.judge(t, "S1", "S6", floors=SIDES)


@case("inv/S1/clients-change-sides-while-interrupted", roles=PAIR, consequence="safety", basis="invariant",
      observations=3, own_peer=True, covers=[*SAFE, ("FO-9.9.2-05", "leases renewed, whoever granted them")])
def test_sides_interrupted(pair: PairBench, t: Case) -> None:
    """Clients that change sides while the servers cannot tell each other never share an address."""
    story = t.sends(f"{CROWDED} clients, {SCARCE} addresses; the link cut for 320 s; each client reaches one server, a "
                    "third change sides every 40 s", told(pair, sides_while_interrupted))
    with t.expects("S1 and S6 hold"):
        story.judge(t, "S1", "S6", floors=SIDES)


@case("inv/L4/clients-change-sides-while-interrupted", roles=PAIR, consequence="liveness", basis="invariant",
      observations=2, own_peer=True, covers=REUNION)
def test_sides_reunion(pair: PairBench, t: Case) -> None:
    """A pair whose clients changed sides meanwhile returns to NORMAL."""
    story = t.sends(f"{CROWDED} clients; the link cut for 320 s; clients change sides",
                    told(pair, sides_while_interrupted))
    with t.expects("L4 holds"):
        story.judge(t, "L4", floors={"L4 reunions": 1})


ONE_WAY = {"served": CLIENTS, "renewing": CLIENTS, "S1 changes of the client of an address": SCARCE // 10}


@case("inv/S1/what-the-primary-says-is-lost", roles=PAIR, consequence="safety", basis="invariant", observations=3,
      own_peer=True, covers=SAFE)
def test_primary_unheard(pair: PairBench, t: Case) -> None:
    """A primary that hears its secondary and is not heard leases no address twice, nor does the secondary."""
    story = t.sends(f"{CROWDED} clients, {SCARCE} addresses; what the primary says is lost for 300 s",
                    told(pair, primary_unheard))
    with t.expects("S1 and S6 hold"):
        story.judge(t, "S1", "S6", floors=ONE_WAY)


@case("inv/L4/what-the-primary-says-is-lost", roles=PAIR, consequence="liveness", basis="invariant", observations=2,
      own_peer=True, covers=REUNION)
def test_primary_unheard_reunion(pair: PairBench, t: Case) -> None:
    """A pair whose primary was not heard returns to NORMAL."""
    story = t.sends(f"{CROWDED} clients; what the primary says is lost for 300 s", told(pair, primary_unheard))
    with t.expects("L4 holds"):
        story.judge(t, "L4", floors={"L4 reunions": 1})


@case("inv/S1/what-the-secondary-says-is-lost", roles=PAIR, consequence="safety", basis="invariant", observations=3,
      own_peer=True, covers=SAFE)
def test_secondary_unheard(pair: PairBench, t: Case) -> None:
    """A secondary that hears its primary and is not heard leases no address twice, nor does the primary."""
    story = t.sends(f"{CROWDED} clients, {SCARCE} addresses; what the secondary says is lost for 300 s",
                    told(pair, secondary_unheard))
    with t.expects("S1 and S6 hold"):
        story.judge(t, "S1", "S6", floors=ONE_WAY)


@case("inv/L4/what-the-secondary-says-is-lost", roles=PAIR, consequence="liveness", basis="invariant", observations=2,
      own_peer=True, covers=REUNION)
def test_secondary_unheard_reunion(pair: PairBench, t: Case) -> None:
    """A pair whose secondary was not heard returns to NORMAL."""
    story = t.sends(f"{CROWDED} clients; what the secondary says is lost for 300 s", told(pair, secondary_unheard))
    with t.expects("L4 holds"):
        story.judge(t, "L4", floors={"L4 reunions": 1})

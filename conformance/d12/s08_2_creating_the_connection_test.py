"""8.2 Creating the TCP connection, with 8.1 and 7.8.

The draft says both that a primary uses a connection of its own and that either server may open the one in use; A-16
takes either. Wherever the CONNECT travels, one connection survives (S28).

| test | clauses | roles |
|---|---|---|
| only-the-primary-sends-connect | FO-7.8-01, FO-8.2-11 | secondary |
| connection-begins-with-connect-and-state | FO-7.8-02, FO-8.2-15 | both |
| connect-on-its-own-connection | FO-8.2-04, -20, FO-7.8.2-23 | primary |
| stimulus-says-nothing | FO-8.2-05, -11, FO-7.8.2-01 | secondary |
| incoming-connection-stimulates | FO-7.8-02 (A-16) | primary |
| silence-is-closed | FO-7.8.2-01, -02, FO-8.2-07, -12 | secondary |
| part-of-a-message-and-silence | FO-7.8.2-02 | secondary |
| second-connect-leaves-one-connection | FO-8.1-01, FO-8.2-19, S28 | secondary |
| simultaneous-connections-leave-one | FO-8.2-16, -19, FO-8.1-01, S28 | primary |
| two-connects-at-once-leave-one | FO-8.2-19, FO-8.1-01, S28 | secondary |
| no-blind-reconnect | FO-8.2-17 | secondary |
| refusals-do-not-end-the-attempts | FO-8.2-02, -03, L14 | both |
| idle-connections-do-no-harm, hundreds-of-idle-connections | FO-8.5-01, FO-8.1-01, FO-8.2-01 | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.connection import Connection, NotSeen
from twinlease.suite import handshake
from twinlease.suite.bench import ANSWER_S, CONNECT_WITHIN_S, QUIET_S, Bench
from twinlease.suite.case import BOTH, PRIMARY, SECONDARY, Case, case

IDLE_CONNECTIONS = 40
MANY_CONNECTIONS = 300
REFUSED = 254
"""A reject-reason that asks nothing of the peer (12.21)."""
PERIOD_S = 150.0
"""By when the next attempt has to come: "a minute or two" (7.9), and half a minute more."""


def _incoming(bench: Bench) -> Connection:
    """A connection that the peer opens to us by itself, unanswered. NotSeen if it opens none (a SHOULD of 8.2)."""
    bench.peer.incoming.clear()
    bench.peer.listen()
    if not bench.reactor.run_until(lambda: bench.peer.incoming, CONNECT_WITHIN_S):
        raise NotSeen(f"no connection from the peer within {CONNECT_WITHIN_S:g} s")
    return bench.peer.incoming[0]


def _works(bench: Bench, link: Connection) -> bool:
    """Is a BNDUPD on this connection answered on it?"""
    if link.closed is not None:
        return False
    since = link.mark()
    xid = link.send("BNDUPD", bench.active(bench.take_address()))
    return bool(bench.reactor.run_until(
        lambda: link.seen("BNDACK", lambda m: m.xid == xid, since) or link.closed, ANSWER_S)) and link.closed is None


@case("d12/7.8/only-the-primary-sends-connect", roles=SECONDARY, last=True, probe=False, observations=20,
      readings=("A-16",), covers=[("FO-7.8-01", "no CONNECT from the secondary"),
                                  ("FO-8.2-11", "no CONNECT from the secondary")])
def test_only_primary(bench: Bench, t: Case) -> None:
    """In the whole run the secondary never sent CONNECT (a Microsoft peer does, A-16)."""
    with t.expects("no CONNECT"):
        for entry in bench.transcript.entries:
            if entry.frm == "peer" and entry.proto == "failover" and isinstance(entry.message, wire.Message):
                wrong = entry.message.type == "CONNECT" and bench.manifest.dialect != "microsoft"
                t.check(not wrong, entry.message.label())


@case("d12/8.2/connection-begins-with-connect-and-state", roles=BOTH, last=True, probe=False, observations=2, covers=[
    ("FO-7.8-02", "CONNECT (CONNECTACK) first"), ("FO-8.2-15", "STATE second")])
def test_begin(bench: Bench, t: Case) -> None:
    """On every connection the peer begins with CONNECT or CONNECTACK; after an accepting handshake comes STATE.

    Connections on which the suite spoke out of its role are passed over: the draft lets a primary answer a CONNECT.
    """
    first = {"primary": "CONNECT", "secondary": "CONNECTACK"}[bench.role]
    out_of_role = {"primary": "CONNECT", "secondary": "CONNECTACK"}[bench.role]
    odd = {entry.connection for entry in bench.transcript.entries
           if entry.frm == "suite" and entry.message is not None and entry.message.type == out_of_role}
    said: dict[int, list[wire.Message]] = {}
    for entry in bench.transcript.entries:
        if entry.connection in odd:
            continue
        if entry.frm == "peer" and entry.proto == "failover" and entry.message is not None:
            messages = said.setdefault(entry.connection, [])
            if len(messages) < 2:
                messages.append(entry.message)
    with t.expects(f"{first}; then STATE, or DISCONNECT and the end"):
        for number, messages in said.items():
            sound = messages[0].type in (first, "DISCONNECT") and all(
                m.type in ("STATE", "DISCONNECT") for m in messages[1:])
            t.check(sound, f"connection {number}: {', '.join(m.label() for m in messages)}")


@case("d12/8.2/connect-on-its-own-connection", roles=PRIMARY, consequence="liveness", covers=[
    ("FO-8.2-04", "CONNECT"), ("FO-7.8.2-23", "CONNECT"), ("FO-8.2-20", "opened to the failover port")])
def test_own_connection(bench: Bench, t: Case) -> None:
    """On a connection that the primary opens it sends CONNECT."""
    bench.detach()
    link = _incoming(bench)
    t.sends("nothing on the connection that the peer opened")
    with t.expects(f"CONNECT within {ANSWER_S:g} s, before anything else"):
        link.expect("CONNECT", within=ANSWER_S)
        t.check(link.received[0].type == "CONNECT", link.received[0].label())
    link.close()


@case("d12/8.2/stimulus-says-nothing", roles=SECONDARY, consequence="interop", readings=("A-16",), covers=[
    ("FO-8.2-05", "no CONNECT on it"), ("FO-8.2-11", "waits for CONNECT"), ("FO-7.8.2-01", "no message")])
def test_stimulus(bench: Bench, t: Case) -> None:
    """A connection that the secondary opens is a stimulus: it says nothing on it."""
    bench.detach()
    bench.peer.habits.drop_stimulus = False
    link = _incoming(bench)
    t.sends("nothing on the connection that the peer opened")
    with t.expects(f"no message within {QUIET_S:g} s; the peer may close it"):
        bench.reactor.run_until(lambda: link.closed or link.received, QUIET_S)
        t.check(not link.received, link.received[0].label() if link.received else f"silence, {link.closed or 'open'}")
    link.close()


@case("d12/8.2/incoming-connection-stimulates", roles=PRIMARY, level="should", basis="adjudicated",
      consequence="liveness", readings=("A-16",), observations=2, covers=[("FO-7.8-02", "CONNECT first")])
def test_incoming(bench: Bench, t: Case) -> None:
    """A connection to a primary brings about one CONNECT, on a connection of its own or (A-16) on that one."""
    bench.detach()
    bench.peer.listen()
    bench.peer.incoming.clear()
    ours = bench.connection()
    t.sends("a connection to the primary, and nothing on it")

    def offers() -> list[Connection]:
        return [c for c in [ours, *bench.peer.incoming] if c.seen("CONNECT")]

    with t.expects(f"CONNECT within {CONNECT_WITHIN_S:g} s, once on a connection, and nothing else from the peer"):
        bench.reactor.run_until(offers, CONNECT_WITHIN_S)
        t.check(offers(), f"CONNECT on {'ours' if offers() == [ours] else 'its own'}" if offers() else "no CONNECT")
        bench.reactor.run_for(3.0)
        for link in offers():
            t.check(len(link.received) == 1, ", ".join(m.label() for m in link.received))
    for link in offers():
        link.close()


@case("d12/8.2/silence-is-closed", roles=SECONDARY, level="should", consequence="robustness", observations=2, covers=[
    ("FO-7.8.2-02", "close-connection"), ("FO-8.2-12", "close-connection"), ("FO-8.2-07", "awaits CONNECT"),
    ("FO-7.8.2-01", "no message before CONNECT")])
def test_silence(bench: Bench, t: Case) -> None:
    """A connection without CONNECT is closed after a limited time, and nothing is said on it."""
    bench.detach()
    link = bench.connection()
    t.sends("a connection to the secondary, and nothing on it")
    with t.expects(f"no message; closed within {handshake.CLOSES_S:g} s"):
        how = link.expect_closed(handshake.CLOSES_S)
        t.check(True, f"connection: {how}")
        said = [m for m in link.received if m.type != "DISCONNECT"]
        t.check(not said, said[0].label() if said else "no message")


@case("d12/8.2/part-of-a-message-and-silence", roles=SECONDARY, level="should", consequence="robustness", covers=[
    ("FO-7.8.2-02", "close-connection")])
def test_part(bench: Bench, t: Case) -> None:
    """A connection on which a CONNECT begins and does not end is closed after a limited time."""
    bench.detach()
    link = bench.connection()
    octets = wire.encode("CONNECT", xid=1, time_s=int(bench.clock.now()), options=bench.peer.connect_options())
    t.sends("the first 20 octets of a CONNECT", link.send_octets(octets[:20], "the first 20 octets of a CONNECT"))
    with t.expects(f"closed within {handshake.CLOSES_S:g} s"):
        t.check(link.expect_closed(handshake.CLOSES_S), f"connection: {link.closed}")


@case("d12/8.2/second-connect-leaves-one-connection", roles=SECONDARY, consequence="safety", observations=2, covers=[
    ("FO-8.1-01", "connectack-reject:7|connectack-reject:*|close-connection|process"),
    ("FO-8.2-19", "one connection stays"), ("S28", "one connection stays")])
def test_second(bench: Bench, t: Case) -> None:
    """A second connection for a connected relationship is refused, or replaces the first: one of them stays."""
    first = bench.peer.link
    t.sends("CONNECT on a second connection while the first is in NORMAL")
    second = handshake.connect(bench)
    expected = "connectack-reject:*|close-*|process"
    with t.expects("a rejection, the end of the second, or the end of the first; the one that stays works"):
        t.check(second.is_one_of(expected), f"second connection: {second.reaction}")
        bench.reactor.run_until(lambda: first.closed or second.connection.closed, ANSWER_S)
        accepted = second.reaction == "process" and second.connection.closed is None
        t.check(not (accepted and first.closed is None),
                f"first {first.closed or 'open'}, second {second.connection.closed or 'open'}")
        if not accepted:
            t.check(_works(bench, first), "the first connection works")


@case("d12/8.2/simultaneous-connections-leave-one", roles=PRIMARY, consequence="safety", observations=1,
      readings=("A-16",), covers=[("FO-8.2-16", "CONNECT on one, the others closed"), ("FO-8.1-01", "one stays"),
                                  ("FO-8.2-19", "one stays"), ("S28", "one stays")])
def test_simultaneous(bench: Bench, t: Case) -> None:
    """Of several connections at once the primary uses one, even if every CONNECT of its is accepted."""
    bench.detach()
    bench.peer.listen()
    bench.peer.incoming.clear()
    links = []
    for _ in range(3):
        links.append(bench.connection())
        bench.reactor.run_for(0.2)
    t.sends("three connections to the primary, others taken from it; every CONNECT is accepted and gets a STATE")
    answered: list[Connection] = []
    now = int(bench.clock.now())

    def accept_all() -> None:
        links.extend(bench.peer.incoming)
        bench.peer.incoming.clear()
        for link in links:
            connect = link.seen("CONNECT")
            if connect is not None and link not in answered and link.closed is None:
                answered.append(link)
                link.send("CONNECTACK", bench.peer.connectack_options(connect), xid=connect.xid)
                link.send("STATE", [("server-state", "COMMUNICATIONS-INTERRUPTED"), ("server-flags", 0),
                                    ("start-time-of-state", now)])
                link.keep_contact(bench.relationship.receive_timer_s / 3)

    with t.expects("CONNECT on one at least; 20 s later one connection at most on which the peer said STATE is open"):
        bench.reactor.run_until(lambda: accept_all() or answered, CONNECT_WITHIN_S)
        t.check(answered, f"CONNECT on {len(answered)}")
        bench.reactor.run_until(accept_all, 20.0)
        alive = [link for link in answered if link.closed is None and link.seen("STATE")]
        for link in links:
            link.close()
        t.check(len(alive) <= 1, f"{len(links)} connections, CONNECT on {len(answered)}, {len(alive)} alive")


@case("d12/8.2/two-connects-at-once-leave-one", roles=SECONDARY, consequence="safety", observations=1, covers=[
    ("FO-8.1-01", "one stays"), ("FO-8.2-19", "one stays"), ("S28", "one stays")])
def test_two_connects(bench: Bench, t: Case) -> None:
    """Of two connections on which CONNECT comes at the same moment a secondary keeps one."""
    bench.detach()
    links = [bench.connection(), bench.connection()]
    for link in links:
        link.send("CONNECT", bench.peer.connect_options())
        link.send("STATE", [("server-state", "COMMUNICATIONS-INTERRUPTED"), ("server-flags", 0),
                            ("start-time-of-state", bench.peer.state_since_s)])
        link.keep_contact(bench.relationship.receive_timer_s / 3)
    t.sends("two connections, CONNECT and STATE on both at once")
    bench.reactor.run_for(20.0)
    accepted = [link for link in links if link.seen("CONNECTACK", lambda m: not m.has("reject-reason"))]
    if not accepted:
        t.inconclusive("NO_CONNECTION: neither CONNECT was accepted")
    with t.expects("20 s later one connection at most on which the peer said STATE is open"):
        alive = [link for link in accepted if link.closed is None and link.seen("STATE")]
        t.check(len(alive) <= 1, f"{len(accepted)} of 2 accepted, {len(alive)} alive")


@case("d12/8.2/no-blind-reconnect", roles=SECONDARY, consequence="robustness", covers=[
    ("FO-8.2-17", "no connection attempt while another connection is in use")])
def test_no_blind_reconnect(bench: Bench, t: Case) -> None:
    """When one connection closes while another is in use, the secondary does not connect."""
    before = len(bench.peer.knocks_s)
    bench.connection().close()
    refused = bench.connection()
    refused.send("CONNECT", bench.peer.connect_options(relationship_name="some-other-relationship"))
    t.sends("beside the connection in use one that closes at once, and one with a CONNECT that cannot be accepted")
    with t.expects(f"no connection from the peer within {QUIET_S:g} s, and the one in use stays"):
        bench.reactor.run_for(QUIET_S)
        attempts = len(bench.peer.knocks_s) - before
        t.check(attempts == 0 and bench.peer.link.closed is None, f"{attempts} connections from the peer")


@case("d12/8.2/refusals-do-not-end-the-attempts", roles=BOTH, level="should", consequence="liveness", observations=4,
      covers=[("FO-8.2-02", "it goes on trying"), ("FO-8.2-03", "attempts continue after rejections"),
              ("L14", "reconnecting never stops")])
def test_refused(bench: Bench, t: Case) -> None:
    """A peer that is refused again and again goes on trying."""
    bench.peer.listen()
    bench.detach()
    bench.peer.incoming.clear()
    t.sends("the connection is lost; every CONNECT of the peer is rejected" if bench.role == "primary" else
            "the connection is lost; every connection of the peer is closed")
    for number in range(1, 5):
        before, began = len(bench.peer.knocks_s), bench.clock.now()
        with t.expects(f"four times a connection from the peer, each within {PERIOD_S:g} s"):
            bench.reactor.run_until(lambda: len(bench.peer.knocks_s) > before, PERIOD_S)
            came = len(bench.peer.knocks_s) > before
            t.check(came, f"attempt {number} " + (f"after {bench.peer.knocks_s[before] - began:.0f} s" if came else
                                                  f"not within {PERIOD_S:g} s"))
        while bench.peer.incoming:   # a primary's: the suite closes a secondary's when it comes
            link = bench.peer.incoming.pop()
            connect = bench.reactor.run_until(lambda: link.seen("CONNECT"), ANSWER_S)
            if connect:
                link.send("CONNECTACK", bench.peer.connectack_options(connect, reject_reason=REFUSED), xid=connect.xid)
                bench.reactor.run_until(lambda: link.closed, ANSWER_S)
            link.close()


def _worked_beside(bench: Bench, t: Case, count: int) -> None:
    """With that many idle connections a BNDUPD is answered, a client served, and the partner accepted anew."""
    with t.expects("a BNDUPD is answered, a new client served, and a new connection of the partner comes to NORMAL"):
        t.check(bench.peer.link.closed is None, "the connection in use is open")
        t.check(_works(bench, bench.peer.link), f"BNDUPD answered beside {count} idle connections")
        t.check(bench.served_client().lease, "a new client is served")
        bench.detach()
        bench.to_normal()
        t.check(_works(bench, bench.peer.link), "a new connection works")


@case("d12/8.2/hundreds-of-idle-connections", roles=BOTH, consequence="robustness", observations=4, covers=[
    ("FO-8.5-01", "BNDUPD answered beside idle connections"), ("FO-8.1-01", "the connection in use stays"),
    ("FO-8.2-01", "a new partner connection is accepted")])
def test_hundreds(bench: Bench, t: Case) -> None:
    """Some hundreds of idle connections are no reason to stop working; the peer may take fewer of them."""
    opened = 0
    while opened < MANY_CONNECTIONS:
        try:
            bench.connection()
        except ConnectionError:
            break   # a bound is a good thing
        opened += 1
        bench.reactor.run_for(0.02)
    t.sends(f"{opened} connections to the peer, and nothing on them")
    _worked_beside(bench, t, opened)


@case("d12/8.2/idle-connections-do-no-harm", roles=BOTH, consequence="robustness", observations=4, covers=[
    ("FO-8.5-01", "BNDUPD answered beside idle connections"), ("FO-8.1-01", "the connection in use stays"),
    ("FO-8.2-01", "a new partner connection is accepted")])
def test_idle_connections(bench: Bench, t: Case) -> None:
    """Idle connections, forty of them, disturb neither the one in use, nor clients, nor the next connection."""
    for _ in range(IDLE_CONNECTIONS):
        bench.connection()
        bench.reactor.run_for(0.2)
    t.sends(f"{IDLE_CONNECTIONS} connections to the peer, and nothing on them")
    _worked_beside(bench, t, IDLE_CONNECTIONS)

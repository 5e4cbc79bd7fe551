"""7.8.2 Receiving the CONNECT message.

| test | clauses | roles |
|---|---|---|
| unsupported-version-is-rejected | FO-7.8.2-03, -04 | secondary |
| unknown-relationship-is-rejected | FO-7.8.2-09, FO-5.1.1-05, FO-12.22-01 | secondary |
| similar-names-are-told-apart | FO-7.8.2-09, FO-12.22-01 (A-53) | secondary |
| other-source-address | FO-7.8.2-11, FO-5.1.1-05 | secondary |
| tls-request-0-and-1 | FO-7.8.2-05, FO-12.27-02, -03 | secondary |
| tls-request-2 | FO-12.27-04 | secondary |
| tls-request-2-is-refused-with-its-reason | FO-7.8.2-05, -25 | secondary |
| undefined-tls-request | FO-12.27-01 (A-43, A-52) | secondary |
| clock-difference | FO-7.8.2-12, -13 | secondary |
| any-mclt-is-taken-or-refused | FO-7.8.2-17 | secondary |
| received-mclt-is-used | FO-7.8.2-27, -16, -19, S23 | secondary |
| received-mclt-survives-a-restart | FO-7.8.2-18, -19, S23 | secondary |
| every-hash-bucket-assignment-is-taken | FO-7.8.2-20 | secondary |
| hash-bucket-assignment-is-stored | FO-7.8.2-20 | secondary |
| second-connect-on-one-connection | FO-7.8-02 | secondary |
| other-first-messages | FO-7.8-02, FO-7.8.2-01, FO-8.3-01 (A-43) | secondary |
| contact-does-not-prolong-the-wait | FO-7.8-02, FO-7.8.2-02 (A-43) | secondary |
"""

from __future__ import annotations

from typing import Any

from twinlease import dhcp
from twinlease.suite import handshake
from twinlease.suite.bench import ANSWER_S, STARTUP_WITHIN_S, Bench
from twinlease.suite.case import SECONDARY, Case, Unimplemented, case
from twinlease.suite.steps import keep_trying, offers

FAR_S = 86400
CLIENTS = 12


def _reactions(bench: Bench, t: Case, expected: str, attempts: dict[str, dict[str, Any]]) -> list[handshake.Handshake]:
    """Sends a CONNECT for each attempt (what it is -> what differs) and judges the reaction to it."""
    bench.detach()
    done = []
    for what, replace in attempts.items():
        t.sends(f"CONNECT with {what}")
        with t.expects(expected):
            tried = handshake.connect(bench, **replace)
            tried.connection.close()
            bench.reactor.run_for(1.0)
            t.check(tried.is_one_of(expected), f"{what}: {tried.reaction}")
            done.append(tried)
    return done


@case("d12/7.8.2/unsupported-version-is-rejected", roles=SECONDARY, level="should", observations=6, covers=[
    ("FO-7.8.2-03", "connectack-reject:14"), ("FO-7.8.2-04", "its own protocol-version in the CONNECTACK")])
def test_version(bench: Bench, t: Case) -> None:
    """A protocol version that the peer does not speak is rejected with reason 14."""
    for version in (0, 2, 255):
        tried, = _reactions(bench, t, "connectack-reject:14", {f"protocol-version {version}":
                                                               {"protocol_version": version}})
        with t.expects("the peer's own protocol-version"):
            own = tried.answer and tried.answer.get("protocol-version")
            t.check(own not in (None, version), f"protocol-version {own} in the rejecting CONNECTACK")


@case("d12/7.8.2/unknown-relationship-is-rejected", roles=SECONDARY, level="should", observations=3, covers=[
    ("FO-7.8.2-09", "connectack-reject:8"), ("FO-5.1.1-05", "connectack-reject:8"),
    ("FO-12.22-01", "length 0: connectack-reject:8")])
def test_unknown_name(bench: Bench, t: Case) -> None:
    """A CONNECT that names no relationship of the peer is rejected with reason 8."""
    name = bench.relationship.name
    same_length = "".join(chr(ord(letter) ^ 1) for letter in name)
    _reactions(bench, t, "connectack-reject:8", {
        "another relationship-name": {"relationship_name": "some-other-relationship"},
        "another relationship-name of the same length": {"relationship_name": same_length},
        "a relationship-name of length 0": {"relationship_name": b""}})


@case("d12/7.8.2/similar-names-are-told-apart", roles=SECONDARY, level="should", basis="adjudicated",
      readings=("A-53",), observations=5, covers=[
          ("FO-7.8.2-09", "prefix, suffix, 2000 octets: connectack-reject:8|close-connection"),
          ("FO-12.22-01", "other case, one NUL: process|connectack-reject:8|close-connection")])
def test_similar_names(bench: Bench, t: Case) -> None:
    """A name that only begins like the relationship's is not taken for it."""
    name = bench.relationship.name.encode()
    _reactions(bench, t, "connectack-reject:8|close-*", {
        "a longer relationship-name": {"relationship_name": name + b"2"},
        "a shorter relationship-name": {"relationship_name": name[:-1]},
        "a relationship-name of 1800 octets": {"relationship_name": (name * 1800)[:1800]}})
    _reactions(bench, t, "process|connectack-reject:8|close-*", {
        "the relationship-name in the other case": {"relationship_name": name.swapcase()},
        "the relationship-name and a NUL": {"relationship_name": name + b"\0"}})


@case("d12/7.8.2/other-source-address", roles=SECONDARY, level="should", basis="adjudicated", consequence="safety",
      readings=("A-53",), covers=[("FO-7.8.2-11", "connectack-reject:8|close-connection"),
                                  ("FO-5.1.1-05", "connectack-reject:8|close-connection")])
def test_other_address(bench: Bench, t: Case) -> None:
    """Without digest and TLS, a CONNECT with the right name from an address that is not the partner's is refused."""
    if {"digest", "tls"} & bench.manifest.capabilities:
        raise Unimplemented("capabilities: digest or tls tell the partner, not its address")
    _reactions(bench, t, "connectack-reject:*|close-*", {
        "the right name from another address": {"source": bench.relationship.relay_addresses[-1]}})


@case("d12/7.8.2/tls-request-0-and-1", roles=SECONDARY, level="should", observations=2, covers=[
    ("FO-7.8.2-05", "process|connectack-reject:11"), ("FO-12.27-02", "process|connectack-reject:11"),
    ("FO-12.27-03", "process")])
def test_tls_not_required(bench: Bench, t: Case) -> None:
    """A TLS-request of 0 or 1 leaves the decision to the secondary."""
    _reactions(bench, t, "process|connectack-reject:11", {"TLS-request 0": {"TLS_request": 0}})
    _reactions(bench, t, "process", {"TLS-request 1": {"TLS_request": 1}})


@case("d12/7.8.2/tls-request-2", roles=SECONDARY, consequence="interop", observations=2, covers=[
    ("FO-12.27-04", "connectack-reject:*|close-connection|process with TLS")])
def test_tls_required(bench: Bench, t: Case) -> None:
    """A TLS-request of 2 is accepted with TLS only."""
    tried, = _reactions(bench, t, "connectack-reject:*|close-*|process", {"TLS-request 2": {"TLS_request": 2}})
    with t.expects("if it accepts, TLS-reply 1"):
        reply = tried.answer and tried.answer.get("TLS-reply")
        t.check(tried.reaction != "process" or reply == 1, f"{tried.reaction}, TLS-reply {reply}")


@case("d12/7.8.2/tls-request-2-is-refused-with-its-reason", roles=SECONDARY, level="should", consequence="interop",
      covers=[("FO-7.8.2-05", "2/0: connectack-reject:9|connectack-reject:10; 2/1: process"),
              ("FO-7.8.2-25", "connectack-reject:9|connectack-reject:10")])
def test_tls_refused(bench: Bench, t: Case) -> None:
    """A secondary that has no TLS rejects a TLS-request of 2 with the reason made for that."""
    bench.detach()
    t.sends("CONNECT with TLS-request 2")
    with t.expects("connectack-reject:9|connectack-reject:10, or TLS-reply 1"):
        tried = handshake.connect(bench, TLS_request=2)
        tried.connection.close()
        reply = tried.answer and tried.answer.get("TLS-reply")
        t.check(tried.is_one_of("connectack-reject:9|connectack-reject:10") or reply == 1,
                f"{tried.reaction}, TLS-reply {reply}")


@case("d12/7.8.2/undefined-tls-request", roles=SECONDARY, level="should", basis="adjudicated",
      consequence="robustness", readings=("A-43", "A-52"), observations=8, covers=[
          ("FO-12.27-01", "connectack-reject:*|close-connection|process without TLS")])
def test_tls_undefined(bench: Bench, t: Case) -> None:
    """A TLS-request that means nothing does not start TLS."""
    for what, value in (("3", 3), ("255", 255), ("of length 0", b""), ("of length 2", b"\0\0")):
        tried, = _reactions(bench, t, "connectack-reject:*|close-*|process", {
            f"TLS-request {what}": {"TLS_request": value}})
        with t.expects("no TLS-reply 1"):
            reply = tried.answer and tried.answer.get("TLS-reply")
            t.check(reply != 1, f"TLS-reply {reply}")


@case("d12/7.8.2/clock-difference", roles=SECONDARY, level="should", observations=4, covers=[
    ("FO-7.8.2-13", "process|connectack-reject:4"), ("FO-7.8.2-12", "process|connectack-reject:4")])
def test_clock_difference(bench: Bench, t: Case) -> None:
    """A partner whose clock is off is accepted, or rejected with reason 4; both leave the peer whole."""
    _reactions(bench, t, "process|connectack-reject:4", {
        f"a header time that is {offset_s:+d} s off": {"clock_offset_s": offset_s}
        for offset_s in (120, -120, FAR_S, -FAR_S)})


@case("d12/7.8.2/any-mclt-is-taken-or-refused", roles=SECONDARY, level="should", consequence="robustness",
      observations=4, covers=[("FO-7.8.2-17", "process|connectack-reject:5")])
def test_any_mclt(bench: Bench, t: Case) -> None:
    """Whatever MCLT the primary sends, the secondary works with it or rejects it with reason 5."""
    _reactions(bench, t, "process|connectack-reject:5", {
        f"MCLT {mclt_s}": {"MCLT": mclt_s} for mclt_s in (0, 1, 2 * bench.mclt_s, 0xFFFFFFFF)})


def _first_lease(t: Case, client: dhcp.Client, mclt_s: int, *clauses: str) -> None:
    """A client's first lease is no longer than the MCLT (A-06: nothing about the address is acknowledged)."""
    lease = client.lease
    assert lease is not None, "the client has just been served"
    t.check(0 < lease.lease_time_s <= mclt_s + 1, f"first lease of {lease.lease_time_s} s with an MCLT of {mclt_s} s",
            *clauses)


@case("d12/7.8.2/received-mclt-is-used", roles=SECONDARY, consequence="safety", observations=2, readings=("A-06",),
      covers=[("FO-7.8.2-27", "first lease within the received MCLT"),
              ("FO-7.8.2-19", "first lease within the received MCLT"), ("S23", "the MCLT of the CONNECT, no other"),
              ("FO-7.8.2-16", "NORMAL with an MCLT of a third and of a sixth of the usual one")])
def test_mclt_is_used(bench: Bench, t: Case) -> None:
    """After a CONNECT with a shorter MCLT a new client gets no more than that."""
    mclt_s = bench.mclt_s // 3
    for _ in range(2):
        t.sends(f"CONNECT with MCLT {mclt_s}, up to NORMAL; then a new client")
        with bench.partner_with(mclt_s=mclt_s), t.expects(f"a lease of at most {mclt_s} s"):
            _first_lease(t, bench.served_client(), mclt_s, "FO-7.8.2-27", "FO-7.8.2-19", "S23")
        mclt_s //= 2


@case("d12/7.8.2/received-mclt-survives-a-restart", roles=SECONDARY, consequence="safety", own_peer=True,
      readings=("A-06",), covers=[("FO-7.8.2-18", "saved"), ("FO-7.8.2-19", "used while the primary is away"),
                                  ("S23", "also after a restart")])
def test_mclt_survives(bench: Bench, t: Case) -> None:
    """Restarted without its primary, the secondary still uses the MCLT that it was sent."""
    bench.put.need("start", "kill", "wipe")
    bench.start_anew()
    mclt_s = bench.mclt_s // 3
    with bench.partner_with(mclt_s=mclt_s):
        bench.reactor.run_for(5.0)
    bench.put.kill()
    t.sends(f"CONNECT with MCLT {mclt_s}, up to NORMAL; the peer is killed and starts alone; then a new client")
    bench.put.start()
    client = bench.client()
    if keep_trying(bench, lambda: client.discover(2.0), STARTUP_WITHIN_S) is None:
        t.inconclusive("SERVICE: started alone, the peer serves nobody (9.3.2 lets it wait for its partner)")
    client.acquire(ANSWER_S)
    with t.expects(f"a lease of more than 0 and at most {mclt_s} s"):
        _first_lease(t, client, mclt_s)


@case("d12/7.8.2/every-hash-bucket-assignment-is-taken", roles=SECONDARY, consequence="interop", observations=2,
      readings=("A-35",), covers=[("FO-7.8.2-20", "all zero, all one: process")])
def test_any_hba(bench: Bench, t: Case) -> None:
    """A hash-bucket-assignment without buckets, and one with all of them, is accepted."""
    _reactions(bench, t, "process", {
        "a hash-bucket-assignment of all zero": {"hash_bucket_assignment": bytes(32)},
        "a hash-bucket-assignment of all one": {"hash_bucket_assignment": b"\xff" * 32}})


@case("d12/7.8.2/hash-bucket-assignment-is-stored", roles=SECONDARY, consequence="liveness", observations=CLIENTS,
      covers=[("FO-7.8.2-20", "the assignment of the last CONNECT is the one in use in NORMAL")])
def test_hba_is_stored(bench: Bench, t: Case) -> None:
    """A CONNECT with the complementary hash-bucket-assignment turns round whom the secondary serves."""
    if "load-balance" not in bench.manifest.capabilities:
        raise Unimplemented("the manifest does not declare load-balance")
    assignment = b"\x0f" * 32
    clients = [bench.client() for _ in range(CLIENTS)]
    served = []
    for hba in (assignment, bytes(~octet & 0xFF for octet in assignment)):
        t.sends(f"CONNECT with hash-bucket-assignment {hba.hex()}, up to NORMAL; DISCOVER of {CLIENTS} clients")
        with bench.partner_with(hash_bucket_assignment=hba):
            served.append([offer is not None for offer in offers(bench, clients)])
    with t.expects("each client is offered an address once: under one assignment or under the other"):
        for client, first, second in zip(clients, *served):
            t.check(first != second, f"bucket {client.bucket}: first {'offer' if first else 'silence'}, "
                                     f"then {'offer' if second else 'silence'}")


@case("d12/7.8.2/second-connect-on-one-connection", roles=SECONDARY, level="should", basis="adjudicated",
      consequence="robustness", readings=("A-43",), observations=3, covers=[
          ("FO-7.8-02", "a second CONNECT: ignored, answered or close-connection")])
def test_second_connect(bench: Bench, t: Case) -> None:
    """A second CONNECT on a connection leaves one set of parameters, or ends the connection."""
    for what, replace in (("the same again", {}), ("another MCLT", {"MCLT": bench.mclt_s * 2}),
                          ("another relationship", {"relationship_name": "some-other-relationship"})):
        bench.to_normal()
        link = bench.peer.link
        since = link.mark()
        t.sends(f"CONNECT on the established connection: {what}")
        link.send("CONNECT", bench.peer.connect_options(**replace))
        with t.expects("at most one CONNECTACK; a BNDUPD is answered, or the connection closed"):
            bench.reactor.run_for(2.0)
            answers = len(link.all("CONNECTACK", since))
            xid = None if link.closed else bench.peer.send_updates(bench.active(bench.take_address()))
            acked = bench.reactor.run_until(
                lambda: link.closed or link.seen("BNDACK", lambda m: m.xid == xid, since), ANSWER_S)
            t.check(answers <= 1 and acked, f"{what}: {answers} CONNECTACK, connection {link.closed or 'open'}, BNDUPD "
                                            f"{'answered' if acked and not link.closed else 'not answered'}")
        bench.detach()


@case("d12/7.8.2/other-first-messages", roles=SECONDARY, level="should", basis="adjudicated", consequence="safety",
      readings=("A-43",), observations=7, covers=[
          ("FO-7.8-02", "ignore-message|close-connection"), ("FO-7.8.2-01", "no message before CONNECT"),
          ("FO-8.3-01", "no reply: the endpoint is not known")])
def test_other_first_messages(bench: Bench, t: Case) -> None:
    """What comes before a CONNECT is not answered."""
    bench.detach()
    now = int(bench.clock.now())
    first: dict[str, list] = {
        "BNDUPD": bench.active(bench.take_address()), "UPDREQ": [], "UPDREQALL": [], "POOLREQ": [], "CONTACT": [],
        "STATE": [("server-state", "NORMAL"), ("server-flags", 0), ("start-time-of-state", now)],
        "DISCONNECT": [("reject-reason", 254)]}
    links = {}
    for type_, options in first.items():
        links[type_] = bench.connection()
        links[type_].send(type_, options)
        bench.reactor.run_for(0.2)
    t.sends("connections that begin with " + ", ".join(first))
    with t.expects("no answer; closing is fine"):
        bench.reactor.run_for(ANSWER_S)
        for type_, link in links.items():
            answers = [m for m in link.received if m.type != "DISCONNECT"]
            t.check(not answers, f"{type_}: {answers[0].label() if answers else 'no answer'}")


@case("d12/7.8.2/contact-does-not-prolong-the-wait", roles=SECONDARY, level="should", basis="adjudicated",
      consequence="robustness", readings=("A-43",), covers=[
          ("FO-7.8-02", "close-connection"), ("FO-7.8.2-02", "CONTACT for ever: close-connection")])
def test_contact_for_ever(bench: Bench, t: Case) -> None:
    """A connection on which nothing but CONTACT comes is closed like a silent one."""
    bench.detach()
    link = bench.connection()
    link.send("CONTACT")
    link.keep_contact(5.0)
    t.sends("CONTACT every 5 s on a new connection, and no CONNECT")
    with t.expects(f"the connection is closed within {handshake.CLOSES_S:g} s"):
        t.check(link.expect_closed(handshake.CLOSES_S), f"connection: {link.closed}")

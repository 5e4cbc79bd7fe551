"""7.8 and 7.9 Odd and malformed handshakes: options unknown, twice, overrunning or in another order; other protocols.

Each test is a row of model/spec/reactions.csv and judges at the level that the row has.

| test | clauses | roles |
|---|---|---|
| unknown-options-in-the-handshake | FO-6.1-01 | both |
| option-order-in-the-handshake | FO-6.2-02 | both |
| option-overruns-a-connect | FO-6.1-19 (A-43) | secondary |
| repeated-options-in-connect | FO-6.2-03, -04 (A-43) | secondary |
| repeated-options-in-connectack | FO-6.2-03, -04 (A-43) | primary |
| connect-to-a-primary | FO-7.8.2-09, FO-8.2-08, FO-7.8-01 (A-16) | primary |
| other-protocols-are-not-answered | FO-6.1-10, FO-7.8-02 (A-43) | secondary |
"""

from __future__ import annotations

from typing import Any, Callable

from twinlease.connection import Connection
from twinlease.suite import handshake
from twinlease.suite.bench import Bench
from twinlease.suite.case import BOTH, PRIMARY, SECONDARY, Case, case
from twinlease.suite.handshake import ending
from twinlease.suite.odd_input import is_one_of

Options = list[tuple[str | int, Any]]
UNKNOWN: Options = [(42, b""), (100, b"x"), (32768, bytes(500)), (65535, b"unknown")]
CLIENT_HELLO = bytes.fromhex("16030100310100002d0303") + bytes(range(32)) + bytes.fromhex("000006c02fc030002f0100")


def _react(bench: Bench, alter: Callable[[Options], Options], **encoding: Any) -> str:
    """The peer's reaction to a CONNECT, or CONNECTACK, whose options are altered. The partner is not connected."""
    if bench.role == "secondary":
        link = bench.connection()
        link.send("CONNECT", alter(bench.peer.connect_options()), **encoding)
        reaction = handshake.after_connect(bench, link).reaction
    else:
        link, connect = bench.next_connect()
        link.send("CONNECTACK", alter(bench.peer.connectack_options(connect)), xid=connect.xid, **encoding)
        reaction = handshake.after_connectack(bench, link)
    link.close()
    bench.reactor.run_for(1.0)
    return reaction


def _judge(bench: Bench, t: Case, accepted: str, what: str, alter: Callable[[Options], Options],
           **encoding: Any) -> None:
    t.sends(f"{'CONNECT' if bench.role == 'secondary' else 'CONNECTACK'} with {what}")
    reaction = _react(bench, alter, **encoding)
    with t.expects(accepted):
        t.check(is_one_of(reaction, accepted), f"{what}: {reaction}")


@case("d12/7.8/unknown-options-in-the-handshake", roles=BOTH, consequence="interop", covers=[
    ("FO-6.1-01", "CONNECT, CONNECTACK: ignore-option")])
def test_unknown(bench: Bench, t: Case) -> None:
    """Unknown options in CONNECT and in CONNECTACK are ignored."""
    bench.detach()
    _judge(bench, t, "process", "options 42, 100, 32768 and 65535",
           lambda options: [*UNKNOWN[:2], *options, *UNKNOWN[2:]])


@case("d12/7.8/option-order-in-the-handshake", roles=BOTH, level="should", consequence="interop", covers=[
    ("FO-6.2-02", "CONNECT, CONNECTACK: process")])
def test_order(bench: Bench, t: Case) -> None:
    """The options of CONNECT and of CONNECTACK may come in any order."""
    bench.detach()
    _judge(bench, t, "process", "its options in reverse order", lambda options: options[::-1])


@case("d12/7.8/option-overruns-a-connect", roles=SECONDARY, level="should", basis="adjudicated", readings=("A-43",),
      consequence="robustness", observations=2, covers=[("FO-6.1-19", "CONNECT: connectack-reject:*|close-*")])
def test_overrun(bench: Bench, t: Case) -> None:
    """A CONNECT whose last option runs past its end is refused."""
    bench.detach()
    for claimed in (5, 60000):
        _judge(bench, t, "connectack-reject:*|close-*", f"a last option that claims {claimed} octets and has 4",
               lambda options: options, tail=b"\x00\x13" + claimed.to_bytes(2, "big") + bytes(4))


@case("d12/7.8/repeated-options-in-connect", roles=SECONDARY, level="should", readings=("A-43",), observations=3,
      consequence="hygiene", covers=[("FO-6.2-03", "CONNECT: connectack-reject:*|close-*"),
                                     ("FO-6.2-04", "CONNECT: connectack-reject:*|close-*")])
def test_repeated(bench: Bench, t: Case) -> None:
    """A CONNECT in which an option comes twice, with different values, is refused."""
    bench.detach()
    for name, value in (("MCLT", 2 * bench.mclt_s), ("receive-timer", 7), ("relationship-name", "another")):
        _judge(bench, t, "connectack-reject:*|close-*", f"a second {name}",
               lambda options, again=(name, value): [*options, again])


@case("d12/7.9/repeated-options-in-connectack", roles=PRIMARY, level="should", readings=("A-43",),
      consequence="hygiene", covers=[("FO-6.2-03", "CONNECTACK: close-*|ignore-message"),
                                     ("FO-6.2-04", "CONNECTACK: close-*|ignore-message")])
def test_repeated_answer(bench: Bench, t: Case) -> None:
    """A CONNECTACK with two max-unacked-bndupd establishes no connection."""
    bench.detach()
    _judge(bench, t, "close-*|nothing", "a second max-unacked-bndupd",
           lambda options: [*options, ("max-unacked-bndupd", 3)])


@case("d12/7.8.2/connect-to-a-primary", roles=PRIMARY, level="should", readings=("A-16",), consequence="safety",
      own_peer=True, covers=[("FO-7.8.2-09", "primary: connectack-reject:8|close-*"),
                             ("FO-8.2-08", "primary: connectack-reject:8|close-*"),
                             ("FO-7.8-01", "never two primaries")])
def test_to_primary(bench: Bench, t: Case) -> None:
    """A CONNECT to the primary of that relationship is refused."""
    bench.put.need("start", "wipe")   # a primary that takes it has our MCLT and our buckets from now on
    bench.start_anew()
    bench.to_normal()
    bench.detach()
    link = bench.connection()
    t.sends("CONNECT, as a primary sends it, on a connection to the primary", link.send("CONNECT", [
        ("relationship-name", bench.relationship.name), *bench.peer.connect_options()[1:]]))
    with t.expects("connectack-reject:8, or the connection closed; no STATE on it"):
        bench.reactor.run_until(lambda: link.closed or link.seen("CONNECTACK"), handshake.CLOSES_S)
        answer = link.seen("CONNECTACK")
        said = f"connectack-reject:{answer.get('reject-reason', 'none')}" if answer else ending(link)
        t.check(is_one_of(said, "connectack-reject:8|close-*") and not link.seen("STATE"), said)


@case("d12/8.2/other-protocols-are-not-answered", roles=SECONDARY, level="should", basis="adjudicated",
      readings=("A-43",), consequence="robustness", observations=3, covers=[
          ("FO-6.1-10", "no failover message: close-*"), ("FO-7.8-02", "no failover message: close-*")])
def test_other_protocols(bench: Bench, t: Case) -> None:
    """Octets of another protocol on a new connection close it."""
    bench.detach()
    speeches = {"an HTTP request": b"GET / HTTP/1.1\r\nHost: failover\r\n\r\n", "a TLS ClientHello": CLIENT_HELLO,
                "random octets": bytes((n * 167 + 13) % 256 for n in range(400))}
    links: dict[str, Connection] = {}
    for what, octets in speeches.items():
        links[what] = bench.connection()
        links[what].send_octets(octets, t.sends(what, what))
    with t.expects(f"no answer; closed within {handshake.CLOSES_S:g} s"):
        bench.reactor.run_until(lambda: all(link.closed for link in links.values()), handshake.CLOSES_S)
        for what, link in links.items():
            t.check(link.closed and not [m for m in link.received if m.type != "DISCONNECT"],
                    f"{what}: {ending(link) if link.closed else 'still open'}, {len(link.received)} messages")

"""6.2 Common option format, and the option lengths of section 12 as a receiver meets them (A-43).

| test | clauses | roles |
|---|---|---|
| option-order-does-not-matter | FO-6.2-02, FO-6.3-06 | both |
| repeated-option-in-a-transaction | FO-6.2-03, -04 | both |
| repeated-option-in-state | FO-6.2-04 | both |
| wrong-option-length-in-a-transaction | FO-12.13-01, FO-12.3-01, FO-7.1.3-01 | both |
| option-overruns-the-message | FO-6.1-19 | both |
| ip-flags-of-one-or-two-octets | FO-12.12-01 | both |
| every-option-has-a-legal-length | FO-6.1-18, -19, -01 of 12.2, .3, .6, .13, .14, .18, .24, .25, .28 | both |
| no-option-comes-twice | FO-6.2-03 | both |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case


def _rejected_or_closed(bench: Bench, t: Case, options: list, address: str, **encoding: object) -> None:
    """The transaction is rejected (reason 3), or the connection goes: what A-43 leaves to a receiver."""
    link = bench.peer.link
    since = link.mark()
    xid = link.send("BNDUPD", options, **encoding)
    ack = bench.reactor.run_until(
        lambda: link.seen("BNDACK", lambda m: m.xid == xid, since) or (link.closed and "closed"), ACK_S)
    if ack == "closed":
        t.check(True, f"connection: {link.closed}")
        return
    t.check(ack is not None, f"BNDACK: {ack.label() if ack else 'none'}, connection {link.closed or 'open'}")
    refused = {a.get("assigned-IP-address"): a.get("reject-reason") for a in ack.transactions if a.has("reject-reason")}
    t.check(address in refused, ack.label())


@case("d12/6.2/option-order-does-not-matter", roles=BOTH, level="should",
      covers=[("FO-6.2-02", "process"), ("FO-6.3-06", "process")])
def test_option_order(bench: Bench, t: Case) -> None:
    """After assigned-IP-address the options of a transaction may come in any order."""
    link = bench.peer.link
    address = bench.take_address()
    options = bench.active(address)
    since = link.mark()
    xid = t.sends(f"BNDUPD {address} ACTIVE, its other options in reverse order",
                  link.send("BNDUPD", options[:1] + options[:0:-1]))
    with t.expects("BNDACK that accepts the address"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        t.check(not any(a.has("reject-reason") for a in ack.transactions), ack.label())


@case("d12/6.2/repeated-option-in-a-transaction", roles=BOTH, level="should", consequence="hygiene",
      readings=("A-43",), observations=3,
      covers=[("FO-6.2-04", "bndack-reject:3"), ("FO-6.2-03", "bndack-reject:3")])
def test_repeated_option(bench: Bench, t: Case) -> None:
    """A transaction in which an option appears twice, with different values, is not accepted."""
    for name, value in (("binding-status", "FREE"), ("lease-expiration-time", int(bench.clock.now()) + 9999),
                        ("client-hardware-address", b"\x01\x02\x99\x99\x99\x99\x99")):
        if bench.peer.connection is None:
            bench.to_normal()
        address = bench.take_address()
        t.sends(f"BNDUPD {address} ACTIVE with a second {name}")
        with t.expects("BNDACK with a reject-reason for the address (or the connection closed)"):
            _rejected_or_closed(bench, t, bench.active(address) + [(name, value)], address)


@case("d12/6.2/repeated-option-in-state", roles=BOTH, level="should", consequence="hygiene", readings=("A-43",),
      covers=[("FO-6.2-04", "STATE: close-connection|ignore-message")])
def test_repeated_option_in_state(bench: Bench, t: Case) -> None:
    """A STATE with two server-states moves the peer nowhere."""
    link = bench.peer.link
    bench.peer.habits.follow_states = False
    since = link.mark()
    now = int(bench.clock.now())
    t.sends("STATE with server-state NORMAL and server-state POTENTIAL-CONFLICT", link.send("STATE", [
        ("server-state", "NORMAL"), ("server-state", "POTENTIAL-CONFLICT"), ("server-flags", 0),
        ("start-time-of-state", now)]))
    with t.expects("no change of state; the connection may be closed"):
        bench.reactor.run_until(lambda: link.closed, ANSWER_S)
        moved = [m for m in link.all("STATE", since) if m.get("server-state") != wire.SERVER_STATE["NORMAL"]]
        t.check(not moved, moved[0].label() if moved else f"no STATE, connection {link.closed or 'open'}")


@case("d12/6.2/wrong-option-length-in-a-transaction", roles=BOTH, level="should", basis="adjudicated",
      consequence="robustness", readings=("A-43",), observations=4,
      covers=[("FO-12.13-01", "bndack-reject:3"), ("FO-12.3-01", "bndack-reject:3"), ("FO-12.18-01", "bndack-reject:3"),
              ("FO-7.1.3-01", "wrong length: bndack-reject:3")])
def test_wrong_option_length(bench: Bench, t: Case) -> None:
    """A transaction with an option of a wrong length is not accepted."""
    for name, value in (("lease_expiration_time", b"\x70\0\0"), ("potential_expiration_time", bytes(8)),
                        ("binding_status", b"\x02\x02"), ("client_hardware_address", b"")):
        if bench.peer.connection is None:
            bench.to_normal()
        address = bench.take_address()
        t.sends(f"BNDUPD {address} ACTIVE, {name.replace('_', '-')} of {len(value)} octets")
        with t.expects("BNDACK with a reject-reason for the address (or the connection closed)"):
            _rejected_or_closed(bench, t, bench.active(address, **{name: value}), address)


@case("d12/6.2/option-overruns-the-message", roles=BOTH, level="should", basis="adjudicated",
      consequence="robustness", readings=("A-43",),
      covers=[("FO-6.1-19", "bndack-reject:3|close-with-disconnect:254|close-connection")])
def test_option_overruns(bench: Bench, t: Case) -> None:
    """A transaction whose last option runs past the end of the message is not accepted."""
    address = bench.take_address()
    t.sends(f"BNDUPD {address} ACTIVE whose last option claims 200 octets and has 4")
    with t.expects("BNDACK with a reject-reason for the address, or the connection closed"):
        _rejected_or_closed(bench, t, bench.active(address), address,
                            tail=b"\x00\x04" + (200).to_bytes(2, "big") + bytes(4))


@case("d12/6.2/ip-flags-of-one-or-two-octets", roles=BOTH, level="should", basis="adjudicated", readings=("A-04",),
      covers=[("FO-12.12-01", "process")], observations=2)
def test_ip_flags_length(bench: Bench, t: Case) -> None:
    """IP-flags of one octet (the figure) and of two (the text) are both taken."""
    link = bench.peer.link
    for flags in (b"\0", b"\0\0"):
        address = bench.take_address()
        since = link.mark()
        xid = t.sends(f"BNDUPD {address} ACTIVE with IP-flags of {len(flags)} octets",
                      link.send("BNDUPD", bench.active(address, IP_flags=flags)))
        with t.expects("BNDACK that accepts the address"):
            ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
            t.check(not any(a.has("reject-reason") for a in ack.transactions), ack.label())


REPEATED = "FO-6.2-04"
"""The clause that the codec cites for an option that comes twice."""


def _own_messages(bench: Bench) -> list[wire.Message]:
    return [e.message for e in bench.transcript.entries
            if e.frm == "peer" and e.proto == "failover" and e.message is not None]


def _is_echo_of_no_name(error: wire.Error) -> bool:
    """A relationship-name without octets: 12.22 gives no least length, and a rejecting CONNECTACK returns ours."""
    return error.clause == "FO-12.22-01"


@case("d12/6.2/every-option-has-a-legal-length", roles=BOTH, last=True, probe=False, observations=100, covers=[
    ("FO-6.1-19", "whole options, all messages of the peer"), ("FO-6.1-18", "no magic cookie before the options"),
    ("FO-12.3-01", "all BNDUPDs of the peer"), ("FO-12.13-01", "all BNDUPDs of the peer"),
    ("FO-12.18-01", "all BNDUPDs of the peer"), ("FO-12.24-01", "all STATEs of the peer"),
    ("FO-12.14-01", "all messages of the peer"), ("FO-12.2-01", "all messages of the peer"),
    ("FO-12.25-01", "all messages of the peer"), ("FO-12.28-01", "all messages of the peer"),
    ("FO-12.6-01", "all messages of the peer")])
def test_own_option_lengths(bench: Bench, t: Case) -> None:
    """The options that the peer sends have the lengths and values of section 12."""
    with t.expects("whole options with lengths and values of section 12"):
        for message in _own_messages(bench):
            wrong = [e for e in [message.error, *message.option_errors]
                     if e is not None and e.clause != REPEATED and not _is_echo_of_no_name(e)]
            t.check(not wrong, f"{message.label()}: {wrong[0] if wrong else 'well-formed'}")


@case("d12/6.2/no-option-comes-twice", roles=BOTH, last=True, probe=False, observations=100, level="should",
      consequence="hygiene", covers=[("FO-6.2-03", "once in each message or transaction of the peer")])
def test_own_options_once(bench: Bench, t: Case) -> None:
    """No option comes twice in a message, or in a transaction, of the peer."""
    with t.expects("each option once in each message, or in each transaction of a batch"):
        for message in _own_messages(bench):
            twice = [e for e in message.option_errors if e.clause == REPEATED]
            t.check(not twice, f"{message.label()}: {twice[0] if twice else 'each once'}")

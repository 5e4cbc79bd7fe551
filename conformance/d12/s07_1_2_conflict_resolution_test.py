"""7.1.2 Receiving the BNDUPD message: the decisions of 7.1.3 hold in every failover state.

| test | clauses | roles |
|---|---|---|
| decides-in-potential-conflict | FO-7.1.2-01 | both |
| decides-while-interrupted | FO-7.1.2-01 (A-27) | both |
| longer-lease-is-remembered | FO-7.1.5-02 | both |

Which reason a rejection gives is judged in 7.1.3.
"""

from __future__ import annotations

from twinlease.suite.bench import ACK_S, ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case

LONG_S = 3000


def _reason(bench: Bench, options: list) -> int | None:
    """Sends one transaction; the reject-reason of its BNDACK, or None if it is accepted. NotSeen without a BNDACK."""
    link = bench.peer.link
    since = link.mark()
    xid = bench.peer.send_updates(options)
    ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
    return ack.get("reject-reason")


def _expired(bench: Bench, address: str, hardware: bytes) -> list:
    now = int(bench.clock.now())
    return [("assigned-IP-address", address), ("binding-status", "EXPIRED"),
            ("client-hardware-address", b"\x01" + hardware), ("start-time-of-state", now),
            ("client-last-transaction-time", now)]


def _lease(bench: Bench, t: Case, lease_s: int = LONG_S) -> tuple[str, bytes]:
    """A lease of the partner that the peer has accepted: address and hardware address."""
    address, hardware = bench.take_address(), bench.client().hardware
    reason = _reason(bench, bench.active(address, lease_s, hardware))
    if reason is not None:
        t.inconclusive(f"PREPARATION: {address} ACTIVE rejected with reason {reason}")
    return address, hardware


def _decides(bench: Bench, t: Case, state: str, expected: str) -> None:
    address, hardware = _lease(bench, t)
    free = bench.take_address()
    bench.meet(state)
    bench.peer.expect_state(expected, within=ANSWER_S)
    t.sends(f"both connected, the peer in {expected}: BNDUPD of a foreign address, EXPIRED over a lease of {LONG_S} s, "
            "ACTIVE over an address of ours")
    with t.expects("two BNDACKs that reject, and one that accepts"):
        for what, options, accepted in (("foreign", bench.active("10.99.99.97"), False),
                                        ("EXPIRED", _expired(bench, address, hardware), False),
                                        ("ACTIVE", bench.active(free), True)):
            reason = _reason(bench, options)
            t.check((reason is None) == accepted, f"{what}: {'accepted' if reason is None else f'reason {reason}'}")


@case("d12/7.1.2/decides-in-potential-conflict", roles=BOTH, consequence="safety", observations=3, covers=[
    ("FO-7.1.2-01", "in POTENTIAL-CONFLICT: bndack-reject:*, bndack-reject:*, accept")])
def test_conflict(bench: Bench, t: Case) -> None:
    """In POTENTIAL-CONFLICT BNDUPDs are accepted and rejected as in NORMAL."""
    _decides(bench, t, "POTENTIAL-CONFLICT", "POTENTIAL-CONFLICT")


@case("d12/7.1.2/decides-while-interrupted", roles=BOTH, consequence="safety", observations=3, readings=("A-27",),
      covers=[("FO-7.1.2-01", "in COMMUNICATIONS-INTERRUPTED: bndack-reject:*, bndack-reject:*, accept")])
def test_interrupted(bench: Bench, t: Case) -> None:
    """In COMMUNICATIONS-INTERRUPTED, connected to a partner in RECOVER, BNDUPDs are judged as in NORMAL."""
    bench.detach()
    bench.to_normal()
    _decides(bench, t, "RECOVER", "COMMUNICATIONS-INTERRUPTED")


@case("d12/7.1.5/longer-lease-is-remembered", roles=BOTH, level="should", consequence="safety",
      covers=[("FO-7.1.5-02", "the later lease-expiration-time counts")])
def test_raised(bench: Bench, t: Case) -> None:
    """A lease that the partner has prolonged is held until its new end: EXPIRED after the old one is rejected."""
    short_s = 10
    address, hardware = _lease(bench, t, short_s)
    reason = _reason(bench, bench.active(address, LONG_S, hardware))
    if reason is not None:
        t.inconclusive(f"PREPARATION: the prolonged lease rejected with reason {reason}")
    bench.reactor.run_for(short_s + bench.tolerance_s + 3.0)
    t.sends(f"BNDUPD {address} ACTIVE for {short_s} s, then for {LONG_S} s; EXPIRED when the shorter time is over")
    with t.expects("BNDACK that rejects it"):
        reason = _reason(bench, _expired(bench, address, hardware))
        t.check(reason is not None, "accepted" if reason is None else f"rejected with reason {reason}")

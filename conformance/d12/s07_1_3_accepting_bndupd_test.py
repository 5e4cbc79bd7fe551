"""7.1.3 Deciding whether to accept the binding update transaction in a BNDUPD message (Figure 7.1.3-1).

The peer's record of an address is prepared with BNDUPDs that every receiver accepts (FREE/BACKUP accept all).

| test | clauses | roles |
|---|---|---|
| active-over-free-is-accepted | FO-7.1.3-34, -41 | both |
| foreign-address-is-rejected | FO-7.1.3-02 | both |
| missing-binding-status-, -client-, -lease-expiration-, -potential-expiration-is-rejected | FO-7.1.3-01, FO-7.1-13, -21, -25, -29 (A-12) | both |
| two-clients-one-address | FO-7.1.3-13, -12, S20 | both |
| same-client-again-is-accepted | FO-7.1.3-13 | both |
| expired-over-a-live-lease-is-rejected | FO-7.1.3-14, -09 | both |
| expired-over-a-dead-lease-is-accepted | FO-7.1.3-14 | both |
| released-needs-a-later-transaction | FO-7.1.3-15, -09 | both |
| missing-transaction-time-is-never-later | FO-7.1.3-07 | both |
| any-transaction-time-is-later-than-none | FO-7.1.3-08 | both |
| abandoned-is-recorded | FO-7.1.3-40, -62 | both |
| abandoned-is-not-revived | FO-7.1.3-55, -58, -10, FO-7.1.3-60 | both |
| reset-over-active-is-accepted, abandoned-over-active-is-accepted | FO-7.1.3-18, -19 (A-49) | both |
| unreserved-backup-with-r-flag | FO-7.1.3-11, FO-12.12-05 | both |
| same-decisions-in-a-conflict | FO-7.1.3-13, -14, -34, -41, S20 (A-37) | both |
"""

from __future__ import annotations

from twinlease.suite.bench import ACK_S, Bench
from twinlease.suite.case import BOTH, Case, Inconclusive, case
from twinlease.suite.steps import has_recorded, rejection_of

ACCEPTED = None


def _said(reason: int | None) -> str:
    return "accepted" if reason is ACCEPTED else f"rejected with reason {reason}"


def _status(bench: Bench, address: str, status: str, **times: int | bytes | None) -> list:
    """A transaction of another status than ACTIVE; times and client as given."""
    return [("assigned-IP-address", address), ("binding-status", status), *[
        (name.replace("_", "-"), value) for name, value in times.items() if value is not None]]


@case("d12/7.1.3/active-over-free-is-accepted", roles=BOTH, level="should", consequence="interop", covers=[
    ("FO-7.1.3-34", "process"), ("FO-7.1.3-41", "process"), ("FO-7.1.3-62", "process")])
def test_active_over_free(bench: Bench, t: Case) -> None:
    """A lease of the partner, on an address of its own, is accepted."""
    address = bench.take_address()
    t.sends(f"BNDUPD {address} ACTIVE with all that Table 7.1-1 asks")
    with t.expects("BNDACK that accepts it"):
        reason = rejection_of(bench, bench.active(address))
        t.check(reason is ACCEPTED, _said(reason))


@case("d12/7.1.3/foreign-address-is-rejected", roles=BOTH, level="should", observations=4, covers=[
    ("FO-7.1.3-02", "bndack-reject:1")])
def test_foreign_address(bench: Bench, t: Case) -> None:
    """A transaction about an address that no pool holds is rejected with reason 1."""
    for address in ("10.99.99.99", "0.0.0.0", "224.0.0.1", "255.255.255.255"):
        t.sends(f"BNDUPD {address} ACTIVE")
        with t.expects("BNDACK with reject-reason 1"):
            reason = rejection_of(bench, bench.active(address))
            t.check(reason == 1, f"{address}: {_said(reason)}")


def _without(bench: Bench, t: Case, name: str) -> None:
    address = bench.take_address()
    t.sends(f"BNDUPD {address} ACTIVE without {name}")
    with t.expects("BNDACK with reject-reason 3"):
        reason = rejection_of(bench, bench.active(address, **{name.replace("-", "_"): None}))
        t.check(reason == 3, _said(reason))


@case("d12/7.1.3/missing-binding-status-is-rejected", roles=BOTH, level="should", readings=("A-12",), covers=[
    ("FO-7.1.3-01", "binding-status: bndack-reject:3"), ("FO-7.1-13", "bndack-reject:3"),
    ("FO-6.3-04", "bndack-reject:3")])
def test_missing_status(bench: Bench, t: Case) -> None:
    """A transaction without binding-status is rejected with reason 3."""
    _without(bench, t, "binding-status")


@case("d12/7.1.3/missing-client-is-rejected", roles=BOTH, level="should", readings=("A-12",), consequence="safety",
      covers=[("FO-7.1.3-01", "client: bndack-reject:3"), ("FO-7.1-21", "bndack-reject:3")])
def test_missing_client(bench: Bench, t: Case) -> None:
    """An ACTIVE transaction that names no client is rejected with reason 3."""
    _without(bench, t, "client-hardware-address")


@case("d12/7.1.3/missing-lease-expiration-is-rejected", roles=BOTH, level="should", basis="adjudicated", readings=("A-12",), covers=[
    ("FO-7.1.3-01", "lease-expiration-time: bndack-reject:3"), ("FO-7.1-25", "bndack-reject:3")])
def test_missing_lease_expiration(bench: Bench, t: Case) -> None:
    """An ACTIVE transaction without lease-expiration-time is rejected with reason 3."""
    _without(bench, t, "lease-expiration-time")


@case("d12/7.1.3/missing-potential-expiration-is-rejected", roles=BOTH, level="should", basis="adjudicated", readings=("A-12",), covers=[
    ("FO-7.1.3-01", "potential-expiration-time: bndack-reject:3"), ("FO-7.1-29", "bndack-reject:3")])
def test_missing_potential_expiration(bench: Bench, t: Case) -> None:
    """An ACTIVE transaction without potential-expiration-time is rejected with reason 3."""
    _without(bench, t, "potential-expiration-time")


@case("d12/7.1.3/two-clients-one-address", roles=BOTH, level="should", consequence="safety", readings=("A-37",),
      covers=[("FO-7.1.3-13", "primary: bndack-reject:2; secondary: accept"), ("FO-7.1.3-12", "clients are compared"),
              ("S20", "the primary's binding survives")])
def test_two_clients(bench: Bench, t: Case) -> None:
    """Two clients on one address: a primary rejects the partner's with reason 2, a secondary accepts it."""
    address = bench.take_address()
    has_recorded(bench, bench.active(address))
    t.sends(f"BNDUPD {address} ACTIVE for client A (accepted), then for client B")
    wanted = 2 if bench.role == "primary" else ACCEPTED
    with t.expects(f"BNDACK: {_said(wanted)}"):
        reason = rejection_of(bench, bench.active(address))
        t.check(reason == wanted, _said(reason))


@case("d12/7.1.3/same-client-again-is-accepted", roles=BOTH, level="should", readings=("A-37",), covers=[
    ("FO-7.1.3-13", "same client: accept")])
def test_same_client_again(bench: Bench, t: Case) -> None:
    """A second ACTIVE for the same client (a renewal at the partner) is accepted."""
    address = bench.take_address()
    hardware = bench.client().hardware
    has_recorded(bench, bench.active(address, hardware=hardware))
    t.sends(f"BNDUPD {address} ACTIVE twice for one client, the second with a later lease-expiration-time")
    with t.expects("BNDACK that accepts it"):
        reason = rejection_of(bench, bench.active(address, lease_s=1200, hardware=hardware))
        t.check(reason is ACCEPTED, _said(reason))


@case("d12/7.1.3/expired-over-a-live-lease-is-rejected", roles=BOTH, level="should", consequence="safety", covers=[
    ("FO-7.1.3-14", "lease runs: bndack-reject:15"), ("FO-7.1.3-09", "bndack-reject:15")])
def test_expired_over_live(bench: Bench, t: Case) -> None:
    """EXPIRED is rejected with reason 15 while the receiver's lease-expiration-time is in the future: time(2)."""
    address = bench.take_address()
    hardware = bench.client().hardware
    has_recorded(bench, bench.active(address, lease_s=3000, hardware=hardware))
    now = int(bench.clock.now())
    t.sends(f"BNDUPD {address} ACTIVE for 3000 s (accepted), then EXPIRED")
    with t.expects("BNDACK with reject-reason 15"):
        reason = rejection_of(bench, _status(bench, address, "EXPIRED", client_hardware_address=b"\x01" + hardware,
                                        start_time_of_state=now, client_last_transaction_time=now))
        t.check(reason == 15, _said(reason))


@case("d12/7.1.3/expired-over-a-dead-lease-is-accepted", roles=BOTH, level="should", consequence="liveness", covers=[
    ("FO-7.1.3-14", "lease over: accept")], readings=("A-38",))
def test_expired_over_dead(bench: Bench, t: Case) -> None:
    """EXPIRED is accepted once the receiver's lease-expiration-time has passed: time(2)."""
    address = bench.take_address()
    hardware = bench.client().hardware
    has_recorded(bench, bench.active(address, lease_s=10, hardware=hardware))
    bench.reactor.run_for(10 + bench.tolerance_s + 3)
    now = int(bench.clock.now())
    t.sends(f"BNDUPD {address} ACTIVE for 10 s (accepted), and when that is over EXPIRED")
    with t.expects("BNDACK that accepts it"):
        reason = rejection_of(bench, _status(bench, address, "EXPIRED", client_hardware_address=b"\x01" + hardware,
                                        start_time_of_state=now, client_last_transaction_time=now - 15))
        t.check(reason is ACCEPTED, _said(reason))


@case("d12/7.1.3/released-needs-a-later-transaction", roles=BOTH, level="should", consequence="safety",
      observations=2, covers=[("FO-7.1.3-15", "earlier: bndack-reject:15"), ("FO-7.1.3-15", "later: accept")])
def test_released(bench: Bench, t: Case) -> None:
    """RELEASED over ACTIVE: rejected with 15 if its client-last-transaction-time is earlier, accepted if later: time(1)."""
    address = bench.take_address()
    hardware = bench.client().hardware
    now = int(bench.clock.now())
    has_recorded(bench, bench.active(address, hardware=hardware, client_last_transaction_time=now - 200))
    for offset, wanted in ((-100, 15), (100, ACCEPTED)):
        t.sends(f"BNDUPD {address} RELEASED, client-last-transaction-time {offset:+d} s from that of the ACTIVE")
        with t.expects(f"BNDACK: {_said(wanted)}"):
            reason = rejection_of(bench, _status(bench, address, "RELEASED", client_hardware_address=b"\x01" + hardware,
                                            start_time_of_state=now, client_last_transaction_time=now - 200 + offset))
            t.check(reason == wanted, f"{offset:+d} s: {_said(reason)}")


@case("d12/7.1.3/missing-transaction-time-is-never-later", roles=BOTH, consequence="safety", covers=[
    ("FO-7.1.3-07", "bndack-reject:*")])
def test_missing_transaction_time(bench: Bench, t: Case) -> None:
    """RELEASED over ACTIVE without client-last-transaction-time is rejected: it is never later."""
    address = bench.take_address()
    hardware = bench.client().hardware
    has_recorded(bench, bench.active(address, hardware=hardware))
    t.sends(f"BNDUPD {address} RELEASED without client-last-transaction-time, over an ACTIVE that has one")
    with t.expects("BNDACK with a reject-reason (15 by Figure 7.1.3-1, 3 by A-12)"):
        reason = rejection_of(bench, _status(bench, address, "RELEASED", client_hardware_address=b"\x01" + hardware,
                                        start_time_of_state=int(bench.clock.now())))
        t.check(reason is not ACCEPTED, _said(reason))


@case("d12/7.1.3/any-transaction-time-is-later-than-none", roles=BOTH, consequence="liveness", covers=[
    ("FO-7.1.3-08", "process")])
def test_later_than_none(bench: Bench, t: Case) -> None:
    """RELEASED with client-last-transaction-time is accepted over an ACTIVE that has none: it is later."""
    address = bench.take_address()
    hardware = bench.client().hardware
    has_recorded(bench, bench.active(address, hardware=hardware, client_last_transaction_time=None))
    bench.reactor.run_for(3.0)
    now = int(bench.clock.now())
    t.sends(f"BNDUPD {address} ACTIVE without client-last-transaction-time (accepted), then RELEASED with one")
    with t.expects("BNDACK that accepts it"):
        reason = rejection_of(bench, _status(bench, address, "RELEASED", client_hardware_address=b"\x01" + hardware,
                                        start_time_of_state=now, client_last_transaction_time=now))
        t.check(reason is ACCEPTED, _said(reason))


@case("d12/7.1.3/abandoned-is-recorded", roles=BOTH, level="should", consequence="safety", observations=2, covers=[
    ("FO-7.1.3-62", "ABANDONED accepted: recorded, not another status"), ("FO-7.1.3-40", "accept")])
def test_abandoned_is_recorded(bench: Bench, t: Case) -> None:
    """ABANDONED over an available address is accepted, and the peer does not at once tell another status."""
    address = bench.take_address()
    since = bench.peer.link.mark()
    t.sends(f"BNDUPD {address} ABANDONED")
    with t.expects("BNDACK that accepts it, and no BNDUPD about the address in the next 5 s"):
        reason = rejection_of(bench, _status(bench, address, "ABANDONED", start_time_of_state=int(bench.clock.now())))
        t.check(reason is ACCEPTED, _said(reason))
        bench.reactor.run_for(5.0)
        told = [m for m in bench.peer.link.all("BNDUPD", since)
                if address in [x.get("assigned-IP-address") for x in m.transactions]]
        t.check(not told, told[0].label() if told else "no BNDUPD")


@case("d12/7.1.3/abandoned-is-not-revived", roles=BOTH, level="should", consequence="safety", observations=3, covers=[
    ("FO-7.1.3-55", "bndack-reject:16"), ("FO-7.1.3-58", "bndack-reject:16"), ("FO-7.1.3-10", "bndack-reject:16"),
    ("FO-7.1.3-60", "accept")])
def test_abandoned(bench: Bench, t: Case) -> None:
    """Over ABANDONED, ACTIVE and FREE are rejected with reason 16, and RESET is accepted."""
    address = bench.take_address()
    now = int(bench.clock.now())
    since = bench.peer.link.mark()
    has_recorded(bench, _status(bench, address, "ABANDONED", start_time_of_state=now))
    bench.reactor.run_for(3.0)
    for message in bench.peer.link.all("BNDUPD", since):
        if address in [x.get("assigned-IP-address") for x in message.transactions]:
            raise Inconclusive(f"PREPARATION: ABANDONED was accepted and then replaced: {message.label()}")
    for options, wanted in ((bench.active(address), 16),
                            (_status(bench, address, "FREE", start_time_of_state=now), 16),
                            (_status(bench, address, "RESET", start_time_of_state=now), ACCEPTED)):
        t.sends(f"BNDUPD {address} {options[1][1]} over ABANDONED")
        with t.expects(f"BNDACK: {_said(wanted)}"):
            reason = rejection_of(bench, options)
            t.check(reason == wanted, f"{options[1][1]}: {_said(reason)}")


@case("d12/7.1.3/reset-over-active-is-accepted", roles=BOTH, level="should", readings=("A-49",), covers=[
    ("FO-7.1.3-18", "accept")])
def test_reset_over_active(bench: Bench, t: Case) -> None:
    """RESET over ACTIVE is accepted: an administrator freed the address."""
    address = bench.take_address()
    has_recorded(bench, bench.active(address))
    t.sends(f"BNDUPD {address} RESET over ACTIVE")
    with t.expects("BNDACK that accepts it"):
        reason = rejection_of(bench, _status(bench, address, "RESET", start_time_of_state=int(bench.clock.now())))
        t.check(reason is ACCEPTED, _said(reason))


@case("d12/7.1.3/abandoned-over-active-is-accepted", roles=BOTH, level="should", readings=("A-49",), covers=[
    ("FO-7.1.3-19", "accept")])
def test_abandoned_over_active(bench: Bench, t: Case) -> None:
    """ABANDONED over ACTIVE is accepted: somebody uses the address unasked."""
    address = bench.take_address()
    has_recorded(bench, bench.active(address))
    t.sends(f"BNDUPD {address} ABANDONED over ACTIVE")
    with t.expects("BNDACK that accepts it"):
        reason = rejection_of(bench, _status(bench, address, "ABANDONED", start_time_of_state=int(bench.clock.now())))
        t.check(reason is ACCEPTED, _said(reason))


@case("d12/7.1.3/unreserved-backup-with-r-flag", roles=BOTH, level="should", consequence="safety", covers=[
    ("FO-7.1.3-11", "bndack-reject:19"), ("FO-12.12-05", "0x0001 is R")])
def test_unreserved_backup(bench: Bench, t: Case) -> None:
    """BACKUP with the RESERVED flag, for an address not reserved at the receiver, is rejected with reason 19."""
    address = bench.take_address()
    t.sends(f"BNDUPD {address} BACKUP with IP-flags RESERVED")
    with t.expects("BNDACK with reject-reason 19"):
        reason = rejection_of(bench, [("assigned-IP-address", address), ("IP-flags", 1), ("binding-status", "BACKUP"),
                                 ("start-time-of-state", int(bench.clock.now()))])
        t.check(reason == 19, _said(reason), "FO-7.1.3-11")


@case("d12/7.1.3/same-decisions-in-a-conflict", roles=BOTH, level="should", consequence="safety", readings=("A-37",),
      observations=4, covers=[
          ("FO-7.1.3-34", "in POTENTIAL-CONFLICT: process"), ("FO-7.1.3-41", "in POTENTIAL-CONFLICT: process"),
          ("FO-7.1.3-13", "in POTENTIAL-CONFLICT: primary bndack-reject:2, secondary accept"),
          ("FO-7.1.3-14", "in POTENTIAL-CONFLICT: bndack-reject:15"), ("S20", "the same in every failover state")])
def test_conflict(bench: Bench, t: Case) -> None:
    """In POTENTIAL-CONFLICT, which is when it matters most, updates are accepted and rejected as in NORMAL."""
    free, disputed, live = (bench.take_address() for _ in range(3))
    first, second = bench.client().hardware, bench.client().hardware
    now = int(bench.clock.now())
    for address in (disputed, live):
        has_recorded(bench, bench.active(address, lease_s=3000, hardware=first))
    bench.meet("POTENTIAL-CONFLICT")
    bench.peer.expect_state("POTENTIAL-CONFLICT", within=ACK_S)
    for what, options, wanted in (
            ("ACTIVE over an available address", bench.active(free), ACCEPTED),
            ("ACTIVE for the client that has it", bench.active(disputed, lease_s=3100, hardware=first), ACCEPTED),
            ("ACTIVE for another client", bench.active(disputed, lease_s=3200, hardware=second),
             2 if bench.role == "primary" else ACCEPTED),
            ("EXPIRED over a lease that runs", _status(
                bench, live, "EXPIRED", client_hardware_address=b"\x01" + first, start_time_of_state=now,
                client_last_transaction_time=now), 15)):
        t.sends(f"in POTENTIAL-CONFLICT: {what}")
        with t.expects(f"BNDACK: {_said(wanted)}"):
            reason = rejection_of(bench, options)
            t.check(reason == wanted, f"{what}: {_said(reason)}")

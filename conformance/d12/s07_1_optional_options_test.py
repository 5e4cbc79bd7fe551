"""7.1 BNDUPD message: the options that Table 7.1-1 leaves to the sender (MAY) make no difference to the receiver.

| test | clauses | roles |
|---|---|---|
| optional-options-change-no-answer | FO-7.1-17, -18, -19, -20, -40, FO-5.11-04 | both |
| other-client-options-are-taken | FO-7.1.1-17 | both |
"""

from __future__ import annotations

from typing import Any

from twinlease.suite.bench import ACK_S, Bench
from twinlease.suite.case import BOTH, Case, case

CLAUSES = {"ACTIVE": ("FO-7.1-17",), "EXPIRED": ("FO-7.1-18",), "RELEASED": ("FO-7.1-19",),
           **dict.fromkeys(("FREE", "BACKUP", "RESET"), ("FO-7.1-20", "FO-7.1-40", "FO-5.11-04"))}
AGO_S = 100
MAGIC = bytes([99, 130, 83, 99])


def _reason(bench: Bench, options: list[tuple[str | int, Any]]) -> int | None:
    """Sends one transaction; the reject-reason of its BNDACK, or None if it is accepted. NotSeen without a BNDACK."""
    link = bench.peer.link
    since = link.mark()
    xid = bench.peer.send_updates(options)
    return link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since).get("reject-reason")


def _options(bench: Bench, status: str, hardware: bytes, optional: bool) -> list[tuple[str | int, Any]]:
    """A transaction about an address of ours that has all that the table asks of the status, and all it permits."""
    now = int(bench.clock.now())
    address = bench.take_address()
    identifier = [("client-identifier", b"\x00twinlease" + hardware)] if optional else []
    client = [("client-hardware-address", b"\x01" + hardware), ("client-last-transaction-time", now)]
    if status == "ACTIVE":
        return bench.active(address, hardware=hardware) + identifier
    if status == "RELEASED":
        _reason(bench, bench.active(address, hardware=hardware, client_last_transaction_time=now - AGO_S,
                                    client_identifier=identifier[0][1] if identifier else None))
    named = client if optional or status in ("EXPIRED", "RELEASED") else []
    return [("assigned-IP-address", address), ("binding-status", status), ("start-time-of-state", now), *named,
            *identifier]


@case("d12/7.1/optional-options-change-no-answer", roles=BOTH, level="should", consequence="interop",
      observations=len(CLAUSES), covers=[(clause, "as without it") for clause in
                                         dict.fromkeys(c for clauses in CLAUSES.values() for c in clauses)])
def test_optional(bench: Bench, t: Case) -> None:
    """A BNDUPD with client-identifier, or with a client where none is asked for, is answered like one without."""
    for status, clauses in CLAUSES.items():
        t.sends(f"BNDUPD {status} of two addresses, the second with every option that the table permits")
        plain, full = (_reason(bench, _options(bench, status, bench.client().hardware, optional))
                       for optional in (False, True))
        with t.expects("the same answer to both"):
            t.check(plain == full, f"{status}: " + ", ".join(
                f"{what} {'accepted' if reason is None else f'rejected with reason {reason}'}"
                for what, reason in (("without", plain), ("with", full))), *clauses)


@case("d12/7.1.1/other-client-options-are-taken", roles=BOTH, level="should", consequence="interop", covers=[
    ("FO-7.1.1-17", "client-request-options with any DHCP options: process")])
def test_other(bench: Bench, t: Case) -> None:
    """client-request-options may hold any option that a client sent."""
    address = bench.take_address()
    embedded = MAGIC + b"\x35\x01\x03" + b"\x39\x02\x05\xdc" + b"\xe0\x05local" + b"\xff"
    t.sends(f"BNDUPD {address} ACTIVE, client-request-options with DHCP options 53, 57 and 224")
    with t.expects("BNDACK that accepts the address"):
        reason = _reason(bench, bench.active(address, client_request_options=embedded))
        t.check(reason is None, "accepted" if reason is None else f"rejected with reason {reason}")

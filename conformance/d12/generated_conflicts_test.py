"""Figure 7.1.3-1 cell by cell: what the peer answers to a BNDUPD, by the status that its own record has. (7.1.3)

One test for each side of each cell of model/spec/binding-states.csv; how the peer's record gets its status, and which
cells have no test here, says twinlease.suite.binding_table. Times lie well off the borders: nobody is asked about the
second in which two times are equal (A-38).
"""

from __future__ import annotations

from dataclasses import dataclass

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.binding_table import Stimulus, conformance_tests
from twinlease.suite.case import Case, Inconclusive
from twinlease.suite.steps import has_recorded, rejection_of, updates_of

APART_S = 3.0
"""Between two events of which one has to be the later, by any clock that counts seconds."""
EARLIER_S = 100
SHORT_LEASE_S = 10

Options = list[tuple[str | int, object]]


@dataclass
class Record:
    """What the peer has recorded: the address, its client's hardware address, and not later than when that was."""

    address: str
    hardware: bytes
    since_s: int


def _leased(bench: Bench) -> tuple[dhcp.Client, Record]:
    client = bench.served_client()
    assert client.lease is not None, "the client has just been served"
    return client, Record(client.lease.address, client.hardware, int(client.lease.acked_s))


def _says(bench: Bench, record: Record, status: str, within: float, since: int) -> None:
    """Waits for the peer's BNDUPD with that status about the address."""
    if not bench.reactor.run_until(lambda: updates_of(bench, record.address, status, since), within):
        raise Inconclusive(f"PREPARATION: no BNDUPD {record.address} {status} within {within:.0f} s")


def _active(bench: Bench) -> Record:
    record = _leased(bench)[1]
    bench.reactor.run_for(APART_S)
    return record


def _expired(bench: Bench, count: int) -> list[Record]:
    """Nothing is acknowledged from the leases on, or a peer may keep them until the times that it announced."""
    bench.peer.habits.acknowledge = False
    since = bench.peer.link.mark()
    leases = [_leased(bench) for _ in range(count)]
    for client, record in leases:
        assert client.lease is not None, "the client has just been served"
        _says(bench, record, "EXPIRED", max(client.lease.expires_s - bench.clock.now(), 0) + ANSWER_S, since)
    return [record for _, record in leases]


def _released(bench: Bench) -> Record:
    bench.peer.habits.acknowledge = True   # of the lease: its end may have to wait for that
    client, record = _leased(bench)
    bench.reactor.run_for(APART_S)
    bench.peer.habits.acknowledge = False
    since = bench.peer.link.mark()
    client.release()
    _says(bench, record, "RELEASED", ANSWER_S, since)
    bench.reactor.run_for(APART_S)
    return record


def _abandoned(bench: Bench) -> Record:
    client, record = _leased(bench)
    since = bench.peer.link.mark()
    client.decline()
    _says(bench, record, "ABANDONED", ANSWER_S, since)
    bench.reactor.run_for(APART_S)
    return record


def _available(bench: Bench, owner: str) -> Record:
    """An address of the primary or of the secondary, whichever of them the peer is."""
    now = int(bench.clock.now())
    if owner != bench.role:
        return Record(bench.take_address(), bench.client().hardware, now)
    own = bench.peer_addresses()
    if not own:
        raise Inconclusive("ADDRESSES: the peer's side owns no address that nobody has had")
    return Record(own[len(own) // 2], bench.client().hardware, now)


def _reset(bench: Bench) -> Record:
    record = Record(bench.take_address(), bench.client().hardware, int(bench.clock.now()))
    has_recorded(bench, [("assigned-IP-address", record.address), ("binding-status", "RESET"),
                  ("start-time-of-state", record.since_s)])
    bench.reactor.run_for(APART_S)
    return record


def _over(bench: Bench) -> Record:
    """A lease of the partner whose end has passed. The peer may not have noticed, nor does it have to."""
    record = Record(bench.take_address(), bench.client().hardware, int(bench.clock.now()))
    has_recorded(bench, bench.active(record.address, SHORT_LEASE_S, record.hardware))
    bench.reactor.run_for(SHORT_LEASE_S + bench.tolerance_s + APART_S)
    return record


PREPARE = {"ACTIVE": _active, "RELEASED": _released, "ABANDONED": _abandoned, "RESET": _reset,
           "FREE": lambda bench: _available(bench, "primary"), "BACKUP": lambda bench: _available(bench, "secondary")}


def _prepare(bench: Bench, stimuli: list[Stimulus]) -> list[Record]:
    """A record for each of the stimuli, which agree in the local status."""
    local = stimuli[0].row.local
    if local == "EXPIRED":
        return _expired(bench, len(stimuli))
    return [(_over if stimulus.variant == "after-its-end" else PREPARE[local])(bench) for stimulus in stimuli]


def _received(bench: Bench, stimulus: Stimulus, record: Record) -> Options:
    """The transaction that the peer is sent: what Table 7.1-1 asks for its status, the client as the variant has it."""
    hardware = bench.client().hardware if stimulus.variant == "for-another-client" else record.hardware
    earlier = stimulus.variant == "from-an-earlier-transaction"
    now = int(bench.clock.now())
    transaction_s = record.since_s - EARLIER_S if earlier else now
    if stimulus.row.received == "ACTIVE":
        return bench.active(record.address, hardware=hardware, client_last_transaction_time=transaction_s)
    options: Options = [("assigned-IP-address", record.address), ("binding-status", stimulus.row.received),
                        ("start-time-of-state", now)]
    if stimulus.row.received in ("EXPIRED", "RELEASED"):
        options += [("client-hardware-address", b"\x01" + hardware), ("client-last-transaction-time", transaction_s)]
    return options


def _settle(bench: Bench, replaced: set[str]) -> None:
    """What was withheld is answered; the peer's older news of the addresses where it has taken ours is outdated."""
    bench.peer.habits.acknowledge = True
    if bench.peer.connection is not None:
        for update in list(bench.peer.withheld):
            bench.peer.acknowledge(update, dict.fromkeys(replaced, 15))


def _said(reason: int | None) -> str:
    return "accepted" if reason is None else f"rejected with reason {reason}"


def _judge(bench: Bench, t: Case, stimuli: list[Stimulus]) -> None:
    """All are sent before one is judged, so that a deviation does not hide the next."""
    records = _prepare(bench, stimuli)
    came: dict[str, int | None] = {}
    for stimulus, record in zip(stimuli, records):
        t.sends(f"{record.address} {stimulus.row.local} ({stimulus.prepared}); BNDUPD {stimulus.row.received} "
                f"{stimulus.variant.replace('-', ' ')}".rstrip())
        with t.expects(f"BNDACK: {_said(stimulus.wanted(bench.role))}"):
            came[record.address] = rejection_of(bench, _received(bench, stimulus, record))
    _settle(bench, {address for address, reason in came.items() if reason is None})
    wrong = []
    for stimulus, record in zip(stimuli, records):
        what = f"{stimulus.row.received}: " if len(stimuli) > 1 else ""
        if came[record.address] == stimulus.wanted(bench.role):
            t.saw(what + _said(came[record.address]))
        else:
            wrong.append((what + _said(came[record.address]), stimulus.clauses))
    with t.expects("nothing else"):
        t.check(not wrong, "; ".join(text for text, _ in wrong) or "as the figure says",
                *[clause for _, clauses in wrong for clause in clauses])


globals().update(conformance_tests(_judge))

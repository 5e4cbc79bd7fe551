"""The tables of section 7 held against everything that the peer sends in the whole run, message by message.

A test for each table (and column of it): its cells that say MUST and MUST NOT, and one more for those that say SHOULD
and SHOULD NOT. What other tests prove of all messages is not here: STATE (d12/7.10/state-has-its-options), CONTACT
(d12/7.11/contact-has-no-options), DISCONNECT (d12/7.12.1), and message-digest (d12/11.1/no-digest-without-a-secret).

Not judged, because the wire does not show whether the condition holds: IP-flags (may be left out if all are zero), DDNS
(only if the peer does DNS updates), client-request-options and client-reply-options where they SHOULD be (only if the
client sent something of interest), potential-expiration-time in a BNDACK (A-11), all that needs TLS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator

from twinlease import wire
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, PRIMARY, SECONDARY, Case, case
from twinlease.suite.message_table import DRAFT, NO_OPTIONS, SIDE_CONDITIONS, Row, function_name, read

MESSAGES = ("BNDUPD", "BNDACK", "CONNECT", "CONNECTACK", "POOLREQ", "POOLRESP", "UPDREQ", "UPDREQALL", "UPDDONE")
NOT_SEEN = {"IP-flags", "DDNS", "message-digest"}
ANYWHERE = {17, 28, 29}
"""message-digest, vendor-class-identifier, vendor-specific-options: in any message (11.1, 12.28, 12.29)."""
PLAIN = {2, 3, 25}
"""What a FREE or BACKUP of ours has that leaves nothing for the peer to say again."""
LEVELS = {"MUST": "must", "MUST NOT": "must", "MAY": "must", "SHOULD": "should", "SHOULD NOT": "should",
          NO_OPTIONS: "should"}
"""A MAY here is one with a side condition, and that is a MUST (7.1.1, 12.10, 12.29). NO_OPTIONS: see FO-7.6-05."""
CONTRADICTED = {("BNDUPD", "EXPIRED", "client-hardware-address"): ("A-12",),
                ("BNDUPD", "RELEASED", "client-hardware-address"): ("A-12",),
                ("BNDUPD", "ACTIVE", "client-last-transaction-time"): ("A-12",),
                ("BNDUPD", "RELEASED", "client-last-transaction-time"): ("A-12",),
                ("CONNECTACK", "reject", "TLS-reply"): ()}
"""MUSTs of a table that the text beside it only recommends (Table 7.1.1-1, 7.1.3) or denies (7.9.1): judged as SHOULD;
with the reading, if there is one."""
BEYOND = {"FO-7.1.1-11", "FO-7.1.1-12", "FO-7.9.1-08"}
"""Clauses of a cell that its presence or absence does not prove: two ask for a value as well (judged in 7.1.1), the
third is about CONNECTACK over TLS."""


@dataclass
class Sent:
    """One message of the peer, or one transaction of it."""

    message: wire.Message
    options: wire.Options
    request: wire.Message | None = None
    """Ours that it answers."""


def _cell(row: Row) -> tuple[str, str, str]:
    return row.message, row.column, row.option


def _clauses(row: Row) -> list[str]:
    return [clause for clause in row.own_clauses if clause not in BEYOND]


def _level(row: Row) -> str:
    return "should" if _cell(row) in CONTRADICTED else LEVELS[row.requirement]


def _judged(row: Row) -> bool:
    """Can the cell be held against a message that the peer sent?"""
    if row.option in NOT_SEEN or row.testable_against == "tls" and row.option == "TLS-request":
        return False
    if row.requirement == "SHOULD" and row.option in ("client-request-options", "client-reply-options"):
        return False
    if row.requirement == "MAY":
        return row.option in SIDE_CONDITIONS or row.client_without_hardware
    return (row.message, row.option) != ("BNDACK", "potential-expiration-time")


def _fault(row: Row, sent: Sent) -> str:
    """What is wrong with the message by this cell; "" if nothing is, or the cell's condition does not hold."""
    options = sent.options
    present = options.has(row.option) if row.option != "(none)" else False
    if row.option == "TLS-reply" and sent.request is not None:
        if sent.request.has("TLS-request") is ("no TLS-request" in row.condition):
            return ""
    if row.requirement == NO_OPTIONS:
        return "" if set(options.codes) <= ANYWHERE else f"options {options.describe()}"
    if row.requirement == "MAY":
        other, needed = (row.option, SIDE_CONDITIONS[row.option]) if row.option in SIDE_CONDITIONS else (
            "client-identifier", row.option)
        return f"{other} without {needed}" if options.has(other) and not options.has(needed) else ""
    if row.option == "assigned-IP-address" and not set(sent.message.leading.codes) <= ANYWHERE:
        return "options before the first assigned-IP-address"
    if row.requirement.endswith("NOT"):
        return f"with {row.option}" if present else ""
    return "" if present else f"without {row.option}"


def _messages(bench: Bench, frm: str, type_: str) -> Iterator[tuple[int, wire.Message]]:
    """Such messages of one side in the whole run, each with its connection; none that the codec cannot read."""
    for entry in bench.transcript.entries:
        if entry.frm == frm and entry.proto == "failover" and getattr(entry.message, "type", "") == type_:
            if entry.message.error is None:
                yield entry.connection, entry.message


def _requests(bench: Bench, type_: str) -> dict[tuple[int, int], wire.Message]:
    """Our requests by connection and xid. One that is broken itself may be answered as its receiver likes."""
    cells = [row for row in read() if row.message == type_ and row.dialect == DRAFT and row.requirement == "MUST"
             and row.condition in ("always", "first CONNECT, not over TLS")]
    return {(number, m.xid): m for number, m in _messages(bench, "suite", type_) if not m.option_errors
            and not m.leading.codes and (type_ != "BNDUPD" or m.transactions)
            and all(m.has(row.option) for row in cells if row.option != "TLS-request")}


def _ours(bench: Bench) -> set[str]:
    """Addresses of which the suite told the peer more than whose they are: it may say again what it was told."""
    return {x.get("assigned-IP-address") for _, m in _messages(bench, "suite", "BNDUPD") for x in m.transactions
            if x.get("binding-status") not in (1, 7) or not set(x.codes) <= PLAIN}


def _updates(bench: Bench, column: str) -> Iterator[Sent]:
    ours = _ours(bench)
    for _, m in _messages(bench, "peer", "BNDUPD"):
        for x in m.transactions:
            if wire.status_name(x.get("binding-status")) == column and x.get("assigned-IP-address") not in ours:
                yield Sent(m, x)


def _answers(bench: Bench, message: str, column: str) -> Iterator[Sent]:
    """BNDACK or CONNECTACK that accepts or rejects (a request of ours without fault)."""
    requests = _requests(bench, "BNDUPD" if message == "BNDACK" else "CONNECT")
    for number, m in _messages(bench, "peer", message):
        request = requests.get((number, m.xid))
        if request is None:
            continue
        for x in (m.transactions or [m]) if message == "BNDACK" else [m]:
            if x.has("reject-reason") is (column == "reject"):
                yield Sent(m, x, request)


def _sent(bench: Bench, message: str, column: str) -> Iterator[Sent]:
    if message == "BNDUPD":
        yield from _updates(bench, column)
    elif column:
        yield from _answers(bench, message, column)
    else:
        yield from (Sent(m, m) for _, m in _messages(bench, "peer", message))


def _see_abandoned(bench: Bench) -> None:
    """Unless the run has such an update: a client finds its address in use (DHCPDECLINE), on four addresses at most."""
    for _ in range(4):
        if any(_updates(bench, "ABANDONED")):
            return
        bench.served_client().decline()
        bench.reactor.run_for(ANSWER_S)


def _test(message: str, column: str, level: str, rows: list[Row]) -> Callable[[Bench, Case], None]:
    label = message + (f"({column})" if column else "")
    wanted = ", ".join(f"{r.option} {r.requirement}" if r.requirement != NO_OPTIONS else r.requirement for r in rows)

    def run(bench: Bench, t: Case) -> None:
        if column == "ABANDONED":
            _see_abandoned(bench)
        with t.expects(wanted):
            for sent in _sent(bench, message, column):
                faults = [(row, fault) for row in rows if (fault := _fault(row, sent))]
                broken = [clause for row, _ in faults for clause in _clauses(row)]
                t.check(not faults, f"{sent.message.label()}: {', '.join(f for _, f in faults) or 'as the table says'}",
                        *dict.fromkeys(broken))

    run.__doc__ = f"Every {label} of the peer " + (
        "has the options that its table marks MUST, and none that it marks MUST NOT." if level == "must" else
        "keeps to what its table recommends.")
    name = "-".join(word for word in (message, column) if word).lower() + (
        "-is-sent-as-its-table-says" if level == "must" else "-is-sent-as-recommended")
    absent = ("MUST NOT", "SHOULD NOT", NO_OPTIONS)
    return case(f"d12/{rows[0].own_section}/{name}",
                roles={"primary": PRIMARY, "secondary": SECONDARY, "both": BOTH}[rows[0].sender], level=level,
                last=True, probe=False, consequence="interop" if level == "must" else "hygiene",
                readings=tuple(dict.fromkeys(a for row in rows for a in CONTRADICTED.get(_cell(row), ()))),
                covers=[(clause, "absent" if row.requirement in absent else "present") for row in rows
                        if row.requirement != "MAY" for clause in _clauses(row)])(run)


def _all() -> Iterator[Callable[[Bench, Case], None]]:
    rows = [row for row in read() if row.dialect == DRAFT and row.message in MESSAGES and _judged(row)]
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for message in MESSAGES:
        of_it = [row for row in rows if row.message == message]
        for column in dict.fromkeys(row.column for row in of_it if row.column) or [""]:
            for row in of_it:
                if row.column in (column, ""):
                    groups.setdefault((message, column, _level(row)), []).append(row)
    for (message, column, level), cells in groups.items():
        if any(row.requirement != "MAY" for row in cells):
            yield _test(message, column, level, cells)


globals().update({function_name(test.spec.id): test for test in _all()})

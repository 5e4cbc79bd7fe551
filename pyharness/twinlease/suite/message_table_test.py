from __future__ import annotations

from collections import Counter

import pytest

from twinlease.suite import collect
from twinlease.suite.case import Case
from twinlease.suite.message_table import (NO_OPTIONS, WRITTEN, Row, conformance_tests, declare, generated,
                                           not_generated, plausible, read, violate)


def row(message: str, option: str, condition: str = "always", requirement: str = "MUST", dialect: str = "draft") -> Row:
    found = [r for r in read() if (r.message, r.option, r.condition, r.requirement, r.dialect)
             == (message, option, condition, requirement, dialect)]
    assert len(found) == 1
    return found[0]


def nothing(bench, t, row) -> None:
    pass


def test_every_row_of_the_draft_has_a_test_or_a_reason():
    draft = [r for r in read() if r.dialect == "draft"]
    without = not_generated()
    assert len(draft) == len(generated()) + len(without) > 150
    assert all(len(reason) > 20 for _, reason in without), [r.id for r, reason in without if len(reason) <= 20]


def test_a_must_or_must_not_is_left_out_for_a_named_reason_only():
    reasons = Counter(reason for r, reason in not_generated() if r.requirement in ("MUST", "MUST NOT", NO_OPTIONS))
    written = {reason for reason in reasons if reason.endswith(" sends it")}
    assert len(reasons) - len(written) == 3, "\n".join(f"{n} {reason}" for reason, n in reasons.items())


def test_the_written_tests_that_stand_for_rows_exist():
    declared = collect.specs(collect.SUITES / "d12")
    assert set(WRITTEN.values()) <= set(declared)
    assert set(WRITTEN) <= {r.key for r in read() if r.dialect == "draft"}


def test_every_generated_row_is_a_declared_test_and_none_comes_twice():
    ids = [r.id for r in generated()]
    assert not [id for id, count in Counter(ids).items() if count > 1]
    assert set(ids) <= set(collect.specs(collect.SUITES / "d12"))


@pytest.mark.parametrize("of, id, level, basis", [
    (row("BNDUPD", "lease-expiration-time", "FREE", "MUST NOT"), "d12/7.1/bndupd-free-with-lease-expiration-time",
     "should", "adjudicated"),
    (row("BNDUPD", "binding-status", "RELEASED"), "d12/7.1/bndupd-released-without-binding-status", "should", "clause"),
    (row("CONNECTACK", "TLS-reply", "reject, TLS-request in CONNECT"), "d12/7.9/connectack-reject-without-tls-reply",
     "must", "clause"),
    (row("UPDREQ", "(none)", "always", NO_OPTIONS), "d12/7.3.1/updreq-with-mclt", "should", "adjudicated"),
    (row("POOLREQ", "message-digest", "no shared secret", "MUST NOT"), "d12/11.1/poolreq-with-message-digest", "must",
     "clause"),
    (row("CONTACT", "vendor-specific-options", "always", "MAY"), "d12/12.29/contact-with-vendor-specific-options",
     "must", "clause"),
    (row("CONNECT", "vendor-specific-options", "always", "MAY"), "d12/12.29/connect-with-vendor-specific-options",
     "should", "clause"),
])
def test_id_level_and_basis_follow_from_the_row(of, id, level, basis):
    assert (of.id, of.level, of.basis) == (id, level, basis)


def test_a_clause_is_proved_by_what_it_says_itself():
    def clauses(of: Row) -> set[str]:
        return {clause for clause, _ in declare(of, nothing).spec.covers}

    assert clauses(row("POOLREQ", "message-digest", "no shared secret", "MUST NOT")) == {"FO-11.1-05", "FO-11.1-07"}
    assert clauses(row("BNDACK", "assigned-IP-address", "accept")) == {"FO-7.2-11", "FO-7.2.1-02"}
    assert clauses(row("CONNECTACK", "MCLT", "reject", "MUST NOT")) == {"FO-7.9-19", "FO-7.9.2-04"}
    assert all(declare(r, nothing).spec.covers for r in generated())


def test_roles_are_those_of_the_receiver():
    assert row("CONNECT", "MCLT").roles == ("secondary",)
    assert row("CONNECTACK", "MCLT", "accept", "MUST NOT").roles == ("primary",)


@pytest.mark.parametrize("reaction, accepted", [
    ("bndack-reject:3", True), ("bndack-reject:1", False), ("process", True), ("close-connection", True),
    ("close-with-disconnect:254", True), ("nothing", False)])
def test_any_alternative_is_accepted(reaction, accepted):
    assert row("BNDUPD", "assigned-IP-address", "FREE").accepts(reaction) is accepted


def test_an_option_that_is_ignored_leaves_what_the_message_does():
    surplus = row("UPDREQ", "(none)", "always", NO_OPTIONS)
    assert surplus.accepts("process") and not surplus.accepts("close-connection")
    refused = row("CONNECT", "hash-bucket-assignment")
    assert refused.accepts("connectack-reject:8") and not refused.accepts("process")


def test_violations_leave_all_else_as_it_is():
    good = [("assigned-IP-address", "10.0.0.1"), ("binding-status", "FREE")]
    assert violate(row("BNDUPD", "assigned-IP-address", "FREE"), good, 0) == good[1:]
    added = violate(row("BNDUPD", "lease-expiration-time", "FREE", "MUST NOT"), good, 1000)
    assert added == [*good, ("lease-expiration-time", 1600)]
    signed = violate(row("BNDACK", "message-digest", "no shared secret", "MUST NOT"), good[:1], 0)
    assert [name for name, _ in signed] == ["message-digest", "assigned-IP-address"]
    vendor = violate(row("CONNECT", "vendor-specific-options", "always", "MAY"),
                     [("vendor-class-identifier", "x"), ("MCLT", 1)], 0)
    assert [name for name, _ in vendor] == ["MCLT", "vendor-specific-options"]


def test_a_client_without_hardware_address_has_an_identifier():
    broken = row("BNDUPD", "client-hardware-address", "FREE", "MAY")
    options = violate(broken, [("binding-status", "FREE"), ("client-hardware-address", b"\1\2")], 0)
    assert [name for name, _ in options] == ["binding-status", "client-identifier"]
    assert broken.id == "d12/7.1/bndupd-free-without-client-hardware-address"


def test_every_option_that_a_violation_adds_has_a_plausible_value():
    for r in generated():
        if r.violation == "with":
            assert plausible(r.surplus, 0) is not None, r.id


def test_no_generated_row_asks_for_one_reaction_after_another():
    assert not [r.id for r in generated() if "+" in r.on_violation]


def test_an_unspecified_reaction_proves_no_clause():
    unspecified = row("BNDUPD", "lease-expiration-time", "FREE/BACKUP", "MUST NOT", "MS")
    spec = declare(unspecified, nothing).spec
    assert {reaction for _, reaction in spec.covers} == {collect.ROBUST} and not collect.proved({spec.id: spec})
    assert unspecified.accepts("nothing") and unspecified.basis == "clause"


def test_a_declared_test_judges_its_own_row():
    judged = []
    functions = conformance_tests(lambda bench, t, row: judged.append(row.id), "POOLREQ")
    for function in functions.values():
        function(None, Case(function.spec, "primary"))
    assert judged == [function.spec.id for function in functions.values()] and len(set(judged)) == 3
    assert all(name.startswith("test_") and name.isidentifier() for name in functions)

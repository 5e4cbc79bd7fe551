from __future__ import annotations

from collections import Counter

import pytest

from twinlease import wire
from twinlease.suite import collect
from twinlease.suite.case import Case
from twinlease.suite.option_table import (LENGTHS, LONG, NOT_SENT, PLACES, SHORT, VALUES, WRITTEN, Stimulus,
                                          conformance_tests, generated, read, replaced, right_octets)


def stimulus(id: str) -> Stimulus:
    found = [s for s in generated() if s.id == f"d12/{id}"]
    assert len(found) == 1, id
    return found[0]


def test_every_option_of_a_fixed_length_is_sent_with_a_wrong_one_or_has_a_reason():
    fixed = {o.name for o in read() if o.octets is not None}
    sent = {name for name, _ in PLACES} | {name for name, _, _ in WRITTEN}
    assert len(fixed) == 19 and sent == fixed and not sent & set(NOT_SENT)
    assert set(NOT_SENT) <= {o.name for o in read()} and all(len(reason) > 20 for reason in NOT_SENT.values())


def test_one_octet_less_and_one_more_than_the_codec_knows_the_option_by():
    for s in generated():
        if s.option.octets is None or s.name not in {f"{s.option.name}-of-a-wrong-length-in-{s.message}".lower()}:
            continue
        right = bytes(s.option.octets)
        lengths = {len(octets) for octets in s.values(right).values()}
        assert lengths <= {s.option.octets - 1, s.option.octets + 1} or s.option.name in LENGTHS, s.id
        assert s.option.octets not in lengths and s.option.code == wire.option_code(s.option.name)


def test_the_values_of_each_variant_are_cut_from_the_right_ones():
    s = stimulus("12.13/lease-expiration-time-of-a-wrong-length-in-bndupd")
    assert s.values(b"\1\2\3\4") == {LONG: b"\1\2\3\4\0"}
    s = stimulus("12.15/mclt-of-a-wrong-length-in-connect")
    assert s.values(b"\0\0\0\x3c") == {SHORT: b"\0\0\0", LONG: b"\0\0\0\x3c\0"}
    assert stimulus("12.12/ip-flags-of-a-wrong-length-in-bndupd").values(b"\0\0") == {"no octet": b"", LONG: b"\0\0\0"}


def test_the_written_tests_that_stand_for_variants_exist():
    assert set(WRITTEN.values()) <= set(collect.specs())


def test_every_stimulus_is_a_declared_test_and_none_comes_twice():
    ids = [s.id for s in generated()]
    assert len(ids) == len(PLACES) + len(VALUES)
    assert not [id for id, count in Counter(ids).items() if count > 1]
    assert set(ids) <= set(collect.specs()) and all(s.variants for s in generated())


def test_what_is_expected_is_what_the_row_says_and_what_a_reading_leaves():
    state = stimulus("12.24/server-state-of-a-wrong-length-in-state")
    assert state.accepts("close-with-disconnect:254") and state.accepts("ignore-message")
    assert not state.accepts("process")
    status = stimulus("12.3/binding-status-of-a-wrong-length-in-bndupd")
    assert status.accepts("bndack-reject:3") and status.accepts("close-connection") and not status.accepts("process")
    assert stimulus("12.6/client-last-transaction-time-of-a-wrong-length-in-bndupd").accepts("process")
    assert not stimulus("12.15/mclt-of-a-wrong-length-in-connect").accepts("process")


@pytest.mark.parametrize("id, level, basis", [
    ("12.21/reject-reason-of-a-wrong-length-in-connectack", "must", "clause"),
    ("12.15/mclt-of-a-wrong-length-in-connect", "should", "clause"),
    ("12.3/undefined-binding-status-in-bndupd", "should", "adjudicated"),
    ("12.21/reject-reason-of-a-wrong-length-in-bndack", "must", "clause")])
def test_level_and_basis_follow_from_the_row(id, level, basis):
    spec = conformance_tests(lambda *_: None)["test_" + id.split("/")[1].replace("-", "_")].spec
    assert (spec.level, spec.basis) == (level, basis)


def test_clauses_of_other_options_are_not_cited():
    assert stimulus("12.24/server-state-of-a-wrong-length-in-state").clauses == ("FO-12.24-01",)
    assert stimulus("12.15/mclt-of-a-wrong-length-in-connect").clauses == ("FO-12.15-01", "FO-7.8.2-17")
    assert all(s.clauses for s in generated())


def test_all_but_one_option_stays_as_it_is():
    right = [("MCLT", 60), ("receive-timer", 30)]
    assert right_octets("MCLT", right) == b"\0\0\0\x3c" and right_octets("IP-flags", right) == b"\0\0"
    assert replaced("MCLT", b"\0", right) == [("MCLT", b"\0"), ("receive-timer", 30)]
    assert replaced("IP-flags", b"\0", right) == [*right, ("IP-flags", b"\0")]


def test_a_declared_test_judges_its_own_stimulus():
    judged = []
    functions = conformance_tests(lambda bench, t, s: judged.append(s.id), "STATE")
    for function in functions.values():
        function(None, Case(function.spec, "primary"))
    assert judged == [function.spec.id for function in functions.values()] and len(set(judged)) == 3
    assert all(name.startswith("test_") and name.isidentifier() for name in functions)

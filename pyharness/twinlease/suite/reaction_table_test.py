from __future__ import annotations

from collections import Counter

from twinlease.suite import collect
from twinlease.suite.reaction_table import PHASES, reactions, shown

NEVER_SENT = {"R-15", "R-18", "R-62", "R-86", "R-93", "R-94", "R-95", "R-96", "R-98", "R-99", "R-100", "R-118", "R-119",
              "R-120"}
"""Another dialect, TLS, a shared secret, a server HBA, batches: what no peer of the suite has."""


def test_every_reaction_has_each_of_its_states_once():
    wanted = [(row.id, state) for row in reactions() for state in row.states]
    assert [(row.reaction, row.state) for row in shown()] == wanted and len(reactions()) == 120


def test_every_state_of_a_reaction_has_a_test_that_exists_or_a_reason():
    declared = collect.specs()
    for row in shown():
        assert bool(row.tests) != bool(row.reason), row
        assert set(row.tests) <= set(declared), row
        assert not row.reason or len(row.reason) > 30, row


def test_a_reaction_that_is_never_sent_is_one_of_a_named_few():
    sent = {row.reaction for row in shown() if row.tests}
    assert {row.id for row in reactions()} - sent == NEVER_SENT


def test_where_a_phase_has_one_role_its_tests_have_it():
    declared = collect.specs()
    role = {"awaiting CONNECT": "secondary", "awaiting CONNECTACK": "primary"}
    for row in shown():
        wanted = "primary" if row.reaction == "R-24" else role.get(row.state)   # CONNECT to a primary
        assert wanted is None or all(wanted in declared[id].roles for id in row.tests), row


def test_what_is_sent_in_other_states_is_sent_in_normal_too():
    in_normal = {row.reaction for row in shown() if row.state == "NORMAL" and row.tests}
    only_elsewhere = {row.reaction for row in shown() if row.state not in ("NORMAL", "awaiting CONNECT",
                                                                          "awaiting CONNECTACK") and row.tests} - in_normal
    assert only_elsewhere == {"R-101", "R-102", "R-103"}   # states that a STATE moves


def test_each_phase_is_known_and_each_level_has_a_strictness():
    assert set(PHASES) == {row.phase for row in reactions()}
    levels = Counter((row.level, row.strictness) for row in reactions())
    assert {level for level, strictness in levels if strictness == "must"} == {"must", "must not"}
    assert all(row.strictness == "should" for row in reactions() if row.by_reading_alone)

from __future__ import annotations

import csv
from collections import Counter

import pytest

from twinlease.suite import collect
from twinlease.suite.binding_table import (FIGURE, PREPARED, TABLE, TOGETHER, VARIANTS, WRITTEN, Stimulus, cells,
                                           conformance_tests, generated, grouped, not_generated, read, transitions)
from twinlease.suite.case import BOTH, PRIMARY, SECONDARY, Case

REQUIREMENTS = TABLE.with_name("requirements.csv")
TRANSITIONS = collect.SUITES / "transitions.csv"


def stimulus(id: str) -> Stimulus:
    found = [s for s in generated() if s.id == f"d12/7.1.3/{id}"]
    assert len(found) == 1, id
    return found[0]


def test_the_figure_has_every_pair_of_statuses_once():
    pairs = [(row.local, row.received) for row in cells()]
    assert len(pairs) == len(FIGURE) == 49 == len(set(pairs))
    assert {local for local, _ in pairs} == {received for _, received in pairs} == set(PREPARED)
    assert {row.guard for row in cells()} == set(VARIANTS) and len(read()) > 49


def test_each_cell_cites_the_clause_that_says_it_in_words():
    with REQUIREMENTS.open(newline="") as file:
        text = {r["id"]: r["requirement"] for r in csv.DictReader(file)}
    for row in cells():
        clause = text[row.clauses[0]]
        assert clause.startswith(f"Receiver {row.local}, received BNDUPD({row.received}): "), row.id
        if row.reason is not None:
            assert f"reason {row.reason}" in clause, row.id
        else:
            assert clause.endswith("accept"), row.id


def test_every_side_of_every_cell_has_a_test_or_a_reason():
    sides = Counter((s.row.id, s.variant) for s in generated()) + Counter((r.id, v) for r, v, _, _ in not_generated())
    assert set(sides) == {(row.id, variant) for row in cells() for variant in VARIANTS[row.guard]}
    assert all(len(reason) > 20 for *_, reason in not_generated())


def test_at_every_cell_but_a_named_few_each_role_is_asked():
    asked: dict[str, set[str]] = {}
    for s in generated():
        asked.setdefault(s.row.id, set()).update(s.roles)
    written = {key[0] for key in WRITTEN}
    assert {row.id for row in cells() if asked.get(row.id) != set(BOTH)} == written - {"CR-02"}


def test_the_written_tests_that_stand_for_stimuli_exist_in_those_roles():
    declared = collect.specs()
    for (_, _, roles), id in WRITTEN.items():
        assert id in declared and set(roles) <= set(declared[id].roles)


def test_every_stimulus_is_in_one_declared_test():
    ids = [s.id for s in generated()]
    assert not [id for id, count in Counter(ids).items() if count > 1]
    assert sorted(s.id for stimuli in grouped().values() for s in stimuli) == sorted(ids)
    assert set(grouped()) <= set(collect.specs())


def test_what_shares_a_test_differs_in_nothing_but_the_received_status():
    shared = [stimuli for stimuli in grouped().values() if len(stimuli) > 1]
    assert {stimuli[0].row.local for stimuli in shared} == set(TOGETHER) and len(shared) == len(TOGETHER)
    for stimuli in shared:
        assert len({s.row.received for s in stimuli}) == len(stimuli)
        assert len({(s.row.local, s.roles, s.readings, s.reaction, s.prepared) for s in stimuli}) == 1


@pytest.mark.parametrize("id, primary, secondary", [
    ("active-meets-active-for-the-same-client", None, None), ("active-meets-active-for-another-client", 2, None),
    ("expired-meets-active-before-its-end", 15, 15), ("free-meets-active-after-its-end", None, None),
    ("active-meets-expired-from-an-earlier-transaction", 15, 15),
    ("expired-meets-released-from-a-later-transaction", None, None), ("backup-meets-abandoned", 16, 16),
    ("reset-meets-abandoned", None, None), ("active-meets-reset-from-a-later-transaction", None, None)])
def test_what_the_bndack_says(id, primary, secondary):
    assert (stimulus(id).wanted("primary"), stimulus(id).wanted("secondary")) == (primary, secondary)


def test_a_reaction_that_depends_on_the_role_says_so():
    assert stimulus("active-meets-active-for-another-client").reaction == (
        "for another client: primary bndack-reject:2, secondary process")
    assert stimulus("reset-meets-free").reaction == "process"


def test_a_stimulus_that_a_written_test_sends_in_one_role_is_generated_for_the_other():
    assert stimulus("active-meets-free").roles == PRIMARY and stimulus("active-meets-backup").roles == SECONDARY


def test_the_border_itself_is_not_tested():
    assert not [s.id for s in generated() if "equal" in s.id] and all(len(v) in (1, 2) for v in VARIANTS.values())


def test_the_reason_is_covered_where_it_is_given():
    assert stimulus("expired-meets-active-before-its-end").clauses == ("FO-7.1.3-14", "FO-7.1.3-09")
    assert stimulus("free-meets-active-after-its-end").clauses == ("FO-7.1.3-16",)
    assert stimulus("active-meets-active-for-another-client").clauses == ("FO-7.1.3-13", "FO-7.1.3-12")


def test_a_declared_test_judges_its_own_stimuli():
    judged = []
    functions = conformance_tests(lambda bench, t, stimuli: judged.append(stimuli))
    for function in functions.values():
        function(None, Case(function.spec, "primary"))
    assert judged == list(grouped().values()) and [f.spec.id for f in functions.values()] == list(grouped())
    assert all(name.startswith("test_") and name.isidentifier() for name in functions)


def test_every_transition_has_a_test_that_exists_or_a_reason():
    declared = collect.specs()
    with TRANSITIONS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["transition"] for row in rows) == sorted(transitions()) and len(rows) == 51
    for row in rows:
        assert bool(row["tests"]) != bool(row["reason-if-none"]), row
        assert set(row["tests"].split()) <= set(declared), row
        assert not row["reason-if-none"] or len(row["reason-if-none"]) > 30, row

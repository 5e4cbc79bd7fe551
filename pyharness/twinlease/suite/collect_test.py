from __future__ import annotations

import pytest

from twinlease.suite import collect
from twinlease.suite.collect import CollectError

TEST = """
from twinlease.suite.case import BOTH, case
@case("d12/6.1/{name}", roles=BOTH, covers=[("FO-6.1-01", "process"), ("FO-6.1-02", "{reaction}")])
def test_{name}(bench, t):
    '''A test.'''
helper = test_{name}
"""


def place(tmp_path, name: str, text: str) -> None:
    path = tmp_path / "d12" / f"{name}_test.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_every_declared_test_is_found_once(tmp_path):
    place(tmp_path, "one", TEST.format(name="a", reaction="ignore"))
    place(tmp_path, "two", TEST.format(name="b", reaction="robust"))
    found = collect.specs(tmp_path)
    assert list(found) == ["d12/6.1/a", "d12/6.1/b"] and found["d12/6.1/a"].title == "A test."


def test_surviving_proves_nothing_about_a_clause(tmp_path):
    place(tmp_path, "one", TEST.format(name="a", reaction="ignore"))
    place(tmp_path, "two", TEST.format(name="b", reaction="robust"))
    assert collect.proved(collect.specs(tmp_path)) == {
        "FO-6.1-01": ["d12/6.1/a", "d12/6.1/b"], "FO-6.1-02": ["d12/6.1/a"]}


def test_an_id_that_two_tests_have_is_refused(tmp_path):
    place(tmp_path, "one", TEST.format(name="a", reaction="ignore"))
    place(tmp_path, "two", TEST.format(name="a", reaction="ignore"))
    with pytest.raises(CollectError, match="two_test.py: d12/6.1/a: another test has this id"):
        collect.specs(tmp_path)


def test_a_file_that_does_not_load_is_named(tmp_path):
    place(tmp_path, "bad", "import nothing_of_the_kind")
    with pytest.raises(CollectError, match="bad_test.py: ModuleNotFoundError"):
        collect.specs(tmp_path)

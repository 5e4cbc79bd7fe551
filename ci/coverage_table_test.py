"""The table of ci/coverage, over lcov files as llvm-cov 19 writes them."""

import json

import pytest

from coverage_table import judged, main, ranges, read_lcov, rows, table

TESTS = """SF:/t/impl/wire/framer.cpp
DA:1,5
DA:2,0
DA:3,1
DA:4,0
BRDA:1,0,0,5
BRDA:1,0,1,-
BRDA:3,0,0,0
end_of_record
SF:/t/impl/wire/framer_test.cpp
DA:1,1
end_of_record
SF:/t/impl/wire/decode/line.cpp
DA:7,1
DA:8,1
end_of_record
SF:/usr/include/c++/12/vector
DA:1,1
end_of_record
"""
CORPUS = TESTS
for tests, corpus in (("DA:2,0", "DA:2,9"), ("DA:3,1", "DA:3,0"), ("DA:7,1", "DA:7,0"), ("DA:8,1", "DA:8,0")):
    CORPUS = CORPUS.replace(tests, corpus)


@pytest.fixture
def found():
    return rows("/t", read_lcov(TESTS.splitlines()), read_lcov(CORPUS.splitlines()))


def test_files_of_the_codec_are_counted_and_no_others(found):
    assert [row["file"] for row in found] == ["impl/wire/decode/line.cpp", "impl/wire/framer.cpp"]
    assert judged("impl/wire/octets.hpp") and not judged("impl/wire/wire_bench.cpp")
    assert not judged("impl/wire/testing/guarded.hpp") and not judged("fuzz/targets/framer.cpp")


def test_counts_and_lines_that_only_one_reaches(found):
    framer = found[1]
    assert (framer["lines"], framer["tests_lines"], framer["corpus_lines"]) == (4, 2, 2)
    assert (framer["branches"], framer["tests_branches"]) == (3, 1)
    assert (framer["tests_alone"], framer["corpus_alone"], framer["neither"]) == ([3], [2], [4])


def test_what_has_no_target_has_no_corpus_column(found):
    text = table(found)
    row = next(line for line in text if line.startswith("impl/wire/decode/line.cpp"))
    assert row.split()[1:4] == ["2", "100.0", "-"]
    assert found[0]["tests_alone"] == []
    codec = next(line for line in text if line.startswith("the codec"))
    assert codec.split()[2:] == ["4", "50.0", "50.0", "3", "33.3", "33.3"]


def test_an_instantiation_that_is_reached_counts():
    assert read_lcov(["SF:a", "DA:1,3", "DA:1,0"])["a"]["lines"] == {1: True}


def test_ranges():
    assert ranges([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10" and ranges([]) == ""


def test_json_and_an_export_without_the_codec(tmp_path, capsys):
    path = tmp_path / "tests.lcov"
    path.write_text(TESTS)
    assert main(["--json", "/t", str(path), str(path)]) == 0
    assert json.loads(capsys.readouterr().out)[1]["file"] == "impl/wire/framer.cpp"
    assert main(["/elsewhere", str(path), str(path)]) == 1

import pytest

from twinlease.report.clauses import read_clauses, read_invariants


def test_reads_the_sentences(tmp_path):
    path = tmp_path / "requirements.csv"
    path.write_text(
        '"id","section","level","subject","requirement","observable"\n'
        '"FO-6.1-04","6.1","must","framing","message length is at most 2048, ""all"" told","wire"\n'
    )
    assert read_clauses(path) == {
        "FO-6.1-04": {
            "section": "6.1",
            "level": "must",
            "requirement": 'message length is at most 2048, "all" told',
        }
    }


def test_a_file_of_other_columns_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("id,text\n")
    with pytest.raises(ValueError, match="expected the columns level, requirement, section"):
        read_clauses(path)


def test_invariants_are_read_from_their_headings(tmp_path):
    path = tmp_path / "invariants.md"
    path.write_text("## Safety\n\n### S19 UPDDONE is complete\n\ntext\n\n### L1 The survivor serves\n### AS1 No\n")
    known = read_invariants(path)
    assert list(known) == ["S19", "L1"]
    assert known["S19"]["requirement"].startswith("UPDDONE is complete")

import sys

import corpus


def test_once_each_and_the_shortest_on_top(tmp_path):
    path = tmp_path / "x.hex"
    assert corpus.write(path, [b"\x0a\x0b", b"\xff", b"\xff", b""]) == 2
    assert path.read_text() == "ff\n0a0b\n"


def test_the_first_ones_within_the_bounds(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "INPUTS_MAX", 2)
    monkeypatch.setattr(corpus, "OCTETS_MAX", 6)
    path = tmp_path / "x.hex"
    assert corpus.write(path, [bytes(4), bytes([1] * 3), bytes([2] * 2), b"\x03"]) == 2
    assert path.read_text() == "0202\n00000000\n"


MERGER = """\
#!{python}
import pathlib, sys
out, corpus, seeds = map(pathlib.Path, sys.argv[-3:])
assert sorted(p.name for p in out.iterdir()) == ["encoded"], "what is known: every seed but the corpus of before"
for n, octets in enumerate([b"ccc", b"a", b"bb"]):
    (out / str(n)).write_bytes(octets)
"""


def test_minimise_keeps_what_the_merge_added(tmp_path):
    for name in ("seeds", "corpus"):
        (tmp_path / name).mkdir()
    (tmp_path / "seeds" / "encoded").write_bytes(b"known")
    (tmp_path / "seeds" / "corpus-1").write_bytes(b"old")
    program = tmp_path / "fuzz-x"
    program.write_text(MERGER.format(python=sys.executable))
    program.chmod(0o755)
    path = tmp_path / "x.hex"
    assert corpus.minimise(program, 9, tmp_path / "seeds", tmp_path / "corpus", path) == 3
    assert path.read_text() == "61\n6262\n636363\n"

"""The corpus in the tree: fuzz/corpus/TARGET.hex, one input a line.

One file of text and not hundreds of binary ones: a change can be read in a diff, and a checkout stays small. The program
twinlease-fuzz-seeds makes files of it again.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

INPUTS_MAX = 300
OCTETS_MAX = 64_000


def write(path, inputs):
    """The first of them that keep within the bounds, once each, the shortest on top; returns how many were written."""
    kept, octets = set(), 0
    for data in inputs:
        if data and data not in kept and len(kept) < INPUTS_MAX and octets + len(data) <= OCTETS_MAX:
            kept.add(data)
            octets += len(data)
    lines = [data.hex() + "\n" for data in sorted(kept, key=lambda data: (len(data), data))]
    path.write_text("".join(lines), encoding="ascii")
    return len(kept)


def minimise(program, length_max, seeds, corpus, path):
    """Keeps in `path` those inputs of the corpora that reach what the other seeds do not; returns how many."""
    with tempfile.TemporaryDirectory() as folder:
        merged, known = Path(folder) / "merged", set()
        merged.mkdir()
        for seed in Path(seeds).iterdir():
            if not seed.name.startswith("corpus-"):
                shutil.copy(seed, merged)
                known.add(seed.name)
        words = [str(program), "-set_cover_merge=1", f"-max_len={length_max}", str(merged), str(corpus), str(seeds)]
        subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
        new = [file for file in merged.iterdir() if file.name not in known]
        new.sort(key=lambda file: file.stat().st_mtime_ns)  # written in the order of what each adds: most first
        return write(path, [file.read_bytes() for file in new])

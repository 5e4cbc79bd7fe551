"""The tree that the gates judge, and what a gate answers."""

import subprocess
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

CPP = {".cpp", ".hpp", ".h", ".c"}


@dataclass
class Result:
    """What one gate found. `findings` fail it, `warnings` do not; `skipped` says why nothing was looked at."""

    name: str
    counted: str = ""
    findings: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    skipped: str = ""

    def line(self):
        if self.skipped:
            return f"{self.name:<10} skipped  {self.skipped}"
        if self.findings:
            return f"{self.name:<10} FAIL     {len(self.findings)} found in {self.counted}"
        return f"{self.name:<10} ok       {self.counted}"


class Tree:
    """The files that git tracks, or would track when asked to add everything, as paths relative to `root`."""

    def __init__(self, root):
        self.root = Path(root).resolve()

    @cached_property
    def files(self):
        command = ["git", "-c", f"safe.directory={self.root}", "-C", str(self.root)]
        command += ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
        return sorted({name for name in names if name and (self.root / name).is_file()})

    @cached_property
    def folders(self):
        """Every folder that holds a file, the root aside."""
        return sorted({str(p) for name in self.files for p in Path(name).parents if str(p) != "."})

    def with_suffix(self, suffixes):
        return [name for name in self.files if Path(name).suffix in suffixes]

    @cache
    def text(self, name):
        """The file as text; None if it is binary (it holds a zero octet)."""
        octets = (self.root / name).read_bytes()
        return None if b"\0" in octets else octets.decode("utf-8", errors="replace")

    def lines(self, name):
        """(number from 1, line) of a text file; nothing of a binary one."""
        return enumerate((self.text(name) or "").splitlines(), start=1)

"""Progress of a run: one rewritten line on a terminal, plain lines elsewhere. Failures read in full in both."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TextIO


class Progress:
    """Prints what is running and what came out."""

    def __init__(self, selected: int, out: TextIO = sys.stderr, plain: bool = False):
        """plain: whole lines on a terminal too, because somebody else writes to it as well."""
        self._selected = selected
        self._out = out
        self._terminal = out.isatty() and not plain
        self._counts: Counter[str] = Counter()
        self._started = time.monotonic()

    def start(self, test: str) -> None:
        if self._terminal:
            self._line(f"{self._summary()}  {test}")

    def end(self, test: str, verdict: str, seconds: float, text: str = "") -> None:
        self._counts[verdict] += 1
        if self._terminal:
            self._line("")
        done = sum(self._counts.values())
        if not self._terminal or verdict != "PASS":
            self._out.write(f"[{done:3d}/{self._selected}] {verdict:13} {test}  {seconds:.1f} s\n")
        if text:
            self._out.write(text.rstrip() + "\n")
        self._out.flush()

    def more(self, results: int) -> None:
        """That many results come besides those that were announced."""
        self._selected += results

    def note(self, text: str) -> None:
        if self._terminal:
            self._line("")
        self._out.write(text + "\n")
        self._out.flush()

    def finish(self) -> None:
        if self._terminal:
            self._line("")
        self._out.write(f"{self._summary()}, {time.monotonic() - self._started:.0f} s\n")
        self._out.flush()

    def _summary(self) -> str:
        counts = ", ".join(f"{number} {name}" for name, number in sorted(self._counts.items()))
        return f"[{sum(self._counts.values())}/{self._selected}] {counts or 'nothing yet'}"

    def _line(self, text: str) -> None:
        self._out.write("\r\x1b[2K" + text[:150])
        self._out.flush()

"""Floors: how much a run of a given length has to have done, so that a green run is not a shallow one.

They follow from the size of the code (edges that the compiler instrumented) and from the budget, by fuzz/floors.csv;
none is taken from a run. Of several floors for one measure that of the longest length which the run has reached counts;
a run shorter than all of them is not judged.
"""

import csv
from dataclasses import dataclass


@dataclass(frozen=True)
class Floor:
    measure: str  # executions_per_cpu_s or features
    from_s: int  # seconds that a run lasts, at least, to be judged by it
    factor: float
    of: str  # "edges", or a number
    target: str = ""  # empty: of every target without one of its own

    def value(self, edges):
        return self.factor * (edges if self.of == "edges" else float(self.of))


@dataclass(frozen=True)
class Judgement:
    measure: str
    floor: int
    found: int

    @property
    def holds(self):
        return self.found >= self.floor


def load(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [Floor(r["measure"], int(r["from_s"]), float(r["factor"]), r["of"], r["target"]) for r in csv.DictReader(file)]


def judge(floors, target, seconds, edges, found):
    """One judgement for each measure that has a floor for a run of that many seconds. found: measure -> number."""
    chosen = {}
    for floor in sorted(floors, key=lambda floor: (floor.target != "", floor.from_s)):
        if seconds >= floor.from_s and floor.target in ("", target):
            chosen[floor.measure] = floor
    return [Judgement(name, round(floor.value(edges)), int(found[name])) for name, floor in chosen.items()]

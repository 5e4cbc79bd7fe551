"""What libFuzzer says of a run, read from its standard error line by line."""

import re
from dataclasses import dataclass, field

STATUS = re.compile(r"#(\d+)\s+(\w+)\s+cov: (\d+) ft: (\d+) corp: (\d+)/(\d+)([MKb]\w?)")
EDGES = re.compile(r"INFO: Loaded \d+ modules\s+\((\d+) inline 8-bit counters\)")
EXECUTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
ARTEFACT = re.compile(r"Test unit written to (\S+)")
FAILURE = re.compile(r"(?:SUMMARY: (.+)|(\S+: does not hold: .+))")
INTERRUPTED = "run interrupted"


@dataclass
class Reading:
    """The state of one job. `edges` is what the compiler instrumented; `features` and `covered` what was reached."""

    executions: int = 0
    edges: int = 0
    covered: int = 0
    features: int = 0
    corpus: int = 0
    artefacts: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    interrupted: bool = False

    def add(self, line):
        if match := STATUS.match(line):
            self.executions = max(self.executions, int(match[1]))
            self.covered, self.features, self.corpus = int(match[3]), int(match[4]), int(match[5])
        elif match := EDGES.match(line):
            self.edges = int(match[1])
        elif match := EXECUTED.match(line):
            self.executions = int(match[1])
        elif match := ARTEFACT.search(line):
            self.artefacts.append(match[1])
        elif match := FAILURE.match(line):
            self.failures.append(match[1] or match[2])
        elif INTERRUPTED in line:
            self.interrupted = True

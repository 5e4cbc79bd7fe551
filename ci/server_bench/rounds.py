"""The search for a setup's limits in one round: what it does without loss, and what it does when asked for too much."""

from dataclasses import dataclass
from typing import Callable

from perfdhcp import Run

LOSS_MAX = 0.01             # "lossless"
STEPS = (1.12, 1.25, 1.6)   # between the rates tried in one round; the next goes on where this one came to
SATURATING = 1.3            # times the lossless rate is asked for
SATURATED_LOSS = 0.05       # with so much lost, more would not have been done
SATURATING_MAX = 3


@dataclass(frozen=True)
class Measured:
    """One run, with the CPU seconds that all servers of the setup took for it, the largest one's memory, and after how
    many seconds more the partners owed each other nothing."""
    run: Run
    cpu_s: float
    rss_kb: int
    behind_s: float = 0.0

    @property
    def cpu_us_per_exchange(self) -> float:
        return self.cpu_s * 1e6 / max(1, self.run.exchanges)


Measure = Callable[[int, bool], Measured]
"""(exchanges a second asked for, whether answers are waited for after the end)"""


@dataclass(frozen=True)
class Round:
    """Exchanges a second: lossless, 0 where no rate that was tried is; saturated, the most completed whatever is lost.

    CPU time is that of the lossless run: there, nothing is done in vain. behind_s: the most of all runs. next_start:
    where the next round begins.
    """
    lossless: float
    saturated: float
    cpu_us_per_exchange: float
    rss_kb: int
    behind_s: float
    next_start: float


def search(measure: Measure, start: float) -> Round:
    """From `start` up while nothing is lost, or down until nothing is; then beyond."""
    runs, best, rate, climbing = [], None, start, None
    for step in (*STEPS, 1.0):
        runs.append(measure(round(rate), True))
        lossless = runs[-1].run.loss < LOSS_MAX
        if lossless:
            best = runs[-1]
        if climbing not in (None, lossless):
            break
        climbing = lossless
        rate = rate * step if lossless else rate / step
    asked = SATURATING * (best.run.rate if best else start)
    for _ in range(SATURATING_MAX):
        runs.append(measure(round(asked), False))
        if runs[-1].run.loss > SATURATED_LOSS:
            break
        asked *= SATURATING
    chosen = best or max(runs, key=lambda measured: measured.run.rate)
    return Round(lossless=best.run.rate if best else 0.0,
                 saturated=max(measured.run.rate for measured in runs),
                 cpu_us_per_exchange=chosen.cpu_us_per_exchange,
                 rss_kb=max(measured.rss_kb for measured in runs),
                 behind_s=max(measured.behind_s for measured in runs),
                 next_start=best.run.rate if best else rate)

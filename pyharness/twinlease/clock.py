"""Time as the lab has it. Everything in the harness asks a Clock; nothing asks the system."""

from __future__ import annotations

import time
from datetime import datetime, timezone


class Clock:
    """A wall clock that runs `rate` times as fast as real time.

    now() is in seconds since 1970, like every time of the failover protocol (6.2). With rate 1 and no origin it is
    the system's time. Peers on a fast clock are given the same origin and rate, so that all live in one time.
    """

    def __init__(self, rate: float = 1.0, origin_s: float | None = None):
        if rate < 1.0:
            raise ValueError(f"rate: {rate}, expected 1 or more")
        self.rate = rate
        self._origin_s = time.time() if origin_s is None else origin_s
        self._started = time.monotonic()

    def now(self) -> float:
        """Lab time in seconds since 1970."""
        return self._origin_s + (time.monotonic() - self._started) * self.rate

    def real(self, lab_seconds: float) -> float:
        """How many real seconds an interval of the lab takes."""
        return lab_seconds / self.rate

    def faketime(self, at_s: int) -> str:
        """The value of FAKETIME that makes libfaketime start a process at lab time at_s, at this rate, in UTC."""
        return datetime.fromtimestamp(at_s, timezone.utc).strftime("@%Y-%m-%d %H:%M:%S") + f" x{self.rate:g}"


def jitter(clock: Clock, samples: int = 20) -> float:
    """The largest lateness of a short real sleep on this machine now, in lab seconds."""
    worst = 0.0
    for _ in range(samples):
        before = time.monotonic()
        time.sleep(0.002)
        worst = max(worst, time.monotonic() - before - 0.002)
    return worst * clock.rate


def tolerance(clock: Clock, measured_jitter_s: float) -> float:
    """What a measured interval may be off by, in lab seconds: 2 s for rounding and the wire, and the jitter."""
    return 2.0 + measured_jitter_s

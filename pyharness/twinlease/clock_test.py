from __future__ import annotations

import time

import pytest

from twinlease.clock import Clock, tolerance


def test_runs_as_many_times_faster_as_asked():
    clock = Clock(rate=50, origin_s=1_000_000)
    before, real = clock.now(), time.monotonic()
    time.sleep(0.02)
    lab, took = clock.now() - before, time.monotonic() - real
    assert lab == pytest.approx(took * 50, rel=0.1)
    assert before >= 1_000_000


def test_faketime_is_absolute_utc_with_a_rate():
    assert Clock(rate=20).faketime(1_795_352_611) == "@2026-11-22 13:03:31 x20"


def test_a_clock_slower_than_real_is_refused():
    with pytest.raises(ValueError, match="rate: 0.5"):
        Clock(rate=0.5)


def test_tolerance_is_two_seconds_and_the_jitter():
    assert tolerance(Clock(), 0.4) == pytest.approx(2.4)

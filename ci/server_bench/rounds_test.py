"""The search for the limits of a setup, over servers that are a formula."""

import pytest

from perfdhcp import Run
from rounds import Measured, search


class Formula:
    """Serves `limit` exchanges a second, and fewer the more it is asked for beyond."""

    def __init__(self, limit, collapse=0.0):
        self.limit, self.collapse, self.asked = limit, collapse, []

    def __call__(self, rate, wait):
        self.asked.append((rate, wait))
        done = rate if rate <= self.limit else self.limit - self.collapse * (rate - self.limit)
        exchanges = int(max(0, done) * 3)
        return Measured(Run(exchanges, 2 * rate * 3, 2 * rate * 3 - 2 * exchanges, 3), cpu_s=exchanges * 1e-4, rss_kb=rate)


def test_it_climbs_until_something_is_lost():
    found = search(Formula(1000), 920)
    assert found.lossless == found.next_start == 920
    assert found.saturated == 1000
    assert found.cpu_us_per_exchange == pytest.approx(100)


def test_it_goes_down_until_nothing_is_lost():
    formula = Formula(1000)
    found = search(formula, 1300)
    assert found.lossless == 929
    assert [rate for rate, wait in formula.asked if wait] == [1300, 1161, 929]


def test_what_collapses_under_load_keeps_the_best_it_did():
    found = search(Formula(1000, collapse=3.0), 900)
    assert found.saturated >= found.lossless == 900


def test_it_asks_for_more_until_too_much_is_lost():
    formula = Formula(2000)
    found = search(formula, 1000)
    assert found.saturated == pytest.approx(2000, rel=0.15)
    assert formula.asked[-1][0] > 2000 and not formula.asked[-1][1]


def test_a_setup_that_always_loses_has_no_lossless_rate_and_the_next_round_begins_lower():
    def losing(rate, wait):
        return Measured(Run(rate, 10 * rate, 8 * rate, 1), 1.0, 5)
    found = search(losing, 1000)
    assert found.lossless == 0 and found.next_start < 500 and found.saturated == 1300


def test_a_run_without_an_exchange_is_all_loss():
    assert Run(0, 0, 0, 3).loss == 1.0
    found = search(lambda rate, wait: Measured(Run(0, rate, rate, 3), 0.5, 5), 1000)
    assert (found.lossless, found.saturated) == (0, 0)


def test_the_worst_of_all_runs_is_how_far_it_was_behind():
    times = iter((0.5, 3.0, 0.25, 0.0, 0.0))
    found = search(lambda rate, wait: Measured(Run(rate, rate, rate // 2, 1), 0.5, 5, next(times, 0.0)), 1000)
    assert found.behind_s == 3.0

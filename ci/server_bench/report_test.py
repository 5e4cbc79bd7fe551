"""The table of the servers, and the budgets beside it."""

from report import budgets, row, table
from rounds import Round


def figures(setup, lossless, cpu=100.0):
    return {"setup": setup, "lossless": lossless, "saturated": 2 * lossless, "cpu_us_per_exchange": cpu,
            "rss_kb": 2048, "durability": "synced"}


def test_a_row_has_medians():
    rounds = [Round(lossless, 10 * lossless, 50.0, 1000 * lossless, 0) for lossless in (1, 9, 2)]
    assert row("isc pair", "synced", rounds) == {
        "setup": "isc pair", "lossless": 2, "saturated": 20, "cpu_us_per_exchange": 50.0, "rss_kb": 2000,
        "durability": "synced"}


def test_the_table_is_markdown_with_a_line_for_each():
    lines = table([figures("kea single", 9450)])
    assert lines[-1] == "| kea single | 9,450 | 18,900 | 100 | 2 | synced |"
    assert len({line.count("|") for line in lines}) == 1


def test_a_budget_that_is_kept_and_one_that_is_missed():
    lines = budgets([figures("twinleased pair", 8190, cpu=170), figures("isc pair", 900),
                     figures("twinleased single", 9000), figures("kea pair", 4000)])
    assert lines[0] == "twinleased pair / isc pair, lossless: 9.10 (budget at least 8)"
    assert "twinleased pair / kea pair, lossless: 2.05 (budget at least 2.5, missed by 18%)" in lines
    assert lines[-1] == "twinleased pair / twinleased single, cpu_us_per_exchange: 1.70 (budget at most 1.6, missed by 6%)"


def test_what_was_not_measured_has_no_ratio():
    assert budgets([figures("twinleased pair", 8190)]) == []
    assert budgets([figures("twinleased pair", 8190), figures("isc pair", 0)])[0].endswith("nothing to divide by")

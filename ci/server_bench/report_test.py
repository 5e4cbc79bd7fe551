"""The table of the servers, and the budgets beside it."""

from report import behind, budgets, far, million, row, table
from rounds import Round


def figures(setup, lossless, cpu=100.0):
    return {"setup": setup, "lossless": lossless, "saturated": 2 * lossless, "cpu_us_per_exchange": cpu,
            "rss_kb": 2048, "behind_s": 0.0, "durability": "synced"}


def test_a_row_has_medians():
    rounds = [Round(lossless, 10 * lossless, 50.0, 1000 * lossless, 0.1 * lossless, 0) for lossless in (1, 9, 2)]
    assert row("isc pair", "synced", rounds) == {
        "setup": "isc pair", "lossless": 2, "saturated": 20, "cpu_us_per_exchange": 50.0, "rss_kb": 2000, "behind_s": 0.2,
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


def test_a_partner_far_away_is_compared_with_one_that_is_near():
    lines = budgets([figures(far(0), 1000), figures(far(100), 850)])
    assert lines[0] == "twinleased pair, 100 ms / twinleased pair, 0 ms, lossless: 0.85 (budget at least 0.9, missed by 6%)"
    assert len(lines) == 2


def test_a_million_beside_its_budgets():
    lines = million({"leases": 1000000, "rss_kb": 399 * 1024, "updreqall_rss_kb": 500 * 1024, "restart_s": 3.24,
                     "updreqall_s": 33.0})
    assert lines == ["1,000,000 leases, memory after a restart: 399.0 MB (budget at most 400)",
                     "1,000,000 leases, memory after UPDREQALL: 500.0 MB (budget at most 400, missed by 25%)",
                     "1,000,000 leases, restart until a client is served: 3.2 s (budget at most 5)",
                     "1,000,000 leases, UPDREQALL to UPDDONE: 33.0 s (budget at most 30, missed by 10%)"]


def test_only_who_is_behind_is_named():
    late = figures("twinleased pair", 9000) | {"behind_s": 1.234}
    assert behind([figures("kea pair", 9000), late]) == [
        "twinleased pair: the partner knew everything 1.23 s after the load"]

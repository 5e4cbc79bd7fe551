"""The table of all setups, and the budgets that compare them."""

from dataclasses import dataclass
from statistics import median

from rounds import Round


def row(setup: str, durability: str, rounds: list[Round]) -> dict:
    """Medians over the rounds."""
    def middle(name: str) -> float:
        return median(getattr(one, name) for one in rounds)
    return {"setup": setup, "lossless": round(middle("lossless")), "saturated": round(middle("saturated")),
            "cpu_us_per_exchange": round(middle("cpu_us_per_exchange"), 1), "rss_kb": round(middle("rss_kb")),
            "behind_s": round(middle("behind_s"), 2), "durability": durability}


def table(rows: list[dict]) -> list[str]:
    """As Markdown."""
    lines = ["| setup | lossless/s | saturated/s | CPU µs per exchange | RSS MB | durability |",
             "|---|---|---|---|---|---|"]
    return lines + [
        f"| {r['setup']} | {r['lossless']:,} | {r['saturated']:,} | {r['cpu_us_per_exchange']:.0f} "
        f"| {r['rss_kb'] / 1024:.0f} | {r['durability']} |" for r in rows]


def behind(rows: list[dict]) -> list[str]:
    """How far the lazy updates were behind: only of servers that tell."""
    return [f"{r['setup']}: the partner knew everything {r['behind_s']:.2f} s after the load"
            for r in rows if r["behind_s"] >= 0.05]


@dataclass(frozen=True)
class Ratio:
    """A budget: figure of `setup` by that of `base`, at least or at most so much."""
    setup: str
    base: str
    figure: str
    budget: float
    at_most: bool = False

    def line(self, rows: dict[str, dict]) -> str | None:
        """None where one of the two was not measured."""
        if self.setup not in rows or self.base not in rows:
            return None
        own, other = rows[self.setup][self.figure], rows[self.base][self.figure]
        name = f"{self.setup} / {self.base}, {self.figure}"
        if other == 0:
            return f"{name}: nothing to divide by"
        got, least = own / other, "at most" if self.at_most else "at least"
        missed = got > self.budget if self.at_most else got < self.budget
        by = f", missed by {abs(got / self.budget - 1):.0%}" if missed else ""
        return f"{name}: {got:.2f} (budget {least} {self.budget:g}{by})"


FAR_MS = (0, 20, 50, 100)


def far(ms: int) -> str:
    """The name of a pair whose partners are so far away from each other, one way."""
    return f"twinleased pair, {ms} ms"


RATES = ("lossless", "saturated")
BUDGETS = [
    *(Ratio("twinleased pair", "isc pair", figure, 8) for figure in RATES),
    *(Ratio("twinleased pair", "kea pair", figure, 2.5) for figure in RATES),
    *(Ratio("twinleased standby", "kea standby", figure, 2.5) for figure in RATES),
    *(Ratio("twinleased single", "kea single", figure, 1) for figure in RATES),
    Ratio("twinleased pair", "twinleased single", "cpu_us_per_exchange", 1.6, at_most=True),
    *(Ratio(far(ms), far(0), figure, 0.9) for ms in FAR_MS[1:] for figure in RATES),
]


def budgets(rows: list[dict]) -> list[str]:
    by_setup = {r["setup"]: r for r in rows}
    return [line for line in (budget.line(by_setup) for budget in BUDGETS) if line]


def million(figures: dict) -> list[str]:
    """What a million leases cost, each beside its budget."""
    def line(what: str, got: float, budget: float, unit: str) -> str:
        by = f", missed by {got / budget - 1:.0%}" if got > budget else ""
        return f"{figures['leases']:,} leases, {what}: {got:.1f} {unit} (budget at most {budget:g}{by})"
    return [line("memory after a restart", figures["rss_kb"] / 1024, 400, "MB"),
            line("memory after UPDREQALL", figures["updreqall_rss_kb"] / 1024, 400, "MB"),
            line("restart until a client is served", figures["restart_s"], 5, "s"),
            line("UPDREQALL to UPDDONE", figures["updreqall_s"], 30, "s")]

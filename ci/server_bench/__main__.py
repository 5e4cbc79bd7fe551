"""DHCP servers under load: ci/bench servers [--rounds N] [--only NAME ...] [--json FILE]

Every setup in turn, N times, with fresh stores: the highest rate of exchanges at which fewer than 1 % of the messages
are lost (lossless), and the most that it completes when asked for more (saturated). Each exchange is of a new client.
The table has medians; CPU time is that of all servers of a setup, memory that of the largest; beside it what this disk
takes for one fdatasync. Besides: a pair of twinleased whose partners are far from each other ("delay"), and what a
million leases cost it ("million"). It runs in namespaces of its own (`unshare -Urn`), without root. Exit code 1:
something could not be measured.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Callable, TypeVar

import million
import report
from delay import partners_apart
from isc import Isc
from kea import Kea
from network import Network
from rounds import Round
from server import MODES
from setup import Setup
from twinleased import Twinleased

ROOT = Path(__file__).parents[2]
PRODUCTS = {product.name: product for product in (Twinleased(), Isc(), Kea())}
SETUPS = [f"{product} {mode}" for mode in MODES for product in PRODUCTS]
DELAY, MILLION = "delay", "million"
DELAY_ROUNDS = 3
ROUND_S, MILLION_S = 16, 30   # of one setup, and in all, as seen on two cores

T = TypeVar("T")


def fdatasync_us(folder: Path, times: int = 50) -> float:
    """Median, of one block of 4 KiB appended."""
    taken = []
    with (folder / "sync").open("wb") as file:
        for _ in range(times):
            file.write(bytes(4096))
            file.flush()
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - begin) * 1e6)
    return statistics.median(taken)


class Bench:
    """Measures setups and keeps what could not be measured in `failed`."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.sync_us: list[int] = []

    def attempt(self, what: Callable[[], T]) -> T | None:
        """None where it could not be measured; why is told at once."""
        try:
            return what()
        except (RuntimeError, ValueError, OSError) as error:
            self.failed.append(str(error).splitlines()[0])
            print(error, file=sys.stderr)
            return None

    def interleaved(self, setups: list[Setup], rounds: int, folder: Path) -> dict[str, list[Round]]:
        """All setups in each round, so that what else the machine does meets them all."""
        results: dict[str, list[Round]] = {setup.name: [] for setup in setups}
        for number in range(1, rounds + 1):
            self.sync_us.append(round(fdatasync_us(folder)))
            for setup in setups:
                begin = time.monotonic()
                if number > rounds_of(setup, rounds) or (found := self.attempt(setup.round)) is None:
                    continue
                results[setup.name].append(found)
                print(f"round {number} of {rounds}, {setup.name}: {found.lossless:.0f}/s lossless, "
                      f"{found.saturated:.0f}/s saturated, {found.cpu_us_per_exchange:.0f} us, "
                      f"{found.rss_kb / 1024:.0f} MB; took {time.monotonic() - begin:.0f} s", file=sys.stderr)
        return results


def rounds_of(setup: Setup, rounds: int) -> int:
    return rounds if setup.name in SETUPS else min(rounds, DELAY_ROUNDS)


def chosen_setups(network: Network, folder: Path, chosen: list[str], seconds: int) -> list[Setup]:
    setups = [Setup(network, PRODUCTS[name.split()[0]], name.split()[1], folder, seconds)
              for name in chosen if name in SETUPS]
    if DELAY in chosen:
        product = Twinleased(far=True)
        setups += [Setup(network, product, "pair", folder, seconds, report.far(ms), partial(partners_apart, ms))
                   for ms in report.FAR_MS]
    return setups


def measure(options: argparse.Namespace, folder: Path) -> dict:
    """Everything that was chosen, as it goes into the JSON file."""
    chosen = options.only or [*SETUPS, DELAY, MILLION]
    bench = Bench()
    network = Network()
    try:
        setups = chosen_setups(network, folder, chosen, options.seconds)
        seconds = ROUND_S * sum(rounds_of(setup, options.rounds) for setup in setups) + MILLION_S * (MILLION in chosen)
        print(f"servers: about {seconds / 60:.0f} minutes", file=sys.stderr)
        results = bench.interleaved(setups, options.rounds, folder) if setups else {}
        rows = [report.row(setup.name, setup.durability, results[setup.name]) for setup in setups if results[setup.name]]
        result = {"rows": [row for row in rows if row["setup"] in SETUPS],
                  "delay": [row for row in rows if row["setup"] not in SETUPS],
                  "rounds": options.rounds, "fdatasync_us": bench.sync_us}
        if MILLION in chosen and (figures := bench.attempt(lambda: million.measure(network, folder))):
            result["million"] = figures
        return result | {"failed": bench.failed}
    finally:
        network.close()


def text(result: dict) -> str:
    rows = result["rows"] + result["delay"]
    parts = [report.table(rows), report.behind(rows), report.budgets(rows)]
    if "million" in result:
        parts.append(report.million(result["million"]))
    if result["fdatasync_us"]:
        parts.append([f"Medians of {result['rounds']} rounds. One fdatasync of 4 KiB on this disk, by round: "
                      f"{', '.join(f'{us:.0f}' for us in result['fdatasync_us'])} us (medians of 50)."])
    parts.append([f"not measured: {failure}" for failure in result["failed"]])
    return "\n\n".join("\n".join(part) for part in parts if part)


def main() -> int:
    parser = argparse.ArgumentParser(prog="ci/bench servers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=2, help="of each run of the load generator")
    parser.add_argument("--only", action="append", choices=[*SETUPS, DELAY, MILLION], help="may be repeated")
    parser.add_argument("--folder", type=Path, default=ROOT / "out/bench", help="for stores: on the disk that counts")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="servers-", dir=options.folder.resolve()) as name:
        result = measure(options, Path(name))
    print(text(result))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    return 1 if result["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())

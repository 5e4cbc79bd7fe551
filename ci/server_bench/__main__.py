"""DHCP servers under load: ci/bench servers [--rounds N] [--only NAME ...] [--json FILE]

Every setup in turn, N times, with fresh stores: the highest rate of exchanges at which fewer than 1 % of the messages
are lost (lossless), and the most that it completes when asked for more (saturated). Each exchange is of a new client.
The table has medians; CPU time is that of all servers of a setup, memory that of the largest; beside it what this disk
takes for one fdatasync, before and after. It runs in namespaces of its own (`unshare -Urn`), without root.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import report
from isc import Isc
from kea import Kea
from network import Network
from rounds import Round
from server import MODES
from setup import Setup
from twinleased import Twinleased

PRODUCTS = {product.name: product for product in (Twinleased(), Isc(), Kea())}
ROUND_S = 14   # of one setup, as seen on two cores


def fdatasync_us(folder: Path, times: int = 100) -> float:
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


def interleaved(setups: list[Setup], rounds: int) -> dict[str, list[Round]]:
    """All setups in each round, so that what else the machine does meets them all."""
    results: dict[str, list[Round]] = {setup.name: [] for setup in setups}
    for number in range(1, rounds + 1):
        for setup in setups:
            begin = time.monotonic()
            found = setup.round()
            results[setup.name].append(found)
            print(f"round {number} of {rounds}, {setup.name}: {found.lossless:.0f}/s lossless, "
                  f"{found.saturated:.0f}/s saturated, {found.cpu_us_per_exchange:.0f} us, "
                  f"{found.rss_kb / 1024:.0f} MB; took {time.monotonic() - begin:.0f} s", file=sys.stderr)
    return results


def main() -> int:
    setups = [f"{product} {mode}" for mode in MODES for product in PRODUCTS]
    parser = argparse.ArgumentParser(prog="ci/bench servers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=2, help="of each run of the load generator")
    parser.add_argument("--only", action="append", choices=setups, help="measure this setup; may be repeated")
    parser.add_argument("--folder", type=Path, default=Path("out/bench"), help="for stores: on the disk that counts")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    chosen = options.only or setups
    print(f"{len(chosen)} setups, {options.rounds} rounds: about "
          f"{len(chosen) * options.rounds * ROUND_S / 60:.0f} minutes", file=sys.stderr)

    options.folder.mkdir(parents=True, exist_ok=True)
    network = Network()
    with tempfile.TemporaryDirectory(prefix="servers-", dir=options.folder.resolve()) as name:
        folder = Path(name)
        sync_us = [fdatasync_us(folder)]
        try:
            results = interleaved([Setup(network, PRODUCTS[setup.split()[0]], setup.split()[1], folder, options.seconds)
                                   for setup in chosen], options.rounds)
        finally:
            network.close()
        sync_us.append(fdatasync_us(folder))
    rows = [report.row(setup, PRODUCTS[setup.split()[0]].durability, rounds) for setup, rounds in results.items()]
    print("\n".join([*report.table(rows), "", *report.budgets(rows), "",
                     f"Medians of {options.rounds} rounds. One fdatasync of 4 KiB on this disk: "
                     f"{sync_us[0]:.0f} us before, {sync_us[1]:.0f} us after (medians of 100)."]))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"rows": rows, "rounds": options.rounds, "fdatasync_us": sync_us}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

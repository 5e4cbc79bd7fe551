"""One run of perfdhcp, the field's own load generator (package kea-admin), and what it printed."""

import re
import subprocess
from dataclasses import dataclass

from network import FIRST, LOAD

DROPS = 3   # exit code: finished, and some messages were not answered


@dataclass(frozen=True)
class Run:
    """Of one run: exchanges completed (DISCOVER to ACK), messages sent and lost, and its length in seconds."""
    exchanges: int
    sent: int
    lost: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.exchanges / self.seconds

    @property
    def loss(self) -> float:
        return self.lost / self.sent if self.sent else 1.0


def parse(text: str, seconds: float) -> Run:
    """ValueError where a figure is missing."""
    def figures(exchange: str) -> tuple[int, int]:
        part = text.partition(f"***Statistics for: {exchange}***")[2].partition("***")[0]
        numbers = [re.search(rf"{name}: (\d+)", part) for name in ("sent packets", "received packets")]
        if None in numbers:
            raise ValueError(f"perfdhcp printed no figures of {exchange}:\n{text}")
        return int(numbers[0][1]), int(numbers[1][1])

    discovers, offers = figures("DISCOVER-OFFER")
    requests, acks = figures("REQUEST-ACK")
    return Run(acks, discovers + requests, discovers - offers + requests - acks, seconds)


def load(rate: int, seconds: int, block: int, wait_s: float = 0.5) -> Run:
    """Exchanges of new clients at that rate. block: which clients; two runs with different ones share none.

    wait_s: for answers when the last message was sent. RuntimeError if perfdhcp itself fails.
    """
    command = ["perfdhcp", "-4", "-r", str(rate), "-R", str(rate * seconds + 1), "-p", str(seconds),
               "-W", str(int(wait_s * 1e6) + 1), "-g", "multi",
               "-b", f"mac=02:{block >> 8 & 255:02x}:{block & 255:02x}:00:00:00", "-l", LOAD, FIRST]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30)
    if done.returncode not in (0, DROPS):
        raise RuntimeError(f"perfdhcp ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return parse(done.stdout, seconds)

"""One running DHCP server, and what a product that is measured tells about itself."""

import os
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

from network import FIRST, SECOND, Network

LEASE_S = 3600
MCLT_S = 600
MODES = ("single", "pair", "standby")
"""A server alone; two that divide the clients; two of which the second only stands by."""


class Server:
    """CPU seconds and memory are those of its process."""

    def __init__(self, command: list[str], folder: Path):
        self.folder = folder
        with (folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_kb(self) -> int:
        """KeyError when it has ended."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(dict(line.split(":", 1) for line in status.splitlines())["VmRSS"].split()[0])

    def last_words(self) -> str:
        """The end of its log, and how it ended if it has."""
        code = self.process.poll()
        log = (self.folder / "log").read_text(errors="replace").splitlines()[-20:]
        return "\n".join([f"{self.folder.name}: {'running' if code is None else f'ended with {code}'}", *log])

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Product(ABC):
    name: str
    durability: str
    begin: dict[str, int]
    """By mode: exchanges a second with which the search for its limit begins."""
    fresh = False
    """Whether each run of the load generator meets new servers: the pool is too small for several."""

    def prepare(self, mode: str, folders: list[Path]) -> None:
        """What a pair has after hours, made of the folders of servers that have run and ended, for the later start()s."""

    @abstractmethod
    def start(self, network: Network, folder: Path, number: int, mode: str) -> Server:
        """The first (number 0) or the second server, with an empty store in that folder, or the one prepared."""

    @abstractmethod
    def normal(self, server: Server, number: int) -> bool:
        """Whether that server of a pair works with its partner."""

    def settled(self, server: Server) -> bool:
        """Whether it owes its partner nothing; always so of a server that does not tell."""
        return True


def own_and_partner(number: int) -> tuple[str, str]:
    return (FIRST, SECOND) if number == 0 else (SECOND, FIRST)

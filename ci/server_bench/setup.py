"""A setup that is measured: one product, as a single server, a pair or a pair with a standby."""

import shutil
import time
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Callable, Iterator

import perfdhcp
from network import Network
from rounds import Measured, Round, search
from server import Product, Server

READY_S = 60.0


class Setup:
    """Folders of its servers are made in `folder`. start: where the search of the next round begins.

    around: entered before the servers start, left when they have ended.
    """

    def __init__(self, network: Network, product: Product, mode: str, folder: Path, seconds: int,
                 name: str = "", around: Callable[[], AbstractContextManager] = nullcontext):
        self.name = name or f"{product.name} {mode}"
        self.durability = product.durability
        self._around = around
        self._network, self._product, self._mode = network, product, mode
        self._folder, self._seconds = folder, seconds
        self._block = 0
        self._prepared = False
        self.start = float(product.begin[mode])

    def round(self) -> Round:
        """One round, with empty stores. RuntimeError when it cannot be measured, with the servers' last words."""
        self._block = 0
        if not self._prepared:
            self._prepare()
        if self._product.fresh:
            def measure(rate: int, wait: bool) -> Measured:
                with self.running() as servers:
                    return self._measure(servers, rate, wait)
            result = search(measure, self.start)
        else:
            with self.running() as servers:
                result = search(lambda rate, wait: self._measure(servers, rate, wait), self.start)
        self.start = result.next_start
        return result

    def _prepare(self) -> None:
        with self.running() as servers:
            folders = [server.folder for server in servers]
        self._product.prepare(self._mode, folders)
        self._prepared = True

    def _measure(self, servers: list[Server], rate: int, wait: bool) -> Measured:
        self._block += 1
        before_s = sum(server.cpu_s() for server in servers)
        run = perfdhcp.load(rate, self._seconds, self._block, 0.5 if wait else 0.0)
        behind_s = self._settle(servers)   # what is done for the partner later is of these exchanges, too
        cpu_s = sum(server.cpu_s() for server in servers) - before_s
        return Measured(run, cpu_s, max(server.rss_kb() for server in servers), behind_s)

    def _settle(self, servers: list[Server]) -> float:
        """Seconds until the partners owe each other nothing. RuntimeError when that does not come."""
        begin, waited = time.monotonic(), False
        while len(servers) == 2 and not all(map(self._product.settled, servers)):
            waited = True
            if time.monotonic() - begin > READY_S:
                raise RuntimeError("the partners do not tell each other everything")
            time.sleep(0.02)
        return time.monotonic() - begin if waited else 0.0

    @contextmanager
    def running(self) -> Iterator[list[Server]]:
        """The servers, started with empty stores and serving; closed in the end."""
        with self._around():
            yield from self._run()

    def _run(self) -> Iterator[list[Server]]:
        numbers = range(1 if self._mode == "single" else 2)
        self._network.copy_to_second(len(numbers) == 2)
        servers: list[Server] = []
        try:
            for number in numbers:
                own = self._folder / f"{self._product.name}-{self._mode}-{number}"
                shutil.rmtree(own, ignore_errors=True)
                own.mkdir(parents=True)
                servers.append(self._product.start(self._network, own, number, self._mode))
            self._wait_until_served(servers)
            yield servers
            self._check(servers)
        except Exception as error:
            words = "\n".join(server.last_words() for server in servers)
            raise RuntimeError(f"{self.name}: {error}\n{words}") from error
        finally:
            for server in servers:
                server.close()

    def _normal(self, servers: list[Server]) -> bool:
        return len(servers) == 1 or all(self._product.normal(server, n) for n, server in enumerate(servers))

    def _check(self, servers: list[Server]) -> None:
        """What was measured was the setup: nobody ended, and a pair is one still."""
        if any(server.process.poll() is not None for server in servers):
            raise RuntimeError("a server ended while it was measured")
        if not self._normal(servers):
            raise RuntimeError("the partners did not stay together under load")

    def _wait_until_served(self, servers: list[Server]) -> None:
        """Until partners are in NORMAL and clients of every kind are answered."""
        end = time.monotonic() + READY_S
        block = 60000
        while time.monotonic() < end and all(server.process.poll() is None for server in servers):
            if self._normal(servers):
                block += 1
                if perfdhcp.load(20, 1, block).loss < 0.1:   # a busy disk may be late with one
                    return
            time.sleep(0.1)
        raise RuntimeError("the servers do not serve everybody")

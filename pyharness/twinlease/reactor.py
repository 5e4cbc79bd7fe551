"""One loop for sockets and timers: whoever waits for one thing keeps everything else going.

While a test waits for a DHCPACK, its failover partner has to send CONTACT and answer BNDUPDs. So nobody blocks:
every wait is `run_until` of one Reactor. There are no threads.
"""

from __future__ import annotations

import heapq
import itertools
import os
import selectors
import subprocess
import time
from typing import Callable, TypeVar

from twinlease.clock import Clock

T = TypeVar("T")


class Timer:
    """A pending call; cancel() makes it never happen."""

    def __init__(self, at_s: float, call: Callable[[], None]):
        self.at_s = at_s
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class _ProcessEnd:
    """Becomes readable when a process ends."""

    def __init__(self, pid: int):
        self._fd = os.pidfd_open(pid)

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        os.close(self._fd)
        self._fd = -1


class Reactor:
    """Sockets and timers on lab time."""

    def __init__(self, clock: Clock):
        self.clock = clock
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    def watch(self, sock, readable: Callable[[], None] | None, writable: Callable[[], None] | None = None) -> None:
        """Calls readable() or writable() when sock is; replaces what was watched of it. Both None: stops watching."""
        events = (selectors.EVENT_READ if readable else 0) | (selectors.EVENT_WRITE if writable else 0)
        known = sock.fileno() >= 0 and sock in self._selector.get_map()
        if events == 0:
            if known:
                self._selector.unregister(sock)
        elif known:
            self._selector.modify(sock, events, (readable, writable))
        else:
            self._selector.register(sock, events, (readable, writable))

    def call_at(self, at_s: float, call: Callable[[], None]) -> Timer:
        """Calls at lab time at_s (seconds since 1970), or at once when that has passed."""
        timer = Timer(at_s, call)
        heapq.heappush(self._timers, (at_s, next(self._order), timer))
        return timer

    def call_in(self, seconds: float, call: Callable[[], None]) -> Timer:
        return self.call_at(self.clock.now() + seconds, call)

    def run_until(self, condition: Callable[[], T], within: float) -> T | None:
        """Works until condition() is true and returns its value; None once `within` lab seconds have passed.

        `within` 0 handles what is there now.
        """
        deadline = self.clock.now() + within
        while True:
            value = condition()
            if value:
                return value
            left = deadline - self.clock.now()
            if left <= 0 and within > 0:
                return None
            self._turn(max(left, 0.0))
            if within <= 0:
                return condition() or None

    def run_until_exit(self, process: subprocess.Popen, within: float) -> bool:
        """Works until the process has ended; False if it has not within that many lab seconds."""
        if process.poll() is None:
            ended = _ProcessEnd(process.pid)
            self.watch(ended, lambda: None)   # an event of its own, or nothing would wake us
            try:
                self.run_until(lambda: process.poll() is not None, within)
            finally:
                self.watch(ended, None)
                ended.close()
        return process.poll() is not None

    def run_for(self, seconds: float) -> None:
        """Works for that many lab seconds."""
        self.run_until(lambda: False, seconds)

    def _turn(self, at_most_s: float) -> None:
        now = self.clock.now()
        if self._timers:
            at_most_s = min(at_most_s, max(self._timers[0][0] - now, 0.0))
        wait = self.clock.real(at_most_s)
        if self._selector.get_map():
            for key, events in self._selector.select(wait):
                readable, writable = key.data
                if events & selectors.EVENT_WRITE and writable:
                    writable()
                if events & selectors.EVENT_READ and readable and key.fileobj.fileno() >= 0:
                    readable()
        elif wait > 0:
            time.sleep(wait)
        now = self.clock.now()
        while self._timers and self._timers[0][0] <= now:
            timer = heapq.heappop(self._timers)[2]
            if not timer.cancelled:
                timer.call()

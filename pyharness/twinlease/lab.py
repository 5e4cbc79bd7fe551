"""A private network for one peer under test: a namespace for it, a veth between, and the one clock.

The lab itself already runs in user, network and process namespaces of its own (enter(), no root needed): whatever it
starts ends with it, also when it is killed. Addresses are the manifest's; nothing leaves the namespaces.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from twinlease.capture import Capture
from twinlease.clock import Clock, jitter
from twinlease.reactor import Reactor
from twinlease.transcript import Transcript

FAKETIME_LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
_INSIDE = "TWINLEASE_INSIDE_LAB"


def enter(arguments: list[str], private: bool = True) -> list[str]:
    """The command line that runs a Python module of ours inside fresh namespaces, everything ending with it.

    private=False: on the machine's own network.
    """
    if not private:
        return [sys.executable, "-m", *arguments]
    return ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child",
            "--mount-proc", "env", f"{_INSIDE}=1", sys.executable, "-m", *arguments]


def inside() -> bool:
    return os.environ.get(_INSIDE) == "1"


def ip(*words: str) -> None:
    """Runs ip(8) in our own namespace. RuntimeError with what it said."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")


class Host:
    """Where the processes of one peer run, on the lab's clock: this machine, or a network namespace of its own."""

    def __init__(self, reactor: Reactor, transcript: Transcript, peer_interface: str):
        self.reactor = reactor
        self.clock = reactor.clock
        self.transcript = transcript
        self.peer_interface = peer_interface
        """The peer's own interface."""
        self._processes: list[subprocess.Popen] = []
        self._holder: subprocess.Popen | None = None

    def separate(self, outside: str, addresses: list[str], prefix: int) -> None:
        """Makes a network namespace with `addresses`, joined to ours by a veth: `outside` is our end, not up yet."""
        self._holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        try:
            self._wait_for_namespace()
            ip("link", "add", "name", outside, "type", "veth", "peer", "name", self.peer_interface)
            ip("link", "set", self.peer_interface, "netns", str(self._holder.pid))
            self._inside("ip", "link", "set", "lo", "up")
            for address in addresses:
                self._inside("ip", "addr", "add", f"{address}/{prefix}", "dev", self.peer_interface)
            self._inside("ip", "link", "set", self.peer_interface, "up")
        except BaseException:
            self.end_processes()
            raise

    def _wait_for_namespace(self) -> None:
        assert self._holder is not None
        ours = os.readlink("/proc/self/ns/net")
        for _ in range(500):
            try:
                if os.readlink(f"/proc/{self._holder.pid}/ns/net") != ours:
                    return
            except FileNotFoundError:
                break
            self.reactor.run_for(self.clock.rate * 0.01)
        raise RuntimeError("the peer's network namespace did not come up")

    def command(self, arguments: list[str]) -> list[str]:
        """The command line that runs arguments in the peer's network namespace."""
        if self._holder is None:
            return arguments
        return ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net", *arguments]

    def _inside(self, *arguments: str) -> None:
        done = subprocess.run(self.command(list(arguments)), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()}")

    def environment(self, fast_clock: bool, skew_s: int = 0) -> dict[str, str]:
        """What a process of the peer gets: the lab's clock through libfaketime, if its manifest allows.

        FAKETIME counts whole seconds, so this returns at the very start of one. skew_s: the peer's clock is that
        much ahead of the lab's. RuntimeError if a fast clock is asked for and libfaketime is not there.
        """
        environment = {**os.environ, "TZ": "UTC"}
        if not fast_clock or (self.clock.rate == 1.0 and skew_s == 0):
            return environment
        if not Path(FAKETIME_LIBRARY).exists():
            raise RuntimeError(f"{FAKETIME_LIBRARY} is missing: install libfaketime")
        start = int(self.clock.now()) + 1
        self.reactor.run_for(start - self.clock.now())
        environment.update(LD_PRELOAD=FAKETIME_LIBRARY, FAKETIME=self.clock.faketime(start + skew_s),
                           FAKETIME_DONT_RESET="1")
        return environment

    def start(self, arguments: list[str], log: Path, fast_clock: bool, skew_s: int = 0) -> subprocess.Popen:
        """Starts a process of the peer. Its output goes to log; it ends with the lab at the latest."""
        program = shutil.which(arguments[0])
        if program is None:
            raise FileNotFoundError(f"{arguments[0]}: no such program")
        environment = self.environment(fast_clock, skew_s)
        with log.open("ab") as out:
            process = subprocess.Popen(self.command([program, *arguments[1:]]), stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT, env=environment)
        self._processes.append(process)
        return process

    def run(self, arguments: list[str], stdin: str = "", seconds: float = 10.0) -> subprocess.CompletedProcess:
        """Runs a command in the peer's namespace to its end, on real time. TimeoutExpired after real `seconds`.

        The loop keeps turning meanwhile, so that a partner that has to send CONTACT does.
        """
        with (tempfile.TemporaryFile("w+") as into, tempfile.TemporaryFile("w+") as out,
              tempfile.TemporaryFile("w+") as err):   # files: nobody reads a pipe while the loop turns
            into.write(stdin)
            into.seek(0)
            process = subprocess.Popen(self.command(arguments), stdin=into, stdout=out, stderr=err)
            self._processes.append(process)
            if not self.reactor.run_until_exit(process, seconds * self.clock.rate):
                process.kill()
                process.wait()
                raise subprocess.TimeoutExpired(arguments, seconds)
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(arguments, process.returncode, out.read(), err.read())

    def end_processes(self) -> None:
        """Ends everything that was started here, the namespace with it."""
        for process in [*self._processes, self._holder]:
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()


class Lab(Host):
    """One network: us on `harness_addresses`, the peer's processes in a namespace with `peer_addresses`.

    private=False: the machine's own network, for a peer that runs elsewhere; the addresses are there already.
    """

    _count = 0

    def __init__(self, harness_addresses: list[str], peer_addresses: list[str], prefix: int, rate: float = 1.0,
                 tcp_port: int = 647, private: bool = True):
        if private and not inside():
            raise RuntimeError("a Lab needs the namespaces of lab.enter()")
        Lab._count += 1
        self.interface = f"lab{Lab._count}"
        reactor = Reactor(Clock(rate))
        super().__init__(reactor, Transcript(reactor.clock), f"peer{Lab._count}")
        self.jitter_s = jitter(self.clock)
        if not private:
            self.capture = Capture(self.reactor, None, tcp_port, peer_addresses)
            return
        self.separate(self.interface, peer_addresses, prefix)
        try:
            ip("link", "set", "lo", "up")
            for address in harness_addresses:
                ip("addr", "add", f"{address}/{prefix}", "dev", self.interface)
            ip("link", "set", self.interface, "up")
            self.capture = Capture(self.reactor, self.interface, tcp_port, peer_addresses)
        except BaseException:
            self.end_processes()
            raise

    def close(self) -> None:
        """Ends everything that was started here."""
        self.capture.close()
        self.end_processes()

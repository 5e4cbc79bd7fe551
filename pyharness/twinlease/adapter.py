"""The peer under test: a manifest brought to life in a Lab."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import jinja2

from twinlease.lab import Host
from twinlease.manifest import Manifest, Relationship


class Blocked(Exception):
    """The manifest has no verb for an action that a test needs. str() names the verb."""


class PeerFailed(Exception):
    """A verb of the manifest did not work: the command, its exit code and its output are in str()."""


def _copy(source: Path, target: Path) -> None:
    """Makes target, a file or a folder, what source is; nothing if there is no source."""
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


class PeerUnderTest:
    """One server in one role. Its files live in `directory`; what it prints goes to `directory`/peer.log.

    `parameters` are what the templates see besides the manifest's own: change them and restart to reconfigure.
    """

    def __init__(self, manifest: Manifest, relationship: Relationship, lab: Host, directory: Path,
                 called: str = "peer"):
        self.manifest = manifest
        self.relationship = relationship
        self.lab = lab
        self.directory = directory
        self.called = called
        """Its name in the transcript."""
        self.parameters: dict[str, Any] = dict(manifest.parameters)
        self.skew_s = 0
        self.started_s = 0.0
        """When it was started last (lab time)."""
        self._process: subprocess.Popen | None = None
        self._saves = 0
        self._templates = jinja2.Environment(loader=jinja2.FileSystemLoader(manifest.path.parent),
                                             undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
        directory.mkdir(parents=True, exist_ok=True)

    def can(self, verb: str) -> bool:
        return verb in self.manifest.verbs

    def need(self, *verbs: str) -> None:
        """Blocked if the manifest lacks one of the verbs."""
        for verb in verbs:
            if not self.can(verb):
                raise Blocked(verb)

    @property
    def log(self) -> Path:
        return self.directory / "peer.log"

    @property
    def running(self) -> bool | None:
        """Is its process alive? None if the suite did not start it and cannot know."""
        return None if self._process is None else self._process.poll() is None

    def configure(self) -> None:
        """Renders the manifest's files into the directory and runs `configure`, if there is one."""
        for name, template in self.manifest.files.items():
            (self.directory / name).write_text(self._templates.get_template(template).render(self._values()))
        if self.can("configure"):
            self._run("configure")

    def start(self) -> None:
        """Starts it with the store that it has. PeerFailed if it ends at once."""
        self.need("start")
        self.configure()
        argv = self._render(self.manifest.verbs["start"].argv)
        self.lab.transcript.note(f"{self.called} started")
        self._process = self.lab.start(argv, self.log, self.manifest.fast_clock, self.skew_s)
        self.started_s = self.lab.clock.now()

    def stop(self) -> None:
        """Ends it as an administrator would."""
        self._end("stop", signal.SIGTERM)

    def kill(self) -> None:
        """Ends it as a power cut ends a process: nothing more is written. (The disk keeps what was written.)"""
        self._end("kill", signal.SIGKILL)

    def wipe(self) -> None:
        """Makes it forget everything: the store of a server that never ran. It must not be running."""
        self.need("wipe")
        self._run("wipe")
        self.lab.transcript.note(f"{self.called}'s store wiped")

    def save_store(self) -> Path:
        """Copies the store aside, for restore_store(); returns where. It must not be running. Blocked if the manifest
        does not say which files the store is."""
        if not self.manifest.store:
            raise Blocked("store")
        self._saves += 1
        saved = self.directory / f"saved-store-{self._saves}"
        for name in self.manifest.store:
            _copy(self.directory / name, saved / name)
        self.lab.transcript.note("peer's store copied")
        return saved

    def restore_store(self, saved: Path) -> None:
        """Puts a copy of the store in place of the store, as an operator does from a backup. It must not be running."""
        for name in self.manifest.store:
            _copy(saved / name, self.directory / name)
        self.lab.transcript.note("peer's store replaced by an earlier copy")

    def partner_down(self) -> None:
        """The administrator's command that the partner is down (9.8.4, 9.9.3)."""
        self.need("partner_down")
        self.lab.transcript.note(f"administrator: partner-down, to the {self.called}")
        self._run("partner_down")

    def set_clock(self, skew_s: int) -> None:
        """Puts its clock that many seconds ahead of the lab's; under libfaketime that holds from the next start on."""
        if not self.manifest.fast_clock:
            self.need("set_clock")
        self.skew_s = skew_s
        self.lab.transcript.note(f"{self.called}'s clock set, {skew_s:+d} s from the lab's")
        if not self.manifest.fast_clock:
            self._run("set_clock")

    def read_leases(self) -> str:
        """Its lease store, in a form of its own."""
        self.need("read_leases")
        return self._run("read_leases")

    def status(self) -> str:
        self.need("status")
        return self._run("status")

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def log_tail(self, lines: int = 8) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="backslashreplace").splitlines()[-lines:])

    def _end(self, verb: str, fallback: signal.Signals) -> None:
        self.need(verb)
        declared = self.manifest.verbs[verb]
        if self._process is None:
            raise PeerFailed(f"{verb}: the peer is not running")
        if declared.signal:
            self._process.send_signal(getattr(signal, declared.signal, fallback))
        else:
            self._run(verb)
        ended = self.lab.reactor.run_until_exit(self._process, 5.0 * self.lab.clock.rate)
        if not ended:
            self._process.kill()
            self._process.wait()
            if verb == "stop":
                self.lab.transcript.note(f"{self.called} did not stop within 5 real seconds and was killed")
        self.lab.transcript.note(f"{self.called} {'stopped' if verb == 'stop' else 'killed'}")

    def _run(self, verb: str) -> str:
        declared = self.manifest.verbs[verb]
        stdin = self._templates.get_template(declared.stdin).render(self._values()) if declared.stdin else ""
        argv = self._render(declared.argv)
        try:
            done = self.lab.run(argv, stdin)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PeerFailed(f"{verb}: {error}") from error
        if done.returncode != 0:
            raise PeerFailed(f"{verb}: {' '.join(argv)} exited {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def _render(self, argv: tuple[str, ...]) -> list[str]:
        return [self._templates.from_string(word).render(self._values()) for word in argv]

    def _values(self) -> dict[str, Any]:
        return {**self.parameters, "dir": str(self.directory), "role": self.relationship.role,
                "relationship": self.relationship, "interface": self.lab.peer_interface, "manifest": self.manifest,
                "skew_s": self.skew_s}

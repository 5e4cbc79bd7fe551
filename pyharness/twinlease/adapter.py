"""The peer under test: a manifest brought to life in a Lab."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any

import jinja2

from twinlease.lab import Lab
from twinlease.manifest import Manifest, Relationship


class Blocked(Exception):
    """The manifest has no verb for an action that a test needs. str() names the verb."""


class PeerFailed(Exception):
    """A verb of the manifest did not work: the command, its exit code and its output are in str()."""


class PeerUnderTest:
    """One server in one role. Its files live in `directory`; what it prints goes to `directory`/peer.log.

    `parameters` are what the templates see besides the manifest's own: change them and restart to reconfigure.
    """

    def __init__(self, manifest: Manifest, relationship: Relationship, lab: Lab, directory: Path):
        self.manifest = manifest
        self.relationship = relationship
        self.lab = lab
        self.directory = directory
        self.parameters: dict[str, Any] = dict(manifest.parameters)
        self.skew_s = 0
        self.started_s = 0.0
        """When it was started last (lab time)."""
        self._process: subprocess.Popen | None = None
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
        self.lab.transcript.note(f"peer started ({self.relationship.role})")
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
        self.lab.transcript.note("peer's store wiped")

    def partner_down(self) -> None:
        """The administrator's command that the partner is down (9.8.4, 9.9.3)."""
        self.need("partner_down")
        self.lab.transcript.note("administrator: partner-down")
        self._run("partner_down")

    def set_clock(self, skew_s: int) -> None:
        """Puts its clock that many seconds ahead of the lab's; under libfaketime that holds from the next start on."""
        if not self.manifest.fast_clock:
            self.need("set_clock")
        self.skew_s = skew_s
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
                self.lab.transcript.note("peer did not stop within 5 real seconds and was killed")
        self.lab.transcript.note(f"peer {'stopped' if verb == 'stop' else 'killed'}")

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

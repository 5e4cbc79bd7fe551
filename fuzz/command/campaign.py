"""One target, some seconds, some jobs: libFuzzer processes that share a corpus on disk."""

import os
import resource
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from libfuzzer import Reading

# A large quarantine of freed memory costs more than it finds in code that hardly allocates.
SANITIZERS = {"ASAN_OPTIONS": "quarantine_size_mb=8:malloc_context_size=4", "UBSAN_OPTIONS": "print_stacktrace=1"}
GRACE_S = 30  # from the end of the time, or the interrupt, to the end of the process


@dataclass(frozen=True)
class Target:
    name: str
    length_max: int  # octets of an input
    dictionary: str
    what: str


@dataclass
class Outcome:
    """What a campaign came to. Executions are those of all jobs, the rest of the job that went furthest."""

    target: str
    jobs: int
    seconds: float = 0.0
    cpu_s: float = 0.0  # of all jobs together
    readings: list[Reading] = field(default_factory=list)
    interrupted: bool = False
    errors: list[str] = field(default_factory=list)  # jobs that ended otherwise than they should

    def furthest(self, name):
        return max((getattr(reading, name) for reading in self.readings), default=0)

    @property
    def executions(self):
        return sum(reading.executions for reading in self.readings)

    @property
    def executions_per_s(self):
        return self.executions / self.seconds if self.seconds else 0.0

    @property
    def executions_per_cpu_s(self):
        return self.executions / self.cpu_s if self.cpu_s else 0.0

    @property
    def artefacts(self):
        return self._each("artefacts")

    @property
    def failures(self):
        return self._each("failures")

    def _each(self, name):
        """Those of all jobs, each once: two jobs often stumble over the same seed."""
        return list(dict.fromkeys(one for reading in self.readings for one in getattr(reading, name)))


class Job:
    """A libFuzzer process; a thread reads what it says, into a log as well."""

    def __init__(self, command, log):
        self.reading = Reading()
        # A session of its own: an interrupt from the terminal reaches it through us alone.
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            errors="replace", start_new_session=True, env={**os.environ, **SANITIZERS},
        )
        self.thread = threading.Thread(target=self._read, args=(log,), daemon=True)
        self.thread.start()

    def _read(self, log):
        with open(log, "w", buffering=1, encoding="utf-8") as file:
            for line in self.process.stderr:
                file.write(line)
                self.reading.add(line)

    def running(self):
        return self.process.poll() is None

    def end(self, within_s):
        """The exit code, killing a process that does not end in that time."""
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.thread.join()
        return self.process.returncode


def command(program, target, seconds, corpus, seeds, dictionary, artefacts):
    return [
        str(program), f"-max_total_time={seconds}", f"-max_len={target.length_max}", f"-dict={dictionary}",
        f"-artifact_prefix={artefacts}/", "-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048",
        str(corpus), *map(str, seeds),
    ]


def run(words, target, seconds, jobs, logs, progress=lambda outcome: None, pause_s=0.5):
    """Runs `words` that many times at once. progress: called now and then with the outcome so far."""
    started, cpu_before = time.monotonic(), children_cpu_s()
    running = [Job(words, Path(logs) / f"job-{n}.log") for n in range(jobs)]
    outcome = Outcome(target.name, jobs, readings=[job.reading for job in running])
    try:
        while all(job.running() for job in running) and time.monotonic() - started < seconds + GRACE_S:
            time.sleep(pause_s)
            outcome.seconds = time.monotonic() - started
            progress(outcome)
    except KeyboardInterrupt:
        outcome.interrupted = True
    stopped = outcome.interrupted or any(job.process.poll() not in (None, 0) for job in running)
    if stopped:  # by the user, or one has found something: no reason for the others to go on
        for job in running:
            if job.running():
                job.process.send_signal(signal.SIGINT)
    for number, job in enumerate(running):
        code = job.end(GRACE_S)
        if code != 0 and not job.reading.artefacts and not (stopped and job.reading.interrupted):
            outcome.errors.append(f"job {number} ended with {code}; {Path(logs) / f'job-{number}.log'}")
    outcome.seconds = time.monotonic() - started
    outcome.cpu_s = children_cpu_s() - cpu_before
    return outcome


def children_cpu_s():
    """Processor time, user and system, of the children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

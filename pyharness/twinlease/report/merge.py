"""Two roles judged at once leave a log each; one run.jsonl is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twinlease.report.run_log import RunLog, RunLogError, records


def merge(logs: Sequence[Path], path: Path) -> None:
    """Write `path` from the logs of the roles, in their order; of one, it is a copy.

    A log that was cut short makes the whole cut short: there is no `end` then. RunLogError: a log
    that cannot be read or does not begin with a `run` record. OSError: no such file.
    """
    runs: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    rest: list[dict[str, Any]] = []
    for log in logs:
        read = [record for _, record in records(log, [])]
        if not read or read[0]["kind"] != "run":
            raise RunLogError(f"{log}: expected a run record, found none")
        runs.append(read[0])
        ends += [record for record in read if record["kind"] == "end"]
        rest += [record for record in read[1:] if record["kind"] != "end"]
    run = dict(runs[0], selected=sum(each["selected"] for each in runs))
    if len(runs) > 1:
        run.update(started=min(each["started"] for each in runs), options={**run["options"], "role": None})
    with RunLog(path) as out:
        for record in [run, *rest]:
            out.write(record)
        if len(ends) == len(runs):
            out.write({
                "kind": "end",
                "finished": max(end["finished"] for end in ends),
                "interrupted": any(end["interrupted"] for end in ends),
                "never_failed": sorted({id for end in ends for id in end["never_failed"]}),
            })  # fmt: skip

"""Everything that was sent and seen, in order, on the lab's clock: the evidence behind every verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

from twinlease.clock import Clock


@dataclass(frozen=True)
class Entry:
    """One message, datagram or note. t: lab seconds since 1970. frm and to: "suite", "peer" or "client"; of a pair the
    role of a server, "client" or "suite". to may be empty where only one can be meant."""

    t: float
    frm: str
    proto: str
    label: str
    detail: str = ""
    octets: bytes = b""
    message: Any = field(default=None, compare=False)
    connection: int = 0
    to: str = ""


class Transcript:
    """Grows for the life of a peer under test; a mark is a place in it."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self.entries: list[Entry] = []

    def add(self, frm: str, proto: str, label: str, detail: str = "", octets: bytes = b"", message: Any = None,
            connection: int = 0, to: str = "") -> Entry:
        entry = Entry(self._clock.now(), frm, proto, label, detail, octets, message, connection, to)
        self.entries.append(entry)
        return entry

    def note(self, text: str) -> None:
        """Something that is no message: a connection closed, a server killed."""
        self.add("suite", "note", text)

    def mark(self) -> int:
        return len(self.entries)

    def since(self, mark: int, match: Callable[[Entry], bool] = lambda entry: True) -> Iterator[Entry]:
        return (entry for entry in self.entries[mark:] if match(entry))

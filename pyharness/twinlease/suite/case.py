"""One conformance test: what it declares, and what it says while it runs.

A test is a function with a @case above it. It says what it sends, judges inside `t.expects(...)`, and proves each
expectation with `t.check(...)`. What does not come, or comes wrong, inside `expects` is the peer's deviation; the same
outside of it means that the peer could not be brought to where the test begins, and ends INCONCLUSIVE.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

from twinlease.connection import NotSeen
from twinlease.verdict import Basis, Consequence

PRIMARY = ("primary",)
SECONDARY = ("secondary",)
BOTH = ("primary", "secondary")
PAIR = ("pair",)
"""A test of two live servers: it gets `pair`, a PairBench, and stands in conformance/inv."""


class Deviation(Exception):
    """The peer did not do what the test's clauses ask. str() is what was observed; clauses: those broken, if the check
    said which, else all of the test."""

    def __init__(self, observed: str, clauses: tuple[str, ...] = ()):
        super().__init__(observed)
        self.clauses = clauses


class Inconclusive(Exception):
    """The evidence is not there. str() is a reason code and why."""


class Unimplemented(Exception):
    """The manifest declares, or the peer said on the wire, that it does not do this."""


@dataclass(frozen=True)
class Spec:
    """What a test declares. `id` has no role; the runner adds @primary or @secondary (the peer's role), and nothing for
    a pair."""

    id: str
    title: str
    roles: tuple[str, ...]
    covers: tuple[tuple[str, str], ...]
    level: str
    consequence: Consequence
    basis: Basis
    readings: tuple[str, ...]
    observations: int
    own_peer: bool
    last: bool
    probe: bool

    @property
    def section(self) -> str:
        return self.id.split("/")[1]

    @property
    def clauses(self) -> list[str]:
        return list(dict.fromkeys(clause for clause, _ in self.covers))


def case(id: str, *, roles: tuple[str, ...], covers: list[tuple[str, str]], level: str = "must",
         consequence: str = "interop", basis: str = "clause", readings: tuple[str, ...] = (), observations: int = 1,
         own_peer: bool = False, last: bool = False, probe: bool = True) -> Callable[[Callable], Callable]:
    """Declares a conformance test. The docstring's first line is its title.

    covers: (clause, expected reaction) pairs that a PASS proves. level: "must" makes a deviation FAIL, "should" makes
    it LENIENT. observations: the evidence floor; fewer checks than that end INCONCLUSIVE. own_peer: it starts the peer
    anew with a store of its own, and leaves it to be started again. last: runs after all others of its role, on
    what they left in the transcript. probe=False: the aftermath says nothing (a passive test).
    """
    def declare(function: Callable) -> Callable:
        if not function.__doc__:
            raise TypeError(f"{id}: the docstring's first line is the title; there is none")
        function.spec = Spec(id, function.__doc__.strip().splitlines()[0].strip(), tuple(roles), tuple(covers), level,
                             Consequence(consequence), Basis(basis), tuple(readings), observations, own_peer, last,
                             probe)
        return function
    return declare


@dataclass
class Case:
    """A test while it runs: `t` in its signature."""

    spec: Spec
    role: str
    observations: int = 0
    sent: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    observed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """The clauses that the deviation breaks, where the check named them."""
    judging: bool = False

    def sends(self, text: str, value: Any = None) -> Any:
        """Notes what is sent, for the report; returns value, so that it can stand around the call that sends."""
        self.sent.append(text)
        return value

    @contextlib.contextmanager
    def expects(self, text: str) -> Iterator[None]:
        """From here on the peer is judged. Silence where an answer is due, a closed connection, is its deviation."""
        self.expected.append(text)
        self.judging = True
        try:
            yield
        except NotSeen as missing:
            raise Deviation(str(missing)) from missing
        except ConnectionError as broken:
            raise Deviation(str(broken)) from broken
        finally:
            self.judging = False

    def saw(self, text: str) -> None:
        """One more observation, for the report."""
        self.observations += 1
        self.observed.append(text)

    def check(self, ok: object, observed: str, *clauses: str) -> None:
        """One observation; a Deviation if it is not what the clause asks. clauses: which of the test's this is about."""
        if not ok:
            raise Deviation(observed, clauses)
        self.saw(observed)

    def inconclusive(self, why: str) -> None:
        raise Inconclusive(why)

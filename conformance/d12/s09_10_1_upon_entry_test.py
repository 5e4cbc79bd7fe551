"""9.10.1 Upon entry to POTENTIAL-CONFLICT state, as a secondary. (A primary's: 9.10.)

| test | clauses | roles |
|---|---|---|
| secondary-waits-for-its-primary | FO-9.10.1-02, S13 (A-34) | secondary |
"""

from __future__ import annotations

from twinlease.suite.bench import ANSWER_S, QUIET_S, Bench
from twinlease.suite.case import SECONDARY, Case, case
from twinlease.suite.steps import states


@case("d12/9.10.1/secondary-waits-for-its-primary", roles=SECONDARY, consequence="safety", readings=("A-34",), covers=[
    ("FO-9.10.1-02", "no way on before the primary's UPDREQ"), ("S13", "no NORMAL before the conflict is resolved")])
def test_waits(bench: Bench, t: Case) -> None:
    """A secondary in POTENTIAL-CONFLICT stays there while its primary says nothing. (It may ask itself, A-34.)"""
    link = bench.meet("POTENTIAL-CONFLICT")
    bench.peer.expect_state("POTENTIAL-CONFLICT", within=ANSWER_S)
    t.sends("a primary in POTENTIAL-CONFLICT that neither asks nor answers")
    with t.expects(f"POTENTIAL-CONFLICT throughout {QUIET_S:g} s, on a connection that stays"):
        bench.reactor.run_until(lambda: link.closed, QUIET_S)
        t.check(states(link)[-1] == "POTENTIAL-CONFLICT" and link.closed is None,
                f"{', '.join(states(link))}; connection {link.closed or 'open'}")

import re

import pytest

from twinlease.baseline import Baseline, Expectation
from twinlease.report import summary
from twinlease.report.clauses import Clause
from twinlease.report.document import build
from twinlease.report.document_test import CLAUSE, FAILED, sample
from twinlease.report.fixtures import sample_run
from twinlease.report.summary import MAX_LINES, WIDTH, code, failure_text
from twinlease.verdict import Verdict

CLAUSES = {"FO-7.8.2-17": CLAUSE}
LONG = Clause(section="1", level="MUST", requirement="word " * 60)


def test_failure_text():
    test = next(test for test in sample().tests if test["id"] == FAILED)
    assert failure_text(test, CLAUSES) == """\
FAIL        d12/7.8.2/bad-mclt-is-refused@secondary
            a CONNECT with an MCLT of 0 s is refused with reject reason 5
why         accepted: CONNECTACK without reject-reason
we sent     CONNECT xid 1, MCLT 0 s, relationship-name sample
clause      FO-12.15-01
            FO-7.8.2-17 (should): MCLT not acceptable: reason 5
came back   CONNECTACK xid 1 without reject-reason; STATE NORMAL 0.004 s later
should be   CONNECTACK xid 1 with reject-reason 5, then the connection is closed
notes       consequence interop; basis clause; aftermath clean; reading A-14 (docs/readings.md);
            observations 1, 1 needed; pcap/d12-7.8.2-bad-mclt-is-refused-secondary.pcap
run alone   twinlease certify sample-dhcpd --select d12/7.8.2/bad-mclt-is-refused@secondary"""


def test_the_longest_text_fits_and_keeps_id_and_command_whole():
    id = "d12/7.8.2/" + "x" * 190
    long = "octet " * 200
    test = sample_run.make_test(
        id, "must", [["FO-6.1-01", "a"], ["FO-6.1-02", "b"]], verdict="FAIL", title=long, reason=long,
        sent=long, expected=long, observed=long + "\n" * 40, readings=["A-14"] * 40,
    )  # fmt: skip
    text = failure_text(test, {"FO-6.1-01": LONG, "FO-6.1-02": LONG})
    lines = text.split("\n")
    assert len(lines) == MAX_LINES
    assert text.count("…") == 7
    assert id in re.sub(r"\n +", "", text)
    assert lines[-1].endswith(id)
    assert all(len(line) <= WIDTH for line in lines if id not in line)


@pytest.mark.parametrize("test", sample_run.tests(), ids=lambda test: test["id"])
def test_every_sample_fits_and_prints(test):
    lines = failure_text(test, {}).split("\n")
    assert len(lines) <= MAX_LINES
    assert all(len(line) <= WIDTH and line.isprintable() for line in lines)


def test_a_long_command_can_be_pasted():
    test = sample_run.make_test("d12/1/a", "must", [], verdict="FAIL", rerun="run " + "--x y " * 40)
    command = failure_text(test, {}).partition("run alone   ")[2]
    assert command.replace("\\\n", " ").split() == test["rerun"].split()


def test_summary_of_the_sample():
    text = summary.render(build(sample(), CLAUSES))
    assert text.startswith("# FAIL, incomplete: 23 of 28 tests came to a conclusion\n")
    assert "- exercised: 22 distinct (clause, expected reaction) pairs of 22 clauses; 0 more only survived\n" in text
    assert "- not concluded: 1 INCONCLUSIVE, 1 BLOCKED, 2 UNIMPLEMENTED, 1 ERROR\n" in text
    assert "| PASS | 17 |\n" in text
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == ["Failures (4)", "Not passed (7)", "Never seen failing (2)"]
    assert text.index("inv/S1/no-duplicate-lease") < text.index(FAILED)  # safety first
    assert "- BLOCKED `inv/S2/ack-only-after-record-is-stored@secondary`: `adapter " in text


def test_a_complete_pass_is_short():
    tests = [test for test in sample().tests if test["verdict"] == "PASS"]
    run = {**sample().run, "selected": len(tests)}
    text = summary.render(build(sample(run=run, tests=tests), {}))
    assert text.startswith("# PASS, complete: all 17 tests came to a conclusion\n")
    assert "## Failures" not in text and "## Not passed" not in text


def test_expected_results_are_apart():
    baseline = Baseline(
        [
            Expectation(FAILED, Verdict.FAIL, "takes any MCLT"),
            Expectation("d12/7.8/connect-comes-first@primary", Verdict.FAIL, "once"),
        ],
        "b.toml",
    )
    text = summary.render(build(sample(), {}, baseline))
    assert f"## As the baseline expects (1)\n\n- FAIL `{FAILED}`: `takes any MCLT`\n" in text
    assert "- `1 of 2 entries are as expected`\n" in text
    assert "connect-comes-first@primary passes; the baseline expects FAIL" in text
    assert "## Failures (3)" in text


def outside_code(text):
    """`text` as CommonMark leaves it without fenced blocks and code spans."""
    text = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "", text)


def test_nothing_that_the_peer_sent_is_markdown():
    tests = sample().tests
    for test in tests:
        if test["verdict"] in ("LENIENT", "BLOCKED"):
            test["reason"] = sample_run.HOSTILE
    run = {**sample().run, "peer": {**sample().run["peer"], "name": sample_run.HOSTILE}}
    text = summary.render(build(sample(tests=tests, run=run), {}))
    assert text.replace("\n", "").isprintable()
    rest = outside_code(text)
    for part in ("script", "alert", "# PASS", "](", "@all", "`"):
        assert part not in rest


@pytest.mark.parametrize("text", ["a`b", "`", "``x`", "a``b`c", "", " ", "\n"])
def test_a_code_span_is_longer_than_what_it_holds(text):
    span = code(text)
    fence = re.match("`+", span)[0]
    assert span.endswith(fence)
    assert fence not in re.findall("`+", span[len(fence) : -len(fence)])

"""The oracle over transcripts: entries in, findings and results out."""

import pytest

from twinlease import wire
from twinlease.oracle import Oracle, Span, results, selects, watch
from twinlease.report.record import validate
from twinlease.suite.plugin import ladder
from twinlease.transcript import Entry
from twinlease.verdict import Verdict

BEGIN = 1_800_000_000.0
CODES = {"NORMAL": 2, "COMMUNICATIONS-INTERRUPTED": 3, "PARTNER-DOWN": 4, "RECOVER": 6, "RECOVER-DONE": 9}


def judged(story, tests=()):
    """The results of a story: of all that was explained, and by id what was found."""
    report = watch(story.entries, "primary", "isc")
    seen, *found = results(report, "primary", story.entries, ladder,
                           lambda test: f"again {test.id if test else 'all'}", tests)
    for record in (seen, *found):
        validate(record)
    assert seen["id"] == "oracle/explained@primary"
    return seen, {record["id"]: record for record in found}


class Story:
    """A transcript of a primary under test, made message by message, one second each."""

    def __init__(self):
        self.entries = []
        self.xid = 0
        self.connection = 1

    def add(self, frm, type_, options=(), xid=None):
        self.xid += 1
        at = BEGIN + len(self.entries)
        octets = wire.encode(type_, xid=self.xid if xid is None else xid, time_s=int(at), options=options, dialect="isc")
        message = wire.Message(octets, "isc")
        self.entries.append(Entry(at, frm, "failover", message.label(), message.describe(), octets, message,
                                  self.connection))
        return self

    def note(self, text):
        self.entries.append(Entry(BEGIN + len(self.entries), "suite", "note", text))
        return self

    def state(self, frm, name, startup=False):
        return self.add(frm, "STATE", [("server-state", CODES[name]), ("server-flags", int(startup)),
                                       ("start-time-of-state", int(BEGIN))])

    def connected(self):
        self.add("peer", "CONNECT", [("relationship-name", "x"), ("max-unacked-bndupd", 10), ("receive-timer", 60),
                                     ("MCLT", 60)], xid=0)
        return self.add("suite", "CONNECTACK", [("relationship-name", "x"), ("max-unacked-bndupd", 10),
                                                ("receive-timer", 60)], xid=0)

    def normal(self):
        self.connected().state("peer", "COMMUNICATIONS-INTERRUPTED").state("suite", "NORMAL")
        return self.state("peer", "NORMAL")


def test_a_conforming_peer_passes():
    report = watch(Story().normal().add("peer", "CONTACT").entries, "primary", "isc")
    assert (report.verdict, report.findings) == ("PASS", [])
    assert report.explained == report.messages == 3


def test_a_broken_clause_is_a_result_of_its_own():
    story = Story().normal().add("peer", "UPDDONE", xid=77)
    report = watch(story.entries, "primary", "isc")
    assert report.verdict == "FAIL"
    seen, found = judged(story)
    assert (seen["verdict"], seen["observed"]) == (
        Verdict.PASS, "2 of 3 messages explained; 1 rules broken, each a result of its own")
    record = found["oracle/UPDDONE/FO-7.5-01@primary"]
    assert record["verdict"] == Verdict.FAIL
    assert record["clauses"] == ["FO-7.5-01"]
    assert record["ladder"][-1]["label"].startswith("UPDDONE")
    assert record["expected"] == "the xid of a request without UPDDONE"


def test_a_report_without_finding_is_one_result():
    seen, found = judged(Story().normal())
    assert (seen["verdict"], seen["rerun"], found) == (Verdict.PASS, "again all", {})
    seen, found = judged(Story())
    assert (seen["verdict"], found) == (Verdict.INCONCLUSIVE, {})


def test_a_finding_names_the_test_in_which_it_came():
    story = Story().normal()
    begin = len(story.entries)
    story.add("peer", "UPDDONE", xid=77)
    tests = [Span("d12/a@primary", 0, begin, "pcap/a.pcap"), Span("d12/b@primary", begin, begin + 1, "pcap/b.pcap")]
    (record,) = judged(story, tests)[1].values()
    assert (record["pcap"], record["rerun"]) == ("pcap/b.pcap", "again d12/b@primary")
    assert record["reason"].endswith("during d12/b@primary")
    (record,) = judged(story, tests[:1])[1].values()
    assert (record["pcap"], record["rerun"]) == (None, "again d12/a@primary")
    assert record["reason"].endswith("after d12/a@primary")


def test_states_are_results_by_what_they_say():
    story = Story().normal().state("peer", "PARTNER-DOWN").state("peer", "RECOVER-DONE")
    assert set(judged(story)[1]) == {"oracle/STATE-PARTNER-DOWN/S11@primary", "oracle/STATE-RECOVER-DONE/S12@primary"}


@pytest.mark.parametrize("prefix, role, chosen", [
    ("oracle/STATE-SHUTDOWN/S12@primary", "primary", True),
    ("oracle/STATE-SHUTDOWN/S12@primary", "secondary", False),
    ("oracle", "secondary", True),
    ("d12/7.1", "primary", False),
])
def test_an_id_of_the_oracle_selects_the_tests_of_its_role(prefix, role, chosen):
    assert selects(prefix, role) is chosen


def test_a_command_explains_partner_down():
    found = watch(Story().normal().state("peer", "PARTNER-DOWN").entries, "primary", "isc")
    assert [f.invariant for f in found.findings] == ["S11"]
    told = Story().normal().note("administrator: partner-down, to the peer").state("peer", "PARTNER-DOWN")
    assert watch(told.entries, "primary", "isc").findings == []


def test_a_start_after_a_wipe_explains_recover():
    for wiped in (False, True):
        story = Story().normal().note("connection 1: closed by the peer").note("peer killed")
        if wiped:
            story.note("peer's store wiped")
        story.note("peer started")
        story.connection = 2
        story.connected().state("peer", "RECOVER", startup=True)
        found = watch(story.entries, "primary", "isc").findings
        assert [f.invariant for f in found] == ([] if wiped else ["S14"])


def test_octets_that_are_no_message_may_be_answered():
    for frm, verdict in (("suite", "PASS"), ("peer", "INCONCLUSIVE")):
        story = Story().normal()
        story.entries.append(Entry(BEGIN + 50, frm, "failover", "garbage", octets=b"\0" * 12, connection=1))
        report = watch(story.add("peer", "UPDDONE", xid=77).entries, "primary", "isc")
        assert (report.verdict, report.findings) == (verdict, [])
        assert bool(report.reasons) is (frm == "peer")


def test_a_store_replaced_begins_anew():
    for what in ("store copied", "store replaced by an earlier copy", "clock set, -3600 s from the lab's"):
        story = Story().normal().note("connection 1: closed by the peer").note("peer killed")
        story.note(f"peer's {what}").note("peer started")
        story.connection = 2
        report = watch(story.connected().state("peer", "RECOVER", startup=True).entries, "primary", "isc")
        assert [f.invariant for f in report.findings] == (["S14"] if "copied" in what else [])
        assert report.reasons == []


def test_feeding_piece_by_piece_is_the_same():
    story = Story().normal().add("peer", "UPDDONE", xid=77)
    oracle = Oracle("primary", "isc")
    for entry in story.entries:
        oracle.feed([entry])
    assert [f.number for f in oracle.finish().findings] == [len(story.entries) - 1]


def test_results_of_one_id_are_one():
    story = Story().normal().add("peer", "UPDDONE", xid=77).add("peer", "UPDDONE", xid=78)
    (record,) = judged(story)[1].values()
    assert "2 times" in record["reason"]


@pytest.mark.parametrize("role, dialect", [("third", "isc"), ("primary", "other")])
def test_an_unknown_name_is_refused(role, dialect):
    with pytest.raises(ValueError, match="is none"):
        Oracle(role, dialect)

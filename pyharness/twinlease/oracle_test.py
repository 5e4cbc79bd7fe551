"""The oracle over transcripts: entries in, findings and results out."""

import pytest

from twinlease import wire
from twinlease.oracle import Oracle, results, watch
from twinlease.report.record import validate
from twinlease.suite.plugin import ladder
from twinlease.transcript import Entry
from twinlease.verdict import Verdict

BEGIN = 1_800_000_000.0
CODES = {"NORMAL": 2, "COMMUNICATIONS-INTERRUPTED": 3, "PARTNER-DOWN": 4, "RECOVER": 6, "RECOVER-DONE": 9}


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
    (record,) = results(report, "primary", story.entries, ladder, "again")
    validate(record)
    assert record["id"] == "oracle/UPDDONE/S16@primary"
    assert record["verdict"] == Verdict.FAIL
    assert record["clauses"] == ["FO-7.5-01"]
    assert record["ladder"][-1]["label"].startswith("UPDDONE")
    assert record["expected"] == "the xid of a request without UPDDONE"


def test_a_report_without_finding_is_one_result():
    story = Story().normal()
    (record,) = results(watch(story.entries, "primary", "isc"), "primary", story.entries, ladder, "again")
    validate(record)
    assert (record["id"], record["verdict"]) == ("oracle/whole-run@primary", "PASS")
    (record,) = results(watch([], "primary", "isc"), "primary", [], ladder, "again")
    validate(record)
    assert record["verdict"] == Verdict.INCONCLUSIVE


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


def test_octets_that_are_no_message_are_a_gap():
    story = Story().normal()
    story.entries.append(Entry(BEGIN + 50, "suite", "failover", "garbage", octets=b"\0" * 12))
    report = watch(story.add("peer", "UPDDONE", xid=77).entries, "primary", "isc")
    assert (report.verdict, report.findings) == ("INCONCLUSIVE", [])
    assert report.reasons


def test_feeding_piece_by_piece_is_the_same():
    story = Story().normal().add("peer", "UPDDONE", xid=77)
    oracle = Oracle("primary", "isc")
    for entry in story.entries:
        oracle.feed([entry])
    assert [f.number for f in oracle.finish().findings] == [len(story.entries) - 1]


def test_results_of_one_id_are_one():
    story = Story().normal().add("peer", "UPDDONE", xid=77).add("peer", "UPDDONE", xid=78)
    (record,) = results(watch(story.entries, "primary", "isc"), "primary", story.entries, ladder, "again")
    assert "2 times" in record["reason"]


@pytest.mark.parametrize("role, dialect", [("third", "isc"), ("primary", "other")])
def test_an_unknown_name_is_refused(role, dialect):
    with pytest.raises(ValueError, match="is none"):
        Oracle(role, dialect)

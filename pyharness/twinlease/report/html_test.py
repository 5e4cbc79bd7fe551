from collections import Counter
from html.parser import HTMLParser

import pytest

from twinlease.baseline import Baseline, Expectation
from twinlease.report import html
from twinlease.report.document import build
from twinlease.report.document_test import CLAUSE, FAILED, sample
from twinlease.report.fixtures import sample_run
from twinlease.verdict import Verdict

VOID = {"meta", "br"}


class Page(HTMLParser):
    """The page as a browser takes it: tags, attributes, text; checks that tags nest."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts, self.open = Counter(), [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def values(self, name):
        return [value for _, attribute, value in self.attributes if attribute == name]


@pytest.fixture(scope="module")
def page():
    return Page(html.render(build(sample(), {"FO-7.8.2-17": CLAUSE})))


def test_it_needs_nothing_else(page):
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert page.values("src") == []
    assert "default-src 'none'; style-src 'unsafe-inline'" in page.values("content")
    assert all(href.startswith(("#", "pcap/")) for href in page.values("href"))


def test_links_within_the_page_lead_somewhere(page):
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.values("href") if href[0] == "#"} <= set(ids)


def test_every_test_is_on_it_once(page):
    assert {html.anchor(test["id"]) for test in sample().tests} <= set(page.values("id"))


def test_the_verdict_comes_first(page):
    shown = [text.strip() for text in page.texts if text.strip()]
    assert shown[0] == "FAIL: sample-dhcpd 4.4.3-P1 - Twinlease"
    assert shown[2:5] == [
        "Twinlease: certification of a DHCP failover peer",
        "FAIL",
        "sample-dhcpd 4.4.3-P1, dialect isc",
    ]


def test_what_failed_has_a_ladder(page):
    drawn = [test for test in sample().tests if test["verdict"] in ("FAIL", "LENIENT", "ERROR")]
    folded = [test for test in sample().tests if test["verdict"] == "INCONCLUSIVE"]
    assert page.tags["svg"] == len([test for test in drawn + folded if test["ladder"]])


def test_the_sentence_of_a_clause_is_on_it(page):
    assert any(CLAUSE["requirement"] in text for text in page.texts)


def test_hostile_text_stays_text(page):
    text = "".join(page.texts)
    assert "<script>alert(1)</script>" in text
    assert "{{ 7*7 }}" in text and "\\x1b[2J" in text and "\\u202egnp.exe" in text
    assert all(character == "\n" or character.isprintable() for character in text)
    values = [value for _, name, value in page.attributes if name != "content"]
    assert not any("javascript" in value for value in values)


def test_it_can_be_written_whatever_the_peer_is_called():
    run = sample().run
    run["peer"] = dict.fromkeys(("name", "version", "dialect", "manifest"), sample_run.HOSTILE)
    text = html.render(build(sample(run=run), {}))
    text.encode("utf-8")
    Page(text)


def test_sections_are_in_the_order_of_the_draft():
    tests = [
        sample_run.make_test(f"d12/{section}/a", "must", [], verdict="PASS")
        for section in ("7.10", "12", "7.9.1", "7.9")
    ]
    report = build(sample(tests=tests), {})
    numbers = [section["number"] for section in html._sections(report)]
    assert numbers == ["7.9", "7.9.1", "7.10", "12"]


def test_problems_unfinished_and_baseline_are_shown():
    baseline = Baseline([Expectation(FAILED, Verdict.FAIL, "takes any MCLT")], "b.toml")
    report = build(
        sample(end=None, unfinished=["d12/9/x"], problems=["line 9 is cut off"]), {}, baseline
    )
    text = " ".join("".join(Page(html.render(report)).texts).split())
    for part in (
        "line 9 is cut off",
        "d12/9/x",
        "The run was cut short.",
        "1 of 1 entries are as expected",
        "expects FAIL: takes any MCLT",
        "FAIL (expected)",
        "1 of the results are known",
    ):
        assert part in text


def test_an_empty_run_renders():
    run = {**sample().run, "selected": 0}
    text = html.render(build(sample(run=run, tests=[]), {}))
    assert "NOT_RUN" in "".join(Page(text).texts)


@pytest.mark.parametrize(
    "path, href",
    [
        ("pcap/a-b_c@d.pcap", "pcap/a-b_c@d.pcap"),
        (None, None),
        ("", None),
        ("/etc/passwd", None),
        ("../a.pcap", None),
        ("javascript:alert(1)", None),
        ("//host/a", None),
        ("a b", None),
        ("a\n", None),
    ],
)
def test_only_a_plain_path_becomes_a_link(path, href):
    assert html.pcap_href(path) == href


def test_anchors_do_not_collide():
    ids = ["d12/a_b", "d12/a b", "d12/a_20b", "d12/a[1]", "d12/a%1"]
    assert len({html.anchor(id) for id in ids}) == len(ids)

import re
from xml.etree import ElementTree

import pytest

from twinlease.report import ladder
from twinlease.report.fixtures import ladders, sample_run


def draw(messages, role=None):
    return ElementTree.fromstring(str(ladder.draw(messages, role)))


def texts(svg, kind):
    return ["".join(text.itertext()) for text in svg.iter("text") if text.get("class") == kind]


def test_no_messages_draw_nothing():
    assert ladder.draw([], "primary") == ""


@pytest.mark.parametrize(
    "messages, names",
    [
        (ladders.connect(), ["suite", "peer"]),
        (ladders.partition(30), ["suite", "peer", "clients"]),
        ([ladders.message(0, "peer", "dhcp", "DHCPOFFER")], ["suite", "peer", "clients"]),
        ([ladders.message(0, "suite", "dhcp", "DHCPDISCOVER")], ["suite", "peer"]),
        ([ladders.message(0, "primary", "failover", "STATE")], ["primary", "secondary"]),
        ([ladders.message(0, "secondary", "dhcp", "OFFER")], ["primary", "secondary", "clients"]),
        ([{**ladders.message(0, "client", "dhcp", "x"), "to": "primary"}], ["primary", "secondary", "clients"]),
    ],
)
def test_lifelines(messages, names):
    assert texts(draw(messages), "headname")[: len(names)] == names


def test_the_suite_plays_the_other_role():
    heads = texts(draw(ladders.connect(), "secondary"), "headname")
    assert heads == ["suite, as primary", "peer, as secondary"]


@pytest.mark.parametrize(
    "sender, receiver, proto, right",
    [
        ("primary", "secondary", "failover", True),
        ("secondary", "primary", "failover", False),
        ("client", "primary", "dhcp", False),
        ("primary", "client", "dhcp", True),
    ],
)
def test_of_a_pair_an_arrow_goes_to_whom_the_message_went(sender, receiver, proto, right):
    messages = [
        {**ladders.message(0, "primary", "failover", "STATE"), "to": "secondary"},
        {**ladders.message(1, sender, proto, "x"), "to": receiver},
    ]
    arrow = [path for path in draw(messages).iter("path") if path.get("class") == "arrow"][-1]
    start, _, end = map(float, re.findall(r"[\d.]+", arrow.get("d")))
    assert (end > start) == right


def test_an_arrow_goes_from_the_sender():
    for sender, proto, right in [
        ("suite", "failover", True),
        ("peer", "failover", False),
        ("peer", "dhcp", True),
        ("client", "dhcp", False),
    ]:
        svg = draw([ladders.message(0, sender, proto, "x")])
        [arrow] = [path for path in svg.iter("path") if path.get("class") == "arrow"]
        start, _, end = map(float, re.findall(r"[\d.]+", arrow.get("d")))
        assert (end > start) == right


def test_sixty_messages_are_all_drawn():
    svg = draw(ladders.updates(60))
    assert len(texts(svg, "time")) == 60
    assert texts(svg, "gap") == []


def test_a_longer_ladder_keeps_head_and_tail():
    messages = ladders.updates(200)
    svg = draw(messages)
    assert texts(svg, "gap") == ["140 messages are not drawn; see the table below"]
    times = texts(svg, "time")
    assert len(times) == ladder.MAX_DRAWN
    assert (times[0], times[-1]) == ("0.000", f"{messages[-1]['t']:.3f}")


def test_a_silence_gets_a_row():
    assert texts(draw(ladders.quiet()), "time quiet") == ["+5.0 s"] * 6


def test_a_long_label_is_cut_to_two_lines_and_whole_in_the_tooltip():
    label = "BNDUPD " + "word " * 100
    svg = draw([ladders.message(0, "suite", "failover", label, "detail\nmore")])
    lines = texts(svg, "label")
    assert len(lines) == 2 and lines[1].endswith("…")
    assert [title.text for title in svg.iter("title")] == [f"0.000  {label}\ndetail\nmore"]


@pytest.mark.parametrize("label", ["x" * 300, "無" * 120, "a b " * 99, ""])
def test_no_line_is_wider_than_its_arrow(label):
    columns = sum(2 if character == "無" else 1 for character in label)
    lines = ladder._fit(label, 50)
    assert 1 <= len(lines) <= 2
    assert all(sum(2 if c == "無" else 1 for c in line) <= 50 for line in lines)
    assert columns <= 100 or lines[-1].endswith("…")


def test_rows_do_not_overlap_and_stay_inside():
    for messages in (ladders.updates(60), ladders.partition(140), ladders.quiet()):
        svg = draw(messages)
        _, _, width, height = map(float, svg.get("viewBox").split())
        ys = [float(text.get("y")) for text in svg.iter("text") if text.get("class") == "label"]
        assert all(below - above >= 12 for above, below in zip(ys, ys[1:]))
        assert ys[-1] < height
        assert all(0 <= float(rect.get("x")) <= width - 160 for rect in svg.iter("rect")
                   if rect.get("class") == "head")  # fmt: skip


def test_hostile_text_stays_text():
    svg = draw(ladders.hostile(sample_run.HOSTILE), "primary")
    assert {element.tag for element in svg.iter()} == {"svg", "g", "title", "text", "rect", "path"}

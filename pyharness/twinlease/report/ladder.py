"""The ladder diagram of one test: inline SVG, time downwards, two or three lifelines: suite, peer and clients, or of
a pair primary, secondary and clients.

The colours are classes of report.css, so that one drawing serves light, dark and print. Labels
are set in a monospaced face, whose width is known without measuring; what does not fit in two
lines is cut here and stands whole in the tooltip and in the table of messages below the ladder.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from twinlease.report.text import visible

Message = Mapping[str, Any]

MAX_DRAWN = 60  # messages; of longer ladders the head and the tail are drawn
_HEAD_DRAWN = 24

# Pixels.
_CHARACTER = 6.75  # of the label face, 11 px; at least 0.61 em in all common monospaced faces
_LINE = 13
_TIME_COLUMN = 84
_LANE = {2: 600, 3: 438}  # distance between two lifelines, by their number
_MARGIN = 96  # right of the last lifeline, and left of the first beside the times
_HEAD = 44
_PAIR = ("primary", "secondary")
_QUIET_S = 1.0  # a silence of this many seconds or more gets a row of its own


@dataclass
class _Drawing:
    """Elements so far, and how far down they reach."""

    lanes: dict[str, float]  # lifeline -> x
    y: float
    parts: list[Markup] = field(default_factory=list)
    breaks: list[tuple[float, float]] = field(default_factory=list)  # where lifelines are dashed

    def add(self, template: str, *values: Any) -> None:
        """Append SVG; every value is made visible and escaped."""
        clean = [
            value if isinstance(value, (Markup, int, float)) else escape(visible(value))
            for value in values
        ]
        self.parts.append(Markup(template.format(*clean)))


def draw(messages: Sequence[Message], role: str | None) -> Markup:
    """The ladder of `messages` as an <svg> element; empty if there are none.

    `role` is that of the peer under test (primary, secondary or None): the suite plays the other
    one. Between suite and peer go failover messages, and DHCP that the suite itself sends;
    between peer and client DHCP.
    """
    if not messages:
        return Markup("")
    pair = any(message["from"] in _PAIR or message.get("to") in _PAIR for message in messages)
    names = list(_PAIR) if pair else ["suite", "peer"]
    if any(_client_is_in(message) for message in messages):
        names.append("client")
    step = _LANE[len(names)]
    lanes = {name: _TIME_COLUMN + _MARGIN + place * step for place, name in enumerate(names)}
    width = lanes[names[-1]] + _MARGIN
    drawing = _Drawing(lanes, y=_HEAD - 8)
    drawn = _elide(messages)
    last_s: float | None = None
    for message in drawn:
        if message is None:
            left_out = len(messages) - MAX_DRAWN
            _gap(drawing, f"{left_out} messages are not drawn; see the table below")
            last_s = None
            continue
        if last_s is not None and message["t"] - last_s >= _QUIET_S:
            _silence(drawing, message["t"] - last_s)
        _row(drawing, message, step)
        last_s = message["t"]
    height = drawing.y + (_HEAD - 4 if len(drawn) > 20 else 10)
    parts = [_heads(drawing, role, 2), _lifelines(drawing), *drawing.parts]
    if len(drawn) > 20:
        parts.append(_heads(drawing, role, drawing.y + 8))
    return Markup(
        '<svg class="ladder" role="img" aria-label="Ladder diagram of {} messages"'
        ' viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>'
    ).format(len(messages), width, height, width, height, Markup("").join(parts))


def _client_is_in(message: Message) -> bool:
    return message["from"] == "client" or (
        message["from"] != "suite" and message["proto"] == "dhcp"
    )


def _elide(messages: Sequence[Message]) -> list[Message | None]:
    """All of them, or head, None, tail: the tail is longer, since it holds the verdict."""
    if len(messages) <= MAX_DRAWN:
        return list(messages)
    return [*messages[:_HEAD_DRAWN], None, *messages[_HEAD_DRAWN - MAX_DRAWN :]]


def _row(drawing: _Drawing, message: Message, step: int) -> None:
    if message["proto"] == "note":
        return _note(drawing, message)
    start, end = (drawing.lanes[name] for name in _way(message, drawing.lanes))
    lines = _fit(message["label"], int((step - 48) / _CHARACTER))
    arrow_y = drawing.y + len(lines) * _LINE + 5
    sign = 1 if end > start else -1
    tip = end - sign * 1.5
    drawing.add(
        '<g class="{}"><title>{}</title>', message["proto"], _tooltip(message)
    )
    _label(drawing, lines, (start + end) / 2, drawing.y - 2)
    drawing.add(
        '<path class="arrow" d="M{:.1f} {:.1f}H{:.1f}"/>', start, arrow_y, tip - sign * 7
    )
    drawing.add(
        '<path class="tip" d="M{:.1f} {:.1f}l{} -4v8z"/></g>', tip, arrow_y, -sign * 9
    )
    _time(drawing, message["t"], arrow_y + 4)
    drawing.y = arrow_y + 7


def _way(message: Message, lanes: Mapping[str, float]) -> tuple[str, str]:
    """The lifelines between which the message goes. Of a pair it says itself to whom; else only one can be meant."""
    first, second = list(lanes)[:2]
    sender = message["from"] if message["from"] in lanes else first
    receiver = message.get("to")
    if receiver not in lanes or receiver == sender:
        served = message["proto"] == "dhcp" and "client" in lanes and sender in ("peer", *_PAIR)
        receiver = "client" if served else first if sender == second else second
    return sender, receiver


def _note(drawing: _Drawing, message: Message) -> None:
    left, right = min(drawing.lanes.values()) - 40, max(drawing.lanes.values()) + 40
    lines = _fit(message["label"], int((right - left - 24) / _CHARACTER))
    height = len(lines) * _LINE + 7
    top = drawing.y + 3
    drawing.add(
        '<g class="note"><title>{}</title>'
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="3"/>',
        _tooltip(message), left, top, right - left, height,
    )  # fmt: skip
    _label(drawing, lines, (left + right) / 2, top)
    drawing.parts.append(Markup("</g>"))
    _time(drawing, message["t"], top + _LINE)
    drawing.y = top + height + 4


def _label(drawing: _Drawing, lines: list[str], middle: float, top: float) -> None:
    for number, line in enumerate(lines, 1):
        drawing.add(
            '<text x="{:.1f}" y="{:.1f}" class="label">{}</text>',
            middle, top + number * _LINE, line,
        )  # fmt: skip


def _silence(drawing: _Drawing, seconds: float) -> None:
    """A row that says how long nothing was said."""
    drawing.add(
        '<text x="{}" y="{:.1f}" class="time quiet">+{:.1f} s</text>',
        _TIME_COLUMN, drawing.y + 14, seconds,
    )  # fmt: skip
    drawing.breaks.append((drawing.y + 4, drawing.y + 18))
    drawing.y += 20


def _gap(drawing: _Drawing, text: str) -> None:
    middle = (min(drawing.lanes.values()) + max(drawing.lanes.values())) / 2
    drawing.breaks.append((drawing.y + 4, drawing.y + 38))
    drawing.add('<text x="{:.1f}" y="{:.1f}" class="gap">{}</text>', middle, drawing.y + 25, text)
    drawing.y += 42


def _time(drawing: _Drawing, seconds: float, y: float) -> None:
    drawing.add('<text x="{}" y="{:.1f}" class="time">{:.3f}</text>', _TIME_COLUMN, y, seconds)


def _heads(drawing: _Drawing, role: str | None, y: float) -> Markup:
    other = {"primary": "secondary", "secondary": "primary"}
    names = {
        "suite": f"suite, as {other[role]}" if role else "suite",
        "peer": f"peer, as {role}" if role else "peer",
        "client": "clients",
        **{name: name for name in _PAIR},
    }
    return Markup("").join(
        Markup(
            '<rect class="head" x="{:.1f}" y="{:.1f}" width="160" height="26" rx="4"/>'
            '<text class="headname" x="{:.1f}" y="{:.1f}">{}</text>'
        ).format(x - 80, y, x, y + 17.5, names[lane])
        for lane, x in drawing.lanes.items()
    )


def _lifelines(drawing: _Drawing) -> Markup:
    """Solid lines, dashed where the time is not to scale or messages are left out."""
    stops = [(28.0, 28.0), *drawing.breaks, (drawing.y + 8, drawing.y + 8)]
    lines = []
    for x in drawing.lanes.values():
        for (_, above), (below, _) in zip(stops, stops[1:]):
            lines.append(f'<path class="line" d="M{x:.1f} {above:.1f}V{below:.1f}"/>')
        for top, bottom in drawing.breaks:
            lines.append(f'<path class="line cut" d="M{x:.1f} {top:.1f}V{bottom:.1f}"/>')
    return Markup("".join(lines))


def _tooltip(message: Message) -> Markup:
    text = f"{message['t']:.3f}  {message['label']}\n{message['detail']}"
    return escape(visible(text, newlines=True))


def _fit(label: str, room: int) -> list[str]:
    """`label`, made visible, in at most two lines of `room` columns, broken at spaces."""
    text = visible(label)
    lines = []
    for _ in range(2):
        head, text = _split(text, room)
        lines.append(head)
        if not text:
            return lines
    return [lines[0], _split(lines[1], room - 2)[0] + " …"]


def _split(text: str, room: int) -> tuple[str, str]:
    """The longest head of `text` of at most `room` columns, and the rest."""
    columns = 0
    for place, character in enumerate(text):
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if columns > room:
            space = text.rfind(" ", room // 2, place + 1)
            cut = place if space < 0 else space
            return text[:cut].rstrip(), text[cut:].lstrip()
    return text, ""

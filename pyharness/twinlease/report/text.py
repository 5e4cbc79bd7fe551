"""Text of others in our reports: made visible, then wrapped.

A peer chooses what stands in its message options, so any text of a report may hold control
characters, bidirectional overrides or markup. Markup is the business of the renderer (escaping);
this file takes care of the characters.
"""

from __future__ import annotations

import textwrap
from datetime import datetime, timezone


def visible(text: str, newlines: bool = False) -> str:
    r"""`text` with each character that does not print written as \xNN, \uNNNN or \UNNNNNNNN.

    That is controls, format characters (bidirectional overrides, zero width), surrogates,
    unassigned ones, and every space but U+0020. `newlines` keeps U+000A.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or (newlines and character == "\n")
        else _escape(ord(character))
        for character in text
    )


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def wrap(text: str, width: int) -> list[str]:
    """`text`, made visible, in lines of at most `width` characters; its own newlines are kept."""
    lines: list[str] = []
    for line in visible(text, newlines=True).split("\n"):
        lines += textwrap.wrap(line, width, break_on_hyphens=False)
    return lines


def clip(text: str, width: int) -> str:
    """`text` if it has at most `width` characters, else its head and an ellipsis."""
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def utc(epoch_s: float | None) -> str:
    """`epoch_s` (seconds since 1970, UTC) for people; "unknown" if None or out of range."""
    if epoch_s is None:
        return "unknown"
    try:
        return datetime.fromtimestamp(epoch_s, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return "unknown"


def duration(seconds: float) -> str:
    """`seconds` for people: "0.42 s", "12.3 s", "3 min 05 s", "2 h 07 min"."""
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    minutes, rest_s = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest_s:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"

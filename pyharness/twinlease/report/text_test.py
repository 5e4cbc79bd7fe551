import pytest

from twinlease.report.text import clip, duration, utc, visible, wrap


@pytest.mark.parametrize(
    "text, shown",
    [
        ("BNDUPD  10.77.1.5", "BNDUPD  10.77.1.5"),
        ("Büro 無", "Büro 無"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\x00b\r\n\t\x7f", "a\\x00b\\x0d\\x0a\\x09\\x7f"),
        ("\u202egnp", "\\u202egnp"),
        ("\u200b\u2028\ufeff\u00a0", "\\u200b\\u2028\\ufeff\\xa0"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_visible(text, shown):
    assert visible(text) == shown
    assert visible(text).isprintable()


def test_newlines_can_be_kept():
    assert visible("a\nb\r", newlines=True) == "a\nb\\x0d"


def test_wrap_keeps_newlines_and_breaks_long_words():
    assert wrap("one\ntwo " + "x" * 25, 10) == ["one", "two xxxxxx", "x" * 10, "x" * 9]


def test_clip():
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdef", 5) == "abcd…"


@pytest.mark.parametrize(
    "seconds, text",
    [
        (0, "0.00 s"),
        (9.996, "10.00 s"),
        (12.34, "12.3 s"),
        (59.97, "60.0 s"),
        (185, "3 min 05 s"),
        (7620, "2 h 07 min"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_utc():
    assert utc(0) == "1970-01-01 00:00:00 UTC"
    assert utc(None) == utc(1e30) == utc(float("nan")) == "unknown"

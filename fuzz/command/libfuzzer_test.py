"""Lines as libFuzzer 19 prints them."""

from libfuzzer import Reading

START = """\
INFO: Running with entropic power schedule (0xFF, 100).
INFO: Loaded 1 modules   (238 inline 8-bit counters): 238 [0x562782f66610, 0x562782f666fe),
INFO: seed corpus: files: 200 min: 13b max: 1023b total: 40055b rss: 34Mb
#201\tINITED cov: 80 ft: 229 corp: 35/13581b exec/s: 0 rss: 40Mb
#65536\tpulse  cov: 81 ft: 310 corp: 76/26Kb lim: 4096 exec/s: 16384 rss: 86Mb
"""
END = """\
#158009\tDONE   cov: 82 ft: 311 corp: 77/22Kb lim: 4096 exec/s: 17556 rss: 133Mb
stat::number_of_executed_units: 158012
"""
FAILED = """\
framer: does not hold: 1: another message
==12== ERROR: libFuzzer: deadly signal
SUMMARY: libFuzzer: deadly signal
artifact_prefix='/tmp/x/'; Test unit written to /tmp/x/crash-0a1b
"""


def reading(text):
    found = Reading()
    for line in text.splitlines():
        found.add(line)
    return found


def test_while_it_runs():
    found = reading(START)
    assert (found.executions, found.edges, found.covered, found.features, found.corpus) == (65536, 238, 81, 310, 76)
    assert not found.artefacts and not found.failures and not found.interrupted


def test_the_final_count_has_the_last_word():
    found = reading(START + END)
    assert (found.executions, found.covered, found.features, found.corpus) == (158012, 82, 311, 77)


def test_failure():
    found = reading(START + FAILED)
    assert found.artefacts == ["/tmp/x/crash-0a1b"]
    assert found.failures == ["framer: does not hold: 1: another message", "libFuzzer: deadly signal"]


def test_sanitizer_report():
    found = reading("SUMMARY: AddressSanitizer: heap-buffer-overflow framer.cpp:36 in next\n")
    assert found.failures == ["AddressSanitizer: heap-buffer-overflow framer.cpp:36 in next"]


def test_interrupt():
    assert reading("==7== libFuzzer: run interrupted; exiting\n").interrupted

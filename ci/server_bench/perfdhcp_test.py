"""What perfdhcp printed, as its version 2.2.0 prints it."""

import pytest

from perfdhcp import parse

PRINTED = """Scenario: basic.
***Rate statistics***
Rate: 15.1901 4-way exchanges/second, expected rate: 20

***Malformed Packets***
Malformed packets: 0
***Statistics for: DISCOVER-OFFER***
sent packets: 39
received packets: 38
drops: 1
drops ratio: 2.5641 %

***Statistics for: REQUEST-ACK***
sent packets: 38
received packets: 36
drops: 2
drops ratio: 5.263 %
"""


def test_exchanges_are_acks_and_losses_are_of_both_messages():
    run = parse(PRINTED, 2)
    assert (run.exchanges, run.sent, run.lost, run.rate) == (36, 77, 3, 18.0)
    assert run.loss == pytest.approx(3 / 77)


@pytest.mark.parametrize("missing", ["sent packets: 38", "***Statistics for: REQUEST-ACK***", "received packets: 38"])
def test_a_figure_that_is_missing_is_an_error(missing):
    with pytest.raises(ValueError, match="no figures"):
        parse(PRINTED.replace(missing, ""), 2)

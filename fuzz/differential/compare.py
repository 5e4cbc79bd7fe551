"""compare.py [--seed N] [--messages N | --seconds N]: the same messages, read by tshark and by `twinlease decode`.

Messages are made up, packed into captures of some hundred, and read by both. Compared are, for failover, where each
message begins and ends, the frame that completes it, header and options; for DHCP, xid and the place, code and value of
every option. Exit code 1 if a disagreement is not among those of disagreements.py: it is printed with the octets and
both readings. Everything follows from the seed, which is printed; "--seed new" takes a fresh one.
"""

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "impl" / "wire" / "decode"))

import agreement  # noqa: E402
import dhcp_agreement  # noqa: E402
import dhcp_cases  # noqa: E402
import failover_cases  # noqa: E402
from disagreements import KINDS, datagram_kind, message_kind, stream_kind  # noqa: E402

SEED = 647
CONVERSATIONS, DATAGRAMS = 80, 300  # in one capture each


@dataclass
class Outcome:
    """What came of the comparison so far."""

    messages: int = 0  # read by both, of failover
    datagrams: int = 0
    damages: Counter = field(default_factory=Counter)
    kinds: Counter = field(default_factory=Counter)
    unknown: list = field(default_factory=list)

    def note(self, kind, *reading):
        if kind is None:
            self.unknown.append("\n".join(f"    {line}" for line in reading))
        else:
            self.kinds[kind.name] += 1


def by_stream(messages):
    streams = {}
    for message in messages:
        streams.setdefault(message.stream, []).append(message)
    return streams


def compare_direction(outcome, stream, segments, mine, errors, stopped, theirs):
    """One direction of a connection. errors: that of each message of mine, {} for none."""
    framed = "".join(message.octets for message in mine)
    if not stream.hex().startswith(framed):
        outcome.note(None, f"stream {stream.hex()}", f"ours is no beginning of it: {framed}")
    for message, error, other in zip(mine, errors, theirs):
        outcome.messages += 1
        if message != other:
            outcome.note(message_kind(message, other, error), f"message {message.octets}", f"ours    {message}",
                         f"error   {error}", f"tshark  {other}")
    if len(mine) > len(theirs):
        outcome.note(None, f"stream {stream.hex()}", f"tshark reads {len(theirs)} messages, we {len(mine)}")
    elif len(theirs) > len(mine):
        further = theirs[len(mine):]
        outcome.note(stream_kind(stopped, further, stream, segments), f"stream {stream.hex()}",
                     f"ours ends after {len(mine)} messages: {stopped}", f"tshark goes on: {further[0]}")


def compare_failover(rng, xids, path, outcome):
    streams, packets, places = [], [], []
    for number in range(CONVERSATIONS):
        plans = failover_cases.conversation(rng, xids)
        outcome.damages.update(plan.damage for plan in plans)
        streams.append(b"".join(plan.octets() for plan in plans))
        lose = rng.random() < 0.15 and all(plan.damage != "message_length" for plan in plans)
        outcome.damages.update(["lost_segment"] if lose else [])
        segments = failover_cases.connection(rng, number, streams[-1], lose)
        packets += segments
        begins = [((s.sequence - segments[0].sequence - 1) % 2**32, s.payload) for s in segments if s.payload]
        places.append([(begin, begin + len(payload)) for begin, payload in begins])
    agreement.write_pcap(path, packets)
    messages, objects = agreement.ours(path)
    mine, theirs = by_stream(messages), by_stream(agreement.tsharks(path))
    errors, stopped = {}, {}
    for o in objects:
        if "event" in o:
            stopped[o["stream"]] = o
        else:
            errors.setdefault(o["stream"], []).append(o.get("error", {}))
    for n, stream in enumerate(streams):
        compare_direction(outcome, stream, places[n], mine.get(n, []), errors.get(n, []), stopped.get(n),
                          theirs.get(n, []))


def compare_dhcp(rng, xids, path, outcome):
    plans = [dhcp_cases.datagram_plan(rng, next(xids)) for _ in range(DATAGRAMS)]
    outcome.damages.update("dhcp " + plan.damage for plan in plans)
    agreement.write_pcap(path, [dhcp_cases.Datagram(plan.octets()) for plan in plans])
    mine, errors = dhcp_agreement.ours(path)
    theirs = dhcp_agreement.tsharks(path)
    for frame, plan in enumerate(plans, start=1):
        outcome.datagrams += 1
        ours, tsharks, error = mine.get(frame), theirs.get(frame), errors.get(frame, {})
        refused = ours is None and error.get("level") == "message"
        if ours != (tsharks and tsharks._replace(malformed=False)) or ours is None and not refused:
            outcome.note(datagram_kind(plan.octets(), ours, tsharks, error), f"message {plan.octets().hex()}",
                         f"ours    {ours}", f"error   {error}", f"tshark  {tsharks}")


def compare(seed, enough):
    """The Outcome of captures made from the seed, until enough(outcome)."""
    rng, xids, outcome = random.Random(seed), itertools.count(1), Outcome()
    with tempfile.TemporaryDirectory() as folder:
        while not enough(outcome):
            compare_failover(rng, xids, Path(folder) / "failover.pcap", outcome)
            compare_dhcp(rng, xids, Path(folder) / "dhcp.pcap", outcome)
    return outcome


def main(arguments):
    parser = argparse.ArgumentParser(prog="compare.py", description=__doc__.split("\n\n")[1])
    parser.add_argument("--seed", default=str(SEED), help=f"a number, or new (default: {SEED})")
    parser.add_argument("--messages", type=int, default=5000, help="failover messages to compare (default: 5000)")
    parser.add_argument("--seconds", type=float, help="instead of --messages: how long to go on")
    options = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(2**32) if options.seed == "new" else int(options.seed)
    print(f"seed {seed}", flush=True)
    began = time.monotonic()
    outcome = compare(seed, lambda outcome: outcome.unknown or (
        time.monotonic() - began >= options.seconds if options.seconds is not None
        else outcome.messages >= options.messages))
    print(f"{outcome.messages} failover messages, {outcome.datagrams} DHCP messages, "
          f"{time.monotonic() - began:.1f} s")
    for kind in KINDS:
        print(f"{outcome.kinds[kind.name]:>8}  {kind.name} ({kind.clause})")
    for reading in outcome.unknown:
        print("unknown disagreement:", reading, sep="\n")
    return 1 if outcome.unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

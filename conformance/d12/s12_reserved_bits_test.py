"""12.9 DDNS and 12.12 IP-flags: the bits that have no meaning. (Those of server-flags: 7.10.)

| test | clauses | roles |
|---|---|---|
| ddns-option-is-taken | FO-6.1-01 | both |
| reserved-ddns-flags-are-ignored | FO-12.9-03 | both |
| reserved-ip-flags-are-ignored | FO-12.12-04 (A-05) | both |
"""

from __future__ import annotations

from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, Case, case

NAME = b"\x04host\x07example\x00"


def _is_accepted(bench: Bench, t: Case, what: str, **options: object) -> None:
    link = bench.peer.link
    address = bench.take_address()
    since = link.mark()
    xid = t.sends(f"BNDUPD {address} ACTIVE with {what}", bench.peer.send_updates(bench.active(address, **options)))
    with t.expects("BNDACK that accepts the address"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ANSWER_S, since=since)
        t.check(not ack.has("reject-reason"), ack.label())


@case("d12/12.9/ddns-option-is-taken", roles=BOTH, consequence="interop", covers=[
    ("FO-6.1-01", "DDNS: process|ignore-option")])
def test_ddns(bench: Bench, t: Case) -> None:
    """A BNDUPD with a DDNS option is accepted, by a server that does no DNS updates as well."""
    _is_accepted(bench, t, "DDNS flags 0x0000", DDNS=b"\0\0" + NAME)


@case("d12/12.9/reserved-ddns-flags-are-ignored", roles=BOTH, consequence="interop", observations=2, covers=[
    ("FO-12.9-03", "bits 4-15: process")])
def test_reserved_ddns_flags(bench: Bench, t: Case) -> None:
    """Bits 4 to 15 of the DDNS flags are ignored, by a peer that takes the option at all."""
    since = bench.peer.link.mark()
    xid = bench.peer.send_updates(bench.active(bench.take_address(), DDNS=b"\0\0" + NAME))
    bench.peer.link.expect("BNDACK", lambda m: m.xid == xid, within=ANSWER_S, since=since)
    _is_accepted(bench, t, "DDNS flags 0xfff0", DDNS=b"\xff\xf0" + NAME)
    _is_accepted(bench, t, "DDNS flags 0xffff", DDNS=b"\xff\xff" + NAME)


@case("d12/12.12/reserved-ip-flags-are-ignored", roles=BOTH, level="should", basis="adjudicated", consequence="interop",
      readings=("A-05",), covers=[("FO-12.12-04", "0xfffc: process")])
def test_ip_flags(bench: Bench, t: Case) -> None:
    """Bits 2 to 15 of IP-flags are ignored."""
    _is_accepted(bench, t, "IP-flags 0xfffc", IP_flags=b"\xff\xfc")

"""6.3 Batching multiple binding update transactions in one BNDUPD message.

| test | clauses | roles |
|---|---|---|
| batch-of-N-is-answered-whole (2, 3, 16) | FO-6.3-02, -07, -08, -11, FO-7.1-02, FO-7.2-06 | both |
| one-bad-transaction-in-a-batch | FO-6.3-10, FO-7.1.3-02 | both |
| same-address-twice-in-a-batch | FO-6.3-08, FO-7.2-03 | both |
| options-before-the-first-address | FO-6.3-03, -05 | both |
| batches-of-1-to-16 | FO-6.3-02, -07, -08 | both |
| every-bndack-pairs-with-a-bndupd | FO-6.3-07, FO-7.2.1-01, FO-6.1-14, S16 | both |
| every-bndack-names-its-addresses | FO-6.3-08, S16 | both |
"""

from __future__ import annotations

from collections import Counter

from twinlease import wire
from twinlease.suite.bench import ACK_S, Bench
from twinlease.suite.case import BOTH, Case, case


def _outside(bench: Bench) -> str:
    """An address that no pool of the relationship holds."""
    assert not bench.relationship.holds("10.99.99.99")
    return "10.99.99.99"


def _answers(ack: wire.Message) -> dict[str, int | None]:
    return {a.get("assigned-IP-address"): a.get("reject-reason") for a in ack.transactions}


def _batch(bench: Bench, t: Case, size: int) -> None:
    link = bench.peer.link
    addresses = [bench.take_address() for _ in range(size)]
    since = link.mark()
    xid = t.sends(f"one BNDUPD with {size} transactions, all ACTIVE and acceptable",
                  bench.peer.send_updates(*[bench.active(a) for a in addresses]))
    with t.expects(f"one BNDACK with that xid and all {size} addresses, each accepted or rejected"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        t.check(sorted(_answers(ack)) == sorted(addresses) and len(ack.transactions) == size,
                f"{ack.label()}: {len(ack.transactions)} transactions, {size} sent")
        bench.reactor.run_for(3.0)
        count = len([m for m in link.all("BNDACK", since) if m.xid == xid])
        t.check(count == 1, f"{count} BNDACKs with xid {xid}")


@case("d12/6.3/batch-of-2-is-answered-whole", roles=BOTH, observations=2, covers=[
    ("FO-6.3-02", "one BNDACK with the status of both"), ("FO-6.3-08", "exactly the same addresses"),
    ("FO-7.1-02", "process")])
def test_batch_of_two(bench: Bench, t: Case) -> None:
    """A BNDUPD with two transactions is answered by one BNDACK with both."""
    _batch(bench, t, 2)


@case("d12/6.3/batch-of-16-is-answered-whole", roles=BOTH, observations=2, covers=[
    ("FO-6.3-02", "one BNDACK with the status of all sixteen"), ("FO-6.3-07", "exactly one BNDACK"),
    ("FO-6.3-11", "process"), ("FO-7.2-06", "process")])
def test_batch_of_sixteen(bench: Bench, t: Case) -> None:
    """A BNDUPD with sixteen transactions is answered by one BNDACK with all."""
    _batch(bench, t, 16)


@case("d12/6.3/batches-of-1-to-16", roles=BOTH, observations=16, covers=[
    ("FO-6.3-02", "1 to 16: one BNDACK with the status of all"), ("FO-6.3-07", "exactly one BNDACK"),
    ("FO-6.3-08", "exactly the same addresses")])
def test_every_size(bench: Bench, t: Case) -> None:
    """A BNDUPD is answered whole, whatever the number of its transactions from one to sixteen."""
    link = bench.peer.link
    leases = [(bench.take_address(), bench.client().hardware) for _ in range(16)]
    for size in range(1, 17):
        since = link.mark()
        xid = t.sends(f"BNDUPD with {size} transactions", bench.peer.send_updates(
            *[bench.active(address, hardware=hardware) for address, hardware in leases[:size]]))
        with t.expects("one BNDACK with that xid and all the addresses"):
            ack = link.expect("BNDACK", lambda m, xid=xid: m.xid == xid, within=ACK_S, since=since)
            named = sorted(a.get("assigned-IP-address") for a in ack.transactions)
            t.check(named == sorted(address for address, _ in leases[:size]), f"{size} sent, {len(named)} answered")
    with t.expects("no second BNDACK for any of them"):
        bench.reactor.run_for(3.0)
        twice = [xid for xid, n in Counter(m.xid for m in link.all("BNDACK")).items() if n > 1]
        t.check(not twice, f"xids of BNDACKs that came twice: {twice or 'none'}")


@case("d12/6.3/one-bad-transaction-in-a-batch", roles=BOTH, level="should", observations=3, covers=[
    ("FO-6.3-10", "bndack-reject:* after the bad address only"), ("FO-6.3-08", "status for the good ones too"),
    ("FO-7.1.3-02", "in a batch: bndack-reject:1")])
def test_one_bad_transaction(bench: Bench, t: Case) -> None:
    """Of three transactions the one about a foreign address is rejected, the others are accepted."""
    link = bench.peer.link
    good = [bench.take_address(), bench.take_address()]
    bad = _outside(bench)
    since = link.mark()
    xid = t.sends(f"one BNDUPD: {good[0]} ACTIVE, {bad} ACTIVE (in no pool), {good[1]} ACTIVE",
                  bench.peer.send_updates(bench.active(good[0]), bench.active(bad), bench.active(good[1])))
    with t.expects(f"BNDACK with all three addresses, reject-reason 1 after {bad} only"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        answers = _answers(ack)
        t.check(set(answers) == {bad, *good}, f"addresses in the BNDACK: {sorted(map(str, answers))}")
        t.check(answers[bad] == 1, f"{bad}: reject-reason {answers[bad]}")
        t.check(answers[good[0]] is None and answers[good[1]] is None,
                f"{good[0]}: {answers[good[0]]}, {good[1]}: {answers[good[1]]}")


@case("d12/6.3/same-address-twice-in-a-batch", roles=BOTH, level="should", basis="adjudicated", readings=("A-42",),
      covers=[("FO-6.3-08", "same address twice: process|bndack-reject:*")])
def test_same_address_twice(bench: Bench, t: Case) -> None:
    """A batch that names one address twice is answered, each time."""
    link = bench.peer.link
    address = bench.take_address()
    hardware = bench.client().hardware
    since = link.mark()
    xid = t.sends(f"one BNDUPD: {address} ACTIVE, {address} ACTIVE again (same client)",
                  bench.peer.send_updates(bench.active(address, hardware=hardware),
                                          bench.active(address, lease_s=700, hardware=hardware)))
    with t.expects("BNDACK that names the address twice"):
        ack = link.expect("BNDACK", lambda m: m.xid == xid, within=ACK_S, since=since)
        named = [a.get("assigned-IP-address") for a in ack.transactions]
        t.check(named == [address, address], f"addresses in the BNDACK: {named}")


@case("d12/6.3/options-before-the-first-address", roles=BOTH, level="should", basis="adjudicated",
      readings=("A-42", "A-43"), consequence="robustness",
      covers=[("FO-6.3-03", "bndack-reject:3|close-connection"), ("FO-6.3-05", "bndack-reject:3")])
def test_leading_options(bench: Bench, t: Case) -> None:
    """A BNDUPD that puts an address's options before the address is not accepted."""
    link = bench.peer.link
    address = bench.take_address()
    options = bench.active(address)
    since = link.mark()
    xid = t.sends(f"BNDUPD with binding-status and times first, assigned-IP-address {address} last",
                  link.send("BNDUPD", options[1:] + options[:1]))
    with t.expects("BNDACK with a reject-reason for the address, or the connection closed"):
        ack = bench.reactor.run_until(
            lambda: link.seen("BNDACK", lambda m: m.xid == xid, since) or (link.closed and "closed"), ACK_S)
        refused = ack == "closed" or (ack is not None and all(a.has("reject-reason") for a in ack.transactions))
        t.check(refused, f"{ack.label() if isinstance(ack, wire.Message) else ack}, connection {link.closed or 'open'}")


@case("d12/6.3/every-bndack-pairs-with-a-bndupd", roles=BOTH, last=True, probe=False, observations=10,
      consequence="safety", covers=[
          ("FO-6.3-07", "one BNDACK per BNDUPD, all of the run"), ("FO-7.2.1-01", "xid of the BNDUPD"),
          ("FO-6.1-14", "xid copied unchanged"), ("S16", "at most one BNDACK, on the same connection")])
def test_pairing(bench: Bench, t: Case) -> None:
    """Every BNDACK of the peer has the xid of one BNDUPD of the same connection, and none comes twice.

    One that answers a BNDUPD of an earlier connection is left to d12/7.2/no-bndack-across-connections. Where the suite
    used an xid twice, as many answers may have it.
    """
    asked: Counter[tuple[int, int]] = Counter()
    answered: Counter[tuple[int, int]] = Counter()
    with t.expects("each BNDACK answers one BNDUPD of its connection, once"):
        for entry in bench.transcript.entries:
            message: wire.Message | None = entry.message
            if entry.proto != "failover" or message is None or message.type not in ("BNDUPD", "BNDACK"):
                continue
            key = (entry.connection, message.xid)
            if entry.frm == "suite" and message.type == "BNDUPD":
                asked[key] += 1
            elif entry.frm == "peer" and message.type == "BNDACK":
                if key not in asked and any(xid == message.xid for _, xid in asked):
                    continue
                answered[key] += 1
                t.check(answered[key] <= asked[key],
                        f"connection {entry.connection}: {message.label()}, BNDUPDs with that xid: "
                        f"{asked[key]}, BNDACKs with it: {answered[key]}")


def _addresses(message: wire.Message) -> list[str]:
    return sorted(str(x.get("assigned-IP-address")) for x in message.transactions)


@case("d12/6.3/every-bndack-names-its-addresses", roles=BOTH, last=True, probe=False, observations=10,
      consequence="safety", covers=[("FO-6.3-08", "exactly the addresses of the BNDUPD, all of the run"),
                                    ("S16", "the same set of addresses")])
def test_addresses(bench: Bench, t: Case) -> None:
    """Every BNDACK of the peer names the addresses of its BNDUPD: of those that name each address once."""
    asked: dict[tuple[int, int], list[str]] = {}
    with t.expects("the addresses of the BNDUPD, no more and no fewer"):
        for entry in bench.transcript.entries:
            message: wire.Message | None = entry.message
            if entry.proto != "failover" or message is None or message.type not in ("BNDUPD", "BNDACK"):
                continue
            key = (entry.connection, message.xid)
            if entry.frm == "suite" and message.type == "BNDUPD":
                addresses = _addresses(message)
                if key in asked or message.error is not None or len(set(addresses)) != len(addresses):
                    asked[key] = []   # what is not well-formed has other tests
                else:
                    asked[key] = addresses
            elif entry.frm == "peer" and message.type == "BNDACK" and asked.get(key):
                t.check(_addresses(message) == asked[key],
                        f"{message.label()}: BNDUPD about {', '.join(asked[key])}; BNDACK about "
                        f"{', '.join(_addresses(message)) or 'none'}")

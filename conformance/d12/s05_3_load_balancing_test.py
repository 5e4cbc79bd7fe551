"""5.3 Load balancing, with 9.8.2, 12.11 and RFC 3074.

| test | clauses | roles |
|---|---|---|
| clients-are-divided-by-their-hash | FO-5.3-01, -07, FO-9.8.2-03 | both |
| set-bits-are-the-secondarys | FO-12.11-01, FO-9.8.2-02, FO-5.5-01, FO-7.8.1-10, S22 | both |
| all-buckets-or-none | FO-12.11-01, S22 (A-35) | secondary |
| shares-of-none-and-all | FO-5.3-02, -07, FO-9.8.2-02, S22, L1 (A-35) | primary |
| init-reboot-is-balanced | FO-9.8.2-02, FO-5.5-01 (A-36) | both |
| renewals-are-not-balanced | FO-9.8.2-01, FO-9.2-04, FO-5.5-01, FO-4.1-03 | both |
| every-bucket-while-interrupted | FO-5.3-07, FO-9.9.2-01, -02, FO-5.6-01, L1 | both |
| assignment-comes-with-every-connect | FO-5.3-04, FO-12.11-01 | primary |
| assignment-comes-from-the-primary-only | FO-12.11-02 | secondary |
"""

from __future__ import annotations

from twinlease import dhcp
from twinlease.suite.bench import ANSWER_S, Bench
from twinlease.suite.case import BOTH, PRIMARY, SECONDARY, Case, Unimplemented, case
from twinlease.suite.steps import check_all_answered, leased_client, offers, restart

CLIENTS = 48


def _secondarys(assignment: bytes, bucket: int) -> bool:
    """Is the bucket's bit set? Bit b is bit b mod 8, from the least significant, of octet b div 8 (RFC 3074)."""
    return bool(assignment[bucket // 8] >> bucket % 8 & 1)


def _clients(bench: Bench, assignment: bytes) -> list[dhcp.Client]:
    """New clients, half of them with a client-identifier. Where the assignment has enough octets of equal bits, only
    clients of these: no opinion on the order of the bits in an octet can then matter."""
    plain = [bucket for bucket in range(256) if assignment[bucket // 8] in (0x00, 0xFF)]
    wanted = set(plain) if len(plain) >= 128 else set(range(256))
    out: list[dhcp.Client] = []
    while len(out) < CLIENTS:
        client = bench.client()
        if len(out) % 2:
            client.client_identifier = b"\x00twinlease" + client.hardware
        if client.bucket in wanted:
            out.append(client)
    return out


def _needs_load_balance(bench: Bench) -> None:
    if "load-balance" not in bench.manifest.capabilities:
        raise Unimplemented("the manifest does not declare load-balance")


def _ask(bench: Bench, t: Case, assignment: bytes) -> list[tuple[int, bool, bool]]:
    """DISCOVER of many clients: of each its bucket, whether the assignment names it, whether it was answered."""
    clients = _clients(bench, assignment)
    answers = t.sends(f"hash-bucket-assignment {assignment.hex()}; DISCOVER of {CLIENTS} new clients",
                      offers(bench, clients))
    return [(c.bucket, _secondarys(assignment, c.bucket), o is not None) for c, o in zip(clients, answers)]


def _ask_with_both_halves(bench: Bench, t: Case) -> list[tuple[int, bool, bool]]:
    """With an assignment that names some buckets and not others: the primary's own, or one of the suite."""
    if bench.role == "primary":
        return _ask(bench, t, bench.peer.partner_connect.get("hash-bucket-assignment"))
    with bench.partner_with(hash_bucket_assignment=bytes([0xFF, 0x00] * 16)):
        return _ask(bench, t, bytes([0xFF, 0x00] * 16))


def _check_bits(bench: Bench, t: Case, asked: list[tuple[int, bool, bool]], *clauses: str) -> None:
    """Each client is answered if, and only if, the assignment gives its bucket to the peer's role (clauses: or else
    these are broken, if not all of the test's)."""
    wrong: list[str] = []
    for bucket, bit, answered in asked:
        what = f"bucket {bucket} (bit {int(bit)}) {'answered' if answered else 'not answered'}"
        if answered == (bit == (bench.role == "secondary")):
            t.saw(what)
        else:
            wrong.append(what)
    t.check(not wrong, f"{len(wrong)} of {len(asked)} clients treated the other way round"
                       + (f": {', '.join(wrong[:4])}" if wrong else ""), *clauses)


@case("d12/5.3/clients-are-divided-by-their-hash", roles=BOTH, consequence="liveness", observations=CLIENTS,
      covers=[("FO-5.3-01", "each DISCOVER answered or not by its bucket"),
              ("FO-5.3-07", "the failover HBA is applied in NORMAL"),
              ("FO-9.8.2-03", "RFC 3074 hash of the client-identifier, else of chaddr")])
def test_hash(bench: Bench, t: Case) -> None:
    """In NORMAL the buckets that hash-bucket-assignment names, or those that it does not name, are answered."""
    _needs_load_balance(bench)
    asked = _ask_with_both_halves(bench, t)
    named = [answered for _, bit, answered in asked if bit]
    others = [answered for _, bit, answered in asked if not bit]
    if not named or not others:
        t.inconclusive("BUCKETS: the assignment does not divide the clients")
    with t.expects("the one half of the clients answered, the other not"):
        sides = len({*named}) == 1 and len({*others}) == 1 and named[0] != others[0]
        t.check(sides, f"answered: {sum(named)} of {len(named)} with the bit set, {sum(others)} of {len(others)} with "
                       "the bit clear")
        for bucket, bit, answered in asked[1:]:
            t.saw(f"bucket {bucket} (bit {int(bit)}) {'answered' if answered else 'not answered'}")


@case("d12/5.3/set-bits-are-the-secondarys", roles=BOTH, consequence="liveness", observations=CLIENTS,
      covers=[("FO-12.11-01", "a set bit is a bucket of the secondary"),
              ("FO-9.8.2-02", "DISCOVER of the other server's buckets not answered"),
              ("S22", "each bucket has one server"), ("FO-5.5-01", "DISCOVER of the own buckets only"),
              ("FO-7.8.1-10", "primary: the buckets named are not its own")])
def test_bits(bench: Bench, t: Case) -> None:
    """In NORMAL a set bit of hash-bucket-assignment gives its bucket to the secondary, a clear one to the primary."""
    _needs_load_balance(bench)
    with t.expects("offers to the buckets of the peer's role"):
        _check_bits(bench, t, _ask_with_both_halves(bench, t), "FO-12.11-01", "FO-9.8.2-02", "S22",
                    *(["FO-7.8.1-10"] if bench.role == "primary" else []))


@case("d12/5.3/all-buckets-or-none", roles=SECONDARY, consequence="liveness", basis="adjudicated", readings=("A-35",),
      observations=2 * CLIENTS, covers=[("FO-12.11-01", "all ones: every client; all zeros: none"),
                                       ("S22", "shares of none and of all")])
def test_all_or_none(bench: Bench, t: Case) -> None:
    """A secondary that is given every bucket answers every client, one that is given none answers none in NORMAL."""
    _needs_load_balance(bench)
    for octet in (0xFF, 0x00):
        assignment = bytes([octet] * 32)
        with bench.partner_with(hash_bucket_assignment=assignment):
            asked = _ask(bench, t, assignment)
            with t.expects("offers to all of them" if octet else "no offer"):
                _check_bits(bench, t, asked)


@case("d12/5.3/shares-of-none-and-all", roles=PRIMARY, own_peer=True, probe=False, consequence="liveness",
      readings=("A-35",), observations=3 * CLIENTS,
      covers=[("FO-5.3-02", "a share of none, and of all"), ("FO-5.3-07", "no share once the partner is gone"),
              ("FO-9.8.2-02", "clients of the secondary's buckets not answered, those of the own ones are"),
              ("S22", "each bucket has one server"), ("L1", "the partner's clients are served once it is gone")])
def test_shares(bench: Bench, t: Case) -> None:
    """A primary that keeps no bucket answers nobody until its partner is gone; one that keeps all answers everybody."""
    _needs_load_balance(bench)
    bench.put.need("kill", "start")
    bench.start_anew(split=0)
    bench.to_normal()
    for split, served in ((0, False), (256, True)):
        if served:
            bench.put.kill()
            bench.put.parameters["split"] = split
            restart(bench)
        clients = [bench.client() for _ in range(CLIENTS)]
        answers = t.sends(f"a primary that keeps {split} of the 256 buckets; in NORMAL, DISCOVER of {CLIENTS} new "
                          "clients", offers(bench, clients))
        with t.expects("an offer to each" if served else "no offer"):
            for client, answer in zip(clients, answers):
                t.check((answer is not None) == served, f"{split} of 256, bucket {client.bucket}: "
                                                        f"{answer.label() if answer else 'no answer'}")
        if not served:
            bench.detach()
            clients = [bench.client() for _ in range(CLIENTS)]
            answers = t.sends(f"the connection is lost; DISCOVER of {CLIENTS} new clients", offers(bench, clients))
            with t.expects("an offer to each"):
                check_all_answered(t, clients, answers)


@case("d12/5.3/init-reboot-is-balanced", roles=BOTH, consequence="interop", observations=8, readings=("A-36",),
      covers=[("FO-9.8.2-02", "INIT-REBOOT of the other server's buckets not answered, of the own ones answered"),
              ("FO-5.5-01", "INIT-REBOOT of the own buckets only")])
def test_init_reboot(bench: Bench, t: Case) -> None:
    """INIT-REBOOT is answered by the server that answers the DISCOVER of the same client."""
    _needs_load_balance(bench)
    left = {True: 4, False: 4}
    clients: list[tuple[dhcp.Client, bool]] = []
    while any(left.values()):
        client = bench.client()
        served = bench.serves(client.bucket)
        if left[served]:
            left[served] -= 1
            clients.append((leased_client(bench, bench.take_address(), hardware=client.hardware), served))
    t.sends("BNDUPD ACTIVE for eight clients, four of buckets that the peer serves; INIT-REBOOT of each at the peer")
    with t.expects("DHCPACK to the clients of served buckets only"):
        for client, served in clients:
            answer = client.init_reboot(client.lease.address, ANSWER_S if served else ANSWER_S / 2)
            t.check((answer is not None) == served, f"bucket {client.bucket}, {'served' if served else 'not served'}: "
                                                    f"{answer.label() if answer else 'no answer'}", "FO-9.8.2-02")


@case("d12/5.3/renewals-are-not-balanced", roles=BOTH, consequence="liveness", observations=12,
      covers=[("FO-9.8.2-01", "RENEW and REBINDING of any bucket answered"),
              ("FO-9.2-04", "RENEW and REBINDING of any bucket answered"),
              ("FO-5.5-01", "RENEW of any bucket answered"),
              ("FO-4.1-03", "RENEW of a client of the partner answered")])
def test_renewals(bench: Bench, t: Case) -> None:
    """In NORMAL every RENEW and REBINDING is answered, whatever the bucket and whoever gave the lease."""
    clients = [leased_client(bench, bench.take_address()) for _ in range(12)]
    if "load-balance" in bench.manifest.capabilities and len({bench.serves(c.bucket) for c in clients}) < 2:
        t.inconclusive("BUCKETS: all 12 clients were of buckets of one server")
    t.sends("BNDUPD ACTIVE for 12 clients of buckets of both servers; each renews at the peer")
    with t.expects("DHCPACK to each"):
        for client in clients:
            ack = client.renew(ANSWER_S)
            t.check(ack is not None and ack.message_type == dhcp.ACK,
                    f"bucket {client.bucket}: {ack.label() if ack else 'no answer'}")


@case("d12/5.3/every-bucket-while-interrupted", roles=BOTH, consequence="liveness", observations=CLIENTS,
      covers=[("FO-5.3-07", "failover HBA not used outside NORMAL"), ("FO-9.9.2-01", "every DISCOVER answered"),
              ("FO-9.9.2-02", "no load balancing"), ("L1", "the partner's clients are served once it is gone"),
              ("FO-5.6-01", "DISCOVER of every bucket answered")])
def test_interrupted(bench: Bench, t: Case) -> None:
    """In COMMUNICATIONS-INTERRUPTED the clients of every bucket are answered."""
    bench.detach()
    clients = [bench.client() for _ in range(CLIENTS)]
    answers = t.sends(f"the connection is lost; DISCOVER of {CLIENTS} new clients", offers(bench, clients))
    with t.expects("an offer to each"):
        check_all_answered(t, clients, answers)


@case("d12/5.3/assignment-comes-with-every-connect", roles=PRIMARY, observations=2,
      covers=[("FO-5.3-04", "hash-bucket-assignment in each CONNECT"), ("FO-12.11-01", "32 octets")])
def test_every_connect(bench: Bench, t: Case) -> None:
    """The primary's CONNECT carries hash-bucket-assignment on each new connection."""
    for _ in range(2):
        bench.detach()
        t.sends("a new connection", bench.peer.connect())
        with t.expects("hash-bucket-assignment of 32 octets in the CONNECT"):
            value = bench.peer.partner_connect.get("hash-bucket-assignment")
            t.check(isinstance(value, bytes) and len(value) == 32, value.hex() if value else "no such option")


@case("d12/5.3/assignment-comes-from-the-primary-only", roles=SECONDARY, last=True, probe=False, observations=10,
      covers=[("FO-12.11-02", "no hash-bucket-assignment from the secondary")])
def test_never_from_secondary(bench: Bench, t: Case) -> None:
    """No message of a secondary carries hash-bucket-assignment."""
    with t.expects("no message with hash-bucket-assignment"):
        for entry in bench.transcript.entries:
            if entry.frm == "peer" and entry.proto == "failover" and entry.message is not None:
                t.check(not entry.message.has("hash-bucket-assignment"), entry.message.label())

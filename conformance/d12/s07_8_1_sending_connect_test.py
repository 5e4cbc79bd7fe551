"""7.8.1 Sending the CONNECT message, and Table 7.8-1.

| test | clauses | roles |
|---|---|---|
| connect-has-the-options-of-its-table | FO-7.8-04 to -08, -10, -11, FO-7.8.1-09, -12 | primary |
| connect-has-tls-request | FO-7.8-09, FO-7.8.1-14 | primary |
| connect-says-what-is-configured | FO-7.8.1-02 to -04, -07, -08, -13, FO-5.1.1-02, -01 of 12.14, .15, .20 | primary |
| max-unacked-bndupd-is-sensible | FO-7.8.1-05, -06 | primary |
"""

from __future__ import annotations

from twinlease import wire
from twinlease.suite.bench import Bench
from twinlease.suite.case import PRIMARY, Case, case

TABLE = {"relationship-name": "FO-7.8-04", "max-unacked-bndupd": "FO-7.8-05", "receive-timer": "FO-7.8-06",
         "vendor-class-identifier": "FO-7.8-07", "protocol-version": "FO-7.8-08", "MCLT": "FO-7.8-10",
         "hash-bucket-assignment": "FO-7.8-11"}


def _next_connect(bench: Bench, t: Case) -> wire.Message:
    """The CONNECT of a new connection, which is then closed."""
    bench.detach()
    t.sends("the connection is lost; nothing in answer to the next CONNECT")
    link, connect = bench.next_connect()
    link.close()
    return connect


@case("d12/7.8.1/connect-has-the-options-of-its-table", roles=PRIMARY, observations=len(TABLE), covers=[
    *((clause, "present") for clause in TABLE.values()), ("FO-7.8.1-09", "present"), ("FO-7.8.1-12", "present")])
def test_options(bench: Bench, t: Case) -> None:
    """The CONNECT has every option that Table 7.8-1 marks MUST."""
    connect = _next_connect(bench, t)
    with t.expects(", ".join(TABLE)):
        for name in TABLE:
            t.check(connect.has(name), f"{name} {'present' if connect.has(name) else 'missing'}")


@case("d12/7.8.1/connect-has-tls-request", roles=PRIMARY, readings=("A-52",), covers=[
    ("FO-7.8-09", "present over plain TCP"), ("FO-7.8.1-14", "present over plain TCP")])
def test_tls_request(bench: Bench, t: Case) -> None:
    """A CONNECT over plain TCP has a TLS-request of 0, 1 or 2."""
    connect = _next_connect(bench, t)
    with t.expects("TLS-request 0, 1 or 2"):
        t.check(connect.get("TLS-request") in (0, 1, 2), f"TLS-request {connect.get('TLS-request')}")


@case("d12/7.8.1/connect-says-what-is-configured", roles=PRIMARY, observations=6, covers=[
    ("FO-7.8.1-02", "the relationship's name"), ("FO-7.8.1-03", "as configured"), ("FO-7.8.1-04", "at least 1"),
    ("FO-7.8.1-07", "the peer's tReceive"), ("FO-7.8.1-08", "the MCLT"), ("FO-7.8.1-13", "1"),
    ("FO-8.4-03", "announced"), ("FO-12.14-01", "4 octets, as configured"), ("FO-12.15-01", "4 octets, as configured"),
    ("FO-12.20-01", "1 octet, value 1"), ("FO-5.1.1-02", "the relationship's name in CONNECT")])
def test_values(bench: Bench, t: Case) -> None:
    """The values of the CONNECT are those that the peer is configured with."""
    connect, r = _next_connect(bench, t), bench.relationship
    window = bench.put.parameters.get("max_unacked_bndupd", r.max_unacked_bndupd)
    wanted = {"relationship-name": r.name, "max-unacked-bndupd": window,
              "receive-timer": r.receive_timer_s, "MCLT": r.mclt_s, "protocol-version": 1}
    with t.expects(", ".join(f"{name} {value}" for name, value in wanted.items()) + ", max-unacked-bndupd above 0"):
        for name, value in wanted.items():
            t.check(connect.get(name) == value, f"{name} {connect.get(name)}")
        t.check(connect.get("max-unacked-bndupd", 0) >= 1, f"max-unacked-bndupd {connect.get('max-unacked-bndupd')}")


@case("d12/7.8.1/max-unacked-bndupd-is-sensible", roles=PRIMARY, level="should", consequence="hygiene",
      covers=[("FO-7.8.1-05", "above 10"), ("FO-7.8.1-06", "below 100")])
def test_max_unacked(bench: Bench, t: Case) -> None:
    """max-unacked-bndupd in the CONNECT lies between 10 and 100."""
    number = _next_connect(bench, t).get("max-unacked-bndupd", 0)
    with t.expects("a number above 10 and below 100"):
        t.check(10 < number < 100, f"max-unacked-bndupd {number}")

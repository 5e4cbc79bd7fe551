"""What a server's lease store says, as its verb `read_leases` prints it, in one form for all servers.

An address that a store does not mention, or of which it says that it is free and nobody's, is in no answer.
"""

from __future__ import annotations

import calendar
import json
import re
import time
from dataclasses import dataclass
from typing import Callable

_LEASE = re.compile(r"^lease (\S+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^ *(binding state|hardware ethernet|ends) ([^;]*);", re.MULTILINE)


@dataclass(frozen=True)
class Stored:
    """One address: its binding-status by the draft's name, its client's hardware address, and the end of the lease."""

    status: str
    client: str
    """Octets in hexadecimal with colons; "" for none."""
    expires_s: int
    """Seconds since 1970; 0 for none."""


def _isc_time(text: str) -> int:
    """`0 2026/11/22 22:40:58` in UTC, `epoch 1795387258; # ...`, `never`."""
    words = text.split()
    if words[0] == "epoch":
        return int(words[1])
    return 0 if words[0] == "never" else calendar.timegm(time.strptime(" ".join(words[1:3]), "%Y/%m/%d %H:%M:%S"))


def read_isc(text: str) -> dict[str, Stored]:
    """dhcpd.leases: of several entries about an address the last one counts."""
    found = {}
    for address, body in _LEASE.findall(text):
        fields = dict(_FIELD.findall(body))
        found[address] = Stored(fields["binding state"].upper(), fields.get("hardware ethernet", ""),
                                _isc_time(fields["ends"]) if "ends" in fields else 0)
    return _mentioned(found)


def read_twinleased(text: str) -> dict[str, Stored]:
    """What `twinlease ctl --json leases` prints."""
    return _mentioned({lease["address"]: Stored(lease["status"], lease["hardware"], lease["lease_expiration"])
                       for lease in json.loads(text)["leases"]})


def _mentioned(found: dict[str, Stored]) -> dict[str, Stored]:
    return {address: stored for address, stored in found.items() if stored.status != "FREE" or stored.client}


FORMATS: dict[str, Callable[[str], dict[str, Stored]]] = {"isc-dhcpd": read_isc, "twinleased": read_twinleased}


ENDING_S = 15
"""A lease that is over is noticed, told and acknowledged within so long; until then the stores may be apart (5.11)."""


def differences(one: dict[str, Stored], other: dict[str, Stored], eps_s: float, read_s: float) -> list[str]:
    """Where they disagree (S21), read at `read_s`: on the status, and on client and end of a lease that is ACTIVE. A client
    that a FREE address had, an address that one of them keeps to itself as ABANDONED, and a lease of the same client whose
    end is being told at this moment are nobody else's business."""
    nobody = Stored("FREE", "", 0)
    found = []
    for address in sorted(one.keys() | other.keys()):
        a, b = one.get(address, nobody), other.get(address, nobody)
        if "ABANDONED" in (a.status, b.status):
            continue
        same_lease = a.client == b.client and abs(a.expires_s - b.expires_s) <= eps_s
        if same_lease and 0 <= read_s + eps_s - a.expires_s <= ENDING_S:
            continue
        lease = a.status == "ACTIVE"
        if a.status != b.status or lease and (a.client != b.client or abs(a.expires_s - b.expires_s) > eps_s):
            found.append(f"{address} is {_words(a)} here and {_words(b)} there")
    return found


def _words(stored: Stored) -> str:
    return f"{stored.status} of {stored.client or 'nobody'} until {stored.expires_s}"

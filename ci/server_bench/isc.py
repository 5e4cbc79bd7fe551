"""ISC dhcpd. It walks a list of the free leases for each that it gives: its pool is as small as one run allows, and each
run meets new servers. A pair begins with lease files that say what it has after hours: NORMAL, the pool balanced."""

import re
import time
from pathlib import Path

from network import POOL_BEGIN, SUBNET, Network, pool
from server import LEASE_S, MCLT_S, Product, Server, own_and_partner

POOL_SIZE = 8192
STATE = re.compile(r"my state ([a-z-]+) at .*\n\s*partner state ([a-z-]+) at")


def states(leases: str) -> tuple[str, str] | None:
    """The last failover state in a lease file, its own and the partner's."""
    found = STATE.findall(leases)
    return found[-1] if found else None


def balanced_leases(size: int, primary: bool, now: float) -> str:
    """A lease file of either server: half of the addresses free, half backup; the partner acknowledged all."""
    date = time.strftime("%w %Y/%m/%d %H:%M:%S", time.gmtime(now - 60))
    lines = ["authoring-byte-order little-endian;",
             f'failover peer "pair" state {{ my state communications-interrupted at {date};',
             f"  partner state normal at {date};{'' if primary else f' mclt {MCLT_S};'} }}"]
    times = f"starts {date}; tstp {date}; tsfp {date}; atsfp {date};"
    for offset in range(size):
        state = ("free", "backup")[offset % 2]
        lines.append(f"lease {POOL_BEGIN + offset} {{ {times} binding state {state}; }}")
    return "\n".join(lines) + "\n"


class Isc(Product):
    name = "isc"
    durability = "every lease synced before it is answered (dhcpd.leases)"
    begin = {"single": 1400, "pair": 800, "standby": 800}
    fresh = True

    def start(self, network: Network, folder: Path, number: int, mode: str) -> Server:
        own, partner = own_and_partner(number)
        declared = f"range {' '.join(pool(POOL_SIZE))};"
        text = f"authoritative; ping-check false; dhcp-cache-threshold 0; default-lease-time {LEASE_S};\n"
        leases = ""
        if mode != "single":
            first = f"primary; mclt {MCLT_S}; split {128 if mode == 'pair' else 256};"
            text += f"""failover peer "pair" {{ {first if number == 0 else 'secondary;'}
  address {own}; port 647; peer address {partner}; peer port 647;
  max-response-delay 30; max-unacked-updates 100; load balance max seconds 3; }}
"""
            declared = f'pool {{ failover peer "pair"; {declared} }}'
            leases = balanced_leases(POOL_SIZE, number == 0, time.time())
        (folder / "dhcpd.conf").write_text(
            f"{text}subnet {SUBNET.network_address} netmask {SUBNET.netmask} {{ {declared} }}\n")
        (folder / "dhcpd.leases").write_text(leases)
        return Server([*network.enter(number), "dhcpd", "-4", "-f", "-q", "-cf", f"{folder}/dhcpd.conf", "-lf",
                       f"{folder}/dhcpd.leases", "-pf", f"{folder}/dhcpd.pid", "e0"], folder)

    def normal(self, server: Server, number: int) -> bool:
        return states((server.folder / "dhcpd.leases").read_text()) == ("normal", "normal")

"""twinleased, every lease and update on the disk before it is told to anybody."""

from pathlib import Path

from network import SUBNET, Network, pool
from server import LEASE_S, MCLT_S, Server, own_and_partner

POOL_SIZE = 1 << 18


class Twinleased:
    name = "twinleased"
    durability = "every lease and update synced before it is answered (SQLite, WAL, synchronous=FULL)"
    begin = {"single": 9000, "pair": 5000, "standby": 5000}
    fresh = False

    def start(self, network: Network, folder: Path, number: int, mode: str) -> Server:
        own, partner = own_and_partner(number)
        text = f"""
[server]
store = "{folder}/leases.db"
probe_ms = 0
[dhcp]
addresses = ["{own}"]
[log]
level = "info"
[[scope]]
name = "load"
subnet = "{SUBNET}"
ranges = ["{'-'.join(pool(POOL_SIZE))}"]
lease_time_s = {LEASE_S}
"""
        if mode != "single":
            text += f"""relationship = "pair"
[[relationship]]
name = "pair"
role = "{('primary', 'secondary')[number]}"
mode = "{'load-balance' if mode == 'pair' else 'hot-standby'}"
local_address = "{own}"
partner_address = "{partner}"
mclt_s = {MCLT_S}
startup_time_s = 5
"""
        (folder / "twinleased.toml").write_text(text)
        program = Path(__file__).parents[2] / "build/bin/twinleased"
        return Server([*network.enter(number), str(program), "--config", f"{folder}/twinleased.toml"], folder)

    def normal(self, server: Server, number: int) -> bool:
        """By its log: the last state that it says it is in."""
        raise NotImplementedError

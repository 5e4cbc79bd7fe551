"""twinleased: every lease and update is on the disk before it is told to anybody."""

import json
import shutil
import socket
from pathlib import Path

from network import SUBNET, TAPS, Network, pool
from server import LEASE_S, MCLT_S, Product, Server, own_and_partner
from stores import multiply

PROGRAM = Path(__file__).parents[2] / "build/bin/twinleased"


def ask(server: Server, command: str) -> dict:
    """What the control socket answers. OSError where there is nobody, yet or any more."""
    with socket.socket(socket.AF_UNIX) as control:
        control.settimeout(30)
        control.connect(str(server.folder / "control"))
        control.sendall(json.dumps({"version": 1, "command": command}).encode() + b"\n")
        with control.makefile() as answer:
            return json.loads(answer.readline())


def status(server: Server) -> dict | None:
    """None while the server does not answer."""
    try:
        return ask(server, "status")
    except OSError:
        return None


class Twinleased(Product):
    """far: its partner is found at an address of the load generator's side, where something stands in for it."""

    name = "twinleased"
    durability = "every lease and update synced before it is answered (SQLite, WAL, synchronous=FULL)"
    begin = {"single": 10000, "pair": 7000, "standby": 7000}

    def __init__(self, pool_size: int = 1 << 18, far: bool = False):
        self._pool_size, self._far = pool_size, far
        self._prepared: dict[tuple[str, int], Path] = {}   # stores, by mode and number

    def prepare(self, mode: str, folders: list[Path]) -> None:
        """The pool balanced: a share of the addresses BACKUP at both, which they say to each other 4096 at a time."""
        share = {"single": 0.0, "pair": 0.5, "standby": 0.05}[mode]
        for number, folder in enumerate(folders):
            kept = folder.with_name(f"{folder.name}-prepared.db")
            if share:
                every = round(1 / share)
                multiply(folder / "leases.db", "BACKUP", range(0, self._pool_size, every), clients=False)
                shutil.copy(folder / "leases.db", kept)
                self._prepared[mode, number] = kept

    def start(self, network: Network, folder: Path, number: int, mode: str, *options: str) -> Server:
        own, partner = own_and_partner(number)
        if self._far:
            partner = TAPS[number]
        text = f"""
[server]
store = "{folder}/leases.db"
control = "{folder}/control"
probe_ms = 0
[dhcp]
addresses = ["{own}"]
[log]
level = "info"
[[scope]]
name = "load"
subnet = "{SUBNET}"
ranges = ["{'-'.join(pool(self._pool_size))}"]
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
        if (mode, number) in self._prepared:
            shutil.copy(self._prepared[mode, number], folder / "leases.db")
        command = [*network.enter(number), str(PROGRAM), "--config", f"{folder}/twinleased.toml", *options]
        return Server(command, folder)

    def normal(self, server: Server, number: int) -> bool:
        said = status(server)
        return said is not None and all(
            each["state"] == "NORMAL" and each["communications_ok"] for each in said["relationships"])

    def settled(self, server: Server) -> bool:
        said = status(server)
        return said is not None and all(
            each["updates_queued"] == each["updates_unacked"] == 0 for each in said["relationships"])

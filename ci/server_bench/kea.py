"""Kea's kea-dhcp4 with its file of leases, which it never syncs, and two threads; pairs by its HA hook."""

import json
import urllib.error
import urllib.request
from pathlib import Path

from network import FIRST, SECOND, SUBNET, Network, pool
from server import LEASE_S, Product, Server

POOL_SIZE = 1 << 18
PORT = 8001
HOOKS = "/usr/lib/x86_64-linux-gnu/kea/hooks"


class Kea(Product):
    name = "kea"
    durability = "written to a file, never synced (memfile)"
    begin = {"single": 8000, "pair": 2200, "standby": 2400}

    def start(self, network: Network, folder: Path, number: int, mode: str) -> Server:
        own = (FIRST, SECOND)[number]
        dhcp = {"interfaces-config": {"interfaces": [f"e0/{own}"], "dhcp-socket-type": "udp"},
                "lease-database": {"type": "memfile", "persist": True, "name": f"{folder}/kea.csv", "lfc-interval": 0},
                "multi-threading": {"enable-multi-threading": True, "thread-pool-size": 2, "packet-queue-size": 64},
                "valid-lifetime": LEASE_S,
                "subnet4": [{"id": 1, "subnet": str(SUBNET), "pools": [{"pool": " - ".join(pool(POOL_SIZE))}]}],
                "loggers": [{"name": "kea-dhcp4", "severity": "WARN", "output_options": [{"output": "stdout"}]}]}
        if mode != "single":
            self._add_pair(dhcp, number, mode)
        (folder / "kea.json").write_text(json.dumps({"Dhcp4": dhcp}))
        environment = ["env", f"KEA_PIDFILE_DIR={folder}", f"KEA_LOCKFILE_DIR={folder}", f"KEA_DHCP_DATA_DIR={folder}"]
        return Server([*network.enter(number), *environment, "kea-dhcp4", "-c", f"{folder}/kea.json"], folder)

    @staticmethod
    def _add_pair(dhcp: dict, number: int, mode: str) -> None:
        divided = mode == "pair"
        peers = [{"name": "first", "url": f"http://{FIRST}:{PORT}/", "role": "primary"},
                 {"name": "second", "url": f"http://{SECOND}:{PORT}/", "role": "secondary" if divided else "standby"}]
        ha = {"this-server-name": ("first", "second")[number], "mode": "load-balancing" if divided else "hot-standby",
              "heartbeat-delay": 1000, "max-response-delay": 10000, "max-unacked-clients": 0, "peers": peers,
              "multi-threading": {"enable-multi-threading": True, "http-dedicated-listener": True,
                                  "http-listener-threads": 2, "http-client-threads": 2}}
        dhcp["hooks-libraries"] = [
            {"library": f"{HOOKS}/libdhcp_lease_cmds.so"},
            {"library": f"{HOOKS}/libdhcp_ha.so", "parameters": {"high-availability": [ha]}}]
        if divided:   # half of the pool each
            half = POOL_SIZE // 2
            dhcp["subnet4"][0]["pools"] = [
                {"pool": " - ".join(pool(half)), "client-class": "HA_first"},
                {"pool": " - ".join(pool(half, half)), "client-class": "HA_second"}]

    def normal(self, server: Server, number: int) -> bool:
        request = urllib.request.Request(
            f"http://{(FIRST, SECOND)[number]}:{PORT}/", json.dumps({"command": "ha-heartbeat"}).encode(),
            {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                said = json.load(answer)
        except (urllib.error.URLError, TimeoutError):
            return False   # not yet, or no longer
        said = said[0] if isinstance(said, list) else said
        return said.get("arguments", {}).get("state") in ("load-balancing", "hot-standby")

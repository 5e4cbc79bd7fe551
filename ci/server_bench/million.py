"""twinleased with a million leases: memory, a restart until a client is served, and all of them for a partner that
lost its storage (UPDREQALL to UPDDONE). The store is one that it wrote itself, made larger."""

import logging
import shutil
import socket
import time
from pathlib import Path

logging.getLogger("scapy").setLevel(logging.ERROR)   # it would complain of interfaces, which it is not to use
from scapy.layers.dhcp import BOOTP, DHCP  # noqa: E402

from network import FIRST, LOAD, Network
from server import Server
from setup import Setup
from stores import multiply
from twinleased import Twinleased, status

LEASES = 1_000_000
POOL_SIZE = LEASES + 20_000   # some for clients that come now
PATIENCE_S = 120


def discover(number: int) -> bytes:
    """A DISCOVER through a relay at LOAD."""
    return bytes(BOOTP(op=1, chaddr=b"\x0a" + number.to_bytes(5, "big"), xid=number, giaddr=LOAD, hops=1)
                 / DHCP(options=[("message-type", "discover"), "end"]))


def answered_after_s(begin: float, server: Server) -> float:
    """Seconds from `begin` until a new client is offered an address. RuntimeError after PATIENCE_S."""
    question = discover(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as relay:
        relay.bind((LOAD, 67))
        relay.settimeout(0.02)
        while time.monotonic() - begin < PATIENCE_S and server.process.poll() is None:
            try:
                relay.sendto(question, (FIRST, 67))
                relay.recv(2048)
                return time.monotonic() - begin
            except (TimeoutError, ConnectionRefusedError):
                pass   # not yet
    raise RuntimeError(f"nobody is served after a restart\n{server.last_words()}")


def all_again_s(first: Server, second: Server) -> float:
    """Seconds from the connection until the second server has said that it has all. RuntimeError after PATIENCE_S."""
    begin, connected = time.monotonic(), None
    while time.monotonic() - begin < PATIENCE_S and None not in map(status, (first, second)):
        said = status(second)
        relationship, scope = said["relationships"][0], said["scopes"][0]
        if relationship["communications_ok"] and connected is None:
            connected = time.monotonic()
        if connected and relationship["state"] not in ("STARTUP", "RECOVER"):
            if scope["active"] < LEASES:
                raise RuntimeError(f"UPDDONE after {scope['active']} leases: {relationship}")
            return time.monotonic() - connected
        time.sleep(0.1)
    raise RuntimeError(f"the partner did not get all leases\n{first.last_words()}\n{second.last_words()}")


def measure(network: Network, folder: Path) -> dict:
    """rss_kb: after the restart; updreqall_rss_kb: of the larger partner after UPDREQALL."""
    product = Twinleased(POOL_SIZE)
    with Setup(network, product, "pair", folder, 1).running() as servers:
        folders = [server.folder for server in servers]
    multiply(folders[0] / "leases.db", "ACTIVE", range(LEASES), clients=True)
    alone = folder / "alone"
    alone.mkdir()
    shutil.copy(folders[0] / "leases.db", alone / "leases.db")

    begin = time.monotonic()
    server = product.start(network, alone, 0, "single")
    try:
        restart_s = answered_after_s(begin, server)
        rss_kb = server.rss_kb()
    finally:
        server.close()
    (alone / "leases.db").unlink()

    servers = []
    try:
        servers.append(product.start(network, folders[0], 0, "pair"))
        servers.append(product.start(network, folders[1], 1, "pair", "--lost-storage"))
        wait_for(servers)
        updreqall_s = all_again_s(*servers)
        return {"leases": LEASES, "restart_s": round(restart_s, 2), "updreqall_s": round(updreqall_s, 1),
                "rss_kb": rss_kb, "updreqall_rss_kb": max(server.rss_kb() for server in servers)}
    finally:
        for server in servers:
            server.close()


def wait_for(servers: list[Server]) -> None:
    """Until each answers on its control socket."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and None in map(status, servers):
        time.sleep(0.05)

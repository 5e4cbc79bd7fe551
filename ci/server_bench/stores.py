"""Stores of twinleased made larger than there is time to make them: rows written like one that it wrote itself."""

import sqlite3
from pathlib import Path

from network import POOL_BEGIN

CODES = {"ACTIVE": 2, "BACKUP": 7}   # of binding-status


def multiply(store: Path, status: str, offsets: range, clients: bool) -> None:
    """A lease like the first with that status (ACTIVE, BACKUP) for each address at these offsets.

    clients: each is of a client of its own. What such an address had is forgotten. The server has ended. ValueError where no lease is like that.
    """
    connection = sqlite3.connect(f"file:{store}?mode=rw", uri=True)
    try:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(lease)")]
        row = connection.execute(
            f"SELECT {', '.join(columns)} FROM lease WHERE status = ? LIMIT 1", (CODES[status],)).fetchone()
        if row is None:
            raise ValueError(f"no lease in {store} is {status}")
        address, *client = [columns.index(name) for name in ("address", "client_identifier", "hardware_address")]

        def rows():
            for offset in offsets:
                new = list(row)
                new[address] = int(POOL_BEGIN) + offset
                if clients:
                    hardware = b"\x06" + offset.to_bytes(5, "big")
                    new[client[0]], new[client[1]] = b"\x01" + hardware, hardware
                yield new

        with connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO lease VALUES ({', '.join('?' * len(columns))})", rows())
    finally:
        connection.close()

"""Stores made larger, on a table with the columns that matter."""

import sqlite3

import pytest

from network import POOL_BEGIN
from stores import multiply


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "leases.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE lease(address INTEGER PRIMARY KEY, status INTEGER, client_identifier BLOB, "
                           "hardware_address BLOB, lease_expiration INTEGER) STRICT")
        connection.execute("INSERT INTO lease VALUES(?, 2, x'01', x'02', 77)", (int(POOL_BEGIN) + 1,))
    return path


def rows(store):
    with sqlite3.connect(store) as connection:
        return connection.execute("SELECT * FROM lease ORDER BY address").fetchall()


def test_each_has_its_own_client_also_where_there_was_one(store):
    multiply(store, "ACTIVE", range(3), clients=True)
    assert rows(store) == [
        (int(POOL_BEGIN) + n, 2, b"\x01\x06\0\0\0\0" + bytes([n]), b"\x06\0\0\0\0" + bytes([n]), 77) for n in range(3)]


def test_without_clients_only_the_address_differs(store):
    multiply(store, "ACTIVE", range(0, 9, 4), clients=False)
    assert [row[0] - int(POOL_BEGIN) for row in rows(store)] == [0, 1, 4, 8]
    assert len({row[1:] for row in rows(store)}) == 1


def test_nothing_to_go_by_is_an_error(store, tmp_path):
    with pytest.raises(ValueError, match="no lease .* is BACKUP"):
        multiply(store, "BACKUP", range(3), clients=False)
    with pytest.raises(sqlite3.Error):
        multiply(tmp_path / "missing.db", "ACTIVE", range(3), clients=True)

"""The partner that is far away, on loopback."""

import asyncio
import time

import pytest

from delay import stand_in

DELAY_S = 0.05


async def echo(reader, writer):
    while octets := await reader.read(65536):
        writer.write(octets)
    writer.close()


async def through(delay_s, talk):
    """talk(reader, writer) through a stand-in before a server that echoes."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = await stand_in(("127.0.0.1", 0), server.sockets[0].getsockname(), "127.0.0.2", delay_s)
    reader, writer = await asyncio.open_connection(*proxy.sockets[0].getsockname())
    try:
        return await asyncio.wait_for(talk(reader, writer), 20)
    finally:
        writer.close()
        proxy.close()
        server.close()


@pytest.mark.parametrize("delay_s", [0.0, DELAY_S])
def test_an_answer_takes_the_way_there_and_back(delay_s):
    async def talk(reader, writer):
        writer.write(b"first")
        await reader.readexactly(5)   # connected by now
        begin = time.monotonic()
        writer.write(b"again")
        assert await reader.readexactly(5) == b"again"
        return time.monotonic() - begin
    assert asyncio.run(through(delay_s, talk)) >= 2 * delay_s


def test_all_octets_arrive_in_order_without_waiting_for_each_other():
    sent = bytes(range(256)) * 4096

    async def talk(reader, writer):
        begin = time.monotonic()
        for at in range(0, len(sent), 8192):
            writer.write(sent[at:at + 8192])
        received = await reader.readexactly(len(sent))
        return received, time.monotonic() - begin
    received, took_s = asyncio.run(through(DELAY_S, talk))
    assert received == sent and took_s < 128 * DELAY_S


def test_the_end_is_passed_on():
    async def talk(reader, writer):
        writer.write(b"last words")
        writer.write_eof()
        return await reader.read()
    assert asyncio.run(through(DELAY_S, talk)) == b"last words"


def test_nobody_behind_it_is_a_connection_closed():
    async def talk():
        proxy = await stand_in(("127.0.0.1", 0), ("127.0.0.1", 9), "127.0.0.2", 0.0)
        reader, _ = await asyncio.open_connection(*proxy.sockets[0].getsockname())
        return await asyncio.wait_for(reader.read(), 20)
    assert asyncio.run(talk()) == b""

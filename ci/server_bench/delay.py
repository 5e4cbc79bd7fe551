"""A partner that is far away: TCP connections passed on, every octet so many milliseconds late.

delay.py MS: between the two servers of a network, each of which finds its partner at an address of TAPS, and is
connected to from there. Says "ready" when it listens.
"""

import asyncio
import subprocess
import sys
from contextlib import contextmanager
from typing import Iterator

from network import FIRST, SECOND, TAPS

PORT = 647
CHUNK = 1 << 16
HELD_MAX = 1024   # chunks under way in one direction; then nothing more is read


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    """Until the sender closes, which is passed on, too, at its time."""
    loop = asyncio.get_running_loop()
    held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(HELD_MAX)

    async def read() -> None:
        octets = b"begun"
        while octets:
            try:
                octets = await reader.read(CHUNK)
            except ConnectionError:
                octets = b""   # a reset is passed on as an end
            await held.put((loop.time() + delay_s, octets))

    reading = asyncio.create_task(read())
    try:
        while True:
            due, octets = await held.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not octets:
                writer.write_eof()
                break
            writer.write(octets)
            await writer.drain()
    except OSError:
        writer.close()   # the receiver is gone; the other direction ends by itself
    finally:
        reading.cancel()


async def stand_in(listen: tuple[str, int], to: tuple[str, int], source: str, delay_s: float) -> asyncio.Server:
    """Whoever connects to `listen` is connected to `to`, from the address `source`."""
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(delay_s)
        try:
            beyond = await asyncio.open_connection(*to, local_addr=(source, 0))
        except OSError:
            writer.close()   # as a partner that is not there
            return
        await asyncio.gather(pass_on(reader, beyond[1], delay_s), pass_on(beyond[0], writer, delay_s))
        writer.close()
        beyond[1].close()

    return await asyncio.start_server(connected, *listen)


async def main(delay_s: float) -> None:
    await stand_in((TAPS[0], PORT), (SECOND, PORT), TAPS[1], delay_s)
    await stand_in((TAPS[1], PORT), (FIRST, PORT), TAPS[0], delay_s)
    print("ready", flush=True)
    await asyncio.Event().wait()


@contextmanager
def partners_apart(ms: int) -> Iterator[None]:
    """While inside, in the network namespace of the caller. RuntimeError when it does not come about."""
    process = subprocess.Popen([sys.executable, "-B", __file__, str(ms)], stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"the delay between partners ended with {process.wait()}")
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000))

"""What tshark and `twinlease decode` each find in the DHCP messages of a capture, in one common form."""

import json
import subprocess
from typing import NamedTuple

from agreement import decode

IP_AND_UDP = 28  # octets of a frame before the DHCP message
OVERRUN = "field length invalid!"  # tshark, of an option that runs past the end of the message


class Reading(NamedTuple):
    """One DHCP message; options are (offset, code, value in hex) by their place in the message."""

    frame: int
    xid: int
    options: tuple
    malformed: bool = False  # tshark gave the dissection up


def ours(path):
    """Frame -> what `twinlease decode` finds, and frame -> its error, {} where there is none."""
    objects = [json.loads(line) for line in decode(path, "--json").stdout.splitlines()]
    readings = {
        o["frame"]: Reading(
            o["frame"], o["xid"], tuple(sorted((x["offset"], x["code"], x["hex"]) for x in o["options"]))
        )
        for o in objects if "xid" in o
    }
    return readings, {o["frame"]: o.get("error", {}) for o in objects}


def _options(pairs):
    """(offset, code, value) of every whole option below: those of file and sname hang below option overload."""
    for name, value in pairs:
        if name == "dhcp.option.type_raw" and value[0] != OVERRUN:
            octets, at = bytes.fromhex(value[0]), value[1] - IP_AND_UDP
            if octets[0] not in (0, 255):
                yield at, octets[0], octets[2:].hex()
        elif isinstance(value, list) and value and isinstance(value[0], tuple):
            yield from _options(value)


def tsharks(path):
    """Frame -> what tshark finds."""
    command = ["tshark", "-r", str(path), "-Y", "dhcp", "-T", "json", "-x", "-J", "frame dhcp"]
    # Of texts in messages, tshark prints octets that are no UTF-8; nothing of them is compared.
    done = subprocess.run(command, capture_output=True, errors="replace", timeout=120, check=True)
    readings = {}
    for packet in json.loads(done.stdout, object_pairs_hook=list):
        layers = dict(dict(packet)["_source"])["layers"]
        frame = int(dict(dict(layers)["frame"])["frame.number"])
        fields = dict(layers)["dhcp"]
        xid = next((int(value[0], 16) for name, value in fields if name == "dhcp.id_raw"), None)
        if xid is not None:
            readings[frame] = Reading(frame, xid, tuple(sorted(_options(fields))), "_ws.malformed" in dict(layers))
    return readings

"""Failover messages for Python: names in, octets out, and back. (draft-ietf-dhc-failover-12, 6 and 12)

Types and options go by the draft's names ("BNDUPD", "lease-expiration-time") or by number. Values go by the form
that section 12 gives the option: int for numbers, times (seconds since 1970), flags and enumerations; "10.77.1.1"
for addresses; str for text; bytes for the rest. bytes are always taken as they are, so that a test can send any
mistake it likes.
"""

from __future__ import annotations

import ipaddress
from typing import Any, Iterable

import _twinlease_wire as _wire

MESSAGE_TYPES = {
    "POOLREQ": 1, "POOLRESP": 2, "BNDUPD": 3, "BNDACK": 4, "CONNECT": 5, "CONNECTACK": 6, "UPDREQALL": 7,
    "UPDDONE": 8, "UPDREQ": 9, "STATE": 10, "CONTACT": 11, "DISCONNECT": 12,
}
BINDING_STATUS = {"FREE": 1, "ACTIVE": 2, "EXPIRED": 3, "RELEASED": 4, "ABANDONED": 5, "RESET": 6, "BACKUP": 7}
SERVER_STATE = {
    "STARTUP": 1, "NORMAL": 2, "COMMUNICATIONS-INTERRUPTED": 3, "PARTNER-DOWN": 4, "POTENTIAL-CONFLICT": 5,
    "RECOVER": 6, "PAUSED": 7, "SHUTDOWN": 8, "RECOVER-DONE": 9, "RESOLUTION-INTERRUPTED": 10, "CONFLICT-DONE": 11,
}
STARTUP_FLAG = 0x01
"""server-flags bit S (12.23, A-05)."""

OPTION_TABLE: dict[int, dict[str, Any]] = {row["code"]: row for row in _wire.option_table()}
_CODES = {row["name"]: code for code, row in OPTION_TABLE.items()}
_WIDTH = {"u8": 1, "flags8": 1, "binding-status": 1, "server-state": 1, "reject-reason": 1, "flags16": 2, "u32": 4,
          "time": 4, "flags32": 4}

Error = _wire.Error
"""What is wrong with a message or one option: level, remedy, option, offset, clause, text; str() says it all."""
Framer = _wire.Framer
"""Messages out of a TCP stream: feed(octets) -> list of octets, one message each; .error once framing is lost."""
hash_bucket = _wire.hash_bucket
"""RFC 3074: the bucket (0-255) of a request id (client-identifier's octets, else chaddr's)."""
sign = _wire.sign
verify = _wire.verify


def option_code(name: str | int) -> int:
    """The code of an option given by name or number. ValueError for an unknown name."""
    if isinstance(name, int):
        return name
    if name not in _CODES:
        raise ValueError(f"option: '{name}', expected a name of section 12 or MS-DHCPF 2.2, or a number")
    return _CODES[name]


def encode_value(name: str | int, value: Any) -> bytes:
    """The octets of an option's value. TypeError if the value's type does not fit the option's form."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    row = OPTION_TABLE.get(option_code(name))
    form = row["form"] if row else "octets"
    if isinstance(value, int) and form in _WIDTH:
        return (value & 0xFFFFFFFF).to_bytes(4, "big")[-_WIDTH[form]:] if value >= 0 else _raise(name, value)
    if isinstance(value, str) and form == "ipv4":
        return ipaddress.IPv4Address(value).packed
    if isinstance(value, str) and form == "binding-status":
        return bytes([BINDING_STATUS[value]])
    if isinstance(value, str) and form == "server-state":
        return bytes([SERVER_STATE[value]])
    if isinstance(value, str) and form == "text":
        return value.encode()
    if isinstance(value, str) and form == "utf16le":
        return (value + "\0").encode("utf-16-le")
    return _raise(name, value)


def _raise(name: str | int, value: Any) -> bytes:
    raise TypeError(f"option {name}: {value!r} does not fit its form; give bytes to send it all the same")


def encode(type_: str | int, *, xid: int, time_s: int, options: Iterable[tuple[str | int, Any]] = (),
           dialect: str = "draft-12", payload_offset: int | None = None, extra_header: bytes = b"",
           tail: bytes = b"") -> bytes:
    """One whole message. ValueError if it would exceed 2048 octets (6.1)."""
    code = type_ if isinstance(type_, int) else MESSAGE_TYPES[type_]
    pairs = [(option_code(name), encode_value(name, value)) for name, value in options]
    return _wire.encode(code, xid, int(time_s) & 0xFFFFFFFF, pairs, dialect, payload_offset, extra_header, tail)


def decode_value(code: int, value: bytes) -> Any:
    """int, "a.b.c.d", str or bytes by the option's form; bytes where the length does not fit it."""
    row = OPTION_TABLE.get(code)
    if row is None:
        return value
    if row["form"] in _WIDTH and row["length_min"] <= len(value) <= row["length_max"]:
        return int.from_bytes(value, "big")
    if row["form"] == "ipv4" and len(value) == 4:
        return str(ipaddress.IPv4Address(value))
    if row["form"] == "text":
        return value.decode("utf-8", "backslashreplace")
    return value


class Options:
    """Options in the order received, of a message or of one transaction of a batch (6.3)."""

    def __init__(self, options: list, dialect: str):
        self.list = options
        self._dialect = dialect

    def has(self, name: str | int) -> bool:
        return any(o.code == option_code(name) for o in self.list)

    def get(self, name: str | int, default: Any = None) -> Any:
        """The value of the first such option; default if there is none."""
        code = option_code(name)
        for option in self.list:
            if option.code == code:
                return decode_value(code, option.value)
        return default

    @property
    def codes(self) -> list[int]:
        return [o.code for o in self.list]

    def describe(self) -> str:
        return ", ".join(f"{o.name(self._dialect)}={o.format(self._dialect)}" for o in self.list)


class Message(Options):
    """A message as received. error is set when nothing of it may be used; option_errors leave the rest usable."""

    def __init__(self, octets: bytes, dialect: str):
        raw = _wire.decode(octets, dialect)
        super().__init__(raw.options, dialect)
        self.octets: bytes = octets
        self.type: str = raw.type
        self.type_code: int = raw.type_code
        self.xid: int = raw.xid
        self.time_s: int = raw.time_s
        self.length: int = raw.length
        self.payload_offset: int = raw.payload_offset
        self.extra_header: bytes = raw.extra_header
        self.tail: bytes = raw.tail
        self.error: Error | None = raw.error
        self.option_errors: list[Error] = raw.option_errors
        self.leading = Options(raw.leading, dialect)
        self.transactions = [Options(t, dialect) for t in raw.transactions]

    def label(self) -> str:
        """One short line: type, xid, and what matters most in it."""
        if self.error is not None:
            return f"{self.type} malformed: {self.error.text}"
        if self.type in ("BNDUPD", "BNDACK"):
            parts = [_transaction_label(t, self._dialect) for t in self.transactions]
            more = f" and {len(parts) - 2} more" if len(parts) > 2 else ""
            return f"{self.type} xid {self.xid}  " + ", ".join(parts[:2]) + more
        if self.type == "STATE":
            flags = self.get("server-flags")   # octets, if they are not one
            startup = " STARTUP" if isinstance(flags, int) and flags & STARTUP_FLAG else ""
            return f"STATE {state_name(self.get('server-state'))}{startup}"
        if self.has("reject-reason"):
            return f"{self.type} xid {self.xid}  reject-reason {self.get('reject-reason')}"
        return f"{self.type} xid {self.xid}"


def _transaction_label(options: Options, dialect: str) -> str:
    words = [str(options.get("assigned-IP-address", "no address"))]
    if options.has("binding-status"):
        words.append(status_name(options.get("binding-status")))
    if options.has("reject-reason"):
        words.append(f"reject {options.get('reject-reason')}")
    return " ".join(words)


def state_name(code: int | None) -> str:
    """NORMAL for 2; RECOVER-WAIT for 254 and 12 (A-03); "state 77" for one without a name."""
    if code in (254, 12):
        return "RECOVER-WAIT"
    return next((name for name, value in SERVER_STATE.items() if value == code), f"state {code}")


def status_name(code: int | None) -> str:
    return next((name for name, value in BINDING_STATUS.items() if value == code), f"binding-status {code}")

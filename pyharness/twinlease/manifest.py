"""Manifests: how a peer under test is described. Format page: docs/formats/manifest.md (version 1)."""

from __future__ import annotations

import dataclasses
import ipaddress
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinlease.lease_store import FORMATS

ROLES = ("primary", "secondary")
DIALECTS = ("draft-12", "isc", "microsoft", "infoblox")
VERBS = ("configure", "start", "stop", "kill", "wipe", "read_leases", "set_clock", "partner_down", "status")
CAPABILITIES = ("load-balance", "reservation", "bootp", "ddns", "digest", "tls", "batches", "hot-standby")


class ManifestError(ValueError):
    """A manifest that cannot be used. str() names file, key, value and what was expected."""


@dataclass(frozen=True)
class Verb:
    """What to run for one thing that the suite may ask of a peer. Arguments and stdin are Jinja2 templates."""

    argv: tuple[str, ...]
    stdin: str = ""
    """A file beside the manifest, rendered and given to the command's standard input."""
    signal: str = ""
    """Instead of a command: a signal for the process that `start` started."""


@dataclass(frozen=True)
class Relationship:
    """One failover relationship of the peer, as seen from the peer."""

    role: str
    name: str
    server_address: str
    partner_address: str
    relay_addresses: tuple[str, ...]
    prefix: int
    first_address: str
    last_address: str
    port: int
    mclt_s: int
    receive_timer_s: int
    max_unacked_bndupd: int
    lease_time_s: int

    def holds(self, address: str) -> bool:
        """Is the address one that the relationship manages?"""
        return (ipaddress.IPv4Address(self.first_address) <= ipaddress.IPv4Address(address)
                <= ipaddress.IPv4Address(self.last_address))

    @property
    def partner_role(self) -> str:
        return "secondary" if self.role == "primary" else "primary"


@dataclass(frozen=True)
class Manifest:
    """A peer: who it is, what it can do, and how it is handled."""

    path: Path
    name: str
    version: str
    dialect: str
    capabilities: frozenset[str]
    fast_clock: bool
    rate: float
    network: str
    connect_anywhere: bool
    store: tuple[str, ...]
    """What its store consists of: files or folders in its directory."""
    lease_format: str
    """In which form `read_leases` prints the leases; "" for one that cannot be read."""
    relationships: tuple[Relationship, ...]
    verbs: dict[str, Verb]
    files: dict[str, str] = field(default_factory=dict)
    """Name in the peer's directory -> template beside the manifest."""
    parameters: dict[str, Any] = field(default_factory=dict)

    def relationship(self, role: str) -> Relationship | None:
        return next((r for r in self.relationships if r.role == role), None)


class _Table:
    """One table of the TOML file; every access checks type and value and names the key when it fails."""

    def __init__(self, path: Path, where: str, table: dict[str, Any]):
        self._path, self._where, self._table, self._used = path, where, table, set()

    def fail(self, key: str, value: Any, expected: str) -> ManifestError:
        shown = "missing" if value is None else repr(value)
        return ManifestError(f"{self._path}: {self._where}{key}: {shown}, expected {expected}")

    def get(self, key: str, kind: type | tuple[type, ...], expected: str, default: Any = None) -> Any:
        self._used.add(key)
        value = self._table.get(key, default)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.fail(key, self._table.get(key), expected)
        return value

    def choice(self, key: str, values: tuple[str, ...], default: str | None = None) -> str:
        value = self.get(key, str, "one of " + ", ".join(values), default)
        if value not in values:
            raise self.fail(key, value, "one of " + ", ".join(values))
        return value

    def address(self, key: str) -> str:
        value = self.get(key, str, "an IPv4 address")
        try:
            return str(ipaddress.IPv4Address(value))
        except ValueError:
            raise self.fail(key, value, "an IPv4 address") from None

    def number(self, key: str, low: int, high: int, default: int) -> int:
        value = self.get(key, int, f"a whole number from {low} to {high}", default)
        if not low <= value <= high:
            raise self.fail(key, value, f"a whole number from {low} to {high}")
        return value

    def strings(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        value = self.get(key, list, "a list of strings", default)
        if not all(isinstance(item, str) for item in value):
            raise self.fail(key, value, "a list of strings")
        return tuple(value)

    def finish(self) -> None:
        for key in self._table:
            if key not in self._used:
                raise ManifestError(f"{self._path}: {self._where}{key}: not a key of manifest version 1 "
                                    f"(see docs/formats/manifest.md); known here: {', '.join(sorted(self._used))}")


def _relationship(path: Path, index: int, table: dict[str, Any]) -> Relationship:
    t = _Table(path, f"relationship[{index}].", table)
    role = t.choice("role", ROLES)
    first, last = t.address("first_address"), t.address("last_address")
    if ipaddress.IPv4Address(first) > ipaddress.IPv4Address(last):
        raise t.fail("last_address", last, f"an address not below first_address {first}")
    partner = t.address("partner_address")
    relays = t.strings("relay_addresses", [partner])
    for relay in relays:
        try:
            ipaddress.IPv4Address(relay)
        except ValueError:
            raise t.fail("relay_addresses", relay, "IPv4 addresses") from None
    relationship = Relationship(
        role=role, name=t.get("name", str, "the relationship-name"), server_address=t.address("server_address"),
        partner_address=partner, relay_addresses=relays or (partner,), prefix=t.number("prefix", 8, 30, 16),
        first_address=first, last_address=last, port=t.number("port", 1, 65535, 647),
        mclt_s=t.number("mclt_s", 1, 2**31, 60), receive_timer_s=t.number("receive_timer_s", 1, 2**31, 30),
        max_unacked_bndupd=t.number("max_unacked_bndupd", 1, 10_000, 10),
        lease_time_s=t.number("lease_time_s", 1, 2**31, 3600))
    t.finish()
    return relationship


def _verb(path: Path, name: str, value: Any) -> Verb:
    where = _Table(path, "verbs.", {name: value})
    if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
        return Verb(tuple(value))
    if isinstance(value, dict):
        t = _Table(path, f"verbs.{name}.", value)
        verb = Verb(t.strings("argv", []), t.get("stdin", str, "a file name", ""), t.get("signal", str, "a signal", ""))
        t.finish()
        if bool(verb.argv) == bool(verb.signal):
            raise where.fail(name, value, "either argv or signal")
        return verb
    raise where.fail(name, value, "a list of arguments, or a table with argv and stdin, or with signal")


def load(path: Path) -> Manifest:
    """Reads a manifest. ManifestError if the file is not there, is no TOML, or does not hold what version 1 asks."""
    try:
        text = path.read_text()
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{path}: not TOML: {error}") from None
    top = _Table(path, "", document)
    version = top.get("manifest", int, "1, the version of this format")
    if version != 1:
        raise top.fail("manifest", version, "1, the version of this format")
    peer = _Table(path, "peer.", top.get("peer", dict, "a table"))
    capabilities = peer.strings("capabilities", [])
    for capability in capabilities:
        if capability not in CAPABILITIES:
            raise peer.fail("capabilities", capability, "some of " + ", ".join(CAPABILITIES))
    relationships = tuple(_relationship(path, i, r)
                          for i, r in enumerate(top.get("relationship", list, "at least one [[relationship]]")))
    if not relationships:
        raise top.fail("relationship", [], "at least one [[relationship]]")
    verbs_table = top.get("verbs", dict, "a table of verbs", {})
    for name in verbs_table:
        if name not in VERBS:
            raise _Table(path, "verbs.", verbs_table).fail(name, verbs_table[name], "a verb: " + ", ".join(VERBS))
    files = top.get("files", dict, "a table: name = template", {})
    for name, template in files.items():
        if not isinstance(template, str) or not (path.parent / template).is_file():
            raise _Table(path, "files.", files).fail(name, template, f"a file in {path.parent}")
    manifest = Manifest(
        path=path, name=peer.get("name", str, "the product's name"), version=peer.get("version", str, "its version"),
        dialect=peer.choice("dialect", DIALECTS), capabilities=frozenset(capabilities),
        fast_clock=peer.get("fast_clock", bool, "true or false", False),
        rate=float(peer.get("rate", (int, float), "a number from 1", 1)),
        network=peer.choice("network", ("lab", "host"), "lab"),
        connect_anywhere=peer.get("connect_anywhere", bool, "true or false", False),
        store=peer.strings("store", []),
        lease_format=peer.choice("lease_format", ("", *FORMATS), ""),
        relationships=relationships, verbs={n: _verb(path, n, v) for n, v in verbs_table.items()}, files=dict(files),
        parameters=top.get("parameters", dict, "a table for the templates", {}))
    if manifest.rate < 1 or (manifest.rate > 1 and not manifest.fast_clock):
        raise peer.fail("rate", manifest.rate, "1 or more, and more than 1 only with fast_clock = true")
    for name in manifest.store:
        if not name or Path(name).is_absolute() or ".." in Path(name).parts:
            raise peer.fail("store", name, "names of files or folders in the peer's own folder")
    for verb in manifest.verbs.values():
        if verb.stdin and not (path.parent / verb.stdin).is_file():
            raise peer.fail("verbs", verb.stdin, f"a file in {path.parent}")
    peer.finish()
    top.finish()
    return manifest


def override(manifests: list[Manifest], settings: list[str]) -> list[Manifest]:
    """The manifests with other values for some of their [parameters], and names that say so.

    A setting is NAME=VALUE, a value of TOML or else a text; it counts for every manifest that has the parameter.
    ManifestError: it is none, or of another type than the manifest's, or no manifest has such a parameter.
    """
    for setting in settings:
        name, equals, text = setting.partition("=")
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        known = ", ".join(sorted({key for manifest in manifests for key in manifest.parameters}))
        if not equals or not any(name in manifest.parameters for manifest in manifests):
            raise ManifestError(f"--set: '{setting}', expected NAME=VALUE, NAME one of {known or 'none'}")
        manifests = [_with(manifest, name, value) if name in manifest.parameters else manifest
                     for manifest in manifests]
    return manifests


def _with(manifest: Manifest, name: str, value: Any) -> Manifest:
    declared = manifest.parameters[name]
    if type(value) is not type(declared):
        raise ManifestError(f"--set: {name}: {value!r}, expected a value like {declared!r}, as in {manifest.path}")
    joined = "," if " with " in manifest.name else " with"
    return dataclasses.replace(manifest, name=f"{manifest.name}{joined} {name}={value}",
                               parameters={**manifest.parameters, name: value})

"""Two manifests put together: one relationship seen from both sides, with a tap between. (docs/formats/manifest.md)"""

from __future__ import annotations

import dataclasses
import ipaddress
from dataclasses import dataclass

from twinlease.manifest import ROLES, Manifest, ManifestError, Relationship

_AGREED = ("name", "first_address", "last_address", "mclt_s", "port", "prefix")
"""Keys of [[relationship]] that have to be the same on both sides."""


@dataclass(frozen=True)
class Pairing:
    """Who plays which role, and how. By role everywhere."""

    manifests: dict[str, Manifest]
    relationships: dict[str, Relationship]
    """What the templates get: the manifest's own, but partner_address is the tap's."""

    @property
    def rate(self) -> float:
        """The rate at which both can live."""
        return min(manifest.rate for manifest in self.manifests.values())

    @property
    def servers(self) -> dict[str, str]:
        return {role: r.server_address for role, r in self.relationships.items()}

    @property
    def taps(self) -> dict[str, str]:
        """The address at which each believes its partner."""
        return {role: r.partner_address for role, r in self.relationships.items()}


def pair(primary: Manifest, secondary: Manifest) -> Pairing:
    """Puts them together; the first is primary. ManifestError where they do not fit: both files, both values."""
    manifests = dict(zip(ROLES, (primary, secondary)))
    theirs: dict[str, Relationship] = {}
    for role, manifest in manifests.items():
        if manifest.network != "lab":
            raise ManifestError(f"{manifest.path}: peer.network: '{manifest.network}', expected lab: each of a pair "
                                "is started in a network of its own")
        if not {"start", "wipe"} <= manifest.verbs.keys():
            raise ManifestError(f"{manifest.path}: verbs: expected start and wipe, which a pair needs")
        relationship = manifest.relationship(role)
        if relationship is None:
            raise ManifestError(f"{manifest.path}: relationship: expected one with role {role}")
        theirs[role] = relationship
    ours, other = theirs["primary"], theirs["secondary"]
    for key in _AGREED:
        if getattr(ours, key) != getattr(other, key):
            raise ManifestError(f"{secondary.path}: relationship of role secondary: {key}: {getattr(other, key)!r}, "
                                f"expected {getattr(ours, key)!r}, as in {primary.path}")
    if ours.server_address == other.server_address:
        raise ManifestError(f"{secondary.path}: relationship of role secondary: server_address: "
                            f"{other.server_address!r}, expected another than that of {primary.path}")
    network = ipaddress.IPv4Network(f"{ours.server_address}/{ours.prefix}", strict=False)
    for address in (other.server_address, *ours.relay_addresses):
        if ipaddress.IPv4Address(address) not in network:
            raise ManifestError(f"{secondary.path}: {address}: expected an address of {network}, where the primary is")
    free = _free(network, ours, {r.server_address for r in theirs.values()} | set(ours.relay_addresses))
    return Pairing(manifests, {role: dataclasses.replace(theirs[role], partner_address=address)
                               for role, address in zip(ROLES, free)})


def _free(network: ipaddress.IPv4Network, relationship: Relationship, taken: set[str]) -> list[str]:
    """The first two addresses of the network that nobody has and nobody leases."""
    free: list[str] = []
    for address in map(str, network.hosts()):
        if address not in taken and not relationship.holds(address):
            free.append(address)
            if len(free) == len(ROLES):
                return free
    raise ManifestError(f"{network}: no two addresses are left for the tap")

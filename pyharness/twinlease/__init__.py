"""Twinlease: drives DHCP failover peers over TCP 647 and UDP 67 and judges them clause by clause.

Start at `peer.Peer` (a failover partner that does what it is told), `dhcp.Client` (a DHCP client behind a relay),
`lab.Lab` (the private network and its clock) and `adapter.PeerUnderTest` (the server that is judged).
"""

__version__ = "0.1.0"

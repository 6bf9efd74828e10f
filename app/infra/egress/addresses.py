"""Which numbers of hosts are public. Everything that is not surely so is refused (RELIABILITY 1.3.6).

Sources: IANA special-purpose registries for IPv4 and IPv6; RFC 6890, 6052 (NAT64), 4291 (v4 in v6), 3056 (6to4).
"""

from __future__ import annotations

import ipaddress

_NETWORKS_4 = tuple(map(ipaddress.IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
)))  # fmt: skip
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
"""All that is given out; v4 in v6, NAT64, unique local, link-local, loopback and multicast lie outside of it."""
_NETWORKS_6 = tuple(map(ipaddress.IPv6Network, (
    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)))  # fmt: skip


def is_public(address: str) -> bool:
    """True for a unicast address of the public network; false for text that is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not any(found in network for network in _NETWORKS_4)
    if found.scope_id is not None or found not in _UNICAST_6:
        return False
    return found.is_global and not any(found in network for network in _NETWORKS_6)

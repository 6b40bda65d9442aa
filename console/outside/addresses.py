"""Which network addresses are plainly public: the only ones Baton calls without being told to.

Python's `is_private` and `is_global` miss several classes (carrier-grade NAT, NAT64, 6to4), so
every class of the IANA special-purpose registries stands here by name. An IPv6 address that is
not global unicast is refused whatever it is; so is one that carries an IPv4 address inside.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

GLOBAL_UNICAST = IPv6Network("2000::/3")

# The first that holds the address names it, so a part stands before the whole.
_CLASSES = (
    ("0.0.0.0/8", "an unspecified"),
    ("10.0.0.0/8", "a private"),
    ("100.64.0.0/10", "a carrier-grade NAT"),
    ("127.0.0.0/8", "a loopback"),
    ("168.63.129.16/32", "a cloud provider's internal"),
    ("169.254.0.0/16", "a link-local"),
    ("172.16.0.0/12", "a private"),
    ("192.0.0.0/24", "a reserved"),
    ("192.0.2.0/24", "a documentation"),
    ("192.31.196.0/24", "a reserved"),
    ("192.52.193.0/24", "a reserved"),
    ("192.88.99.0/24", "a 6to4"),
    ("192.168.0.0/16", "a private"),
    ("192.175.48.0/24", "a reserved"),
    ("198.18.0.0/15", "a benchmark"),
    ("198.51.100.0/24", "a documentation"),
    ("203.0.113.0/24", "a documentation"),
    ("224.0.0.0/4", "a multicast"),
    ("255.255.255.255/32", "a broadcast"),
    ("240.0.0.0/4", "a reserved"),
    ("::/128", "an unspecified"),
    ("::1/128", "a loopback"),
    ("::ffff:0:0/96", "an IPv4-mapped"),
    ("::ffff:0:0:0/96", "an IPv4-translated"),
    ("::/96", "an IPv4-compatible"),
    ("64:ff9b::/96", "a NAT64"),
    ("64:ff9b:1::/48", "a NAT64"),
    ("100::/64", "a discard-only"),
    ("100:0:0:1::/64", "a dummy"),
    ("2001::/32", "a Teredo"),
    ("2001:2::/48", "a benchmark"),
    ("2001::/23", "a reserved"),
    ("2001:db8::/32", "a documentation"),
    ("2002::/16", "a 6to4"),
    ("2620:4f:8000::/48", "a reserved"),
    ("3ffe::/16", "a reserved"),
    ("3fff::/20", "a documentation"),
    ("5f00::/16", "a segment routing"),
    ("fc00::/7", "a private"),
    ("fe80::/10", "a link-local"),
    ("fec0::/10", "a site-local"),
    ("ff00::/8", "a multicast"),
)
CLASSES: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), words) for network, words in _CLASSES
)


def why_not_public(address: Address) -> str:
    """What `address` is instead of public, such as "a loopback"; "" if it is public."""
    for network, words in CLASSES:
        if address.version == network.version and address in network:
            return words
    if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
        return "a reserved"
    elif isinstance(address, IPv6Address) and _carries_ipv4(address):
        return "an IPv4-embedding"
    else:
        return ""


def is_within(address: Address, networks: tuple[Network, ...]) -> bool:
    """Whether one of `networks` holds `address`; a mapped IPv4 address is not the IPv4 address."""
    return any(address.version == network.version and address in network for network in networks)


def _carries_ipv4(address: IPv6Address) -> bool:
    """ISATAP interface identifiers: `…:0:5efe:a.b.c.d`, with or without the universal bit."""
    return (int(address) >> 32) & 0xFCFF_FFFF == 0x0000_5EFE

"""Which network addresses may be called: none that belongs to ourselves, unless allowed."""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")
_NUMERIC = re.compile(r"(?:0[xX][0-9a-fA-F]*|\d+)(?:\.(?:0[xX][0-9a-fA-F]*|\d+)){0,3}\.?")


def literal(host: str) -> Address | None:
    """The address that a host spells out, in any way that a resolver takes; None for a name.

    Besides the usual forms these are decimal (`2130706433`), hexadecimal (`0x7f.1`) and octal
    (`017700000001`) ones.
    """
    host = host.strip("[]").partition("%")[0]
    try:
        return ip_address(host)
    except ValueError:
        pass
    if not _NUMERIC.fullmatch(host):
        return None
    try:
        return IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def is_public(address: Address) -> bool:
    """Whether the address belongs to the internet, whatever it is wrapped in."""
    inner = _unwrapped(address)
    if inner is not None and inner != address:
        return is_public(inner)
    if isinstance(address, IPv6Address) and any(address in net for net in _NAT64):
        return False  # 64:ff9b:1::/48 places the inner address as its operator likes
    return address.is_global and not address.is_multicast


def is_own(address: Address) -> bool:
    """Whether it is an address of this machine or its network that an operator may allow.

    Link-local addresses are not: cloud machines answer with their credentials there.
    """
    inner = _unwrapped(address) or address
    if inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner.is_reserved:
        return inner == IPv6Address("::1")
    return inner.is_private


def _unwrapped(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 address carries: mapped, compatible, 6to4, Teredo or NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64[0] or (address in _COMPATIBLE and int(address) > 0xFFFF):  # noqa: PLR2004
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None

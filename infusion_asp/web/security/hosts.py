"""Owns which names the page may be asked for by: against names that others point at this machine.

A page elsewhere can let its own name lead to 127.0.0.1 (DNS rebinding). Its requests are then of
the same origin for the browser, but carry that name.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from infusion_asp.web.settings import LOOPBACK


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    if host in LOOPBACK:
        return True
    address = _address(host)
    return address is not None and address.is_loopback


class Hosts:
    """The names for one host that is listened on.

    For all addresses of the machine (0.0.0.0, ::) every address is one, and the machine's names;
    an address in numbers can't be pointed elsewhere.
    """

    def __init__(self, host: str) -> None:
        address = _address(host)
        self._any = address is not None and address.is_unspecified
        names = {host.lower()}
        if self._any:
            names = {*LOOPBACK, socket.gethostname().lower(), socket.getfqdn().lower()}
        elif is_loopback(host):
            names.update(LOOPBACK)
        self._names = names

    def __contains__(self, header: object) -> bool:
        """Whether a Host header, with or without a port, is one of them."""
        name = _name(header) if isinstance(header, str) else None
        if name is None:
            return False
        return name in self._names or (self._any and _address(name) is not None)


def _name(header: str) -> str | None:
    if not header or any(sign in header for sign in "/@?#\\ \t,"):
        return None
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None

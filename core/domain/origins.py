"""Where an http(s) address leads: one host and one port for every reader of it, and whether that is inside."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

Origin = tuple[str, int]  # host in lower case, port
PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+")  # a name as sent on the wire, or an IPv6 address
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")  # read differently by different parsers of addresses


def origin_in(url: str) -> Origin:
    """Host and port of an http(s) address; ValueError for one that two readers could understand differently."""
    if _UNSAFE.search(url):
        raise ValueError("unsafe characters")
    parts = urlsplit(url)
    host, port = (parts.hostname or "").lower(), parts.port
    if parts.scheme not in PORTS or "@" in parts.netloc or not _HOST.fullmatch(host):
        raise ValueError(f"{parts.scheme}://{host}")
    return host, PORTS[parts.scheme] if port is None else port


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet; one that carries another inside is judged by both."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ()))
        if ip.ipv4_mapped is None and ip.is_reserved:  # ::/8 and the like: IPv4 in disguise, NAT64
            return False
        if any(address is not None and not is_public(str(address)) for address in inside):
            return False
        ip = ip.ipv4_mapped or ip
    return ip.is_global and not ip.is_multicast


def _checked(url: str) -> str:
    try:
        origin_in(url)
    except ValueError:
        raise ValueError("应是 http 或 https 的网址，不带用户名、空格和反斜杠") from None
    return url


WebAddress = Annotated[str, AfterValidator(_checked)]

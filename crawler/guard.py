"""Guard rails: only http(s), only hosts that a portal names, no private address unless the portal allows it."""

import asyncio
import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from core.config import Portal


class Refused(IgnoreRequest):
    """A request that the guard will not send; `reason` is a slug of `crawler.blocked`."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}: {detail}")


def hosts_of(portal: Portal) -> frozenset[str]:
    """The hosts that `portal` names: its own and those of `hosts`."""
    return frozenset({(urlsplit(portal.url).hostname or "").lower(), *(host.lower() for host in portal.hosts)})


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet (IPv4-mapped IPv6 is judged by its IPv4)."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_global)


class GuardMiddleware:
    """Scrapy downloader middleware; portals ride in `request.meta["portal"]` (robots.txt requests: by host).

    A robots.txt request carries no meta of its own, so its host must be one that some portal named.
    """

    def __init__(self, portals: tuple[Portal, ...]) -> None:
        self._allowed: dict[str, bool] = {}
        for portal in portals:
            for host in hosts_of(portal):
                self._allowed[host] = self._allowed.get(host, False) or portal.allow_private
        self._checked: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Any) -> "GuardMiddleware":
        """Built by Scrapy; the spider holds the portals."""
        return cls(crawler.spider.portals)

    async def process_request(self, request: Request) -> None:
        """Raise Refused for what must not be sent."""
        parts = urlsplit(request.url)
        host = (parts.hostname or "").lower()
        if parts.scheme not in {"http", "https"} or host not in self._allowed:
            raise Refused("outside-hosts", f"{parts.scheme}://{host}")
        if not self._allowed[host] and host not in self._checked:
            await self._check_addresses(host)
            self._checked.add(host)

    async def _check_addresses(self, host: str) -> None:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError:
            return  # the downloader will say that the name does not resolve
        for entry in found:
            if not is_public(str(entry[4][0])):
                raise Refused("private-address", host)

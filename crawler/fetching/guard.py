"""Guard rails: only http(s), only hosts and ports that a portal names, no private address unless the portal allows it.

An address is looked up once a night, checked, and connected to as checked (`PinnedResolver`): a name that answers
otherwise the second time leads nowhere.
"""

import asyncio
import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import HostResolution
from twisted.internet.address import IPv4Address, IPv6Address

from core.domain.config import Portal
from core.domain.look_reasons import LookReason
from core.domain.origins import PORTS, Origin, is_public, origin_in


class RequestRefused(IgnoreRequest):
    """A request that is not sent; `reason` is a slug of `core.domain.look_reasons`."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}: {detail}")


def origin_of(url: str) -> Origin:
    """Host and port of an http(s) address; Refused for one that two readers could understand differently."""
    try:
        return origin_in(url)
    except ValueError as error:
        raise RequestRefused(LookReason.OUTSIDE_HOSTS, str(error)) from error


def origins_of(portal: Portal) -> frozenset[Origin]:
    """The hosts and ports that `portal` names by its address and `hosts` (`name` or `name:port`).

    Without a port both usual ones are meant: a list at http often has its details at https.
    """
    named = [portal.url, *(f"http://{host}" for host in portal.hosts)]
    return frozenset(origin for address in named for origin in _origins(address))


def _origins(address: str) -> Iterable[Origin]:
    """() for an address that cannot be asked at all."""
    try:
        host, port = origin_of(address)
    except RequestRefused:
        return ()
    named = urlsplit(address).port
    return [(host, port)] if named else [(host, usual) for usual in PORTS.values()]


class Gate:
    """Who may be asked, and at which addresses. One for a crawl: a name is looked up once and stays as it was."""

    def __init__(self, portals: Iterable[Portal]) -> None:
        self._portals: Mapping[str, Portal] = {portal.id: portal for portal in portals}
        self._pins: dict[str, tuple[str, ...]] = {}

    def origin(self, portal_id: str, url: str) -> Origin:
        """The origin of `url`, which the portal must name."""
        named, portal = origin_of(url), self._portals.get(portal_id)
        if portal is None or named not in origins_of(portal):
            raise RequestRefused(LookReason.OUTSIDE_HOSTS, f"{named[0]}:{named[1]}")
        return named

    async def addresses(self, portal_id: str, host: str) -> tuple[str, ...]:
        """Where `host` may be connected to; () where its name does not resolve. Refused when any of it is private."""
        if host not in self._pins:
            looked_up = await look_up(host)
            if not looked_up:
                return ()
            self._pins.setdefault(host, looked_up)
        if not self._portals[portal_id].allow_private and not all(map(is_public, self._pins[host])):
            raise RequestRefused(LookReason.PRIVATE_ADDRESS, host)
        return self._pins[host]

    def pinned(self, host: str) -> tuple[str, ...]:
        """The addresses of a host as first looked up."""
        return self._pins.get(host, ())


async def look_up(host: str) -> tuple[str, ...]:
    """The addresses of a host; () where its name does not resolve."""
    try:
        entries = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()  # the downloader will say that the name does not resolve
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in entries))


def server_of(host: str, addresses: Sequence[str]) -> str:
    """What a host's pace hangs on: its first address, which other names may have too; its name where it has none."""
    return min(addresses, default=host)


class Receiver(Protocol):
    """Twisted's IResolutionReceiver, which takes the addresses of a name."""

    def resolutionBegan(self, resolution: HostResolution) -> None:
        """First, once."""

    def addressResolved(self, address: IPv4Address | IPv6Address) -> None:
        """Then each address."""

    def resolutionComplete(self) -> None:
        """Last, once."""


class PinnedResolver:
    """Twisted's IHostnameResolver: answers with the addresses that the gate checked, and with nothing else."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def install(self) -> None:
        """From now on this process connects as checked only. Scrapy installs a resolver of its own when it starts."""
        from twisted.internet import reactor

        reactor.installNameResolver(self)

    def resolveHostName(self, receiver: Receiver, host: str, portNumber: int = 0, *_: object) -> Receiver:
        """Called by Twisted for every connection."""
        receiver.resolutionBegan(HostResolution(host))
        for address in self._gate.pinned(host.lower()):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, portNumber))
        receiver.resolutionComplete()
        return receiver

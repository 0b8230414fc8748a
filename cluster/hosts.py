"""Which hosts a portal's pages may stand on, and which of a night's are visited together."""

import asyncio
from collections.abc import Iterable, Sequence

from core.domain.config import Portal
from crawler.fetching.guard import look_up, origins_of, server_of


def hosts_of(portal: Portal) -> tuple[str, ...]:
    """The names of the hosts that a portal's pages may stand on: a server has one pace, at whichever port."""
    return tuple(sorted({host for host, _ in origins_of(portal)})) or (portal.url,)


def servers_of(hosts: Iterable[str]) -> dict[str, str]:
    """Host → the server that its pace hangs on, as it is looked up now: departments' names often stand on one."""

    async def found(names: Sequence[str]) -> list[tuple[str, ...]]:
        return await asyncio.gather(*map(look_up, names))

    names = sorted(set(hosts))
    return {host: server_of(host, there) for host, there in zip(names, asyncio.run(found(names)), strict=True)}


def groups(together: Sequence[Sequence[str]]) -> dict[str, str]:
    """Each host → the first of all hosts that meet with it, by one portal or through several."""
    first: dict[str, str] = {}

    def root(host: str) -> str:
        while (above := first.setdefault(host, host)) != host:
            host = above
        return host

    for hosts in together:
        for host in hosts:
            one, other = sorted((root(hosts[0]), root(host)))
            first[other] = one
    return {host: root(host) for host in first}

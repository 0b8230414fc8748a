"""The browser's only way out: a proxy on loopback that connects where the gate allows and nowhere else.

Playwright's interception sees a page's ordinary requests. It does not see redirects, WebSockets, workers, windows
that a page opens, prefetches or look-ups of names; each of them needs a connection, and every connection comes here.
"""

import asyncio
import contextlib
import socket
from collections.abc import Coroutine, Iterable
from urllib.parse import urlsplit

from core.domain.config import Portal
from core.domain.look_reasons import LookReason
from core.domain.origins import Origin
from crawler.fetching.guard import Gate, RequestRefused, origin_of, origins_of
from crawler.fetching.lease import Lease

_HEAD_BYTES, _HEAD_SECONDS, _CHUNK = 64 * 1024, 10.0, 64 * 1024
_OWN = Lease()
_HOP = ("proxy-", "connection:", "keep-alive:")  # headers between the browser and this proxy


class Egress:
    """`most`: bytes one connection may bring in; `limit`: seconds it may take to come about."""

    def __init__(
        self, gate: Gate, portals: Iterable[Portal], *, max_bytes: int, limit: float, lease: Lease = _OWN
    ) -> None:
        self._lease = lease
        self._gate, self._max_bytes, self._limit = gate, max_bytes, limit
        self._allowed: dict[Origin, str] = {}  # a portal that names the origin, one that allows private addresses last
        for portal in sorted(portals, key=lambda candidate: candidate.allow_private):
            self._allowed |= dict.fromkeys(origins_of(portal), portal.id)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """Where the browser is told to go."""
        host, port = self._socket.getsockname()
        return f"http://{host}:{port}"

    @property
    def origins(self) -> frozenset[Origin]:
        """What the browser may connect to."""
        return frozenset(self._allowed)

    def portal_of(self, url: str) -> str:
        """A portal that names the origin of `url`; Refused where none does."""
        return self._portal(origin_of(url))

    async def open(self) -> None:
        """Begin to serve."""
        self._server = await asyncio.start_server(self._serve, sock=self._socket, limit=_HEAD_BYTES)

    async def close(self) -> None:
        """End."""
        if self._server is not None:
            self._server.close()
        self._socket.close()

    def _portal(self, origin: Origin) -> str:
        if origin not in self._allowed:
            raise RequestRefused(LookReason.OUTSIDE_HOSTS, f"{origin[0]}:{origin[1]}")
        return self._allowed[origin]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            await self._relay(head, reader, writer)
        except RequestRefused:
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\nConnection: close\r\n\r\nrefused")
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # a connection that did not come about or broke off: the browser sees it closed
        finally:
            with contextlib.suppress(OSError):
                await writer.drain()
            writer.close()

    async def _relay(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ", 2)
        tunnel = method == "CONNECT"
        origin = origin_of(f"https://{target}" if tunnel else target)
        far_reader, far_writer = await self._connect(origin)
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                far_writer.write(_as_sent(head, target))
            await _first(
                self._pump(far_reader, writer, self._max_bytes), self._pump(reader, far_writer, self._max_bytes)
            )
        finally:
            far_writer.close()

    async def _connect(self, origin: Origin) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to one of the checked addresses."""
        addresses = await self._gate.addresses(self._portal(origin), origin[0])
        await self._lease.held()
        for address in addresses:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(self._limit):
                    return await asyncio.open_connection(address, origin[1])
        raise OSError(f"no connection to {origin[0]}")

    @staticmethod
    async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, max_bytes: int) -> None:
        left = max_bytes
        while left > 0 and (data := await source.read(_CHUNK)):
            left -= len(data)
            sink.write(data)
            await sink.drain()


async def _first(*flows: Coroutine[None, None, None]) -> None:
    """Until one direction ends; the other is ended with it."""
    tasks = [asyncio.create_task(flow) for flow in flows]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _as_sent(head: bytes, target: str) -> bytes:
    """The request as the site gets it; one a connection, so that each one is checked."""
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    method, _, version = first.split(" ", 2)
    kept = [line for line in lines if not line.lower().startswith(_HOP)]
    return "\r\n".join([f"{method} {path} {version}", *kept, "Connection: close", "", ""]).encode("latin-1")

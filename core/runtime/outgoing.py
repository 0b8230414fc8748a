"""The one door by which notices go out over HTTP: one request, to the address as it was checked, and nowhere else.

A host is looked up once, and what answers is connected to as checked: a name that leads elsewhere the second time leads
nowhere. No redirect is followed, no proxy of the environment is used: both would connect where nobody checked.
"""

import socket
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import create_default_context
from urllib.parse import urlsplit

from core.domain.origins import is_public, origin_in

LATE = "过了时限没有答复"


class NotSent(Exception):
    """Nothing went out, or nobody took it; why, in Chinese. It names no address: those may hold a key."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, inside: bool) -> None:
    """POST once; NotSent but for an answer of 2xx. `seconds`: that each step may take; `inside`: whether a private,
    loopback or link-local address may be connected to."""
    try:
        host, port = origin_in(url)
        parts = urlsplit(url)
        connection = _connection(parts.scheme, host, port, seconds)
        connection.sock = _connected(host, port, seconds, inside)
        if isinstance(connection, HTTPSConnection):
            connection.sock = create_default_context().wrap_socket(connection.sock, server_hostname=host)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, dict(headers))
            status = connection.getresponse().status
        finally:
            connection.close()
    except TimeoutError as error:
        raise NotSent(LATE) from error
    except (OSError, HTTPException, ValueError) as error:
        raise NotSent(f"送不到（{type(error).__name__}）") from error
    if not 200 <= status < 300:
        raise NotSent(f"对方答 {status}")


def _connection(scheme: str, host: str, port: int, seconds: float) -> HTTPConnection:
    return (HTTPSConnection if scheme == "https" else HTTPConnection)(host, port, timeout=seconds)


def _connected(host: str, port: int, seconds: float, inside: bool) -> socket.socket:
    """A socket to the first of the host's addresses that takes it; NotSent where any of them is inside."""
    found = tuple(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    if not inside and not all(map(is_public, found)):
        raise NotSent("是内网地址，没有送：确要送到那里，写 allow_private = true")
    refused = OSError("no address")
    for address in found:
        try:
            return socket.create_connection((address, port), timeout=seconds)
        except OSError as error:
            refused = error
    raise refused

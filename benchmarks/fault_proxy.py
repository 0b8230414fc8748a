"""A proxy on loopback that spoils what a site answers: every way in which a look can go wrong, on the wire."""

import contextlib
import gzip
import http.client
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from core.domain.json_types import Json

BLOCKED = Path(__file__).resolve().parent.parent / "tests/fixtures/blocked"
PATIENCE = 12.0  # seconds a wire fault goes on; longer than the district's limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyReply:
    """What the site behind answered, or what is said in its stead. `page` is 0 for what is no list page."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    path: str = "/"
    page: int = 0

    def header(self, name: str) -> str:
        """The first header called `name`, or an empty string."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")

    def but(self, status: int = 200, body: bytes | None = None, **headers: str) -> "ProxyReply":
        """This reply with another status, body or headers (content_type="…")."""
        renamed = {k.replace("_", "-").title(): v for k, v in headers.items()}
        kept = tuple((k, v) for k, v in self.headers if k.title() not in renamed)
        return ProxyReply(
            status=status,
            headers=(*kept, *renamed.items()),
            body=self.body if body is None else body,
            path=self.path,
            page=self.page,
        )


Writes = Callable[[BaseHTTPRequestHandler, ProxyReply], None]
Fault = Callable[[ProxyReply], "ProxyReply | Writes"]
HTML = "text/html; charset=utf-8"


def page(body: str, status: int = 200) -> Fault:
    """Another page in the place of every one."""
    return lambda reply: reply.but(status, body.encode(), content_type=HTML)


def head(status: int, **headers: str) -> Fault:
    """A bare status with headers."""
    return lambda reply: reply.but(status, b"", **headers)


def of_list(fault: Fault) -> Fault:
    """The fault on list pages alone; details come as they are."""
    return lambda reply: fault(reply) if reply.page else reply


# ---------------------------------------------------------------- spoiled content


def _cut(share: float) -> Fault:
    return lambda reply: reply.but(reply.status, reply.body[: int(len(reply.body) * share)])


def _emptied(reply: ProxyReply) -> ProxyReply:
    """The rows gone and the rest as it was: a list drawn before its rows are."""
    body = re.sub(rb"<li\b.*?</li>|<record>.*?</record>|<tr\b(?:(?!<th).)*?</tr>", b"", reply.body, flags=re.S | re.I)
    body = re.sub(rb'("(?:list|mess|rows|items|records|data)"\s*:\s*)\[.*\]', rb"\1[]", body, flags=re.S)
    return reply.but(reply.status, body)


def _half_rows(reply: ProxyReply) -> ProxyReply:
    """Every second item gone, whatever the totals say."""
    count = iter(range(10**6))

    def keep(match: re.Match[bytes]) -> bytes:
        return match[0] if next(count) % 2 else b""

    return reply.but(reply.status, re.sub(rb"<li\b.*?</li>|<record>.*?</record>", keep, reply.body, flags=re.S | re.I))


def _garbled(reply: ProxyReply) -> ProxyReply:
    return reply.but(reply.status, bytes(b ^ 0x5A if n % 3 else b for n, b in enumerate(reply.body)))


def _with_date(seconds: int) -> Fault:
    def spoil(reply: ProxyReply) -> ProxyReply:
        then = parsedate_to_datetime(reply.header("Date")) + timedelta(seconds=seconds)
        return reply.but(reply.status, date=format_datetime(then.astimezone(UTC), usegmt=True))

    return spoil


class _FirstPage:
    """Page 1 in the place of every list page: a site that ignores the page number."""

    def __init__(self) -> None:
        self._first: ProxyReply | None = None

    def __call__(self, reply: ProxyReply) -> ProxyReply:
        if reply.page == 1:
            self._first = reply
        return self._first.but() if reply.page > 1 and self._first else reply


# ---------------------------------------------------------------- spoiled wire


def _start(handler: BaseHTTPRequestHandler, reply: ProxyReply, *headers: tuple[str, str]) -> None:
    handler.send_response_only(200)
    handler.send_header("Date", reply.header("Date"))
    handler.send_header("Content-Type", HTML)
    for name, value in headers:
        handler.send_header(name, value)
    handler.end_headers()


def _endless(handler: BaseHTTPRequestHandler, reply: ProxyReply) -> None:
    _start(handler, reply, ("Transfer-Encoding", "chunked"))
    chunk, until = b"x" * 65536, time.monotonic() + PATIENCE
    while time.monotonic() < until:
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))


def _drip(handler: BaseHTTPRequestHandler, reply: ProxyReply) -> None:
    _start(handler, reply, ("Content-Length", str(len(reply.body) or 1)))
    until = time.monotonic() + PATIENCE
    for byte in reply.body:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.2)
        if time.monotonic() > until:
            return


def _hang(_handler: BaseHTTPRequestHandler, _reply: ProxyReply) -> None:
    time.sleep(PATIENCE)


def _reset(handler: BaseHTTPRequestHandler, reply: ProxyReply) -> None:
    _start(handler, reply, ("Content-Length", str(len(reply.body) or 1)))
    handler.wfile.write(reply.body[: len(reply.body) // 2])
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _short(handler: BaseHTTPRequestHandler, reply: ProxyReply) -> None:
    _start(handler, reply, ("Content-Length", str(len(reply.body) + 1000)), ("Connection", "close"))
    handler.wfile.write(reply.body)


def _wire(writes: Writes) -> Fault:
    return lambda _reply: writes


def _bomb(reply: ProxyReply) -> ProxyReply:
    return reply.but(200, _BOMB, content_encoding="gzip", content_type=HTML)


_BOMB = gzip.compress(b"\0" * 60_000_000)
_DEEP = "<div>" * 100_000
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]><datastore>&m;</datastore>"
)

FAULTS: dict[str, Fault] = {
    "服务不可用 503": page("<h1>503 Service Temporarily Unavailable</h1>", 503),
    "内部错误 500": page("<h1>HTTP Status 500</h1>", 500),
    "禁止访问 403": page("<h1>403 Forbidden</h1>", 403),
    "页面不存在 404": page("<h1>404 Not Found</h1>", 404),
    "访问过多 429": head(429, retry_after="1"),
    "空内容": of_list(lambda reply: reply.but(200, b"")),
    "只有空壳": page("<!DOCTYPE html><html><body><div id=app></div><script src=/app.js></script></body></html>"),
    "转到登录页": head(302, location="/login?returnUrl=/"),
    "转到内网地址": head(302, location="http://169.254.169.254/latest/meta-data/"),
    "转到别的网站": head(301, location="http://other.example.invalid/"),
    "重定向循环": lambda reply: reply.but(302, b"", location=reply.path),
    "JSON 拒绝": lambda reply: reply.but(
        200, json.dumps({"code": 403, "msg": "禁止访问"}).encode(), content_type="application/json"
    ),
    "JSON 空列表": lambda reply: reply.but(
        200, b'{"value":{"list":[]},"mess":[],"data":{"list":[]}}', content_type="application/json"
    ),
    "内容截去一半": of_list(_cut(0.5)),
    "内容截去一成": of_list(_cut(0.9)),
    "条目没有了": of_list(_emptied),
    "条目少了一半": of_list(_half_rows),
    "编码错乱": of_list(_garbled),
    "每页都是第一页": _FirstPage(),
    "时钟差十分钟": _with_date(-600),
    "缓存旧页": of_list(lambda reply: reply.but(reply.status, age="200000")),
    "传不完": _wire(_endless),
    "逐字慢传": _wire(_drip),
    "不回答": _wire(_hang),
    "中途断开": _wire(_reset),
    "长度不符": _wire(_short),
    "压缩炸弹": _bomb,
    "十万层嵌套": page(f"<html><body>{_DEEP}</body></html>"),
    "实体膨胀": lambda reply: reply.but(200, _LAUGHS.encode(), content_type="text/xml"),
    "详情全部 404": lambda reply: reply if reply.page else reply.but(404, b"<h1>404</h1>"),
}


def corpus() -> dict[str, Fault]:
    """Every labelled block page, real and made, as a fault."""
    faults: dict[str, Fault] = {}
    for about in sorted(BLOCKED.glob("[mr]*/*/*.json")):
        meta = json.loads(about.read_text("utf-8"))
        bodies = [path for path in about.parent.iterdir() if path != about]
        body = bodies[0].read_bytes() if bodies else b""
        faults[f"{about.parent.parent.name}/{about.parent.name}"] = _corpus_page(meta, body)
    return faults


def _members(data: Mapping[str, Json], name: str) -> dict[str, Json]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _corpus_page(meta: Mapping[str, Json], body: bytes) -> Fault:
    headers = {str(k).lower().replace("-", "_"): str(v) for k, v in _members(meta, "headers").items()}
    for name in ("content_length", "transfer_encoding", "content_encoding"):
        headers.pop(name, None)
    return lambda reply: reply.but(int(str(meta.get("status", 200))), body, **({"content_type": HTML} | headers))


# ---------------------------------------------------------------- the proxy


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A broken connection is what a fault does: nothing to report."""


class FaultProxy:
    """Stands before one site. `page_of` says which list page a request is for; `fault` is what it does to answers."""

    def __init__(self, upstream: int, page_of: Callable[[str, str, str], int]) -> None:
        self.upstream, self.page_of = upstream, page_of
        self.fault: Fault | None = None
        self._server = _QuietServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        """The loopback port it listens on."""
        return int(self._server.server_port)

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> ProxyReply:
        """What the site behind answers."""
        link = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=30)
        with contextlib.closing(link):
            passed_on = {k: v for k, v in headers.items() if k.lower() not in {"host", "connection", "accept-encoding"}}
            link.request(method, path, body or None, passed_on)
            answer = link.getresponse()
            data = answer.read()
            number = self.page_of(method, path, body.decode("utf-8", "replace"))
            kept = tuple((k, v) for k, v in answer.getheaders() if k.lower() not in {"content-length", "connection"})
            return ProxyReply(status=answer.status, headers=kept, body=data, path=path, page=number)


def _handler(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            """Any request."""
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            reply: ProxyReply | Writes = proxy.ask(self.command, self.path, dict(self.headers), body)
            if proxy.fault is not None and self.path != "/robots.txt" and isinstance(reply, ProxyReply):
                reply = proxy.fault(reply)
            if isinstance(reply, ProxyReply):
                self._send(reply)
            else:
                self.close_connection = True
                reply(self, proxy.ask(self.command, self.path, dict(self.headers), body))

        do_POST = do_GET

        def _send(self, reply: ProxyReply) -> None:
            self.send_response_only(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            if not reply.header("Date"):
                self.send_header("Date", format_datetime(datetime.now(UTC), usegmt=True))
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    return Handler

"""Small HTML lists, the portals that read them, and whole walks over a site on this machine."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl
from urllib.request import Request, urlopen

from core.domain.clock import ZONE
from core.domain.config import Portal
from core.domain.models import Channel
from crawler.families import parser_of
from crawler.list_walk import PageRead, Proofs, Walk
from crawler.pages import ListPage, PageRequest, Response, Unparsed

SITE = "http://a.example.invalid"
NOON = datetime(2026, 8, 30, 0, 30, tzinfo=ZONE)


def portal(url: str = f"{SITE}/sgs/list.html", family: str = "html-list", **more: Any) -> Portal:
    base = {
        "id": "p",
        "name": "栏目",
        "channel": Channel.CREDIT,
        "kinds": ("licence",),
        "family": family,
        "url": url,
        "marker": "",
        "list_date": "published",
    }
    return Portal.model_validate({**base, **more})


def answer(request: PageRequest, body: str | bytes, url: str = "") -> Response:
    sent = body.encode() if isinstance(body, str) else body
    return Response(url=url or request.url, status=200, body=sent, request=request)


def read(owner: Portal, body: str, url: str = "") -> ListPage:
    return parser_of(owner).parse_list(answer(PageRequest(url=url or owner.url), body))


def ask(owner: Portal, number: int, before: ListPage | None = None) -> PageRequest:
    return parser_of(owner).page_request(number, before)


def page(inside: str, behind: str = "", tag: str = "ul") -> str:
    return f"<html><body><h2>双公示</h2><{tag} class='list'>{inside}</{tag}>{behind}</body></html>"


def li(number: int = 1, day: str = "2026-08-01", title: str = "") -> str:
    return f"<li><a href='/art/{20260800000 + number}.html'>{title or f'甲公司公示{number}'}</a><span>{day}</span></li>"


Site = Callable[[str, str, dict[str, str]], bytes]  # path with query, method, form → page


@contextmanager
def served(site: Site) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply("GET", {})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.reply("POST", dict(parse_qsl(text, keep_blank_values=True)))

        def reply(self, method: str, form: dict[str, str]) -> None:
            body = site(self.path, method, form)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def walk(owner: Portal, *, kind: str = "full", window: date = date(2026, 7, 1)) -> tuple[list[str], Proofs]:
    """Walk the list as a night does; the keys read and what the walk proves."""
    made = Walk(kind=kind, ordered=owner.order == "newest-first", window_start=window, max_pages=40, max_skew=60)
    while (number := made.next_page()) is not None:
        asked = ask(owner, number, made.reads[-1].page if number > 1 else None)
        sent = Request(asked.url, data=asked.body or None, headers=dict(asked.headers), method=asked.method)
        with urlopen(sent, timeout=10) as got:
            body = got.read()
        try:
            listed = parser_of(owner).parse_list(answer(asked, body))
        except Unparsed as error:
            made.fail("unparsed", error.reason)
            break
        made.add(PageRead(number=number, page=listed, received_at=NOON))
    return [row.key for row, _ in made.rows()], made.proofs()


def rows_of(number: int, size: int = 4, total: int = 11) -> str:
    """Rows of page `number` of a list of `total`, newest first."""
    first = (number - 1) * size
    return "".join(li(n, f"2026-08-{28 - n:02}") for n in range(first, min(first + size, total)))


ALL = [str(20260800000 + n) for n in range(11)]

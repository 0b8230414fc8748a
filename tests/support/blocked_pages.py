"""The labelled corpus: block pages and genuine pages, and the portals at whose doors they are tried.

`fixtures/blocked/{real,made,genuine}/<kind>-<nn>`: a page's bytes and `about.json` (label, slugs, status, headers,
address, source). `real` is a page a site sent, cited; all else was made after what such pages say. `held_out`: its
wording was not used to choose the signs. Pages that stand elsewhere among the fixtures are taken from there.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from core.domain.config import Portal
from crawler.extract.files import is_file
from crawler.extract.page_identity import speaks_of
from crawler.families import parser_of
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, Response, Unparsed
from tests.support.paths import FIXTURES
from tests.support.site_runs import saved

CORPUS, PORTALS = FIXTURES / "blocked", FIXTURES / "portals"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # known by itself: answers about it are kept
class Page:
    """One labelled page. `slugs`: the right names of a block; `part`: what a genuine page is (list, detail, other)."""

    name: str
    kind: str
    blocked: bool
    real: bool
    response: Response
    slugs: tuple[str, ...] = ()
    part: str = ""
    rows: int | None = None
    held_out: bool = False
    portal: Portal | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # known by itself: its title is kept
class Host:
    """A portal with a genuine page of its own, at whose door other pages are tried."""

    portal: Portal
    response: Response
    row: ListRow


@cache
def pages() -> tuple[Page, ...]:
    """The whole corpus."""
    return (*_corpus(), *_cases(), *_site())


def _corpus() -> Iterator[Page]:
    for about in sorted(CORPUS.glob("*/*/about.json")):
        said = json.loads(about.read_text("utf-8"))
        (body,) = about.parent.glob("page.*")
        yield Page(
            name=f"{about.parent.parent.name}/{about.parent.name}",
            kind=said["kind"],
            blocked=said["label"] == "blocked",
            real=said["source"] == "real",
            response=_response(said, body.read_bytes()),
            slugs=tuple(said.get("slugs", ())),
            part=said.get("part", ""),
            rows=said.get("rows"),
            held_out=said.get("held_out", False),
        )


def _cases() -> Iterator[Page]:
    """Cases of portals: genuine lists and details, refusals, and a real site's category shells."""
    for name, meta, expected, portal, response in _portal_cases():
        refused = expected.get("refused")
        shell = refused is not None and portal.id == "sip-credit"
        named = {expected.get(name) for name in ("why", "list", "refused")} - {None, "marker-missing"}
        if refused is not None and not shell:
            continue
        yield Page(
            name=name,
            kind="shell" if shell else "earlier" if named else portal.id,
            blocked=bool(named),
            real=meta["source"] == "real",
            response=response,
            slugs=tuple(sorted(filter(None, named))),
            part="detail" if meta["part"] == "blocked" else meta["part"],
            rows=expected.get("rows"),
            portal=portal,
        )


def _site() -> Iterator[Page]:
    """Every detail of 诚信园区, saved whole in one night."""
    portal = _portal(PORTALS / "sip-credit")
    for name, body in sorted(saved("sip_credit-20160106").items()):
        if name.startswith("condetail"):
            url = f"http://sip-credit.example.invalid/html/{name}"
            response = _response({"url": url, "status": 200}, body)
            yield Page(
                name=f"sip_credit/{name}", kind="whole site", blocked=False, real=True,
                response=response, part="detail", portal=portal,
            )  # fmt: skip


def _portal_cases() -> Iterator[tuple[str, dict[str, Any], dict[str, Any], Portal, Response]]:
    for file in sorted(PORTALS.glob("*/*/meta.json")):
        meta = json.loads(file.read_text("utf-8"))
        if meta["part"] == "look":  # its pages stand together in a cassette
            continue
        expected = json.loads((file.parent / "expected.json").read_text("utf-8"))
        portal = _portal(file.parent.parent).model_copy(update=meta.get("portal", {}))
        (body,) = file.parent.glob("page.*")
        name = f"{file.parent.parent.name}/{file.parent.name}"
        yield name, meta, expected, portal, _response(meta, body.read_bytes())


def _portal(folder: Path) -> Portal:
    return Portal.model_validate(tomllib.loads((folder / "portal.toml").read_text("utf-8")))


def _response(said: dict[str, Any], body: bytes) -> Response:
    return Response(
        url=said["url"],
        status=said["status"],
        body=body,
        headers=tuple(said.get("headers", {}).items()),
        request=PageRequest(url=said["url"]),
    )


# ---------------------------------------------------------------- the doors


@cache
def hosts(part: str) -> tuple[Host, ...]:
    """One host for each portal that has a genuine list (or a detail read from an answer) among the cases."""
    found: dict[str, Host] = {}
    for _, meta, expected, portal, response in _portal_cases():
        if meta["part"] == part and "refused" not in expected:
            host = host_of(portal, response, meta.get("row", {}))
            if part == "list" or at_detail(host, replace(response, body=b"")) is None:
                found.setdefault(portal.id, host)
    return tuple(found.values())


def host_of(portal: Portal, response: Response, said: dict[str, Any]) -> Host:
    """A host with the row that leads to its detail."""
    fields = tuple((k, v) for k, v in said.get("fields", ()))
    row = ListRow(key=said.get("key", "k"), sort_key="", title=said.get("title", ""), url=response.url, fields=fields)
    return Host(portal=portal, response=response, row=row)


def own_host(page: Page) -> Host:
    """The host of a page: its own portal, or the cmsweb portal that made pages are written for."""
    if page.portal is not None:
        return host_of(page.portal, page.response, {})
    host = next(host for host in hosts(page.part or "list") if host.portal.id == "made-cmsweb")
    return host_of(host.portal, page.response, {}) if page.part == "detail" else host


def at_list(host: Host, response: Response, *, marker: bool = True) -> ListPage | None:
    """The list as a look would take it, asked for as the host's page was; None where it is refused."""
    portal = host.portal if marker else host.portal.model_copy(update={"marker": ""})
    asked = replace(response, url=host.response.url, request=host.response.request)
    if response.status != 200:
        return None
    try:
        return parser_of(portal).parse_list(asked)
    except (NotGenuine, Unparsed):
        return None


def at_detail(host: Host, response: Response) -> Detail | None:
    """The detail as a reader would take it, under the title of the host's own row; None where it is refused."""
    portal, asked = host.portal, replace(response, url=host.response.url, request=host.response.request)
    if response.status != 200:
        return None
    try:
        detail = parser_of(portal).parse_detail(asked, host.row)
    except (NotGenuine, Unparsed):
        return None
    own = detail.records or is_file(asked) or speaks_of(replace(host.row, title=_title(host)), detail, asked)
    return detail if own else None


@cache
def _title(host: Host) -> str:
    """The title of the host's row: as the case says, else as its own page says."""
    if host.row.title:
        return host.row.title
    detail = parser_of(host.portal).parse_detail(host.response, host.row)
    return detail.title or detail.text[:30]

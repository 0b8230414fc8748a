"""Small detail pages, and the findings that are read off them."""

from datetime import datetime
from typing import Any

from core.domain.clock import ZONE
from core.domain.config import Portal, Unit
from core.domain.models import Channel, Finding, Kind
from core.domain.unit_names import UnitNames
from crawler.extract.detail import read_detail
from crawler.extract.findings import read_findings
from crawler.pages import ListRow, PageRequest, Response

AT = datetime(2026, 8, 30, 1, tzinfo=ZONE)
URL = "http://x.example.invalid/col/1/art/20260801.html"
UNITS = (
    Unit(slug="scjgj", name="淮安区市场监督管理局", kind="dept-a", aliases=("区市场监管局",)),
    Unit(slug="spj", name="淮安区行政审批局", kind="dept-a"),
    Unit(slug="other", name="淮阴区行政审批局", kind="dept-a"),
)
PLACES = ("江苏省", "淮安市", "淮安区")
NAMES = UnitNames(UNITS, PLACES, "淮安市淮安区")


def portal(**more: Any) -> Portal:
    base = {
        "id": "p",
        "name": "栏目",
        "channel": Channel.CREDIT,
        "kinds": (Kind.LICENCE, Kind.PENALTY),
        "family": "cmsweb",
        "url": "http://x.example.invalid/list.html",
        "marker": "栏目",
    }
    return Portal.model_validate({**base, **more})


def page(body: str, head: str = "") -> Response:
    text = f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}<title>页</title></head><body>{body}</body></html>'
    return Response(url=URL, status=200, body=text.encode(), request=PageRequest(url=URL))


def findings(body: str, head: str = "", row: ListRow | None = None, **more: Any) -> tuple[Finding, ...]:
    return read_findings(
        portal(**more),
        row or ListRow(key="k", sort_key="", url=URL),
        read_detail(page(body, head)),
        content_hash="h",
        capture="c",
        observed_at=AT,
        names=NAMES,
    )

"""Which of the stated publication dates is adopted, and which are kept beside it."""

from datetime import date

import pytest

from core.domain.models import DateKind
from crawler.extract.publication_date import adopt
from crawler.pages import Detail, ListRow
from tests.support.detail_pages import findings, portal

DAY = date(2026, 8, 1)
ADOPTED = {
    "visible before list and META": ("2026-08-01", DAY, "published", {"pubdate": "2026-08-01"}, (), ("visible", DAY)),
    "list before META": ("", DAY, "published", {"pubdate": "2026-08-02"}, (), ("list", DAY)),
    "a list of decision dates is no publication": ("", DAY, "decided", {}, (), None),
    "META alone": ("", None, "unknown", {"pubdate": "2026-08-02 10:00"}, (), ("meta", date(2026, 8, 2))),
    "META beside a decision date in the list": (
        "",
        DAY,
        "decided",
        {"pubdate": "2026-08-09"},
        (),
        ("meta", date(2026, 8, 9)),
    ),
    "META of the rebuild (Maketime)": (
        "",
        None,
        "unknown",
        {"pubdate": "2026-08-02", "maketime": "2026-08-02 09:00:01_194"},
        (),
        None,
    ),
    "META of the rebuild (HtmlGenerateTime)": (
        "",
        None,
        "unknown",
        {"pubdate": "2026-08-02", "htmlgeneratetime": "2026-08-02"},
        (),
        None,
    ),
    "META of the rebuild (页面生成时间)": (
        "",
        None,
        "unknown",
        {"pubdate": "2026-08-02", "页面生成时间": "2026-08-02"},
        (),
        None,
    ),
    "META beside another document date": ("", None, "unknown", {"pubdate": "2026-08-09"}, ("2026-08-01",), None),
    "META of no day": ("", None, "unknown", {"pubdate": "见正文"}, (), None),
}


@pytest.mark.parametrize(("visible", "listed", "kind", "meta", "documents", "want"), ADOPTED.values(), ids=ADOPTED)
def test_the_publication_date_is_adopted_by_trust(
    visible: str,
    listed: date | None,
    kind: str,
    meta: dict[str, str],
    documents: tuple[str, ...],
    want: tuple[str, date] | None,
) -> None:
    detail = Detail(records=(), published=visible, meta=tuple(meta.items()), documents=documents)
    adopted, every = adopt(detail, ListRow(key="k", sort_key="", listed_on=listed), portal(list_date=kind))
    assert (None if adopted is None else (adopted.source, adopted.on)) == want
    assert len(every) == bool(visible) + (listed is not None) + (meta.get("pubdate", "见").startswith("2")) + len(
        documents
    )


def test_a_pubdate_more_than_a_day_off_is_kept_as_void() -> None:
    detail = Detail(records=(), published="2026-08-01", meta=(("pubdate", "2026-08-05"),), documents=("2026-07-30",))
    _, every = adopt(detail, ListRow(key="k", sort_key=""), portal())
    assert [(s.on.day, s.kind, s.source) for s in every] == [
        (1, DateKind.PUBLISHED, "visible"),
        (5, DateKind.UNKNOWN, "meta"),
        (30, DateKind.DOCUMENT, "visible"),
    ]


DATED = (
    "<table><tr><th>文书号</th><th>当事人</th><th>公示日期</th></tr>"
    "<tr><td>甲罚〔2026〕1号</td><td>甲</td><td>2026-08-01</td></tr>{}</table>"
)


def test_each_record_of_a_page_keeps_its_own_publication_date() -> None:
    body = "<p>发布时间：2026-07-01</p>" + DATED.format(
        "<tr><td>甲罚〔2026〕2号</td><td>乙</td><td>2026-08-20</td></tr>"
    )
    said = [f.published for f in findings(body) if f.published]
    assert [(s.on.month, s.on.day, s.source) for s in said] == [(8, 1, "field"), (8, 20, "field")]


def test_a_lone_records_date_yields_to_the_visible_one_and_is_kept() -> None:
    (found,) = findings("<p>发布时间：2026-07-01</p>" + DATED.format(""))
    assert found.published is not None and (found.published.on, found.published.source) == (date(2026, 7, 1), "visible")
    assert [s.on for s in found.stated if s.source == "field"] == [date(2026, 8, 1)]
    (alone,) = findings(
        DATED.format(""), row=ListRow(key="k", sort_key="", listed_on=date(2026, 7, 9)), list_date="published"
    )
    assert alone.published is not None and (alone.published.on, alone.published.source) == (date(2026, 8, 1), "field")

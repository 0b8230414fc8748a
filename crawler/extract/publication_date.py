"""Which stated date is adopted as the publication's, and why (docs/design.md §4.4)."""

from datetime import date, timedelta

from core.domain.config import Portal
from core.domain.models import DateKind, StatedDate
from core.domain.text import mask_identities, parse_day
from crawler.pages import Detail, ListRow

_REBUILD = ("maketime", "htmlgeneratetime", "页面生成时间")
_DAY = timedelta(days=1)


def adopt(detail: Detail, row: ListRow, portal: Portal) -> tuple[StatedDate | None, tuple[StatedDate, ...]]:
    """(the stated publication date, every stated date).

    In order: the visible 发布日期 · the list's date, where the portal says it is the publication's · META
    PubDate, void when it is the rebuild's time or more than a day from the first two.
    """
    listed_kind = portal.list_date
    visible = _stated(detail.published, DateKind.PUBLISHED, "visible")
    listed = StatedDate(row.listed_on, listed_kind, "list") if row.listed_on else None
    meta = _from_meta(detail, [s for s in (visible, listed if listed_kind is DateKind.PUBLISHED else None) if s])
    documents = tuple(s for text in detail.documents if (s := _stated(text, DateKind.DOCUMENT, "visible")))
    all_dates = tuple(s for s in (visible, listed, meta, *documents) if s)
    adopted = next((s for s in all_dates if s.kind is DateKind.PUBLISHED), None)
    return adopted, all_dates


def of_record(
    text: str, adopted: StatedDate | None, all_dates: tuple[StatedDate, ...], *, alone: bool
) -> tuple[StatedDate | None, tuple[StatedDate, ...]]:
    """(the publication date adopted, every stated date) of one record that states its own 公示日期 in `text`.

    On a page of many records a record's own date is before the page's; of a single one the visible date is.
    """
    of_field = _stated(text, DateKind.PUBLISHED, "field")
    if of_field is None:
        return adopted, all_dates
    if alone and adopted is not None and adopted.source == "visible":
        return adopted, all_dates if of_field.on == adopted.on else (*all_dates, of_field)
    return of_field, (of_field, *all_dates)


def _stated(text: str, kind: DateKind, source: str) -> StatedDate | None:
    day = parse_day(text) if text else None
    return StatedDate(day, kind, source, mask_identities(text)[0]) if day else None


def _from_meta(detail: Detail, others: list[StatedDate]) -> StatedDate | None:
    meta = dict(detail.meta)
    text = meta.get("pubdate", "")
    day = parse_day(text)
    if day is None:
        return None
    rebuilt = [parse_day(meta[name]) for name in _REBUILD if name in meta]
    void = day in rebuilt or any(abs(day - other.on) > _DAY for other in others) or _is_document(day, detail)
    return StatedDate(day, DateKind.UNKNOWN if void else DateKind.PUBLISHED, "meta", mask_identities(text)[0])


def _is_document(day: date, detail: Detail) -> bool:
    """A page that shows only document dates and a PubDate of another day was rebuilt: PubDate says nothing."""
    days = [parse_day(text) for text in detail.documents]
    return bool(days) and not detail.published and day not in days

"""What readers do: pure functions of one page, or of the rows of one list, with frozen values in and out.

Everything whose time depends on what a site wrote stands here and below, so that it can be done apart and given up
(`crawler.readers`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.config import Portal
from core.domain.look_reasons import LookReason, http_status
from core.domain.models import Finding
from core.domain.unit_names import UnitNames
from crawler.drawn_words import Words, words_on
from crawler.extract.files import is_file, read_file, with_files
from crawler.extract.findings import read_findings
from crawler.extract.markup import text_of
from crawler.extract.page_identity import speaks_of
from crawler.family import PortalParser
from crawler.fetching.block_detection import why_not_genuine
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, Response, Unparsed
from crawler.places import can_grow, state_of
from crawler.sent_once import SentOnce


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What is the same for every page of a portal."""

    portal: Portal
    parser: PortalParser
    names: UnitNames


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A row whose place is read: under which version its findings stand."""

    of: SentOnce[Column]
    row: ListRow
    version: str


@dataclass(frozen=True, slots=True)
class Source:
    """What findings are cited by: the capture that shows them, and when it came."""

    capture: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a place says. `state` names what stands there; `grows`: it may take up further records (crawler.places)."""

    findings: tuple[Finding, ...]
    state: str
    grows: bool


@dataclass(frozen=True, slots=True)
class DetailRead:
    """A detail page as read. `told` is None where attachments are to be read with it."""

    detail: Detail
    told: Told | None


def read_list_page(portal: Portal, parse: Callable[[Response], ListPage], response: Response) -> ListPage:
    """The family's reading of a list page, with the reason made plain where the page is not itself."""
    if response.status != 200:
        raise NotGenuine(why_not_genuine(response) or http_status(response.status))
    try:
        page = parse(response)
    except NotGenuine as error:
        raise NotGenuine(why_not_genuine(response) or error.reason, error.detail) from error
    if not page.rows and page.total in {None, 0} and not portal.allows_empty:
        _require_own(portal, page)
    return page


def _require_own(portal: Portal, page: ListPage) -> None:
    """A list without rows must be the portal's by its marker: a column id that died answers "0 rows" as well."""
    if not (page.carries_marker and portal.marker):
        raise Unparsed(LookReason.EMPTY_UNPROVED)


def read_words(response: Response) -> Words:
    """The words of a drawn page. NotGenuine where it is not one."""
    if response.status != 200:
        raise NotGenuine(why_not_genuine(response) or http_status(response.status))
    return words_on(text_of(response))


def read_detail_page(subject: Subject, response: Response, source: Source) -> DetailRead:
    """A detail page that is its row's own. NotGenuine where it is not, by what it shows."""
    detail = subject.of.value.parser.parse_detail(response, subject.row)
    if not detail.records and not is_file(response) and not speaks_of(subject.row, detail, response):
        raise NotGenuine(LookReason.WRONG_PAGE)
    return _read(subject, detail, source)


def read_detail_again(subject: Subject, response: Response, source: Source) -> DetailRead:
    """A detail page that was read as its row's own before."""
    return _read(subject, subject.of.value.parser.parse_detail(response, subject.row), source)


def _read(subject: Subject, detail: Detail, source: Source) -> DetailRead:
    return DetailRead(detail, None if detail.files else _told(subject, detail, detail, (), source))


def read_attachment(response: Response) -> Detail:
    """What an attachment says."""
    return read_file(response)


def tell_with_files(
    subject: Subject, page: Detail, parts: Sequence[Detail | None], unread: tuple[str, ...], source: Source
) -> Told:
    """What a page says together with its attachments; `unread` names what of them nobody can read."""
    return _told(subject, page, with_files(page, parts), unread, source)


def _told(subject: Subject, page: Detail, whole: Detail, unread: tuple[str, ...], source: Source) -> Told:
    found = _findings(subject, whole, source)
    return Told(findings=found, state=state_of(found, whole, unread), grows=can_grow(subject.row, page, found))


def tell_rows(subjects: Sequence[tuple[Subject, Source]]) -> tuple[Told | None, ...]:
    """What rows say that are all there is; None for one that cannot be read."""
    return tuple(_tell_row(subject, source) for subject, source in subjects)


def _tell_row(subject: Subject, source: Source) -> Told | None:
    try:
        detail = subject.of.value.parser.parse_detail(None, subject.row)
    except (NotGenuine, Unparsed):
        return None
    found = _findings(subject, detail, source)
    grows = bool(subject.row.shown) and can_grow(subject.row, detail, found)
    return Told(findings=found, state=state_of(found, None, ()), grows=grows)


def _findings(subject: Subject, detail: Detail, source: Source) -> tuple[Finding, ...]:
    return read_findings(
        subject.of.value.portal,
        subject.row,
        detail,
        content_hash=subject.version,
        capture=source.capture,
        observed_at=source.at,
        names=subject.of.value.names,
    )

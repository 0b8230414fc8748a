"""What a page shows of a look at an unknown column: each row and record as read, beside the page's own words.

It holds texts alone, people masked, and is kept as JSON: the look itself, with its archive, is gone by then.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import html as lxml_html

from core.domain.errors import StoreError
from core.domain.models import Capture, Finding, Sighting
from core.domain.web_addresses import parts_of
from pipeline.onboard import SAMPLE, Seen, response_of
from pipeline.portal_trial import Trial, may_be_one_page
from pipeline.trial_words import (
    MEMBERS,
    Face,
    in_list_order,
    look_lines,
    next_step,
    proposals,
    said,
    unread_page,
    warnings,
)
from pipeline.unread_details import why_row
from reporting import wording
from reporting.evidence_package.redact import charset_of, mask, redact

DETAILS = 3  # shown in full
_ROWS, _WORDS = 200, 20_000  # rows of a list; characters of a page
_STEM = 4  # characters of a title that was cut short


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the list. `record`: what its detail was read as; `unread`: why it was not, or that nobody asked."""

    day: str
    title: str
    url: str
    record: str = ""
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An archived page's words, and those of them that were read (`marks`). "": no text can be shown."""

    url: str
    words: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A record as read: what it says, what it does not, and labels that nobody knows."""

    title: str
    fields: tuple[tuple[str, str], ...]
    lacking: tuple[str, ...]
    unknown: tuple[str, ...]
    page: Page | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of a look. `toml`: the draft by which it was read. `failed`: why nothing was read, and `next` what to
    do then; `toml` is what is known all the same, "" where no page came that a person could point at. `one_page`:
    whether a signature that the column is one page may stand. `left_out`: of the rows.
    """

    failed: str = ""
    next: str = ""
    refusals: tuple[tuple[str, str], ...] = ()
    toml: str = ""
    list_date: str = "unknown"
    date_said: str = ""
    compared: str = ""
    warnings: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    one_page: bool = False
    rows: tuple[Row, ...] = ()
    left_out: int = 0
    page: Page | None = None
    details: tuple[Detail, ...] = ()
    cases: str = ""  # what was kept of cases, or why none was


def reading_of(trial: Trial, face: Face) -> Reading:
    """What a page shows of a trial."""
    refusals = tuple((refusal.family, refusal.why) for refusal in trial.refusals)
    if trial.seen is None:
        return Reading(failed=unread_page(trial), next=next_step(trial.look, face), refusals=refusals)
    told = Reading(
        toml=trial.toml,
        list_date=trial.list_date,
        date_said=trial.date_said,
        compared=trial.compared,
        refusals=refusals,
        lines=proposals(trial),
    )
    return seen_again(told, trial.seen, face, toml=trial.toml)


def seen_again(told: Reading, seen: Seen, face: Face, *, toml: str) -> Reading:
    """The same with what another look, by the draft as it was corrected and signed, read and proves."""
    look = seen.looks[0]
    rows = sorted(seen.sightings, key=lambda row: row.position)
    by_id = {capture.id: capture for capture in seen.captures}
    findings = in_list_order(seen)
    first = next((by_id[row.capture] for row in rows if row.page == 1 and row.capture in by_id), None)
    unread = "" if rows else said(look.reasons) or "没有读出一行"
    return replace(
        told,
        toml=toml,
        failed="",
        warnings=(*((f"按改过的草案没有读成：{unread}",) if unread else ()), *warnings(look, seen, face)),
        lines=(*(line for line in told.lines if not line.startswith(_LOOKED)), *look_lines(look, face)),
        one_page=may_be_one_page(look) or (told.one_page and "one_page" in toml),
        rows=tuple(_row(seen, row, findings) for row in rows[:_ROWS]),
        left_out=max(len(rows) - _ROWS, 0),
        page=None if first is None else _page(seen, first, _marks_of_rows(rows)),
        details=tuple(_detail(seen, finding, by_id) for finding in findings[:DETAILS]),
    )


_LOOKED = ("试看窗口", "看全的依据", "从最新的一条", "没有看全的依据")


def _row(seen: Seen, row: Sighting, findings: Sequence[Finding]) -> Row:
    read = [finding for finding in findings if finding.row_key == row.row_key]
    record = "；".join(filter(None, ("　".join(filter(None, (_number(f), f.name))) for f in read)))
    why = (
        ""
        if record
        else why_row(seen, row) or (f"没有试读（只试前 {SAMPLE} 条）" if not read else "没有读出文书号和相对人")
    )
    return Row(
        day=str(row.listed_on or ""),
        title=mask(row.title),
        url=wording.safe(row.url.removeprefix(_site(seen.config.portal(row.portal).url))),
        record=mask(record),
        unread=why,
    )


def _site(url: str) -> str:
    """An address up to its path: of the column's own site a row's address is told from there on."""
    parts = parts_of(url)
    return f"{parts.scheme}://{parts.netloc}"


def _number(finding: Finding) -> str:
    return "、".join(finding.numbers) or finding.number_text


def _marks_of_rows(rows: Iterable[Sighting]) -> tuple[str, ...]:
    told = (text for row in rows for text in (row.title, str(row.listed_on or "")))
    return tuple(dict.fromkeys(mask(text) for text in told if text))


def _detail(seen: Seen, finding: Finding, by_id: dict[str, Capture]) -> Detail:
    stated = finding.published
    where = wording.name_of(wording.DATE_SOURCES, stated.source) if stated else ""
    members = {word: str(getattr(finding, name) or "") for name, word in MEMBERS.items()}
    members["文书号"] = _number(finding)
    unit = next((u.name for u in seen.config.units if u.slug == finding.unit), "")
    fields = members | {"单位": unit, "所载公示日期": f"{stated.on}（{where}）" if stated else ""}
    capture = by_id.get(finding.capture)
    marks = tuple(mask(text) for text in (*members.values(), finding.number_text) if text)
    return Detail(
        title=mask(finding.title or "（没有标题）"),
        fields=tuple((word, mask(text)) for word, text in fields.items() if text),
        lacking=tuple(word for word, text in fields.items() if not text),
        unknown=tuple(mask(label) for label in finding.unknown_labels),
        page=None if capture is None else _page(seen, capture, marks),
    )


def _page(seen: Seen, capture: Capture, marks: tuple[str, ...]) -> Page:
    url = wording.safe(capture.url)
    try:
        response = response_of(seen, capture)
    except StoreError:
        return Page(url=url, words="")
    kind = response.header("Content-Type")
    masked = redact(response.body, kind)
    words = _words(masked.body, kind) if masked.kept else ""
    words = words[:_WORDS]
    return Page(url=url, words=words, marks=(*marks, *_cut_short(words, marks)))


def _cut_short(words: str, marks: Sequence[str]) -> Iterator[str]:
    """Lines that end in dots and begin what was read whole elsewhere (a title in its link's own attribute)."""
    for line in dict.fromkeys(words.splitlines()):
        stem = line.rstrip(".…")
        if stem != line and len(stem) >= _STEM and any(mark.startswith(stem) for mark in marks):
            yield line


def _words(body: bytes, kind: str) -> str:
    """What a page says, a line a block; of anything but HTML the text as it is."""
    page = body.decode(charset_of(body, kind), "replace")
    if "html" not in kind.lower() and "<html" not in page[:2000].lower():
        return page
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
        root = lxml_html.document_fromstring(page.encode(), parser=parser)
    except (lxml_html.etree.ParserError, ValueError):
        return page
    for element in root.iter("script", "style", "noscript", "template"):
        element.text = None
    lines = (" ".join(str(line).split()) for line in root.itertext())
    return "\n".join(line for line in lines if line)

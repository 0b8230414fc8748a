"""Every first sighting, absence and withdrawal that evidence states, held against the bytes that were kept.

The cited captures are read from the archive by today's code, and so is what the places of the list's rows last answered
by then; the store is asked for addresses and times alone. Bytes that were given up, or that today's code cannot read,
say nothing.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from core.domain.config import Portal
from core.domain.errors import StoreError
from core.domain.models import Capture, Citation, Decision, Evidence, Finding, Look
from core.domain.text import mask_identities
from core.domain.unit_names import UnitNames
from core.storage.session import Session
from core.storage.warc_archive import read_exchange
from crawler.extract.files import read_file, with_files
from crawler.extract.findings import read_findings
from crawler.families import parser_of
from crawler.pages import Detail, ListPage, ListRow, PageRequest, Response
from crawler.reader_pool import ReadingAlone, reading_alone

FIRST_SEEN, NOT_SEEN = "首次见到", "核查未见"  # how the notes of such proofs begin and end
_OK = 200


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One statement that the kept bytes do not bear out."""

    evidence: str
    proof: str
    why: str

    def __str__(self) -> str:
        return f"{self.evidence}：{self.proof}：{self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What came of it: statements held, those nothing can be said of, and those that bytes contradict."""

    held: int
    silent: int
    contradictions: tuple[Contradiction, ...]


@dataclass
class _Archive:
    """The kept bytes, read by today's code; each page is read once."""

    session: Session
    reading: ReadingAlone
    by_id: dict[str, Capture] = field(default_factory=dict)
    by_look: dict[str, list[Capture]] = field(default_factory=lambda: defaultdict(list))
    by_request: dict[tuple[str, ...], list[Capture]] = field(default_factory=lambda: defaultdict(list))
    lists: dict[str, ListPage | None] = field(default_factory=dict)
    details: dict[tuple[str, str], Detail | None] = field(default_factory=dict)
    found: dict[tuple[str, ListRow, tuple[str, ...]], tuple[Finding, ...] | None] = field(default_factory=dict)
    owners: dict[str, dict[str, frozenset[tuple[str, str]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = UnitNames.of(self.session.config)
        self.same = self.session.looks.confirmations()
        self.looks = {look.id: look for look in self.session.looks.looks()}
        for capture in sorted(self.session.looks.captures(), key=lambda c: c.received_at):
            self.by_id[capture.id] = capture
            self.by_look[capture.look].append(capture)
            request = (capture.method, capture.url, capture.request_body)
            self.by_request[self.looks[capture.look].portal, *request].append(capture)

    def response(self, capture: Capture) -> Response | None:
        """What a capture shows: its own bytes, or those that it confirmed; None where they are gone or no page."""
        shown = self.by_id.get(self.same.get(capture.id, capture.id), capture)
        try:
            status, headers, body = read_exchange(self.session.shelf, shown.warc, shown.offset)
        except StoreError:
            return None
        request = PageRequest(url=capture.url, method=capture.method, body=capture.request_body.encode())
        response = Response(url=capture.url, status=status, body=body, headers=headers, request=request)
        return response if status == _OK else None

    def listed(self, portal: Portal, capture: Capture) -> ListPage | None:
        """The list page that a capture is; None for another page."""
        if capture.id not in self.lists:
            response = self.response(capture)
            parse = parser_of(portal).parse_list
            self.lists[capture.id] = self.reading.read(parse, response, of=response) if response else None
        return self.lists[capture.id]

    def answer(self, portal: Portal, request: PageRequest, by: datetime, *, first: bool = False) -> Capture | None:
        """The newest readable answer to a request by a moment, or the first one since it."""
        url, body = (mask_identities(text)[0] for text in (request.url, request.body.decode("utf-8", "replace")))
        answers = self.by_request.get((portal.id, request.method, url, body), [])
        at = bisect_right(answers, by, key=lambda c: c.received_at)
        order = answers[at:] if first else reversed(answers[:at])
        return next((c for c in order if c.status == _OK or c.id in self.same), None)

    def records(self, portal: Portal, row: ListRow, page: Capture, by: datetime) -> tuple[Finding, ...] | None:
        """What a detail and its attachments, as last answered by then, publish; None where a part cannot be read."""
        detail = self._detail(portal, row, page)
        if detail is None:
            return None
        files = tuple(self.answer(portal, request, by) for request in detail.files)
        known = (page.id, row, tuple(capture.id if capture else "" for capture in files))
        if known not in self.found:
            if files:
                detail = with_files(detail, [self._file(capture) for capture in files])
            read = partial(
                read_findings, content_hash="", capture=page.id, observed_at=page.received_at, names=self.names
            )
            self.found[known] = self.reading.read(read, portal, row, detail)
        return self.found[known]

    def _detail(self, portal: Portal, row: ListRow, capture: Capture) -> Detail | None:
        known = (capture.id, row.key)
        if known not in self.details:
            response = self.response(capture)
            parse = parser_of(portal).parse_detail
            self.details[known] = self.reading.read(parse, response, row, of=response) if response else None
        return self.details[known]

    def _file(self, capture: Capture | None) -> Detail | None:
        if capture is None:
            return None
        known = (capture.id, "")
        if known not in self.details:
            response = self.response(capture)
            self.details[known] = self.reading.read(read_file, response, of=response) if response else None
        return self.details[known]

    def linked_elsewhere(self, decision: Decision) -> frozenset[tuple[str, str]]:
        """The rows (portal, key) whose records of the decision's number belong to other decisions, and to it none."""
        return self.owners.get(decision.number, {}).get(decision.id, frozenset())

    def rows(self, portal: Portal, look: Look) -> list[ListRow] | None:
        """Every row that the list pages of a look show; None where none of its pages can be read."""
        pages = [page for c in self.by_look[look.id] if (page := self.listed(portal, c)) is not None]
        return list({row.key: row for page in pages for row in page.rows}.values()) if pages else None


def audit(session: Session) -> Audit:
    """Hold every statement about what stood there, or did not, against the archive."""
    with reading_alone(session.config.district.crawl.parse_seconds) as reading:
        answers = _answers(session, _Archive(session, reading))
    told = tuple(Contradiction(e.key, f"{p.ref}（{p.note}）", why) for e, p, why in answers if why)
    silent = sum(why is None for _, _, why in answers)
    return Audit(held=len(answers) - silent - len(told), silent=silent, contradictions=told)


def _answers(session: Session, archive: _Archive) -> list[tuple[Evidence, Citation, str | None]]:
    """Every statement, and why the archive does not bear it out: "" where it does, None where it says nothing."""
    decisions = session.evaluations.decisions()
    findings = session.findings.by_id(name for d in decisions.values() for name in d.findings)
    archive.owners = _owners(decisions, findings)
    answers: list[tuple[Evidence, Citation, str | None]] = []
    for item in session.evaluations.evidence():
        decision = decisions.get(item.decision)
        if decision is not None:
            own = [findings[name] for name in decision.findings]
            answers += [(item, proof, _why(archive, decision, own, proof)) for proof in _stated(item)]
    return answers


def _owners(
    decisions: Mapping[str, Decision], findings: Mapping[str, Finding]
) -> dict[str, dict[str, frozenset[tuple[str, str]]]]:
    """By number and decision: the rows that only other decisions of that number stand in."""
    rows: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(dict)
    for decision in decisions.values():
        if decision.number:
            own = {(findings[name].portal, findings[name].row_key) for name in decision.findings}
            rows[decision.number][decision.id] = own
    return {
        number: {name: frozenset(set().union(*of.values()) - own) for name, own in of.items()}
        for number, of in rows.items()
        if len(of) > 1
    }


def _stated(item: Evidence) -> Iterator[Citation]:
    """The proofs that state a first sighting, an absence or a withdrawal."""
    for proof in item.proofs:
        if (proof.kind, FIRST_SEEN in proof.note) == ("capture", True) or (
            proof.kind == "look" and proof.note.endswith(NOT_SEEN)
        ):
            yield proof


def _why(archive: _Archive, decision: Decision, own: Sequence[Finding], proof: Citation) -> str | None:
    """Why the bytes contradict a proof; "" where they bear it out, None where they say nothing."""
    if proof.kind == "look":
        look = archive.looks.get(proof.ref)
        return _absence(archive, decision, own, look) if look is not None else None
    capture = archive.by_id.get(proof.ref)
    return _sighting(archive, decision, own, capture) if capture is not None else None


def _sighting(archive: _Archive, decision: Decision, own: Sequence[Finding], capture: Capture) -> str | None:
    """A list page must show a linked row, and the first answer of its place since must show the record."""
    portal = _portal(archive, archive.looks[capture.look].portal)
    page = archive.listed(portal, capture) if portal else None
    keys = {f.row_key for f in own if portal and f.portal == portal.id}
    if portal is None or archive.response(capture) is None:
        return None
    rows = [row for row in page.rows if row.key in keys] if page else []
    if not rows:
        return _reading(archive, portal, decision, own, capture)
    told: list[str | None] = []
    for row in rows:
        answer = archive.answer(portal, row.detail, capture.received_at, first=True) if row.detail else None
        if answer is not None:
            records = archive.records(portal, row, answer, answer.received_at.replace(hour=23, minute=59))
            told.append(None if not records else "" if _shown(decision, own, records) else f"{answer.id} 没有该决定")
    return "" if "" in told else next(filter(None, told), None if told else "")


def _reading(
    archive: _Archive, portal: Portal, decision: Decision, own: Sequence[Finding], capture: Capture
) -> str | None:
    """A detail page must show the record, with the attachments as its look had them."""
    look = archive.looks[capture.look]
    mine = next((f for f in own if f.capture == capture.id), None)
    if mine is None:
        return "存证里没有该决定的条目"
    row = ListRow(key=mine.row_key, sort_key="", title=mine.title, url=mine.url, detail=PageRequest(url=capture.url))
    records = archive.records(portal, row, capture, max(look.finished_at, capture.received_at))
    if not records:
        return None
    return "" if _shown(decision, own, records) else "存证里没有该决定"


def _absence(archive: _Archive, decision: Decision, own: Sequence[Finding], look: Look) -> str | None:
    """No list page of the look may show a row of the decision whose place, as last answered, shows its record."""
    portal = _portal(archive, look.portal)
    rows = archive.rows(portal, look) if portal is not None else None
    if portal is None or rows is None:
        return None
    for row in rows:
        if (portal.id, row.key) in archive.linked_elsewhere(decision):
            continue  # what stands there is another act: its number alone is the same, and that is asked about
        answer = archive.answer(portal, row.detail, look.finished_at) if row.detail else None
        records = archive.records(portal, row, answer, look.finished_at) if answer is not None else None
        if records and _shown(decision, own, records):
            return f"该次核查列出的“{row.title[:40]}”里有该决定（{answer.id if answer else ''}）"
    return ""


def _shown(decision: Decision, own: Sequence[Finding], records: Sequence[Finding]) -> bool:
    """Whether any of the records is the decision: by its number, or as one of its findings was read."""
    numbers = {decision.number, *(n for f in own for n in f.numbers)} - {""}
    if numbers:
        return any(numbers & set(f.numbers) for f in records)
    known = {(f.name, f.decided_on) for f in own}
    return any((f.name, f.decided_on) in known for f in records)


def _portal(archive: _Archive, name: str) -> Portal | None:
    return next((p for p in archive.session.config.portals if p.id == name), None)

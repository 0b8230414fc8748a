"""Detail pages of the portals of chance, built in memory, read as the crawler reads them and held against the truth.

`python -m tests.support.chance_details` prints recall and precision by layout and field, of every combination.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from core.domain.config import Unit
from core.domain.models import Channel, Finding
from core.domain.text import document_numbers, plain_name
from core.domain.unit_names import UnitNames
from crawler.extract.detail import read_detail
from crawler.extract.files import is_file, read_file, with_files
from crawler.extract.findings import read_findings
from crawler.extract.page_identity import speaks_of
from crawler.pages import ListRow, NotGenuine, PageRequest, Response, Unparsed
from simulation.offices import OFFICES
from simulation.portals_of_chance.column import Column
from simulation.portals_of_chance.office import kind_of
from simulation.portals_of_chance.shape import (
    Charset,
    Labels,
    Layout,
    Life,
    Matter,
    Shape,
    Stamp,
    Titles,
    settled,
    shape_from,
)
from simulation.portals_of_chance.story import UNIT, Row, night_at
from simulation.sites.base import Request, SiteAnswer
from tests.support.detail_pages import portal

HOST = "http://chance.example.invalid"
NIGHT = 3  # the last, on which an article that grows holds two decisions
NAMES = UnitNames(
    tuple(Unit(slug=office.slug, name=office.name, kind="dept-a") for office in OFFICES), ("楚汀区", "楚汀"), "楚汀区"
)
FIELDS = ("number", "party", "day", "authority", "fine", "published")
Said = set[tuple[str, str]]  # (the record's number, or "" for the page's; a value)


@dataclass(frozen=True, slots=True)
class Count:
    """How many values pages state, how many of these were read, and how many were read that no page states."""

    stated: int = 0
    read: int = 0
    invented: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.stated + other.stated, self.read + other.read, self.invented + other.invented)

    @property
    def recall(self) -> float:
        """Between 0 and 1."""
        return self.read / self.stated if self.stated else 1.0

    @property
    def precision(self) -> float:
        """Between 0 and 1."""
        found = self.read + self.invented
        return self.read / found if found else 1.0


Counts = dict[tuple[Layout, str], Count]


def shapes() -> Iterator[Shape]:
    """Every layout with every form, charset, matter and title, stamps and lives in turn."""
    turns = tuple(product(Stamp, (Life.GROWS, Life.ARTICLE)))
    every = product(Layout, Labels, Charset, Matter, Titles)
    for n, (layout, labels, charset, matter, titles) in enumerate(every):
        stamp, life = turns[n % len(turns)]
        axes = {"layout": layout, "labels": labels, "charset": charset, "matter": matter, "titles": titles}
        yield settled(shape_from({**axes, "stamp": stamp, "life": life}, seed=n))


def measure(chosen: Iterable[Shape], rows: int) -> Counts:
    """What was read of the first `rows` rows of each shape's list."""
    counts: Counts = defaultdict(Count)
    for shape in chosen:
        column = Column.of(shape)
        for row in column.story.visible(NIGHT)[:rows] + _grown(column):
            wanted, found = truth_of(shape, row), said_by(read(column, row))
            for name in FIELDS:
                counts[shape.layout, name] += _count(wanted[name], found[name])
    return counts


def _grown(column: Column) -> tuple[Row, ...]:
    """The row that holds two decisions, where one does."""
    return tuple(row for row in column.story.visible(NIGHT) if len(row.acts) > 1)


def _count(wanted: Said, found: Said) -> Count:
    return Count(len(wanted), len(wanted & found), len(found - wanted))


def truth_of(shape: Shape, row: Row) -> dict[str, Said]:
    """What the row's page states, by field."""
    said: dict[str, Said] = {name: set() for name in FIELDS}
    for act in row.acts:
        number = document_numbers(act.number)[0]
        said["number"].add((number, number))
        said["party"] |= {(number, plain_name(party.name)) for party in (act.party, act.second) if party}
        said["day"].add((number, str(act.decided)))
        said["authority"].add((number, UNIT))
        said["fine"] |= {(number, str(fine)) for fine in (act.fine, act.second_fine) if fine is not None}
    if shape.stamp in {Stamp.LABELLED, Stamp.UNLABELLED}:
        said["published"].add(("", str(row.published)))
    return said


def said_by(findings: Sequence[Finding]) -> dict[str, Said]:
    """What findings say, by field."""
    said: dict[str, Said] = {name: set() for name in FIELDS}
    for finding in findings:
        fine = dict(finding.fields).get("fine_yuan", "")
        for number in finding.numbers or ("",):
            values = {
                "number": number, "party": plain_name(finding.name), "day": str(finding.decided_on or ""),
                "authority": finding.unit or "", "fine": fine and str(Decimal(fine).quantize(Decimal(1))),
            }  # fmt: skip
            for name, value in values.items():
                said[name] |= {(number, value)} if value else set()
        if finding.published is not None:
            said["published"].add(("", str(finding.published.on)))
    return said


def read(column: Column, row: Row) -> tuple[Finding, ...]:
    """The findings of a row's page and its attachments; () where it is not read."""
    path = f"/xzcf/art/{row.id}.html"
    listed = ListRow(key=str(row.id), sort_key="", title=row.title, url=HOST + path)
    response = _response(column.answer(Request(method="GET", path=path), NIGHT), HOST + path)
    try:
        detail = read_detail(response)
        if not detail.records and not is_file(response) and not speaks_of(listed, detail, response):
            return ()
        if detail.files:
            paths = [request.url.removeprefix(HOST) for request in detail.files]
            answers = [column.answer(Request(method="GET", path=path), NIGHT) for path in paths]
            detail = with_files(
                detail, [read_file(_response(a, HOST + p)) for a, p in zip(answers, paths, strict=True)]
            )
    except (NotGenuine, Unparsed):
        return ()
    return read_findings(
        portal(kinds=(kind_of(column.shape),), channel=Channel.CREDIT), listed, detail,
        content_hash="h", capture="c", observed_at=night_at(NIGHT), names=NAMES,
    )  # fmt: skip


def _response(answer: SiteAnswer, url: str) -> Response:
    return Response(
        url=url, status=answer.status, body=answer.body, request=PageRequest(url=url),
        headers=(("Content-Type", answer.content_type), *answer.headers),
    )  # fmt: skip


def table(counts: Counts) -> str:
    """Recall and precision in per cent, a layout a line."""
    lines = ["layout          " + "".join(f"{name:>14}" for name in FIELDS)]
    for layout in dict.fromkeys(layout for layout, _ in counts):
        cells = [counts[layout, name] for name in FIELDS]
        lines.append(f"{layout:<16}" + "".join(f"{100 * c.recall:>8.1f}/{100 * c.precision:5.1f}" for c in cells))
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(measure(shapes(), rows=2)))

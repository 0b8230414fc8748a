"""Two parsers over the same pages: how often their texts differ, and how often what is read of a page does.

Pages are read with lxml. `python -m tests.support.parsers [folder ...]` counts what Beautiful Soup's own parser, which
reads markup in another way, would have changed: over the saved pages, or over every .html file below the folders.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bs4 import BeautifulSoup
from bs4.element import PreformattedString

from core.domain.clock import ZONE
from core.domain.config import Portal
from core.domain.models import Finding
from core.domain.text import tight
from core.domain.unit_names import UnitNames
from crawler.extract.detail import read_detail
from crawler.extract.findings import read_findings
from crawler.extract.lines import text_lines
from crawler.extract.markup import text_of, tree_of
from crawler.pages import ListRow, NotGenuine, PageRequest, Response, Unparsed
from tests.support.detail_pages import portal
from tests.support.portal_cases import CASES

_SILENT = frozenset({"script", "style", "template"})
Page = tuple[str, Response, Portal, ListRow]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Pages read by both parsers; names of those whose texts differ, and of those of which other values are read."""

    pages: int
    texts: tuple[str, ...]
    fields: tuple[str, ...]


def compare(pages: Iterable[Page]) -> Comparison:
    """What the second parser would change; of a page that is refused (cut, a guard's answer) only the text counts."""
    count, texts, fields = 0, [], []
    for name, response, of_portal, row in pages:
        try:
            markup = text_of(response)
            mine = tight(text_lines(tree_of(markup)))
        except (NotGenuine, Unparsed):
            continue
        soup = BeautifulSoup(markup, "html.parser")
        other = replace(response, body=str(soup).encode(), headers=())
        count += 1
        if mine != tight(_words(soup)):
            texts.append(name)
        mine_read = _read(response, of_portal, row)
        if mine_read is not None and mine_read != _read(other, of_portal, row):
            fields.append(name)
    return Comparison(count, tuple(texts), tuple(fields))


def _words(soup: BeautifulSoup) -> str:
    """The soup's visible text, without what lxml's shows none of either."""
    return "".join(
        text
        for text in soup.find_all(string=True)
        if not isinstance(text, PreformattedString)  # comments, instructions, declarations
        and not any(parent.name in _SILENT for parent in text.parents)
    )


def _read(response: Response, of_portal: Portal, row: ListRow) -> tuple[tuple[object, ...], ...] | None:
    try:
        detail = read_detail(response)
    except (NotGenuine, Unparsed):
        return None
    found = read_findings(
        of_portal, row, detail, content_hash="h", capture="c", observed_at=datetime(2026, 8, 30, 1, tzinfo=ZONE),
        names=UnitNames((), (), "某区"),
    )  # fmt: skip
    return tuple(map(_values, found))


def _values(finding: Finding) -> tuple[object, ...]:
    fine = dict(finding.fields).get("fine_yuan", "")
    return finding.numbers, finding.name, finding.authority, finding.decided_on, fine, finding.published


def saved_pages() -> list[Page]:
    """Every saved HTML page, lists too."""
    return [
        (case.name, case.response, case.portal, case.row)
        for case in CASES
        if next(case.folder.glob("page.*")).suffix in {".html", ".htm"}
    ]


def pages_below(folder: Path) -> list[Page]:
    """Every .html file below a folder, read as a detail of a portal of either kind."""
    url = "http://x.example.invalid/a.html"
    return [
        (str(path), Response(url=url, status=200, body=path.read_bytes(), request=PageRequest(url=url)), portal(),
         ListRow(key="k", sort_key="", url=url))
        for path in sorted(folder.rglob("*.html"))
    ]  # fmt: skip


if __name__ == "__main__":
    chosen = [page for name in sys.argv[1:] for page in pages_below(Path(name))] or saved_pages()
    result = compare(chosen)
    print(f"pages: {result.pages}, other text: {len(result.texts)}, other values: {len(result.fields)}")
    print("\n".join(f"text   {name}" for name in result.texts))
    print("\n".join(f"values {name}" for name in result.fields))

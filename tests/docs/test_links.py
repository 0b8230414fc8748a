"""Every link and picture of the papers leads somewhere, to the file and to the heading."""

from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.support.papers import anchors, links, papers
from tests.support.paths import ROOT

PAPERS = papers()


def _inside(page: Path) -> list[str]:
    """The targets of a page's links that do not lead to another site."""
    return [unquote(target) for target in links(page.read_text("utf-8")) if "://" not in target]


def _is_dead(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = (page.parent / name).resolve() if name else page
    if not file.exists() or not file.is_relative_to(ROOT):
        return True
    return bool(anchor) and (file.suffix != ".md" or anchor not in anchors(file.read_text("utf-8")))


@pytest.mark.parametrize("page", PAPERS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [target for target in _inside(page) if _is_dead(page, target)] == []


def test_there_are_papers_and_links() -> None:
    assert {"README.md", "README.zh-CN.md", "CONTRIBUTING.md"} <= {page.name for page in PAPERS}
    assert sum(len(_inside(page)) for page in PAPERS) > 100


def test_every_picture_is_shown_somewhere() -> None:
    shown = {(page.parent / target).resolve() for page in PAPERS for target in _inside(page)}
    assert [path.name for path in (ROOT / "docs/images").iterdir() if path.resolve() not in shown] == []


def test_every_paper_is_led_to() -> None:
    """A page that no other page names is a page that nobody finds."""
    led_to = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAPERS
        for target in _inside(page)
        if target.partition("#")[0]
    }
    assert [str(page.relative_to(ROOT)) for page in PAPERS if page not in led_to and page.name != "README.md"] == []


def test_a_dead_link_is_found() -> None:
    """The test of the test."""
    page = ROOT / "README.md"
    assert _is_dead(page, "docs/nonesuch.md") and _is_dead(page, "docs/design.md#nonesuch")
    assert _is_dead(page, "../elsewhere.md") and _is_dead(page, "LICENSE#nonesuch")
    assert not _is_dead(page, "docs/design.md#41-the-times-of-a-decision")
    text = "[a](x.md) `[b](y.md)`\n\n    [c](z.md)\n\n![d](p.png) [`e`](w.md#v)\n"
    assert links(text) == ["x.md", "p.png", "w.md#v"]
    assert anchors("# A b: c\n\n## A b: c\n\n### `[crawl]`\n") == {"a-b-c", "a-b-c-1", "crawl"}

"""What a page's own `<style>` hides: the cascade's cases, and a page of more rules than are weighed."""

import pytest
from lxml.html import document_fromstring

from crawler.extract.style_rules import STYLED, marked_by_rules

HIDE = ".x { display: none }"
CASES = {  # the sheet, the row's own style → whether the row is hidden
    "a rule": (HIDE, "", True),
    "shown by a later rule": (f"{HIDE} .x {{ display: block }}", "", False),
    "hidden by the later of two": (f".x {{ display: block }} {HIDE}", "", True),
    "shown by a rule that weighs more": (f"ul .x {{ display: block }} {HIDE}", "", False),
    "shown by its own style": (HIDE, "display: block", False),
    "hidden over its own style": (".x { display: none !important }", "display: block", True),
    "importance of its own style": (".x { display: none !important }", "display: block !important", False),
    "importance of an earlier rule": (f".x {{ display: block !important }} {HIDE}", "", False),
    "one selector twice, of which the first is important": (f".x {{ display: none !important }} {HIDE}", "", True),
    "another declaration of the same rule stays": (f"{HIDE} .x {{ color: red }}", "", True),
    "a rule for print": (f"@media print {{ {HIDE} }}", "", False),
    "shown again on wide screens": (f"{HIDE} @media (min-width: 768px) {{ .x {{ display: block }} }}", "", False),
    "shown where the browser knows how": (f"{HIDE} @supports (display: grid) {{ .x {{ display: grid }} }}", "", False),
    "others are shown on wide screens": (f"{HIDE} @media (min-width: 768px) {{ .y {{ display: block }} }}", "", True),
    "its colour on wide screens": (f"{HIDE} @media (min-width: 768px) {{ .x {{ color: red }} }}", "", True),
    "shown in print": (f"{HIDE} @media print {{ .x {{ display: block }} }}", "", True),
    "a font between": (f"@font-face {{ font-family: x; src: url(x) }} {HIDE}", "", True),
    "a block in a block": (
        f"@media screen {{ @supports (display: flex) {{ .x {{ display: flex }} }} }} {HIDE}",
        "",
        False,
    ),
    "a rule for one moment": (".x:hover { display: none }", "", False),
    "in a comment": (f"/* {HIDE} */", "", False),
    "not a selector": (".x[[ { display: none }", "", False),
    "a rule for others": (".y { display: none }", "", False),
}


def row_of(sheet: str, own: str = "", more: int = 0) -> bool:
    page = f"<style>{sheet}</style><ul><li class=x style='{own}'>某罚〔2026〕1号</li>{'<li>又一条' * more}</ul>"
    (row,) = marked_by_rules(document_fromstring(page)).cssselect("li.x")
    return row.get(STYLED) is not None


@pytest.mark.parametrize(("sheet", "own", "hidden"), CASES.values(), ids=CASES)
def test_the_cascade_decides_what_is_hidden(sheet: str, own: str, hidden: bool) -> None:
    assert row_of(sheet, own) is hidden


TOO_MUCH = {  # more than is read, the last of it showing the row again
    "pairs": (HIDE + "li { display: block }" * 30, 50_000),
    "rules": (HIDE + ".y { color: red }" * 3_000 + ".x { display: block }", 0),
    "letters": (f"{HIDE} .y {{ content: '{'y' * 200_000}' }} .x {{ display: block }}", 0),
    "sheets": (f"{HIDE}</style>{'<style>.y{color:red}</style>' * 30}<style>.x {{ display: block }}", 0),
    "a selector": (f"{HIDE} {'.y,' * 300} li.x {{ display: block }}", 0),
}


@pytest.mark.parametrize(("sheet", "more"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_page_with_more_rules_than_are_read_hides_nothing(sheet: str, more: int) -> None:
    """An override that stands past what is read must not leave a shown row hidden."""
    assert not row_of(sheet, more=more)

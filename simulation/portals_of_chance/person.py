"""A citizen at a real Chromium: turns every page, opens details, and reads what is seen. It checks the grammar itself.

It may know which element turns the page or opens a row (the shape says it); it reads only what the page shows. What it
cannot read has no place in the truth.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from playwright.sync_api import Browser, BrowserContext, Frame, Locator, Page, sync_playwright

from core.domain.text import tight
from core.runtime.chromium import find_chromium, launch_options
from simulation.portals_of_chance.column import Column
from simulation.portals_of_chance.listing import page_count
from simulation.portals_of_chance.shape import File, Layout, Link, Markup, Pager, Paging, Shape
from simulation.portals_of_chance.story import AUTHORITY, Act, Row, counted

PATIENCE = 4000  # milliseconds


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read: the text of every page of the list, and of the details opened by row."""

    pages: tuple[str, ...]
    details: dict[int, str] = field(default_factory=dict)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(find_chromium()))
        try:
            yield browser
        finally:
            browser.close()


def visit(browser: Browser, column: Column, home: str, night: int, details: int = 2) -> Seen:
    """Read the whole column; opens `details` rows of each page. Playwright's errors where a step cannot be done."""
    rows, shape = column.story.visible(night), column.shape
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    try:
        page = context.new_page()
        page.goto(home)
        texts, found = list[str](), dict[int, str]()
        count = page_count(shape, counted(shape, column.story.rows(night)))
        if shape.paging is Paging.EVERYTHING:
            count = 1  # the others show the same
        for number in range(1, count + 1):
            if number > 1:
                _turn(shape, page, number)
            texts.append(_text(shape, page))
            found |= _open_some(shape, context, page, home, rows, number, details)
        return Seen(tuple(texts), found)
    finally:
        context.close()


def _frame(page: Page) -> Frame:
    """Where the list stands, once it stands there."""
    page.wait_for_load_state()
    frame = next((f for f in page.frames if "/frame/index" in f.url), page.main_frame)
    frame.wait_for_load_state()
    frame.wait_for_function(
        "() => !document.getElementById('listbox') || document.getElementById('listbox').children.length"
    )
    return frame


def _text(shape: Shape, page: Page) -> str:
    """What is seen; of titles that are cut, what the mouse shows."""
    frame = _frame(page)
    hints = (
        frame.locator("[title]:visible").evaluate_all("all => all.map(e => e.title)") if shape.titles == "cut" else []
    )
    return "\n".join([frame.inner_text("body"), *hints])


def _turn(shape: Shape, page: Page, number: int) -> None:
    """Go on to page `number`, as a person would."""
    frame = _frame(page)
    before = frame.inner_text("body")
    if shape.pager is Pager.SCROLL and "底线" in before:
        return  # one push of the wheel went further than a page
    if shape.pager is Pager.SELECT:
        frame.locator("select").select_option(index=number - 1)
    elif shape.pager is Pager.JUMP:
        frame.locator("#pn").fill(str(number))
        frame.locator("input[value='GO']").click()
    elif shape.pager is not Pager.SCROLL:
        frame.locator(_NEXT.get(shape.pager, "a:text-is('下一页')")).first.click()
    for _ in range(40):
        if shape.pager is Pager.SCROLL:
            page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(50)
        if _frame(page).inner_text("body") != before:
            return
    raise AssertionError(f"page {number} cannot be reached")


_NEXT = {
    Pager.NUMBERS: "b + a", Pager.GUILLEMET: "a:text-is('»')", Pager.NEXT_SHORT: "a:text-is('下页')",
    Pager.ONWARD: "a:text-is('往后')", Pager.ENGLISH: "a:text-is('Next')", Pager.IMAGE: "a:has(img[src$='next.gif'])",
    Pager.MORE: "button:text-is('加载更多')", Pager.SEE_MORE: "div.more:text-is('查看更多')",
    Pager.DEEP: "td:has(b) + td a", Pager.ELEMENT: "button.btn-next",
    Pager.BOOTSTRAP: "ul.pagination a:text-is('»')",
}  # fmt: skip


# ---------------------------------------------------------------- details


def _open_some(
    shape: Shape, context: BrowserContext, page: Page, home: str, rows: tuple[Row, ...], number: int, details: int
) -> dict[int, str]:
    """Open the first rows that this page shows, coming back each time by the way that was gone."""
    text, found = tight(_text(shape, page)), dict[int, str]()
    shown = [row for row in rows if tight(row.title) in text] if shape.link is not Link.NONE else []
    for row in shown[-details:] if shape.adds_pages else shown[:details]:
        found[row.id], here = _opened(shape, context, page, row)
        if here:
            page.goto(home)
            for back in range(2, number + 1):
                _turn(shape, page, back)
    return found


def _opened(shape: Shape, context: BrowserContext, page: Page, row: Row) -> tuple[str, bool]:
    """(the text of a row's detail or attachment, whether it came in the list's place)."""
    frame, before = _frame(page), len(context.pages)
    lead = _lead(shape, frame, row)
    if shape.link is Link.FILE:
        return _downloaded(context, lead, shape), False
    lead.click()
    if shape.has_dialogue:
        return _shown(frame, context, shape), False
    if shape.link is Link.PANEL:
        return _in_place(frame, context, shape, lead), False
    for _ in range(60):
        page.wait_for_timeout(50)
        other = context.pages[-1] if len(context.pages) > before else page
        where = next((f for f in other.frames if f.url.endswith((f"{row.id}.html", f"={row.id}", "detail.do"))), None)
        if where is not None:
            break
    else:
        raise AssertionError(f"row {row.title} leads nowhere")
    where.wait_for_load_state()
    text = where.inner_text("body")
    if shape.layout is Layout.FILE:
        text += _downloaded(context, where.locator("a[href*='/upload/']"), shape)
    if other is not page:
        other.close()
    return text, other is page


def _shown(frame: Frame, context: BrowserContext, shape: Shape) -> str:
    """What a dialogue shows, which is closed again."""
    dialogue = frame.locator("div.dialog")
    text = dialogue.inner_text()
    if shape.layout is Layout.FILE:
        text += _downloaded(context, dialogue.locator("a[href*='/upload/']"), shape)
    dialogue.get_by_text("关闭").click()
    return text


def _in_place(frame: Frame, context: BrowserContext, shape: Shape, lead: Locator) -> str:
    """What a press shows beside its row, which is folded again."""
    panel = frame.locator("div.panel:visible")
    text = panel.inner_text()
    if shape.layout is Layout.FILE:
        text += _downloaded(context, panel.locator("a[href*='/upload/']"), shape)
    lead.click()
    return text


def _lead(shape: Shape, frame: Frame, row: Row) -> Locator:
    """What a person clicks."""
    shown = row.title[:14] + "…" if shape.titles == "cut" and len(row.title) > 16 else row.title
    title = frame.get_by_text(shown, exact=True).first
    if shape.link is not Link.VIEW:
        return title
    if shape.markup is Markup.DL:
        return frame.locator("dt", has_text=shown).first.locator("xpath=following-sibling::dd[1]//a")
    holder = "li" if shape.markup is Markup.UL else "div.card" if shape.markup is Markup.CARDS else "tr"
    return frame.locator(holder, has_text=shown).last.get_by_text("查看")


def _downloaded(context: BrowserContext, lead: Locator, shape: Shape) -> str:
    """The text of an attachment, as the program that opens it shows it."""
    address = str(lead.evaluate("a => a.href"))
    return text_of_file(shape.file, context.request.get(address).body())


def text_of_file(kind: File, body: bytes) -> str:
    """The words of an attachment; a picture has none."""
    if kind is File.SCAN:
        return ""
    if kind is File.CSV:
        return body.decode("gb18030")
    if kind is File.PDF:
        import pdfplumber

        with pdfplumber.open(io.BytesIO(body)) as book:
            return "\n".join(sheet.extract_text() for sheet in book.pages)
    if kind is File.DOCX:
        from docx import Document

        return "\n".join(
            cell.text for table in Document(io.BytesIO(body)).tables for line in table.rows for cell in line.cells
        )
    from python_calamine import CalamineWorkbook

    sheets = CalamineWorkbook.from_filelike(io.BytesIO(body))
    return "\n".join(
        str(cell) for name in sheets.sheet_names for line in sheets.get_sheet_by_name(name).to_python() for cell in line
    )


# ---------------------------------------------------------------- the grammar held against it


def unreadable(column: Column, night: int, seen: Seen) -> list[str]:
    """What the truth says a citizen can read on a night and the person did not; and what it read that is hidden."""
    story, text = column.story, tight("\n".join(seen.pages))
    wrong = [f"no row {row.title}" for row in story.visible(night) if not _row_seen(column.shape, row, text)]
    wrong += [
        f"hidden row {row.title}" for row in story.rows(night) if row.hidden and _row_seen(column.shape, row, text)
    ]
    rows = {row.id: row for row in story.visible(night)}
    for name, detail in seen.details.items():
        said = tight(detail + rows[name].title)
        acts = () if column.shape.is_scanned else rows[name].acts
        wrong += [f"{rows[name].title}: no {what}" for act in acts for what in _missing(act, said)]
    if column.shape.link is not Link.NONE and not seen.details:
        wrong.append("no detail was opened")
    return wrong


def _row_seen(shape: Shape, row: Row, text: str) -> bool:
    if shape.link is Link.NONE:
        return all(not _missing(act, text) for act in row.acts)
    return tight(row.title) in text


def _says_fine(fine: Decimal | None, text: str) -> bool:
    return fine is None or f"{fine}元" in text or f"{fine / 10_000:f}" in text


def _missing(act: Act, text: str) -> list[str]:
    """The fields of a decision that a text does not say."""
    day = act.decided
    days = (f"{day:%Y-%m-%d}", f"{day.year}年{day.month}月{day.day}日")
    parties = [act.party.name, *([act.second.name] if act.second else [])]
    told = {
        "number": tight(act.number) in text, "party": all(tight(p) in text for p in parties),
        "authority": tight(AUTHORITY) in text, "decided": any(d in text for d in days),
        "fine": all(_says_fine(fine, text) for fine in (act.fine, act.second_fine)),
    }  # fmt: skip
    return [what for what, said in told.items() if not said]

"""A sitting before a drawn page: what a person does there, step by step, and what she sees at the end.

Imported only where a page is rendered. Everything the page asks for meanwhile leaves by the browser's own guard.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TypeVar, TypeVarTuple

from playwright.async_api import Error as BrowserError
from playwright.async_api import Frame as FrameOfPage
from playwright.async_api import Page, Request, Route
from playwright.async_api import TimeoutError as BrowserTimeout

from crawler.citizen.drawn import MARK, Frame
from crawler.citizen.leads import Led, is_its_own, own_leads, place_of, sent_by, speaks
from crawler.citizen.pressed import Pressed
from crawler.citizen.seen_rows import MOST_ROWS, Frames, onward_seen, page_kept, places_seen, words_seen
from crawler.families.parsing.press_controls import Control, Onward, Way
from crawler.pages import Sitting
from crawler.readers import PageReading

Given = TypeVarTuple("Given")
Made = TypeVar("Made")


def _script(name: str) -> str:
    text = files("crawler.citizen").joinpath(name).read_text("utf-8")
    return text.replace("/* seen.js */", files("crawler.citizen").joinpath("seen.js").read_text("utf-8"))


_PAGE_SCRIPT, _REVEAL_SCRIPT, WATCH_SCRIPT = (_script(f"{name}.js") for name in ("page", "reveal", "watch"))
_SETTLE = 0.25  # seconds that a page must be quiet
_QUIET = 4.0  # seconds at most for it to become so
_PRESS = 3.0  # seconds for one press
_CHANGE = 3.0  # seconds for a press to change the rows
_OPEN = 1.0  # seconds more for every row that may have to be opened
_LISTS = frozenset({"document", "xhr", "fetch", "script"})  # by what kinds of request a list's rows come
_MOST_MORE = 60  # presses of 加载更多
_ASK = "async ([url, sent]) => (await fetch(url, sent)).text()"
_MOST_SHOWN = 200_000  # characters of what a press shows


@dataclass(frozen=True, slots=True)
class _Seen:
    """The page as it is seen now, and what its rows say."""

    frames: Frames
    words: tuple[str, ...]


@dataclass  # without slots: a handler of the page's
class Sitter:
    """One sitting on an open page. `seconds`: for the whole of it, without what `reading` takes to read the page."""

    page: Page
    sitting: Sitting
    seconds: float
    reading: PageReading
    _limit: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))
    _led: list[Led] = field(default_factory=list)
    _fetched: list[Led] = field(default_factory=list)  # what a press asked for without leaving the page
    _asked: set[Request] = field(default_factory=set)  # what the page asks for and has not got yet
    _failed: bool = False  # something that a press asked for did not come
    _leaving: bool = False  # leads are tried: what is asked for is stopped by ourselves
    _letting: bool = False  # and what a press fetches is let through, to see what it shows
    _tried: set[Request] = field(default_factory=set)  # what was let through, and is a row's lead all the same

    def __post_init__(self) -> None:
        self.page.on("request", self._is_asked)
        self.page.on("requestfinished", self._answered)
        self.page.on("requestfailed", self._not_answered)

    def _is_asked(self, request: Request) -> None:
        self._asked.add(request)
        if self._letting:
            self._tried.add(request)

    async def _answered(self, request: Request) -> None:
        self._asked.discard(request)
        if request.resource_type in _LISTS:
            answer = await request.response()
            self._failed |= answer is not None and answer.status >= 400

    def _not_answered(self, request: Request) -> None:
        self._asked.discard(request)
        self._failed |= request.resource_type in _LISTS and not self._leaving

    async def sit(self) -> tuple[str, set[Request]]:
        """(the page asked for, as seen, with where its rows lead; what was asked only to see what a press fetches).

        Raises Playwright's errors, TimeoutError, and NotGenuine or Unparsed where the page cannot be read.
        """
        async with asyncio.timeout(self.seconds) as self._limit:
            await self._quiet()
            self._failed = False
            seen, said = await self._turn_to(self.sitting.page)
            self._leaving = True
            self._limit.reschedule((self._limit.when() or 0) + _OPEN * min(len(seen.words), MOST_ROWS))
            leads = await self._find_leads(seen)
            kept = await self._read(page_kept, seen.frames, self.sitting, leads, said)
        return kept, self._tried

    async def _read(self, work: Callable[[*Given], Made], /, *given: *Given) -> Made:
        """What `work` makes of the page. The sitting's own time stands still meanwhile: others may come first."""
        loop = asyncio.get_running_loop()
        left = (self._limit.when() or 0) - loop.time()
        self._limit.reschedule(None)
        try:
            return await self.reading.read(work, *given)
        finally:
            self._limit.reschedule(loop.time() + left)

    # ------------------------------------------------------------ looking

    async def _look(self) -> _Seen:
        """The page as it is seen now. Raises Playwright's errors where there is none, between two pages."""
        top, *inner = self.page.frames
        frames = {0: Frame(await top.evaluate(_PAGE_SCRIPT, 0), top.url)}
        for number, frame in enumerate(inner, 1):
            with contextlib.suppress(BrowserError):
                inside = await (await frame.frame_element()).get_attribute(MARK) or ""
                frames[number] = Frame(await frame.evaluate(_PAGE_SCRIPT, number), frame.url, inside)
        return _Seen(frames, await self._read(words_seen, frames, self.sitting))

    async def _onward(self, seen: _Seen, number: int) -> Onward:
        return await self._read(onward_seen, seen.frames, self.sitting, number)

    async def _quiet(self) -> None:
        with contextlib.suppress(BrowserTimeout):
            await self.page.wait_for_load_state("networkidle", timeout=_QUIET * 1000)
        await asyncio.sleep(_SETTLE)

    # ------------------------------------------------------------ turning pages

    async def _turn_to(self, page: int) -> tuple[_Seen, Pressed]:
        """The page by pressing on from the first, and what came of the last press."""
        seen, said = await self._look(), Pressed.NONE
        for number in range(1, page + 1):
            seen, filled = await self._fill(seen, number)
            said = Pressed.FILLED if filled else said
            if number == page or self._failed:
                break
            step = await self._onward(seen, number)
            if step.control is None or step.control.way is Way.MORE:
                return seen, Pressed.MISSING
            after = await self._press(step.control, seen)
            if after is None:
                return seen, Pressed.FAILED if self._failed else Pressed.UNCHANGED
            seen, said = after, Pressed.TURNED
        return seen, Pressed.FAILED if self._failed else said

    async def _fill(self, seen: _Seen, number: int) -> tuple[_Seen, bool]:
        """All that 加载更多, or going down the page, adds to a list without pages; whether there is anything of it."""
        filled = False
        for _ in range(_MOST_MORE if self.sitting.rows else 0):
            step = await self._onward(seen, number)
            if step.ended or (step.control is not None and step.control.way is not Way.MORE):
                break
            filled = filled or step.control is not None
            after = await (self._press(step.control, seen) if step.control else self._go_down(seen))
            if after is None:
                return seen, filled
            self._failed |= after.words[: len(seen.words)] != seen.words  # another list, not more of this one
            if self._failed:
                return seen, filled
            seen, filled = after, True
        else:
            self._failed |= filled  # it still grows: this is not all
        return seen, filled

    async def _press(self, control: Control, before: _Seen) -> _Seen | None:
        """The page after a press; None where its rows stay as they were."""
        frame = self.page.frames[int(control.mark.partition("-")[0])]
        place = frame.locator(f'[{MARK}="{control.mark}"]')
        try:
            if control.way is Way.SELECT:
                await place.select_option(value=control.value, timeout=_PRESS * 1000)
            else:
                if control.way is Way.TYPE:
                    await frame.locator(f'[{MARK}="{control.box}"]').fill(control.value, timeout=_PRESS * 1000)
                await place.click(timeout=_PRESS * 1000, no_wait_after=True)
        except BrowserTimeout:  # something lies over it: that brings nothing to the light, and ends nothing
            self._failed = True
            return None
        return await self._changed(before)

    async def _go_down(self, before: _Seen) -> _Seen | None:
        await self.page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        return await self._changed(before, _CHANGE / 4)

    async def _changed(self, before: _Seen, patience: float = _CHANGE) -> _Seen | None:
        """What is seen once the rows differ; None where they do not within `patience` seconds of quiet."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        while True:
            await self._quiet()
            with contextlib.suppress(BrowserError):  # between two pages there is none
                after = await self._look()
                if after.words and after.words != before.words:
                    return after
            # an answer still to come may change them: only the sitting's own limit ends the wait for it
            if loop.time() > until and not any(request.resource_type in _LISTS for request in self._asked):
                return None

    # ------------------------------------------------------------ where rows lead

    async def _find_leads(self, seen: _Seen) -> list[tuple[str, Led]]:
        """For every row without an address where pressing it would lead, or what it shows there, by what is pressed."""
        places = await self._read(places_seen, seen.frames, self.sitting)
        if not places:
            return []
        await self.page.route("**/*", self._note_navigation)
        with contextlib.suppress(BrowserError):
            for frame in self.page.frames:
                await frame.evaluate("window.__cxProbe = true; window.__cxLed && (window.__cxLed.length = 0)")
                await frame.evaluate(_REVEAL_SCRIPT, {"mark": "", "close": False})
        found = [(place, await self._led_or_drawn(place)) for place in places]
        own = own_leads(found, lasting=await self._lasts(found))
        if self._letting:
            self._tried.clear()  # how what is drawn came about belongs to the page
        self._letting = False
        await self.page.unroute("**/*", self._note_navigation)
        return own

    async def _led_or_drawn(self, place: str) -> Led | None:
        """Where a press leads; once what presses fetch is seen not to say what it shows, what they show instead."""
        led = await self._led_by(place)
        if led is None or not led.get("fetched") or self._tried:
            return led
        self._letting = True
        answer = await self._asked_for(place, led)
        drawn = None if await self._read(speaks, answer) else await self._led_by(place)
        self._letting = bool(drawn and drawn.get("shown"))
        return drawn if self._letting else led

    async def _asked_for(self, place: str, led: Led) -> str:
        """The answer to what a press would have fetched, asked for by the page itself; "" where there is none."""
        frame = self.page.frames[int(place.partition("-")[0])]
        headers = led.get("headers", {}) | ({"Content-Type": led["type"]} if led.get("type") else {})
        sent = {"headers": headers} | ({"method": "POST", "body": led["body"]} if "body" in led else {})
        try:
            async with asyncio.timeout(_PRESS):
                return str(await frame.evaluate(_ASK, [led.get("url", ""), sent]))
        except (BrowserError, TimeoutError):
            return ""

    async def _lasts(self, found: list[tuple[str, Led | None]]) -> bool:
        """Whether a press fetches the same again: a count under a number of its own names no record."""
        pressed = next(((place, led) for place, led in found if led is not None and led.get("fetched")), None)
        again = await self._led_by(pressed[0]) if pressed else None
        return pressed is not None and again is not None and sent_by(again) == sent_by(pressed[1])

    async def _led_by(self, mark: str) -> Led | None:
        """Where one press leads, or what it fetches to show above the list; nothing of it is carried out."""
        self._led.clear()
        self._fetched.clear()
        frame, address = self.page.frames[int(mark.partition("-")[0])], self.page.url
        try:
            await frame.locator(f'[{MARK}="{mark}"]').click(timeout=_PRESS * 1000, no_wait_after=True)
            for _ in range(1 if self._letting else 8):
                told = await frame.evaluate("(window.__cxLed || []).splice(0)")
                every: list[Led] = [*told, *self._led]
                found = next((led for led in every if led.get("url", "").startswith("http")), None)
                if found is not None:
                    return found
                if place_of(self.page.url) != place_of(address):  # the page says by its address which record it shows
                    found, back = Led(url=self.page.url), self.page.go_back(timeout=_PRESS * 1000)
                    await back
                    return found
                await asyncio.sleep(0.05)
            if self._fetched and not self._letting:
                return self._fetched[-1]
            shown = await self._shown_by(frame, mark)
        except BrowserError:
            return None
        # by what is fetched the row is known, whether it can be shown tonight or not
        fetched = self._fetched[-1] if self._fetched else Led()
        return fetched | Led(shown=shown) if shown else fetched or None

    async def _shown_by(self, frame: FrameOfPage, mark: str) -> str:
        """What a press has shown, once it is there, as markup; the page is put back. "" for nothing."""
        if self._letting:
            loop = asyncio.get_running_loop()
            until, before = loop.time() + _PRESS, ""
            while loop.time() < until:
                now = str(await frame.evaluate(_REVEAL_SCRIPT, {"mark": mark, "close": False}))
                if now and now == before and not self._asked:
                    break
                before = now
                await asyncio.sleep(0.1)
        shown = str(await frame.evaluate(_REVEAL_SCRIPT, {"mark": mark, "close": True}))
        return shown if len(shown) <= _MOST_SHOWN else ""

    async def _note_navigation(self, route: Route) -> None:
        asked = route.request
        led = Led(url=asked.url)
        if asked.method == "POST":
            led["body"] = (asked.post_data_buffer or b"").decode("utf-8", "replace")
        if asked.is_navigation_request():
            self._led.append(led)
            await route.fulfill(status=204)  # nothing comes of it: the page stays as it is
            return
        if asked.resource_type in {"xhr", "fetch"}:
            added = {name: value for name, value in asked.headers.items() if is_its_own(name)}
            self._fetched.append(led | Led(type=asked.headers.get("content-type", ""), headers=added, fetched=True))
            if not self._letting:
                await route.abort()  # what a press shows above the list would lie over the next row
                return
        await route.fallback()

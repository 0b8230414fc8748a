"""Photographs of archived pages in a real Chromium that has no network: every request of theirs is refused."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.runtime.chromium import launch_options

if TYPE_CHECKING:  # loaded only where a page is photographed
    from playwright.sync_api import BrowserContext, Page, Route

WIDTH, HIGHEST = 1100, 12_000  # pixels


def photograph(chromium: str, pages: Sequence[tuple[str, Path]]) -> list[Path]:
    """Write a PNG of each page (HTML, where to). Scripts do not run, nothing is fetched.

    Returns those that could not be drawn, tried twice: a browser short of memory ends, or draws nothing.
    """
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(**launch_options(chromium))
        except Error:
            return [path for _, path in pages]
        context = browser.new_context(viewport={"width": WIDTH, "height": 800}, java_script_enabled=False, offline=True)
        context.route("**/*", _refuse)
        lacking = [path for html, path in pages if not (_drawn(context, html, path) or _drawn(context, html, path))]
        browser.close()
    return lacking


def _drawn(context: "BrowserContext", html: str, path: Path) -> bool:
    """Whether the page could be drawn into `path`."""
    from playwright.sync_api import Error

    try:
        page = context.new_page()
        page.set_content(html, wait_until="domcontentloaded")
        path.write_bytes(_shot(page))
        page.close()
    except Error:
        return False
    return True


def _refuse(route: "Route") -> None:
    route.abort()


def _shot(page: "Page") -> bytes:
    """The whole page, cut where it would be too high for any reader."""
    box = page.locator("html").bounding_box() or {"height": HIGHEST}
    if box["height"] <= HIGHEST:
        return bytes(page.screenshot(full_page=True))
    return bytes(page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": HIGHEST}))

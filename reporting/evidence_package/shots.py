"""Photographs of archived pages in a real Chromium that has no network: every request of theirs is refused."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.runtime.chromium import launch_options

if TYPE_CHECKING:  # loaded only where a page is photographed
    from playwright.sync_api import Page, Route

WIDTH, HIGHEST = 1100, 12_000  # pixels


def photograph(chromium: str, pages: Sequence[tuple[str, Path]]) -> None:
    """Write a PNG of each page (HTML, where to). Scripts do not run, nothing is fetched."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(chromium))
        context = browser.new_context(viewport={"width": WIDTH, "height": 800}, java_script_enabled=False, offline=True)
        context.route("**/*", _refuse)
        for html, path in pages:
            page = context.new_page()
            page.set_content(html, wait_until="domcontentloaded")
            path.write_bytes(_shot(page))
            page.close()
        browser.close()


def _refuse(route: "Route") -> None:
    route.abort()


def _shot(page: "Page") -> bytes:
    """The whole page, cut where it would be too high for any reader."""
    box = page.locator("html").bounding_box() or {"height": HIGHEST}
    if box["height"] <= HIGHEST:
        return bytes(page.screenshot(full_page=True))
    return bytes(page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": HIGHEST}))

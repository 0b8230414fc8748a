"""Scrapy's settings: polite, bounded, verified. Every default that bites is overridden here."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from core.config import Config, Portal
from crawler.browser import launch_options, refuse_sub_request
from crawler.guard import hosts_of

_PLAYWRIGHT = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"


def build_settings(config: Config, portals: tuple[Portal, ...], browser: str, log_file: str | None) -> dict[str, Any]:
    """The settings of one night; `browser` empty means no page is rendered."""
    crawl = config.district.crawl
    agent = f"{crawl.user_agent} +{crawl.contact}" if crawl.contact else crawl.user_agent
    settings: dict[str, Any] = {
        "USER_AGENT": agent,
        "ROBOTSTXT_OBEY": crawl.robots,
        "COOKIES_ENABLED": False,  # the cookies middleware fetches a public-suffix list
        "REDIRECT_ENABLED": False,  # a redirect is an answer that proves nothing; it is recorded, not followed
        "TELNETCONSOLE_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_TIMEOUT": crawl.timeout_seconds,
        "DOWNLOAD_MAXSIZE": crawl.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "RETRY_TIMES": 1,
        "DOWNLOAD_SLOTS": _slots(config, portals),
        "DOWNLOAD_DELAY": crawl.delay_seconds,
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1 if crawl.delay_seconds else 8,
        "DOWNLOADER_MIDDLEWARES": {"crawler.guard.GuardMiddleware": 50},
        "ITEM_PIPELINES": {"crawler.spider.StorePipeline": 300},
        "DOWNLOAD_HANDLERS": {"file": None, "data": None, "ftp": None, "s3": None},
        "LOG_LEVEL": "WARNING",
        "LOG_FILE": log_file,
        "LOG_SHORT_NAMES": True,
        "CLOSESPIDER_ERRORCOUNT": 0,
    }
    if browser:
        settings |= _browser_settings(portals, browser, crawl.timeout_seconds)
    return settings


def _slots(config: Config, portals: tuple[Portal, ...]) -> dict[str, dict[str, Any]]:
    """Per-host politeness: the longest delay that any portal on the host asks for, one request at a time."""
    slots: dict[str, dict[str, Any]] = {}
    for portal in portals:
        delay = config.district.crawl.delay_seconds if portal.delay_seconds is None else portal.delay_seconds
        slot = slots.setdefault(slot_of(portal.url), {"delay": 0.0, "concurrency": 8, "jitter": 0.0})
        slot["delay"] = max(slot["delay"], delay)
        slot["concurrency"] = 1 if slot["delay"] else 8
    return slots


def slot_of(url: str) -> str:
    """The politeness slot of an address: its host."""
    return (urlsplit(url).hostname or "").lower()


def _browser_settings(portals: tuple[Portal, ...], browser: str, timeout: float) -> dict[str, Any]:
    hosts = frozenset().union(*(hosts_of(p) for p in portals if p.rendered))
    return {
        "DOWNLOAD_HANDLERS": {
            "file": None,
            "data": None,
            "ftp": None,
            "s3": None,
            "http": _PLAYWRIGHT,
            "https": _PLAYWRIGHT,
        },
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch_options(browser),
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 4,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": timeout * 1000,
        "PLAYWRIGHT_ABORT_REQUEST": partial(refuse_sub_request, hosts),
    }

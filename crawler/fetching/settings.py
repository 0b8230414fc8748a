"""Scrapy's settings: polite, bounded, verified. Every default that bites is overridden here."""

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

from core.domain.config import Config
from core.runtime.chromium import launch_options

_NOTHING_ELSE = {"file": None, "data": None, "ftp": None, "s3": None}
# all that a crawl has of Scrapy's own; the rest is not even loaded: it would be imported for nothing every time
_EXTENSIONS = {"scrapy.extensions.corestats.CoreStats": 0}
_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
_OUR_MIDDLEWARES = {
    "crawler.fetching.middleware.GuardMiddleware": 50,
    "crawler.fetching.robots.RobotsMiddleware": 100,
    "crawler.fetching.middleware.PoliteRetry": 550,
}
_TABS = 4  # pages of one context; of all together: Limits.tabs
_NO_UDP = "--force-webrtc-ip-handling-policy=disable_non_proxied_udp"
_NO_NAMES = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"  # only the egress looks names up


def preload() -> None:
    """Import what Scrapy finds by name at the start of a crawl: for a process that crawls are forked from."""
    named = [*_EXTENSIONS, *_MIDDLEWARES, *_OUR_MIDDLEWARES]
    named += [
        value for value in vars(default_settings).values() if isinstance(value, str) and value.startswith("scrapy.")
    ]
    for path in named:
        load_object(path)


def agent_of(config: Config) -> str:
    """The one user agent, with a contact."""
    crawl = config.district.crawl
    return f"{crawl.user_agent} +{crawl.contact}" if crawl.contact else crawl.user_agent


def build_settings(config: Config, browser: str, log_file: str | None) -> dict[str, object]:
    """The settings of one night; `browser` empty means no page is rendered."""
    crawl = config.district.crawl
    settings: dict[str, object] = {
        "USER_AGENT": agent_of(config),
        "ROBOTSTXT_OBEY": crawl.robots,
        "LONGEST_CRAWL_DELAY": crawl.max_crawl_delay_seconds,
        "LONGEST_WAIT": crawl.max_retry_wait_seconds,
        "COOKIES_ENABLED": False,  # the cookies middleware fetches a public-suffix list
        "REDIRECT_ENABLED": False,  # a redirect is an answer that proves nothing; it is recorded, not followed
        "METAREFRESH_ENABLED": False,  # likewise; it has a switch of its own, on by default
        "HTTPPROXY_ENABLED": False,  # a proxy from the environment would connect where nobody checked
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,  # on by default since 2.19: a port that runs code
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_TIMEOUT": crawl.timeout_seconds,
        "DOWNLOAD_MAXSIZE": crawl.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "RETRY_TIMES": 1,
        "DOWNLOAD_DELAY": crawl.delay_seconds,  # of slots that crawler.fetching.pace has not set
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1 if crawl.delay_seconds else 8,
        "EXTENSIONS_BASE": _EXTENSIONS,
        "DOWNLOADER_MIDDLEWARES_BASE": _MIDDLEWARES,
        "SPIDER_MIDDLEWARES_BASE": {},  # nothing is asked for through the spider
        "DOWNLOADER_MIDDLEWARES": _OUR_MIDDLEWARES,
        "ITEM_PIPELINES": {"crawler.spider.StorePipeline": 300},
        "DOWNLOAD_HANDLERS": _handlers("crawler.fetching.handler.BoundedHandler"),
        "LOG_LEVEL": "WARNING",
        "LOG_FORMATTER": "crawler.crawl_log.LookLogFormatter",
        "LOG_FILE": log_file,
        "LOG_SHORT_NAMES": True,
        "CLOSESPIDER_ERRORCOUNT": 0,
    }
    if browser:
        settings |= _browser_settings(browser, crawl.timeout_seconds)
    return settings


def _handlers(path: str) -> dict[str, str | None]:
    return {**_NOTHING_ELSE, "http": path, "https": path}


def _browser_settings(browser: str, timeout: float) -> dict[str, object]:
    options = launch_options(browser)
    return {
        "DOWNLOAD_HANDLERS": _handlers("crawler.fetching.tabs.BrowserHandler"),
        "PLAYWRIGHT_LAUNCH_OPTIONS": {**options, "args": [*options["args"], _NO_UDP, _NO_NAMES]},
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": _TABS,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": timeout * 1000,
    }


def context_of(config: Config) -> dict[str, object]:
    """A browser context: a visit's own, so that no portal sees what another left."""
    return {
        "user_agent": agent_of(config),
        "locale": "zh-CN",
        "service_workers": "block",
        "accept_downloads": False,
    }

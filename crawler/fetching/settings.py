"""Scrapy's settings: polite, bounded, verified. Every default that bites is overridden here."""

from core.domain.config import Config
from core.runtime.chromium import launch_options

_NOTHING_ELSE = {"file": None, "data": None, "ftp": None, "s3": None}
# what is never used is not even loaded: each crawl would import it anew
_NO_EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.logstats.LogStats": None,
}
_NO_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
}
_TABS = 4  # pages of one context; of all together: Limits.tabs
_NO_UDP = "--force-webrtc-ip-handling-policy=disable_non_proxied_udp"
_NO_NAMES = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"  # only the egress looks names up


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
        "EXTENSIONS": _NO_EXTENSIONS,
        "DOWNLOADER_MIDDLEWARES": {
            **_NO_MIDDLEWARES,
            "crawler.fetching.middleware.GuardMiddleware": 50,
            "crawler.fetching.robots.RobotsMiddleware": 100,
            "crawler.fetching.middleware.PoliteRetry": 550,
        },
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

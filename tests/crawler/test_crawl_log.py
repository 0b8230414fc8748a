"""The crawl's log names looks and holds nothing of what they read."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from scrapy import Spider
from scrapy.logformatter import LogFormatter, LogFormatterResult

from core.domain.config import load
from core.domain.models import Finding, Kind, Look, LookBundle
from crawler.crawl_log import LookLogFormatter
from crawler.fetching.settings import build_settings
from tests.support.paths import HUAIAN, ROOT

PERSON = "32080319850412049X"
T = datetime(2026, 7, 1, tzinfo=UTC)


def bundle() -> LookBundle:
    look = Look(
        id="2026-07-01/p/1",
        run="2026-07-01",
        portal="p",
        kind="full",
        started_at=T,
        finished_at=T,
        genuine=True,
        parsed=True,
    )
    finding = Finding(
        id="f", portal="p", row_key="k", content_hash="h", observed_at=T, unit="u",
        kind=Kind.PENALTY, name="张三", code=PERSON,
    )  # fmt: skip
    return LookBundle(look=look, captures=(), sightings=(), findings=(finding,))


def words(result: LogFormatterResult) -> str:
    return str(result["msg"]) % result["args"]


def test_a_look_that_cannot_be_stored_is_named_without_its_records() -> None:
    spider, error = Spider("night"), ValueError("x")
    theirs = words(LogFormatter().item_error(bundle(), error, None, spider))
    assert "张三" in theirs and PERSON in theirs  # what Scrapy would have written
    ours = LookLogFormatter()
    assert words(ours.item_error(bundle(), error, None, spider)) == "look 2026-07-01/p/1 cannot be stored"
    assert words(ours.dropped(bundle(), error, None, spider)) == "look 2026-07-01/p/1 was dropped"
    settings = build_settings(load(HUAIAN), "", None)
    assert settings["LOG_FORMATTER"] == f"{LookLogFormatter.__module__}.{LookLogFormatter.__qualname__}"


def test_a_traceback_that_quotes_an_identity_number_is_masked(tmp_path: Path) -> None:
    program = f"""
import logging
from scrapy.crawler import CrawlerProcess
from crawler.crawl_log import mask_log
CrawlerProcess({{"LOG_FILE": {str(tmp_path / "night.log")!r}, "LOG_LEVEL": "WARNING"}})
mask_log()
try:
    raise ValueError("名下 {PERSON}")
except ValueError:
    logging.getLogger("crawler").exception("visit of %s broke down", "{PERSON}")
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)
    text = (tmp_path / "night.log").read_text("utf-8")
    assert "broke down" in text and "Traceback" in text and PERSON not in text

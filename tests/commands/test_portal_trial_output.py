"""What `portal try` prints: what a draft does not read comes first, nothing contradicts itself, no English words."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from commands.output.portal_trial import print_trial
from commands.output.tables import print_findings
from core.domain.config import load
from core.domain.models import DateKind, Finding, Look, Sighting, StatedDate
from core.runtime.paths import Paths
from crawler.discovery.propose import Proposal, Refusal
from crawler.pages import ListPage
from pipeline.onboard import Seen
from pipeline.portal_trial import Trial
from reporting.wording import DATE_SOURCES
from tests.support.paths import HUAIAN

AT = datetime(2026, 8, 3, tzinfo=UTC)
SITE = "http://127.0.0.1:8000"
WHOLE = Look(
    id="r/p/1", run="r", portal="p", kind="window", started_at=AT, finished_at=AT, genuine=True, parsed=True, pages=2,
    rows=2, total=2, reasons=("seen-whole:total", "detail-unread"),
)  # fmt: skip
OPEN = replace(WHOLE, total=9, reasons=("total-mismatch", "no-end-sign"))
ROWS = tuple(
    Sighting(
        look="r/p/1", portal="p", row_key=key, content_hash="h", sort_key="", seen_at=AT, title=f"{key}公司处罚",
        url=f"{SITE}/art/{key}.html", position=position,
    )
    for position, key in enumerate("甲乙")
)  # fmt: skip


def record(row: Sighting, name: str = "甲公司", source: str = "visible") -> Finding:
    return Finding(
        id=row.row_key, portal="p", row_key=row.row_key, content_hash="h", kind=None, unit="scjgj", observed_at=AT,
        numbers=(f"{row.row_key}〔2026〕1号",), number_text=f"{row.row_key}〔2026〕1号", name=name,
        published=StatedDate(date(2026, 8, 1), DateKind.PUBLISHED, source),
    )  # fmt: skip


def proposal(family: str, marker: str = "行政处罚公示") -> Proposal:
    return Proposal(family=family, marker=marker, why="有缘由", page=ListPage(rows=()))


def trial(
    look: Look = WHOLE, *more: Proposal, findings: tuple[Finding, ...] = (), refusals: tuple[Refusal, ...] = ()
) -> Trial:
    seen = Seen(
        config=load(HUAIAN), paths=Paths(Path("x")), looks=(look,), findings=findings or tuple(map(record, ROWS)),
        sightings=ROWS, captures=(),
    )  # fmt: skip
    return Trial(
        look=look, proposals=(proposal("citizen"), *more), refusals=refusals, chosen=proposal("citizen"), seen=seen,
        toml=f'url = "{SITE}/xzcf/index.html"\n', compared="对照",
    )  # fmt: skip


def printed(capsys: pytest.CaptureFixture[str], tried: Trial) -> str:
    print_trial(tried)
    return capsys.readouterr().out


PARTS = {
    "no end": (OPEN, ("只读到一部分", "证明不了“没有”", "列出 2 条，网站写明共 9 条", "无法确认已到最后一页")),
    "nothing said": (replace(WHOLE, reasons=()), ("只读到一部分", "看不出列表到哪里为止")),
    "not genuine": (replace(WHOLE, genuine=False, reasons=("clock-skew",)), ("证明不了“没有”", "时钟相差")),
}


@pytest.mark.parametrize(("look", "said"), PARTS.values(), ids=PARTS)
def test_what_reads_only_part_says_so_first(
    capsys: pytest.CaptureFixture[str], look: Look, said: tuple[str, ...]
) -> None:
    first, *rest = printed(capsys, trial(look)).splitlines()
    assert [words for words in said if words not in first] == []
    assert "下一步" in "".join(rest[:2])


@pytest.mark.parametrize("look", [WHOLE, replace(WHOLE, reasons=(), floor="2026-07-01")], ids=["whole", "floor"])
def test_what_proves_is_not_said_to_be_a_part(capsys: pytest.CaptureFixture[str], look: Look) -> None:
    assert "一部分" not in printed(capsys, trial(look))


FLOORED = replace(WHOLE, total=None, reasons=("no-end-sign",), floor="2026-07-01")


def test_an_end_that_is_not_proved_limits_what_a_floor_proves(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, trial(FLOORED))
    first = out.splitlines()[0]
    assert "只证明得了晚于 2026-07-01 的条目" in first and "更早的证明不了“没有”" in first
    assert "更早的由每周一次的全列表核查去看" not in out


@pytest.mark.parametrize(("look", "may"), [(replace(FLOORED, floor=None, pages=1), True), (OPEN, False)])
def test_a_signature_is_offered_only_where_it_would_stand(
    capsys: pytest.CaptureFixture[str], look: Look, may: bool
) -> None:
    assert ("--one-page-by" in printed(capsys, trial(look))) is may


def test_figures_stand_for_their_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert "条目数与网站所写总数不符" not in printed(capsys, trial(OPEN)).splitlines()[0]


def test_that_warning_is_red(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert printed(capsys, trial(OPEN)).startswith("\x1b[1;31m")


def test_details_without_party_or_unread_are_said_before_anything_else(capsys: pytest.CaptureFixture[str]) -> None:
    first = printed(capsys, trial(findings=(record(ROWS[0], name=""),))).splitlines()[0]
    assert "详情试读 2 条，读出 1 条" in first and "行政相对人 0/1" in first and "文书号" not in first


def test_another_family_is_not_offered_where_it_read_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    refused = Refusal(family="rendered-list", why="没有读出记录")
    out = printed(capsys, trial(WHOLE, proposal("rendered-list"), proposal("html-list"), refusals=(refused,)))
    assert "也可" not in out
    assert "认出列表但没有读成：rendered-list（有缘由）：没有读出记录" in out
    assert "也认出列表，没有采用：html-list（有缘由）" in out


def test_an_interfaces_member_is_not_shown_as_words_of_the_column(capsys: pytest.CaptureFixture[str]) -> None:
    tried = replace(trial(), proposals=(proposal("json-api", marker="rows"),))
    assert "栏目标志：rows（接口里的成员名）" in printed(capsys, tried)


def test_rows_are_shown_by_their_path_and_records_in_the_lists_order(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, trial(findings=tuple(map(record, reversed(ROWS)))))
    assert SITE not in out and "/art/甲.html" in out
    assert out.index("甲〔2026〕1号") < out.index("乙〔2026〕1号")


def test_a_row_of_another_site_shows_its_host(capsys: pytest.CaptureFixture[str]) -> None:
    assert SITE in printed(capsys, replace(trial(), toml='url = "http://localhost:8000/"\n'))


@pytest.mark.parametrize("source", ["visible", "list", "api", "meta", "field"])
def test_where_a_date_stood_is_chinese(capsys: pytest.CaptureFixture[str], source: str) -> None:
    print_findings([record(ROWS[0], source=source)])
    out = capsys.readouterr().out + printed(capsys, trial(findings=(record(ROWS[0], source=source),)))
    assert out.count(f"2026-08-01（{DATE_SOURCES[source]}）") == 2 and f"（{source}）" not in out
    assert not re.search("[a-z]", DATE_SOURCES[source])


REFUSED = {
    "private-address": "--allow-private",
    "browser-missing": "chengxin doctor",
    "captcha": "不用验证",
    "http-404": "核对网址",
    "connection": "过一会儿",
    "list-missing": "--why",
}


@pytest.mark.parametrize(("reason", "said"), REFUSED.items())
def test_a_refusal_says_what_to_do(capsys: pytest.CaptureFixture[str], reason: str, said: str) -> None:
    refused = replace(trial(), seen=None, proposals=(), look=replace(WHOLE, genuine=False, reasons=(reason,)))
    out = printed(capsys, refused)
    assert out.startswith("没有读成：") and said in out.partition("下一步：")[2]

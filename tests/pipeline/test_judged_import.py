"""What is imported is judged at once: no command speaks of what was before it, and what does not count says why."""

from datetime import date, datetime
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.models import Kind, Outcome
from core.domain.periods import parse_period
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.session import Session
from intake.summary import render_judged, render_twins
from pipeline.evaluate import evaluate
from pipeline.ingest import import_uploads
from pipeline.judged_import import judge_import
from pipeline.score import evaluation_of
from review.freeze import differences
from tests.support.handed_in import Row, hand_in, small_district
from tests.support.sessions import session_of
from tests.support.workbook_samples import at, grid, xlsx

Q3 = parse_period("2026Q3")
NOW = datetime(2026, 10, 20, 9, tzinfo=ZONE)
LATE = {  # reported 71 days after it was decided
    "许可决定日期": date(2026, 8, 1), "报送时间": at("2026-10-18T09:00"), "许可机关": "淮安区发改委",
    "数据来源单位": "淮安区发改委",
}  # fmt: skip


def opened(folder: Path, store: Store) -> Session:
    return session_of(store, small_district(), NOW, Paths(folder))


def licence(path: Path, **changes: object) -> Path:
    path.write_bytes(xlsx({"行政许可": grid(Kind.LICENCE, LATE | changes)}))
    return path


def said_of(session: Session, unit: str, code: str) -> list[tuple[str, float, float]]:
    scores = evaluation_of(session, Q3).scores
    indicators = [i for score in scores if score.unit == unit for i in score.indicators if i.code == code]
    return [(item.why, float(item.low), float(item.high)) for i in indicators for item in i.items]


ZEROS = [("发改委", month, "许可、处罚") for month in ("2026-07", "2026-09")] + [("发改委", "2026-08", "处罚")]


def test_a_late_licence_is_never_told_as_zero_reported(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        zeros = hand_in(tmp_path / "发改委零报告.xlsx", zeros=ZEROS)
        results = import_uploads(session, [zeros, licence(tmp_path / "发改委.xlsx")])
        assert [(why, low) for why, low, _ in said_of(session, "fgw", "1.1")] == [("新报的记录还没有判定", 0)]
        judged = judge_import(session, results)
        assert (judged.decisions, judged.breaches) == (1, 0)  # nobody has looked at a site yet
        ((why, low, high),) = said_of(session, "fgw", "1.1")
        assert why == "1 项尚无定论" and (low, high) == (0, 10)
        assert render_judged(1, 0, ()) == "已据此判定决定 1 件，没有不符合的"
        assert render_judged(1, 2, ()).startswith("已据此判定决定 1 件，其中 2 项不符合（待核实")


def test_zero_reports_alone_are_zero_reported(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        whole = [*ZEROS, ("发改委", "2026-08", "许可")]
        judge_import(session, import_uploads(session, [hand_in(tmp_path / "发改委零报告.xlsx", zeros=whole)]))
        assert said_of(session, "fgw", "1.1") == [("已零报告", 10, 10)]


def test_the_difference_after_a_freeze_sees_what_an_import_changed(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        whole = [*ZEROS, ("发改委", "2026-08", "许可")]
        judge_import(session, import_uploads(session, [hand_in(tmp_path / "发改委零报告.xlsx", zeros=whole)]))
        frozen = evaluation_of(session, Q3)
        assert not differences(frozen, evaluation_of(session, Q3))
        judge_import(session, import_uploads(session, [licence(tmp_path / "发改委.xlsx")]))
        told = differences(frozen, evaluation_of(session, Q3))
        assert {change.unit for change in told} == {"fgw"} and any("淮审批许〔2026〕15号" in c.what for c in told)


def test_judged_at_the_import_it_is_as_the_night_judges_it(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        for number in range(3):
            changes = {"行政许可决定文书号": f"淮发改许〔2026〕{number}号", "许可决定日期": date(2026, 8, 1 + number)}
            judge_import(session, import_uploads(session, [licence(tmp_path / f"发改委{number}.xlsx", **changes)]))
        piecemeal = session.evaluations.evidence()
        evaluate(session, full=True)
        assert piecemeal == session.evaluations.evidence() and piecemeal


@pytest.mark.parametrize(
    ("row", "outcome", "told"),
    [
        (("innovation", "发改委", {"level": "区级"}), Outcome.NOT_APPLICABLE, "[不计] 《发改委.xlsx》创新案例 第 2"),
        (("innovation", "发改委", {"level": "省级"}), Outcome.INCONCLUSIVE, "没有附上文件或截图"),
        (("publicity", "发改委", {}), Outcome.INCONCLUSIVE, "没有附上图片"),
    ],
)  # fmt: skip
def test_what_will_not_count_is_told_with_its_reason(tmp_path: Path, row: Row, outcome: Outcome, told: str) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        judged = judge_import(session, import_uploads(session, [hand_in(tmp_path / "发改委.xlsx", [row])]))
        ((filing, item),) = judged.held_back
        assert (filing.form, item.outcome) == (row[0], outcome)
        assert told in render_judged(0, 0, judged.held_back)


NAMES = {"fgw": "发改委", "czj": "财政局"}


def test_a_row_that_another_unit_has_reported_is_told(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        import_uploads(session, [hand_in(tmp_path / "财政局.xlsx", [("publicity", "财政局", {})])])
        rows: list[Row] = [("publicity", "发改委", {}), ("publicity", "发改委", {"title": "另一场"})]
        (result,) = import_uploads(session, [hand_in(tmp_path / "发改委.xlsx", rows)])
        assert [(new.row, old.unit) for new, old in result.twins] == [(2, "czj")]
        told = render_twins(result.twins, NAMES)
        assert (
            "《发改委.xlsx》宣贯教育活动 第 2 行（发改委）与财政局《财政局.xlsx》宣贯教育活动 第 2 行内容相同" in told
        )


def test_a_decision_that_another_unit_has_reported_is_told(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        import_uploads(session, [licence(tmp_path / "发改委.xlsx")])
        (result,) = import_uploads(session, [licence(tmp_path / "财政局.xlsx", 数据来源单位="淮安区财政局")])
        assert [(new.unit, old.unit) for new, old in result.twins] == [("czj", "fgw")]
        assert "文书号“淮审批许〔2026〕15号”和相对人相同" in render_twins(result.twins, NAMES)

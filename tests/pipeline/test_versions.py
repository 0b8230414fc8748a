"""What is handed in again under one key replaces what stood: a correction corrects, a repetition changes nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cli import app
from core.domain.clock import ZONE
from core.domain.forms import forms
from core.domain.models import Evidence, EvidenceSubject, Filing, Kind, Paper, RulingKind
from core.domain.periods import parse_period
from core.domain.ruling_validity import fingerprint
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.session import Session
from intake.summary import render_replaced
from pipeline.filings import evaluate_filings, missing_of
from pipeline.ingest import ImportResult, import_uploads
from pipeline.score import evaluation_of
from pipeline.versions import Batch, found_papers, what_stands
from review.records import on_record
from review.reviewers import Person
from review.rulings import RulingRequest, record_rulings
from tests.support.handed_in import Row, hand_in, small_district
from tests.support.paths import ROOT
from tests.support.sessions import session_of
from tests.support.workbook_samples import grid, xlsx

Q3 = parse_period("2026Q3")
NOW = datetime(2026, 10, 12, 9, tzinfo=ZONE)
OFFICE = Person("王某", "account:wang")


class Desk:
    """A store to which workbooks come in one after another, a minute apart."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder, self.count = folder, 0
        self.session: Session = session_of(store, small_district(), NOW, Paths(folder))

    def take(self, sender: str, *rows: Row, day: str = "2026-08-04") -> ImportResult:
        """Import one workbook of the sender with these rows."""
        self.count += 1
        self.session = self.session.at(NOW + timedelta(minutes=self.count))
        path = hand_in(self.folder / "in" / f"{sender}{self.count}.xlsx", rows, day=day)
        (taken,) = import_uploads(self.session, [path])
        assert not taken.reading.faults, taken.reading.faults
        return taken

    def said(self, check: str) -> list[tuple[str, str]]:
        """(unit, reason code) of all evidence of a check about the quarter."""
        return sorted((e.unit, e.slug) for e in self.evidence(check))

    def evidence(self, check: str) -> list[Evidence]:
        return [e for e in evaluate_filings(self.session, Q3).evidence if e.check == check]

    def points(self, unit: str) -> dict[str, tuple[Decimal, Decimal]]:
        """Indicator → (low, high) of a unit."""
        (score,) = [s for s in evaluation_of(self.session, Q3).scores if s.unit == unit]
        return {indicator.code: (indicator.low, indicator.high) for indicator in score.indicators}

    def filings(self) -> int:
        """How many rows of filings the store keeps, versions too."""
        return int(self.session.store.rows("SELECT count(*) FROM filings")[0][0])


def pairs(taken: ImportResult) -> list[tuple[Filing, Filing]]:
    """(new row, the one whose place it took) of an import."""
    return [(each.new, each.old) for each in taken.replaced]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, Store(tmp_path / "chengxin.db"))


def promise(state: str, **more: str) -> Row:
    return "investment-promise", "发改委", {"state": state, "due_on": "2026-09-30", **more}


def household(name: str, door: str) -> Row:
    return "credit-household", "车桥镇", {"village": "柳湾村", "title": name, "door": door}


def firm(n: int, **more: str) -> Row:
    codes = ("91320803MA1MXJK746", "91320803555123456W", "", "")
    return "enterprise-commitment", "车桥镇", {"party": f"第{n}建材有限公司", "code": codes[n], **more}


def record(unit: str, **more: str) -> Row:
    return "court", unit, {"number": "（2026）苏0803执1号", "severity": "严重", **more}


# ---------------------------------------------------------------- stories


def test_a_promise_that_is_kept_in_the_end_counts_once_and_as_kept(desk: Desk) -> None:
    desk.take("发改委", promise("期限未到"))
    assert desk.said("promise_is_kept") == [("fgw", "due-passed")]
    taken = desk.take("发改委", promise("已兑现"))
    assert desk.said("promise_is_kept") == [("fgw", "kept")]
    assert desk.points("fgw")["3.y"] == (Decimal(5), Decimal(5))
    ((new, old),) = pairs(taken)
    assert (new.said("state"), old.said("state"), desk.filings()) == ("已兑现", "期限未到", 2)


def test_three_households_with_corrected_doors_are_three(desk: Desk) -> None:
    names = ("张某", "张某", "李某")
    desk.take("车桥镇", *(household(name, f"{n}号") for n, name in enumerate(names)))
    desk.take("车桥镇", *(household(name, f"{n}号院") for n, name in enumerate(names)))
    assert desk.said("household_is_new") == [("cqz", "new")] * 3
    desk.take("车桥镇", household("张某", "1号院 2 单元"))  # the likest of the two is corrected
    doors = sorted(e.sentence.split("：")[0] for e in desk.evidence("household_is_new"))
    assert doors == ["柳湾村 0号院", "柳湾村 1号院 2 单元", "柳湾村 2号院"]


def test_four_firms_are_four_when_what_they_promised_is_corrected(desk: Desk) -> None:
    desk.take("车桥镇", *(firm(n) for n in range(4)))
    desk.take("车桥镇", *(firm(n, content="安全生产") for n in range(4)))
    assert len(desk.evidence("commitment_is_on_credit_site")) == 4


def test_a_record_re_filed_for_the_right_unit_leaves_the_wrong_one(desk: Desk) -> None:
    desk.take("法院", record("车桥镇"), record("发改委", number="（2026）苏0803执2号"))
    assert desk.said("no_dishonesty_on_record") == [("cqz", "on-record"), ("fgw", "on-record")]
    desk.take("法院", record("平桥镇", number="(2026)苏0803执1号"))
    assert desk.said("no_dishonesty_on_record") == [("fgw", "on-record"), ("pqz", "on-record")]


def test_a_record_that_gets_its_number_later_is_one(desk: Desk) -> None:
    desk.take("法院", record("车桥镇", number=""))
    desk.take("法院", record("车桥镇"))
    assert desk.said("no_dishonesty_on_record") == [("cqz", "on-record")]
    desk.take("法院", record("车桥镇", number="（2026）苏0803执9号"))
    assert desk.said("no_dishonesty_on_record") == [("cqz", "on-record")] * 2


@pytest.mark.parametrize("n", range(8))
def test_an_acceptance_that_comes_again_with_its_paper_counts_whatever_its_hash(desk: Desk, n: int) -> None:
    (desk.folder / "in").mkdir()
    (desk.folder / "in" / "验收单.pdf").write_bytes(b"%PDF-1.4 accepted")
    (desk.folder / "in" / "方案.pdf").write_bytes(b"%PDF-1.4 plan")
    village = {"title": "柳湾村", "households": "6", "by": f"验收组{n}"}
    desk.take("车桥镇", ("town-plan", "车桥镇", {"issued_on": "2026-07-20", "file": "方案.pdf"}))
    desk.take("车桥镇", ("credit-village", "车桥镇", village))
    assert desk.said("village_is_accepted") == [("cqz", "paper-missing")]
    desk.take("车桥镇", ("credit-village", "车桥镇", village | {"households": f"{7 + n}", "file": "验收单.pdf"}))
    assert desk.said("village_is_accepted") == [("cqz", "accepted")]
    desk.take("车桥镇", ("credit-village", "车桥镇", village | {"households": f"{7 + n}"}))  # the row alone once more
    assert desk.said("village_is_accepted") == [("cqz", "accepted")]


def test_an_acceptance_of_another_year_is_another(desk: Desk) -> None:
    for day in ("2025-08-04", "2026-08-04"):
        desk.take("车桥镇", ("credit-village", "车桥镇", {"title": "柳湾村", "accepted_on": day}))
    found = evaluate_filings(desk.session, Q3)
    both = [e for e in (*found.earlier, *found.evidence) if e.check == "village_is_accepted"]
    assert [e.slug for e in both] == ["paper-missing", "counted-once"]


def test_a_row_moved_to_another_month_leaves_the_one_it_spoke_of(desk: Desk) -> None:
    contract = {"number": "HT-1", "signed_on": "2026-08-04"}
    desk.take("组织部", ("contract", "组织部", contract))
    assert "合同履约" not in missing_of(desk.session, "2026-08")["zzb"]
    desk.take("组织部", ("contract", "组织部", contract | {"signed_on": "2026-09-04"}))
    assert "合同履约" in missing_of(desk.session, "2026-08")["zzb"]
    assert "合同履约" not in missing_of(desk.session, "2026-09")["zzb"]


# ---------------------------------------------------------------- reversals, withdrawals, older stores


def test_a_correction_and_its_reversal_give_the_points_of_before(desk: Desk) -> None:
    desk.take("发改委", promise("已兑现"))
    points = desk.points("fgw")
    desk.take("发改委", promise("毁约", why="人员变动"))
    assert desk.points("fgw") != points and desk.said("promise_is_kept") == [("fgw", "broken")]
    desk.take("发改委", promise("已兑现"))
    assert desk.points("fgw") == points and desk.filings() == 2


def withdraw(desk: Desk, record_: str, kind: RulingKind = RulingKind.WITHDRAW) -> None:
    desk.count += 1
    desk.session = desk.session.at(NOW + timedelta(minutes=desk.count))
    record_rulings(desk.session, [on_record(desk.session, record_, kind, "核对原件，此行有误")], OFFICE)


def test_a_withdrawn_key_stays_so_until_it_is_handed_in_anew(desk: Desk) -> None:
    desk.take("发改委", promise("期限未到"))
    ((new, _),) = pairs(desk.take("发改委", promise("毁约")))
    withdraw(desk, new.id)
    assert desk.said("promise_is_kept") == []  # the older one does not come back
    desk.take("发改委", promise("毁约"))  # the same row is the same record
    assert desk.said("promise_is_kept") == []
    desk.take("发改委", promise("期限未到"))
    assert desk.said("promise_is_kept") == [("fgw", "due-passed")]


def test_a_version_released_stands_again_and_an_older_one_withdrawn_changes_nothing(desk: Desk) -> None:
    desk.take("发改委", promise("期限未到"))
    ((new, old),) = pairs(desk.take("发改委", promise("已兑现")))
    withdraw(desk, old.id)
    assert desk.said("promise_is_kept") == [("fgw", "kept")]
    withdraw(desk, new.id)
    withdraw(desk, new.id, RulingKind.RELEASE)
    assert desk.said("promise_is_kept") == [("fgw", "kept")]


def test_an_older_store_answers_by_the_moments_of_its_imports(desk: Desk) -> None:
    desk.take("法院", record("车桥镇"))
    desk.take("法院", record("平桥镇"))
    desk.take("发改委", promise("期限未到"))
    desk.take("发改委", promise("已兑现"))
    said = [desk.said(check) for check in ("promise_is_kept", "no_dishonesty_on_record")]
    desk.session.store.db.execute("DELETE FROM hand_ins")
    assert [desk.said(check) for check in ("promise_is_kept", "no_dishonesty_on_record")] == said
    desk.take("发改委", promise("期限未到"))  # and goes on from there
    assert desk.said("promise_is_kept") == [("fgw", "due-passed")]


def test_the_import_says_which_row_took_whose_place(tmp_path: Path) -> None:
    for name, state in (("发改委八月.xlsx", "期限未到"), ("发改委九月.xlsx", "已兑现")):
        path = hand_in(tmp_path / name, [promise(state)])
        words = ["import", str(path), "-d", str(ROOT / "districts/huaian"), "--var", str(tmp_path / "var")]
        done = CliRunner().invoke(app, words, env={"COLUMNS": "240"})
        assert done.exit_code == 0, done.output
    assert "[替代] 《发改委九月.xlsx》招商引资承诺 第 2 行 替代 《发改委八月.xlsx》招商引资承诺 第 2 行" in done.output


def test_a_word_on_the_older_row_does_not_pass_to_the_new_one_and_that_is_told(desk: Desk) -> None:
    desk.take("发改委", promise("毁约"))
    (item,) = desk.evidence("promise_is_kept")
    ruling = RulingRequest(
        subject=EvidenceSubject(item.key), kind=RulingKind.CONFIRM, why="已与企业核对属实", seen=fingerprint(item)
    )
    record_rulings(desk.session, [ruling], OFFICE)
    assert desk.points("fgw")["3.y"] == (Decimal(0), Decimal(0))
    (again,) = desk.take("发改委", promise("已兑现")).replaced
    assert again.was_ruled and "原来那一行已有裁定，不随新行，请重新核对" in render_replaced(
        [(again.new, again.old, again.was_ruled)]
    )
    desk.take("发改委", promise("毁约"))  # and a reversal finds it again
    assert desk.points("fgw")["3.y"] == (Decimal(0), Decimal(0))


def test_a_workbook_without_filings_replaces_nothing(desk: Desk, tmp_path: Path) -> None:
    """Of several workbooks imported at once each is told what it replaced itself."""
    desk.take("发改委", promise("期限未到"))
    second = hand_in(tmp_path / "发改委二.xlsx", [promise("已兑现")])
    (tmp_path / "双公示.xlsx").write_bytes(xlsx({"行政许可": grid(Kind.LICENCE, {"数据来源单位": "淮安区发改委"})}))
    taken = import_uploads(desk.session, [second, tmp_path / "双公示.xlsx"])
    assert [(result.submissions, len(result.replaced)) for result in taken] == [(0, 1), (1, 0)]


# ---------------------------------------------------------------- properties

KEYS, SAYS = ("甲", "乙", "丙"), ("一", "二", "三")


def filing(key: str, says: str, papers: int = 0, unit: str = "fgw") -> Filing:
    fields = {"party": key, "content": "奖励", "basis": says}
    content, found = f"{unit}{key}{says}", tuple(Paper("file", f"{n}.pdf", f"{n}") for n in range(papers))
    return Filing(
        id=f"{content}{papers}", content=content, form="investment-promise", unit=unit, month="2026-08", title=key,
        fields=tuple(fields.items()), papers=found, workbook="x.xlsx", workbook_sha256="x", sheet="表", row=2,
        received_at=NOW,
    )  # fmt: skip


books = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(SAYS)), max_size=5, unique=True)


def after(*handed_in: Sequence[tuple[str, str]]) -> frozenset[str]:
    """What stands, by id, after workbooks of (key, what it says)."""
    batches = (Batch(n, NOW, [filing(*row) for row in rows]) for n, rows in enumerate(handed_in))
    return what_stands(batches, {})[0]


def rows_of(ids: frozenset[str]) -> list[tuple[str, str]]:
    return [(name[3], name[4]) for name in sorted(ids)]


@pytest.mark.parametrize(
    ("files", "withdrawn", "stands"),
    [
        ((1, 2), {}, 2),
        ((2, 1), {}, 2),  # the row alone once more takes no file away
        ((0, 2, 1), {}, 2),
        ((2, 1), {2: 0}, 1),  # withdrawn before it came in anew: what came since stands
        ((2, 1), {2: 5}, 2),  # withdrawn after: the row without files does not come up in its stead
    ],
)
def test_the_same_row_keeps_the_files_that_came_with_it(
    files: Sequence[int], withdrawn: dict[int, int], stands: int
) -> None:
    batches = [Batch(n, NOW + timedelta(minutes=n), [filing("甲", "一", papers)]) for n, papers in enumerate(files, 1)]
    words = {filing("甲", "一", papers).id: NOW + timedelta(minutes=n) for papers, n in withdrawn.items()}
    assert what_stands(batches, words)[0] == {filing("甲", "一", stands).id}
    assert found_papers(filing("甲", "一", stands)) == stands


@given(st.lists(books, max_size=5))
def test_handing_in_again_what_stands_changes_nothing(handed_in: list[list[tuple[str, str]]]) -> None:
    stands = after(*handed_in)
    assert after(*handed_in, rows_of(stands)) == stands
    assert after(*handed_in, *handed_in[-1:]) == stands
    assert after(*handed_in, []) == stands


@given(st.lists(books, max_size=4), books)
def test_all_of_the_newest_workbook_stands(before: list[list[tuple[str, str]]], newest: list[tuple[str, str]]) -> None:
    assert after(newest) <= after(*before, newest)


@given(st.lists(books, max_size=5))
def test_of_a_key_stand_as_many_as_the_fullest_workbook_had(handed_in: list[list[tuple[str, str]]]) -> None:
    most: Counter[str] = Counter()
    for book in handed_in:
        most |= Counter(key for key, _ in book)
    assert Counter(key for key, _ in rows_of(after(*handed_in))) == most


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(SAYS)), max_size=3, unique_by=lambda row: row[0]))
def test_a_correction_then_its_reversal_is_as_before(rows: list[tuple[str, str]]) -> None:
    corrected = [(key, "四") for key, _ in rows]
    assert after(rows, corrected) == after(corrected)
    assert after(rows, corrected, rows) == after(rows)


@given(st.lists(books, max_size=5))
def test_the_order_of_hand_ins_matters_only_by_which_is_newest(handed_in: list[list[tuple[str, str]]]) -> None:
    """Workbooks that share no key may come in any order, in one piece or in several."""
    by_key = {key: [[row for row in book if row[0] == key] for book in handed_in] for key in KEYS}
    apart = [book for key in KEYS for book in by_key[key]]
    other = [book for key in reversed(KEYS) for book in by_key[key]]
    assert after(*apart) == after(*other) == after(*handed_in)


@pytest.mark.parametrize("slug", list(forms()))
def test_every_form_knows_its_own_example_again(slug: str) -> None:
    form = forms()[slug]
    examples = {c.field: "2026-08-04" if c.style in ("date", "month") else c.example or "某" for c in form.columns}
    assert all(form.keys(examples)), form.key

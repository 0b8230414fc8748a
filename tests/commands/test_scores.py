"""From workbooks alone to points: explain, what-if, compare, year, rates, the month's sheet, chase, spot checks."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from checks import REASONS
from cli import app
from commands.output.explanation import print_explanation
from core.domain.config import load
from core.domain.errors import UsageError
from core.domain.models import Channel, Decision, Evidence, Kind, Outcome
from core.domain.periods import parse_period
from core.storage.database import Store
from pipeline import whatif
from pipeline.chasing import chases_of
from pipeline.filings import evaluate_filings, missing_of
from pipeline.ingest import import_uploads
from pipeline.score import evaluation_of
from reporting.explanation import Explanation, Ground
from review.sampling import draw
from scoring.rates import RateFacts, rates_of, total_of
from tests.support.filed_district import NOW, Office
from tests.support.sessions import session_of

Q3 = parse_period("2026Q3")


# ---------------------------------------------------------------- what was handed in


def test_everything_handed_in_is_kept_once(office: Office) -> None:
    with Store(office.paths.store) as store:
        filings, papers = (
            store.rows("SELECT count(*) FROM filings")[0][0],
            store.rows("SELECT count(*) FROM attachments")[0][0],
        )
        again = import_uploads(
            session_of(store, office.config, NOW, paths=office.paths),
            sorted((office.district.parent / "in").glob("*.zip")),
        )
        assert not any(taken.filings or taken.zeros for taken in again)
        assert (
            store.rows("SELECT count(*) FROM filings")[0][0],
            store.rows("SELECT count(*) FROM attachments")[0][0],
        ) == (filings, papers)
    assert filings > 60
    kept = {path.stem for path in office.paths.attachments.iterdir()}
    with Store(office.paths.store) as store:
        assert {row[0] for row in store.rows("SELECT sha256 FROM attachments")} == kept


def test_no_page_was_seen_so_no_page_accuses(office: Office) -> None:
    with Store(office.paths.store) as store:
        found = evaluate_filings(session_of(store, office.config, NOW), Q3)
    sites = [e for e in found.evidence if e.check in ("commitment_is_on_credit_site", "document_is_on_portal")]
    assert sites and {e.outcome for e in sites} <= {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE}


def test_a_row_that_comes_again_with_its_file_takes_its_place(office: Office, tmp_path: Path) -> None:
    (tmp_path / "没有带来.jpg").write_bytes(b"\xff\xd8 here it is")
    import zipfile

    with zipfile.ZipFile(next((office.district.parent / "in").glob("*人力资源*20260808.zip"))) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".xlsx"))
        (tmp_path / name).write_bytes(archive.read(name))
    with Store(office.paths.store) as store:
        store.db.execute("BEGIN")
        before = [
            e
            for e in evaluate_filings(session_of(store, office.config, NOW), Q3).evidence
            if e.unit == "rsj" and e.check == "activity_is_real"
        ]
        store.db.execute("COMMIT")
        taken = import_uploads(session_of(store, office.config, NOW, paths=office.paths), [tmp_path / name])
        after = [
            e
            for e in evaluate_filings(session_of(store, office.config, NOW), Q3).evidence
            if e.unit == "rsj" and e.check == "activity_is_real"
        ]
    assert sum(t.filings for t in taken) == 1
    assert [(e.key, e.slug) for e in before] == [(before[0].key, "picture-missing")]
    assert [(e.key, e.slug) for e in after] == [(before[0].key, "shown")]


# ---------------------------------------------------------------- points


def test_explain_adds_up_and_reaches_the_workbook_row(office: Office) -> None:
    told = json.loads(office.run("explain", "scjgj", "--json"))
    assert told["period"] == "2026Q3"
    for row in told["rows"]:
        assert sum(Decimal(line["low"]) for line in row["lines"]) == Decimal(row["low"])
        assert sum(Decimal(line["high"]) for line in row["lines"]) == Decimal(row["high"])
    assert sum(Decimal(row["low"]) for row in told["rows"]) == Decimal(told["won"][0])
    assert Decimal(told["won"][1]) * 100 / Decimal(told["open_points"]) == Decimal(told["scaled"][1])
    grounds = [g for row in told["rows"] for line in row["lines"] for g in line["grounds"]]
    assert any("信易批办理 · 第 " in proof and "承诺书1.pdf" in proof for g in grounds for proof in g["proofs"])


def test_explain_reads_well(office: Office) -> None:
    said = office.run("explain", "清河镇", "--full")
    for words in (
        "清河镇人民政府｜2026Q3",
        "5.1 “诚信镇（街道）”创建：20 / 20 分",
        "柳湾村：2026-08-20 验收合格",
        "折算",
        "等级",
    ):
        assert words in said


def test_explain_keeps_the_offices_own_matters_apart(capsys: pytest.CaptureFixture[str]) -> None:
    one = Ground(
        call="a1", check="c", about="甲", outcome="待核实", sentence="未见公示", proofs=(), ruling="", unit_moves=True
    )
    zero = Decimal(0)
    told = Explanation(
        unit="u",
        name="某局",
        period="2026Q3",
        scheme="x",
        grade="红名单",
        rows=(),
        won=(zero, zero),
        open_points=zero,
        scaled=(zero, zero),
        deducted=(zero, zero),
        total=(zero, zero),
        raw=(zero, zero),
        ceiling="红名单",
        ceiling_lines=(),
        to_settle=(),
        unscored=(one, replace(one, call="b2", unit_moves=False)),
    )
    print_explanation(told, full=False)
    heads = (
        capsys.readouterr()
        .out.replace("\n", "")
        .split("不计分的不符合事项（提醒单位整改）")[1]
        .split("属信用办一侧的事项（不计分，单位不用整改）")
    )
    assert "a1" in heads[0] and "b2" not in heads[0] and "b2" in heads[1]


def test_explain_tells_of_a_unit_nobody_knows(office: Office) -> None:
    assert "没有这个单位" in str(
        CliRunner()
        .invoke(app, ["explain", "火星", "-d", str(office.district), "--var", str(office.paths.root)])
        .exception
    )


@pytest.mark.parametrize(
    ("change", "words"), [("grades:red=101", "红名单 →"), ("1.2:points=0", "1.2 其他行政信息归集：5 → 0")]
)
def test_what_if_the_scheme_were_other(office: Office, change: str, words: str) -> None:
    with Store(office.paths.store) as store:
        before = evaluation_of(session_of(store, office.config, NOW), Q3).scores
    said = office.run("what-if", "--set", change)
    assert "个单位有变化" in said
    assert words in said or change.startswith("grades")
    with Store(office.paths.store) as store:
        assert evaluation_of(session_of(store, office.config, NOW), Q3).scores == before


def test_what_if_an_item_were_met(office: Office) -> None:
    told = json.loads(office.run("explain", "jtj", "--json"))
    row = next(r for r in told["rows"] if r["code"] == "1.2")
    assert row["low"] == "0" and row["high"] == "5"
    (call,) = {g["call"] for line in row["lines"] for g in line["grounds"] if g["outcome"] == "待核实"}
    moved = json.loads(office.run("what-if", "--met", call, "--json"))
    (move,) = [m for m in moved if m["shifts"]]
    assert move["unit"] == "jtj"
    assert [(s["code"], s["before"], s["after"]) for s in move["shifts"]] == [("1.2", ["0", "5"], ["5", "5"])]


def test_every_reading_says_which_choice_is_in_force_and_who_would_move(office: Office) -> None:
    with Store(office.paths.store) as store:
        before = evaluation_of(session_of(store, office.config, NOW), Q3).scores
    trials = json.loads(office.run("what-if", "--readings", "--json"))
    named = {trial["reading"]: trial for trial in trials}
    assert {"monthly-all-or-nothing", "silent-cells", "late-month", "dishonesty-apart-from-investment"} <= set(named)
    assert all(trial["provenance"] in ("reading", "lost") and trial["in_force"] != trial["choice"] for trial in trials)
    per_month = named["monthly-all-or-nothing"]
    assert (per_month["in_force"], per_month["choice"]) == ("quarter", "per-month")
    assert {s["code"] for move in per_month["moves"] for s in move["shifts"]} <= {"1.2", "1.3"}
    assert "jtj" in {move["unit"] for move in per_month["moves"]}  # its month in doubt costs a third, no longer all
    said = office.run("what-if", "--readings", "--unit", "jtj")
    assert "monthly-all-or-nothing" in said and "没有单位会变" in said
    with Store(office.paths.store) as store:
        assert evaluation_of(session_of(store, office.config, NOW), Q3).scores == before


def test_what_readings_say_agrees_with_setting_one(office: Office) -> None:
    trials = json.loads(office.run("what-if", "--readings", "--json"))
    set_alone = json.loads(office.run("what-if", "--set", "silent-cells:in_force=as-reported", "--json"))
    (trial,) = [t for t in trials if t["reading"] == "silent-cells"]
    assert trial["moves"] == [move for move in set_alone if move["shifts"]]


BAD = [
    (["--readings", "--set", "grades:red=1"], "请分开试"),
    (["--set", "x"], "看不懂"), (["--set", "9.9:points=1"], "看不懂"), (["--set", "1.2:pionts=1"], "改后的方案不成立"),
    (["--set", "1.2:points=many"], "改后的方案不成立"), (["--met", "ffff"], "没有这个事项"),
    ([], "要写 --met 事项号"),
    (["--met", "x", "--set", "grades:red=1"], "没有这个事项"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "told"), BAD)
def test_what_if_says_what_it_cannot_read(office: Office, words: list[str], told: str) -> None:
    done = CliRunner().invoke(app, ["what-if", *words, "-d", str(office.district), "--var", str(office.paths.root)])
    assert isinstance(done.exception, UsageError) and told in str(done.exception)


def test_compare_two_periods_and_two_schemes(office: Office, tmp_path: Path) -> None:
    assert "2026Q3 → 2026Q4" in office.run("compare", "2026Q3", "2026Q4")
    same = office.run("compare", "2026Q3", str(office.district / "scheme-2022.toml"))
    assert "0个单位有变化" in "".join(same.split())  # the title is wrapped where the path is long
    text = (
        (office.district / "scheme-2022.toml")
        .read_text("utf-8")
        .replace('calendar = "natural"', 'calendar = "working"')
    )
    (tmp_path / "working.toml").write_text(text, "utf-8")
    moved = json.loads(office.run("compare", "2026Q3", str(tmp_path / "working.toml"), "--json"))
    assert all({s["code"] for s in move["shifts"]} <= {"1.1"} for move in moved)


def test_the_year_shows_its_quarters(office: Office) -> None:
    said = office.run("year", "2026")
    assert "2026Q3（未冻结）" in said and "清河镇人民政府" in said
    assert "2027" in str(
        CliRunner().invoke(app, ["year", "2027", "-d", str(office.district), "--var", str(office.paths.root)]).exception
    )


# ---------------------------------------------------------------- rates and lists


def decision(name: str, *, submitted: bool = True) -> Decision:
    return Decision(
        id=name, unit="u", kind=Kind.PENALTY, decided_on=(date(2026, 8, 3),), submissions=("s",) if submitted else ()
    )


def evidence(name: str, check: str, outcome: str, slug: str = "x", channel: Channel | None = None) -> Evidence:
    return Evidence(
        key=f"{check}|{name}|{channel}", check=check, unit="u", decision=name, outcome=Outcome(outcome), slug=slug,
        sentence="", channel=channel,
        decided_on=date(2026, 8, 3),
    )  # fmt: skip


def test_rates_count_what_could_be_judged_and_name_the_rest() -> None:
    decisions = [
        decision("a"),
        decision("b"),
        decision("c", submitted=False),
        decision("d"),
        decision("e", submitted=False),
        decision("f"),
    ]
    reported, submitted, published = "reported_within_deadline", "decision_was_submitted", "published_within_deadline"
    found = [
        evidence("a", reported, "met"), evidence("b", reported, "breached", "reported-late"),
        evidence("c", reported, "breached", "not-submitted"),
        evidence("d", reported, "inconclusive"), evidence("e", reported, "met", "collected-in-time"),
        evidence("f", reported, "not_applicable"),
        evidence("a", submitted, "met"), evidence("b", submitted, "met"),
        evidence("c", submitted, "breached", "not-submitted"),
        evidence("d", submitted, "met"), evidence("e", submitted, "met", "collected-by-credit-site"),
        evidence("f", submitted, "not_applicable"),
        *(evidence(n, published, o, s, Channel.CREDIT) for n, o, s in (
            ("a", "met", "in"), ("b", "breached", "not-published"), ("c", "breached", "not-published"),
            ("d", "inconclusive", "could-not-look"),
            ("e", "met", "in"), ("f", "not_applicable", "no-duty"),
        )),
        *(evidence(n, published, "breached", "not-published", Channel.DEPARTMENT) for n in "abdef"),
        evidence("a", "record_is_complete", "met"), evidence("a", "record_is_lawful", "met"),
        evidence("b", "record_is_complete", "breached"), evidence("b", "record_is_lawful", "met"),
        evidence("d", "record_is_complete", "met"), evidence("d", "record_is_lawful", "inconclusive"),
    ]  # fmt: skip
    seen = {"a": frozenset({Channel.CREDIT}), "e": frozenset({Channel.CREDIT}), "c": frozenset({Channel.DEPARTMENT})}
    facts = RateFacts(
        decisions={d.id: d for d in decisions},
        evidence=found,
        seen=seen,
        words={},
        today=date(2026, 10, 1),
        reasons=REASONS,
    )
    rates = rates_of(facts)["u"]
    assert {r.name: (r.numerator, r.denominator, r.unknown) for r in rates.rates} == {
        "上报率": (4, 6, 0), "及时率": (2, 4, 1), "公示率": (2, 4, 1), "合规率": (1, 2, 1), "迟报率": (1, 4, 1),
        "漏报率": (1, 5, 0),
    }  # fmt: skip
    assert rates.cases["已报送，信用网站已公示，本部门没有"] == 1
    assert rates.cases["只有本部门公示"] == 1
    assert rates.cases["只有信用网站公示"] == 1
    assert rates.unclear == 2 and sum(rates.cases.values()) + rates.unclear == 6
    both = total_of([rates, replace(rates, unit="v")])
    assert [r.numerator for r in both.rates] == [2 * r.numerator for r in rates.rates] and both.decisions == 12


def test_rates_are_printed_with_what_they_are_made_of(office: Office) -> None:
    said = office.run("rates", "--period", "2026-08")
    assert "2026-08 公示指标" in said and "漏报率" in said and "三方比对" in said
    told = json.loads(office.run("rates", "--period", "2026-08", "--json"))
    assert told["units"]["scjgj"]["decisions"] <= told["units"][""]["decisions"]


def test_the_months_sheet_adds_up(office: Office, tmp_path: Path) -> None:
    office.run("month-sheet", "2026-08", str(tmp_path / "m.xlsx"))
    sheet = load_workbook(tmp_path / "m.xlsx").active
    assert sheet is not None
    rows: list[tuple[Any, ...]] = [
        row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0] and isinstance(row[1], int)
    ]
    assert [cell.value for cell in sheet[3]][9:13] == ["准时", "超时", "未定", "合计"]
    *units, last = rows
    assert last[0] == "合计" and len(units) > 10
    for place in range(1, 13):
        assert sum(int(row[place] or 0) for row in units) == last[place]
    assert all(row[4] == sum(row[1:4]) and row[12] == sum(row[9:12]) for row in rows)


def test_who_is_to_be_chased(office: Office) -> None:
    with Store(office.paths.store) as store:
        missing = missing_of(session_of(store, office.config), "2026-08")
    assert set(missing["jtj"]) >= {"行政强制", "信用承诺", "合同履约"}
    assert "双公示·许可" in missing["wgl"]
    assert "qhz" not in missing
    assert "交通运输局" in office.run("chase", "2026-08")
    assert "2026-09" in office.run("chase")


def test_who_is_chased_is_written_to_once_a_day(office: Office) -> None:
    """What came in and was not taken is the office's to look at, and is asked for of nobody."""
    sends = ("chase", "2026-08", "--send", "--as-of", f"{NOW:%Y-%m-%dT%H:%M}")
    said, day = json.loads(office.run(*sends, "--json")), f"{NOW:%Y-%m-%d}"
    assert f"{day}-chase-jtj-2026-08" in said["written"] and set(said["missing"]) >= {"jtj", "wgl"}
    assert "写了 0 封" in office.run(*sends)
    with Store(office.paths.store) as store:
        letters = session_of(store, office.config).outbox.addressed_to("jtj")
        data = session_of(store, office.config).outbox.letter(f"{day}-chase-jtj-2026-08") or b""
    plain = message_from_bytes(data, policy=default).get_body(("plain",))
    text = plain.get_content() if plain else ""
    assert len(letters) == 1 and "信用承诺" in text and "零报告" in text and "2026-09-1" in text
    with Store(office.paths.store) as store, pytest.raises(UsageError, match="还没有过完"):
        chases_of(session_of(store, office.config, NOW), "2026-10")


def test_a_spot_check_can_be_drawn_again_and_comes_back(office: Office, tmp_path: Path) -> None:
    office.run("sample", str(tmp_path / "比对单.xlsx"), "--each", "1", "--period", "2026Q3")
    book = load_workbook(tmp_path / "比对单.xlsx")
    sheet = book["随机比对结果"]
    heads = [cell.value for cell in sheet[2]]
    sheet.cell(3, heads.index("比对结果") + 1, "一致")
    sheet.cell(4, heads.index("比对结果") + 1, "网站上没有")
    units = [sheet.cell(n, 1).value for n in (3, 4)]
    book.save(tmp_path / "比对单.xlsx")
    with Store(office.paths.store) as store:
        (taken,) = import_uploads(session_of(store, office.config, NOW, paths=office.paths), [tmp_path / "比对单.xlsx"])
        found = [
            e
            for e in evaluate_filings(session_of(store, office.config, NOW), Q3).evidence
            if e.check == "sample_agrees"
        ]
    assert taken.filings == 2
    assert {f.reason for f in taken.reading.faults} == {"必填项“比对结果”为空"}
    assert sorted(e.slug for e in found) == ["agrees", "differs"] and len(units) == 2


def test_the_draw_depends_on_nothing_but_seed_and_decisions() -> None:
    many = [replace(decision(str(n)), unit="u" if n % 2 else "v") for n in range(40)]
    first = draw(many, "2026Q3", 3)
    assert [d.decision.id for d in draw(list(reversed(many)), "2026Q3", 3)] == [d.decision.id for d in first]
    assert {d.decision.unit for d in first} == {"u", "v"} and len(first) == 6
    assert [d.decision.id for d in draw(many, "other", 3)] != [d.decision.id for d in first]
    more = draw([*many, replace(decision("new"), unit="w")], "2026Q3", 3)
    assert {d.decision.id for d in more} - {d.decision.id for d in first} == {"new"}


# ------------------------------------------------------------ schemes by their day, quarters while they may be closed


def test_a_later_scheme_takes_over_on_its_day(office: Office, tmp_path: Path) -> None:
    for path in office.district.rglob("*.toml"):
        target = tmp_path / path.relative_to(office.district)
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text("utf-8"), "utf-8")
    later = (
        (tmp_path / "scheme-2022.toml")
        .read_text("utf-8")
        .replace("effective_from = 2022-01-01", "effective_from = 2026-10-01")
    )
    (tmp_path / "scheme-2026.toml").write_text(
        later.replace('version = "2022.1"', 'version = "2026.4"').replace("red = 85", "red = 90"), "utf-8"
    )
    text = (tmp_path / "district.toml").read_text("utf-8")
    (tmp_path / "district.toml").write_text(
        text.replace("scheme =", 'later_schemes = ["scheme-2026.toml"]\nscheme =', 1), "utf-8"
    )
    config = load(tmp_path)
    assert [config.on(day).scheme.version for day in (date(2020, 1, 1), date(2026, 9, 30), date(2026, 10, 1))] == [
        "2022.1",
        "2022.1",
        "2026.4",
    ]
    with Store(office.paths.store) as store:
        scores = {
            name: evaluation_of(session_of(store, config, NOW), parse_period(name)).scores
            for name in ("2026Q3", "2026Q4")
        }
    assert {s.scheme for s in scores["2026Q3"]} == {"2022.1"} and {s.scheme for s in scores["2026Q4"]} == {"2026.4"}
    assert scores["2026Q3"][0].scheme_hash != scores["2026Q4"][0].scheme_hash


def test_moves_name_the_indicators_that_went_away() -> None:
    assert whatif.score_changes((), ()) == ()

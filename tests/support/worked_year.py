"""A whole year of a small office: hand-ins with their corrections, words, objections and four freezes, played in order.

The table (`tests/fixtures/years/*.toml`) says what each unit does on which day and what must come of it. Every unit
hands in what its kind has when nothing is wanting on the 5th after each quarter (`full_pack`); what a table names
differs from that. Nothing is looked at: it rests on paper, as a quarter of an office without portals does.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from core.domain.clock import ZONE
from core.domain.config import Config, load
from core.domain.forms import forms
from core.domain.models import Evaluation, Evidence, FrozenResult, Kind, RulingKind
from core.domain.periods import Period, parse_period
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.runs import Runs
from core.storage.session import Session
from pipeline.evaluate import evaluate
from pipeline.ingest import import_uploads
from pipeline.open_matters import open_matters_of
from pipeline.score import evaluation_of
from review.freeze import Difference, as_frozen, counted_as_read, differences, freeze
from review.objections import add_objections, closing_day, objection_to
from review.records import on_record
from review.reviewers import Person
from review.rulings import on_evidence, on_lift, on_unit, record_rulings
from tests.support.handed_in import Row, hand_in
from tests.support.paths import ROOT
from tests.support.sessions import session_of
from tests.support.workbook_samples import SHEET, grid, xlsx

YEAR = tomllib.loads((ROOT / "tests/fixtures/years/2026.toml").read_text("utf-8"))
QUARTERS = tuple(parse_period(f"2026Q{n}") for n in (1, 2, 3, 4))
OFFICE = Person("王某", "account:wang")
OVER = "没有启用栏目；到期仍没有材料的，按解读计"
FIELDS = (
    "政务", "财政", "就业", "物业", "就学", "公共卫生", "卫生健康", "养老", "助残", "医保", "住房", "出行", "停车",
    "防火防盗", "拥军优属", "便民服务",
)  # fmt: skip
PROVIDERS = ("法院", "纪委", "网信办", "营商办", "编办")
MONTHLY = {
    "dept-a": ("行政强制", "行政确认", "行政裁决", "行政奖励", "行政监督检查"), "dept-b": (), "town": (),
}  # fmt: skip
COMMON = ("许可", "处罚", "信用承诺", "承诺违约", "合同履约")


@dataclass(frozen=True)
class Lived:
    """What the year left: frozen results by quarter and version, what it would say today, the store's session."""

    frozen: Mapping[tuple[str, int], FrozenResult]
    today: Mapping[str, Evaluation]
    faults: Mapping[str, list[str]]
    session: Session

    def moved(self, quarter: str) -> list[Difference]:
        """What later facts would change in the quarter's newest frozen result."""
        newest = max(version for name, version in self.frozen if name == quarter)
        now = counted_as_read(self.session, self.today[quarter])
        return differences(as_frozen(self.frozen[quarter, newest]), now)


@dataclass
class Office:
    """Plays the year's days."""

    folder: Path
    session: Session
    frozen: dict[tuple[str, int], FrozenResult] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    books: Iterator[int] = field(default_factory=count)
    waiting: bool = False  # what came in since the last evaluation

    @property
    def config(self) -> Config:
        return self.session.config

    def on(self, day: date, hour: int, minute: int = 0) -> None:
        self.session = self.session.at(datetime.combine(day, time(hour, minute), ZONE))

    # ------------------------------------------------------------ hand-ins

    def take(self, sender: str, path: Path) -> None:
        (taken,) = import_uploads(self.session, [path], sender)
        self.waiting = True
        self.faults.setdefault(sender, []).extend(f"{f.sheet} 第 {f.row} 行：{f.reason}" for f in taken.reading.faults)

    def book(self, sender: str, rows: Sequence[Row], zeros: Sequence[tuple[str, str, str]]) -> None:
        """A workbook of the sender; the files that its rows name lie beside it."""
        here = self.folder / f"{next(self.books)}"
        here.mkdir()
        for _, unit, values in rows:
            for name in _files(values):
                content = name if name.startswith("共用") else f"{unit}{name}"
                (here / name).write_bytes(b"%PDF-1.4 " + content.encode())
        self.take(sender, hand_in(here / f"{sender}.xlsx", rows, zeros, line=sender))

    def full_pack(self, unit: Mapping[str, Any], quarter: Period) -> None:
        """What a unit hands in of a quarter, less what its table leaves out (`less`: form → how many it has)."""
        less = unit.get("less", {}).get(quarter.name, {})
        name, kind = self.config.unit(unit["slug"]).name, self.config.unit(unit["slug"]).kind
        spoken = (*COMMON, *MONTHLY[kind])
        silent = less.get("silent", ())
        zeros = [
            (name, month, what)
            for month in quarter.months
            for what in spoken
            if not {"*", what, month, f"{month} {what}"} & set(silent)
        ]
        rows = list(full_rows(name, kind, quarter, less))
        if rows or zeros:
            self.book(name, rows, zeros)

    def providers(self, quarter: Period) -> None:
        zeros = [("全区", month, f"{name}数据") for month in quarter.months for name in PROVIDERS]
        self.book("信用办", (), zeros)

    def background(self, unit: str, wanted: Sequence[str], quarter: Period) -> None:
        """What another unit of the district hands in: a row of each of these forms."""
        name, day = self.config.unit(unit).name, quarter.last.replace(day=10).isoformat()
        rows = [(form, name, _of_quarter(form, quarter, day)) for form in wanted]
        self.book(name, rows, ())

    def decisions(self, unit: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """双公示 rows of a unit: licences or penalties as the good rows are, with what is given changed."""
        name, sheets = self.config.unit(unit).name, {}
        for kind in Kind:
            mine = [dict(row) for row in rows if row["kind"] == kind]
            own = ("许可机关", "处罚机关", "数据来源单位")
            cells = [
                {k: v for k, v in row.items() if k != "kind"}
                | {h: name for h in own if h[:2] in ("数据", SHEET[kind][2:])}
                for row in mine
            ]
            if cells:
                sheets[SHEET[kind]] = grid(kind, *cells)
        path = self.folder / f"{next(self.books)}.xlsx"
        path.write_bytes(xlsx(sheets))
        self.take(name, path)

    # ------------------------------------------------------------ words

    def judged(self, quarter: str) -> Evaluation:
        if self.waiting:
            evaluate(self.session)
            self.waiting = False
        return evaluation_of(self.session, parse_period(quarter))

    def items(self, slug: str, quarter: str, check: str, says: str = "") -> list[Evidence]:
        found = [
            e
            for e in self.judged(quarter).everything
            if e.unit == slug and e.check == check and says in f"{e.sentence}|{e.subject}|{e.key}"
        ]
        assert found, (slug, quarter, check, says)
        return found

    def rule(self, slug: str, word: Mapping[str, Any]) -> None:
        found = self.items(slug, word["of"], word["check"], word.get("says", ""))
        if "only" in word:
            found = [e for e in found if e.outcome == word["only"]]
        assert len(found) == word.get("items", 1), (slug, word, [(e.key, e.outcome, e.sentence) for e in found])
        why = word.get("why", "已核对原件，情况属实")
        requests = [on_evidence(e, word["word"], why, value=word.get("value", "")) for e in found]
        record_rulings(self.session, requests, OFFICE)

    def object(self, slug: str, word: Mapping[str, Any]) -> None:
        for item in self.items(slug, word["of"], word["check"], word.get("says", "")):
            said = objection_to(self.config, item, slug, word["text"], (), self.session.now())
            add_objections(self.session, [said], OFFICE)

    def office_word(self, slug: str, word: Mapping[str, Any]) -> None:
        why = word.get("why", "点评时指出的突出问题")
        record_rulings(self.session, [on_unit(slug, word["of"], word["word"], word.get("value", ""), why)], OFFICE)

    def lift(self, slug: str, word: Mapping[str, Any]) -> None:
        """Take back the newest ruling on the unit in the quarter, or on its evidence of a check."""
        mine = {f"unit:{slug}|{word['of']}"}
        if "check" in word:
            mine = {f"evidence:{e.key}" for e in self.items(slug, word["of"], word["check"])}
        rulings = self.session.rulings.all()
        newest = [r for r in rulings if r.word is not RulingKind.LIFT and r.subject.text in mine][-1]
        record_rulings(self.session, [on_lift(rulings, newest.id, "复核后撤回")], OFFICE)

    def set_record(self, kind: RulingKind, slug: str, word: Mapping[str, Any]) -> None:
        """Withdraw or release the one row of a form that says so."""
        of = [row for row in self.session.filings.all() if row.form == word["form"] and row.unit == slug]
        (row,) = [row for row in of if word["says"] in row.title]
        record_rulings(self.session, [on_record(self.session, row.id, kind, "单位来函说明，已核对")], OFFICE)

    def freeze(self, quarter: str, why: str = "") -> None:
        evaluation = self.judged(quarter)
        result = freeze(
            self.session, evaluation, parse_period(quarter), OFFICE,
            matters=open_matters_of(self.session, evaluation), code="worked", why=why, over=OVER,
        )  # fmt: skip
        assert isinstance(result, FrozenResult)
        self.frozen[quarter, result.version] = result

    # ------------------------------------------------------------ a day

    def does(self, slug: str, event: Mapping[str, Any]) -> None:
        """One thing of a unit's table."""
        name = self.config.unit(slug).name
        sender = event.get("sender", name)
        if "rows" in event or "zeros" in event:
            rows = [(row["form"], row.get("whom", name), _texts(row)) for row in event.get("rows", ())]
            self.book(sender, rows, [(name, month, what) for month, what in event.get("zeros", ())])
        if "decisions" in event:
            self.decisions(slug, event["decisions"])
        words: dict[str, Callable[[str, Mapping[str, Any]], None]] = {
            "withdraw": partial(self.set_record, RulingKind.WITHDRAW),
            "release": partial(self.set_record, RulingKind.RELEASE),
            "lift": self.lift,
            "rule": self.rule,
            "office": self.office_word,
            "object": self.object,
        }
        for what, say in words.items():
            for word in event.get(what, ()):
                self.session = self.session.at(self.session.now() + timedelta(minutes=1))
                say(word.get("unit", slug), word)
        for word in event.get("freeze_again", ()):
            self.freeze(word["of"], word["why"])


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in row.items() if key not in ("form", "whom")}


def _files(values: Mapping[str, str]) -> list[str]:
    return [part for text in values.values() for part in str(text).split("；") if part.endswith((".pdf", ".jpg"))]


def _of_quarter(form: str, quarter: Period, day: str) -> dict[str, str]:
    """A row that names the quarter, its dates in it."""
    columns = forms()[form].columns
    named = {
        c.field: f"{quarter.name}{c.example}" for c in columns if c.style == "title" or c.field in ("number", "code")
    }
    return named | {c.field: day for c in columns if c.style == "date"} | {"code": ""}


def full_rows(name: str, kind: str, quarter: Period, less: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of forms that a unit of the kind has when nothing is wanting."""
    month, tag = quarter.months[1], quarter.name

    def day(n: int) -> str:
        return f"{month}-{n + 1:02d}"

    for n in range(less.get("publicity", 2)):
        yield "publicity", name, {"title": f"{tag}宣贯{n}", "held_on": day(n), "pictures": f"{tag}宣贯{n}.jpg"}
    for n in range(less.get("five-entries", 6)):
        yield "five-entries", name, {"title": f"{tag}五进{n}", "held_on": day(n), "pictures": f"{tag}五进{n}.jpg"}
    for n in range(less.get("investment-promise", 1)):
        yield "investment-promise", name, {
            "party": "某新材料公司", "content": f"{tag}奖励{n}", "due_on": day(0), "state": "已兑现",
        }  # fmt: skip
    if kind == "dept-a":
        for n in range(less.get("credit-approval", 5)):
            yield "credit-approval", name, {
                "party": f"{tag}第{n}食品公司", "code": "", "handled_on": day(n), "promised_until": day(n + 5),
                "promise": f"{tag}承诺书{n}.pdf", "tracking": f"{tag}跟踪表{n}.pdf",
            }  # fmt: skip
    if kind == "town":
        for n, what in enumerate(FIELDS[: less.get("public-commitment", 16)]):
            yield "public-commitment", name, {"field": what, "title": f"{tag}{what}承诺", "published_on": day(n % 20)}


def district_of_the_year(folder: Path) -> Config:
    """淮安区 with the year's units alone and no portals, with their merger and the second scheme."""
    source, made = ROOT / "districts/huaian", folder / "district"
    made.mkdir()
    for path in source.glob("*.toml"):
        (made / path.name).write_text(path.read_text("utf-8"), "utf-8")
    scheme = (made / "scheme-2022.toml").read_text("utf-8")
    for old, new in YEAR["district"]["scheme"]:
        assert scheme.count(old) == 1, old
        scheme = scheme.replace(old, new)
    (made / "scheme-2026.toml").write_text(scheme, "utf-8")
    named = (made / "district.toml").read_text("utf-8")
    (made / "district.toml").write_text(f'later_schemes = ["scheme-2026.toml"]\n{named}', "utf-8")
    whole, merged = load(made), YEAR["district"]["merged"]
    end = {"valid_to": merged["last"], "successor": merged["into"]}
    slugs = {unit["slug"] for unit in (*YEAR["unit"], *YEAR["district"]["background"])}
    units = [unit.model_copy(update=end) if unit.slug == merged["unit"] else unit for unit in whole.units]
    return whole.model_copy(update={"units": tuple(unit for unit in units if unit.slug in slugs)})


def live(folder: Path) -> Lived:
    """Play the year from its first hand-in to a fortnight after its last freeze."""
    config = district_of_the_year(folder)
    store = Store(folder / "chengxin.db")
    start = datetime(2026, 1, 4, 1, tzinfo=ZONE)
    office = Office(folder, session_of(store, config, start, Paths(folder / "var")))
    Runs(store).add_config(config.hash, {}, start)
    for day, _, act in sorted(_acts(office), key=lambda each: each[:2]):
        office.on(day, 9 + act.hour)
        act.play()
    office.on(date(2027, 2, 1), 9)
    today = {quarter.name: office.judged(quarter.name) for quarter in QUARTERS}
    return Lived(office.frozen, today, office.faults, office.session)


@dataclass(frozen=True)
class _Act:
    hour: int
    play: Any


def _acts(office: Office) -> Iterator[tuple[date, int, _Act]]:
    numbers = count()
    for quarter in QUARTERS:
        handed = quarter.last + timedelta(days=5)
        yield handed, next(numbers), _Act(0, lambda q=quarter: office.providers(q))
        for other in YEAR["district"]["background"]:
            yield handed, next(numbers), _Act(0, lambda o=other, q=quarter: office.full_pack(o, q))
            yield handed, next(numbers), _Act(0, lambda o=other, q=quarter: office.background(o["slug"], o["rows"], q))
        for unit in YEAR["unit"]:
            if "until" not in unit or quarter.name <= unit["until"]:
                yield handed, next(numbers), _Act(0, lambda u=unit, q=quarter: office.full_pack(u, q))
        frozen = closing_day(office.config, quarter) + timedelta(days=1)
        yield frozen, 10**6, _Act(8, lambda q=quarter: office.freeze(q.name))
    for unit in YEAR["unit"]:
        for event in unit.get("does", ()):
            yield event["on"], next(numbers), _Act(1, lambda u=unit, e=event: office.does(u["slug"], e))

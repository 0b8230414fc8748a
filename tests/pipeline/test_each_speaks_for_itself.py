"""A page and a workbook speak for their own unit: nothing that stands at another's accuses a unit, or clears it.

Whatever another department publishes on its own portal, on its rows of the shared credit site and in its workbooks,
copies of this unit's records with anything in them altered, what is said of this unit stays word for word the same.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.clock import ZONE
from core.domain.config import Config, load
from core.domain.models import (
    Attachment,
    Capture,
    Channel,
    Evidence,
    Finding,
    Kind,
    Look,
    LookBundle,
    Outcome,
    Run,
    Sighting,
    Submission,
)
from core.storage.database import Store
from pipeline.evaluate import evaluate
from tests.support.paths import ROOT
from tests.support.sessions import session_of

FIRST, NIGHTS = date(2026, 7, 1), 26
DISTRICT = """slug = "t"
name = "某区"
office = "某区信用办"
credit_site = "信用某区"
scheme = "scheme-2022.toml"
simulated = true
[mail]
sender = "a@example.invalid"
office = "b@example.invalid"
office_name = "某区信用办"
"""
UNITS = "".join(f'[[unit]]\nslug = "{s}"\nname = "{n}"\nkind = "dept-a"\n' for s, n in (("a", "甲局"), ("b", "乙局")))
PORTAL = """id = "{id}"
name = "{id}"
channel = "{channel}"
kinds = ["penalty", "licence"]
{unit}
family = "html-list"
url = "http://x.example.invalid/"
marker = "公示"
list_date = "published"
[options]
container = "ul"
pager = "none"
"""
PORTALS = {"p-a": 'unit = "a"', "p-b": 'unit = "b"', "p-credit": ""}
FIELDS = (
    ("subject_type", "法人及非法人组织"), ("authority", "甲局"), ("authority_code", "11320803MB0000000X"),
    ("source_unit", "甲局"), ("source_unit_code", "11320803MB0000000X"), ("code", "91320803MA0000000X"),
    ("violation_type", "违法"), ("facts", "事实"), ("basis", "依据"), ("penalty_category", "罚款"),
    ("penalty_content", "罚款一千元"), ("penalty_valid_until", "2027-07-01"),
)  # fmt: skip


def _config(folder: Path) -> Config:
    (folder / "portals").mkdir(parents=True)
    (folder / "district.toml").write_text(DISTRICT, "utf-8")
    (folder / "units.toml").write_text(UNITS, "utf-8")
    (folder / "scheme-2022.toml").write_text((ROOT / "districts/huaian/scheme-2022.toml").read_text("utf-8"), "utf-8")
    for name, unit in PORTALS.items():
        text = PORTAL.format(id=name, channel="department" if unit else "credit", unit=unit)
        (folder / "portals" / f"{name}.toml").write_text(text, "utf-8")
    return load(folder)


with tempfile.TemporaryDirectory() as made:
    CONFIG = _config(Path(made) / "d")


@dataclass(frozen=True)
class Act:
    """A decision of one unit. `own`, `credit`: days after it on which it came to the portals; None: never."""

    serial: int
    unit: str
    decided: date
    name: str
    number: str
    own: int | None
    credit: int | None
    handed: bool
    kind: Kind = Kind.PENALTY
    fields: tuple[tuple[str, str], ...] = FIELDS

    def shown(self, portal: str) -> date | None:
        """The day on which a portal first shows it; None: never."""
        after = self.credit if portal == "p-credit" else self.own if portal == f"p-{self.unit}" else None
        return self.decided + timedelta(days=after) if after is not None else None


def _at(day: date) -> datetime:
    return datetime.combine(day, time(0, 30), ZONE)


def _finding(act: Act, portal: str, look: str, day: date) -> Finding:
    row = f"{act.unit}{act.serial}"
    return Finding(
        id=f"{portal}|{row}", portal=portal, row_key=row, content_hash="h", kind=act.kind, unit=act.unit,
        name=act.name, code=dict(act.fields).get("code", ""), numbers=(act.number,) if act.number else (),
        number_text=act.number, decided_on=act.decided, fields=act.fields, title=act.number, capture=f"{look}#1",
        observed_at=_at(day),
    )  # fmt: skip


def _look(acts: Sequence[Act], portal: str, day: date) -> LookBundle:
    look, at = f"{day}/{portal}/1", _at(day)
    there = [(act, first) for act in acts if (first := act.shown(portal)) is not None and first <= day]
    return LookBundle(
        look=Look(
            id=look, run=f"{day}", portal=portal, kind="full", past_caches=True, started_at=at,
            finished_at=at + timedelta(seconds=9), genuine=True, parsed=True, whole=True, rows=len(there),
        ),
        captures=(Capture(
            id=f"{look}#1", look=look, url="http://x.example.invalid/", status=200, sha256="0", size=1, received_at=at,
        ),),
        sightings=tuple(
            Sighting(
                look=look, portal=portal, row_key=f"{act.unit}{act.serial}", content_hash="h", sort_key=f"{first}",
                seen_at=at, title=act.number, url="http://x.example.invalid/1", listed_on=first, page=1,
                capture=f"{look}#1",
            )
            for act, first in there
        ),
        findings=tuple(_finding(act, portal, look, day) for act, first in there if first == day or day == FIRST),
    )  # fmt: skip


def _submission(act: Act) -> Submission:
    return Submission(
        id=f"s-{act.unit}{act.serial}", unit=act.unit, kind=act.kind, workbook=f"{act.unit}.xlsx",
        workbook_sha256=act.unit * 64, sheet="双公示", row=act.serial, name=act.name,
        code=dict(act.fields).get("code", ""), numbers=(act.number,) if act.number else (), number_text=act.number,
        decided_on=act.decided, reported_at=_at(act.decided + timedelta(days=1)), category="罚款",
        fields=(("name", act.name), *act.fields), received_at=_at(FIRST + timedelta(days=20)),
    )  # fmt: skip


def said_of_a(acts: Sequence[Act]) -> dict[str, tuple[str, Outcome, str]]:
    """Every evidence about unit a: its code, outcome and sentence, after all nights and workbooks."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "s.db") as store:
        store.db.execute("PRAGMA synchronous = OFF")
        now = _at(FIRST + timedelta(days=NIGHTS))
        session = session_of(store, CONFIG, now)
        session.runs.add_config(CONFIG.hash, {}, _at(FIRST))
        for day in (FIRST + timedelta(days=n) for n in range(NIGHTS)):
            session.runs.begin(Run(id=f"{day}", started_at=_at(day), config_hash=CONFIG.hash))
            for portal in PORTALS:
                session.looks.add_look(_look(acts, portal, day), _at(day))
        for unit in ("a", "b"):
            rows = tuple(_submission(act) for act in acts if act.unit == unit and act.handed)
            book = Attachment(sha256=unit * 64, name=f"{unit}.xlsx", size=1, received_at=now)
            session.submissions.add_workbook(book, rows, (), now, (), ())
        evaluate(session, full=True)
        told: tuple[Evidence, ...] = session.evaluations.evidence()
        return {e.key: (e.slug, e.outcome, e.sentence) for e in told if e.unit == "a"}


# ---------------------------------------------------------------- what is drawn

IN_TIME, AFTERS = st.integers(1, 6), st.one_of(st.none(), st.integers(1, 14))


@st.composite
def acts_of_a(draw: st.DrawFn) -> tuple[Act, ...]:
    """Some decisions of unit a: those of an even serial are as the scheme asks, the others as may be."""
    made = []
    for serial in range(draw(st.integers(1, 3))):
        good = serial % 2 == 0
        made.append(Act(
            serial=serial, unit="a", decided=FIRST + timedelta(days=draw(st.integers(1, 9))),
            name=f"某某{'一二三'[serial]}号有限公司", number=f"甲罚〔2026〕{100 + 37 * serial}号",
            own=draw(IN_TIME if good else AFTERS), credit=draw(IN_TIME if good else AFTERS),
            handed=good or draw(st.booleans()),
        ))  # fmt: skip
    return tuple(made)


def _altered(draw: st.DrawFn, act: Act, serial: int) -> Act:
    """A record of unit b: one of a's, with anything in it altered or left out."""
    number = draw(st.sampled_from([
        act.number, act.number.replace("0", "1"), act.number.replace("甲", "乙"), act.number[:-1], "", "无",
    ]))  # fmt: skip
    name = draw(st.sampled_from([act.name, act.name[:-1], "张*", "", "别家有限公司"]))
    fields = draw(st.sampled_from([act.fields, act.fields[:3], (), tuple((k, "") for k, _ in act.fields)]))
    return replace(
        act, serial=serial, unit="b", number=number, name=name, fields=fields,
        decided=act.decided + timedelta(days=draw(st.sampled_from([0, 0, 1, -1, 7, -30]))),
        kind=draw(st.sampled_from([Kind.PENALTY, Kind.LICENCE])), own=draw(AFTERS), credit=draw(AFTERS),
        handed=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def towns(draw: st.DrawFn) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """(what unit a did, what stands at unit b)."""
    mine = draw(acts_of_a())
    return mine, tuple(_altered(draw, draw(st.sampled_from(mine)), 50 + n) for n in range(draw(st.integers(1, 5))))


PROFILE: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=25, **PROFILE)
@given(towns())
def test_nothing_at_another_unit_alters_what_is_said_of_this_one(town: tuple[tuple[Act, ...], tuple[Act, ...]]) -> None:
    mine, theirs = town
    alone = said_of_a(mine)
    assert said_of_a((*mine, *theirs)) == alone


@settings(max_examples=12, **PROFILE)
@given(towns())
def test_a_unit_that_did_all_is_accused_of_nothing(town: tuple[tuple[Act, ...], tuple[Act, ...]]) -> None:
    mine, theirs = town
    good = tuple(act for act in mine if act.serial % 2 == 0)
    said = said_of_a((*good, *theirs))
    assert said and not [(key, told) for key, told in said.items() if told[1] is Outcome.BREACHED]


CHECK = "published_within_deadline"
ACT = Act(1, "a", FIRST + timedelta(days=2), "某某一号有限公司", "甲罚〔2026〕100号", own=None, credit=2, handed=True)


def test_a_decision_that_another_publishes_is_not_published_by_its_own_unit() -> None:
    """On the other's portal, as the other's row of the credit site and in its workbook: a's breach stands."""
    copy = replace(ACT, serial=50, unit="b", own=1, credit=1)
    for acts in ((ACT,), (ACT, copy), (ACT, replace(copy, handed=False)), (ACT, replace(copy, own=None))):
        said = said_of_a(acts)
        (mine,) = [told for key, told in said.items() if key.startswith(CHECK) and key.endswith(Channel.DEPARTMENT)]
        assert mine[:2] == ("not-published", Outcome.BREACHED), mine

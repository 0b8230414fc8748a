"""No command that is given one district of a city opens a file of another."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from cluster.city import City
from core.domain.models import Outcome
from core.domain.ruling_validity import call_number
from desk.site import Desk
from pipeline.newest import evaluation_at
from tests.docs.test_commands import CALLABLE, options_of
from tests.support.city_desks import HERE, THERE, city_below
from tests.support.opened_files import opened_below

# command → its words besides the district; {call}, {number}, {record}, {ruling}: of what stands in the district
ASKED = {
    "alarm": "night", "archive put": "", "archive fetch": "none.warc.gz", "audit": "", "backup": "{out}/b.zip",
    "backup-daily": "{out}/daily --daily 7 --weekly 4",
    "chase": "2026-07", "claims": "", "compare": "2026Q2 2026Q3", "config check": "", "difference": "2026Q3",
    "desk-account": "xitong --name 王某 --role system", "doctor": "", "evidence": "",
    "evidence export": "{number} --out {out}/p.zip", "explain": "scjgj", "findings": "", "freeze": "2026Q3",
    "import": "{out}/none.xlsx", "lift": "abcdef0123 --why 写错了的", "looks": "", "mail bounce": "{out}/none.eml",
    "mail outbox": "", "mail preview": "none", "mail reply": "{out}/none.xlsx", "mail retry": "none",
    "mail send": "", "month-sheet": "2026-07 {out}/m.xlsx", "night": "--as-of 2026-07-30T10:00",
    "objection add": "scjgj {call} --text 已公示的", "objection list": "", "pending": "",
    "portal check": "scjgj-penalty", "portal record": "scjgj-penalty", "prune": "--dry-run",
    "publish": "2026Q3 --out {out}/q", "quarter": "", "rates": "", "release": "none --why 核对过的", "replay": "",
    "report": "2026Q3 --format json --out {out}/r", "review export": "{out}/v.xlsx",
    "review import": "{out}/none.xlsx", "rule": "dismiss {call} --why 网站停机公告为证",
    "rule-claim": "{number} accept --why 案件仍在侦办", "rule-month": "scjgj 处罚 2026-07 accept --why 电话核实过的",
    "rule-repair": "{number} --on 2026-07-20 --why 信用修复决定书",
    "rule-unit": "scjgj deduct --value 3 --period 2026Q3 --why 通报过的", "rulings": "", "sample": "{out}/s.xlsx",
    "scores": "", "set-aside": "", "stamp": "", "status": "", "template": "全部 {out}/t.xlsx", "verify": "",
    "watch": "",
    "what-if": "--set grades:red=80", "withdraw": "none --why 单位来函的", "year": "2026",
}  # fmt: skip
# command → why it is not asked here
NOT_ASKED = {
    "cluster account": "is told the city, whose districts it names and does not open (tests/desk/test_city.py)",
    "cluster desk": "serves; its pages are walked by tests/desk/test_city.py",
    "cluster drain": "is told the city",
    "cluster init": "is told the city",
    "cluster night": "is told the city",
    "cluster status": "is told the city",
    "cluster worker": "does every district's jobs, each with its own store",
    "demo": "makes a district",
    "demo-city": "makes a city",
    "init": "makes a district",
    "desk": "serves; its pages are walked by tests/desk",
    "schedule": "never ends; does what `night` and `mail send` do",
    "service city": "is told the city",
    "service install": "reads no district's data",
    "key new": "reads no district's data",
    "portal try": "reads a page of the web",
    "restore": "makes a data folder anew",
}


@pytest.fixture(scope="module")
def city(shared_root: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    return city_below(shared_root, tmp_path_factory.mktemp("city"), "postgresql://nowhere.invalid/x")


def test_every_command_is_asked_or_says_why_not() -> None:
    assert ASKED.keys() | NOT_ASKED.keys() == set(CALLABLE) and not ASKED.keys() & NOT_ASKED.keys()


def test_no_command_of_a_district_opens_a_file_of_another(city: City, tmp_path: Path) -> None:
    folder, paths = city.districts[HERE], city.paths(HERE)
    with Desk(folder, paths).session() as session:
        found = session.evaluations.evidence(unit="scjgj")
        call = next(call_number(item.key) for item in found if item.outcome is Outcome.BREACHED)
        number = next(d.number for d in evaluation_at(session, None).decisions.values() if d.number)
    told = {"call": call, "number": number, "out": tmp_path}
    for command, words in ASKED.items():
        given = [word.format(**told) for word in (*command.split(), *words.split())]
        place = ["-d", str(folder), "--var", str(paths.root)]
        takes_var = "--var" in options_of(CALLABLE[command])
        with opened_below(city.folder) as opened:
            result = CliRunner().invoke(cli.app, [*given, *(place if takes_var else place[:2])])
        here = {name for name in opened if f"/{HERE}/" in name}
        assert here, (command, result.output, result.exception)
        assert {name for name in opened if f"/{THERE}/" in name} == set(), command

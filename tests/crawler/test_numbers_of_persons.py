"""Identity numbers in every written form, wherever a page may carry one: none leaves the archive in the clear.

The archive and the attachments keep the bytes as published, for the owner alone (decision 0036); the store, the logs,
the report and whatever a command prints do not.
"""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest

from core.runtime.owner_only import close_to_others
from simulation.static_site import StaticSite
from tests.crawler.test_rows_nobody_sees import PORTAL
from tests.support.identity_forms import FORMS, shows, sound
from tests.support.paths import ROOT
from tests.support.site_runs import crawl_night, district

NIGHT = date(2026, 7, 1)
Markup = Callable[[str], str]


def _in_html(form: Markup) -> Markup:
    return lambda number: escape(form(number))


CARRIED: dict[str, Markup] = {
    **{name: _in_html(form) for name, form in FORMS.items()},
    "entities": lambda n: "".join(f"&#{ord(c)};" for c in n),
    "entities of base sixteen": lambda n: "".join(f"&#x{ord(c):x};" for c in n),
    "entities of full width": lambda n: "".join(f"&#{ord(c) + 0xFEE0};" for c in n),
    "split over tags": lambda n: f"<b>{n[:6]}</b><i>{n[6:14]}</i><span>{n[14:]}</span>",
    "a tag a digit": lambda n: "".join(f"<em>{c}</em>" for c in n),
    "a word break": lambda n: f"{n[:6]}<wbr>{n[6:14]}<wbr>{n[14:]}",
    "a comment inside": lambda n: f"{n[:9]}<!-- -->{n[9:]}",
    "an apostrophe before": lambda n: f"'{n}",
    "lenticular brackets": lambda n: f"【{n}】",
    "tortoise brackets": lambda n: f"〔{n}〕",
    "a soft hyphen entity": lambda n: f"{n[:6]}&shy;{n[6:]}",
    "a joiner entity": lambda n: f"{n[:6]}&zwj;{n[6:14]}&zwnj;{n[14:]}",
}
BORN = date(1971, 11, 2)

HASH = re.compile(r"\b(?=[0-9]*[a-f])[0-9a-f]{16,64}\b")  # one in a hundred runs one's figures were a day of birth
NUMBERS = {name: sound("320803", BORN + timedelta(days=31 * n), 111 + n) for n, name in enumerate(CARRIED)}


def row(n: int, name: str) -> str:
    number = NUMBERS[name]
    coded = "".join(f"%{ord(c):02x}" for c in number)
    href = f"/info/{100000 + n}.html?sfz={quote(number)}&raw={coded}"
    return f"<li><a href='{href}'>某罚〔2026〕{n}号 {CARRIED[name](number)}</a><span>2026-07-01</span></li>"


def detail(n: int, name: str) -> bytes:
    said = CARRIED[name](NUMBERS[name])
    cells = (
        ("行政处罚决定书文号", f"某罚〔2026〕{n}号"), ("行政相对人名称", f"第{n}公司"), ("法定代表人", f"张三 {said}"),
        ("证件号码", said), ("处罚内容", f"对{said}罚款"), ("没有这一列", said), (f"第{n}列{said}", "某"),
        ("处罚决定日期", "2026-06-30"),
        # fifteen bare digits under a column of codes are an organisation's registration: nothing tells otherwise
        *([] if name == "fifteen digits" else [("行政相对人代码", said)]),
    )  # fmt: skip
    lines = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in cells)
    file = f"<a href='/files/{NUMBERS[name]}.pdf?n={NUMBERS[name]}'>附件{said}.pdf</a>"
    head = f"<html><head><meta charset=utf-8><title>{said}</title></head><body><h1>公示 {said}</h1>"
    return f"{head}<p>发布日期：2026-07-01</p><div id='zoom'><table>{lines}</table>{file}</div></body></html>".encode()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("numbers")
    rows = "".join(row(n, name) for n, name in enumerate(CARRIED, 1))
    head = "<html><head><meta charset=utf-8></head><body><h1>双公示专栏</h1>"
    pages = {"index.html": f"{head}<p>共{len(CARRIED)}条</p><ul class='list'>{rows}</ul></body></html>".encode()}
    pages |= {f"info/{100000 + n}.html": detail(n, name) for n, name in enumerate(CARRIED, 1)}
    with StaticSite(pages) as site:
        config = district(folder / "district", {"p": PORTAL.format(base=site.base)})
        var = folder / "var"
        var.mkdir()
        with crawl_night(var, config, site, NIGHT, kind="full"):
            pass
    close_to_others(var)
    yield folder


def texts_of(path: Path) -> list[str]:
    """Every text of every table."""
    with sqlite3.connect(path) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [str(value) for name in names for row in db.execute(f"SELECT * FROM {name}") for value in row if value]


def shown_in(texts: list[str]) -> dict[str, str]:
    """By form: a text in which its number can still be read; hashes, whose figures are chance, are passed over."""
    plain = [HASH.sub("", text) for text in texts]
    return {name: text[:200] for name, number in NUMBERS.items() for text in plain if shows(text, number)}


def test_forty_forms_are_tried() -> None:
    assert len(CARRIED) >= 40 and len(set(NUMBERS.values())) == len(CARRIED)


def test_the_store_keeps_no_number_that_stood_in_a_page(lived: Path) -> None:
    texts = texts_of(lived / "var" / "chengxin.db")
    assert sum("某罚〔2026〕" in text for text in texts) > len(CARRIED), "what stands beside them is kept"
    assert shown_in(texts) == {}


def test_neither_logs_nor_the_job_hold_one(lived: Path) -> None:
    files = [p for p in (lived / "var").rglob("*") if p.is_file() and p.suffix in {".log", ".json", ".jsonl", ".html"}]
    assert files and shown_in([line for p in files for line in p.read_text("utf-8").splitlines()]) == {}


def test_no_command_prints_one(lived: Path) -> None:
    where = ("--district", str(lived / "district"), "--var", str(lived / "var"))
    printed: list[str] = []
    for command in (
        ("findings", "--json"),
        ("looks", "--json"),
        ("evidence", "--json"),
        ("status",),
        ("report", "2026Q3"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "cli", *command, *where],
            cwd=lived,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr[-500:])
        printed += [*done.stdout.splitlines(), *done.stderr.splitlines()]
    assert any("某罚〔2026〕" in line for line in printed) and shown_in(printed) == {}
    made = [p for p in lived.rglob("*.html") if p.is_file()]
    assert shown_in([line for p in made for line in p.read_text("utf-8").splitlines()]) == {}

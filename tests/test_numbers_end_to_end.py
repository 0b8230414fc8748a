"""Identity numbers through every door at once, and everything that is left behind: no number outside the archive.

What pages carry in forty forms is tried in `tests/crawler/test_numbers_of_persons.py`; here they come as numbers and
strings of JSON answers, in attached documents, in workbooks, their sheets' and files' names, in what units reply, in
reasons of rulings and in the papers beside an objection. Bytes as published or handed in stay in the archive, the
attachments and the backups (decision 0036).
"""

import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from typer.testing import CliRunner

import cli
import scheduler
from core.domain.clock import ZONE, Clock
from core.domain.config import load
from core.domain.forms import reply_worksheet as reply_form
from core.domain.forms import review_worksheet as review_form
from core.domain.models import Kind
from core.domain.ruling_validity import call_number
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.serialization import dump
from simulation.static_site import StaticSite
from tests.crawler.test_rows_nobody_sees import PORTAL
from tests.support.file_samples import pdf, word
from tests.support.identity_forms import shows, sound
from tests.support.reviewer_key import KEY, KEY_SHA256
from tests.support.site_runs import district
from tests.support.workbook_samples import grid, xlsx

NIGHTS = [date(2026, 8, day) for day in (3, 10, 17)]
PLACES = (
    "json number", "json string", "json title", "json nested", "json key", "json text", "docx", "docx name", "pdf",
    "pdf name", "party", "cell", "cell number", "remark", "sheet", "workbook", "folder", "paper", "reply",
    "reply name", "reply paper", "objection", "objection file", "rule-unit", "withdraw", "worksheet", "document number",
    "import error", "broken book", "evidence", "review name",
)  # fmt: skip


def a_number(n: int) -> str:
    """The nth number, of digits alone: JSON and cells have it as a number."""
    born = date(1972, 1, 3) + timedelta(days=37 * n)
    return next(number for serial in range(120, 160) if (number := sound("320803", born, serial)).isdigit())


NUMBERS = {place: a_number(n) for n, place in enumerate(PLACES)}
JSON_PORTAL = """name = "某局·接口"
channel = "credit"
kinds = ["penalty"]
family = "json-api"
url = "{base}/api.html"
marker = "rows"
list_date = "published"
allow_private = true
[options]
path = "/api.json"
method = "GET"
query = {{ p = "{{page}}" }}
size = 20
rows = "rows"
total = "n"
id = "id"
title = "title"
date = "day"
detail = "none"
"""


def row_of_json(n: int, **more: object) -> dict[str, object]:
    return {
        "id": n, "title": f"某罚〔2026〕{n}号", "day": "2026-07-02", "行政处罚决定书文号": f"某罚〔2026〕{n}号",
        "行政相对人名称": f"第{n}公司", "处罚决定日期": "2026-07-01", **more,
    }  # fmt: skip


def api() -> bytes:
    told = NUMBERS
    rows = [
        row_of_json(1, 法定代表人证件号码=int(told["json number"]), 证件号码=told["json string"]),
        row_of_json(2, title=f"对{told['json title']}的处罚"),
        row_of_json(3, 法定代表人={"name": "张三", "id": told["json nested"]}),
        row_of_json(4, **{f"列{told['json key']}": "某"}),
        row_of_json(5, 处罚内容=f"对张三（身份证号{told['json text']}）罚款"),
    ]
    return json.dumps({"n": len(rows), "rows": rows}, ensure_ascii=False).encode()


def detail(n: int, file: str, name: str) -> bytes:
    link = f"<a href='/files/{file}'>附件：{name}</a>"
    body = f"<h1>某罚〔2026〕{n}号</h1><p>发布日期：2026-07-01</p><div id='zoom'><p>详见附件</p>{link}</div>"
    return f"<html><head><meta charset=utf-8></head><body>{body}</body></html>".encode()


def record(n: int, number: str) -> list[list[str]]:
    return [
        ["行政处罚决定书文号", "行政相对人名称", "证件号码", "处罚内容", "处罚决定日期"],
        [f"某罚〔2026〕{n}号", "张三", number, f"对{number}罚款", "2026-07-01"],
    ]


def pages() -> dict[str, bytes]:
    rows = "".join(
        f"<li><a href='/info/{n}.html'>某罚〔2026〕{n}号</a><span>2026-07-01</span></li>" for n in (11, 12, 13)
    )
    head = "<html><head><meta charset=utf-8></head><body><h1>双公示专栏</h1>"
    named = f"{NUMBERS['docx name']}.docx", f"张三{NUMBERS['pdf name']}.pdf"
    return {
        "index.html": f"{head}<p>共3条</p><ul class='list'>{rows}</ul></body></html>".encode(),
        "api.json": api(),
        "info/11.html": detail(11, named[0], named[0]),
        "info/12.html": detail(12, named[1], named[1]),
        "info/13.html": detail(13, "x.docx", "x.docx").replace(
            "详见附件".encode(), f"当事人{NUMBERS['party']}".encode()
        ),
        "files/x.docx": word(record(13, NUMBERS["docx"])),
        f"files/{named[0]}": word(record(11, NUMBERS["docx"]), [f"当事人身份证号{NUMBERS['docx']}"]),
        f"files/{named[1]}": pdf(record(12, NUMBERS["pdf"]), [f"当事人身份证号{NUMBERS['pdf']}"]),
    }


class Office:
    """The district, its data, and whatever its commands said."""

    def __init__(self, folder: Path, site: StaticSite) -> None:
        portals = {"p": PORTAL.format(base=site.base), "j": JSON_PORTAL.format(base=site.base)}
        district(folder / "district", portals)
        file = folder / "district" / "district.toml"
        file.write_text(f'{file.read_text("utf-8")}\n[[review.reviewer]]\nname = "张某"\nkey_sha256 = "{KEY_SHA256}"\n')
        self.folder, self.site, self.said = folder, site, list[str]()
        self.config, self.paths = load(folder / "district"), Paths(folder / "var")

    def night(self, day: date) -> None:
        at = datetime(day.year, day.month, day.day, 0, 30, tzinfo=ZONE)
        self.site.at = at
        scheduler.night(self.config, self.paths, Clock(base=at), say=self.said.append)

    def run(self, *words: str, code: int = 0) -> str:
        where = ["-d", str(self.folder / "district"), "--var", str(self.folder / "var")]
        done = CliRunner().invoke(cli.app, [*words, *where], env={"COLUMNS": "240", "CHENGXIN_KEY": KEY})
        said = done.output + str(done.exception or "")
        assert getattr(done.exception, "exit_code", done.exit_code) == code, said
        self.said.append(said)
        return said


def workbook(folder: Path) -> Path:
    """A parcel of a workbook with a paper, numbers in cells and in every name."""
    every = {"处罚机关": "某局", "数据来源单位": "某局", "处罚决定日期": date(2026, 7, 1)}
    rows = grid(
        Kind.PENALTY,
        {**every, "法定代表人证件号码": NUMBERS["cell"], "备注": f"见{NUMBERS['remark']}"},
        {**every, "法定代表人证件号码": float(NUMBERS["cell number"]), "行政处罚决定书文号": "某罚〔2026〕22号"},
        {
            **every,
            "行政处罚决定书文号": f"某罚〔2026〕{NUMBERS['document number']}号",
            "行政相对人名称": f"张三{NUMBERS['party']}",
        },
        {**every, "处罚决定日期": f"不知{NUMBERS['import error']}", "行政处罚决定书文号": "某罚〔2026〕24号"},
    )
    parcel = folder / f"张三{NUMBERS['folder']}"
    parcel.mkdir()
    (parcel / f"七月{NUMBERS['workbook']}.xlsx").write_bytes(xlsx({f"行政处罚{NUMBERS['sheet']}"[:31]: rows}))
    (parcel / f"佐证{NUMBERS['paper']}.pdf").write_bytes(pdf(words=["佐证"]))
    (parcel / f"坏{NUMBERS['broken book']}.xlsx").write_bytes(b"PK\x03\x04no workbook")
    return parcel


def replies(path: Path, call: str) -> Path:
    """The list of matters as a unit sends it back."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = reply_form.SHEET
    for line in (["某局"], [reply_form.UNIT_LINE, "u"], [reply_form.NIGHT_LINE, "2026-08-10"]):
        sheet.append(line)
    sheet.append([reply_form.CALL, reply_form.REPLY, reply_form.TEXT])
    sheet.append([call, reply_form.NOTE, f"张三{NUMBERS['reply']}已补报"])
    sheet.append([call, f"同意{NUMBERS['reply']}", "x"])
    book.save(path)
    return path


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("numbers")
    with StaticSite(pages()) as site:
        office = Office(folder, site)
        office.night(NIGHTS[0])
        office.run("import", str(workbook(folder)), "--as-of", "2026-08-04T09:00", code=2)  # one file is broken
        office.night(NIGHTS[1])
        speak(office)
        office.night(NIGHTS[2])
    leave(office)
    yield office


def speak(office: Office) -> None:
    """What people say, with somebody's number in it."""
    with Store(office.paths.store) as store:
        (record, *_) = (row[0] for row in store.rows("SELECT id FROM submissions"))
        evidence = EvaluationCache(store).evidence(unit="u")
    key, at = next(e.key for e in evidence if e.decided_on and e.decided_on.month == 7), ("--as-of", "2026-08-10T10:00")
    period = ("--period", "2026Q3")
    office.run("rule-unit", "u", "deduct", "--value", "3", *period, *at, "--why", f"经查{NUMBERS['rule-unit']}")
    paper = office.folder / f"截图{NUMBERS['objection file']}.png"
    paper.write_bytes(b"\x89PNG")
    said = f"张三{NUMBERS['objection']}已公示"
    office.run("objection", "add", "u", key, "--text", said, "--file", str(paper), *period, *at)
    paper = office.folder / f"说明{NUMBERS['reply paper']}.pdf"
    paper.write_bytes(b"%PDF-1.4")
    filled = replies(office.folder / f"清单{NUMBERS['reply name']}.xlsx", call_number(key))
    office.run("mail", "reply", str(filled), "--paper", str(paper), *period, *at, code=2)  # a row cannot be taken
    sheet = office.folder / "复核表.xlsx"
    office.run("review", "export", str(sheet), *period, *at)
    book = openpyxl.load_workbook(sheet)
    page = book[review_form.RECORDS_SHEET]
    page.append(["", "", "", "", "", "", "撤回记录", f"单位来函{NUMBERS['worksheet']}", record])
    page.append(["", "", "", "", "", "", f"撤{NUMBERS['worksheet']}", "理由写了", record])
    book.save(sheet)
    office.run("review", "import", str(sheet), *period, "--as-of", "2026-08-10T11:00")
    office.run("release", record, "--why", f"核对{NUMBERS['withdraw']}", "--as-of", "2026-08-10T12:00")
    sheet.unlink()


def leave(office: Office) -> None:
    """Every list, report, worksheet and package."""
    made, period = office.folder / "made", ("--period", "2026Q3")
    made.mkdir()
    for words in (
        ("status",), ("findings",), ("looks",), ("evidence",), ("claims",), ("objection", "list"), ("mail", "outbox"),
    ):  # fmt: skip
        office.run(*words)
        office.run(*words, "--json")
    for command in ("scores", "set-aside", "rates", "pending"):
        office.run(command, *period)
    office.run("explain", "u", "--full", *period)
    forms = ("html", "docx", "xlsx", "json")  # the unit's letter comes as PDF
    office.run("report", "2026Q3", "--out", str(made), *(f"--format={form}" for form in forms))
    office.run("report", "2026Q3", "--out", str(made), "--unit", "u")
    office.run("review", "export", str(made / "复核表.xlsx"), *period)
    office.run("sample", str(made / "比对单.xlsx"), *period)
    with Store(office.paths.store) as store:
        decisions = [name for name in EvaluationCache(store).decisions() if name.endswith(("〕1号", "〕12号"))]
    assert len(decisions) == 2
    for n, name in enumerate(decisions):
        office.run("evidence", "export", name, "--out", str(made / f"{n}.zip"))


def texts_in(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """(where, text) of whatever a person or a program can read in a file."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            for member in box.namelist():
                yield f"{name}/{member}", member
                yield from texts_in(f"{name}/{member}", box.read(member))
    elif data.startswith(b"\x1f\x8b"):
        yield from texts_in(name, gzip.decompress(data))
    elif data.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(data)
        yield from ((name, document[n].get_textpage().get_text_range()) for n in range(len(document)))
    elif name.endswith(".eml"):
        message = message_from_bytes(data, policy=default)
        yield from ((f"{name}:{header}", str(value)) for header, value in message.items())
        for part in message.walk():
            if not part.is_multipart():
                yield f"{name}:{part.get_filename('')}", part.get_filename("")
                yield from texts_in(name.removesuffix(".eml"), bytes(part.get_payload(decode=True) or b""))
    else:
        yield from ((name, line) for line in data.decode("utf-8", "replace").splitlines())


def left(office: Office) -> Iterator[tuple[str, str]]:
    """(where, text) of all that is there beside the archive and what was handed in."""
    var, made = office.paths.root, office.folder / "made"
    for path in sorted(p for folder in (var, made) for p in folder.rglob("*") if p.is_file()):
        name = str(path.relative_to(office.folder))
        yield f"name of {name}", name
        if path.suffix in (".db", ".db-wal", ".db-shm") or path.is_relative_to(office.paths.archive):
            continue
        if not path.is_relative_to(office.paths.attachments):
            yield from texts_in(name, path.read_bytes())
    with sqlite3.connect(office.paths.store) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = db.execute(f"SELECT * FROM {table}")
            columns = [column[0] for column in rows.description]
            for row in rows:
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, bytes):
                        suffix = ".eml" if table == "outbox" else ""
                        yield from texts_in(f"{table}.{column}{suffix}", value)
                    elif value:
                        yield f"{table}.{column}", str(value)
    with Store(office.paths.store) as store:  # what is packed
        yield from ((f"evidence {piece.key}", dump(piece)) for piece in EvaluationCache(store).evidence())
    yield from (("said", line) for said in office.said for line in said.splitlines())


def test_no_number_is_left_in_the_clear(lived: Office) -> None:
    found = {
        (where, place): text[:160]
        for where, text in left(lived)
        for place, number in NUMBERS.items()
        if shows(text, number)
    }
    assert found == {}


def test_the_numbers_came_and_what_stands_beside_them_was_kept(lived: Office) -> None:
    """Else nothing would be shown above."""
    kept = "\n".join(text for _, text in left(lived))
    beside = ("某罚〔2026〕1号", "某罚〔2026〕11号", "已补报", "已公示", "经查", "单位来函", "核对", "七月")
    for words in beside:
        assert words in kept, words
    with Store(lived.paths.store) as store:
        assert len(store.rows("SELECT 1 FROM findings")) >= 7 and len(store.rows("SELECT 1 FROM submissions")) >= 3

"""Whatever a store holds, no command fails on it and nothing that leaves holds a control character.

Texts are put into the store as they are, past every door: rows handed in, what was read off pages, the pages kept and
their addresses, filings, rulings, objections, a frozen quarter and the words of mail servers. Every way out is tried
with each example: terminals, JSON, the night's report and letters, worksheets, a quarter's whole distribution set
(HTML, PDF, Word, Excel, letters to units) and the evidence package with its WACZ.
"""

import hashlib
import io
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pypdfium2
import pytest
from docx import Document
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

import cli
import scheduler
from core.domain.config import Config, load
from core.domain.models import (
    Attachment,
    Capture,
    EvidenceSubject,
    Filing,
    Finding,
    FrozenResult,
    Kind,
    LinkSubject,
    LookBundle,
    Objection,
    RecordSubject,
    Ruling,
    RulingKind,
    Run,
    Subject,
    Submission,
    UnitSubject,
    ZeroReport,
)
from core.domain.periods import parse_period
from core.domain.text import printable
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.serialization import dump
from core.storage.session import Session
from core.storage.warc_archive import Archive, Exchange
from pipeline.evaluate import evaluate
from pipeline.notify import notify, pending_alerts
from pipeline.open_matters import matters_of
from pipeline.report_context import lookup_of
from pipeline.score import evaluation_of
from reporting.letters.messages import LetterContext
from reporting.open_matters import counted
from simulation.district import write as write_district
from simulation.server import SITES
from simulation.world import night_moment
from tests.crawler.test_look_that_cannot_be_stored import look_of, stored
from tests.support.fuzzing import TOKENS, fuzzed, spoilt, texts
from tests.support.sessions import session_of

DAY = date(2026, 8, 20)
AT = night_moment(DAY)
NUMBER = "淮市监罚〔2026〕8号"
KEPT = ("scjgj", "credit-penalty", "credit-licence", "jtj")  # portals
FIELDS = ("fine_amount", "text", "name", "code", "phone", "address", "result", "basis")
LISTS: Sequence[tuple[str, ...]] = (
    ("status",),
    ("looks",),
    ("findings",),
    ("scores", "--period", "2026Q3"),
    ("evidence",),
    ("explain", "scjgj", "--full", "--period", "2026Q3"),
    ("rates", "--period", "2026Q3"),
    ("pending", "--period", "2026Q3"),
    ("claims",),
    ("set-aside", "--period", "2026Q3"),
    ("objection", "list"),
    ("mail", "outbox"),
    ("chase", "2026-07"),
    ("difference", "2026Q3"),
    ("year", "2026"),
    ("doctor",),
    *(
        (*command, "--json")
        for command in (("findings",), ("status",), ("evidence",), ("pending", "--period", "2026Q3"))
    ),
    *((*command, "--json") for command in (("objection", "list"), ("claims",), ("mail", "outbox"))),
)
SHEETS: Sequence[tuple[str, ...]] = (
    ("review", "export", "复核.xlsx", "--period", "2026Q3"),
    ("sample", "比对单.xlsx", "--period", "2026Q3"),
    ("month-sheet", "2026-08", "月报.xlsx"),
)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("district")
    write_district(folder, {site.name: 9001 + n for n, site in enumerate(SITES)})
    for portal in (folder / "portals").glob("*.toml"):
        if portal.stem not in KEPT:
            portal.unlink()
    units = (folder / "units.toml").read_text("utf-8").split("[[unit]]")
    (folder / "units.toml").write_text("[[unit]]".join(units[:3]), "utf-8")  # a letter for each is printed
    return load(folder)


def said() -> st.SearchStrategy[str]:
    """Any text that SQLite can hold at all: halves of surrogate pairs it cannot."""
    return (texts() | spoilt(NUMBER)).map(lambda text: text.encode("utf-8", "replace").decode())


def fill(store: Store, config: Config, words: Sequence[str], paths: Paths) -> Session:
    """A store whose every free text is one of `words`, and an archive of pages made of them."""
    session = session_of(store, config, AT + timedelta(hours=1), paths=paths)
    turn = iter(range(10**6))

    def word() -> str:
        return words[next(turn) % len(words)]

    def row(name: str, number: str, publicity: str = "公开") -> Submission:
        return Submission(
            id=name * 20, unit="scjgj", kind=Kind.PENALTY, workbook=word(), workbook_sha256="w", sheet=word(), row=2,
            name=word(), code=word(), number_text=number, numbers=(number,), decided_on=date(2026, 7, 1),
            publicity=publicity, publicity_ground=word(), category=word(), content=word(), received_at=AT,
            fields=tuple((field, word()) for field in (*FIELDS, word())),
        )  # fmt: skip

    def finding(ordinal: int, number: str = "") -> Finding:
        return Finding(
            id=f"f{ordinal}" * 10, portal="", row_key="r", content_hash="h", ordinal=ordinal, title=word(),
            url=word(), unit="scjgj", kind=Kind.PENALTY, authority=word(), name=word(), code=word(),
            number_text=word(), numbers=(number or word(),), decided_on=date(2026, 7, 1), category=word(),
            content=word(),
            fields=tuple((field, word()) for field in (*FIELDS, word())), unknown_labels=(word(),), observed_at=AT,
        )  # fmt: skip

    def kept_page(archive: Archive, bundle: LookBundle) -> LookBundle:
        """The look with the page that its records were read off, all of it words of the store."""
        at, body = bundle.look.started_at, page(word).encode("utf-8")
        headers = (("Content-Type", "text/html; charset=utf-8"), ("X-Said", word()), (word() or "X", word()))
        said = Exchange(url="http://site.test/a", status=200, headers=headers, body=body, asked_at=at, received_at=at)
        capture = Capture(
            id=f"{bundle.look.id}/1", look=bundle.look.id, url=word(), method="POST", request_body=word(), status=200,
            sha256=said.sha256, size=len(body), received_at=at, warc=archive.name, offset=archive.append(said),
        )  # fmt: skip
        found = tuple(replace(finding, capture=capture.id) for finding in bundle.findings)
        return replace(bundle, captures=(capture,), findings=found)

    session.runs.add_config(config.hash, {}, AT)
    rows = [row("a", NUMBER), row("b", word()), row("c", word(), "暂缓公开")]
    unit = config.units[0].slug
    filing = Filing(
        id="d" * 20, content="d", form="credit-village", unit=unit, on=date(2026, 8, 1), month="2026-08", row=3,
        title=word(), fields=tuple((f, word()) for f in ("result", "households", word())), received_at=AT,
        workbook=word(), workbook_sha256="w", sheet=word(),
    )  # fmt: skip
    zero = ZeroReport(
        id="e" * 20, unit=unit, kind="innovation", month="2026-08", row=1, received_at=AT, workbook=word(),
        workbook_sha256="w", sheet=word(),
    )  # fmt: skip
    book = Attachment(sha256="w", name=word(), size=1, received_at=AT)
    session.submissions.add_workbook(book, rows, [zero], AT, [filing])
    portals = [p for p in config.portals if p.lists == "decisions" and p.unit in (None, "scjgj")]
    for day in (DAY - timedelta(days=n) for n in range(48, -1, -12)):
        session.runs.begin(Run(id=f"{day}", started_at=night_moment(day), config_hash=config.hash))
        more = (finding(1), finding(2, NUMBER))
        looks = [look_of(p.id, kind=Kind.PENALTY, day=day, more=more) for p in portals]
        archive = Archive(session.paths.archive, f"{day}")
        stored(store, *(kept_page(archive, look) for look in looks))
        archive.close()
    evaluate(session)
    key = session.evaluations.evidence()[0].key
    words_said: tuple[tuple[Subject, RulingKind], ...] = (
        (EvidenceSubject(key), RulingKind.CONFIRM),
        (LinkSubject("a" * 20, "b" * 20), RulingKind.DISMISS),
        (UnitSubject("scjgj", "2026Q3"), RulingKind.LIST_YELLOW),
        (RecordSubject("c" * 20), RulingKind.WITHDRAW),
    )
    for n, (subject, kind) in enumerate(words_said):
        session.rulings.add(Ruling(id=f"r{n}", subject=subject, word=kind, by=word(), why=word(), at=AT), AT)
    said_by = Objection(id="o", unit="scjgj", evidence=key, text=word(), papers=((word(), "0" * 64),), received_at=AT)
    session.objections.add(said_by, AT)
    evaluate(session)
    fixed = dump(evaluation_of(session, parse_period("2026Q3")))
    session.frozen.add(
        FrozenResult(
            period="2026Q3", version=1, at=AT, by=word(), via=word(), why=word(), scheme=word(), scheme_hash="s",
            config_hash=config.hash, code_version=word(), head="", judgement=fixed,
            sha256=hashlib.sha256(fixed.encode()).hexdigest(),
        ),
        AT,
    )  # fmt: skip
    return session


def page(word: Callable[[], str]) -> str:
    """A page whose title, cells and links are words as they are: nobody escaped them."""
    cells = "".join(f"<tr><td>{word()}</td><td><a href='{word()}'>{NUMBER}</a></td></tr>" for _ in range(4))
    return f"<html><head><title>{word()}</title></head><body><table>{cells}</table>{word()}</body></html>"


def tell(session: Session, config: Config) -> None:
    """The night's report and letters."""
    evaluations = scheduler.tonight(session)
    evaluation = scheduler.joined(evaluations)
    alerts = tuple(alert for each in evaluations for alert in pending_alerts(session, each))
    lookup = lookup_of(session, evaluation)
    matters = matters_of(session, lookup)
    scheduler.write_report(session, lookup, "", counted(matters))
    notify(session, LetterContext(lookup=lookup, night=DAY, head="", alerts=alerts), 1.0, matters)


def run(config: Config, folder: Path, *arguments: str) -> str:
    """What a command says; it must succeed and say it in printable words."""
    out, err = io.StringIO(), io.StringIO()
    argv = ["chengxin", *arguments, "-d", str(config.folder), "--var", str(folder)]
    with patch.object(sys, "argv", argv), redirect_stdout(out), redirect_stderr(err):
        code = cli._run()
    said = out.getvalue() + err.getvalue()
    assert code == 0, (arguments, said)
    assert printable(said) == said, arguments
    return said


def written(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every text that a person reads in the files of a folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".json", ".md", ".txt", ".log"):
            yield path, path.read_text("utf-8")
        elif path.suffix == ".eml":
            message = message_from_bytes(path.read_bytes(), policy=default)
            yield path, "\n".join(str(value) for value in message.values())
            for part in message.walk():
                if part.get_content_maintype() == "text":
                    yield path, part.get_content().replace("\r\n", "\n")
                elif part.get_filename("").endswith(".xlsx"):
                    yield from sheet(path, bytes(part.get_payload(decode=True) or b""))
        elif path.suffix == ".xlsx":
            yield from sheet(path, path.read_bytes())
        elif path.suffix == ".docx":
            document = Document(str(path))
            tables = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
            yield path, "\n".join((*(p.text for p in document.paragraphs), *tables))
        elif path.suffix == ".pdf":
            yield from printed(path, path.read_bytes())
        elif path.suffix == ".zip":
            yield from packed(path, path.read_bytes())


def sheet(path: Path, data: bytes) -> Iterator[tuple[Path, str]]:
    """Every cell of a workbook, none of them a formula."""
    for page in load_workbook(io.BytesIO(data)).worksheets:
        for cell in (cell for row in page.iter_rows() for cell in row if isinstance(cell.value, str)):
            assert cell.data_type != "f", (path, cell.coordinate, cell.value)
            yield path, str(cell.value)


def printed(path: Path, data: bytes) -> Iterator[tuple[Path, str]]:
    """Every page of a PDF, as a reader copies it."""
    document = pypdfium2.PdfDocument(data)
    for number in range(len(document)):
        yield path, document[number].get_textpage().get_text_range().replace("\r\n", "\n")


def packed(path: Path, data: bytes) -> Iterator[tuple[Path, str]]:
    """What a person reads of an evidence package: the names and papers in it, and the pages that a viewer lists.

    The pages themselves and the facts stand in it as the bytes that were sealed.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        assert box.testzip() is None
        yield path, "\n".join(box.namelist())
        for name in box.namelist():
            if name.endswith(("说明.html", "manifest.json", "SHA256SUMS", "pages.jsonl", "datapackage.json")):
                yield path / name, box.read(name).decode("utf-8")
            elif name.endswith(".wacz"):
                yield from packed(path / name, box.read(name))


HOSTILE = (
    "\x1b]0;x\x07\x1b[2J",
    "甲\u202e乙\u2066",
    "=1+1",
    "@SUM(A1)\r\nBcc: x@example.com",
    "\x85\x9b31m\x7f",
    "<script>",
    "http://[",
    "http://x:99999999/²",
    "\x00\ufffe\x0b]]><!--{{x}}%s&#0;&#xD800;</td></table>",
    "../../etc/passwd\u2028\U000e0041",
    "",
    "\u0301" * 90,
    "https://站.cn/%E4%BD%\\\\x?a=\ud7ff#\t",
    "龘\U0002a6d6\U0001f469\u200d\U0001f469",
)


EVERYTHING = [*HOSTILE, *(token.encode("utf-8", "replace").decode() for token in TOKENS if len(token) < 1000)]


@fuzzed(0)
@example(words=EVERYTHING)
@given(words=st.lists(said(), min_size=3, max_size=12).map(lambda more: [*HOSTILE, *more]))
def test_no_stored_text_fails_a_command_or_comes_out_as_a_control(config: Config, words: list[str]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Store(folder / "chengxin.db") as store:
            session = fill(store, config, words, Paths(folder))
            tell(session, config)
            letter = next(iter(sorted(session.paths.outbox.glob("*.eml")))).stem
            decisions = sorted(session.evaluations.decisions())
            packages = [*(name for name in decisions if NUMBER in name), *decisions[:1]]
        for arguments in LISTS:
            run(config, folder, *arguments)
        made = folder / "made"
        made.mkdir()
        run(config, folder, "mail", "preview", letter)
        for first, *more in SHEETS:
            at = next(n for n, word in enumerate(more) if word.endswith(".xlsx"))
            run(config, folder, first, *more[:at], str(made / more[at]), *more[at + 1 :])
        run(config, folder, "report", "2026Q3", "--out", str(made), "--format=xlsx", "--format=json")
        run(config, folder, "publish", "2026Q3", "--out", str(made / "分发"))
        for number, package in enumerate(packages):
            run(config, folder, "evidence", "export", package, "--out", str(made / f"{number}.zip"))
        suffixes = {path.suffix for path in made.rglob("*") if path.is_file()}
        assert suffixes == {".html", ".docx", ".xlsx", ".json", ".pdf", ".zip"} and packages
        for path, text in written(folder):
            assert printable(text) == text, (path, [c for c in text if printable(c) != c][:5])

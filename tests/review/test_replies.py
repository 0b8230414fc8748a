"""Letters to units and what comes back: the list's replies, the leader in copy, the notice to print."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from checks import TEXTS
from commands.output.tables import print_objections
from core.domain.config import Config, Contact
from core.domain.errors import UsageError, WorkbookError
from core.domain.forms import reply_worksheet as form
from core.domain.models import Alert, Evaluation, Facts
from core.domain.periods import parse_period
from core.domain.ruling_validity import call_number
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.review import Objections
from intake.reply_worksheet import read_replies
from pipeline.notify import notify, pending_alerts
from pipeline.report_context import facts_of
from pipeline.score import evaluation_of
from reporting.letters.messages import Letter, LetterContext, compose_digest, compose_notice, letter_to
from reporting.lookup import open_lookup
from review.objections import unanswered
from review.replies import take_replies
from tests.support.filed_district import NOW, Office
from tests.support.sessions import session_of

NIGHT = date(2026, 10, 12)
UNIT = "jtj"
Told = tuple[Evaluation, Facts, tuple[Alert, ...]]


@pytest.fixture(scope="module")
def told(office: Office) -> Told:
    with Store(office.paths.store) as store:
        session = session_of(store, office.config, NOW)
        found = evaluation_of(session, parse_period("2026Q3"))
        return found, facts_of(session, found), pending_alerts(session, found)


def digest(config: Config, told: Told, alerts: list[Alert] | None = None) -> bytes:
    own = alerts if alerts is not None else [a for a in told[2] if a.to == UNIT]
    return compose_digest(letter_to(context_of(config, told), UNIT, own)).as_bytes(policy=SMTP)


def context_of(config: Config, told: Told) -> LetterContext:
    evaluation, facts, alerts = told
    lookup = open_lookup(config, evaluation, facts, TEXTS)
    return LetterContext(lookup=lookup, night=NIGHT, head="h" * 64, alerts=alerts)


def _words(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def the_list(letter: bytes, folder: Path, *replies: tuple[int, str, str]) -> Path:
    """The list that came with a letter, filled in: (row from 1, reply, words)."""
    (part,) = message_from_bytes(letter, policy=default).iter_attachments()
    book = load_workbook(BytesIO(part.get_content()))
    sheet = book["事项清单"]
    for number, word, text in replies:
        sheet.cell(4 + number, form.HEADERS.index(form.REPLY) + 1, word)
        sheet.cell(4 + number, form.HEADERS.index(form.TEXT) + 1, text)
    book.save(folder / "清单.xlsx")
    return folder / "清单.xlsx"


# ---------------------------------------------------------------- the list comes back


def test_replies_become_objections_notes_and_confirmations(office: Office, told: Told, tmp_path: Path) -> None:
    path = the_list(digest(office.config, told), tmp_path, (1, "异议", "八月表已于 9 月 8 日报送"), (2, "确认", ""))
    taken, faults = take_replies(office.config, read_replies(path), told[0].everything, [("回执.png", "ab")], NOW)
    assert faults == []
    assert [(o.kind, o.unit, o.papers) for o in taken] == [
        ("objection", UNIT, (("回执.png", "ab"),)),
        ("confirm", UNIT, ()),
    ]
    keys = {call_number(e.key): e.key for e in told[0].everything}
    assert all(o.evidence in keys.values() for o in taken)
    assert [o.kind for o in unanswered(taken, ())] == ["objection"]


def test_what_is_filled_in_stands_first_and_fits_a_screen(office: Office, told: Told, tmp_path: Path) -> None:
    sheet = load_workbook(the_list(digest(office.config, told), tmp_path))[form.SHEET]
    heads = [cell.value for cell in sheet[form.HEADER_ROW]]
    assert heads[:3] == ["序号", "答复", "答复内容"]
    shown = heads.index("状态") + 1  # what it is, how it stands, what to do and until when
    widths = [float(sheet.column_dimensions[get_column_letter(n)].width) for n in range(1, shown + 1)]
    pixels = sum(7 * width + 5 for width in widths)
    assert pixels <= 1366 - 60  # the row's numbers and the scroll bar
    assert all(row.height is None for row in sheet.row_dimensions.values())  # Excel fits them to the words


def test_a_list_of_the_older_form_is_read_by_its_heads(office: Office, told: Told, tmp_path: Path) -> None:
    path = the_list(digest(office.config, told), tmp_path, (1, "异议", "八月表已于 9 月 8 日报送"))
    book = load_workbook(path)
    sheet = book[form.SHEET]
    turned = [[cell.value for cell in row][::-1] for row in sheet.iter_rows(min_row=form.HEADER_ROW)]
    for number, row in enumerate(turned, form.HEADER_ROW):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)
    book.save(tmp_path / "old.xlsx")
    assert read_replies(tmp_path / "old.xlsx").replies == read_replies(path).replies != ()


def test_only_an_objection_waits_for_a_ruling(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"received_at": NOW, "unit": UNIT, "evidence": "e", "text": text, "papers": (), "kind": kind, "answered": done}
        for kind, text, done in (
            ("objection", "不是我单位的", False),
            ("confirm", "", True),
            ("note", "已补公示", True),
        )
    ]
    print_objections(rows, {UNIT: "交通局"})
    told = capsys.readouterr().out
    assert told.count("不用裁定") == 2 and "未答复" in told and "已裁定" not in told
    assert all(word in told for word in ("异议", "确认", "说明"))


def test_importing_twice_adds_nothing(office: Office, told: Told, tmp_path: Path) -> None:
    path = the_list(digest(office.config, told), tmp_path, (1, "说明", "正在补报"))
    said = office.run("mail", "reply", str(path), "--period", "2026Q3", "--as-of", "2026-10-12T09:00")
    assert "说明 1 项" in said
    assert "没有新的答复" in office.run("mail", "reply", str(path), "--period", "2026Q3", "--as-of", "2026-10-12T09:00")
    with Store(office.paths.store) as store:
        assert [o.kind for o in Objections(store).all()] == ["note"]


FAULTS = [
    ((1, "同意", ""), "第 5 行：答复“同意”不认识，应为确认、说明、异议"),
    ((1, "异议", ""), "第 5 行：异议要写明内容"),
    ((1, "", "只写了内容"), "第 5 行：写了内容，没有选答复"),
]


@pytest.mark.parametrize(("reply", "fault"), FAULTS)
def test_what_cannot_be_taken_names_its_row(
    office: Office, told: Told, tmp_path: Path, reply: tuple[int, str, str], fault: str
) -> None:
    path = the_list(digest(office.config, told), tmp_path, reply)
    taken, faults = take_replies(office.config, read_replies(path), told[0].everything, [], NOW)
    assert (taken, faults) == ([], [fault])


def test_a_matter_that_is_gone_or_anothers_is_not_taken(office: Office, told: Told, tmp_path: Path) -> None:
    path = the_list(digest(office.config, told), tmp_path, (1, "确认", ""))
    reading = read_replies(path)
    _, faults = take_replies(office.config, reading, [], [], NOW)
    assert "已经没有了" in faults[0]
    book = load_workbook(path)
    book["事项清单"]["B2"] = "scjgj"
    book.save(path)
    taken, faults = take_replies(office.config, read_replies(path), told[0].everything, [], NOW)
    assert taken == [] and "不是 楚汀区市场监督管理局 的事项" in faults[0]
    book["事项清单"]["B2"] = "mars"
    book.save(path)
    with pytest.raises(UsageError, match="mars"):
        take_replies(office.config, read_replies(path), told[0].everything, [], NOW)


def test_another_workbook_is_no_list(office: Office, tmp_path: Path) -> None:
    file = next((office.district.parent / "in").glob("*.xlsx"))
    with pytest.raises(WorkbookError, match="不是事项清单"):
        read_replies(file)


# ---------------------------------------------------------------- who hears of it


def with_contacts(config: Config, *contacts: Contact, released: bool = True) -> Config:
    units = tuple(u.model_copy(update={"contacts": contacts}) if u.slug == UNIT else u for u in config.units)
    mail = config.district.mail.model_copy(update={"trial": True, "released": (UNIT,) if released else ()})
    return config.model_copy(update={"units": units, "district": config.district.model_copy(update={"mail": mail})})


def escalated(told: Told) -> list[Alert]:

    first = next(a for a in told[2] if a.to == UNIT and a.stage == "breached")
    return [replace(first, key="e", stage="escalated")]


PEOPLE = (
    Contact(name="甲", email="a@u.example", valid_until=date(2026, 10, 1)),
    Contact(name="乙", email="b@u.example", role="deputy"),
    Contact(name="丙", email="l@u.example", role="leader"),
)  # fmt: skip


def test_the_deputy_reads_it_when_the_contact_has_left_and_the_leader_when_it_stays(office: Office, told: Told) -> None:
    config = with_contacts(office.config, *PEOPLE)
    plain = message_from_bytes(digest(config, told), policy=default)
    assert "b@u.example" in str(plain["To"]) and plain["Cc"] is None
    weekly = message_from_bytes(digest(config, told, escalated(told)), policy=default)
    assert "l@u.example" in str(weekly["Cc"])
    body = weekly.get_body(("plain",))
    assert body is not None and "抄送主要负责人" in body.get_content()


def test_on_trial_nobody_but_the_office_hears_of_it(office: Office, told: Told) -> None:
    config = with_contacts(office.config, *PEOPLE, released=False)
    weekly = message_from_bytes(digest(config, told, escalated(told)), policy=default)
    assert "u.example" not in f"{weekly['To']}{weekly['Cc']}" and config.district.mail.office in str(weekly["To"])


def test_on_trial_the_office_gets_one_letter_with_all_that_would_have_gone_out(office: Office, told: Told) -> None:
    units = sorted({a.to for a in told[2]} - {"office"})
    mail = office.config.district.mail
    for released in ((), (units[0],)):
        changed = mail.model_copy(update={"trial": True, "released": released})
        config = office.config.model_copy(
            update={"district": office.config.district.model_copy(update={"mail": changed})}
        )
        context = context_of(config, told)
        paths = Paths(office.paths.root / f"trial-{len(released)}")
        with Store(paths.store) as store:
            session = session_of(store, config, NOW, paths)
            written = {path.stem: path for path in notify(session, context, 1.0, ())}
            assert notify(session, context, 1.0, ()) == []
            assert {alert.key for alert in told[2]} <= session.outbox.already_notified()
            to = {row[0] for row in store.rows("SELECT addressee FROM outbox")}
        assert set(written) - {f"{NIGHT}-summary", f"{NIGHT}-office"} == {
            f"{NIGHT}-trial",
            *(f"{NIGHT}-{u}" for u in released),
        }
        assert to == {"office", *released}
        letter = message_from_bytes(written[f"{NIGHT}-trial"].read_bytes(), policy=default)
        assert f"原应发给 {len(units) - len(released)} 个单位" in str(letter["Subject"])
        assert mail.office in str(letter["To"]) and letter["Cc"] is None
        lists = [part.get_filename() for part in letter.iter_attachments()]
        for kind in ("plain", "html"):
            part = letter.get_body((kind,))
            assert part is not None
            for alert in told[2]:
                assert (call_number(alert.evidence) in part.get_content()) is (alert.to in set(units) - set(released))
        assert len(lists) == len(set(lists)) == len(units) - len(released)


def test_on_trial_one_unit_that_cannot_be_written_to_keeps_no_other_from_the_letter(
    office: Office, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = sorted({a.to for a in told[2]} - {"office"})
    config = with_contacts(office.config, *PEOPLE, released=False)

    def breaks(letter: Letter) -> EmailMessage:
        if letter.recipient == UNIT:
            raise ValueError("坏")
        return compose_digest(letter)

    monkeypatch.setattr("pipeline.notify.compose_digest", breaks)
    assert UNIT in units and len(units) > 1
    paths = Paths(office.paths.root / "trial-bad")
    with Store(paths.store) as store:
        session = session_of(store, config, NOW, paths)
        written = {path.stem: path for path in notify(session, context_of(config, told), 1.0, ())}
        untold = {a.key for a in told[2]} - session.outbox.already_notified()
    assert f"原应发给 {len(units) - 1} 个单位" in str(
        message_from_bytes(written[f"{NIGHT}-trial"].read_bytes(), policy=default)["Subject"]
    )
    assert untold == {a.key for a in told[2] if a.to == UNIT}
    summary = message_from_bytes(written[f"{NIGHT}-summary"].read_bytes(), policy=default)
    assert "没有写成的信：" in _words(summary)


def test_a_trial_letter_that_cannot_be_composed_stops_no_night_and_is_tried_again(
    office: Office, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, paths = with_contacts(office.config, *PEOPLE, released=False), Paths(office.paths.root / "trial-broken")
    with Store(paths.store) as store:
        session = session_of(store, config, NOW, paths)
        with monkeypatch.context() as broken:
            broken.setattr("pipeline.notify.compose_trial", lambda letters: [][0])
            written = {path.stem: path for path in notify(session, context_of(config, told), 1.0, ())}
        units = {a.key for a in told[2] if a.to != "office"}
        assert f"{NIGHT}-trial" not in written and not units & session.outbox.already_notified()
        summary = message_from_bytes(written[f"{NIGHT}-summary"].read_bytes(), policy=default)
        assert "没有写成的信：" in _words(summary)
        again = {path.stem for path in notify(session, context_of(config, told), 1.0, ())}
        assert again == {f"{NIGHT}-trial"} and units <= session.outbox.already_notified()


def test_the_notice_says_what_the_letter_says(office: Office, told: Told) -> None:
    own = [a for a in told[2] if a.to == UNIT]
    page = compose_notice(letter_to(context_of(office.config, told), UNIT, own))
    assert "楚汀区交通运输局：" in page and "2026年10月12日" in page
    for alert in own:
        assert call_number(alert.evidence) in page


def test_telling_twice_commits_once_and_writes_letter_and_notice(office: Office, told: Told) -> None:
    context = context_of(office.config, told)
    with Store(office.paths.store) as store:
        session = session_of(store, office.config, NOW, office.paths)
        first = notify(session, context, 1.0, ())
        again = notify(session.at(NOW + timedelta(minutes=1)), context, 1.0, ())
        told_now = session.outbox.already_notified()
    assert f"{NIGHT}-summary.eml" in {p.name for p in first} and again == []
    assert {p.with_suffix(".html").name for p in first if "summary" not in p.name} <= {
        p.name for p in office.paths.outbox.iterdir()
    }
    assert {alert.key for alert in told[2]} <= told_now
    assert isinstance(NOW, datetime)

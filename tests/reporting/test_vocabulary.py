"""One word for each thing: the words that docs/reports.md gives up stand in no template, module or printed form."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from email.message import EmailMessage
from typing import cast

import pypdfium2
import pytest

from checks import TEXTS
from core.domain.models import Alert, Evaluation, Facts, Grade
from core.domain.periods import parse_period
from core.domain.reason_codes import CheckText
from core.domain.scheme import Scheme
from core.storage.database import Store
from pipeline import publish
from pipeline.notify import pending_alerts
from pipeline.publish import unit_rates
from pipeline.report_context import facts_of
from pipeline.score import evaluation_of
from reporting import wording
from reporting.dashboard.html import build_view, render_report
from reporting.formal.report import FormalReport, ReportFacts, build_report, public_edition
from reporting.letters.messages import LetterContext, compose_digest, compose_notice, letter_to
from reporting.letters.morning import NightFacts, compose_summary
from reporting.lookup import Lookup, open_lookup
from scoring.rates import total_of
from tests.support.filed_district import NOW, Office
from tests.support.paths import ROOT
from tests.support.sessions import session_of

PRINTING = ("templates", "reporting", "commands/output")
COMMANDS = (
    ("status",),
    ("scores", "--period", "2026Q3"),
    ("explain", "scjgj", "--period", "2026Q3", "--full"),
    ("evidence", "--outcome", "breached"),
    ("pending", "--period", "2026Q3"),
    ("looks",),
    ("findings",),
)


def _abandoned() -> list[str]:
    """The last column of the table of words."""
    table = (ROOT / "docs/reports.md").read_text("utf-8").split("| word | for | not |")[1].split("\n\n")[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return [word for cell in cells for word in cell[2].split("、") if word != "—"]


ABANDONED = _abandoned()


def _standing_in(text: str) -> list[str]:
    return [word for word in ABANDONED if word in text]


def test_the_table_gives_up_words() -> None:
    assert len(ABANDONED) > 20 and len(set(ABANDONED)) == len(ABANDONED) and all(len(word) > 1 for word in ABANDONED)


@pytest.mark.parametrize("folder", PRINTING)
def test_no_abandoned_word_stands_where_things_are_printed(folder: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".j2")]
    assert len(files) > 3
    assert not [(path.name, words) for path in files if (words := _standing_in(path.read_text("utf-8")))]


def test_the_table_names_the_words_that_are_printed() -> None:
    printed = "".join(
        path.read_text("utf-8")
        for folder in PRINTING
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        if path.suffix in (".py", ".j2")
    )
    for word in (
        "暂不定级",
        "实得／应得",
        "等级上限",
        "待核清",
        "核查项",
        "有效核查",
        "解读",
        "出处",
        "文书号",
        "复核裁定",
    ):
        assert word in printed


# ---------------------------------------------------------------- printed forms


def neutral(value: object) -> object:
    """The same without the abandoned words: what the scheme, the checks and the workbooks say is not worded here."""
    if type(value) is str:
        return re.sub("|".join(map(re.escape, ABANDONED)), "", value)
    if isinstance(value, Mapping):
        return {key: neutral(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(neutral(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: neutral(getattr(value, field.name)) for field in fields(value)})
    return value


@pytest.fixture(scope="module")
def lookup(office: Office) -> Lookup:
    """The quarter's index, with the words of its sources taken out."""
    with Store(office.paths.store) as store:
        session = session_of(store, office.config, NOW)
        evaluation = evaluation_of(session, parse_period("2026Q3"))
        facts = facts_of(session, evaluation)
    scheme = Scheme.model_validate(neutral(office.config.scheme.model_dump(by_alias=True)))
    config = office.config.model_copy(update={"scheme": scheme})
    checks = cast(Mapping[str, CheckText], neutral(TEXTS))
    return open_lookup(config, cast(Evaluation, neutral(evaluation)), cast(Facts, neutral(facts)), checks)


@pytest.fixture(scope="module")
def report(lookup: Lookup) -> FormalReport:
    rates = unit_rates(lookup.config, lookup.evaluation, lookup.facts)
    return build_report(lookup, ReportFacts(rates=rates, total=total_of(rates.values())))


@pytest.mark.parametrize("form", publish.FORMATS)
def test_no_abandoned_word_stands_in_a_form_of_the_report(report: FormalReport, form: str) -> None:
    few = replace(report, units=report.units[:6]) if form == "pdf" else report  # the same words, printed for six units
    for edition in (few, public_edition(few)):
        text = _text(publish.render(edition, form), form)
        assert wording.GRADES[Grade.RED] in re.sub(r"\s", "", text)
        assert not _standing_in(text)


def _text(data: bytes, form: str) -> str:
    if form == "pdf":
        return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    if form in ("docx", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            xml = "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist() if "xml" in name)
        return re.sub(r"<[^>]+>", "", xml)
    return data.decode()


def test_no_abandoned_word_stands_in_the_nights_report(lookup: Lookup) -> None:
    assert not _standing_in(render_report(build_view(lookup)))


def test_no_abandoned_word_stands_in_a_letter(office: Office, lookup: Lookup) -> None:
    with Store(office.paths.store) as store:
        alerts = pending_alerts(session_of(store, office.config, NOW), lookup.evaluation)
    alerts = cast(tuple[Alert, ...], neutral(alerts))
    context = LetterContext(lookup=lookup, night=date(2026, 10, 12), head="h" * 64, alerts=alerts)
    addressees = {alert.to for alert in alerts}
    assert len(addressees) > 3
    for addressee in addressees:
        letter = letter_to(context, addressee, alerts)
        for text in (*_bodies(compose_digest(letter)), compose_notice(letter)):
            assert not _standing_in(text)
    summary = compose_summary(context, NightFacts(looks=(), seconds=1.0))
    for text in (str(summary["Subject"]), *_bodies(summary)):
        assert not _standing_in(text)


def _bodies(message: EmailMessage) -> Iterator[str]:
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        yield str(body.get_content())


@pytest.mark.parametrize("words", COMMANDS)
def test_no_abandoned_word_stands_in_a_table(office: Office, words: tuple[str, ...]) -> None:
    assert not _standing_in(office.run(*words))


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("84.9999", "84.99"),
        ("84.999999999999999999999", "84.99"),
        ("85", "85.00"),
        ("59.995", "59.99"),
        ("66.666666", "66.66"),
        ("-0.005", "-0.01"),
        ("0", "0.00"),
    ],
)
def test_a_score_is_never_printed_as_the_line_that_it_does_not_reach(value: str, printed: str) -> None:
    assert wording.score(Decimal(value)) == printed
    assert wording.score_range((Decimal(value), Decimal(value))) == printed


@pytest.mark.parametrize(("value", "printed"), [("3.5", "3.5"), ("10", "10"), ("1.666666", "1.66"), ("0E-27", "0")])
def test_points_are_printed_without_noughts(value: str, printed: str) -> None:
    assert wording.points(Decimal(value)) == printed

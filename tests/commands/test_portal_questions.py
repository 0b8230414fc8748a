"""What `portal try` asks a person: each question only where nothing else answers it."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from commands.portal_questions import DATE, EMPTY, GAINSAID, NAME, ONE_PAGE, VERIFIED, answers
from core.domain.config import load
from core.domain.models import Look
from core.runtime.paths import Paths
from pipeline.onboard import Answers, Seen
from pipeline.portal_trial import Trial
from tests.support.paths import HUAIAN

AT = datetime.fromisoformat("2026-11-26T10:00:00+08:00")
DAY = date(2026, 11, 26)
OPEN = ("no-end-sign",)


def trial(reasons: tuple[str, ...] = (), list_date: str = "published", pages: int = 1) -> Trial:
    look = Look(
        id="r/p/1",
        run="r",
        portal="p",
        kind="window",
        started_at=AT,
        finished_at=AT,
        genuine=True,
        parsed=True,
        pages=pages,
        reasons=reasons,
    )
    seen = Seen(config=load(HUAIAN), paths=Paths(Path("x")), looks=(look,), findings=(), sightings=(), captures=())
    return Trial(look=look, proposals=(), seen=seen, list_date=list_date)


class Person:
    """Answers in order; keeps what she was asked."""

    def __init__(self, *says: object) -> None:
        self.says: Iterator[object] = iter(says)
        self.asked: list[str] = []

    def __call__(self, question: str, **_: Any) -> object:
        self.asked.append(question.split("{")[0].split("\n")[0])
        return next(self.says)


def asked(monkeypatch: pytest.MonkeyPatch, *says: object) -> Person:
    person = Person(*says)
    monkeypatch.setattr(typer, "prompt", person)
    return person


DATE_ASKED = DATE.split("{")[0]
NO_NUMBER = "没有听懂“9”：请打 1 到 5 中的一个数字"


@pytest.mark.parametrize(
    ("tried", "given", "says", "questions", "want"),
    [
        (trial(), {}, ["n", "n"], [EMPTY, VERIFIED], {"list_date": "published"}),
        (trial(list_date="unknown"), {}, ["2", "n", "n"], [DATE_ASKED, EMPTY, VERIFIED], {"list_date": "decided"}),
        (trial(list_date="unknown"), {"list_date": "unknown"}, ["n", "n"], [EMPTY, VERIFIED], {}),
        (trial(list_date="unknown"), {}, ["9", "5", "n", "n"], [DATE_ASKED, NO_NUMBER, EMPTY, VERIFIED], {}),
        (
            trial(OPEN),
            {},
            ["y", " ", "张三", "是", "Y", "张三"],
            [ONE_PAGE, NAME, NAME, EMPTY, VERIFIED, NAME],
            {"list_date": "published", "one_page_by": "张三", "may_be_empty": True, "verified_by": "张三"},
        ),
        (trial((*OPEN, "more-seen:更多")), {}, ["n", "n"], [EMPTY, VERIFIED], {"list_date": "published"}),
        (trial(OPEN, pages=2), {}, ["n", "n"], [EMPTY, VERIFIED], {"list_date": "published"}),
        (
            trial(OPEN),
            {"one_page_by": "李四", "may_be_empty": True, "verified_by": "李四"},
            [],
            [],
            {"list_date": "published", "one_page_by": "李四", "may_be_empty": True, "verified_by": "李四"},
        ),
    ],
)
def test_only_what_nothing_else_answers_is_asked(
    monkeypatch: pytest.MonkeyPatch,
    tried: Trial,
    given: dict[str, Any],
    says: list[object],
    questions: list[str],
    want: dict[str, Any],
) -> None:
    person = asked(monkeypatch, *says)
    said = answers(tried, Answers(on=DAY, **{"list_date": "", **given}), ask=True)
    assert (person.asked, said) == ([q.split("\n")[0] for q in questions], Answers(on=DAY, **want))


def test_a_script_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    person = asked(monkeypatch)
    said = answers(trial(OPEN, "unknown"), Answers(on=DAY, list_date=""), ask=False)
    assert (person.asked, said) == ([], Answers(on=DAY))


@pytest.mark.parametrize("reasons", [(), (*OPEN, "more-seen:更多")])
def test_a_signature_that_the_page_gainsays_or_does_not_need_is_left_out(
    capsys: pytest.CaptureFixture[str], reasons: tuple[str, ...]
) -> None:
    said = answers(trial(reasons), Answers(on=DAY, list_date="", one_page_by="张三"), ask=False)
    assert said.one_page_by == "" and GAINSAID in capsys.readouterr().out


TYPED: dict[str, tuple[str, dict[str, Any]]] = {
    "no answer at all": ("\n\n", {}),
    "neither yes nor no": ("maybe\nn\n对\nn\n", {}),
    "no kind of date": ("x\n9\n2\nn\nn\n", {"list_date": "decided"}),
}


@pytest.mark.parametrize(("typed", "want"), TYPED.values(), ids=TYPED)
def test_a_wrong_answer_is_told_in_chinese_and_asked_again(typed: str, want: dict[str, Any]) -> None:
    said: list[Answers] = []
    app = typer.Typer()
    tried = trial(list_date="unknown" if want else "published")
    app.command()(lambda: said.append(answers(tried, Answers(on=DAY, list_date=""), ask=True)))
    done = CliRunner().invoke(app, input=typed)
    assert (done.exit_code, said) == (0, [Answers(on=DAY, **{"list_date": "published", **want})])
    assert "rror" not in done.output and "nvalid" not in done.output
    wrong = ("maybe" in typed) * 2 + ("x\n" in typed) * 2
    assert done.output.count("没有听懂") == wrong


@pytest.mark.parametrize("question", [ONE_PAGE, EMPTY, VERIFIED])
def test_a_question_says_what_follows_from_yes_and_from_no(question: str) -> None:
    assert "\n　是：" in question and "\n　否：" in question

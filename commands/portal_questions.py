"""What `portal try` asks: what only a person who has the page before her can say. Flags answer beforehand."""

from collections.abc import Collection
from dataclasses import replace

import typer

from pipeline import portal_questions as asked
from pipeline.onboard import Answers
from pipeline.portal_questions import GAINSAID as GAINSAID
from pipeline.portal_questions import Question, heard
from pipeline.portal_trial import Trial, may_be_one_page
from pipeline.trial_words import KINDS


def _with_both(question: Question) -> str:
    """A question with what follows from yes and from no."""
    return f"{question.asks}\n　是：{question.yes}\n　否：{question.no}"


DATE = asked.DATE + "{}\n回车：说不准（不会按这个日期判任何单位）"
ONE_PAGE, EMPTY, VERIFIED = map(_with_both, (asked.ONE_PAGE, asked.EMPTY, asked.VERIFIED))
NAME = "您的姓名（写进签注）"
UNHEARD = "没有听懂“{}”：{}"
_YES, _NO = frozenset({"y", "yes", "是"}), frozenset({"n", "no", "否", "不是"})


def answers(trial: Trial, given: Answers, *, ask: bool) -> Answers:
    """What a person says of the column: `given` by flags, and the rest asked for on the terminal where `ask`.

    A signature that the column is one page is left out, and said to be, where the look needs or bears none.
    """
    one_page = trial.seen is not None and may_be_one_page(trial.look)
    given, left_out = heard(given, one_page=one_page)
    if left_out:
        typer.echo(left_out)
    said = replace(given, list_date=given.list_date or trial.list_date)
    return _asked(said, one_page=one_page, date_given=bool(given.list_date)) if ask else said


def _asked(said: Answers, *, one_page: bool, date_given: bool) -> Answers:
    """The questions in their order, each only where nothing has answered it yet; what was read is signed last."""
    if said.list_date == "unknown" and not date_given:
        said = replace(said, list_date=_kind())
    if one_page and not said.one_page_by and _yes(ONE_PAGE):
        said = replace(said, one_page_by=_name(said.verified_by))
    if not said.may_be_empty:
        said = replace(said, may_be_empty=_yes(EMPTY))
    if not said.verified_by and _yes(VERIFIED):
        said = replace(said, verified_by=_name(said.one_page_by))
    return said


def _yes(question: str) -> bool:
    """A yes or a no; Enter is no."""
    return (
        _one_of(f"{question}\n请答 y（是）或 n（否），直接回车算否", _YES | _NO, "n", "请答 y（是）或 n（否）") in _YES
    )


def _kind() -> str:
    """The kind of the list's date, by number; the last is "unknown"."""
    kinds = list(KINDS)
    numbers = [str(number) for number in range(1, len(kinds) + 1)]
    listed = "".join(f"\n  {number} {KINDS[kind]}" for number, kind in zip(numbers, kinds, strict=True))
    hint = f"请打 1 到 {len(kinds)} 中的一个数字"
    return kinds[int(_one_of(DATE.format(listed), numbers, numbers[-1], hint)) - 1]


def _one_of(question: str, known: Collection[str], default: str, hint: str) -> str:
    """One of the answers that are known; `default` for Enter. Anything else is answered with `hint`."""
    said = _typed(question, default)
    while said.lower() not in known:
        said = _typed(UNHEARD.format(said, hint), default)
    return said.lower()


def _typed(question: str, default: str) -> str:
    """What was typed, without blanks at its ends; `default` for Enter alone."""
    return str(typer.prompt(question, default=default, show_default=False, prompt_suffix="：")).strip()


def _name(before: str) -> str:
    """A name that is one; what was signed with already is offered."""
    while not (name := str(typer.prompt(NAME, default=before or None, prompt_suffix="：")).strip()):
        pass
    return name

"""What `portal try` asks: what only a person who has the page before her can say. Flags answer beforehand."""

from dataclasses import replace

import typer

from commands.output.portal_trial import KINDS
from pipeline.onboard import Answers
from pipeline.portal_trial import Trial, may_be_one_page

DATE = "列表上的日期是什么？{}\n回车：说不准"
ONE_PAGE = "看不出列表到哪里为止，页面上也没有更多的迹象。您在网页上看到的就是全部，没有下一页、没有“更多”吗？"
EMPTY = "这个栏目以后会不会一条也没有（比如整年没有处罚）？"
VERIFIED = "上面读到的条目和详情，您已经对照网页核对过了吗？"
NAME = "您的姓名（写进签注）"
GAINSAID = "没有写“只有一页”的签注：页面自己说了到哪里为止，或者有更多的迹象"


def answers(trial: Trial, given: Answers, *, ask: bool) -> Answers:
    """What a person says of the column: `given` by flags, and the rest asked for on the terminal where `ask`.

    A signature that the column is one page is left out, and said to be, where the look needs or bears none.
    """
    one_page = trial.seen is not None and may_be_one_page(trial.look)
    if given.one_page_by and not one_page:
        typer.echo(GAINSAID)
        given = replace(given, one_page_by="")
    said = replace(given, list_date=given.list_date or trial.list_date)
    return _asked(said, one_page=one_page, date_given=bool(given.list_date)) if ask else said


def _asked(said: Answers, *, one_page: bool, date_given: bool) -> Answers:
    """The questions in their order, each only where nothing has answered it yet; what was read is signed last."""
    if said.list_date == "unknown" and not date_given:
        said = replace(said, list_date=_kind())
    if one_page and not said.one_page_by and typer.confirm(ONE_PAGE, default=False):
        said = replace(said, one_page_by=_name(said.verified_by))
    if not said.may_be_empty:
        said = replace(said, may_be_empty=typer.confirm(EMPTY, default=False))
    if not said.verified_by and typer.confirm(VERIFIED, default=False):
        said = replace(said, verified_by=_name(said.one_page_by))
    return said


def _kind() -> str:
    """The kind of the list's date, by number; the last is "unknown"."""
    kinds = list(KINDS)
    listed = "".join(f"\n  {number} {KINDS[kind]}" for number, kind in enumerate(kinds, 1))
    question = DATE.format(listed)
    while not 1 <= (number := int(typer.prompt(question, type=int, default=len(kinds)))) <= len(kinds):
        pass
    return kinds[number - 1]


def _name(before: str) -> str:
    """A name that is one; what was signed with already is offered."""
    while not (name := str(typer.prompt(NAME, default=before or None)).strip()):
        pass
    return name

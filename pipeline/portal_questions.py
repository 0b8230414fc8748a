"""What only a person who has the page before her can say of a draft: the questions, and which of them are open.

The command asks them on the terminal, the desk in a form; an answer and what follows from it are the same.
"""

from dataclasses import dataclass, replace

from pipeline.onboard import Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that is answered by yes or no, and what follows from each."""

    asks: str
    yes: str
    no: str


DATE = "列表上的日期是什么？"
ONE_PAGE = Question(
    asks="看不出列表到哪里为止，页面上也没有更多的迹象。您在网页上看到的就是全部，没有下一页、没有“更多”吗？",
    yes="由您签注只有一页，这个栏目就能证明“没有”；一见到更多的迹象，签注作废",
    no="照样写出草案，但能证明的只有上面“注意”一行所说的；请在 [options] 里写明怎样翻页",
)
EMPTY = Question(
    asks="这个栏目以后会不会一条也没有（比如整年没有处罚）？",
    yes="一条也没有时，也算看过",
    no="一条也没有时，当作没有看成（拿不准就选否，以后可在草案里改 may_be_empty）",
)
VERIFIED = Question(
    asks="上面读到的条目和详情，您已经对照网页核对过了吗？",
    yes="写上您的姓名和今天的日期",
    no="照样写出草案，写明没有核对；核对后再改草案里的 verified",
)
GAINSAID = (
    "没有写“只有一页”的签注：页面自己说了到哪里为止，或者有更多的迹象。"
    "说了到哪里为止的，不用签注；有更多的，请在草案的 [options] 里写明怎样翻页"
)


def heard(given: Answers, *, one_page: bool) -> tuple[Answers, str]:
    """Answers as they count, and what was left out of them in Chinese: a signature that the column is one page is,
    where the look needs or bears none (`one_page`: whether it may stand).
    """
    if given.one_page_by and not one_page:
        return replace(given, one_page_by=""), GAINSAID
    return given, ""

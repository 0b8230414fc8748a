"""The document number a free text is about, told from the numbers it only cites.

A number is the page's own where it stands in the title, alone on its line, or behind 决定书 or 文号. Anywhere else
it may be the law's or another office's, and the words before it run into its prefix.
"""

import re

from core.domain.text import document_numbers, tight

_NUMBER = r"[\w（）()]{1,20}?[〔\[【﹝（(](?:19|20)\d\d[〕\]】﹞）)](?:字)?第?[\d、,，\-~至号]{1,40}号"
_ANYWHERE = re.compile(_NUMBER)
_MARK = re.compile(r"(\w{1,2})[〔\[【﹝（(]((?:19|20)\d\d)[〕\]】﹞）)](?:字)?第?0*(\d+)(?=[\d、,，~至和号-]*号)")
_ALONE = re.compile(rf"[（(]?({_NUMBER})[）)]?")
_NAMED = re.compile(rf"(?:决定书|文号|文书号|编号)[》”\"]?(?:为|是)?[（(：:]?({_NUMBER})")
_RUN_IN = re.compile(
    r"^.*(?:决定书?|公示|公开表|公示表|公告|信息|通知书?|通报|关于|印发|作出|发布|依据|根据|按照|贯彻)(?=.)"
)


def own_numbers(title: str, text: str) -> tuple[str, ...]:
    """Texts of the numbers the page is about, each once as it is compared; several mean that none stands out."""
    numbers: dict[tuple[str, ...], str] = {}
    for number in (*_in_title(title), *_in_text(text)):
        numbers.setdefault(document_numbers(number), number)
    return tuple(numbers.values())


def has_other_numbers(text: str, known_text: str) -> bool:
    """Whether `text` holds a document number that `said` does not.

    Told apart by year, serial and the end of the prefix: before it, words of the text run into the number. Without
    号 it is some certificate's (苏建安B(2011)0200719).
    """
    known = _MARK.findall(tight(known_text))
    return not all(
        any(mark[1:] == other[1:] and (mark[0].endswith(other[0]) or other[0].endswith(mark[0])) for other in known)
        for mark in _MARK.findall(tight(text))
    )


def _in_title(title: str) -> list[str]:
    return [_without_run_in(match) for line in title.splitlines() for match in _ANYWHERE.findall(tight(line))]


def _in_text(text: str) -> list[str]:
    numbers: list[str] = []
    for line in map(tight, text.splitlines()):
        alone = _ALONE.fullmatch(line)
        numbers += [alone[1]] if alone else _NAMED.findall(line)
    return [_without_run_in(number) for number in numbers]


def _without_run_in(number: str) -> str:
    """The number without the words of a title that ran into its prefix, its brackets in pairs."""
    head, mark, tail = re.split(r"([〔\[【﹝（(](?=(?:19|20)\d\d[〕\]】﹞）)]))", number, maxsplit=1)
    head = _RUN_IN.sub("", head)
    while head.count("(") + head.count("（") > head.count(")") + head.count("）"):
        head = re.split(r"[（(]", head, maxsplit=1)[1]
    head = head.lstrip(")）")
    opened = head.count("(") + head.count("（") < head.count(")") + head.count("）")  # 决定书（淮）应急罚: cut too far
    return ("(" if opened else "") + head + mark + tail

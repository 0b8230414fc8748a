"""Letters that are no decision, by what they call themselves: a notice before one, its service, its withdrawal."""

import re
from collections.abc import Iterable

from core.domain.text import tight

_OTHER = re.compile(
    r"复议|诉讼|裁定|强制执行|典型案例|通报|告知书|通知书|催告|公告|撤销|变更|更正|解除|终止|不予|不准予|不予?批准|不同意"
    r"|拟(?:作出|给予|处)|送达|名单"
)
_HEADING = re.compile(
    r"[^，。；：:]{0,40}(?:告知书|催告书|送达公告|(?:撤销|变更|更正|解除|终止|不予|不准予)[^，。；：:]{0,20}(?:决定书|通知书))"
)
_GRANTED = re.compile(
    r"(?<!不)(?:准予|同意|核准)[^，。；：:]{0,40}?(?:变更|解除|终止|撤销)|变更[^，。；：:]{0,60}的批复$"
    r"|撤销(?:(?!许可|处罚|决定|批准|核准|批复|登记|资质|资格|证|文件|备案|公司|厂|店)[^，。；：:〔\[【]){2,60}的批复(?=$|[(〔])"
)  # a licence to change is one, and so is a reply that dissolves a zone or a school


def is_another(title: str, lines: Iterable[str] = ()) -> bool:
    """Whether a title, or one of a letter's lines as its heading, says that it decides nothing, or undoes it."""
    if any(_OTHER.search(_GRANTED.sub("", line)) for line in map(tight, title.splitlines())):
        return True
    return any(_HEADING.fullmatch(_GRANTED.sub("", line)) for line in lines)

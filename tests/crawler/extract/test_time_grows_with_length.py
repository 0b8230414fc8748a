"""What is read off a page takes time that grows with the page's length: no text of a site holds up a night.

Each case is measured at n and 4n in CPU seconds: in proportion that is 4 times as long, with the square 16 times.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime

import pytest

from core.domain.amounts import amounts_behind, amounts_imposed
from core.domain.clock import ZONE
from core.domain.identity_numbers import mask_identities
from core.domain.unit_names import UnitNames
from crawler.extract.cited_numbers import has_other_numbers, own_numbers
from crawler.extract.detail import read_detail
from crawler.extract.files import with_files
from crawler.extract.findings import read_findings
from crawler.extract.free_text import decision_in
from crawler.extract.label_pairs import without_copies
from crawler.extract.page_identity import speaks_of
from crawler.extract.parties import party_in
from crawler.pages import Detail, ListRow, PageRequest, Response
from tests.support.html_lists import portal

PORTAL, NAMES, AT = portal(), UnitNames((), (), "某区"), datetime(2026, 7, 1, tzinfo=ZONE)
HAN = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x5600), k=70_000)))


def page(body: str) -> Response:
    kind = (("Content-Type", "text/html; charset=utf-8"),)
    asked = PageRequest(url="http://x.gov.cn/a.html")
    return Response(url=asked.url, status=200, body=f"<html><body>{body}".encode(), headers=kind, request=asked)


def whole(body: str) -> int:
    """A page read as a visit reads it: how many records stand there."""
    answer = page(body)
    row, detail = ListRow(key="1", sort_key="", title="某"), read_detail(answer)
    speaks_of(row, detail, answer)
    read_findings(PORTAL, row, detail, content_hash="v", capture="c", observed_at=AT, names=NAMES)
    return len(detail.records)


def numbers(n: int) -> list[str]:
    return [f"某罚〔2026〕{serial}号" for serial in range(n)]


def tables(n: int) -> int:
    cell = "<table><tr><td>文书号</td><td>{}</td></tr><tr><td>当事人</td><td>甲{}公司</td></tr></table>"
    return whole("".join(cell.format(number, place) for place, number in enumerate(numbers(n))))


def one_number_and_many(n: int) -> int:
    return whole(f"<table><tr><td>文书号</td><td>{'文书号：1 ' * n}</td></tr></table>")


def title(n: int) -> bool:
    row, text = ListRow(key="1", sort_key="", title=HAN[:n]), HAN[10_000:]
    return speaks_of(row, Detail(records=(), text=text), page(text))


def brackets(n: int) -> str:
    return party_in("（" * n)[0]


def blanks(n: int) -> str:
    return party_in(f"甲{' ' * n}乙")[0]


def cited(n: int) -> bool:
    text = "\n".join(numbers(n))
    return has_other_numbers(text, text)


def persons(n: int) -> int:
    return len(mask_identities("，".join(["11010119900307803X"] * n))[1])


def rows_of_a_file(n: int) -> int:
    rows = tuple((("文书号", number), ("当事人", f"甲{place}公司")) for place, number in enumerate(numbers(n)))
    detail = Detail(records=rows, files=(PageRequest(url="http://x.gov.cn/a.xls"),))
    return len(with_files(detail, [Detail(records=rows, body="某")]).records)


def sums(n: int) -> int:
    return len(amounts_behind("罚款", "处罚款，共计1元" * n)) + len(amounts_imposed("罚款", "处9㎡×1元=9元" * n))


def salutations(n: int) -> int:
    lines = (
        "清罚〔2026〕1号甲县环境局、乙县水务局：\n你们的请示收悉。\n当事人：甲公司\n一、处罚部门\n附表.xls\n"
        "当事人基本情况\n戴**，男，汉族\n行政处罚决定书\n甲公司，法定代表人：乙\n"
        "，甲县环境局对乙局对丙公司对丁公司的行为立案查处，于2026年7月6日对其作出行政处罚决定：\n1.罚款1元。\n"
    )
    return len(decision_in("行政处罚决定书", lines * n)) + len(own_numbers("清罚〔2026〕1号" * 20, lines * n))


def heads_of_letters(n: int) -> int:
    lines = "<p>一、处罚决定书编号</p><p>清罚〔2026〕1号</p><p>索引号 1 发文字号 清罚〔2026〕1号</p><p>表.xls</p>"
    return whole(f"<div id='zoom'>{lines * n}</div></body></html>")


def papers_in_one_line(n: int) -> int:
    line = "拟作出处罚如下。 当事人：甲 2024年5月3日作出《处罚决定书》（清罚〔2026〕1号） 甲、乙公司、 某店经营案 "
    labels = "<p>当事人</p><p>甲</p><p>文号</p>" * n
    said = len(decision_in(line * n, line * n)) + len(own_numbers("", "清罚〔2026〕2号\n" + line * n))
    return said + whole(f"<div id='zoom'>{labels}</div></body></html>")


def containers(n: int) -> int:
    number = "<table><tr><td>文书号</td><td>某罚〔2026〕1号</td></tr></table>"
    others = "<div id='zoom'>某</div>" * n
    return whole(f"<div id='zoom'>{number}</div>{others}</body></html>")


@pytest.mark.parametrize(
    ("read", "n"),
    [
        (tables, 150),
        (one_number_and_many, 250),
        (title, 2_500),
        (brackets, 5_000),
        (blanks, 5_000),
        (cited, 1_000),
        (persons, 2_500),
        (rows_of_a_file, 300),
        (containers, 500),
        (sums, 1_000),
        (salutations, 200),
        (heads_of_letters, 100),
        (papers_in_one_line, 100),
    ],
    ids=lambda case: getattr(case, "__name__", None),
)
def test_four_times_the_length_takes_no_sixteen_times_as_long(read: Callable[[int], object], n: int) -> None:
    once, four = (min(_seconds(read, times * n) for _ in range(2)) for times in (1, 4))
    assert four < 10 * max(once, 0.01), (once, four)


def _seconds(read: Callable[[int], object], n: int) -> float:
    began = time.process_time()
    read(n)
    return time.process_time() - began


@pytest.mark.parametrize("length", [2_000, 20_000])
def test_a_long_title_is_found_on_its_page_by_how_it_begins(length: int) -> None:
    answer = page(HAN)
    said, not_said = (ListRow(key="1", sort_key="", title=words[:length]) for words in (HAN, HAN[::-1]))
    assert speaks_of(said, Detail(records=(), text=HAN), answer)
    assert not speaks_of(not_said, Detail(records=(), text=HAN), answer)


def test_copies_of_a_record_are_one_and_what_disagrees_is_not() -> None:
    one = (("文书号", "某罚〔2026〕1号"), ("当事人", "甲公司"))
    first, other = ((*one, ("处罚内容", f"罚款{yuan}元")) for yuan in (1, 2))
    assert without_copies((one, first, other)) == (first, other)

"""What is read once in a visit, and what is not."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import pytest

from core.domain.unit_names import UnitNames
from crawler.detail_reader import Reader, _is_same
from crawler.families import parser_of
from crawler.page_reading import Column
from crawler.pages import PageRequest, Response
from crawler.readers import OwnReading, PageReading
from crawler.sent_once import SentOnce
from crawler.turns import Turns
from tests.support.site_runs import district

Given = TypeVarTuple("Given")
Made = TypeVar("Made")
PORTAL = (
    'name = "某局"\nchannel = "department"\nkinds = ["penalty"]\nunit = "u"\nfamily = "html-list"\n'
    'url = "http://127.0.0.1/index.html"\nmarker = "双公示"\nlist_date = "published"\nallow_private = true\n'
    '[options]\ncontainer = "ul"\npager = "none"\n'
)
FILE = "行政处罚决定书文号,行政相对人名称\n某罚〔2026〕1号,某商行\n".encode()


class Counting(OwnReading):
    """Readers that say how much they read."""

    jobs = 0

    async def read(self, _visit: str, seconds: float, work: Callable[[*Given], Made], /, *given: *Given) -> Made:
        self.jobs += 1
        return await super().read(_visit, seconds, work, *given)


def answer(body: bytes = FILE, url: str = "http://127.0.0.1/a.csv", **headers: str) -> Response:
    said = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(url=url, status=200, body=body, headers=said, request=PageRequest(url=url))


def test_an_attachment_is_read_once_a_visit_for_as_long_as_its_bytes_and_its_name_are_the_same(tmp_path: Path) -> None:
    config, readers = district(tmp_path, {"p": PORTAL}), Counting()
    portal = config.portal("p")
    reader = Reader(
        column=SentOnce(Column(portal=portal, parser=parser_of(portal), names=UnitNames.of(config))),
        new_limit=1,
        rereads=1,
        growing=1,
        turns=Turns(shortest=timedelta(1), longest=timedelta(2)),
        pages=PageReading.of_visit(readers, "2026-07-01", "p", 5.0),
    )
    first = asyncio.run(reader._file(answer()))
    assert first.records and asyncio.run(reader._file(answer(Age="60"))) is first and readers.jobs == 1
    grown = FILE + "某罚〔2026〕2号,另一商行\n".encode()
    for number, other in enumerate(
        (answer(grown), answer(Content_Type="text/csv; charset=gbk"), answer(url="http://127.0.0.1/b.csv")), start=2
    ):
        asyncio.run(reader._file(other))
        assert readers.jobs == number


@pytest.mark.parametrize(
    ("kept", "now", "same"),
    [
        (answer(), answer(ETag="2"), True),
        (answer(), answer(FILE + b" "), False),
        (answer(), answer(Content_Type="text/html"), False),
        (answer(), answer(Content_Disposition="attachment; filename=b.pdf"), False),
        (None, answer(), False),
        (answer(), None, False),
    ],
)
def test_only_the_same_bytes_under_the_same_name_need_no_second_reading(
    kept: Response | None, now: Response | None, same: bool
) -> None:
    assert _is_same(kept, now) is same

"""Where texts stand among the pieces of a page's text."""

import pytest

from crawler.picture_marks import MOST, Piece, places_of


def found(pieces: list[tuple[str, int]], *texts: str) -> list[tuple[int, str]]:
    """(the text's number, what is marked of the page, piece by piece)."""
    page = [Piece(text=text, block=block) for text, block in pieces]
    places = places_of(page, texts)
    return [(p.text, "|".join(_units(page[a.piece].text, a.start, a.end) for a in p.parts)) for p in places]


def _units(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@pytest.mark.parametrize(
    ("pieces", "text", "marked"),
    [
        ([("决定书 某罚〔2026〕12号。", 0)], "某罚〔2026〕12号", ["某罚〔2026〕12号"]),
        ([("某罚[2026] 12 号", 0)], "某罚〔2026〕12号", ["某罚[2026] 12 号"]),
        ([("某罚", 0), ("（2026）", 0), ("12号", 0)], "某罚〔2026〕12号", ["某罚|（2026）|12号"]),
        ([("某罚(2026)第0012号", 0)], "某罚〔2026〕12号", ["某罚(2026)第0012号"]),
        ([("某罚〔2026〕112号", 0)], "某罚〔2026〕12号", []),
        ([("罚款112万元", 0), ("12", 1), ("万元", 2)], "12万元", ["12|万元"]),
        ([("2026-05-07 09:00", 0)], "2026-05-07", ["2026-05-07"]),
        ([("2026-05-071", 0)], "2026-05-07", []),
        ([("关于某某的", 0), ("决定", 1)], "关于某某的决定", ["关于某某的|决定"]),
        ([("张𠮷公司、张𠮷公司", 0)], "张𠮷公司", ["张𠮷公司", "张𠮷公司"]),
        ([("ＡＢ㈠厂", 0)], "ab(一)厂", ["ＡＢ㈠厂"]),
        ([("甲", 0)], " ", []),
    ],
)
def test_a_text_is_found_as_chinese_is_compared(pieces: list[tuple[str, int]], text: str, marked: list[str]) -> None:
    assert found(pieces, text) == [(0, words) for words in marked]


def test_a_block_that_holds_it_goes_before_blocks_that_hold_it_together() -> None:
    assert found([("甲", 0), ("乙", 1), ("甲乙", 2)], "甲乙") == [(0, "甲乙")]


def test_of_each_text_so_many_places_are_marked_and_no_more() -> None:
    assert [number for number, _ in found([("甲乙" * 100, 0)], "甲", "无", "乙")] == [0] * MOST + [2] * MOST

"""The pictures of `portal try`: a terminal's text in cells, folded where it ends; each shape a site of its own."""

import re
import sys
from pathlib import Path

import pytest

from benchmarks.portal_pictures import COLUMNS, PICTURES, _on_terminal, page_of
from simulation.portals_of_chance.shape import from_line
from tests.support.paths import ROOT


def lines(text: str) -> list[str]:
    return [re.sub("<[^>]*>", "", row) for row in re.findall("<div>(.*?)</div>", page_of(text))]


def test_every_picture_is_of_a_shape_that_can_be_and_is_kept() -> None:
    assert len({str(from_line(picture.shape)) for picture in PICTURES}) == len(PICTURES)
    assert [p.name for p in PICTURES if not (ROOT / f"docs/images/{p.name}.png").exists()] == []


def test_a_line_is_folded_where_the_terminal_ends() -> None:
    assert [len(line) for line in lines("中" * COLUMNS)] == [COLUMNS // 2 + 1, COLUMNS // 2 - 1]


def test_colours_wide_letters_and_markup_are_drawn() -> None:
    page = page_of("\x1b[1;31m注\x1b[0m<b>\x1b[1m粗\x1b[0m")
    assert "<i class='r w'>注</i><i class=''>&lt;</i>" in page and "<i class='b w'>粗</i>" in page


def test_questions_are_answered_in_their_order(tmp_path: Path) -> None:
    asks = "print([input('一：'), input('二：')])"
    shown = _on_terminal([sys.executable, "-c", asks], tmp_path, ("甲", "乙"))
    assert shown == "一：甲\n二：乙\n['甲', '乙']\n"


def test_a_command_that_fails_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="3"):
        _on_terminal([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, ())

"""Where a picture is clicked, and which pages are kept to be pointed at."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.domain.errors import PictureError
from core.runtime.paths import Paths
from crawler.page_picture import NUMBERED, Picture
from pipeline.try_pages import element_at, kept_pages, outlined, page_file, picture_of


def picture(*boxes: tuple[int, int, int, int, int]) -> Picture:
    said, file = PngInfo(), io.BytesIO()
    said.add_itxt(NUMBERED, json.dumps(boxes))
    Image.new("RGB", (400, 400), "white").save(file, "PNG", pnginfo=said)
    return Picture(file.getvalue())


def test_the_smallest_element_is_meant_and_of_equals_the_inner_one() -> None:
    drawn = picture((0, 0, 0, 400, 400), (4, 10, 10, 100, 30), (5, 10, 10, 100, 30), (6, 10, 40, 100, 60))
    assert [element_at(drawn, x, y) for x, y in ((20, 20), (20, 50), (300, 300), (500, 20))] == [5, 6, 0, None]


def test_what_is_pointed_at_is_outlined_beside_its_rows() -> None:
    drawn = picture((4, 50, 50, 100, 70), (5, 50, 90, 100, 110))
    with Image.open(io.BytesIO(outlined(drawn, 4, [5]))) as image:
        assert image.getpixel((47, 60)) == (224, 0, 36) and image.getpixel((48, 100)) == (31, 78, 121)
    assert outlined(drawn, None, [])


def test_a_shell_of_a_page_gives_way_to_what_its_scripts_draw(tmp_path: Path) -> None:
    assert kept_pages(tmp_path) == ()
    for kind, size in (("plain", 100), ("drawn", 150)):
        page_file(tmp_path, kind).parent.mkdir(exist_ok=True)
        page_file(tmp_path, kind).write_text("x" * size, "utf-8")
    assert kept_pages(tmp_path) == ("plain", "drawn")
    page_file(tmp_path, "drawn").write_text("x" * 300, "utf-8")
    assert kept_pages(tmp_path) == ("drawn", "plain")


def test_a_page_that_is_not_there_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="没有存下"):
        picture_of(Paths(tmp_path), tmp_path, "plain")

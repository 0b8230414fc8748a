"""Kept pages are drawn without network, within bounds, and with what was asked for outlined."""

import io
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from core.domain.errors import PictureError
from core.runtime.chromium import find_chromium
from crawler.discovery.pointing import elements_of
from crawler.extract.markup import tree_of
from crawler.page_picture import Picture, draw
from crawler.pages import PageRequest, Response
from crawler.picture_drawing import HEIGHT, MOST_BOXES, MOST_BYTES, WIDTH, cut_at
from tests.support.paths import FIXTURES
from tests.support.pictures import image_of, red_box
from tests.support.processes import within

CHROMIUM = find_chromium()
browser = pytest.mark.browser
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="本机没有 Chromium：网页的图没有测试")
NUMBER = "楚市监罚〔2026〕12号"
PORTALS = FIXTURES / "portals"


def kept(body: bytes | str, kind: str = "", url: str = "http://site.example/a") -> Response:
    data = body if isinstance(body, bytes) else body.encode()
    headers = (("Content-Type", kind),) if kind else ()
    return Response(url=url, status=200, body=data, headers=headers, request=PageRequest(url=url))


def pictured(body: bytes | str, *texts: str, kind: str = "", url: str = "http://site.example/a") -> Picture:
    return draw(kept(body, kind, url), texts, CHROMIUM)


@browser
@needs_chromium
def test_the_mark_stands_around_the_text_and_what_stands_nowhere_is_named() -> None:
    page = (
        "<style>body { margin: 0 } p { position: absolute; left: 300px; top: 500px; font: 20px/1 monospace; margin: 0 }"
        "</style><p>abcd<b>e</b>f</p><div style='display: none'>看不见</div><noscript>请开启脚本</noscript>"
    )
    picture = pictured(page, "abcdef", "看不见", "请开启脚本", "没有的")
    box = red_box(picture.png)
    assert box is not None and image_of(picture.png).size == (WIDTH, 800)
    assert 285 < box[0] < 300 and 490 < box[1] < 500 and 360 < box[2] < 390 and 520 <= box[3] < 532
    assert picture.unmarked == ("看不见", "请开启脚本", "没有的")


@browser
@needs_chromium
def test_a_text_far_down_far_to_the_right_or_in_a_box_that_scrolls_is_in_the_picture() -> None:
    far = f"<div style='height:20000px; width:9000px'></div><p style='margin-left:5000px; width:400px'>{NUMBER}</p>"
    inside = f"<div style='height:200px; overflow:auto'><div style='height:9000px'></div>{NUMBER}</div>"
    for page, size in ((far, (WIDTH, HEIGHT)), (inside, (WIDTH, 800))):
        picture = pictured(page, NUMBER)
        box = red_box(picture.png)
        assert picture.unmarked == () and image_of(picture.png).size == size
        assert box is not None and 150 < box[2] - box[0] < 300 and 15 < box[3] - box[1] < 50


@browser
@needs_chromium
def test_where_each_element_stands_is_told_by_its_number() -> None:
    """Its own numbers are overwritten, what names it uses is no matter, what is hidden stands nowhere."""
    hidden = "<form><input name=getAttribute><p data-chengxin-number=7 style='display:none'>看不见</p></form>"
    page = (
        "<html><head><style>body { margin: 0 } p { position: absolute; left: 300px; top: 500px; width: 99px; margin: 0;"
        f" height: 20px }}</style></head><body>{hidden}<p data-chengxin-number='x\"y'><a href=/1>一</a></p></body>"
    )
    picture = draw(kept(page), [], CHROMIUM, numbered=True)
    elements = [element.tag for element in elements_of(tree_of(page))]
    places = {elements[number]: box for number, *box in picture.numbered if elements[number] in ("p", "a")}
    assert places["p"] == [300, 500, 399, 520] and set(places) == {"p", "a"}
    assert not draw(kept(page), [], CHROMIUM).numbered


@browser
@needs_chromium
def test_a_page_of_many_elements_is_told_of_as_far_as_can_be() -> None:
    picture = draw(kept(f"<html><body>{'<i>x</i> ' * 20_000}</body></html>"), [], CHROMIUM, numbered=True)
    assert MOST_BOXES <= len(picture.numbered) <= MOST_BOXES + 3


@pytest.mark.parametrize(
    ("places", "whole", "begin"),
    [
        ([], 9000, 0),
        ([(0, 100, 120)], 9000, 0),
        ([(0, 5000, 5020)], 9000, 4000),
        ([(0, 8990, 9000)], 9000, 5000),
        ([(0, 100, 120), (0, 6000, 6020), (1, 6100, 6120)], 9000, 5000),
        ([(0, 100, 120), (1, 6100, 6120)], 9000, 0),
        ([(0, 100, 120)], 800, 0),
    ],
)
def test_a_page_is_cut_to_where_most_of_the_texts_stand(
    places: list[tuple[int, float, float]], whole: float, begin: float
) -> None:
    assert cut_at(places, whole, 4000) == begin


@browser
@needs_chromium
@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("made-cmsweb/detail/page.html", "楚综执罚〔2026〕858号"),  # GB 18030
        ("sip-credit/condetail1910298/page.html", "常工商案字〔2011〕1071号"),  # printed (2011)第01071号
        ("credit-2018/zibo-penalty/page.json", "淄高新地税罚〔2018〕4号"),  # JSON
        ("hanweb-wenzhou/dataproxy/page.xml", "关于举办2017年舟山群岛新区科技活动周的通知"),  # XML with rows in CDATA
        ("made-one-table/workbook/page.xlsx", "楚市监罚〔2026〕22号"),
    ],
)
def test_pages_of_every_kind_show_the_number(page: str, text: str) -> None:
    picture = pictured((PORTALS / page).read_bytes(), text, url=f"http://site.example/{page}")
    assert picture.unmarked == () and red_box(picture.png) is not None


def test_of_a_pdf_the_sheet_with_the_text_is_drawn_and_no_browser_is_needed() -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    for number in range(6):
        canvas.drawString(72, 700, f"Nr. {number} / 2026" if number == 4 else "other")
        canvas.showPage()
    canvas.save()
    picture = draw(kept(file.getvalue()), ["Nr.4/2026", "Nr. 9"], "")
    assert picture.unmarked == ("Nr. 9",) and red_box(picture.png) is not None
    assert image_of(picture.png).width == WIDTH and image_of(picture.png).height > 3000
    with pytest.raises(PictureError, match="PDF 文件读不出来"):
        draw(kept(file.getvalue()[:300]), [], "")


@pytest.mark.parametrize(
    ("body", "chromium", "why"),
    [
        (b"<p>a</p>", "", "本机没有 Chromium"),
        (b"<p>a</p>", "/bin/false", "浏览器没有画成"),
        (b" \n", "/bin/false", "内容是空的"),
        (b"PK\x03\x04" + b"x" * 99, "/bin/false", "文件"),
        (b"x" * (MOST_BYTES + 1), "/bin/false", "内容太大"),
    ],
)
def test_what_cannot_be_drawn_says_why(body: bytes, chromium: str, why: str) -> None:
    with pytest.raises(PictureError, match=f"^画不出来：.*{why}"):
        draw(kept(body), [], chromium)


# ---------------------------------------------------------------- hostile pages


@contextmanager
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine, and what was sent to it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    heard.append(b"")
                    line.close()

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


@browser
@needs_chromium
def test_no_request_leaves() -> None:
    with listener() as (port, heard):
        base = f"http://127.0.0.1:{port}"
        page = f"""<!DOCTYPE html><html><head><base href="{base}/"><meta http-equiv=refresh content="0;url={base}/r">
        <link rel=stylesheet href="{base}/a.css"><link rel=preconnect href="{base}"><link rel=prefetch href="{base}/p">
        <link rel=dns-prefetch href="http://localhost:{port}"><link rel=preload as=image href="{base}/q">
        <link rel=icon href="{base}/i"><link rel=manifest href="{base}/m"><script src="{base}/s.js"></script>
        <script>fetch('{base}/f'); document.write('written')</script>
        <style>@import "{base}/b.css"; body {{ background: url({base}/bg.png) }}
        @font-face {{ font-family: x; src: url({base}/f.woff) }} p {{ font-family: x }}</style></head>
        <body onload="fetch('{base}/x')"><p>{NUMBER}</p><img src="{base}/1.png" srcset="{base}/2.png 2x">
        <img src="beside.png"><iframe src="{base}/f"></iframe><iframe srcdoc="<img src='{base}/d'>"></iframe>
        <object data="{base}/o"></object><embed src="{base}/e">
        <video src="{base}/v" poster="{base}/po" autoplay></video>
        <form action="{base}/form"><input type=image src="{base}/n"></form><svg><image href="{base}/g" /></svg>
        <iframe src="file:///etc/passwd"></iframe></body></html>"""
        picture = pictured(page, NUMBER, "written", url=f"{base}/page.html")
        time.sleep(0.2)
        assert heard == []
    assert picture.unmarked == ("written",) and red_box(picture.png) is not None


def _drawing(mark: str) -> list[int]:
    """The processes that drawings begun by this test still have."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark.encode() in place.read_bytes():
                found.append(int(place.parent.name))
    return [pid for pid in found if pid != os.getpid()]


@browser
@needs_chromium
@pytest.mark.skipif(sys.platform != "linux", reason="/proc 只在 Linux 上有")
@pytest.mark.parametrize(
    "page",
    ["<i>a</i>" * 1_000_000, "<div>" * 200_000, '<div style="filter: blur(900px)">' * 60 + "a"],
    ids=["a million elements", "nested without end", "blurred again and again"],
)
def test_a_bomb_ends_in_its_time_and_leaves_nothing(page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHENGXIN_OF_TEST", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    begun = time.monotonic()
    with pytest.raises(PictureError, match=r"画不出来：(?:3 秒之内没有画完|网页太大)"):
        draw(kept(f"<!DOCTYPE html>{page}"), ["a"], CHROMIUM, seconds=3)
    assert time.monotonic() - begun < 8
    assert _drawing(str(tmp_path)) == [] and list(tmp_path.iterdir()) == []


@browser
@needs_chromium
@pytest.mark.skipif(sys.platform != "linux", reason="/proc 只在 Linux 上有")
def test_a_picture_leaves_nothing_either(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHENGXIN_OF_TEST", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert pictured("<table><tr><td>" * 3000 + NUMBER, NUMBER).unmarked == ()
    assert _drawing(str(tmp_path)) == [] and list(tmp_path.iterdir()) == []


@browser
@needs_chromium
@pytest.mark.skipif(sys.platform != "linux", reason="/proc 只在 Linux 上有")
def test_a_caller_that_is_killed_takes_the_browser_with_it(tmp_path: Path) -> None:
    code = (
        "from tests.crawler.test_page_picture import *\n"
        "draw(kept('<div style=\"filter: blur(900px)\">' * 60 + 'a'), [], CHROMIUM, seconds=60)"
    )
    surroundings = os.environ | {"CHENGXIN_OF_TEST": str(tmp_path), "TMPDIR": str(tmp_path)}
    caller = os.posix_spawn(sys.executable, [sys.executable, "-c", code], surroundings)
    assert within(20, lambda: len(_drawing(str(tmp_path))) > 5)
    os.kill(caller, 9)
    os.waitpid(caller, 0)
    assert within(5, lambda: _drawing(str(tmp_path)) == [])


@browser
@needs_chromium
def test_names_in_the_markup_stand_in_nobodys_way() -> None:
    names = ("createTreeWalker", "createElement", "documentElement", "body", "querySelector", "defaultView")
    page = "".join(f"<img name={name}><form name={name}></form>" for name in names)
    inputs = "<input name=parentElement><input name=localName><input name=getClientRects><input name=checkVisibility>"
    picture = pictured(f"{page}<form style='display: inline'>{inputs}{NUMBER}</form>", NUMBER)
    assert picture.unmarked == () and red_box(picture.png) is not None

"""One document of a drawn page: frames in their places, what nobody sees hidden, addresses as the browser has them."""

from crawler.citizen.drawn import Frame, document_of, text_of_document
from crawler.extract.markup import is_hidden, words_of

MAIN = (
    "<html><body><h1 data-cx='0-1'>行政许可公示</h1><iframe data-cx='0-2' src='list.html'></iframe><p data-cx='0-3' "
    "data-cx-unseen=''>看不见</p></body></html>"
)
INNER = "<html><body><ul data-cx='1-1'><li><a data-cx='1-2' href='d/1.html' data-cx-href='http://a/l/d/1.html'>甲</a></li></ul></body></html>"
DEEP = "<html><body><b data-cx='2-1'>乙</b></body></html>"


def test_frames_stand_where_they_are_seen() -> None:
    tree = document_of({0: Frame(MAIN, "http://a/"), 1: Frame(INNER, "http://a/l/list.html", "0-2")})
    assert words_of(tree) == "行政许可公示甲看不见"
    (link,) = tree.iter("a")
    assert link.get("href") == "http://a/l/d/1.html"
    (box,) = tree.xpath("//*[@data-cx-frame]")
    assert box.get("data-cx-frame") == "http://a/l/list.html"


def test_a_frame_in_a_frame_and_one_that_nobody_can_place() -> None:
    inner = INNER.replace("<ul", "<iframe data-cx='1-9'></iframe><ul")
    frames = {0: Frame(MAIN, "http://a/"), 1: Frame(inner, "http://a/l", "0-2"), 2: Frame(DEEP, "http://a/d", "1-9")}
    assert "乙" in words_of(document_of(frames))
    lost = document_of({0: Frame(MAIN, "http://a/"), 1: Frame(DEEP, "http://a/d", "7-7")})
    assert "乙" not in words_of(lost)


def test_an_empty_frame_takes_nothing_from_the_page() -> None:
    assert "行政许可公示" in words_of(document_of({0: Frame(MAIN, "http://a/"), 1: Frame("", "about:blank", "0-2")}))


def test_what_nobody_sees_is_hidden_and_a_hidden_frame_with_all_it_holds() -> None:
    hidden = MAIN.replace("<iframe", "<iframe data-cx-unseen=''")
    tree = document_of({0: Frame(hidden, "http://a/"), 1: Frame(INNER, "http://a/l", "0-2")})
    assert all(is_hidden(element) for element in [*tree.iter("p"), *tree.iter("a")])
    assert not is_hidden(next(tree.iter("h1")))


def test_what_is_kept_has_no_names_that_only_served_to_press() -> None:
    text = text_of_document(document_of({0: Frame(MAIN, "http://a/")}))
    assert 'data-cx="' not in text and "data-cx-href" not in text and text.startswith("<!DOCTYPE html>")


def test_a_term_with_what_is_said_of_it_is_one_row() -> None:
    page = (
        "<html><body><dl><dt>甲</dt><dd>1</dd><dd>2</dd><dt>乙</dt><dd>3</dd></dl><dl><dd>无名</dd></dl></body></html>"
    )
    tree = document_of({0: Frame(page, "http://a/")})
    assert [words_of(box) for box in tree.xpath("//dl/div")] == ["甲12", "乙3"]
    assert [words_of(part) for part in tree.xpath("//dl/dd")] == ["无名"]

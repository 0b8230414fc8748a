"""The lines of a page, as a reader sees them."""

from crawler.extract.lines import text_lines
from crawler.extract.markup import tree_of, words_of


def test_a_line_break_in_the_source_is_none_on_the_page() -> None:
    tree = tree_of(
        "<div><p>处罚决定\n书文号：甲罚〔2026〕1号</p>日期<br>次行<script>x\ny</script><table><tr><td>a</td><td>"
        "b</td></tr></table></div>"
    )
    assert text_lines(tree).split("\n") == ["处罚决定 书文号:甲罚〔2026〕1号", "日期", "次行", "a b"]
    assert words_of(tree_of("<p>标<script>document.write('x')</script>题</p>")) == "标题"

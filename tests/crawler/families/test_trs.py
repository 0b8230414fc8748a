"""TRS lists: what their scripts say of their pages, and a whole walk."""

import pytest

from crawler.pages import NotGenuine
from tests.support.html_lists import ALL, SITE, ask, li, page, portal, read, rows_of, served, walk

# ---------------------------------------------------------------- TRS

TRS = portal(f"{SITE}/sgs/", family="trs", options={"container": ".list"})
CALLS = {
    "plain": ('createPageHTML(56, 0, "index", "html");', (56, 1, False, "/sgs/index_1.html")),
    "last": ("createPageHTML( 3 ,2, 'list' , 'shtml' )", (3, 3, True, "")),
    "with a box and a total": (
        "createPageHTML('page_div',3, 1,'index','html',41);",
        (3, 2, False, "/sgs/index_1.html"),
    ),
    "one page": ("createPageHTML(1, 0, 'index', 'html');", (1, 1, True, "")),
    "beside its definition": (
        "function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){if(_nPageCount == "
        "null){}}\ncreatePageHTML(2,0,'index','html')",
        (2, 1, False, "/sgs/index_1.html"),
    ),
    "a block": (
        "var _nPageCount = 4; var _nCurrIndex = 0; var _sPageName='list'; var _sPageExt='htm';",
        (4, 1, False, "/sgs/list_1.htm"),
    ),
    "variables": ("var countPage = 4\nvar currentPage = 3", (4, 4, True, "")),
    "commented out": (
        "//createPageHTML(1, 0, 'index', 'html');\n/* createPageHTML(7,0,'a','html') */\ncreatePageHTML(5, 0, "
        "'index', 'html');",
        (5, 1, False, "/sgs/index_1.html"),
    ),
}


@pytest.mark.parametrize(("script", "want"), CALLS.values(), ids=CALLS)
def test_a_trs_list_says_its_pages_in_its_script(script: str, want: tuple[int, int, bool, str]) -> None:
    listed = read(TRS, page(li(), f"<script>{script}</script>"))
    assert (listed.total, listed.pages, listed.page, listed.last) == (None, *want[:3])
    if want[3]:
        assert ask(TRS, 2, listed).url == SITE + want[3]
    assert ask(TRS, 1).url == TRS.url


@pytest.mark.parametrize(
    "script",
    [
        "",
        "createPageHTML(5,0,'index','html');createPageHTML(3,0,'index','html')",
        "// createPageHTML(1,0,'index','html')",
        "createPageHTML(n,0,'index','html')",
        "var countPage=5",
    ],
)
def test_a_trs_list_without_plain_numbers_is_refused(script: str) -> None:
    with pytest.raises(NotGenuine, match="total-missing"):
        read(TRS, page(li(), f"<script>{script}</script>"))


def test_a_trs_list_cut_behind_its_pager_is_refused() -> None:
    whole = page(li(1) + li(2)).replace("<ul", "<script>createPageHTML(1,0,'index','html')</script><ul")
    assert len(read(TRS, whole).rows) == 2
    with pytest.raises(NotGenuine, match="truncated"):
        read(TRS, whole[: whole.rindex("<li>")])


@pytest.mark.parametrize(
    ("body", "call", "empty"),
    [
        ("<li>暂无内容</li>", "(1,0", True),
        ("", "(0,0", True),
        ("", "(1,0", False),
        ("<li>暂无内容</li>", "(3,0", False),
    ],
)
def test_an_empty_trs_list_says_so(body: str, call: str, empty: bool) -> None:
    text = page(body, f"<script>createPageHTML{call},'index','html')</script>")
    if empty:
        assert (read(TRS, text).rows, read(TRS, text).last) == ((), True)
    else:
        with pytest.raises(NotGenuine, match="blank-skeleton"):
            read(TRS, text)


# ---------------------------------------------------------------- whole walks over a small site


def test_a_trs_list_is_walked_whole() -> None:
    def site(path: str, _method: str, _form: dict[str, str]) -> bytes:
        number = {"/sgs/": 1, "/sgs/index_1.html": 2, "/sgs/index_2.html": 3}[path]
        return page(rows_of(number), f'<script>createPageHTML(3, {number - 1}, "index", "html")</script>').encode()

    with served(site) as address:
        keys, proofs = walk(portal(f"{address}/sgs/", family="trs", options={"container": ".list"}))
    assert (keys, proofs.whole, proofs.reasons) == (ALL, True, ())

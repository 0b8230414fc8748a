"""How much is fuzzed, and with what: texts, cells, JSON and bytes that no site and no clerk should send, and some do.

`CHENGXIN_FUZZ_EXAMPLES` is the number of examples of every property, chosen anew in each run; without it each tries the
few that it names, the same in every run.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from core.documents.cells import Cell
from core.domain.json_types import Json

T = TypeVar("T")
SWITCH = "CHENGXIN_FUZZ_EXAMPLES"
_SLOW_MS = 60_000  # one example: what a night allows a page; more is a pattern or a parser that runs away

TOKENS: Sequence[str] = (
    *("9" * 5000, "0" * 4301, "1e999999", "-1", "1E400", "Infinity", "-Infinity", "NaN", "sNaN", "0x10", "1_000"),
    *("０１２３", "二〇二六年三月一日", "२०२६-०३-०१", "٢٠٢٦", "²³", "①②", "Ⅻ", "৪", "𝟗𝟗", "一万五", "½", "〇"),
    *(
        "0000-00-00",
        "0001-01-01",
        "99999-12-31",
        "2026-02-30",
        "9999-12-31",
        "2026-13-01",
        "1970-01-01",
        "2026年99月99日",
    ),
    *(
        "9999999999999",
        "0000000000000",
        "1" * 13,
        "-62135596800000",
        "/Date(-1)/",
        "/Date(999999999999999)/",
        "24:61:61",
    ),
    *(
        "\ud800",
        "\udfff",
        "\ud83d",
        "\x00",
        "\x1b[31m",
        "\x7f",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u200b",
        "\ufffe",
        "\u2028",
    ),
    *("=1+1", '=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "'", '"', "\\", "%s%n{0}{x}", "${x}"),
    *(
        "<script>",
        "</td></tr></table>",
        "<!--",
        "]]>",
        "<![CDATA[",
        "&#0;",
        "&#xD800;",
        "&#1114112;",
        "&amp;lt;",
        "{{x}}",
    ),
    *(
        "〔2026〕",
        "淮市监罚〔2026〕8号",
        "〔2026〕1-99999999999999999999号",
        f"甲〔2026〕{'7' * 5000}号",
        "〔２０２६〕１号",
        "字第号",
    ),
    *(
        "320803199003074514",
        "３２０８０３１９９００３０７４５１４",
        "320803 19900307 4514",
        "３２０８०३१९९००३०७४५१४",
        "220182197411110644",
    ),
    *("91320803MA1MXJK746", "00000000000000000X", "91320803MA1MXJK74²", "13800138000", "6222021234567890128"),
    *(
        "\r\n",
        "\t",
        " " * 400,
        "（" * 300,
        "〔" * 300,
        "、" * 300,
        "元" * 300,
        "1,1" * 300,
        "a" * 20_000,
        "\u0301" * 300,
    ),
    *(
        "罚款1万2千元",
        "罚款" + "9" * 400 + "亿元",
        "1" * 30 + ".5万元",
        "壹仟万亿元",
        "亿亿亿元",
        "²万元",
        "१०元",
        "万元",
    ),
    *(
        "http://",
        "http://[",
        "//x:99999999/",
        "javascript:a(",
        "http://a:b@c",
        "\\\\x\\y",
        "../../etc/passwd",
        "file:///",
        "?",
    ),
    *("%E4%BD%", "%ud800", "http://[::1]:x/", "http://x:²/", "#", "mailto:x", "/a.html?page=99999999999999999999"),
)


def fuzzed(slice_: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`settings` of a property that tries `slice_` examples, or as many as the switch says; 0: those it names alone."""
    asked = os.environ.get(SWITCH, "")
    phases = (Phase.explicit, Phase.reuse, Phase.generate) if asked or slice_ else (Phase.explicit,)
    return settings(
        max_examples=int(asked) if asked else slice_ or 1,
        derandomize=not asked,
        deadline=timedelta(milliseconds=_SLOW_MS),
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        phases=phases,
    )


def texts() -> st.SearchStrategy[str]:
    """Any text: hostile ones, any characters there are (lone surrogates too), and mixtures."""
    piece = st.sampled_from(TOKENS) | st.text(st.characters(codec=None, exclude_categories=()), max_size=12)
    return piece | st.lists(piece, max_size=4).map("".join)


def spoilt(good: str) -> st.SearchStrategy[str]:
    """A good text that something hostile was put into, in place of, or around."""

    def put(start: int, length: int, token: str) -> str:
        return good[:start] + token + good[start + length :]

    places = st.integers(0, max(len(good), 1))
    return st.builds(put, places, st.integers(0, 8), texts())


def cells() -> st.SearchStrategy[Cell]:
    """What a cell may hold as a reader of workbooks gives it."""
    kinds: list[st.SearchStrategy[Cell]] = [
        texts(),
        st.integers(-(10**20), 10**20),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.dates(),
        st.datetimes(),
        st.times(),
        st.timedeltas(),
        st.sampled_from(
            (
                0,
                0.0,
                -0.0,
                1e300,
                5e-324,
                date.min,
                date.max,
                datetime.combine(date.min, time.min),
                datetime.combine(date.max, time.max),
                time(23, 59, 59),
            )
        ),
    ]
    return st.one_of(kinds)


def json_values(leaves: int = 12) -> st.SearchStrategy[Json]:
    """Any JSON document, with numbers and texts that a parser lets through and a reader does not expect."""
    scalars: st.SearchStrategy[Json] = (
        st.none()
        | st.booleans()
        | st.integers(-(10**40), 10**40)
        | st.sampled_from((float("nan"), float("inf"), float("-inf"), 1e308, 5e-324, -0.0))
        | st.floats()
        | texts()
    )
    return st.recursive(
        scalars,
        lambda below: st.lists(below, max_size=4) | st.dictionaries(texts(), below, max_size=4),
        max_leaves=leaves,
    )


# ---------------------------------------------------------------- mutations

Mutation = Callable[[bytes], bytes]


def _cut(at: float, _more: float, _token: bytes) -> Mutation:
    return lambda data: data[: int(at * len(data))]


def _drop(at: float, more: float, _token: bytes) -> Mutation:
    return lambda data: data[: int(at * len(data))] + data[int(at * len(data)) + int(more * 400) :]


def _repeat(at: float, more: float, _token: bytes) -> Mutation:
    def repeat(data: bytes) -> bytes:
        start = int(at * len(data))
        return data[:start] + data[start : start + int(more * 2000)] * 3 + data[start:]

    return repeat


def _insert(at: float, _more: float, token: bytes) -> Mutation:
    return lambda data: data[: int(at * len(data))] + token + data[int(at * len(data)) :]


def _swap(at: float, more: float, _token: bytes) -> Mutation:
    def swap(data: bytes) -> bytes:
        a, b = sorted((int(at * len(data)), int(more * len(data))))
        return data[:a] + data[b : b + 300] + data[a + 300 : b] + data[a : a + 300] + data[b + 300 :]

    return swap


def _digits(_at: float, _more: float, token: bytes) -> Mutation:
    """Every run of digits in the middle of it all is replaced."""

    def replace(data: bytes) -> bytes:
        place = max(int(_at * len(data)), 0)
        end = next((n for n in range(place, len(data)) if data[n : n + 1].isdigit()), len(data))
        stop = next((n for n in range(end, len(data)) if not data[n : n + 1].isdigit()), len(data))
        return data[:end] + token + data[stop:]

    return replace


def _flip(at: float, more: float, _token: bytes) -> Mutation:
    def flip(data: bytes) -> bytes:
        place = min(int(at * len(data)), len(data) - 1)
        return data[:place] + bytes([data[place] ^ (int(more * 254) + 1)]) + data[place + 1 :] if data else data

    return flip


MARKUP: Sequence[str] = (
    "<div>" * 300,
    "<b>" * 3000,
    "<table><tr><td>" * 80,
    "</html></body>",
    "<a href='?page=२'>२</a>",
    "<a href='/p_²'>²</a>",
    f"<a href='?page={'9' * 5000}'>{'9' * 5000}</a>",
    "<a href='http://['>x</a>",
    "<base href='http://['>",
    "<td colspan='²'>",
    f"<td colspan='{'9' * 5000}' rowspan='-1'>",
    f"共{'9' * 5000}条",
    "共²条",
    "第१/२页",
    "共２３条",
    f"第1/{'9' * 5000}页",
    "<tr></tr>",
    f"nsetpage({'9' * 5000},2,3)",
    "createPageHTML(²,1,'i','html')",
    "<meta charset='utf-7'>",
    "<meta charset='\ud800'>",
    "<?xml ?>",
    "<select><option value='²'>²</option><option>٣</option></select>",
    "<ul class='pagination'><li>٣</li></ul>",
    "<span>二〇二六年</span>",
    "<script>var totalPage='" + "9" * 5000 + "'</script>",
    "<input type=hidden name=totalRecord value=²>",
    "<!-- <li> -->",
    "<p style='display:none'>",
    f"<img width='{'9' * 5000}' height='²'>",
    "<a href='a.pdf'>附件</a>",
    "<iframe src=x>",
    "<svg><a xlink:href='x'/>",
    "<template><li>",
    "\x00",
    '":"',
    "null",
    "[]",
    "{}",
    '"\\ud800"',
    "1e999",
    "-" * 200,
    "[" * 3000,
    '{"a":' * 600,
    "NaN",
    "true",
    "9" * 5000,
    '"²"',
    "/*",
    "*/",
    "callback(",
)


def mutations() -> st.SearchStrategy[Sequence[Mutation]]:
    """One to four ways in which a page is spoilt, one after another."""
    share = st.floats(0, 1)
    tokens = (texts() | st.sampled_from(MARKUP)).map(lambda t: t.encode("utf-8", "replace")) | st.binary(max_size=40)
    makers = st.sampled_from((_cut, _drop, _repeat, _insert, _insert, _swap, _digits, _digits, _flip))
    one = st.builds(lambda make, at, more, token: make(at, more, token), makers, share, share, tokens)
    return st.lists(one, min_size=1, max_size=4)


def spoil(data: bytes, ways: Sequence[Mutation]) -> bytes:
    for way in ways:
        data = way(data)
    return data


# ---------------------------------------------------------------- what must hold of every value


def storable(value: object) -> None:
    """A value that a reader gave goes into a store and a mail: it is JSON, UTF-8 and free of what neither can hold."""
    written = json.dumps(_plain(value), ensure_ascii=False, default=str)
    assert written.encode("utf-8").decode("utf-8") == written


def _plain(value: object) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value

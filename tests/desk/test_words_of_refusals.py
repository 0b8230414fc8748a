"""A refusal is read at a terminal and at the desk: what is typed stands in brackets, which the desk leaves out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.failures import for_desk
from tests.support.paths import ROOT

TYPED = re.compile(r"chengxin [a-z]|--[a-z]")
# their words are read by whoever runs the machine or adds a district, never at the desk
OF_THE_MACHINE = {"core/runtime/service_units.py", "core/storage/verification.py"}
FILES = [
    path
    for room in ("review", "pipeline", "intake", "core", "scoring", "notifications", "reporting")
    for path in sorted((ROOT / room).rglob("*.py"))
    if str(path.relative_to(ROOT)) not in OF_THE_MACHINE
]


def refusals(path: Path) -> Iterator[tuple[int, str]]:
    """(line, words) of each refusal that a module raises, what is filled in as x."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
            continue
        if isinstance(node.exc.func, ast.Name) and node.exc.func.id in ("UsageError", "WorkbookError", "PictureError"):
            yield node.lineno, "".join(map(_words, node.exc.args))


def _words(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(map(_words, node.values)) if isinstance(node, ast.JoinedStr) else "x"


def test_there_are_refusals_to_look_at() -> None:
    assert sum(len(list(refusals(path))) for path in FILES) > 100


def test_what_is_typed_stands_in_brackets() -> None:
    said = [(path, *refusal) for path in FILES for refusal in refusals(path)]
    assert not [each for each in said if TYPED.search(for_desk(each[2]))]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("没有这个事项：x（chengxin explain 或 pending 列出事项号）", "没有这个事项：x"),
        ("写明理由冻结（--over 理由）", "写明理由冻结"),
        ("《/srv/var/tmp/表.xlsx》打不开", "《表.xlsx》打不开"),
        ("配置有误：/srv/区/portals/a.toml：url：不认识", "配置有误：a.toml：url：不认识"),
        ("见 https://a.example/b/c", "见 https://a.example/b/c"),
        ("单位名单里没有（一、二、三）", "单位名单里没有（一、二、三）"),
    ],
)
def test_what_the_desk_leaves_out(words: str, told: str) -> None:
    assert for_desk(words) == told

"""Wrong use of the command line: one Chinese sentence, what was meant, exit 2; no English reaches a clerk."""

import re
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

import cli
from commands.usage import ChineseCommand, ChineseGroup
from core.domain.errors import UsageError
from tests.support.paths import ROOT

ENGLISH = re.compile(r"Usage|Error|Try |Missing|No such|Invalid|Options|Commands|Arguments|Show this|required|default")


def _refused(*words: str) -> str:
    done = CliRunner().invoke(cli.app, list(words), prog_name="chengxin")
    assert isinstance(done.exception, UsageError), (done.output, done.exception)
    assert done.exception.exit_code == 2 and not done.output
    assert not ENGLISH.search(str(done.exception))
    return str(done.exception)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("nigt", "没有这个命令：nigt；是不是 night"),
        ("xyz", "没有这个命令：xyz；全部命令见 chengxin --help"),
        ("mail otbox", "没有这个命令：otbox；是不是 outbox？"),
        ("evidence exprot", "没有这个命令：exprot；是不是 export？"),
        ("night --vra x", "没有这个选项：--vra；是不是 --var"),
        ("night -x", "没有这个选项：-x；写法见 chengxin night --help"),
        ("--vesion", "没有这个选项：--vesion；是不是 --version？"),
        ("night --var", "--var 后面要写一个值；写法见 chengxin night --help"),
        ("night --json=3", "--json 不带值"),
        ("night one two", "写多了：one two；写法见 chengxin night --help"),
        ("explain", "缺少参数 UNIT（单位代号或名称，例如 scjgj 或 市监局）；例：chengxin explain"),
        ("portal try https://a.example", "缺少选项 --id（给这个栏目起的代号"),
        ("demo --nights many", "--nights 的值不对：应为一个整数；写法见 chengxin demo --help"),
        ("demo --nights 200", "--nights 的值不对：至多为 104"),
        ("demo --nights 0", "--nights 的值不对：至少为 1"),
    ],
)
def test_wrong_use_is_one_sentence_with_what_was_meant(words: str, sentence: str) -> None:
    assert sentence in _refused(*words.split())


@pytest.mark.parametrize(
    "words", ["--help", "night --help", "rule --help", "mail --help", "demo --help", "evidence --help"]
)
def test_help_has_chinese_headings(words: str) -> None:
    done = CliRunner().invoke(cli.app, words.split(), prog_name="chengxin")
    assert done.exit_code == 0 and done.output.startswith("用法：chengxin")
    assert not ENGLISH.search(done.output)


@pytest.mark.parametrize("words", [[], ["mail"], ["portal"], ["review"], ["objection"]])
def test_a_group_without_a_word_shows_its_help(words: list[str]) -> None:
    done = CliRunner().invoke(cli.app, words, prog_name="chengxin")
    assert done.exit_code == 2 and "命令：" in done.stderr


def test_every_command_and_group_answers_in_chinese() -> None:
    """A command that is registered later on, or in a group of its own, is no exception."""

    def walk(command: object) -> list[object]:
        return [command, *(sub for child in getattr(command, "commands", {}).values() for sub in walk(child))]

    everything = walk(typer.main.get_command(cli.app))
    assert len(everything) > 40
    assert not [c for c in everything if not isinstance(c, ChineseCommand | ChineseGroup)]


def test_help_loads_nothing_that_a_command_needs_only_when_it_runs() -> None:
    """Help and complaints come at once: configuration, store, checks and templates are loaded by the commands."""
    asked = "import sys, cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    heavy = {"pydantic", "sqlite_utils", "jinja2", "scrapy", "rich", "stdnum", "checks", "core.storage.session"}
    heavy |= {"commands.watched", "core.runtime.service_units", "core.runtime.heartbeat", "scheduler"}
    assert heavy & set(loaded.split()) == set() and "commands.review" in loaded.split()

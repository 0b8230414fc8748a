"""A portal is switched in its own file: one word changes, every other byte stays."""

import tomllib
from pathlib import Path

import pytest

from core.domain.config import load
from core.domain.errors import UsageError
from pipeline.portal_switch import switch, switched
from tests.support.site_runs import PENALTIES, district

SIGNED = 'verified = { signed_by = "张三", on = 2026-11-26 }\n'
FILES = {
    "as the draft has it": (b'enabled = false\n[options]\na = 1\n', b'enabled = true\n[options]\na = 1\n'),
    "with a remark, tabs and CRLF": (
        '# 说明\r\nid = "p"\r\n\tenabled\t=  false   # 核对后再开\r\n'.encode(),
        '# 说明\r\nid = "p"\r\n\tenabled\t=  true   # 核对后再开\r\n'.encode(),
    ),
    "the word in a text and in a table": (
        b'id = "p"\nnote = """\nenabled = false\n"""\nenabled = false\n[options]\nenabled = false\n',
        b'id = "p"\nnote = """\nenabled = false\n"""\nenabled = true\n[options]\nenabled = false\n',
    ),
    "no end of the last line": (b'id = "p"\nenabled = false', b'id = "p"\nenabled = true'),
    "quoted": (b'id = "p"\n"enabled" = false\n', b'id = "p"\n"enabled" = true\n'),
}  # fmt: skip


@pytest.mark.parametrize(("off", "on"), FILES.values(), ids=FILES)
def test_one_word_changes_and_nothing_else(off: bytes, on: bytes) -> None:
    assert switched(off, on=True) == on
    assert switched(on, on=False) == off


@pytest.mark.parametrize("file", [b'id = "p"\nname = "x"\n', b'id = "p"\r\nname = "x"\r\n', b'name = "x"\nid = "p"'])
def test_where_nothing_is_said_a_line_is_added(file: bytes) -> None:
    after = switched(file, on=False)
    assert tomllib.loads(after.decode()) == {"id": "p", "name": "x", "enabled": False}
    assert after.replace(b"enabled = false", b"").split() == file.split()


def test_what_cannot_be_told_apart_is_left_alone() -> None:
    with pytest.raises(UsageError, match="没有找到"):
        switched(b'x.enabled = false\ny = { id = "p" }\n', on=True)


def portals(tmp_path: Path, more: str = SIGNED, name: str = "p") -> Path:
    body = PENALTIES.format(base="http://a.example.invalid").replace("[options]", f"{more}enabled = false\n[options]")
    return district(tmp_path, {name: body}).folder / "portals" / f"{name}.toml"


def test_a_verified_portal_is_switched_on_and_off_again(tmp_path: Path) -> None:
    file = portals(tmp_path)
    before = file.read_bytes()
    file.chmod(0o640)
    switch(tmp_path, "p", on=True)
    assert load(tmp_path).portal("p").enabled and file.stat().st_mode & 0o777 == 0o640
    with pytest.raises(UsageError, match="本来就启用着"):
        switch(tmp_path, "p", on=True)
    switch(tmp_path, "p", on=False)
    assert file.read_bytes() == before and [x.name for x in file.parent.iterdir()] == ["p.toml"]


def refused(tmp_path: Path, words: str) -> None:
    file = tmp_path / "portals/p.toml"
    before = file.read_bytes()
    with pytest.raises(UsageError, match=words):
        switch(tmp_path, "p", on=True)
    assert file.read_bytes() == before


def test_what_nobody_verified_stays_off(tmp_path: Path) -> None:
    portals(tmp_path, "verified = false\n")
    refused(tmp_path, "没有人对照网页核对过")


@pytest.mark.parametrize("wrong", ["kindz = 1\n", "x = \n", 'unit = "nobody"\n'])
def test_nothing_is_switched_on_where_the_file_does_not_load(tmp_path: Path, wrong: str) -> None:
    file = portals(tmp_path)
    text = file.read_text("utf-8").replace('unit = "u"\n', "") if "unit" in wrong else file.read_text("utf-8")
    file.write_text(wrong + text, "utf-8")
    refused(tmp_path, "先改好它")


def test_nothing_is_switched_on_whose_family_could_not_read_it(tmp_path: Path) -> None:
    file = portals(tmp_path)
    file.write_text(file.read_text("utf-8").replace("pager =", "pagre ="), "utf-8")
    refused(tmp_path, "options.pagre")


@pytest.mark.parametrize("name", ["q", "../district", "", "P/../p"])
def test_no_other_file_is_reached(tmp_path: Path, name: str) -> None:
    portals(tmp_path)
    with pytest.raises(UsageError, match="没有这个栏目的文件"):
        switch(tmp_path, name, on=True)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    file = portals(tmp_path)
    kept = tmp_path / "kept.toml.real"
    file.rename(kept)
    file.symlink_to(kept)
    switch(tmp_path, "p", on=True)
    assert file.is_symlink() and b"enabled = true" in kept.read_bytes()

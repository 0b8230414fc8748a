"""Mail addresses are checked when the configuration is read: a fault names file and key, and no night meets it."""

import re
import shutil
from pathlib import Path

import pytest

from core.domain.addresses import is_address
from core.domain.config import load
from core.domain.errors import ConfigError
from tests.support.paths import HUAIAN

GOOD = ("a@b.gov.cn", "xyb.office-1@example.invalid", "a+b@c.d")
BAD = (
    *("", " ", "a", "a@", "@b.cn", "a b@c.cn", "a@b@c.cn", "a@b.cn\r\nBcc: x@y.cn", "王@b.cn", "a@政府.cn"),
    *("<a@b.cn>", "a@b.cn,c@d.cn", "\ud800@b.cn", "a" * 70_000),
)


@pytest.mark.parametrize("text", GOOD)
def test_an_address_is_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", BAD)
def test_what_no_server_takes_is_none(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("file", "line", "key"),
    [
        ("units.toml", 'email = "王科长"', "contact"),
        ("district.toml", 'office = "xyb"', "mail.office"),
        ("district.toml", 'sender = "a b@c"', "mail.sender"),
    ],
)
def test_a_bad_address_is_a_fault_of_its_file_and_key(tmp_path: Path, file: str, line: str, key: str) -> None:
    folder = tmp_path / "district"
    shutil.copytree(HUAIAN, folder)
    text = (folder / file).read_text("utf-8")
    name = line.partition(" = ")[0]
    (old, *_) = re.findall(rf'{name} = "[^"]*@[^"]*"', text)
    text = text.replace(old, line, 1)
    (folder / file).write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="邮箱地址") as caught:
        load(folder)
    assert caught.value.where.endswith(file) and key in caught.value.key

"""A portal switched on or off in its own TOML: the one word `enabled` is changed, every other byte stays.

The file is a person's, with comments and an order of its own: it is never written anew. A change counts only where the
file then says the same as before but for that word, read by the same reader as everything else.
"""

import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from core.domain.config import Portal, load
from core.domain.errors import ConfigError, UsageError
from core.runtime.atomic_write import write_whole
from crawler.families import option_faults

_WORD = re.compile(rb"^([ \t]*(?:enabled|\"enabled\"|'enabled')[ \t]*=[ \t]*)(?:true|false)", re.M)
_ID = re.compile(rb"^[ \t]*id[ \t]*=.*?(\r?\n|\Z)", re.M)


def switch(folder: Path, portal: str, *, on: bool) -> Path:
    """Have the district in `folder` look at a portal every night, or no longer; the file that was changed.

    UsageError, and nothing is changed, where there is no such portal, where it stands so already, where the district
    does not load or would not with the change, and where a portal is switched on that nobody has verified.
    """
    path = file_of(folder, portal)
    real = path.resolve()  # a link stays one
    before = path.read_bytes()
    known = _loaded(folder, portal)
    if known.enabled is on:
        raise UsageError("这个栏目本来就启用着" if on else "这个栏目本来就没有启用")
    if on and not known.verified:
        raise UsageError(
            "还没有人对照网页核对过这个栏目（verified = false），不能启用：由信用办的人核对后在文件里签注 verified，"
            "或移开这个文件，重新试看并签收"
        )
    after = switched(before, on=on)
    if faults := faults_of(folder, portal, after):
        raise UsageError(f"改过的文件读不进来，没有改：{'；'.join(faults)}")
    if path.read_bytes() != before:
        raise UsageError("这个文件刚刚被别人改过，没有动它：请再看一遍")
    write_whole(real, after, mode=real.stat().st_mode & 0o777)
    return path


def file_of(folder: Path, portal: str) -> Path:
    """The TOML of a portal; UsageError where there is none."""
    path = folder / "portals" / f"{portal}.toml"
    if not re.fullmatch(r"[a-z0-9-]+", portal) or not path.is_file():
        raise UsageError(f"没有这个栏目的文件：{portal}")
    return path


def switched(before: bytes, *, on: bool) -> bytes:
    """A portal's TOML with `enabled` as wanted and nothing else changed; UsageError where that cannot be done."""
    wanted = tomllib.loads(before.decode()) | {"enabled": on}
    for after in _candidates(before, b"true" if on else b"false"):
        try:
            if tomllib.loads(after.decode()) == wanted:
                return after
        except tomllib.TOMLDecodeError:
            continue
    raise UsageError("文件里没有找到可以改的 enabled 一行：请在文件里改")


def _candidates(before: bytes, word: bytes) -> Iterator[bytes]:
    """The file with one of its lines `enabled = …` changed, or with one more behind its id."""
    for line in _WORD.finditer(before):
        yield before[: line.start()] + line[1] + word + before[line.end() :]
    for line in _ID.finditer(before):
        end = line[1] or b"\n"
        yield before[: line.end()] + (b"" if line[1] else end) + b"enabled = " + word + end + before[line.end() :]


def faults_of(folder: Path, portal: str, toml: bytes | str) -> tuple[str, ...]:
    """Why a portal's TOML would keep the district from loading, or its column from being looked at; () for none."""
    with tempfile.TemporaryDirectory(prefix="chengxin-portal-") as work:
        place = Path(work)
        for file in folder.glob("*.toml"):
            shutil.copy(file, place / file.name)
        (place / "portals").mkdir()
        text = toml if isinstance(toml, bytes) else toml.encode()
        (place / "portals" / f"{portal}.toml").write_bytes(text)
        try:
            (known,) = load(place).portals
        except ConfigError as fault:
            return (f"{fault.key}：{fault.why}" if fault.key else fault.why,)
    return tuple(f"{fault.key}：{fault.why}" for fault in option_faults(known))


def _loaded(folder: Path, portal: str) -> Portal:
    try:
        config = load(folder)
    except ConfigError as fault:
        raise UsageError(f"{fault}：先改好它") from None
    return config.portal(portal)

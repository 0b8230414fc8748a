"""What this machine has and lacks: the questions `chengxin doctor` asks."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import chinese_calendar

from core.domain.calendar import Calendar
from core.domain.clock import ZONE, Clock
from core.domain.config import Config, Portal
from core.domain.errors import ArchiveUnreachable, CalendarUnknown
from core.runtime.disk import FEW_NIGHTS, LOW_DISK, disk_of
from core.runtime.object_store import MARKER, object_store
from core.runtime.paths import Paths

State = Literal["good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One answer: what was asked, how it stands, and what to do about it."""

    name: str
    state: State
    detail: str


def examine(config: Config | None, root: Path, chromium: str) -> tuple[Diagnosis, ...]:
    """All answers, in the order an operator would ask; of the machine alone where there is no district yet."""
    return (
        _chromium(config, chromium),
        _fonts(),
        _clock(),
        _calendar(config.holidays if config else {}),
        _disk(root, config is not None),
        _sqlite(),
        *((_portals(config), _mail(config), *_archive_store(config)) if config else (_NO_DISTRICT,)),
    )


def diagnose_configuration(config: Config) -> tuple[Diagnosis, ...]:
    """What the configuration alone says: the calendar's years, the portals, the mail."""
    return (_calendar(config.holidays), _portals(config), _mail(config))


_NO_DISTRICT = Diagnosis(
    "区县", "warn", "当前文件夹里没有区县配置；用 --district 指定，或用 chengxin init 文件夹 建一个"
)


def _chromium(config: Config | None, path: str) -> Diagnosis:
    portals: Sequence[Portal] = [p for p in config.portals if p.enabled] if config else ()
    rendered = [p.name for p in portals if p.rendered]
    checked = [p for p in portals if p.citizen is not None]
    if path:
        return Diagnosis("浏览器", "good", f"Chromium：{path}")
    if rendered:
        return Diagnosis(
            "浏览器",
            "bad",
            f"没有 Chromium，{'、'.join(rendered)}无法核查；"
            "运行 make browser 安装（没有源码时：python -m core.runtime.system_packages）",
        )
    without = f"{len(checked)} 个栏目不能用浏览器另读核对" if checked else "目前没有需要渲染的栏目"
    return Diagnosis("浏览器", "warn", f"没有 Chromium；{without}")


def _fonts() -> Diagnosis:
    listed = shutil.which("fc-list")
    fonts = (
        subprocess.run([listed, ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout
        if listed
        else ""
    )
    if fonts.strip():
        return Diagnosis("中文字体", "good", f"{len(set(fonts.splitlines()))} 种")
    return Diagnosis("中文字体", "warn", "没有中文字体，截图和打印会缺字；Debian 上安装 fonts-noto-cjk")


def _clock() -> Diagnosis:
    drift = abs(time.time() - Clock().now().timestamp())
    status = shutil.which("timedatectl")
    synced = (
        status
        and subprocess.run(
            [status, "show", "-p", "NTPSynchronized", "--value"], capture_output=True, text=True, check=False
        ).stdout.strip()
    )
    if synced == "no":
        return Diagnosis("时钟", "warn", "系统时钟没有与时间服务器同步；与网站相差 60 秒以上的不算有效核查")
    state: State = "good" if drift < 1 and ZONE.key == "Asia/Shanghai" else "bad"
    return Diagnosis(
        "时钟", state, f"{Clock().now():%Y-%m-%d %H:%M:%S}（Asia/Shanghai），与各网站的误差在每次核查时另行检查"
    )


def _calendar(holidays: Mapping[date, bool]) -> Diagnosis:
    year = Clock().now().year
    try:
        Calendar(holidays).is_working(date(year + 1, 1, 4))
    except CalendarUnknown:
        package = f"chinesecalendar {getattr(chinese_calendar, '__version__', '')}".strip()
        return Diagnosis(
            "工作日历",
            "warn",
            f"{year + 1} 年的放假安排尚无数据（{package}）；国务院通知发布后写入 holidays.toml 或升级",
        )
    return Diagnosis("工作日历", "good", f"已有至 {year + 1} 年")


def _disk(root: Path, has_data: bool) -> Diagnosis:
    """How much is free; of a data folder also what it takes, and how long there is room."""
    place = next(p for p in (root, *root.resolve().parents) if p.exists())
    free = shutil.disk_usage(place).free
    disk = disk_of(Paths(root)) if has_data else None
    detail = f"{place} 可用 {free / 1024**3:.1f} GiB" if disk is None else f"{place}：{disk.sentence}"
    if free <= LOW_DISK:
        return Diagnosis("磁盘", "bad", f"{detail}；请尽快腾出空间")
    if disk is not None and disk.is_short:
        return Diagnosis("磁盘", "warn", f"{detail}；不到 {FEW_NIGHTS} 夜，请扩容，或缩短 [archive] keep_months")
    return Diagnosis("磁盘", "good", detail)


def _sqlite() -> Diagnosis:
    good = sqlite3.sqlite_version_info >= (3, 37)
    return Diagnosis("SQLite", "good" if good else "bad", f"{sqlite3.sqlite_version}（需要 3.37 以上，STRICT 表）")


def _portals(config: Config) -> Diagnosis:
    enabled = [p for p in config.portals if p.enabled]
    doubtful = [p.id for p in enabled if not p.verified]
    if not enabled:
        return Diagnosis("栏目", "bad", "没有启用任何公示栏目；请在 portals/*.toml 填写真实地址并设 enabled = true")
    if doubtful:
        return Diagnosis("栏目", "warn", f"{len(enabled)} 个启用，其中未经现场核实：{'、'.join(doubtful)}")
    by_whom: dict[str, list[str]] = {}
    for portal in enabled:
        by_whom.setdefault(portal.verified_by, []).append(portal.id)
    said = "；".join(f"{who}（{'、'.join(ids)}）" for who, ids in by_whom.items())
    return Diagnosis("栏目", "good", f"{len(enabled)} 个启用，均已核实。{said}")


def _archive_store(config: Config) -> Iterator[Diagnosis]:
    """Whether the store that archive files are put away to answers; nothing where the district has none."""
    url = config.district.archive.url
    if not url:
        return
    try:
        begun = object_store(url).size(MARKER) is not None
    except ArchiveUnreachable as error:
        yield Diagnosis("存证存储", "warn", f"{error}；放不了的留在本机，每夜再放")
        return
    yield Diagnosis("存证存储", "good", f"{url}，{'在用' if begun else '读得到，还没有放过存证'}")


def _mail(config: Config) -> Diagnosis:
    mail = config.district.mail
    mode = (
        "试运行：全部邮件只发信用办" + (f"，已放开 {len(mail.released)} 个单位" if mail.released else "")
        if mail.trial
        else "正式运行"
    )
    if mail.smtp is None:
        return Diagnosis("发信", "warn", f"没有配置 [mail.smtp]，信件只写入 outbox 文件夹；{mode}")
    way = f"{mail.smtp.host}:{mail.smtp.port}（{mail.smtp.security}）"
    if mail.office.endswith("example.invalid"):
        return Diagnosis("发信", "warn", f"信用办邮箱还是示例地址；{mode}；{way}")
    if mail.smtp.user and mail.smtp.password_env not in os.environ:
        return Diagnosis("发信", "bad", f"环境变量 {mail.smtp.password_env} 没有设置，登录不了 {way}")
    return Diagnosis("发信", "good", f"{mode}；{way}")

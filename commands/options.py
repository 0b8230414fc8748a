"""What every command needs: its options, the district and data folder they name, and what was last evaluated."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.domain.clock import Clock, parse_moment, read_day
from core.domain.errors import ConfigError, UsageError
from core.runtime.failures import LOG
from core.runtime.owner_only import tighten
from core.runtime.paths import Paths

if TYPE_CHECKING:  # a command loads what it needs when it runs: its help needs nothing
    from contextlib import AbstractContextManager

    from core.domain.config import Config
    from core.domain.models import Evaluation
    from core.storage.session import Session

District = Annotated[Path, typer.Option("--district", "-d", envvar="CHENGXIN_DISTRICT", help="区县配置文件夹")]
Var = Annotated[Path | None, typer.Option("--var", envvar="CHENGXIN_VAR", help="数据文件夹（默认 var/<区县>）")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取")]
UnitName = Annotated[str, typer.Argument(help="单位代号或名称，例如 scjgj 或 市监局")]
UnitOption = Annotated[str | None, typer.Option("--unit", "-u", help="只看一个单位（代号或名称）")]
PeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period",
        help="考核期，例如 2026Q3；2026-08 为该季度到八月底的进度（默认最近一夜所在季度；上季度还没有截止时为上季度）",
    ),
]
AsOf = Annotated[str | None, typer.Option(help="模拟区县的时间，例如 2026-07-05T00:30")]
DEFAULT_DISTRICT = Path("districts/huaian")


def is_missing(district: Path) -> bool:
    """Whether no district was named and the usual folder is not here."""
    return district == DEFAULT_DISTRICT and not district.exists()


def load_district(district: Path) -> Config:
    """The district's configuration; where none was named and none is here, ConfigError says how to get one."""
    if is_missing(district):
        raise ConfigError(
            district, "", "当前文件夹里没有；用 --district 指定区县配置文件夹，或用 chengxin init 文件夹 建一个"
        )
    from core.domain.config import load

    return load(district)


def open_district(district: Path, var: Path | None, *, needs_store: bool = True) -> tuple[Config, Paths]:
    """The district's configuration and its data folder, absolute: child processes run elsewhere.

    ConfigError also for a check that no scheme could weigh; UsageError where there is no store yet, unless the
    command makes one or asks for none (`needs_store`).
    """
    from checks import unknown_checks, unknown_words

    config = load_district(district)
    for scheme, _ in config.schemes:
        for code, names in unknown_checks(scheme).items():
            raise ConfigError(district, f"方案 {scheme.version} 指标 {code}.checks", unknown_words(names))
    paths = _opened((var or Path("var") / config.district.slug).resolve(), needs_store=needs_store)
    return config, paths


def open_session(config: Config, paths: Paths, clock: Clock | None = None) -> AbstractContextManager[Session]:
    """A session on the district's own store; StoreError where it cannot be opened."""
    from core.storage import session

    return session.open_session(config, paths, clock)


def open_data(district: Path, var: Path | None) -> Paths:
    """The data folder alone, for telling: with `var` a configuration that does not load is no hindrance.

    Errors as `open_district` raises them, where `var` does not say the folder; UsageError where it holds no store.
    """
    return open_district(district, None)[1] if var is None else _opened(var.resolve(), needs_store=True)


def _opened(root: Path, *, needs_store: bool) -> Paths:
    paths = Paths(root)
    LOG.paths = paths
    tighten(paths)
    if needs_store and not paths.store.exists():
        raise UsageError(_no_store(paths))
    return paths


def _no_store(paths: Paths) -> str:
    beside = sorted(p.parent for p in paths.root.parent.glob("*/chengxin.db"))
    known = f"（旁边有数据的：{'、'.join(str(p) for p in beside)}）" if beside else ""
    return (
        f"{paths.root} 里没有数据{known}：请检查 --var 和 --district；"
        "新的数据由 chengxin night、schedule、import、restore 或 demo 建立"
    )


def clock_of(config: Config, as_of: str | None) -> Clock:
    """The clock of a run; `--as-of` with live fetching only where the district says `simulated = true`."""
    if as_of is None:
        return Clock()
    if not config.district.simulated:
        raise UsageError("只有标明 simulated = true 的模拟区县才能用 --as-of 抓取：核查记录的时间必须是真实时间")
    try:
        return Clock(base=parse_moment(as_of))
    except ValueError:
        raise UsageError(f"--as-of 应写成 2026-07-05T00:30，现为 {as_of}") from None


def unit_of(config: Config, name: str) -> str:
    """The slug of a unit given by slug, name or alias."""
    for unit in config.units:
        if name in (unit.slug, unit.name, *unit.aliases):
            return unit.slug
    raise UsageError(f"没有这个单位：{name}（可用：{'、'.join(u.slug for u in config.units)}）")


def day_of(text: str) -> date:
    """A day as typed, `2026-12-31`; UsageError for anything else."""
    return read_day(text)


def optional_day(text: str | None) -> date | None:
    """The day of an option that may be left out."""
    return None if text is None else day_of(text)


def evaluation_at(session: Session, period: str | None, now: datetime | None = None) -> Evaluation:
    """A period as last evaluated, with its scores; of the newest night or `now`, by default its quarter in question."""
    from pipeline import newest

    return newest.evaluation_at(session, period, now)


def evidence_at(session: Session, period: str | None, now: datetime | None = None) -> Evaluation:
    """The same without scores, for commands that ask for evidence alone."""
    from pipeline import newest

    return newest.evidence_at(session, period, now)


def newest_night(session: Session) -> datetime:
    """When the newest night began: what commands speak of; now where none has run."""
    from pipeline import newest

    return newest.newest_night(session)

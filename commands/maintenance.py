"""What was kept: read again, verified link by link, retired, backed up and restored."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import DEFAULT_DISTRICT, District, Var, open_district, open_session
from core.domain.clock import ZONE
from core.domain.errors import ArchiveUnreachable, DeliveryError, StoreError, UsageError
from core.runtime.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.domain.config import Config


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for command in (replay, audit, verify, stamp, prune, backup, backup_daily, restore):
        app.command()(command)


def replay(district: District = DEFAULT_DISTRICT, var: Var = None) -> None:
    """不联网，用存证把每次核查重新读一遍并重新判断，列出与当时不同之处。例：chengxin replay"""
    import tempfile

    from core.storage.retention import looks_without_bytes
    from pipeline import replay

    config, paths = open_district(district, var)
    with open_session(config, paths) as session, tempfile.TemporaryDirectory() as work:
        looks, differences = replay.replay(session, Path(work))
        gone = len(looks_without_bytes(session.store))
    for line in differences:
        typer.echo(line)
    if gone:
        typer.echo(f"另有 {gone} 次核查的存证已按保存期移除，没有重读，照当时的记录沿用")
    typer.echo(f"重读 {looks} 次核查，{'没有不同' if not differences else f'{len(differences)} 处不同'}")


def audit(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """不联网，用存证核对证据中每一处“首次见到”“核查未见”，有不符的以 3 退出。例：chengxin audit"""
    import json

    from pipeline.audit import audit as hold

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        done = hold(session)
    if as_json:
        told = [{"evidence": c.evidence, "proof": c.proof, "why": c.why} for c in done.contradictions]
        shown = {"held": done.held, "silent": done.silent, "contradictions": told}
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        for line in done.contradictions:
            typer.echo(str(line))
        typer.echo(
            f"核对 {done.held + done.silent + len(done.contradictions)} 处：相符 {done.held}，"
            f"存证已移除或读不出 {done.silent}，不符 {len(done.contradictions)}"
        )
    if done.contradictions:
        raise typer.Exit(3)


def verify(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    head: Annotated[str | None, typer.Option("--head", help="外面留存的链头（邮件、报告上印着）")] = None,
) -> None:
    """逐条核对全部封存的记录、网页存证、附件、签名和时间戳，指出第一条不符的。

    例：chengxin verify --head 3f9c0a1b2d4e5f60（另外留存的链头，看它在不在这条链上）
    """
    config, paths = open_district(district, var)
    _tell_verified(config, paths, head)


def _tell_verified(config: Config, paths: Paths, head: str | None = None) -> None:
    """Say that all is as it was sealed; StoreError naming the first record that is not."""
    from core.storage.verification import kept_head, verify_all

    with open_session(config, paths) as session:
        kept = kept_head(session.store, head) if head is not None else None
        found = verify_all(config, session.store, paths, kept)
    upto = f"链头 {kept.sha256} 是 {kept.run} 夜的，到这一夜为止全部相符" if kept and found.upto else ""
    if found.broken is not None:
        raise StoreError(
            f"{upto + '；其后' if upto else ''}核对到第 {found.checked + 1} 条时不符：{found.broken}"
            + (f"；另外，{_unchecked_told(found.unchecked)}" if found.unchecked else "")
        )
    whole = "条记录全部相符" if not found.unchecked else "条记录相符"
    typer.echo(f"{found.checked} {whole}；存证链头 {found.head}")
    for line in (*([upto] if upto else []), *found.words):
        typer.echo(line)
    for line in found.warnings:
        typer.echo(line, err=True)
    if found.unchecked:
        raise ArchiveUnreachable(_unchecked_told(found.unchecked))


def _unchecked_told(unchecked: Mapping[str, str]) -> str:
    """Which archive files nothing can be said of, and why."""
    some = "、".join(list(unchecked)[:3]) + ("等" if len(unchecked) > 3 else "")
    why = next(iter(unchecked.values()))
    return f"{len(unchecked)} 个放到存储的存证文件这次没能核对（{some}），不是说它们不在：{why}"


def stamp(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    seconds: Annotated[float, typer.Option(min=1, help="最多用多少秒")] = 120,
) -> None:
    """请时间戳机构给还没有盖过的链头盖时间戳（夜间任务会自己盖；断网之后补盖）。例：chengxin stamp"""
    from pipeline.stamp import stamp_heads

    config, paths = open_district(district, var)
    if config.district.timestamp is None:
        raise UsageError("district.toml 没有 [timestamp]：先写时间戳机构的 url 和 ca_file")
    with open_session(config, paths) as session:
        stamped = stamp_heads(session, seconds)
    typer.echo(f"盖了 {len(stamped.runs)} 份链头的时间戳，还有 {stamped.lacking} 份没有盖")
    if stamped.why:
        raise DeliveryError(stamped.why)


def prune(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出，不记录")] = False,
) -> None:
    """列出并登记超过保存期、又没有证据要用的存证文件；夜间任务封存登记之后才删除。例：chengxin prune --dry-run"""
    from core.storage.retention import outdated, retire, sweep

    config, paths = open_district(district, var)
    now = datetime.now(ZONE)
    with open_session(config, paths) as session:
        swept = [] if dry_run else sweep(session.store, paths, config.district.archive.url)
        old = outdated(session.at(now)) if dry_run else retire(session.at(now))
    for file in old:
        typer.echo(f"{file.file}　{file.size / 1024 / 1024:.1f} MB")
    size = "可以移除" if dry_run else "已登记移除，下一夜封存后删除"
    typer.echo(f"{size} {len(old)} 个文件；本次删除此前已封存登记的 {len(swept)} 个")


def backup(
    out: Annotated[Path, typer.Argument(help="备份文件（.zip）")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
) -> None:
    """备份全部数据和区县配置（运行中也可以）。例：chengxin backup 备份-20260801.zip"""
    from core.storage.backup import backup as write
    from core.storage.shelf import Shelf

    config, paths = open_district(district, var)
    typer.echo(f"已备份 {write(paths, out, config.folder)} 个文件：{out}")
    if away := Shelf(paths.archive).only_away():
        where = config.district.archive.url
        typer.echo(f"另有 {len(away)} 个存证文件只在存储里（{where}）：备份里是它们的登记，恢复后从那里读")


def backup_daily(
    folder: Annotated[Path, typer.Argument(help="放备份的文件夹，最好在另一块磁盘")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    daily: Annotated[int, typer.Option(min=1, help="最近多少天的备份每天都留")] = 7,
    weekly: Annotated[int, typer.Option(min=0, help="此外再留最近多少周，每周一份")] = 4,
) -> None:
    """每日备份一份，读回来核对之后才删旧的；由定时任务调用。例：chengxin backup-daily /backup --daily 7 --weekly 4"""
    from core.storage.backup_rotation import back_up_daily

    config, paths = open_district(district, var)
    today = datetime.now(ZONE).date()
    done = back_up_daily(paths, folder, config.district.slug, today, daily=daily, weekly=weekly)
    typer.echo(f"{'今天已经备份过' if done.already else '已备份'}：{done.written}")
    for path in done.removed:
        typer.echo(f"已删除旧备份 {path}")


def restore(
    source: Annotated[Path, typer.Argument(help="备份文件")],
    district_to: Annotated[
        Path | None, typer.Option("--district-to", help="把备份里的区县配置恢复到这个新文件夹，并用它；不覆盖")
    ] = None,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
) -> None:
    """从备份恢复到空的数据文件夹，要么全部，要么不动。例：chengxin restore 备份-20260801.zip"""
    from core.storage.restore import restore as read
    from core.storage.restore import restore_district

    if district_to is not None:
        typer.echo(f"已恢复 {restore_district(source, district_to)} 个配置文件到 {district_to}")
    config, paths = open_district(district_to or district, var, needs_store=False)
    typer.echo(f"已恢复 {read(source, paths)} 个文件到 {paths.root}")
    _tell_verified(config, paths)

"""A new district: a folder to start from, asked for or given by options."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from commands.key import new_key
from core.domain.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(init)


def init(
    folder: Annotated[Path, typer.Argument(help="区县配置文件夹：还没有的，或空的")],
    name: Annotated[str | None, typer.Option(help="区县全称，例如 淮安市淮安区")] = None,
    slug: Annotated[str | None, typer.Option(help="区县代号：小写字母、数字、短横（默认取文件夹名）")] = None,
    office: Annotated[str | None, typer.Option(help="信用办名称（默认 区县全称+信用办）")] = None,
    credit_site: Annotated[str | None, typer.Option(help="信用网站名称，例如 信用淮安区")] = None,
    reviewer: Annotated[str | None, typer.Option(help="复核人姓名：谁可以裁定")] = None,
    account: Annotated[str | None, typer.Option(help="复核人登录本机的系统账号（默认当前账号）")] = None,
    key: Annotated[
        bool, typer.Option("--key", help="不按账号，按签名密钥认复核人：私钥写到 姓名.key，公钥登记到 district.toml")
    ] = False,
) -> None:
    """建一个区县的配置文件夹：名称、单位、方案、栏目的示例，照着改。例：chengxin init 淮阴 --name 淮安市淮阴区"""
    from pipeline.new_district import SLUG, NewDistrict, refuse_unless_empty, write_district
    from review.reviewers import process_account

    refuse_unless_empty(folder)
    usual = folder.resolve().name if SLUG.fullmatch(folder.resolve().name) else None
    terminal = on_terminal()
    if not terminal:
        _require({"--name": name, "--slug": slug or usual, "--credit-site": credit_site, "--reviewer": reviewer})
    full_name = name or _ask("区县全称（例如 淮安市淮安区）")
    district = NewDistrict(
        name=full_name,
        slug=slug or (_ask("区县代号（小写字母、数字、短横）", usual) if terminal or not usual else usual),
        office=office or (_ask("信用办名称", f"{full_name}信用办") if terminal else f"{full_name}信用办"),
        credit_site=credit_site or _ask("信用网站名称（例如 信用淮安区）"),
        reviewer=reviewer or _ask("复核人姓名（谁可以裁定）"),
        account="" if key else account or process_account(),
    )
    person, pair, file = new_key(district.reviewer) if key else (district.reviewer, None, None)
    try:
        written = write_district(folder, replace(district, reviewer=person, public_key=pair.public if pair else ""))
    except BaseException:
        if file is not None:
            file.unlink()  # nobody registers it
        raise
    for path in written:
        typer.echo(f"已写出 {path}")
    typer.echo(_next_steps(folder, file))


def _require(options: Mapping[str, str | None]) -> None:
    """UsageError that names the options without a value: there is nobody to ask."""
    lacking = [option for option, value in options.items() if not value]
    if lacking:
        raise UsageError(f"缺少 {'、'.join(lacking)}：在终端里运行会逐项询问，否则用选项写明")


def on_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def _ask(question: str, default: str | None = None) -> str:
    answer: str = typer.prompt(question, default=default)
    return answer.strip()


def _next_steps(folder: Path, private: Path | None) -> str:
    from review.reviewers import KEY_FILE

    key = (
        f"复核人的签名私钥已写入 {private.resolve()}，公钥已登记在 district.toml：\n"
        "  · 私钥只有本人能读；请移到本人的文件夹，不要给别人，不要放进区县配置文件夹；丢了用 chengxin key new 另做\n"
        f"  · 裁定、冻结之前：export {KEY_FILE}={private.resolve()}\n"
        if private
        else ""
    )
    return (
        f"{key}接下来：\n"
        f"  1. 核对 {folder / 'district.toml'} 里的地名和邮箱；把 {folder / 'units.toml'} 的示例换成本区的单位\n"
        f"  2. 一个公示栏目一个文件：chengxin portal try 网址 --id 代号 --unit 单位 -d {folder}，核对后改 enabled ="
        " true，"
        "并删掉示例栏目\n"
        f"  3. 检查还缺什么：chengxin doctor -d {folder}\n"
        f"  4. 跑第一夜：chengxin night -d {folder}"
    )

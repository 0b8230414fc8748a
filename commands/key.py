"""Keys with which reviewers sign their words."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.domain.errors import UsageError

if TYPE_CHECKING:  # loaded where a key is made
    from core.runtime.signing import SigningKey

key_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="签名密钥：复核人用它给自己的每句话签名。")


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.add_typer(key_app, name="key")


@key_app.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="姓名", help="复核人姓名")],
    out: Annotated[Path | None, typer.Option(help="私钥写到哪个新文件（默认 姓名.key）")] = None,
) -> None:
    """生成一对签名密钥：私钥写进只有本人能读的文件，公钥登记到 district.toml。例：chengxin key new 张三"""
    import json

    from review.reviewers import KEY_FILE

    person, key, path = new_key(name, out)
    typer.echo(
        f"私钥已写入 {path.resolve()}（只有本人能读；不要给别人，不要放进区县配置文件夹）\n"
        f"district.toml 里写：\n\n[[review.reviewer]]\nname = {json.dumps(person, ensure_ascii=False)}\n"
        f'public_key = "{key.public}"\n\n'
        f"裁定、冻结之前：export {KEY_FILE}={path.resolve()}"
    )


def new_key(name: str, out: Path | None = None) -> "tuple[str, SigningKey, Path]":
    """(the person's name, a new signing key, the file it was written to: `out`, else the name with `.key`).

    UsageError for a name that names no file, a file that is there, or a place that cannot be written.
    """
    from core.runtime.signing import SigningKey

    person = name.strip()
    if not person or not all(c.isalnum() or c in "·-" for c in person):
        raise UsageError(f"姓名只写汉字、字母、数字和 ·、-，现为 {name}")
    key, path = SigningKey.new(), out or Path(f"{person}.key")
    try:
        key.write(path)
    except FileExistsError:
        raise UsageError(f"{path} 已存在，不覆盖：换一个文件名（--out），或先把它移到别处") from None
    except OSError as error:
        raise UsageError(f"私钥写不进 {path}（{error.strerror}）") from error
    return person, key, path

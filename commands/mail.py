"""Mail: what waits, what it says, sending it, and what comes back."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from commands.options import (
    DEFAULT_DISTRICT,
    AsJson,
    AsOf,
    District,
    PeriodOption,
    Var,
    clock_of,
    evidence_at,
    open_district,
    open_session,
)
from core.domain.errors import UsageError

mail_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="邮件：待发的、内容、发送、重发、退信、单位的答复。"
)
Key = Annotated[str, typer.Argument(help="信件代号，如 2026-07-30-yjj（chengxin mail outbox 列出）")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.add_typer(mail_app, name="mail")


@mail_app.command("outbox")
def outbox(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    every: Annotated[bool, typer.Option("--all", help="已送达的也列出")] = False,
) -> None:
    """发件箱：每封信到每个收件人的状况。例：chengxin mail outbox"""
    from commands.output import tables
    from commands.output.tables import print_deliveries

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        deliveries = [d for d in session.outbox.deliveries() if every or d.state != "sent"]
    tables.print_json([asdict(d) for d in deliveries]) if as_json else print_deliveries(deliveries)


@mail_app.command("preview")
def preview(
    key: Key,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    html: Annotated[Path | None, typer.Option(help="把 HTML 正文写到这个文件")] = None,
) -> None:
    """看一封信的收件人、主题和正文。例：chengxin mail preview 2026-07-30-yjj --html 看看.html"""
    from email import message_from_bytes
    from email.policy import default

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        letter = session.outbox.letter(key)
    if letter is None:
        raise UsageError(f"没有这封信：{key}")
    message = message_from_bytes(letter, policy=default)
    for name in ("From", "To", "Cc", "Subject", "Date", "Message-ID"):
        if message[name]:
            typer.echo(f"{name}: {message[name]}")
    plain = message.get_body(preferencelist=("plain",))
    typer.echo("\n" + (plain.get_content() if plain else ""))
    for part in message.iter_attachments():
        typer.echo(f"附件：{part.get_filename()}")
    page = message.get_body(preferencelist=("html",))
    if html is not None and page is not None:
        html.write_text(page.get_content(), "utf-8")
        typer.echo(f"HTML 已写到 {html}")


@mail_app.command("send")
def send(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_of: AsOf = None,
    if_configured: Annotated[
        bool, typer.Option("--if-configured", help="没有配置 [mail.smtp] 时什么也不做（定时任务用）")
    ] = False,
) -> None:
    """把到时间的信发出去（夜间任务之后、常驻服务每十分钟会自动做）。例：chengxin mail send"""
    from notifications.delivery import send_due

    config, paths = open_district(district, var)
    if config.district.mail.smtp is None and if_configured:
        return
    if config.district.mail.smtp is None:
        raise UsageError("district.toml 没有 [mail.smtp]：信件只写入 outbox 文件夹")
    with open_session(config, paths) as session:
        counts = send_due(session.at(clock_of(config, as_of).now()))
    words = {
        "sent": "送达",
        "later": "稍后再试",
        "dead": "被拒",
        "uncertain": "不知是否送达",
        "waiting": "时间不够，下次再发",
    }
    typer.echo("、".join(f"{words[state]} {count} 封" for state, count in sorted(counts.items())) or "没有到时间的信")
    if counts.keys() - {"sent"}:
        raise typer.Exit(4)


@mail_app.command("retry")
def retry(key: Key, district: District = DEFAULT_DISTRICT, var: Var = None, as_of: AsOf = None) -> None:
    """把一封被拒、退回或不知是否送达的信重新放进待发。例：chengxin mail retry 2026-07-30-yjj"""
    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        count = session.outbox.again(key, clock_of(config, as_of).now())
    if not count:
        raise UsageError(f"{key} 没有需要重发的收件人")
    typer.echo(f"{key}：{count} 个收件人已放回待发")


@mail_app.command("bounce")
def bounce(
    files: Annotated[list[Path], typer.Argument(help="退信（.eml）")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
) -> None:
    """登记退信：哪封信、哪个地址、为什么退。例：chengxin mail bounce 退信.eml"""
    from core.storage.outbox import BOUNCED
    from notifications.delivery import take_bounce

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        for file in files:
            try:
                data = file.read_bytes()
            except OSError as error:
                raise UsageError(f"{file} 打不开（{error.strerror}）") from error
            for line in take_bounce(session.outbox, data, session.now()):
                typer.echo(f"退信　{line}")
        typer.echo(f"退回的共 {len(session.outbox.deliveries(BOUNCED))} 封，更正地址后用 mail retry 重发")


@mail_app.command("reply")
def reply(
    file: Annotated[Path, typer.Argument(help="单位填好的事项清单（.xlsx）")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    paper: Annotated[list[Path] | None, typer.Option("--paper", help="随信的佐证材料，可写多个")] = None,
    period: PeriodOption = None,
    as_of: AsOf = None,
) -> None:
    """导入单位对事项清单的答复：确认、说明、异议。例：chengxin mail reply 事项清单-市监局.xlsx --paper 截图.png"""
    from core.domain.forms.reply_worksheet import KINDS
    from core.storage.attachments import keep_files
    from intake.reply_worksheet import read_replies
    from review.objections import add_objections
    from review.replies import take_replies
    from review.reviewers import who_signs

    config, paths = open_district(district, var)
    now = clock_of(config, as_of).now()
    with open_session(config, paths) as session:
        evaluation = evidence_at(session, period, now if as_of else None)
        reading = read_replies(file)
        kept = keep_files(session.store, paths, paper or [], now)
        taken, faults = take_replies(config, reading, evaluation.everything, kept, now)
        new = Counter(o.kind for o in add_objections(session.at(now), taken, who_signs(config)))
    words = {kind: word for word, kind in KINDS.items()}
    name = next((u.name for u in config.units if u.slug == reading.unit), reading.unit)
    typer.echo(f"{name}：" + ("、".join(f"{words[k]} {n} 项" for k, n in sorted(new.items())) or "没有新的答复"))
    for line in faults:
        typer.echo(f"  [错误] {line}")
    if faults:
        raise typer.Exit(2)

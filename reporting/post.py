"""The outbox as a table for people."""

from collections.abc import Sequence

from core.outbox import Delivery
from reporting.console import add_row, console, table_of
from reporting.words import DELIVERIES as STATES


def print_deliveries(found: Sequence[Delivery]) -> None:
    """Each letter to each recipient: where it stands, and what the server said."""
    table = table_of(
        f"发件箱（{len(found)}）", "信件", "收件人", "状况", "次数", "下次", "服务器的答复", right=("次数",)
    )
    for d in found:
        when = f"{d.next_at:%m-%d %H:%M}" if d.state == "waiting" else "—"
        style = "red" if d.state in ("dead", "uncertain", "bounced") else None
        add_row(
            table,
            d.key,
            d.recipient,
            STATES.get(d.state, d.state) + ("（可能重复）" if d.repeats else ""),
            d.attempts,
            when,
            d.said,
            style=style,
        )
    console().print(table)

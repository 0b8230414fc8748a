"""What is open and what was ruled, on a terminal; what is open in a table for each kind, headed by what can be done."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from commands.output.tables import add_row, table_of
from commands.output.terminal import console
from reporting.open_matters import TODO, MatterKind, OpenMatter, counted
from review.ruling_list import RulingRecord


def print_matters(period: str, matters: Sequence[OpenMatter]) -> None:
    """A line of counts, then the matters by kind."""
    until = next((m.until for m in matters if m.until), None)
    counts = "，".join(f"{kind} {number}" for kind, number in counted(matters).items())
    ends = f"；异议期到 {until} 为止，之后才能冻结" if until else ""
    console().print(
        f"{period} 还没有定的 {len(matters)} 项：{counts}{ends}" if matters else f"{period} 没有还没有定的事项"
    )
    for kind, group in groupby(matters, key=lambda matter: matter.kind):
        _print(kind, list(group))


def _print(kind: MatterKind, matters: Sequence[OpenMatter]) -> None:
    table = table_of(f"{kind}（{len(matters)} 项）　{TODO[kind]}", "单位", "事项", "情况", "会改变", "自", "事项号")
    for matter in matters:
        add_row(
            table,
            matter.unit_name,
            matter.about,
            matter.sentence,
            "；".join(matter.changes) or "—",
            f"{matter.since:%m-%d}" if matter.since else "—",
            matter.call,
        )
    console().print(table)


def print_rulings(records: Sequence[RulingRecord], names: Mapping[str, str]) -> None:
    """Every ruling with its code, and whether it counts."""
    table = table_of(f"裁定（{len(records)} 项）", "代号", "时间", "复核人", "单位", "对什么", "裁定", "理由", "现状")
    for record in records:
        unit = names.get(record["unit"], record["unit"]) or "—"
        add_row(
            table, record["code"], record["at"], record["by"], unit, record["about"], record["word"], record["why"],
            record["state"], style=None if record["state"] == "有效" else "dim",
        )  # fmt: skip
    console().print(table)

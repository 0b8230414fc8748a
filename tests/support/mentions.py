"""Mentions to be linked, alike but for what a test says."""

from datetime import date, datetime, timedelta

from core.domain.clock import ZONE
from core.domain.models import Kind
from linking import Mention, block_keys, meeting

T0 = datetime(2026, 7, 1, tzinfo=ZONE)
CODE_A, CODE_B = "91320803MA1XXXXX0A", "91320803MA1YYYYY0B"


def mention(
    record: str,
    number: str = "淮市监罚〔2026〕1号",
    *,
    submitted: bool = False,
    unit: str = "scjgj",
    name: str = "甲公司",
    code: str = CODE_A,
    day: int | None = 1,
    content: str = "罚款5000元",
    kind: Kind | None = Kind.PENALTY,
    known: int = 0,
    portal: str = "",
    cut: bool = False,
    damaged: str = "",
) -> Mention:
    return Mention(
        record=record,
        submitted=submitted,
        unit=unit,
        kind=kind,
        number=number,
        name=name,
        code=code,
        decided_on=date(2026, 7, day) if day else None,
        content=content,
        known_at=T0 + timedelta(days=known),
        portal=portal,
        cut=cut,
        damaged=damaged,
        row=f"{portal}|{record}|0" if portal else "",
    )


def meet(a: Mention, b: Mention) -> bool:
    return not {other for key in block_keys(a) for other in meeting(key)}.isdisjoint(block_keys(b))

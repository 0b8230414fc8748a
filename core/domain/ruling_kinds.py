"""The kinds of ruling, which may be given on what, and their Chinese as people choose them.

By itself, so that a command can name them before anything else is loaded.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class RulingKind(StrEnum):
    """裁定种类: what is said; the values are stored. Their Chinese as people choose them stands below, as reports
    print them in `core.domain.ruling_words`."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    AMEND = "amend"
    ACCEPT = "accept"
    DEDUCT = "deduct"
    LIST_YELLOW = "list-yellow"
    CONDUCT = "conduct"
    LIFT = "lift"
    WITHDRAW = "withdraw"
    RELEASE = "release"


EVIDENCE_KINDS = (RulingKind.CONFIRM, RulingKind.DISMISS, RulingKind.AMEND)
LINK_KINDS = (RulingKind.CONFIRM, RulingKind.DISMISS)
CLAIM_KINDS = (RulingKind.ACCEPT, RulingKind.DISMISS)
MONTH_KINDS = (RulingKind.ACCEPT, RulingKind.DISMISS)
RECORD_KINDS = (RulingKind.WITHDRAW, RulingKind.RELEASE)
UNIT_KINDS = (RulingKind.DEDUCT, RulingKind.LIST_YELLOW, RulingKind.CONDUCT, RulingKind.LIFT)

CHOICES = {
    RulingKind.CONFIRM: "成立",
    RulingKind.DISMISS: "不成立",
    RulingKind.AMEND: "更正",
    RulingKind.ACCEPT: "采信",
    RulingKind.DEDUCT: "扣分",
    RulingKind.LIST_YELLOW: "直接列黄",
    RulingKind.CONDUCT: "行为等级上限",
    RulingKind.LIFT: "撤回某项裁定",
    RulingKind.WITHDRAW: "撤回记录",
    RulingKind.RELEASE: "放行记录",
}
LINK_CHOICES = {RulingKind.CONFIRM: "同一件", RulingKind.DISMISS: "不是同一件"}
CLAIM_CHOICES = {RulingKind.ACCEPT: "采信", RulingKind.DISMISS: "不予采信"}
MONTH_CHOICES = {RulingKind.ACCEPT: "已报齐", RulingKind.DISMISS: "撤回，不认定已报齐"}


def explained(kinds: Iterable[RulingKind], choices: Mapping[RulingKind, str] = CHOICES) -> str:
    """Kinds as a command's help names them: `confirm（成立）、dismiss（不成立）`."""
    return "、".join(f"{kind}（{choices[kind]}）" for kind in kinds)

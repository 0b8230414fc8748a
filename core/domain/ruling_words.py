"""The kinds of ruling: which may be given on what, and their Chinese, as people choose and reports print them."""

from collections.abc import Iterable, Mapping

from core.domain.models import Grade, Outcome, Ruling, RulingKind

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
PRINTED = {
    RulingKind.CONFIRM: "核实成立",
    RulingKind.DISMISS: "不予认定",
    RulingKind.AMEND: "更正为",
    RulingKind.ACCEPT: "采信",
    RulingKind.DEDUCT: "扣分",
    RulingKind.LIST_YELLOW: "直接列黄",
    RulingKind.CONDUCT: "等级上限定为",
    RulingKind.LIFT: "撤销",
    RulingKind.WITHDRAW: "撤回",
    RulingKind.RELEASE: "放行",
}


def explained(kinds: Iterable[RulingKind], choices: Mapping[RulingKind, str] = CHOICES) -> str:
    """Kinds as a command's help names them: `confirm（成立）、dismiss（不成立）`."""
    return "、".join(f"{kind}（{choices[kind]}）" for kind in kinds)


_VALUES = {
    "符合": Outcome.MET,
    "不符合": Outcome.BREACHED,
    "不适用": Outcome.NOT_APPLICABLE,
    "一般": "minor",
    "较重": "moderate",
    "严重": "severe",
    "蓝": Grade.BLUE,
    "黄": Grade.YELLOW,
}


_SAID = {str(value): word for word, value in _VALUES.items()}


def printed(ruling: Ruling) -> str:
    """A ruling's kind and value as sentences say them: 更正为符合, 不予认定."""
    return f"{PRINTED[ruling.word]}{_SAID.get(ruling.value, ruling.value)}"


def value_of(text: str) -> str:
    """What a ruling says beside its kind, of the word that a person typed (符合, 较重失信, 蓝名单); else as it is."""
    word = text.strip().removesuffix("失信").removesuffix("名单")
    return str(_VALUES.get(word, text.strip()))

"""Rulings in Chinese: as reports print them, and what stands beside their kind as people type it."""

from core.domain.models import Grade, Outcome, Ruling, RulingKind

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

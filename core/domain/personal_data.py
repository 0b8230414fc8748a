"""Personal data beside identity numbers that a publication must not show (docs/domain.md §1.8): phones, bank cards, homes. Pure.

Only what is certain counts: a mobile number under a label for it, a card number that its check digit (Luhn) bears out
and that words or a label call an account, the address of a natural person. A company's telephone is public.
"""

import re
from collections.abc import Mapping

from core.domain.models import Exposure

_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
_CARD = re.compile(r"(?<![\d*])((?:62|4|5)\d{2})[ -]?(\d{4})[ -]?(\d{4})[ -]?(\d{1,4})[ -]?(\d{0,3})(?![\d*])")
_ACCOUNT = re.compile(r"账号|帐号|账户|帐户|卡号|银行卡")
_PHONES = re.compile(r"电话|手机|联系方式")
_NEAR = 16  # characters before a card number in which a word says what it is


def is_natural(fields: Mapping[str, str]) -> bool:
    """Whether the party of a record is a natural person, by what the record says of it."""
    subject, code = fields.get("subject_type", ""), fields.get("code", "")
    return "自然人" in subject or (not subject and not code and bool(fields.get("identity_number")))


def mask_personal(label: str, value: str, *, natural: bool) -> tuple[str, tuple[Exposure, ...]]:
    """`value` under `label` with cards and a natural person's phones masked, and what stood in the clear.

    Of a natural person's address only the head is kept of what was shown; the value itself stays: it is evidence.
    """
    exposures: list[Exposure] = []

    def card(match: re.Match[str]) -> str:
        number = "".join(match.groups())
        before = value[max(match.start() - _NEAR, 0) : match.start()]
        if not (16 <= len(number) <= 19 and luhn(number) and (_ACCOUNT.search(label) or _ACCOUNT.search(before))):
            return match[0]
        masked = f"{number[:4]}********{number[-4:]}"
        exposures.append(Exposure("bank-card", label, masked))
        return masked

    def phone(match: re.Match[str]) -> str:
        masked = f"{match[1]}****{match[3]}"
        exposures.append(Exposure("phone", label, masked))
        return masked

    value = _CARD.sub(card, value)
    if natural and (label == "phone" or _PHONES.search(label)):
        value = _MOBILE.sub(phone, value)
    if natural and label == "address" and len(value) > len("某某市某某区"):
        exposures.append(Exposure("address", label, f"{value[:6]}…"))
    return value, tuple(exposures)


def luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the rest (ISO/IEC 7812-1)."""
    digits = [int(d) for d in reversed(number)]
    doubled = (sum(divmod(2 * d, 10)) for d in digits[1::2])
    return len(set(number)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0

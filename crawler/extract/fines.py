"""A record's fine in yuan (`fine_yuan`), where its unit is sure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.domain.amounts import amounts_behind, read_amount, unit_of
from core.domain.labels import plain


def fine_under(label: str, value: str) -> str:
    """A fine in yuan by a label that says 罚款 and, where the value does not, its unit; the standard's own is 万元."""
    if "罚款" not in label and plain(label) != plain("CF_NR_FK"):
        return ""
    return _yuan(read_amount(value, unit_of(label) or ("万元" if "CF_NR_FK" in label else "")))


def with_fine(values: Mapping[str, str], words: Sequence[str]) -> dict[str, str]:
    """The fine in yuan (`fine_yuan`) where words or a labelled amount say it with its unit, and nothing disagrees."""
    said = {amount for name in words for amount in amounts_behind("罚款", values.get(name, ""))}
    fines = {fine for fine in (*map(_yuan, said), values.get("fine_yuan", "")) if fine}
    rest = {name: value for name, value in values.items() if name != "fine_yuan"}
    return {**rest, "fine_yuan": fines.pop()} if len(fines) == 1 and None not in said else rest


def _yuan(amount: Decimal | None) -> str:
    return "" if amount is None else format(amount.normalize(), "f")

"""One decision, as people name it: by id, or by document number and, where several units have that, the unit."""

from collections.abc import Iterable, Mapping

from core.domain.errors import UsageError
from core.domain.models import Decision
from core.domain.text import document_numbers
from reporting import wording


def decision_named(
    decisions: Iterable[Decision], name: str, *, unit: str | None = None, units: Mapping[str, str] | None = None
) -> Decision:
    """The decision called `name`; UsageError, saying which there are, unless it is exactly one.

    `unit` is a slug; `units` gives the names of units, by slug, for people to read.
    """
    numbers = set(document_numbers(name))
    chosen = [d for d in decisions if d.id == name or (d.number in numbers and unit in (None, d.unit))]
    if not chosen:
        raise UsageError(f"没有这个决定：{name}（请按报送表或公示上的决定文书号写全；chengxin evidence 可以查到）")
    if len(chosen) > 1:
        listed = "；".join(_described(d, units or {}) for d in sorted(chosen, key=lambda d: d.id))
        raise UsageError(f"{name} 对应 {len(chosen)} 个决定，请写明单位（--unit），或写全决定代号：{listed}")
    return chosen[0]


def _described(decision: Decision, units: Mapping[str, str]) -> str:
    unit = units.get(decision.unit, decision.unit or "单位未定")
    return f"{unit} {wording.kind(decision.kind)} {wording.short(decision.name)}（{decision.id}）"

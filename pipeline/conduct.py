"""Whether the office's word on conduct has anything to speak of."""

from core.domain.errors import UsageError
from core.domain.models import Evaluation
from core.domain.periods import parse_period
from core.storage.session import Session
from pipeline.score import unit_facts
from scoring.rules.conduct import is_for_the_office


def require_conduct(session: Session, evaluation: Evaluation, unit: str) -> None:
    """UsageError where the unit has no confirmed conduct on which the office rules: its word would act on nothing."""
    config = session.config.on(parse_period(evaluation.period).first)
    facts = next(iter(unit_facts(session, evaluation, only=unit)), None)
    if facts is None or not is_for_the_office(config.scheme, facts):
        raise UsageError(
            f"{config.unit(unit).name} {evaluation.period} 没有经裁定成立的较重失信或违约，行为等级上限无从裁定；"
            "有待核实的记录，先裁定它们（chengxin pending 列出，chengxin rule 裁定）"
        )

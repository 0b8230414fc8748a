"""The end of the demonstration's quarter as its office works it: objection, rulings, freeze, distribution."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from pathlib import Path

from commands.options import evaluation_at
from core.domain.clock import ZONE, Clock
from core.domain.config import Config
from core.domain.errors import UsageError
from core.domain.models import Evidence, FrozenResult
from core.domain.periods import Period
from core.runtime.paths import Paths
from core.runtime.version import code_version
from core.storage.session import Session, open_session
from pipeline.open_matters import open_matters_of
from pipeline.publish import publish
from reporting.open_matters import MatterKind, OpenMatter
from reporting.wording import grade
from review.freeze import as_frozen, freeze
from review.objections import add_objections, closing_day, objection_to
from review.reviewers import Person, who_speaks
from review.rulings import on_evidence, record_rulings

Say = Callable[[str], None]
OVER = "演示：未能核查的栏目和没有材料的事项，到期仍不能核清，按解读“冻结时未定”计"
_WORKING_HOUR = time(10)


def finish_quarter(config: Config, paths: Paths, quarter: Period, say: Say) -> Path:
    """Play a lived quarter to its end; returns the folder of what was distributed.

    A unit objects to what it is told of; the office follows that objection, confirms what else waits for a word, says
    how grave conducts are, freezes on the first day on which that may be, and distributes. UsageError where nothing
    is there to rule on, or something stands in the way.
    """
    person, closing = who_speaks(config), closing_day(config, quarter)
    with _on(config, paths, closing - timedelta(days=5)) as session:
        objected = _object(session, quarter, person)
    with _on(config, paths, closing - timedelta(days=1)) as session:
        ruled = _rule(session, quarter, person, objected)
    with _on(config, paths, closing + timedelta(days=1)) as session:
        result = _freeze(session, quarter, person)
        folder = paths.root / "distribution" / quarter.name
        written = publish(session, quarter, folder, lambda _: None)
    say("")
    say(f"异议　　{config.unit(objected.unit).name}，事项号 {objected.call}：采纳")
    say(f"裁定　　{'，'.join(f'{word} {number} 项' for word, number in ruled.items())}")
    grades = Counter(grade(score) for score in as_frozen(result).scores)
    say(f"冻结　　{quarter.name} 第 {result.version} 版：{'，'.join(f'{g} {n} 个' for g, n in grades.items())}")
    say(f"分发　　{folder}（{len(written)} 个文件）")
    return folder


def _on(config: Config, paths: Paths, day: date) -> AbstractContextManager[Session]:
    return open_session(config, paths, Clock.stopped(datetime.combine(day, _WORKING_HOUR, ZONE)))


def _waiting(session: Session, quarter: Period, *kinds: MatterKind) -> tuple[dict[str, Evidence], list[OpenMatter]]:
    """The quarter's evidence by key, and what of these kinds waits."""
    evaluation = evaluation_at(session, quarter.name, session.now())
    waiting = [matter for matter in open_matters_of(session, evaluation) if matter.kind in kinds]
    return {item.key: item for item in evaluation.everything}, waiting


def _object(session: Session, quarter: Period, person: Person) -> OpenMatter:
    """The first unit that is told of a breach says why it is none."""
    evidence, breaches = _waiting(session, quarter, MatterKind.BREACH)
    if not breaches:
        raise UsageError(f"{quarter.name} 没有待核实的事项，没有可以异议的")
    first = breaches[0]
    text = "该事项已按期办理，附办理记录，请核实更正"
    said = objection_to(session.config, evidence[first.evidence], first.unit, text, (), session.now())
    add_objections(session, [said], person)
    return first


def _rule(session: Session, quarter: Period, person: Person, objected: OpenMatter) -> dict[str, int]:
    """Answer the objection, confirm the rest, then say how grave conducts are; how many of each, in words."""
    evidence, breaches = _waiting(session, quarter, MatterKind.BREACH, MatterKind.OBJECTION)
    keys = dict.fromkeys(matter.evidence for matter in breaches if matter.evidence != objected.evidence)
    follow = on_evidence(evidence[objected.evidence], "dismiss", "核对办理记录，采纳异议")
    confirm = [on_evidence(evidence[key], "confirm", "核对存证和报送材料，情况属实") for key in keys]
    record_rulings(session, [follow, *confirm], person)
    evidence, grave = _waiting(session, quarter, MatterKind.SEVERITY)
    graver = [on_evidence(evidence[m.evidence], "amend", "按情节认定", value="minor") for m in grave if m.evidence]
    return {"不予认定": 1, "成立": len(confirm), "程度": record_rulings(session, graver, person)}


def _freeze(session: Session, quarter: Period, person: Person) -> FrozenResult:
    evaluation = evaluation_at(session, quarter.name, session.now())
    matters = open_matters_of(session, evaluation)
    result = freeze(session, evaluation, quarter, person, matters=matters, code=code_version(), over=OVER)
    if not isinstance(result, FrozenResult):
        raise UsageError(f"{quarter.name} 只提议了冻结：演示的区只有一名复核人")
    return result

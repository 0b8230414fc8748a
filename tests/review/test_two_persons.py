"""Where the district asks for two: one reviewer proposes to freeze, another one by other means freezes that."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.config import Config, Reviewer, ReviewSettings
from core.domain.errors import UsageError
from core.domain.models import Evaluation, FreezeProposal, FrozenResult, Look, LookBundle, Run, Score
from core.domain.periods import parse_period
from core.runtime.paths import Paths
from core.runtime.signing import SigningKey
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.review import frozen_alone
from core.storage.session import Session
from core.storage.verification import verify_all
from pipeline.score import scores_of
from pipeline.status import status_of
from review.freeze import freeze
from review.reviewers import Person
from tests.support.sealed_nights import change, district, files_of
from tests.support.sessions import session_of

NOW = datetime(2026, 10, 25, 9, tzinfo=ZONE)
QUARTER = parse_period("2026Q3")
YI_KEY = SigningKey.new()
JIA, YI = Person("甲", "account:jia"), Person("乙", f"signed:{YI_KEY.public[:12]}", YI_KEY)
REVIEWERS = (Reviewer(name="甲", account="jia"), Reviewer(name="乙", public_key=YI_KEY.public))


@pytest.fixture
def config() -> Config:
    config = district(REVIEWERS, two=True)
    return config.model_copy(
        update={"portals": tuple(portal.model_copy(update={"enabled": True}) for portal in config.portals)}
    )


@pytest.fixture
def store(tmp_path: Path, config: Config) -> Iterator[Store]:
    with Store(tmp_path / "chengxin.db") as opened:
        session = session_of(opened, config, NOW)
        session.runs.add_config(config.hash, files_of(REVIEWERS, two=True), NOW - timedelta(days=1))
        session.runs.begin(Run(id="2026-10-24", started_at=NOW, code_version="c", config_hash=config.hash))
        for portal in config.portals:
            look = Look(
                id=f"n/{portal.id}/1", run="2026-10-24", portal=portal.id, kind="full", started_at=NOW,
                finished_at=NOW, genuine=True, parsed=True, whole=True,
            )  # fmt: skip
            Looks(opened).add_look(LookBundle(look=look), NOW)
        yield opened


def evaluation(session: Session, *scores: Score) -> Evaluation:
    return Evaluation(period=QUARTER.name, at=session.now(), decisions={}, evidence=(), filed=(), scores=scores)


def frozen_by(store: Store, config: Config, person: Person, *, after: int = 0) -> FrozenResult | FreezeProposal:
    session = session_of(store, config, NOW + timedelta(hours=after))
    return freeze(session, evaluation(session), QUARTER, person, matters=(), code="c")


def test_the_first_word_waits_and_the_second_takes_effect(store: Store, config: Config) -> None:
    session = session_of(store, config, NOW)
    proposal = frozen_by(store, config, JIA)
    assert isinstance(proposal, FreezeProposal) and session.frozen.newest("2026Q3") is None
    assert [p["by"] for p in status_of(session)["proposed"]] == ["甲"]
    result = frozen_by(store, config, YI, after=1)
    assert isinstance(result, FrozenResult) and (result.by, result.sha256) == ("乙", proposal.sha256)
    assert session.frozen.newest("2026Q3") == result and status_of(session)["proposed"] == []
    assert session.proposals.of(result) == proposal and frozen_alone(store) == ""
    assert verify_all(config, store, Paths(store.path.parent)).broken is None


def test_nobody_is_two(store: Store, config: Config) -> None:
    frozen_by(store, config, JIA)
    with pytest.raises(UsageError, match="另一名复核人"):
        frozen_by(store, config, JIA, after=1)
    with pytest.raises(UsageError, match="自己的账号或密钥"):
        frozen_by(store, config, Person("丙", JIA.via), after=1)
    assert session_of(store, config).frozen.newest("2026Q3") is None


def test_what_changed_since_is_proposed_anew(store: Store, config: Config) -> None:
    frozen_by(store, config, JIA)
    session = session_of(store, config, NOW + timedelta(hours=1))
    changed = evaluation(session, *scores_of(session, evaluation(session)))
    again = freeze(session, changed, QUARTER, YI, matters=(), code="c", over="等级定不下来，如实冻结")
    assert isinstance(again, FreezeProposal) and again.by == "乙"
    assert [p.id for p in session.proposals.open()] == [again.id]
    done = freeze(session.at(NOW + timedelta(hours=2)), changed, QUARTER, JIA, matters=(), code="c")
    assert isinstance(done, FrozenResult) and done.sha256 == again.sha256


def test_a_correction_asks_for_two_as_well_and_keeps_its_reason(store: Store, config: Config) -> None:
    frozen_by(store, config, JIA)
    frozen_by(store, config, YI, after=1)
    session = session_of(store, config, NOW + timedelta(hours=2))
    with pytest.raises(UsageError, match="--correct"):
        freeze(session, evaluation(session), QUARTER, YI, matters=(), code="c")
    proposal = freeze(session, evaluation(session), QUARTER, YI, matters=(), code="c", why="依据复查更正")
    assert isinstance(proposal, FreezeProposal) and proposal.version == 2
    result = freeze(session, evaluation(session), QUARTER, JIA, matters=(), code="c")
    assert isinstance(result, FrozenResult) and (result.version, result.why) == (2, "依据复查更正")


@pytest.mark.parametrize("attack", [
    "DELETE FROM proposals",
    "UPDATE frozen SET data = replace(data, '\"by\":\"乙\"', '\"by\":\"甲\"')",
    "UPDATE proposals SET data = replace(data, '\"by\":\"甲\"', '\"by\":\"乙\"')",
])  # fmt: skip
def test_a_quarter_frozen_past_the_second_person_is_found(store: Store, config: Config, attack: str) -> None:
    frozen_by(store, config, JIA)
    frozen_by(store, config, YI, after=1)
    change(Paths(store.path.parent), attack)
    assert verify_all(config, store, Paths(store.path.parent)).broken is not None


def test_one_suffices_where_nobody_asks_for_two(store: Store, config: Config) -> None:
    alone = config.model_copy(
        update={"district": config.district.model_copy(update={"review": ReviewSettings(reviewer=REVIEWERS)})}
    )
    assert isinstance(frozen_by(store, alone, JIA), FrozenResult)


def test_two_persons_must_be_two() -> None:
    with pytest.raises(ValueError, match="至少要登记两名"):
        ReviewSettings(two_persons=True, reviewer=(REVIEWERS[0],))

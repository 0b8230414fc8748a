"""Facts of the office's word: rulings, objections, frozen results. Immutable."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator

from core.domain.models.ruling_subjects import Subject, read_subject
from core.domain.ruling_kinds import RulingKind as RulingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """复核裁定: a person's word on one evidence, link, claim, repair, unit, month or record. The raw outcome stays.

    `subject` is stored as its text. `word`, the kind of ruling (a stored name): on evidence confirm, dismiss or amend;
    on a link confirm or dismiss; on a claim, a repair or a month accept or dismiss; on a unit deduct, list-yellow,
    conduct or lift; on a record withdraw or release. `value` is what the kind needs: the outcome or severity of an
    amendment, the points of a deduction, the ceiling of a conduct, the id of the ruling lifted, the day of a repair.
    `until`, its last day, ends it (a waiver expires). `seen` is the fingerprint of what was ruled on, an evidence or a
    claim: where that says otherwise since, the ruling no longer holds and the matter is open again. `via`: how the
    person was known (`account:<name>`, `key:<name>`).
    """

    id: str
    subject: Annotated[Subject, PlainValidator(read_subject), PlainSerializer(lambda subject: subject.text)]
    word: RulingKind
    by: str
    why: str
    at: datetime
    until: date | None = None
    value: str = ""
    seen: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """异议: what a unit says to one evidence, with the files it handed in (`papers`: name, SHA-256).

    `kind`: an objection, which must be answered by a ruling; a note (说明); or confirm (确认), that the unit agrees.
    """

    id: str
    unit: str
    evidence: str  # its key
    text: str
    papers: tuple[tuple[str, str], ...] = ()
    kind: str = "objection"
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenResult:
    """冻结: a quarter's result as the office fixed it; never changed. A formal correction is the next `version`.

    `judgement` is the whole judgement as text (core.storage.serialization.dump), `sha256` its hash; `head` the chain's
    head it rests on. `left_open`: what was not settled then, in words, and `over`: why it was frozen all the same.
    """

    period: str
    version: int
    at: datetime
    by: str
    via: str
    why: str = ""
    left_open: tuple[str, ...] = ()
    over: str = ""
    scheme: str
    scheme_hash: str
    config_hash: str
    code_version: str
    head: str
    sha256: str
    judgement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeProposal:
    """提议冻结: what one reviewer would freeze, until a second one does, where the district asks for two.

    `judgement`, `sha256` and `over` as in a FrozenResult; `version` the one it would become.
    """

    id: str
    period: str
    version: int
    at: datetime
    by: str
    via: str
    why: str = ""
    over: str = ""
    sha256: str
    judgement: str

"""The words of the system as frozen records (docs/design.md §2), a module each for facts and judgement; this is their
one door.

All times are aware and in Asia/Shanghai; all days are civil days there. A fact carries `observed_at`
(when it was true) or its own times, and `recorded_at` (when we learned it) once it is in the store.
Judgement is a pure function of facts recorded up to a moment and is never updated in place.
"""

from core.domain.models.enums import Channel, DateKind, Grade, Kind, Outcome
from core.domain.models.evaluation import (
    Alert,
    Citation,
    Decision,
    Evaluation,
    Evidence,
    Facts,
    IndicatorScore,
    PossibleLink,
    Rate,
    Score,
    ScoreItem,
    UnitRates,
)
from core.domain.models.observations import (
    Capture,
    ColumnReading,
    Exposure,
    Finding,
    KnownPage,
    ListChanges,
    Look,
    LookBundle,
    Place,
    Reading,
    RowSpan,
    Run,
    Sighting,
    SiteRow,
    StatedDate,
)
from core.domain.models.review import FrozenResult, Objection, Ruling, RulingKind
from core.domain.models.ruling_subjects import (
    ClaimSubject,
    EvidenceSubject,
    LinkSubject,
    RepairSubject,
    Subject,
    UnitSubject,
    read_subject,
)
from core.domain.models.submissions import Attachment, Filing, Paper, Submission, UploadedFile, ZeroReport

__all__ = [
    "Alert",
    "Attachment",
    "Capture",
    "Channel",
    "Citation",
    "ClaimSubject",
    "ColumnReading",
    "DateKind",
    "Decision",
    "Evaluation",
    "Evidence",
    "EvidenceSubject",
    "Exposure",
    "Facts",
    "Filing",
    "Finding",
    "FrozenResult",
    "Grade",
    "IndicatorScore",
    "Kind",
    "KnownPage",
    "LinkSubject",
    "ListChanges",
    "Look",
    "LookBundle",
    "Objection",
    "Outcome",
    "Paper",
    "Place",
    "PossibleLink",
    "Rate",
    "Reading",
    "RepairSubject",
    "RowSpan",
    "Ruling",
    "RulingKind",
    "Run",
    "Score",
    "ScoreItem",
    "Sighting",
    "SiteRow",
    "StatedDate",
    "Subject",
    "Submission",
    "UnitRates",
    "UnitSubject",
    "UploadedFile",
    "ZeroReport",
    "read_subject",
]

"""Facts of the office's word: rulings, objections, frozen results. Immutable."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """复核裁定: a person's word on one evidence, link, claim or unit. The raw outcome stays.

    `subject`: `evidence:<key>`, `link:<record>|<record>`, `claim:<decision>`, `repair:<decision>` or
    `unit:<slug>|<period>`. `word`: confirm, dismiss, amend or accept; for a unit deduct, list-yellow or conduct.
    `value` is what the word needs: the outcome or severity of an amendment, the points of a deduction, the ceiling of
    a conduct. `until` ends it (a waiver expires). `seen` is the fingerprint of the evidence as it was ruled on
    (scoring.adjudicated): where the evidence has changed since, the ruling no longer holds and it is open again.
    `via`: how the person was known (`account:<name>`, `key:<name>`).
    """

    id: str
    subject: str
    word: str
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

    `judgement` is the whole judgement as text (core.storage.serialization.dump), `sha256` its hash; `head` the chain's head it rests on.
    """

    period: str
    version: int
    at: datetime
    by: str
    via: str
    why: str = ""
    scheme: str
    scheme_hash: str
    config_hash: str
    code_version: str
    head: str
    sha256: str
    judgement: str

"""Has a town promised in public in each of the sixteen fields? (docs/rules.md §5.3)"""

from collections.abc import Iterator

from checks.cases.publication_verdict import DUE
from checks.cases.shared_reasons import CAME_NOT_TAKEN, FIELD_MISSING
from checks.cases.site_lookup import rows_of
from checks.cases.unit_case import Respect, UnitCase, proof_of
from core.domain.models import Citation, Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode
from core.domain.scheme import PromiseField

NAME = "public_commitment_covers_field"
FORM = "public-commitment"
COVERED = ReasonCode("covered", "报送的承诺或公开栏目里有这一类。", Outcome.MET)
NOTHING_HANDED_IN = ReasonCode("nothing-handed-in", "没有报送公开承诺，不作认定。", Outcome.INCONCLUSIVE)
TEXT = CheckText(
    name=NAME,
    title_met="该类有公开承诺",
    title_breached="缺一类公开承诺",
    action="请补报该类的公开承诺；已有的，请在“承诺类别”写明。",
    responsible="unit",
    codes=(
        COVERED,
        FIELD_MISSING.worded("报送的承诺里没有这一类。"),
        NOTHING_HANDED_IN,
        DUE.worded("还没有到报送期限。"),
        CAME_NOT_TAKEN.worded("有报来而未收的承诺，可能就是这一类，待信用办核定。"),
    ),
)


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a field of the scheme's keyword table; towns alone."""
    if case.unit.kind != "town":
        return ()
    filings = list(case.of(FORM))
    return tuple(_of(case, field, filings) for field in case.fields)


def _of(case: UnitCase, field: PromiseField, filings: list[Filing]) -> Evidence:
    hits = [*_filed(field, filings), *_on_site(case, field)]

    respect = Respect(name=field.name, day=case.last, deadline=case.closing)

    def evidence(reason: ReasonCode, sentence: str, proofs: list[Citation]) -> Evidence:
        return case.of_respect(TEXT, respect, reason, f"{field.name}：{sentence}", proofs)

    if hits:
        return evidence(COVERED, hits[0][0], [proof for _, proof in hits[:5]])
    if case.now <= case.closing:
        return evidence(DUE, f"还没有见到；{case.closing:%m 月 %d 日}前报送即可", [])
    if any(form == FORM for form, _ in case.held):
        return evidence(CAME_NOT_TAKEN, "没有见到；另有报来而未收的承诺，不作缺项认定，待信用办核定", [])
    if not filings:
        return evidence(NOTHING_HANDED_IN, "没有报送公开承诺台账，不作认定", [])
    return evidence(
        FIELD_MISSING,
        f"报送的 {len(filings)} 项承诺里没有这一类",
        [proof_of(f) for f in filings[:20]],
    )


def _filed(field: PromiseField, filings: list[Filing]) -> Iterator[tuple[str, Citation]]:
    """(why it counts, with the words quoted, and the row)."""
    for filing in filings:
        stated = filing.said("field")
        if stated == field.name:
            yield f"“{filing.title}”，报送时归为此类", proof_of(filing)
        elif not stated and (word := _hit(field, filing.title, filing.said("content"))):
            yield f"“{filing.title}”，含“{word}”", proof_of(filing)


def _on_site(case: UnitCase, field: PromiseField) -> Iterator[tuple[str, Citation]]:
    """Rows of the town's own list whose title promises something in the field."""
    for row in rows_of(case.sites.get("documents", ())):
        word = _hit(field, row.title) if "承诺" in row.title else ""
        if word:
            yield f"公开栏目“{row.title[:60]}”，含“{word}”", Citation("capture", row.capture, row.title[:60])


def _hit(field: PromiseField, *texts: str) -> str:
    return next((word for text in texts for word in field.words if word in text), "")

"""The codes of one row: kept as written, never repaired; identity numbers only masked (docs/domain.md §1.5, §1.8)."""

from collections.abc import Iterator
from typing import Literal

from core.documents.cells import looks_like_identity, mask_private, quote
from core.domain import text
from intake.cell_readers import PERSON_FIELDS, CellReading
from intake.results import Fault
from intake.row_reader import WorkbookRow

OTHER_CODES = ("registration_number", "organisation_code", "tax_number", "public_institution_code", "social_code")
SOLE_TRADER = "个体工商户"
NATURAL_PERSON = "自然人"
CodeIs = Literal["valid", "placeholder", "absent", "damaged", "lost", "person"]


def read_code(row: WorkbookRow) -> tuple[str, CodeIs]:
    """The party's 统一社会信用代码 as it is kept ("" when it says nothing reliable), and what it is."""
    cell = row.read("code")
    if cell.lost:
        return "", "lost"
    code, state = text.read_code(cell.text)
    if state == "damaged" and (looks_like_identity(code) or mask_private(cell.text, "code") != cell.text):
        return "", "person"
    return code, state


def code_faults(row: WorkbookRow) -> Iterator[Fault]:
    """Warnings about the code of the party; none keeps a row out ("校验失败不等于记录无效")."""
    code, state = read_code(row)
    subject = text.tight(row.text("subject_type"))
    if state == "lost":
        yield row.warning("代码被存成了数字，后几位已丢失：本行不带代码导入；请把该列设为文本格式后重报", "code")
    elif state == "person":
        yield row.warning("统一社会信用代码栏填的是身份证号：不作代码，请移到“证件号码”栏", "code")
    elif state == "damaged":
        yield row.warning(_damage(code), "code")
    elif state == "placeholder":
        yield from _placeholder_faults(row, subject)
    elif state == "absent" and subject and NATURAL_PERSON not in subject and row.column("code") is not None:
        yield row.warning(f"{subject}应填统一社会信用代码", "code")


def _placeholder_faults(row: WorkbookRow, subject: str) -> Iterator[Fault]:
    if SOLE_TRADER not in subject:
        yield row.warning("17 个 0 加 X 只用于没有统一社会信用代码的个体工商户", "code")
    elif not row.text("registration_number"):
        yield row.warning("个体工商户没有统一社会信用代码的，应填工商注册号", "registration_number", "code")


def _damage(code: str) -> str:
    """What is wrong with a code that fails GB 32100: its length, a letter never used, or the check digit."""
    odd = sorted(set(code) - set("0123456789ABCDEFGHJKLMNPQRTUWXY"))
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位，现为 {len(code)} 位：{quote(code)}；原样保留"
    if odd:
        hint = "常见的是字母 O、I 与数字 0、1 混淆"
        return f"统一社会信用代码里不会出现“{'、'.join(odd)[:20]}”（{hint}）：{quote(code)}；原样保留"
    return f"统一社会信用代码校验位不符，可能有一位写错：{quote(code)}；原样保留"


def person_faults(row: WorkbookRow) -> Iterator[Fault]:
    """Warnings about identity documents; the numbers themselves are masked in every message."""
    for field in PERSON_FIELDS:
        cell = row.read(field)
        if not cell.said:
            continue
        number = _compared(cell)
        kind = text.tight(row.text("id_type" if field == "identity_number" else "legal_id_type"))
        if cell.lost:
            yield row.warning("证件号码被存成了数字，后几位已丢失：不予保存；请把该列设为文本格式", field)
        elif _should_check(number, kind) and not text.is_identity_number(number):
            yield row.warning(f"身份证号校验位不符：{quote(number)}", field)
    subject = text.tight(row.text("subject_type"))
    if NATURAL_PERSON in subject and not row.text("identity_number") and row.column("identity_number") is not None:
        yield row.warning("自然人应填证件号码", "identity_number")


def _compared(cell: CellReading) -> str:
    """The number of a document as it is compared, unmasked: for its check digit only."""
    return text.tight(cell.text).upper()


def _should_check(number: str, kind: str) -> bool:
    """Masked numbers and other documents carry no check digit of GB 11643."""
    return "*" not in number and (looks_like_identity(number) if kind not in ("", "身份证") else len(number) == 18)


def other_code_faults(row: WorkbookRow) -> Iterator[Fault]:
    """Warnings about further codes that were stored as numbers and lost digits."""
    for field in (*OTHER_CODES, "authority_code", "source_unit_code"):
        if row.read(field).lost:
            yield row.warning("代码被存成了数字，后几位已丢失：不予保存；请把该列设为文本格式", field)

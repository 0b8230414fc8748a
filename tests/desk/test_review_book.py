"""The review workbook at the desk: it goes out, is filled in by several, and comes back as its reviewer's words."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from core.domain.forms import review_worksheet as form
from core.domain.models import RulingKind
from core.domain.ruling_validity import call_number
from review.reviewers import Person
from review.rulings import on_evidence, record_rulings
from tests.desk.conftest import Enter
from tests.desk.test_matters import words
from tests.support.desk_town import NOW, Town, at_another_time, open_town

if TYPE_CHECKING:
    from django.test import Client

WHY = "核对存证和报送材料属实"


def exported(client: "Client") -> bytes:
    done = client.get("/papers/review")
    assert done.status_code == 200 and "attachment" in done.headers["Content-Disposition"]
    return b"".join(done.streaming_content)  # type: ignore[attr-defined]


def filled(data: bytes, town: Town, *rows: dict[str, str]) -> BytesIO:
    """The workbook with a row of words for each of the first breaches of the unit; a row that says none is left."""
    book = openpyxl.load_workbook(BytesIO(data))
    sheet = book[form.EVIDENCE_SHEET]
    columns = {str(cell.value): cell.column or 0 for cell in sheet[1]}
    at = {sheet.cell(row, columns[form.KEY]).value: row for row in range(2, sheet.max_row + 1)}
    for item, said in zip(town.breaches(), rows, strict=False):
        for header, text in said.items():
            sheet.cell(at[call_number(item.key)], columns[header], text)
    out = BytesIO()
    book.save(out)
    out.seek(0)
    out.name = "复核表.xlsx"
    return out


def test_it_comes_back_as_rulings_with_its_faults_at_their_cells(town: Town, enter: Enter) -> None:
    client = enter("reviewer")
    rows = ({"裁定": "成立", "理由": WHY}, {"裁定": "成立"}, {"裁定": "不成立", "理由": WHY, "指纹": "0"})
    book = filled(exported(client), town, *rows)
    later = at_another_time(town, NOW.replace(hour=15))
    page = enter("reviewer").post("/hand-in", {"file": book}).content.decode()
    assert "裁定 1 项" in page and page.count('class="fault"') == 2
    assert 'data-h="列">理由</td>' in page and "没有写理由" in page and "事实有变化" in page
    assert words(later) == [(RulingKind.CONFIRM, "李复核", "desk:reviewer", WHY)]
    book.seek(0)
    page = enter("reviewer").post("/hand-in", {"file": book}).content.decode()
    assert "没有新的裁定" in page and "结论相同" in page and len(words(later)) == 1


def test_a_word_of_another_since_is_not_overwritten(town: Town, enter: Enter) -> None:
    book = filled(exported(enter("head")), town, {"裁定": "成立", "理由": WHY})
    later = at_another_time(town, NOW.replace(hour=15))
    with later.desk.session() as session:
        record_rulings(session, [on_evidence(town.breaches()[0], "dismiss", "命令行先裁定了")], Person("赵某", "key:z"))
    page = enter("head").post("/hand-in", {"file": book}).content.decode()
    assert "赵某 已裁定" in page and [by for _, by, *_ in words(later)] == ["赵某"]


@pytest.mark.parametrize(
    ("who", "says"),
    [("signer", "登记了签名公钥"), ("stranger", "还不是登记的复核人"), ("clerk", "请由复核人登录工作台")],
)
def test_who_may_not_rule_rules_by_no_workbook(town: Town, enter: Enter, who: str, says: str) -> None:
    book = filled(exported(enter("head")), town, {"裁定": "成立", "理由": WHY})
    done = enter(who).post("/hand-in", {"file": book})
    assert says in done.content.decode() and not words(town)
    assert enter("clerk").get("/papers/review").status_code == 403


def test_no_unit_rules_by_a_workbook(town: Town, enter: Enter) -> None:
    book = filled(exported(enter("head")), town, {"裁定": "不成立", "理由": WHY})
    page = enter("contact").post("/own/hand-in", {"file": book}).content.decode()
    assert "只收复核人自己" in page and not words(town)


def test_with_two_persons_its_words_wait_for_the_second(shared_root: Path, tmp_path: Path, enter: Enter) -> None:
    from desk.models import Draft

    two = open_town(shared_root, tmp_path / "two", two_persons=True)
    rows = ({"裁定": "成立", "理由": WHY}, {"裁定": "不成立", "理由": WHY})
    data = exported(enter("head"))
    page = enter("head").post("/hand-in", {"file": filled(data, two, *rows)}).content.decode()
    assert "提出 2 项" in page and not words(two) and Draft.objects.count() == 2
    more = (*rows, {"裁定": "成立", "理由": WHY})
    page = enter("reviewer").post("/hand-in", {"file": filled(data, two, *more)}).content.decode()
    assert "提出 1 项" in page and page.count("正等第二人") == 2 and Draft.objects.count() == 3
    first = Draft.objects.order_by("pk").first()
    assert first is not None and enter("reviewer").post(f"/drafts/{first.pk}", {"word": "同意"}).status_code == 302
    assert [(by, via) for _, by, via, _ in words(two)] == [("王主任", "desk:head+desk:reviewer")]

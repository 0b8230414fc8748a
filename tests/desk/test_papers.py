"""Forms, sheets and reports from the desk are the ones that the commands write."""

from io import BytesIO

import openpyxl
import pytest

from tests.desk.conftest import Enter
from tests.support.desk_town import Town


@pytest.mark.parametrize(
    ("address", "sheet"),
    [
        ("/papers/template?kind=全部&for=town", "信用承诺"),
        ("/papers/template?kind=双公示", "行政许可"),
        ("/papers/month-sheet?month=2026-07", ""),
        ("/papers/sample?each=1&seed=甲", "随机比对结果"),
    ],
)
def test_a_workbook_is_given_to_be_saved(town: Town, enter: Enter, address: str, sheet: str) -> None:
    done = enter("clerk").get(address)
    assert done.status_code == 200 and done.headers["Content-Disposition"].startswith("attachment")
    names = openpyxl.load_workbook(BytesIO(done.getvalue())).sheetnames
    assert not sheet or any(sheet in name for name in names), names


def test_a_unit_gets_the_forms_of_its_kind(town: Town, enter: Enter) -> None:
    done = enter("contact").get("/own/template")
    names = openpyxl.load_workbook(BytesIO(done.getvalue())).sheetnames
    assert done.status_code == 200 and len(names) > 3


@pytest.mark.parametrize(
    "address",
    [
        "/papers/template?kind=没有这张表", "/papers/template?kind=全部&for=nobody", "/papers/month-sheet?month=2026",
        "/papers/month-sheet?month=../x", "/papers/sample?each=0", "/papers/sample?each=99999", "/papers?month=2026Q3",
        "/papers?rates=gestern", "/papers/report?period=2026Q3&form=exe", "/papers/report?period=gestern",
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said(town: Town, enter: Enter, address: str) -> None:
    done = enter("clerk").get(address)
    assert done.status_code == 422 and "没有做成" in done.content.decode()


def test_what_is_missing_and_the_rates(town: Town, enter: Enter) -> None:
    client = enter("leader")
    missing = client.get("/papers?month=2026-06").content.decode()
    assert "2026-06 还没有报的" in missing and "市场监督管理局" in missing
    rates = client.get("/papers?rates=2026Q3").content.decode()
    assert "及时率" in rates and "%" in rates


@pytest.mark.parametrize("form", ["html", "json"])
def test_a_report(town: Town, enter: Enter, form: str) -> None:
    done = enter("leader").get(f"/papers/report?period=2026Q3&form={form}")
    assert done.status_code == 200 and len(done.getvalue()) > 10_000
    assert done.headers["Content-Disposition"].startswith("attachment")

"""The desk for programs: by token and scope alone, described, and in pages."""

import hashlib
import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from core.domain.forms import forms
from tests.desk.conftest import Enter
from tests.support.desk_town import UNIT, Town
from tests.support.form_samples import book

if TYPE_CHECKING:
    from django.test import Client

ADDRESSES = ("evidence", "scores", "letters", "portals", "import")


def token(*scopes: str) -> str:
    """A token of these scopes."""
    from desk.models import Token

    secret = f"secret-{'-'.join(scopes)}"
    digest = hashlib.sha256(secret.encode()).hexdigest()
    Token.objects.create(name=secret, digest=digest, scopes=" ".join(scopes))
    return secret


def program(*scopes: str) -> "Client":
    """Somebody with such a token."""
    from django.test import Client

    return Client(headers={"authorization": f"Bearer {token(*scopes)}"})


def paper(name: str) -> BytesIO:
    """A file of that name, no workbook."""
    file = BytesIO(b"x")
    file.name = name
    return file


def said(done: Any) -> tuple[int, str]:
    """The status of a failure and its sentence, which is all that it says."""
    told = json.loads(done.content)
    assert done.headers["Content-Type"] == "application/json" and set(told) == {"detail"}
    return done.status_code, told["detail"]


def asked(client: "Client", address: str) -> Any:
    done = client.get(address)
    assert done.status_code == 200, done.content
    return json.loads(done.content)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_answers_without_its_scope(town: Town, enter: Enter, address: str) -> None:
    from django.test import Client

    others = program(*(scope for scope in ADDRESSES if scope != address))
    for client, status in ((Client(), 401), (enter("head"), 401), (others, 403)):
        ask = client.post if address == "import" else client.get
        assert ask(f"/api/{address}").status_code == status


def test_a_token_that_is_switched_off_is_out(town: Town) -> None:
    from desk.models import Token

    client = program("scores")
    assert client.get("/api/scores").status_code == 200
    Token.objects.update(is_active=False)
    assert client.get("/api/scores").status_code == 401


def test_evidence_comes_in_pages_that_add_up(town: Town) -> None:
    client, rows, after = program("evidence"), [], ""
    while True:
        page = asked(client, f"/api/evidence?period=2026Q3&limit=50&after={after}".replace("|", "%7C"))
        rows += page["rows"]
        after = page["next"]
        if not after:
            break
    with town.desk.session() as session:
        known = {
            item.key
            for item in session.evaluations.evidence()
            if item.decided_on and f"{item.decided_on:%Y-%m}" >= "2026-07"
        }
    assert known <= {row["key"] for row in rows} and len(rows) == len({row["key"] for row in rows})
    only = asked(client, f"/api/evidence?unit={UNIT}&outcome=breached&limit=500")["rows"]
    assert only and all((row["unit"], row["outcome"]) == (UNIT, "breached") for row in only)


def test_scores_and_portals(town: Town) -> None:
    client = program("scores", "portals")
    told = asked(client, "/api/scores?period=2026Q3")
    assert told["frozen"] == 0 and {row["unit"] for row in told["rows"]} == {u.slug for u in town.desk.config.units}
    assert {row["portal"] for row in asked(client, "/api/portals")} == {
        p.id for p in town.desk.config.portals if p.enabled
    }
    assert client.get("/api/scores?period=gestern").status_code == 422
    assert client.get("/api/scores?period=2026Q3").headers["Content-Type"].startswith("application/json")


def test_a_workbook_is_handed_in(town: Town) -> None:
    file = BytesIO(book(forms()["contract"], {"unit": town.desk.config.unit(UNIT).name}))
    file.name = "合同.xlsx"
    done = program("import").post("/api/import", {"file": file})
    assert done.status_code == 200 and json.loads(done.content)[0]["good"] == ["新收 其他报送 1 条"]
    assert program("import", "scores").post("/api/import", {}).status_code == 422


def test_it_describes_itself_and_loads_nothing_from_elsewhere(town: Town) -> None:
    from django.test import Client

    done = Client().get("/api/openapi.json")
    assert b"://" not in done.content  # neither a page that draws it nor a schema of another host
    told = json.loads(done.content)
    assert {f"/api/{address}" for address in ADDRESSES} == set(told["paths"])
    for address in ("", "docs", "redoc", "nothing"):
        assert said(Client().get(f"/api/{address}")) == (404, "没有这一页")


def test_every_address_declares_its_failures(town: Town) -> None:
    from django.test import Client

    for ways in asked(Client(), "/api/openapi.json")["paths"].values():
        for way in ways.values():
            assert set(way["responses"]) == {"200", "400", "401", "403", "413", "422", "503"}
            assert way["security"] == [{"Bearer": []}]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("scores?period=gestern", "不认识的考核期：gestern（应为 2026Q3 这样的季度，或 2026-08 这样的月份）"),
        ("scores?period=0000Q1", "不认识的考核期：0000Q1（应为 2026Q3 这样的季度，或 2026-08 这样的月份）"),
        ("scores?period=9999Q4", "不认识的考核期：9999Q4（应为 2026Q3 这样的季度，或 2026-08 这样的月份）"),
        ("scores?perid=2026Q3", "没有这个参数，或写了两次：perid（可用：period）"),
        ("scores?period=2026Q3&period=2026Q2", "没有这个参数，或写了两次：period（可用：period）"),
        ("portals?page=1", "没有这个参数，或写了两次：page（可用：无）"),
        ("evidence?limit=0", "limit：不能小于 1"),
        ("evidence?limit=99999999999999999999", "limit：不能大于 500"),
        ("evidence?limit=x", "limit：应是整数"),
        ("evidence?limit=", "limit：应是整数"),
        ("evidence?outcome=guilty", "outcome：只能是 'met'、'breached'、'pending'、'inconclusive'、'not_applicable'"),
        (f"evidence?unit={'x' * 65}", "unit：最多 64 个字"),
        ("letters?state=lost", "state：只能是 ''、'waiting'、'sending'、'sent'、'dead'、'uncertain'、'bounced'"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_told_in_words(town: Town, address: str, says: str) -> None:
    assert said(program(*ADDRESSES).get(f"/api/{address}")) == (422, says)


def test_odd_characters_find_nothing_and_break_nothing(town: Town) -> None:
    client = program("evidence")
    for odd in ("%00", "%ED%A0%80", "%FF%FE", "%E2%80%AE", "%F0%9F%92%A9", "'%3B--", "..%2F"):
        assert asked(client, f"/api/evidence?unit={odd}")["rows"] == []


def test_a_method_that_an_address_has_not_is_told_so(town: Town) -> None:
    client = program(*ADDRESSES)
    for method in ("put", "patch", "delete", "options", "trace", "post"):
        done = getattr(client, method)("/api/scores")
        assert said(done) == (405, "这个地址不能这样请求") and done.headers["Allow"] == "GET", method
    assert said(client.get("/api/import")) == (405, "这个地址不能这样请求")


def test_who_has_no_token_is_told_what_is_wanted(town: Town) -> None:
    from django.test import Client

    for word in ("", "Bearer", "Bearer ", "Basic aGVhZDpoZWFk", "Bearer \xff\xfe", f"Bearer {'x' * 5000}"):
        done = Client(headers={"authorization": word}).get("/api/scores")
        assert (
            said(done) == (401, "要带在用的令牌：Authorization: Bearer 令牌")
            and done.headers["WWW-Authenticate"] == "Bearer"
        )


@pytest.mark.parametrize(
    ("sent", "kind", "status", "says"),
    [
        ({"file": [paper(f"{number}.xlsx") for number in range(21)]}, None, 400, "一次至多交 20 个文件"),
        ({f"field-{number}": "x" for number in range(700)}, None, 400, "表单里的项太多"),
        ({"field": "x" * 2_000_000}, None, 413, "表单里写的字太多"),
        (b"nothing", "multipart/form-data", 400, "请求不完整"),
        (b"nothing", "multipart/form-data; boundary=x", 422, "file：缺少这一项"),
        (b'{"file": []}', "application/json", 422, "file：缺少这一项"),
    ],
    ids=["too many files", "too many fields", "too long", "no boundary", "no part", "json"],
)
def test_a_form_that_cannot_be_read_is_told_so(town: Town, sent: Any, kind: str | None, status: int, says: str) -> None:
    """Each was a failure of the program (503) with a traceback in its log."""
    client = program("import")
    done = client.post("/api/import", sent, content_type=kind) if kind else client.post("/api/import", sent)
    told = said(done)
    assert told[0] == status and told[1].startswith(says)
    assert not (town.desk.paths.logs / "error.log").exists()


def test_a_failure_does_not_say_where_the_data_lies(town: Town) -> None:
    (town.desk.folder / "units.toml").write_text("unit = 1", "utf-8")
    status, words = said(program("scores").get("/api/scores"))
    assert status == 503 and words.startswith("配置有误：units.toml") and str(town.desk.folder.parent) not in words


def test_the_log_names_the_program(town: Town) -> None:
    from desk.models import LogEntry

    program("scores").get("/api/scores")
    assert LogEntry.objects.filter(account="secret-scores", subject="/api/scores").exists()
    assert not LogEntry.objects.filter(detail__contains="secret").exists()

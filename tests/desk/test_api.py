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


def program(*scopes: str) -> "Client":
    from django.test import Client

    from desk.models import Token

    secret = f"secret-{'-'.join(scopes)}"
    digest = hashlib.sha256(secret.encode()).hexdigest()
    Token.objects.create(name=secret, digest=digest, scopes=" ".join(scopes))
    return Client(headers={"authorization": f"Bearer {secret}"})


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

    told = asked(Client(), "/api/openapi.json")
    assert {f"/api/{address}" for address in ADDRESSES} == set(told["paths"])
    assert Client().get("/api/docs").status_code == 404


def test_the_log_names_the_program(town: Town) -> None:
    from desk.models import LogEntry

    program("scores").get("/api/scores")
    assert LogEntry.objects.filter(account="secret-scores", subject="/api/scores").exists()
    assert not LogEntry.objects.filter(detail__contains="secret").exists()

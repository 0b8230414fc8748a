"""What people and programs send that nobody foresaw: no page breaks, nothing of it is run, nothing is said by it."""

from io import BytesIO
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.roles import RIGHTS, Role
from tests.desk.conftest import Enter
from tests.desk.test_urls import addresses
from tests.support.desk_town import Town

HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{7*7}}{%raw%}\u202e\x00../../etc"
NAMES = ("q", "unit", "kind", "mine", "page", "period", "id", "mark", "day", "who", "action", "state", "key", "name",
         "month", "rates", "form", "each", "seed", "for", "reading", "choice", "next", "said", "answered")  # fmt: skip
TEXT = st.one_of(
    st.text(max_size=40), st.sampled_from(["2026Q3", "2026-08", "0", "-1", "9" * 20, "..", "%00", "scjgj", HOSTILE])
)


def harmless(page: str) -> None:
    """Nothing of what was sent stands as markup."""
    assert "<img src=x" not in page and "<script>alert" not in page and "onerror=alert(1)>" not in page
    assert "49}" not in page and "\u202e" not in page


def test_what_people_write_is_shown_and_never_run(town: Town, enter: Enter) -> None:
    call, paper = town.call(), BytesIO(b"x")
    paper.name = f"{HOSTILE}.png"
    sent = {"word": "异议", "text": HOSTILE, "file": paper}
    assert enter("contact").post(f"/own/items/{call}/answer", sent).status_code == 302
    from desk.models import Account

    Account.objects.filter(username="clerk").update(name=HOSTILE[:60])
    client = enter("head")
    client.post("/matters/assign", {"call": call, "to": "clerk"})
    typed = client.post(f"/items/{call}/rule", {"why": HOSTILE, "until": HOSTILE, "word": "成立"})
    assert typed.status_code in (409, 422)
    harmless(typed.content.decode())
    for address in (f"/items/{call}", "/matters", "/matters?kind=OBJECTION", "/units/scjgj", "/rulings"):
        harmless(client.get(address).content.decode())
    for role, address in ((Role.CONTACT, "/own"), (Role.CONTACT, f"/own/items/{call}"), (Role.AUDITOR, "/log"),
                          (Role.SYSTEM, "/people"), (Role.SECURITY, "/roles")):  # fmt: skip
        harmless(enter(role.value).get(address).content.decode())


@pytest.mark.parametrize("role", [Role.HEAD, Role.CONTACT, Role.SYSTEM, Role.SECURITY, Role.AUDITOR])
def test_no_question_breaks_a_page(town: Town, enter: Enter, role: Role) -> None:
    client = enter(role.value)
    pages = [a for page, a in addresses(town) if "GET" in page.methods and page.right in RIGHTS[role]]
    # drawing and packing take seconds, and have tests of their own
    asked = [a for a in pages if not a.startswith(("/captures/picture", "/decisions/package", "/papers/report"))]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.sampled_from(asked), st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=5))
    def ask(address: str, words: dict[str, str]) -> None:
        query = urlencode({name: word.encode("utf-8", "replace") for name, word in words.items()})
        done = client.get(f"{address}?{query}")
        assert done.status_code in (200, 204, 302, 404, 422), (address, words, done.status_code)
        if not done.streaming and "html" in done.headers.get("Content-Type", ""):
            harmless(done.content.decode())

    ask()


@pytest.mark.parametrize("role", [Role.HEAD, Role.CONTACT, Role.SYSTEM, Role.SECURITY])
def test_no_form_breaks_a_page_or_says_a_word(town: Town, enter: Enter, role: Role) -> None:
    """Forms filled by chance say nothing: a word needs what its page gave."""
    client = enter(role.value)
    forms = [a for page, a in addresses(town) if "POST" in page.methods and page.right in RIGHTS[role]]
    forms = [a for a in forms if a not in ("/logout", "/password")]
    fields = ("word", "why", "value", "until", "seen", "newest", "call", "to", "act", "role", "unit", "username",
              "name",
              "ruling", "record", "month", "kind", "over", "correct", "sure", "text", "scope", "number", "id", "on",
              "back", "remark", "sender", "period")  # fmt: skip
    words = st.one_of(TEXT, st.sampled_from(["成立", "不成立", "更正", "同意", "采信", "撤回", "放行", "许可", "off"]))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.sampled_from(forms), st.dictionaries(st.sampled_from(fields), words, max_size=8))
    def send(address: str, sent: dict[str, str]) -> None:
        sent = {name: word.encode("utf-8", "replace").decode() for name, word in sent.items()}
        done = client.post(address, sent)
        assert done.status_code in (200, 302, 404, 409, 422), (address, sent, done.status_code)
        if not done.streaming and "html" in done.headers.get("Content-Type", ""):
            harmless(done.content.decode())

    send()
    with town.desk.session() as session:
        assert not session.rulings.all() and not session.frozen.quarters()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "a b"])
def test_another_name_is_not_answered(town: Town, host: str) -> None:
    from django.test import Client

    assert Client(headers={"host": host}).get("/login").status_code == 400


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.AUDITOR, "/log?day=0001-01-01"),
        (Role.AUDITOR, "/log?day=9999-12-31"),
        (Role.HEAD, "/quarter?period=0000Q1"),
        (Role.HEAD, "/quarter?period=9999Q4"),
        (Role.HEAD, "/papers/report?period=²²²²"),
        (Role.HEAD, "/papers/report?period=0000"),
        (Role.HEAD, "/papers/month-sheet?month=9999-12"),
        (Role.HEAD, "/papers/sample?each=²"),
    ],
)
def test_figures_that_are_none_are_told_so(town: Town, enter: Enter, role: Role, address: str) -> None:
    """`isdigit` takes ², `\\d` takes ٢, and the calendar ends: each of these was a failure of the program."""
    assert enter(role.value).get(address).status_code == 422
    assert not (town.desk.paths.logs / "error.log").exists()


def test_a_token_s_number_that_is_none_switches_nothing_off(town: Town, enter: Enter) -> None:
    from desk.models import Token

    Token.objects.create(name="x", digest="", scopes="")
    for number in ("²", "٣", "9" * 400, "-1", "0", ""):
        assert enter("security").post("/tokens", {"act": "off", "number": number}).status_code == 302
    assert Token.objects.get().is_active


def test_a_page_of_a_failure_does_not_say_where_the_data_lies(town: Town, enter: Enter) -> None:
    client = enter("head")
    client.get("/units")  # what stands around a page is of the files as they last loaded
    (town.desk.folder / "units.toml").write_text("unit = 1", "utf-8")
    done = client.get("/units")
    assert done.status_code == 503 and "units.toml" in done.content.decode()
    assert str(town.desk.folder.parent) not in done.content.decode()

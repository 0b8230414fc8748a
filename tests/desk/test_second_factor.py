"""The second factor: nobody is in before the code, it counts once, wrong ones lock, no power alone removes it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, get_args

import pytest
import time_machine
from django.test import override_settings

from core.domain.config import DeskRole
from desk.roles import Role
from tests.desk.conftest import Enter
from tests.support.desk_town import NOW, PASSWORD, Town, at_another_time, district_says
from tests.support.second_factor import STEP, code_of, enrolled

if TYPE_CHECKING:
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

REQUIRED = '\n[desk]\nsecond_factor = "required"\n'


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Five seconds into a half minute, so that no code ends while it is typed."""
    with time_machine.travel(datetime(2026, 7, 30, 2, 0, 5, tzinfo=UTC)) as traveller:
        yield traveller


def by_password(username: str = "head", **also: str) -> "Client":
    """A browser after the form, whatever came of it."""
    from django.test import Client

    client = Client()
    client.post("/login", {"username": username, "password": PASSWORD, **also})
    return client


def is_in(client: "Client") -> bool:
    return client.get("/start").headers["Location"] != "/login?next=/start"


def say(client: "Client", code: str) -> "Answer":
    """Send the second page as it is shown."""
    shown = client.get("/login/code").content.decode()
    found = re.search(r'name="half" value="([^"]+)"', shown)
    return client.post("/login/code", {"half": found[1] if found else "", "code": code})


def log(action: str) -> list[tuple[str, str, str]]:
    from desk.models import LogEntry

    return list(LogEntry.objects.filter(action=action).values_list("account", "subject", "detail"))


# signing in


def test_a_password_alone_signs_nobody_in_who_has_a_second_factor(town: Town) -> None:
    key, _ = enrolled("head")
    client = by_password()
    assert not is_in(client) and not log("signed-in")
    done = say(client, code_of(key))
    assert done.status_code == 302 and done.headers["Location"] == "/"
    assert client.get("/matters").status_code == 200
    assert log("signed-in") == [("head", "", "密码和验证码")]


def test_who_has_none_signs_in_as_before(town: Town) -> None:
    client = by_password()
    assert is_in(client) and client.get("/login/code").headers["Location"] == "/start"


def test_digits_may_be_full_width_or_parted(town: Town) -> None:
    key, _ = enrolled("head")
    code = code_of(key)
    wide = code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    assert say(by_password(), f"{wide[:3]} {wide[3:]}").status_code == 302


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(town: Town, steps: int, counts: bool) -> None:
    key, _ = enrolled("head")
    client = by_password()
    assert say(client, code_of(key, steps)).status_code == (302 if counts else 200)
    assert is_in(client) is counts


def test_a_code_counts_once(town: Town, clock: time_machine.Traveller) -> None:
    key, _ = enrolled("head")
    code = code_of(key)
    assert say(by_password(), code).status_code == 302
    again = by_password()
    assert say(again, code).status_code == 200 and not is_in(again)
    clock.shift(STEP)
    assert say(again, code_of(key)).status_code == 302


def test_the_code_that_set_it_up_does_not_sign_in(town: Town) -> None:
    from desk.models import Account
    from desk.second_factor import enrol, new_key

    key = new_key()
    assert enrol(Account.objects.get(username="head"), key, code_of(key))
    assert say(by_password(), code_of(key)).status_code == 200


def test_a_recovery_code_counts_once_and_the_log_says_how_many_are_left(town: Town) -> None:
    _, codes = enrolled("head")
    assert len(set(codes)) == 10
    assert say(by_password(), codes[3].upper().replace("-", " ")).status_code == 302
    assert log("signed-in") == [("head", "", "密码和恢复代码，还剩 9 个")]
    again = by_password()
    assert say(again, codes[3]).status_code == 200 and not is_in(again)


def test_recovery_codes_are_kept_as_hashes(town: Town) -> None:
    from django_otp.plugins.otp_static.models import StaticToken

    _, codes = enrolled("head")
    kept = " ".join(StaticToken.objects.values_list("token", flat=True))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


@override_settings(OTP_TOTP_THROTTLE_FACTOR=0)
def test_five_wrong_codes_lock_as_wrong_passwords_do(town: Town, enter: Enter, clock: time_machine.Traveller) -> None:
    from django.test import Client

    key, _ = enrolled("head")
    client = by_password()
    for _ in range(4):
        assert say(client, "000000").status_code == 200
    done = say(client, "000000")
    assert done.status_code == 429 and "锁定半小时" in done.content.decode()
    assert log("locked") == [("head", "", "")]
    assert client.post("/login", {"username": "head", "password": PASSWORD}).status_code == 429
    assert client.get("/login/code").status_code == 302  # the first step is gone, too
    elsewhere = Client(REMOTE_ADDR="10.0.0.7")
    elsewhere.post("/login", {"username": "head", "password": PASSWORD})
    assert say(elsewhere, code_of(key)).status_code == 302
    assert enter("security").post("/roles/head", {"act": "unlock"}).status_code == 302
    clock.shift(STEP)
    assert say(by_password(), code_of(key)).status_code == 302


@override_settings(OTP_TOTP_THROTTLE_FACTOR=0)
def test_the_right_password_does_not_take_back_wrong_codes(town: Town) -> None:
    enrolled("head")
    for _ in range(4):
        say(by_password(), "000000")
    assert say(by_password(), "000000").status_code == 429


def test_wrong_codes_from_everywhere_make_the_account_wait(town: Town, clock: time_machine.Traveller) -> None:
    """The lock is for one address; who has many guesses no faster: after 4 wrong ones, eight seconds for the next."""
    from django.test import Client

    key, codes = enrolled("head")
    for number in range(4):
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        client.post("/login", {"username": "head", "password": PASSWORD})
        assert "验证码不对" in say(client, "000000").content.decode()
        clock.shift(timedelta(seconds=2**number - 0.5))
        said = say(client, code_of(key)).content.decode()
        assert "秒后再输" in said and not is_in(client)
        clock.shift(1)
    assert say(by_password(), codes[0]).status_code == 302  # what cannot be guessed waits for nothing
    assert say(by_password(), code_of(key)).status_code == 302


def test_unlocking_ends_the_waiting(town: Town, enter: Enter) -> None:
    key, _ = enrolled("head")
    say(by_password(), "000000")
    assert enter("security").post("/roles/head", {"act": "unlock"}).status_code == 302
    assert say(by_password(), code_of(key)).status_code == 302


def test_no_code_is_kept_by_what_counts_wrong_ones(town: Town) -> None:
    from axes.models import AccessAttempt

    from desk.models import LogEntry

    enrolled("head")
    say(by_password(), "135790")
    say(by_password(), "not-a-recovery-code")
    kept = str(list(AccessAttempt.objects.values())) + str(list(LogEntry.objects.values()))
    assert AccessAttempt.objects.exists() and "135790" not in kept and "not-a-rec" not in kept


# the half of a sign-in that waits for its code


def test_half_a_sign_in_lasts_five_minutes(town: Town, clock: time_machine.Traveller) -> None:
    key, _ = enrolled("head")
    client = by_password()
    clock.shift(5 * 60 - 1)
    assert client.get("/login/code").status_code == 200
    clock.shift(2)
    assert client.get("/login/code").headers["Location"] == "/login"
    done = client.post("/login/code", {"half": "", "code": code_of(key)})
    assert done.status_code == 200 and "五分钟" in done.content.decode() and not is_in(client)


@pytest.mark.parametrize("change", ["off", "password", "role"])
def test_what_changes_meanwhile_ends_it(town: Town, enter: Enter, change: str) -> None:
    from desk.models import Account

    key, _ = enrolled("head")
    client = by_password()
    if change == "role":  # a role is asked for at every page, not here
        enter("security").post("/roles/head", {"role": "leader"})
        assert say(client, code_of(key)).status_code == 302 and client.get("/outbox").status_code == 403
        return
    enter("system").post("/people/head", {"act": "off" if change == "off" else "reset"})
    Account.objects.filter(username="head").update(is_active=change == "password")
    assert client.get("/login/code").headers["Location"] == "/login"
    client.post("/login/code", {"half": "", "code": code_of(key)})
    assert not is_in(client)


def test_the_second_page_leads_where_the_first_was_asked_to(town: Town) -> None:
    key, _ = enrolled("head")
    assert say(by_password(next="/units/scjgj"), code_of(key)).headers["Location"] == "/units/scjgj"


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/login/code"])
def test_the_second_page_leads_nowhere_else(town: Town, where: str) -> None:
    key, _ = enrolled("head")
    client = by_password(next=where)
    found = re.search(r'name="half" value="([^"]+)"', client.get("/login/code").content.decode())
    assert found
    done = client.post(f"/login/code?next={where}", {"half": found[1], "code": code_of(key), "next": where})
    assert done.headers["Location"] in ("/", "/login/code")
    assert client.get(done.headers["Location"]).status_code in (200, 302) and is_in(client)


def test_the_session_has_another_name_after_each_step(town: Town) -> None:
    from django.test import Client

    key, _ = enrolled("head")
    client = Client()
    client.post("/login", {"username": "clerk", "password": PASSWORD})
    names = [client.cookies["chengxin"].value]
    client.post("/login", {"username": "head", "password": PASSWORD})
    names.append(client.cookies["chengxin"].value)
    assert not is_in(client)  # and the clerk is out
    say(client, code_of(key))
    names.append(client.cookies["chengxin"].value)
    assert len(set(names)) == 3


def test_the_second_page_needs_its_token(town: Town) -> None:
    from django.test import Client

    key, _ = enrolled("head")
    client = Client(enforce_csrf_checks=True)
    client.cookies = by_password().cookies
    assert client.post("/login/code", {"code": code_of(key)}).status_code == 403 and not is_in(client)


def test_back_after_signing_in_leads_to_ones_page(town: Town) -> None:
    key, _ = enrolled("head")
    client = by_password()
    say(client, code_of(key))
    assert client.get("/login/code").headers["Location"] == "/start"


def test_two_windows_with_two_accounts_do_not_mix(town: Town) -> None:
    """The code of the first window is not held against the account of the second, nor counted as wrong."""
    from axes.models import AccessAttempt

    key, _ = enrolled("head")
    enrolled("reviewer")
    client = by_password()
    found = re.search(r'name="half" value="([^"]+)"', client.get("/login/code").content.decode())
    assert found
    client.post("/login", {"username": "reviewer", "password": PASSWORD})
    done = client.post("/login/code", {"half": found[1], "code": code_of(key)})
    assert "重新登录" in done.content.decode() and not is_in(client) and not AccessAttempt.objects.exists()


# setting it up, and by whom it is asked


def setting_up(client: "Client") -> tuple[str, str]:
    """The page, and the key that it shows, in hex."""
    from base64 import b32decode

    page = client.get("/second-factor").content.decode()
    found = re.search(r'<code id="secret">([A-Z2-7 ]+)</code>', page)
    assert found, page
    return page, b32decode(found[1].replace(" ", "")).hex()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.LINK])
def test_every_account_of_a_person_sets_it_up(town: Town, enter: Enter, role: Role) -> None:
    client = enter(role.value)
    page, key = setting_up(client)
    assert "<svg" in page and f'href="otpauth://totp/{role.value}?secret=' in page
    assert "http" not in re.sub(r"https?://www\.w3\.org\S*", "", page)
    assert "不对" in client.post("/second-factor", {"act": "enrol", "code": "000000"}).content.decode()
    done = client.post("/second-factor", {"act": "enrol", "code": code_of(key)})
    codes = re.findall(r"<li><code>([a-z2-7-]+)</code></li>", done.content.decode())
    assert done.status_code == 200 and len(codes) == 10
    assert is_in(client) and codes[0] not in client.get("/second-factor").content.decode()
    assert log("factor") == [(role.value, "", "绑定")]
    assert say(by_password(role.value), codes[0]).status_code == 302


def test_the_same_key_stands_in_both_windows_and_one_of_them_takes(town: Town, enter: Enter) -> None:
    client = enter("head")
    _, key = setting_up(client)
    assert setting_up(client)[1] == key
    assert client.post("/second-factor", {"act": "enrol", "code": code_of(key)}).status_code == 200
    assert client.post("/second-factor", {"act": "enrol", "code": code_of(key)}).status_code == 302
    assert setting_up(enter("reviewer"))[1] != key


def test_other_sessions_of_the_account_end_when_it_is_set_up(town: Town, enter: Enter) -> None:
    before, client = enter("head"), enter("head")
    _, key = setting_up(client)
    client.post("/second-factor", {"act": "enrol", "code": code_of(key)})
    assert is_in(client) and not is_in(before)


def test_a_unit_that_comes_by_a_link_is_asked_for_none(town: Town, enter: Enter) -> None:
    district_says(town, '\n[desk]\nsecond_factor = "required"\nsecond_factor_roles = ["contact"]\n')
    client = enter("link")
    assert client.get("/second-factor").status_code == 404
    assert client.get("/own").status_code == 200
    assert enter("contact").get("/own").headers["Location"] == "/second-factor"


def test_where_it_is_required_nothing_else_comes_first(town: Town, enter: Enter) -> None:
    from desk.urls import PAGES

    district_says(town, REQUIRED)
    client = enter("head")
    for page in PAGES:
        if page.right is None or page.name in ("second-factor", "logout"):
            continue
        address = "/" + re.sub(r"<[^>]+>", "1", page.path)
        done = (client.get if "GET" in page.methods else client.post)(address)
        assert done.status_code == 302 and done.headers["Location"] == "/second-factor", address
    assert 'aria-label="主菜单"' not in client.get("/second-factor").content.decode()
    _, key = setting_up(client)
    client.post("/second-factor", {"act": "enrol", "code": code_of(key)})
    assert client.get("/matters").status_code == 200
    assert enter("clerk").get("/matters").status_code == 200  # a role that is not named


def test_every_role_that_sees_anything_may_be_named_but_that_of_links() -> None:
    assert set(get_args(DeskRole)) == {role.value for role in Role} - {Role.LINK, Role.MEMBER}


def test_a_first_password_is_changed_before_it_is_set_up(town: Town) -> None:
    from desk.models import Account

    district_says(town, REQUIRED)
    Account.objects.filter(username="head").update(must_change=True)
    client = by_password()
    assert client.get("/second-factor").headers["Location"] == "/password"
    client.post("/password", {"old": PASSWORD, "new": "a-better-one-26", "again": "a-better-one-26"})
    assert client.get("/password").headers["Location"] == "/second-factor"


def test_where_it_is_off_nobody_is_asked(town: Town) -> None:
    key, _ = enrolled("head")
    district_says(town, '\n[desk]\nsecond_factor = "off"\n')
    client = by_password()
    assert is_in(client) and client.get("/second-factor").status_code == 404
    district_says(town, '\n[desk]\nsecond_factor = "offered"\n')
    assert not is_in(client)  # who came by a password alone is out when it is asked for again
    assert say(by_password(), code_of(key)).status_code == 302


# changing the telephone, and losing it


def signed_in(key: str, username: str = "head") -> "Client":
    client = by_password(username)
    assert say(client, code_of(key)).status_code == 302
    return client


def test_new_recovery_codes_end_the_old(town: Town, clock: time_machine.Traveller) -> None:
    key, old = enrolled("head")
    client = signed_in(key)
    assert client.post("/second-factor", {"act": "codes", "code": "000000"}).status_code == 422
    clock.shift(STEP)
    done = client.post("/second-factor", {"act": "codes", "code": code_of(key)}).content.decode()
    new = re.findall(r"<li><code>([a-z2-7-]+)</code></li>", done)
    assert len(new) == 10
    assert say(by_password(), old[0]).status_code == 200
    assert say(by_password(), new[0]).status_code == 302


def test_ones_own_is_removed_by_a_code_alone(town: Town, clock: time_machine.Traveller) -> None:
    from desk.models import Account

    key, codes = enrolled("head")
    client = signed_in(key)
    for wrong in ("", "000000", code_of(key)):  # the last has signed in: it is used
        assert client.post("/second-factor", {"act": "remove", "code": wrong}).status_code == 422
        clock.shift(2)
    assert client.post("/second-factor", {"act": "remove", "code": codes[0]}).status_code == 302
    assert setting_up(client)[1] != key and is_in(client) and is_in(by_password())
    assert log("factor") == [("head", "", "停用")]
    assert Account.objects.get(username="head").is_active


@override_settings(OTP_TOTP_THROTTLE_FACTOR=0)
def test_guessing_on_that_page_locks_as_well(town: Town) -> None:
    key, _ = enrolled("head")
    client = signed_in(key)
    answers = [client.post("/second-factor", {"act": "remove", "code": "000000"}).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]


def test_removing_a_lost_one_takes_both_powers(town: Town, enter: Enter) -> None:
    """The security administrator removes it and cannot open the account alone; nor can who gives passwords."""
    from django.test import Client

    enrolled("reviewer")
    before = enter("reviewer")
    security, system = enter("security"), enter("system")
    assert "解除第二因素" in security.get("/roles").content.decode()
    assert security.post("/roles/reviewer", {"act": "factor"}).status_code == 302
    assert ("security", "reviewer", "解除第二因素，停用，待重设密码") in log("account")
    for act in ({"act": "on"}, {"role": "reviewer"}):
        done = security.post("/roles/reviewer", act)
        assert done.status_code == 422 and "系统管理员重设密码" in done.content.decode()
    assert not is_in(before) and not is_in(by_password("reviewer"))
    told = system.post("/people/reviewer", {"act": "reset"}).content.decode()
    found = re.search(r"初始密码：<code>([^<]+)</code>", told)
    assert found
    client = Client()
    client.post("/login", {"username": "reviewer", "password": found[1]})
    assert not is_in(client)  # who gave the password out is not in
    assert security.post("/roles/reviewer", {"act": "on"}).status_code == 302
    client.post("/login", {"username": "reviewer", "password": found[1]})
    assert client.get("/matters").headers["Location"] == "/password"


def test_a_new_password_leaves_the_second_factor(town: Town, enter: Enter) -> None:
    from django.test import Client

    enrolled("reviewer")
    told = enter("system").post("/people/reviewer", {"act": "reset"}).content.decode()
    found = re.search(r"初始密码：<code>([^<]+)</code>", told)
    assert found
    enter("security").post("/roles/reviewer", {"act": "on"})
    client = Client()
    done = client.post("/login", {"username": "reviewer", "password": found[1]})
    assert done.headers["Location"] == "/login/code" and not is_in(client)


@pytest.mark.parametrize("power", ["system", "auditor"])
def test_the_powers_lose_theirs_by_the_command_line_alone(town: Town, enter: Enter, power: str) -> None:
    from django.test import Client

    from desk.serve import make_account

    enrolled(power)
    assert enter("security").post(f"/roles/{power}", {"act": "factor"}).status_code == 422
    assert by_password(power).get("/login/code").status_code == 200
    first = make_account(town.desk.folder, town.desk.paths, power, "某", power, "")
    at_another_time(town, NOW)
    client = Client()
    assert client.post("/login", {"username": power, "password": first}).headers["Location"] != "/login/code"


def test_who_may_not_removes_nobodys(town: Town, enter: Enter) -> None:
    enrolled("reviewer")
    for role in ("system", "head", "auditor"):
        assert enter(role).post("/roles/reviewer", {"act": "factor"}).status_code == 403
    assert by_password("reviewer").get("/login/code").status_code == 200


def test_programs_with_a_token_are_not_asked(town: Town) -> None:
    from hashlib import sha256

    from django.test import Client

    from desk.models import Token

    district_says(town, REQUIRED)
    Token.objects.create(name="大屏", digest=sha256(b"secret").hexdigest(), scopes="portals")
    assert Client().get("/api/portals", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_a_desk_of_before_is_taken_along(town: Town) -> None:
    """Its accounts stay; nobody of them comes by a directory or has a second factor."""
    from django.core.management import call_command

    from desk.models import Account
    from desk.site import Desk, open_desk

    call_command("migrate", "desk", "0002", verbosity=0)
    for app in ("otp_totp", "otp_static"):
        call_command("migrate", app, "zero", verbosity=0)
    open_desk(Desk(town.desk.folder, town.desk.paths, town.desk.clock), hosts=("testserver",))
    assert is_in(by_password()) and not Account.objects.filter(by_directory=True).exists()

"""Who said it: the account is the system's word, a key is the person's own; the environment names nobody."""

import os
import pwd
import secrets
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.config import Config, Reviewer, ReviewSettings, load
from core.domain.errors import UsageError
from core.domain.models import EvidenceSubject, Objection, RulingKind
from core.runtime.signing import SigningKey
from core.storage.database import Store
from core.storage.session import Session
from core.storage.signatures import first_unsound, registered_keys
from review.objections import add_objections
from review.reviewers import Person, who_signs, who_speaks
from review.rulings import RulingRequest, record_rulings
from tests.support.paths import HUAIAN, ROOT
from tests.support.sealed_nights import files_of
from tests.support.sessions import session_of

NOW = datetime(2026, 10, 25, 9, tzinfo=ZONE)
ME = pwd.getpwuid(os.getuid()).pw_name
NAMES = ("LOGNAME", "USER", "LNAME", "USERNAME")


@pytest.fixture
def config() -> Config:
    return load(HUAIAN)


def known(config: Config, *reviewers: Reviewer) -> Config:
    settings = {"review": ReviewSettings(reviewer=reviewers)}
    return config.model_copy(update={"district": config.district.model_copy(update=settings)})


@pytest.mark.parametrize("name", NAMES)
def test_no_variable_makes_anybody_the_director(config: Config, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for each in NAMES:
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, "director")
    both = known(config, Reviewer(name="主任", account="director"), Reviewer(name="我", account=ME))
    assert who_speaks(both) == Person("我", f"account:{ME}")
    with pytest.raises(UsageError, match=ME):
        who_speaks(known(config, Reviewer(name="主任", account="director")))


def test_the_director_is_not_played_from_the_command_line(tmp_path: Path) -> None:
    """The whole program, as somebody would try it."""
    district = tmp_path / "d"
    words = [
        "--name",
        "甲区",
        "--slug",
        "jia",
        "--credit-site",
        "信用甲区",
        "--reviewer",
        "主任",
        "--account",
        "director",
    ]
    run = [sys.executable, "-m", "cli"]
    subprocess.run([*run, "init", str(district), *words], cwd=ROOT, check=True, capture_output=True)
    with Store(tmp_path / "var" / "chengxin.db"):
        pass
    done = subprocess.run(
        [*run, "rule-unit", "all", "list-yellow", "--period", "2026Q3", "--why", "冒充主任", "-d", str(district)],
        cwd=ROOT, check=False, capture_output=True, text=True,
        env=os.environ | {"LOGNAME": "director", "USER": "director", "CHENGXIN_VAR": str(tmp_path / "var")},
    )  # fmt: skip
    assert done.returncode == 2 and f"系统账号 {ME} 不是登记的复核人（登记的有：主任）" in done.stderr
    lines = f'[[review.reviewer]]\nname = "姓名"\naccount = "{ME}"'
    assert f"{district / 'district.toml'} 末尾" in done.stderr and lines in done.stderr
    file = district / "district.toml"
    file.write_text(file.read_text("utf-8") + "\n" + lines + "\n", "utf-8")  # what it says is all that it takes
    assert who_speaks(load(district)) == Person("姓名", f"account:{ME}")


def test_a_signing_key_speaks_for_its_holder(config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key, path = SigningKey.new(), tmp_path / "yi.key"
    key.write(path)
    told = known(config, Reviewer(name="甲", account=ME), Reviewer(name="乙", public_key=key.public))
    monkeypatch.setenv("CHENGXIN_KEY_FILE", str(path))
    person = who_speaks(told)
    assert person == Person("乙", f"signed:{key.public[:12]}") and person.key == key
    monkeypatch.setenv("CHENGXIN_KEY", "x")
    with pytest.raises(UsageError, match="只写一个"):
        who_speaks(told)
    monkeypatch.delenv("CHENGXIN_KEY")
    path.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        who_speaks(told)
    SigningKey.new().write(tmp_path / "stranger.key")
    monkeypatch.setenv("CHENGXIN_KEY_FILE", str(tmp_path / "stranger.key"))
    with pytest.raises(UsageError, match="不属于任何登记的复核人"):
        who_speaks(told)


def test_whoever_has_a_key_registered_does_not_speak_without_it(config: Config) -> None:
    told = known(config, Reviewer(name="甲", account=ME, public_key=SigningKey.new().public))
    with pytest.raises(UsageError, match="只凭账号不作数"):
        who_speaks(told, key="")


@pytest.mark.parametrize("weak", ["test", "legacy-fixture-key", "1" * 64, "correct-horse-battery-staple"])
def test_a_weak_key_is_refused_even_where_it_is_registered(config: Config, weak: str) -> None:
    import hashlib

    told = known(config, Reviewer(name="乙", key_sha256=hashlib.sha256(weak.encode()).hexdigest()))
    with pytest.raises(UsageError, match="可能猜出来"):
        who_speaks(told, key=weak)


def test_a_strong_key_that_does_not_sign_speaks_as_before(config: Config) -> None:
    import hashlib

    secret = secrets.token_hex(32)
    told = known(config, Reviewer(name="乙", key_sha256=hashlib.sha256(secret.encode()).hexdigest()))
    person = who_speaks(told, key=secret)
    assert person.name == "乙" and person.via.startswith("key:") and person.key is None


# ---------------------------------------------------------------- signatures


def words(session: Session, person: Person, count: int = 1, at: timedelta = timedelta()) -> None:
    requests = [
        RulingRequest(subject=EvidenceSubject(f"e{n}"), kind=RulingKind.CONFIRM, why="已经核实无误")
        for n in range(count)
    ]
    record_rulings(session.at(NOW + at), requests, person)


def unsound(store: Store, reviewers: Sequence[Reviewer] = ()) -> str:
    found = first_unsound(store, registered_keys(store, {r.name: r.public_key for r in reviewers}))
    return f"{found.kind} {found.why}" if found else ""


def test_every_word_made_with_a_key_is_signed(config: Config, tmp_path: Path) -> None:
    key = SigningKey.new()
    yi, reviewer = Person("乙", f"signed:{key.public[:12]}", key), Reviewer(name="乙", public_key=key.public)
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, config, NOW)
        words(session, Person("甲", "account:jia"))
        assert session.signatures.count() == 0
        words(session, yi, 3)
        objection = Objection(id="o1", unit="scjgj", evidence="e1", text="已公示", received_at=NOW)
        assert add_objections(session, [objection, objection], yi) == [objection]
        assert session.signatures.count() == 4 and unsound(store, [reviewer]) == ""
        store.db.execute("UPDATE objections SET data = replace(data, '已公示', '撤回')")
        assert "objections 内容与 乙 的签名不符" in unsound(store, [reviewer])


def test_words_from_before_the_key_need_no_signature(config: Config, tmp_path: Path) -> None:
    key = SigningKey.new()
    reviewer = Reviewer(name="乙", public_key=key.public)
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, config, NOW)
        words(session, Person("乙", "key:0123456789ab"))
        session.runs.add_config("h", files_of([reviewer]), NOW + timedelta(days=1))
        assert unsound(store, [reviewer]) == ""
        words(session, Person("乙", "key:0123456789ab"), at=timedelta(days=2))
        assert "乙 已登记签名公钥，这句话却没有签名" in unsound(store, [reviewer])


def test_a_key_that_was_replaced_holds_for_what_it_signed(config: Config, tmp_path: Path) -> None:
    old, new = SigningKey.new(), SigningKey.new()
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, config, NOW)
        session.runs.add_config("old", files_of([Reviewer(name="乙", public_key=old.public)]), NOW)
        words(session, Person("乙", f"signed:{old.public[:12]}", old))
        assert unsound(store, [Reviewer(name="乙", public_key=new.public)]) == ""
        words(session, Person("乙", f"signed:{new.public[:12]}", new), at=timedelta(days=1))
        assert "没有登记为 乙 的" in unsound(store)
        assert unsound(store, [Reviewer(name="乙", public_key=new.public)]) == ""


def test_an_objection_is_signed_by_whoever_holds_a_key_and_by_nobody_else(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = SigningKey.new()
    private = key._private.private_bytes_raw().hex()
    told = known(config, Reviewer(name="乙", public_key=key.public))
    for given, name in (("", None), ("legacy-fixture-key", None), (private, "乙")):
        monkeypatch.setenv("CHENGXIN_KEY", given)
        person = who_signs(told)
        assert (person.name if person else None) == name


def test_who_has_no_account_is_told_that_nobody_may_rule(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container the account may have no name: what is missing first are reviewers; no line names an account."""
    monkeypatch.setattr(os, "getuid", lambda: 64_999)
    with pytest.raises(UsageError, match=r"没有写 \[\[review.reviewer\]\]") as refused:
        who_speaks(known(config))
    assert "account" not in str(refused.value)

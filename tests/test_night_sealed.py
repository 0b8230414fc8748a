"""A whole night signs and stamps its head, whoever is away; one whose key cannot be used does not begin."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import scheduler
from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.errors import StoreError
from core.runtime.paths import Paths
from core.storage.backup import backup, restore
from core.storage.database import Store
from core.storage.heads import signed_heads
from core.storage.runs import Runs
from core.storage.stamps import Stamps
from core.storage.verification import Verification, verify_all
from tests.support.paths import HUAIAN
from tests.support.sealed_nights import district
from tests.support.time_stamp_authority import Authority, time_stamp_authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with time_stamp_authority(tmp_path_factory.mktemp("tsa")) as made:
        yield made


def night(config: Config, paths: Paths, back: int = 0) -> list[str]:
    """The night so many days ago; what it said."""
    said: list[str] = []
    scheduler.night(config, paths, Clock(base=datetime.now().astimezone() - timedelta(days=back)), say=said.append)
    return said


def verified(config: Config, paths: Paths) -> Verification:
    with Store(paths.store) as store:
        return verify_all(config, store, paths)


def test_a_district_without_keys_and_authority_has_its_nights_signed(tmp_path: Path) -> None:
    config, paths = load(HUAIAN), Paths(tmp_path / "var")
    for back in (2, 1):
        night(config, paths, back)
    found = verified(config, paths)
    assert found.broken is None and found.warnings == ()
    key = paths.root / "installation.key"
    assert key.stat().st_mode & 0o777 == 0o600
    with Store(paths.store) as store:
        assert [each.holds for each in signed_heads(store)] == [True, True] and Stamps(store).all() == []
        public = signed_heads(store)[0].public_key
    assert public in paths.report.read_text("utf-8")


def test_a_night_is_stamped_and_its_report_says_so(tmp_path: Path, authority: Authority) -> None:
    config, paths = district((), authority), Paths(tmp_path / "var")
    assert not [line for line in night(config, paths) if "时间戳" in line]
    assert authority.url in paths.report.read_text("utf-8")
    assert "时间戳：1 份链头盖过" in "".join(verified(config, paths).words)


def test_an_authority_that_never_answers_neither_holds_nor_fails_the_night(
    tmp_path: Path, authority: Authority
) -> None:
    config, paths = district((), authority, seconds=1), Paths(tmp_path / "var")
    authority.silent, began = True, time.monotonic()
    try:
        said = night(config, paths, 1)
    finally:
        authority.silent = False
    assert any("时间戳没有盖上，下一夜再盖" in line for line in said) and time.monotonic() - began < 60
    night(config.model_copy(update={"district": district((), authority).district}), paths)
    with Store(paths.store) as store:
        assert len(Stamps(store).all()) == 2
    assert verified(config, paths).broken is None


@pytest.mark.parametrize("damage", ["open to others", "no key"])
def test_a_night_that_cannot_sign_does_not_begin(tmp_path: Path, damage: str) -> None:
    config, paths = load(HUAIAN), Paths(tmp_path / "var")
    night(config, paths, 1)
    key = paths.root / "installation.key"
    if damage == "open to others":
        key.chmod(0o604)
    else:
        key.write_text("no key", "utf-8")
    with pytest.raises(StoreError, match="签名私钥不能用"):
        night(config, paths)
    with Store(paths.store) as store:
        assert Runs(store).all()[-1].finished_at is None
    assert verified(config, paths).broken is None


def test_a_backup_has_no_private_key_and_goes_on_with_another(tmp_path: Path) -> None:
    config, paths, moved = load(HUAIAN), Paths(tmp_path / "var"), Paths(tmp_path / "moved")
    night(config, paths, 1)
    backup(paths, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", moved)
    assert not (moved.root / "installation.key").exists()
    assert verified(config, moved).broken is None
    night(config, moved)
    found = verified(config, moved)
    assert found.broken is None and sum("链头签名公钥" in line for line in found.words) == 2

"""What an attacker, an insider and a broken machine do to what was kept, and what finds each: `docs/evidence.md`.

The attacker can write the store and the manifests. `verify` is what anybody runs on the machine; a kept head is one
mail in somebody's drawer; a stamp is the word of an authority outside.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE, Clock
from core.domain.config import ChainSettings, Config
from core.domain.errors import StoreError, UsageError
from core.runtime.paths import Paths
from core.runtime.signing import SigningKey
from core.storage.database import Store
from core.storage.hash_chain import GENESIS
from core.storage.outbox import BOUNCED, Outbox
from core.storage.session import Session
from core.storage.stamps import Stamps
from core.storage.verification import Verification, kept_head, verify_all
from pipeline.stamp import stamp_heads
from tests.support.sealed_nights import Sealed, change, cut_off, deliver, district, seal_again, sealed_nights
from tests.support.time_stamp_authority import Authority, time_stamp_authority

NOW = datetime.now(ZONE).replace(microsecond=0)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with time_stamp_authority(tmp_path_factory.mktemp("tsa")) as made:
        yield made


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Sealed:
    return sealed_nights(tmp_path_factory.mktemp("nights"), NOW, authority)


@pytest.fixture
def made(original: Sealed, tmp_path: Path) -> Sealed:
    """A copy to attack."""
    shutil.copytree(original.paths.root, tmp_path / "copy")
    return replace(original, paths=Paths(tmp_path / "copy"))


def verified(made: Sealed, config: Config | None = None, kept: str = "") -> Verification:
    with Store(made.paths.store) as store:
        return verify_all(config or made.config, store, made.paths, kept_head(store, kept) if kept else None)


def broken(made: Sealed, config: Config | None = None) -> str:
    found = verified(made, config).broken
    return str(found) if found else ""


def heads(made: Sealed) -> list[str]:
    with Store(made.paths.store) as store:
        return [row[0] for row in store.rows("SELECT hash FROM manifests ORDER BY number")]


def pinned(made: Sealed) -> Config:
    """The district that says whose signatures count."""
    chain = ChainSettings(public_keys=(made.key.public,))
    return made.config.model_copy(update={"district": made.config.district.model_copy(update={"chain": chain})})


def test_what_nobody_touched_holds_and_is_told(made: Sealed) -> None:
    found = verified(made)
    assert found.broken is None and found.warnings == () and found.checked > 30
    told = "\n".join(found.words)
    assert f"链头签名公钥 {made.key.public}：签了 {made.runs[0]} 到 {made.runs[-1]} 的 3 份链头" in told
    assert "时间戳：3 份链头盖过；" in told and "3 句话有本人的签名" in told
    assert verified(made, pinned(made)).broken is None


def test_what_happens_after_the_seal_is_no_attack(made: Sealed) -> None:
    with Store(made.paths.store) as store:
        outbox = Outbox(store)
        assert outbox.bounced(f"{made.runs[0]}-yjj", "a@example.org", "550 no such user", NOW)
        assert outbox.again(f"{made.runs[0]}-yjj", NOW) == 1
        deliver(outbox, NOW)
    assert broken(made) == ""


def flip(made: Sealed) -> None:
    change(made.paths, f"UPDATE looks SET whole = 0 WHERE run = '{made.runs[0]}'")


def flipped_and_sealed_again(made: Sealed) -> None:
    flip(made)
    change(made.paths, "DELETE FROM stamps")
    seal_again(made, None)


def flipped_and_signed_by_another(made: Sealed) -> None:
    flip(made)
    change(made.paths, "DELETE FROM stamps")
    seal_again(made, SigningKey.new())


def flipped_and_signed_by_the_machine(made: Sealed) -> None:
    """Whoever holds the installation's key, and leaves the stamps as they are."""
    flip(made)
    seal_again(made, made.key)


def old_signatures_kept(made: Sealed) -> None:
    """Sealed again, with the signatures that the heads had."""
    with Store(made.paths.store) as store:
        signatures = store.rows("SELECT public_key, signature, run FROM heads")
    flip(made)
    change(made.paths, "DELETE FROM stamps")
    seal_again(made, None)
    with Store(made.paths.store) as store:
        for row in signatures:
            store.db.execute("UPDATE heads SET public_key = ?, signature = ? WHERE run = ?", list(row))


def one_night_sealed_again(made: Sealed) -> None:
    """The middle night alone, with the rows that name it changed along: the next file still names the old one."""
    change(made.paths, f"UPDATE looks SET whole = 0 WHERE run = '{made.runs[1]}'")
    third = (made.paths.manifests / f"{made.runs[2]}.jsonl").read_bytes()
    with Store(made.paths.store) as store:
        ((digest,),) = store.rows("SELECT hash FROM manifests WHERE number = 3")
    seal_again(made, made.key, from_night=2)
    (made.paths.manifests / f"{made.runs[2]}.jsonl").write_bytes(third)
    change(made.paths, f"UPDATE manifests SET hash = '{digest}' WHERE number = 3")


def all_rows_of_manifests_deleted(made: Sealed) -> None:
    change(made.paths, "DELETE FROM manifests", "DELETE FROM heads", "DELETE FROM stamps")


def everything_of_the_chain_deleted(made: Sealed) -> None:
    all_rows_of_manifests_deleted(made)
    shutil.rmtree(made.paths.manifests)


def files_deleted(made: Sealed) -> None:
    shutil.rmtree(made.paths.manifests)


def first_night_cut_out(made: Sealed) -> None:
    (made.paths.manifests / f"{made.runs[0]}.jsonl").unlink()
    change(made.paths, *(f"DELETE FROM {t} WHERE run = '{made.runs[0]}'" for t in ("manifests", "heads", "stamps")))


def last_rows_cut_off(made: Sealed) -> None:
    """The rows go, the files stay."""
    names = f"'{made.runs[1]}', '{made.runs[2]}'"
    change(made.paths, *(f"DELETE FROM {t} WHERE run IN ({names})" for t in ("manifests", "heads", "stamps")))


def nights_said_to_be_unfinished(made: Sealed) -> None:
    cut_off(made, 2, wholly=False)
    change(made.paths, f"UPDATE runs SET finished_at = NULL WHERE id > '{made.runs[0]}'")


def a_row_where_no_manifest_looks(made: Sealed) -> None:
    change(
        made.paths,
        "INSERT INTO rulings (rowid, id, subject, data, recorded_at) SELECT -7, 'slipped', subject, data, recorded_at"
        " FROM rulings LIMIT 1",
    )


def author_changed(made: Sealed) -> None:
    """Everything is sealed again with the machine's own key: only the reviewer's own signature is out of reach."""
    change(made.paths, 'UPDATE rulings SET data = replace(data, \'"by":"甲"\', \'"by":"乙"\') WHERE rowid = 3')
    change(made.paths, "DELETE FROM stamps")
    seal_again(made, made.key)


def author_and_means_changed(made: Sealed) -> None:
    change(
        made.paths,
        'UPDATE rulings SET data = replace(replace(data, \'"by":"甲"\', \'"by":"乙"\'), \'account:jia\','
        f" '{made.signer.via}') WHERE rowid = 1",
    )
    change(made.paths, "DELETE FROM stamps")
    seal_again(made, made.key)


def signed_word_changed(made: Sealed) -> None:
    change(made.paths, "UPDATE rulings SET data = replace(data, 'confirm', 'dismiss') WHERE rowid = 2")
    change(made.paths, "DELETE FROM stamps")
    seal_again(made, made.key)


def signed_word_given_to_another(made: Sealed) -> None:
    change(made.paths, 'UPDATE rulings SET data = replace(data, \'"by":"乙"\', \'"by":"甲"\') WHERE rowid = 2')
    change(made.paths, "DELETE FROM stamps")
    seal_again(made, made.key)


def signed_word_deleted(made: Sealed) -> None:
    change(made.paths, "DELETE FROM rulings WHERE rowid = 2")
    change(made.paths, "DELETE FROM stamps")
    seal_again(made, made.key)


def signature_moved(made: Sealed) -> None:
    """The signature under one word put under another of the same person."""
    change(
        made.paths,
        "UPDATE signatures SET signature = (SELECT signature FROM signatures WHERE rowid = 1) WHERE rowid = 2",
        "DELETE FROM stamps",
    )
    seal_again(made, made.key)


def letter_removed(made: Sealed) -> None:
    change(made.paths, f"DELETE FROM outbox WHERE key = '{made.runs[0]}-yjj'")


def newest_letter_removed(made: Sealed) -> None:
    """Of the last night: no manifest holds it yet."""
    change(made.paths, f"DELETE FROM outbox WHERE key = '{made.runs[2]}-yjj'")


def letter_rewritten(made: Sealed) -> None:
    change(made.paths, f"UPDATE outbox SET message = x'00' WHERE key = '{made.runs[0]}-yjj'")


def delivery_flipped(made: Sealed) -> None:
    change(made.paths, f"UPDATE deliveries SET state = '{BOUNCED}' WHERE key = '{made.runs[0]}-yjj'")


def delivery_removed(made: Sealed) -> None:
    change(made.paths, f"DELETE FROM deliveries WHERE key = '{made.runs[0]}-yjj'")


def note_removed(made: Sealed) -> None:
    """The delivery flipped to what an earlier note says, and the later note taken out."""
    key = f"{made.runs[0]}-yjj|a@example.org"
    change(
        made.paths,
        f"DELETE FROM row_events WHERE id = (SELECT max(id) FROM row_events WHERE subject = '{key}')",
        f"UPDATE deliveries SET state = 'sending', said = '', attempts = 1 WHERE key = '{made.runs[0]}-yjj'",
    )


def told_removed(made: Sealed) -> None:
    change(made.paths, "DELETE FROM told WHERE key = 'a1'")


def run_moved(made: Sealed) -> None:
    change(made.paths, f"UPDATE runs SET started_at = '2020-01-01' WHERE id = '{made.runs[0]}'")


def run_finish_moved(made: Sealed) -> None:
    change(made.paths, f"UPDATE runs SET finished_at = '2020-01-01' WHERE id = '{made.runs[0]}'")


def sm3_changed(made: Sealed) -> None:
    change(made.paths, f"UPDATE heads SET sm3 = '00' WHERE run = '{made.runs[2]}'")


def stamp_of_another_night(made: Sealed) -> None:
    change(
        made.paths,
        f"UPDATE stamps SET response = (SELECT response FROM stamps WHERE run = '{made.runs[0]}')"
        f" WHERE run = '{made.runs[2]}'",
    )


def stamp_backdated(made: Sealed) -> None:
    change(made.paths, f"UPDATE stamps SET stamped_at = '2020-01-01T00:00:00.000+08:00' WHERE run = '{made.runs[2]}'")


FOUND: list[tuple[Callable[[Sealed], None], str]] = [
    (flip, "核查"),
    (flipped_and_signed_by_the_machine, "盖过时间戳的链头"),
    (flipped_and_sealed_again, "最新的链头却没有签名"),
    (old_signatures_kept, "链头签名"),
    (one_night_sealed_again, "没有接在上一份清单之后"),
    (all_rows_of_manifests_deleted, "却没有这一夜的清单"),
    (everything_of_the_chain_deleted, "却没有这一夜的清单"),
    (files_deleted, "清单文件不见了"),
    (first_night_cut_out, "没有接在上一份清单之后"),
    (last_rows_cut_off, "却没有这一夜的清单"),
    (nights_said_to_be_unfinished, "批次"),
    (a_row_where_no_manifest_looks, "没有清单会封存"),
    (author_changed, "乙 已登记签名公钥，这句话却没有签名"),
    (author_and_means_changed, "没有签名|签名却不见了"),
    (signed_word_changed, "内容与 乙 的签名不符"),
    (signed_word_given_to_another, "写的是 甲 说的，签名人却是 乙"),
    (signed_word_deleted, "不见了"),
    (signature_moved, "内容与 乙 的签名不符"),
    (letter_removed, "信件 .*不见了"),
    (newest_letter_removed, "信件 .*登记过的记录不见了"),
    (letter_rewritten, "信件 .*内容变了"),
    (delivery_flipped, "投递 .*登记的状态是"),
    (delivery_removed, "投递 .*登记过的记录不见了"),
    (note_removed, "状态登记 .*不见了"),
    (told_removed, "已告知的事项 1：封存的记录不见了"),
    (run_moved, "批次 .*内容变了"),
    (run_finish_moved, "批次 .*登记的状态是"),
    (sm3_changed, "SM3"),
    (stamp_of_another_night, "时间戳"),
    (stamp_backdated, "时间戳 .*登记的时间"),
]


@pytest.mark.parametrize(("attack", "why"), FOUND, ids=[attack.__name__ for attack, _ in FOUND])
def test_verify_finds_it(made: Sealed, attack: Callable[[Sealed], None], why: str) -> None:
    attack(made)
    said = broken(made)
    assert re.search(why, said), said


# What only somebody outside can find: the attacker left nothing behind that contradicts itself.


@pytest.mark.parametrize("attack", [flipped_and_sealed_again, flipped_and_signed_by_another])
def test_a_chain_made_anew_without_the_key_is_told_by_its_signatures(
    made: Sealed, attack: Callable[[Sealed], None]
) -> None:
    before, key = heads(made)[0], made.key.public
    attack(made)
    assert attack is flipped_and_sealed_again or "不是本机的密钥签的" in "".join(verified(made).warnings)
    (made.paths.root / "installation.key").unlink()
    found = verified(made)  # on another machine nothing in the store contradicts it, but its key is not the one known
    assert found.broken is None and key not in "".join(found.words)
    chain = ChainSettings(public_keys=(key,))
    told = made.config.district.model_copy(update={"chain": chain})
    assert broken(made, made.config.model_copy(update={"district": told}))  # the district says whose signatures count
    with pytest.raises(StoreError, match="没有链头"):
        verified(made, kept=before)


def test_a_chain_made_anew_with_the_key_is_found_by_a_kept_head(made: Sealed) -> None:
    before = heads(made)
    flip(made)
    change(made.paths, "DELETE FROM stamps")
    seal_again(made, made.key)
    assert broken(made, pinned(made)) == ""  # whoever holds the machine's own key can do this
    for kept in before:
        with pytest.raises(StoreError, match="没有链头"):
            verified(made, kept=kept)


def test_a_chain_made_anew_with_the_key_can_only_be_stamped_late(tmp_path: Path, authority: Authority) -> None:
    made = sealed_nights(tmp_path, NOW - timedelta(days=9))
    seal_again(made, made.key)
    with Store(made.paths.store) as store:
        config = district(made.config.district.review.reviewers, authority)
        stamped = stamp_heads(Session(config, store, made.paths, Clock()), 30)
    assert stamped.runs == tuple(reversed(made.runs)) and stamped.lacking == 0
    found = verified(made, config)
    assert found.broken is None
    assert "3 份链头在封存 3 天之后才盖时间戳" in "".join(found.warnings)


def test_the_last_nights_cut_off_wholly_are_found_by_a_kept_head(made: Sealed) -> None:
    first, *later = heads(made)
    cut_off(made, 2, wholly=True)
    assert broken(made) == ""
    for kept in later:
        with pytest.raises(StoreError, match="没有链头"):
            verified(made, kept=kept)
    assert verified(made, kept=first).upto


def test_a_kept_head_holds_up_to_its_night(made: Sealed) -> None:
    first, second, _ = heads(made)
    assert verified(made, kept=first).upto and verified(made, kept=second[:16].upper()).upto
    masked = f"{second[:20]}******{second[26:]}"  # a head whose digits look like a person's number is printed so
    assert verified(made, kept=masked).upto
    change(made.paths, f"UPDATE looks SET whole = 0 WHERE run = '{made.runs[1]}'")
    found = verified(made, kept=first)
    assert found.broken is not None and found.upto  # what follows it is broken, it is not
    assert not verified(made, kept=second).upto


@pytest.mark.parametrize("kept", ["", "12345678", "x" * 64, "0" * 65, "*" * 64, "12345678" + "*" * 20])
def test_what_is_no_head_is_wrong_use(made: Sealed, kept: str) -> None:
    with Store(made.paths.store) as store, pytest.raises(UsageError, match="--head"):
        kept_head(store, kept)


def test_the_beginning_of_all_chains_is_no_head_of_one(made: Sealed) -> None:
    with Store(made.paths.store) as store, pytest.raises(StoreError, match="没有链头"):
        kept_head(store, GENESIS)


def test_a_broken_machine_stops_before_the_work(made: Sealed) -> None:
    key = made.paths.root / "installation.key"
    key.chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        _ = made.key
    key.chmod(0o600)
    key.write_text("broken", "utf-8")
    with pytest.raises(StoreError, match="没有可用的私钥"):
        _ = made.key


def test_stamps_are_asked_for_again_when_the_authority_answers(tmp_path: Path, authority: Authority) -> None:
    authority.silent = True
    try:
        made = sealed_nights(tmp_path, NOW, authority, seconds=0.3)
    finally:
        authority.silent = False
    assert "时间戳" not in "".join(verified(made).words) and broken(made) == ""
    with Store(made.paths.store) as store:
        session = Session(made.config, store, made.paths, Clock())
        assert stamp_heads(session, 30).runs == tuple(reversed(made.runs))
        assert stamp_heads(session, 30).runs == () and Stamps(store).lacking() == []
    assert "3 份链头盖过" in "".join(verified(made).words)

"""All that `verify` asks of a store: the chain, the signatures of its heads, time stamps, people's signatures.

Each manifest, row and file is read once or twice, in the order of the chain; nothing is held in memory but one night's
line and the heads.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from core.domain.config import Config
from core.domain.errors import StoreError, UsageError
from core.runtime.paths import Paths
from core.runtime.signing import SigningKey
from core.runtime.time_stamps import NoStampError, Stamp, checked_stamp, read_stamp
from core.storage.database import Store
from core.storage.hash_chain import GENESIS, Broken, head, verify
from core.storage.heads import SignedHead, file_sm3, key_path, signed_heads
from core.storage.review import frozen_alone
from core.storage.shelf import Digests, Shelf
from core.storage.signatures import Signatures, first_unsound, registered_keys
from core.storage.stamps import HeadStamp, Stamps, ca_file

LATE = timedelta(days=3)  # a stamp so long after the seal is told: until then only the other proofs speak
LEAST_DIGITS = 16  # of a head that somebody kept


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHead:
    """A head that somebody outside kept, as it stands in the chain."""

    run: str
    number: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found. `broken`: the first thing that does not hold. `words`: what the seals show; `warnings`: what they
    cannot show, both in Chinese. `upto`: the chain holds up to the head that was kept, whatever is broken after it.
    `unchecked`: archive file → why it, or its copy in the store, could not be read just now: nothing is said of it."""

    checked: int
    head: str
    broken: Broken | None
    words: tuple[str, ...]
    warnings: tuple[str, ...]
    upto: bool
    unchecked: Mapping[str, str]


def kept_head(store: Store, kept: str) -> KeptHead:
    """The head that begins with the digits somebody kept; `*` is a digit that was printed masked, as telephones are.

    UsageError for what cannot be a head, StoreError where the chain has none such: it is not the chain that was.
    """
    digits = kept.strip().lower()
    known = len(digits) - digits.count("*")
    if known < LEAST_DIGITS or len(digits) > len(GENESIS) or set(digits) - set("0123456789abcdef*"):
        raise UsageError(f"--head 应是邮件、报告上印的链头（{LEAST_DIGITS} 到 64 个十六进制数字），现为 {kept}")
    for run, number, digest in store.rows("SELECT run, number, hash FROM manifests ORDER BY number"):
        if all(one in ("*", other) for one, other in zip(digits, digest, strict=False)):
            return KeptHead(run=run, number=number, sha256=digest)
    raise StoreError(f"存证链里没有链头 {digits}：它印出之后，这条链被重造过，或者不是同一份数据")


def verify_all(config: Config, store: Store, paths: Paths, kept: KeptHead | None = None) -> Verification:
    """Hold the whole store against its seals; `kept`: a head that somebody kept."""
    archive = Digests(Shelf(paths.archive, config.district.archive.url))
    checked, broken = verify(store, paths, archive)
    heads, stamps = signed_heads(store), Stamps(store).all()
    found = (
        broken
        or _bad_head(config, store, paths, heads)
        or _bad_stamp(config, Stamps(store))
        or _bad_word(config, store)
    )
    return Verification(
        checked=checked,
        head=head(store),
        broken=found,
        words=(*_keys_told(heads), *_stamps_told(store, stamps), *_words_told(store)),
        warnings=(*_unsigned_told(heads), *_another_told(key_path(config, paths), heads), *_late_told(stamps)),
        upto=kept is not None and (found is None or _number(store, found) > kept.number),
        unchecked=archive.unchecked,
    )


def _number(store: Store, broken: Broken) -> int:
    """The number of the manifest in which something is broken; 0 where it is in none alone."""
    rows = store.rows("SELECT number FROM manifests WHERE run = ?", broken.manifest.removesuffix(".jsonl"))
    return int(rows[0][0]) if rows else 0


# ---------------------------------------------------------------- heads


def _bad_head(config: Config, store: Store, paths: Paths, heads: Sequence[SignedHead]) -> Broken | None:
    """The first head whose signature lacks or does not hold. Heads of older programs have none."""
    known, pinned, signed = {each.head.run: each for each in heads}, config.district.chain.public_keys, False
    begun = False
    for run, marks in store.rows("SELECT run, marks FROM manifests ORDER BY number"):
        name, begun = f"{run}.jsonl", begun or "heads" in json.loads(marks)
        if not begun:
            continue
        each = known.get(run)
        if each is None:
            return Broken(name, "heads", run, "这一夜的链头没有登记，或登记的是另一个链头")
        if each.head.sm3 != file_sm3(paths.manifests / name):
            return Broken(name, "heads", run, "清单的 SM3 与登记的不符")
        if why := _wrong_signature(each, pinned, required=signed or bool(pinned)):
            return Broken(name, "heads", run, why)
        signed = signed or bool(each.signature)
    for (run,) in store.rows("SELECT run FROM heads WHERE run NOT IN (SELECT run FROM manifests) ORDER BY run"):
        return Broken("", "heads", run, "签过名的链头不在存证链上")
    if not signed and head(store) != GENESIS and (pinned or key_path(config, paths).exists()):
        return Broken("", "heads", head(store), "这里有签名用的密钥，最新的链头却没有签名")
    return None


def _wrong_signature(each: SignedHead, pinned: Sequence[str], *, required: bool) -> str:
    """Why a head's signature does not do; "" where it does. An unsigned head may only stand before all signed ones."""
    if not each.signature:
        return "链头没有签名" if required else ""
    if not each.holds:
        return f"链头与公钥 {each.public_key} 的签名不符"
    return (
        f"签名的公钥 {each.public_key} 不在 [chain] public_keys 里" if pinned and each.public_key not in pinned else ""
    )


def _keys_told(heads: Sequence[SignedHead]) -> Iterator[str]:
    """Each key with the nights that it signed, in a row."""
    for key, some in groupby((each for each in heads if each.signature), key=lambda each: each.public_key):
        runs = [each.head.run for each in some]
        yield f"链头签名公钥 {key}：签了 {runs[0]} 到 {runs[-1]} 的 {len(runs)} 份链头"


def _unsigned_told(heads: Sequence[SignedHead]) -> Iterator[str]:
    if not any(each.signature for each in heads):
        yield "没有一份链头有签名：要看出重造的链，须用 --head 与外面留存的链头核对"


def _another_told(path: Path, heads: Sequence[SignedHead]) -> Iterator[str]:
    """That this machine's key is not the one that signed last: the store was moved, or sealed by somebody else."""
    with suppress(ValueError):  # whoever may not read the key cannot compare
        here = SigningKey.from_file(path).public
        if heads and heads[-1].signature and heads[-1].public_key != here:
            yield f"最新的链头不是本机的密钥签的（本机公钥 {here}）：数据是从别处搬来的，或是别人封存的"


# ---------------------------------------------------------------- stamps


def _bad_stamp(config: Config, stamps: Stamps) -> Broken | None:
    """The first stamp of a head that the chain does not have, or that does not hold."""
    for stamp in stamps.all():
        if stamp.sealed_at is None:
            return Broken("", "stamps", stamp.run, f"盖过时间戳的链头 {stamp.sha256} 不在存证链上")
        try:
            stated = _stated(config, stamp, stamps.response(stamp.run))
        except NoStampError as error:
            return Broken(f"{stamp.run}.jsonl", "stamps", stamp.run, str(error))
        if stated != Stamp(sha256=stamp.sha256, at=stamp.stamped_at):
            return Broken(f"{stamp.run}.jsonl", "stamps", stamp.run, "登记的时间或链头与时间戳里写的不同")
    return None


def _stated(config: Config, stamp: HeadStamp, response: bytes) -> Stamp:
    """What a stamp states; checked where the district says by whose certificates."""
    if config.district.timestamp is None:
        return read_stamp(response)
    return checked_stamp(response, stamp.sha256, ca_file(config))


def _stamps_told(store: Store, stamps: Sequence[HeadStamp]) -> Iterator[str]:
    if stamps:
        last, lacking = stamps[-1], len(Stamps(store).lacking())
        rest = f"，{lacking} 份还没有" if lacking else ""
        newest = f"最新 {last.run} 夜的盖于 {last.stamped_at:%Y-%m-%d %H:%M:%S}（{last.url}）"
        yield f"时间戳：{len(stamps)} 份链头盖过{rest}；{newest}"


def _late_told(stamps: Sequence[HeadStamp]) -> Iterator[str]:
    """What stamps cannot show: who sealed anew later can only be stamped later."""
    late = [stamp for stamp in stamps if stamp.sealed_at and stamp.stamped_at - stamp.sealed_at > LATE]
    if late:
        first = late[0]
        yield (
            f"{len(late)} 份链头在封存 {LATE.days} 天之后才盖时间戳（例如 {first.run} 夜的盖于"
            f" {first.stamped_at:%Y-%m-%d}）：时间戳只证明它们不晚于盖的时候"
        )


# ---------------------------------------------------------------- words


def _bad_word(config: Config, store: Store) -> Broken | None:
    present = {r.name: r.public_key for r in config.district.review.reviewers if r.public_key}
    unsound = first_unsound(store, registered_keys(store, present))
    if unsound is None and (alone := frozen_alone(store)):
        return Broken("", "frozen", alone, "当时的配置要两人冻结，却没有另一人提出过同样的结果")
    return Broken("", unsound.kind, unsound.id, unsound.why) if unsound else None


def _words_told(store: Store) -> Iterator[str]:
    if count := Signatures(store).count():
        yield f"{count} 句话有本人的签名"

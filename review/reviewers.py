"""Who speaks for the office: known by the account that runs the program, or by a key; nobody else's word counts.

The account is the one that the system gives the process (its real user id): no environment variable changes it. A key
that signs outranks the account, and where a reviewer has one registered, the account alone is not enough.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.domain.config import Config, Reviewer
from core.domain.errors import UsageError
from core.runtime.signing import SigningKey, weakness
from core.storage.session import Session

KEY, KEY_FILE = "CHENGXIN_KEY", "CHENGXIN_KEY_FILE"
SHOWN = 12  # first digits of a key by which a person is named
_NONE = "district.toml 没有写 [[review.reviewer]]：先登记谁可以裁定（姓名，加系统账号或签名公钥）。"


@dataclass(frozen=True, slots=True)
class Person:
    """A reviewer as known: `via` is `account:<name>`, `signed:<first digits of the public key>` or, of a key that does
    not sign, `key:<first digits of its hash>`. `key` signs what they say."""

    name: str
    via: str
    key: SigningKey | None = field(default=None, compare=False, repr=False)


def who_speaks(config: Config, *, key: str | None = None, account: str | None = None) -> Person:
    """The reviewer at the keyboard; UsageError for anybody else."""
    reviewers = config.district.review.reviewers
    if not reviewers:
        raise UsageError(_NONE + lines_to_write(config, named_account() if account is None else account))
    given = _key_given() if key is None else key
    if given:
        return _by_key(reviewers, given)
    user = process_account() if account is None else account
    return _by_account(config, user)


def who_signs(config: Config) -> Person | None:
    """Who signs what is entered for others (an objection): the reviewer whose signing key is given, or nobody."""
    key = _signing(_key_given())
    reviewers = config.district.review.reviewers
    name = next((r.name for r in reviewers if key is not None and r.public_key == key.public), None)
    return Person(name, f"signed:{key.public[:SHOWN]}", key) if name is not None and key is not None else None


def sign(session: Session, kind: str, word: str, person: Person | None) -> None:
    """Sign a word that was stored just now, in the same transaction; without a key nothing is signed."""
    if person is not None and person.key is not None:
        session.signatures.add(kind, word, by=person.name, key=person.key, at=session.now())


def process_account() -> str:
    """The account that runs this process, by its real user id; UsageError where the system knows no such account."""
    try:
        import pwd
    except ImportError:  # not Unix: the system is asked as well, and no variable
        return os.getlogin()
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        raise UsageError(f"系统里没有用户号 {number} 的账号，认不出是谁：请用签名私钥（{KEY_FILE}）") from None


def named_account() -> str:
    """The same; "" where it has no name, as in a container."""
    try:
        return process_account()
    except UsageError:
        return ""


def _key_given() -> str | SigningKey:
    """What the environment gives: the text of a key, or the key in the file that it names; "" for neither."""
    text, file = os.environ.get(KEY, ""), os.environ.get(KEY_FILE, "")
    if text and file:
        raise UsageError(f"环境变量 {KEY} 和 {KEY_FILE} 只写一个")
    if not file:
        return text
    try:
        return SigningKey.from_file(Path(file))
    except ValueError as error:
        raise UsageError(str(error)) from error


def _by_key(reviewers: Sequence[Reviewer], given: str | SigningKey) -> Person:
    """Whose key it is. A weak one is refused whoever it belongs to: others could find it out."""
    if isinstance(given, str) and (why := weakness(given)):
        raise UsageError(f"环境变量 {KEY} 里的密钥{why}，别人可能猜出来，不作数：请换一把（chengxin key new 姓名）")
    signing = _signing(given)
    if signing is not None:
        for reviewer in reviewers:
            if reviewer.public_key == signing.public:
                return Person(reviewer.name, f"signed:{signing.public[:SHOWN]}", signing)
    digest = hashlib.sha256(given.encode()).hexdigest() if isinstance(given, str) else ""
    for reviewer in reviewers:
        if digest and reviewer.key_sha256 and hmac.compare_digest(reviewer.key_sha256, digest):
            return Person(reviewer.name, f"key:{digest[:SHOWN]}")
    raise UsageError(f"环境变量 {KEY if digest else KEY_FILE} 里的密钥不属于任何登记的复核人")


def _signing(given: str | SigningKey) -> SigningKey | None:
    """The key that signs; None for a text that is another kind of key."""
    if isinstance(given, SigningKey):
        return given
    try:
        return SigningKey.from_text(given)
    except ValueError:
        return None


def lines_to_write(config: Config, account: str) -> str:
    """The three lines that make the holder of an account a reviewer, and where they are to be written; "" for none."""
    if not account:
        return ""
    return (
        f"由有权的人在 {config.folder / 'district.toml'} 末尾写上这三行（姓名照实写），再试一次：\n"
        f'[[review.reviewer]]\nname = "姓名"\naccount = "{account}"'
    )


def _by_account(config: Config, user: str) -> Person:
    reviewers = config.district.review.reviewers
    for reviewer in reviewers:
        if reviewer.account and reviewer.account == user:
            if reviewer.public_key:
                raise UsageError(
                    f"{reviewer.name} 登记了签名公钥：请用环境变量 {KEY_FILE} 写明私钥文件，只凭账号不作数"
                )
            return Person(reviewer.name, f"account:{user}")
    named = "、".join(r.name for r in reviewers)
    raise UsageError(f"系统账号 {user} 不是登记的复核人（登记的有：{named}）。{lines_to_write(config, user)}")

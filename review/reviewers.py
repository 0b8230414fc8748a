"""Who speaks for the office: known by the account of the machine, or by a key; nobody else's word counts."""

import getpass
import hashlib
import hmac
import os
from dataclasses import dataclass

from core.domain.config import Config
from core.domain.errors import UsageError

KEY = "CHENGXIN_KEY"


@dataclass(frozen=True, slots=True)
class Person:
    """A reviewer as known: `via` is `account:<name>` or `key:<first digits of its hash>`."""

    name: str
    via: str


def who_speaks(config: Config, *, key: str | None = None, account: str | None = None) -> Person:
    """The reviewer at the keyboard; UsageError for anybody else. A key outranks the account."""
    reviewers = config.district.review.reviewers
    if not reviewers:
        raise UsageError("district.toml 没有写 [[review.reviewer]]：先登记谁可以裁定（姓名，加系统账号或密钥散列值）")
    given = os.environ.get(KEY, "") if key is None else key
    if given:
        digest = hashlib.sha256(given.encode()).hexdigest()
        for reviewer in reviewers:
            if reviewer.key_sha256 and hmac.compare_digest(reviewer.key_sha256, digest):
                return Person(reviewer.name, f"key:{digest[:12]}")
        raise UsageError(f"环境变量 {KEY} 里的密钥不属于任何登记的复核人")
    user = getpass.getuser() if account is None else account
    for reviewer in reviewers:
        if reviewer.account and reviewer.account == user:
            return Person(reviewer.name, f"account:{user}")
    raise UsageError(f"系统账号 {user} 不是登记的复核人（可用：{'、'.join(r.name for r in reviewers)}）")

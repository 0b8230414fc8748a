"""Who speaks at the desk for the office: the reviewer of district.toml whose `desk` names the account."""

from core.domain.config import Config
from core.domain.errors import UsageError
from desk.models import Account
from review.reviewers import Person


def person_of(config: Config, account: Account) -> Person:
    """The reviewer that an account speaks for; UsageError, saying what to write where, for any other.

    That an account has the role is not enough: an account is made by whoever runs the machine, a reviewer is named by
    the district's own file. Where a reviewer has registered a key that signs, no word of theirs counts without it
    (review.reviewers), and the desk holds no private keys.
    """
    reviewer = next((r for r in config.district.review.reviewers if r.desk == account.username), None)
    if reviewer is None:
        raise UsageError(
            f"账号 {account.username} 还不是登记的复核人：由有权的人在 district.toml 的 [[review.reviewer]] 里写上"
            f' name = "{account.name}"、desk = "{account.username}"'
        )
    if reviewer.public_key:
        raise UsageError(f"{reviewer.name} 登记了签名公钥：裁定和冻结请用命令行和私钥，工作台不代签")
    return Person(reviewer.name, f"desk:{account.username}")

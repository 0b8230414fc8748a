"""The desk's pages: one table says each page's address, what answers it, and the right that it asks for.

Nothing is reachable beside this table (`desk.urls` is made from it), and a test walks it with every role.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from desk.models import Account
from desk.roles import Right
from desk.second_factor import is_owed


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    name: str
    title: str
    href: str
    here: bool


# (name of the page, its title in the menu)
_MENU = (
    ("city", "全市", Right.CITY),
    ("today", "今天", Right.READ),
    ("matters", "待办", Right.READ),
    ("rulings", "裁定", Right.READ),
    ("units", "单位", Right.READ),
    ("decisions", "决定", Right.READ),
    ("portals", "栏目", Right.OPERATE),
    ("scheme", "方案", Right.READ),
    ("quarter", "季度", Right.READ),
    ("hand-in", "收件", Right.HAND_IN),
    ("papers", "表和报告", Right.READ),
    ("outbox", "信件", Right.SEND),
    ("own", "本单位", Right.OWN),
    ("people", "账号", Right.ACCOUNTS),
    ("roles", "角色", Right.ROLES),
    ("tokens", "接口令牌", Right.ROLES),
    ("log", "操作记录", Right.LOG),
    ("machines", "机器", Right.OPERATE),
)


def entries(account: Account | None, path: str) -> Sequence[Entry]:
    """The lines of somebody's menu; none before they signed in and did what comes first."""
    from django.urls import NoReverseMatch, reverse

    if account is None or account.must_change or is_owed(account):
        return ()
    listed = []
    for name, title, right in _MENU:
        if not account.may(right):
            continue
        with suppress(NoReverseMatch):  # a page of a district's desk at the city's, or the other way round
            href = reverse(name)
            here = path == href or (href != "/" and path.startswith(href))
            listed.append(Entry(name, title, href, here))
    return tuple(listed)

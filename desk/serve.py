"""The desk's own web server, and the accounts that are made by hand."""

import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cluster.city import load_city
from core.domain.clock import Clock
from core.domain.errors import UsageError
from core.runtime.atomic_write import write_whole
from core.runtime.paths import Paths
from desk.site import Desk, current, open_desk

Say = Callable[[str], None]
THREADS = 6
TURN = 0.0001  # seconds that a page waits for what is reckoned behind it, each time that it has read or written
# a proxy on this machine says whom it asks for; without one nobody is believed
_BEHIND = {"trusted_proxy": "127.0.0.1", "trusted_proxy_count": 1, "trusted_proxy_headers": {"x-forwarded-for"}}
READY = "desk-2026-demo"  # the password of every account of a simulated district that is made ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a desk listens. `names`: under which browsers ask for it, beside `host`; `tls`: a proxy before it speaks
    https, and cookies go by that alone."""

    host: str
    port: int
    names: tuple[str, ...]
    tls: bool


def serve(
    folder: Path, paths: Paths, *, host: str, port: int, names: tuple[str, ...], tls: bool, clock: Clock, say: Say,
    people: str = "",
) -> None:  # fmt: skip
    """Answer until the process is told to end; `host` to `tls`: as of `Address`; `people`: as of `Desk`. UsageError
    where the port cannot be had, ConfigError where a directory is named that cannot be asked.
    """
    desk = Desk(folder, paths, clock, people)
    open_desk(desk, hosts=(*names, host, "localhost"), tls=tls)
    from desk import urls  # noqa: F401  # all pages, before anybody asks for the first
    from desk.as_it_stands import reckoned

    sys.setswitchinterval(TURN)
    reckoned(current()).begin()
    _answer(desk, Address(host=host, port=port, names=names, tls=tls), say)


def serve_city(folder: Path, *, host: str, port: int, names: tuple[str, ...], tls: bool, say: Say) -> None:
    """The same for the desk of a city's office. StoreError where its database cannot be had."""
    from desk.city import desk_of

    desk = desk_of(load_city(folder))
    open_desk(desk, hosts=(*names, host, "localhost"), tls=tls)
    from desk import city_urls  # noqa: F401

    _answer(desk, Address(host=host, port=port, names=names, tls=tls), say)


def _answer(desk: Desk, address: Address, say: Say) -> None:
    """Answer for the desk that is open."""
    from django.core.wsgi import get_wsgi_application
    from waitress import create_server

    from desk.directory import check
    from desk.models import Account

    check(desk.config)
    host, port, names, tls = address.host, address.port, address.names, address.tls
    if not Account.objects.exists():
        say(f"还没有账号：先用 {desk.by_hand} 建立系统管理员、安全管理员和审计员")
    try:
        server = create_server(
            get_wsgi_application(), host=host, port=port, threads=THREADS, ident=None,
            clear_untrusted_proxy_headers=True, **(_BEHIND if tls else {}), max_request_body_size=110 * 2**20,
            url_scheme="https" if tls else "http",
        )  # fmt: skip
    except OSError as error:
        raise UsageError(f"不能在 {host}:{port} 打开工作台：{error.strerror}；用 --port 换一个") from error
    where = f"{'https' if tls else 'http'}://{names[0] if names else host}:{server.effective_port}/"
    say(f"工作台已打开：{where}　（Ctrl+C 关闭）")
    try:
        server.run()
    finally:
        server.close()


def ready_accounts(folder: Path, paths: Paths, say: Say) -> Clock:
    """A desk to be looked at: an account of every role with one known password, the clock a little past what was last
    said or seen. UsageError but for a simulated district: nobody's real data is opened by a known password.
    """
    desk = Desk(folder, paths)
    if not desk.config.district.simulated:
        raise UsageError("--ready 只用于模拟区县（simulated = true）：真实的区县用 chengxin desk-account 建账号")
    _name_reviewers(folder, {reviewer.desk for reviewer in desk.config.district.review.reviewers})
    open_desk(desk)
    from desk.models import Account
    from desk.roles import ROLES, Role
    from desk.second_factor import forget

    unit = desk.config.units[0].slug
    for role, word in ROLES.items():
        account = Account.objects.filter(username=role.value).first() or Account(username=role.value)
        account.name, account.role, account.unit = word, role.value, unit if role is Role.CONTACT else ""
        account.is_active, account.must_change, account.by_directory = True, False, False
        account.set_password(READY)
        account.save()
        forget(account)
        say(f"  {role.value:<9} {word}")
    say(f"以上账号的密码都是 {READY}")
    with desk.session() as session:
        newest = session.runs.newest()
        moments = [newest.started_at] if newest else []
        moments += [ruling.at for ruling in session.rulings.all()[-1:]]
        moments += [frozen.at for quarter in session.frozen.quarters() if (frozen := session.frozen.newest(quarter))]
    return Clock(base=max(moments) + timedelta(hours=1)) if moments else Clock()


def _name_reviewers(folder: Path, known: set[str]) -> None:
    file = folder / "district.toml"
    lines = [
        f'\n[[review.reviewer]]\nname = "{name}"\ndesk = "{account}"\n'
        for account, name in (("head", "演示负责人"), ("reviewer", "演示复核人"))
        if account not in known
    ]
    if lines:
        write_whole(file, file.read_text("utf-8") + "".join(lines))


def make_account(folder: Path, paths: Paths, username: str, name: str, role: str, unit: str) -> str:
    """Make an account, or give one that is there a new first password and take its second factor off; returns the
    password, which must be changed.

    The only way to make one of the three powers. UsageError for an unknown role or unit, or a name nobody may have.
    """
    return _account(Desk(folder, paths), username, name, role, unit)


def make_city_account(folder: Path, username: str, name: str, role: str) -> str:
    """The same at a city's desk."""
    from desk.city import desk_of

    return _account(desk_of(load_city(folder)), username, name, role, "")


def _account(desk: Desk, username: str, name: str, role: str, unit: str) -> str:
    open_desk(desk)
    from desk.models import Account
    from desk.roles import LINKED, POWERS, ROLES, Role
    from desk.second_factor import forget

    wanted = next((r for r in Role if role in (r.value, ROLES[r])), None)
    if wanted is None or wanted not in desk.roles | POWERS:
        known_roles = "、".join(f"{r.value}（{word}）" for r, word in ROLES.items() if r in desk.roles | POWERS)
        raise UsageError(f"没有这个角色：{role}（可用：{known_roles}）")
    if wanted is Role.CONTACT and unit not in {known.slug for known in desk.config.units}:
        raise UsageError("单位联系人要用 --unit 写明单位")
    if username.startswith(LINKED):
        raise UsageError(f"{LINKED} 开头的用户名留给凭信件链接进入的单位")
    if not username or not username.isascii() or len(username) > 32 or not name or len(name) > 64:
        raise UsageError("用户名用小写字母、数字、短横（至多 32 个字），姓名必写")
    first = secrets.token_urlsafe(9)
    known = Account.objects.filter(username=username).first() or Account(username=username)
    known.name, known.role, known.unit = name, wanted.value, unit if wanted is Role.CONTACT else ""
    known.is_active, known.must_change, known.by_directory = True, True, False
    known.set_password(first)
    known.save()
    forget(known)
    return first

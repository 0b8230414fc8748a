"""The desk's own web server, and the accounts that are made by hand."""

import secrets
from collections.abc import Callable
from pathlib import Path

from core.domain.clock import Clock
from core.domain.errors import UsageError
from core.runtime.paths import Paths
from desk.site import Desk, open_desk

Say = Callable[[str], None]
THREADS = 6


def serve(
    folder: Path, paths: Paths, *, host: str, port: int, names: tuple[str, ...], tls: bool, clock: Clock, say: Say
) -> None:
    """Answer until the process is told to end. `names`: under which browsers ask for it, beside `host`; `tls`: a proxy
    before it speaks https, and cookies go by that alone. UsageError where the port cannot be had.
    """
    open_desk(Desk(folder, paths, clock), hosts=(*names, host, "localhost"), tls=tls)
    from django.core.wsgi import get_wsgi_application
    from waitress import create_server

    from desk.models import Account

    if not Account.objects.exists():
        say("还没有账号：先用 chengxin desk-account 建立系统管理员、安全管理员和审计员")
    try:
        server = create_server(
            get_wsgi_application(), host=host, port=port, threads=THREADS, ident=None,
            clear_untrusted_proxy_headers=True, max_request_body_size=110 * 2**20,
            url_scheme="https" if tls else "http",
        )  # fmt: skip
    except OSError as error:
        raise UsageError(f"不能在 {host}:{port} 打开工作台：{error.strerror}；用 --port 换一个") from error
    address = f"{'https' if tls else 'http'}://{names[0] if names else host}:{server.effective_port}/"
    say(f"工作台已打开：{address}　（Ctrl+C 关闭）")
    try:
        server.run()
    finally:
        server.close()


def make_account(folder: Path, paths: Paths, username: str, name: str, role: str, unit: str) -> str:
    """Make an account, or give one that is there a new first password; returns the password, which must be changed.

    The only way to make one of the three powers. UsageError for an unknown role or unit, or a name nobody may have.
    """
    desk = Desk(folder, paths)
    open_desk(desk)
    from desk.models import Account
    from desk.roles import ROLES, Role

    wanted = next((r for r in Role if role in (r.value, ROLES[r])), None)
    if wanted is None:
        raise UsageError(
            f"没有这个角色：{role}（可用：{'、'.join(f'{r.value}（{word}）' for r, word in ROLES.items())}）"
        )
    if wanted is Role.CONTACT and unit not in {known.slug for known in desk.config.units}:
        raise UsageError("单位联系人要用 --unit 写明单位")
    if not username or not username.isascii() or len(username) > 32 or not name or len(name) > 64:
        raise UsageError("用户名用小写字母、数字、短横（至多 32 个字），姓名必写")
    first = secrets.token_urlsafe(9)
    known = Account.objects.filter(username=username).first() or Account(username=username)
    known.name, known.role, known.unit = name, wanted.value, unit if wanted is Role.CONTACT else ""
    known.is_active = known.must_change = True
    known.set_password(first)
    known.save()
    return first

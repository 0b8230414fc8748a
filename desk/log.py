"""The log of who saw and did what; entries are added and, after half a year, left to the auditor's own clearing."""

from django.http import HttpRequest
from django.utils import timezone

from desk.models import Account, LogEntry

# what is kept of an action, in the auditor's words
ACTIONS = {
    "signed-in": "登录",
    "signed-out": "退出",
    "failed": "登录失败",
    "locked": "账号锁定",
    "denied": "没有权限",
    "saw": "查看",
    "ruled": "裁定",
    "lifted": "撤回裁定",
    "drafted": "提出裁定，待第二人",
    "approved": "同意裁定",
    "refused": "退回裁定",
    "assigned": "分派",
    "froze": "冻结",
    "proposed": "提议冻结",
    "published": "生成分发材料",
    "handed-in": "收下材料",
    "answered": "单位答复",
    "entered-answer": "登记单位来文",
    "asked": "问单位",
    "entered": "凭链接进入",
    "link-refused": "链接不能用",
    "city-refused": "全市账号不再有效",
    "chased": "催办",
    "link-sent": "寄新链接",
    "signed-for": "签收信件",
    "resent": "重发信件",
    "tried": "试看栏目",
    "corrected": "改试看的草案",
    "pointed": "在试看的网页上指",
    "portal": "栏目",
    "account": "账号",
    "password": "改密码",
    "factor": "第二因素",
}


def note(request: HttpRequest, action: str, subject: str = "", detail: str = "", account: str = "") -> None:
    """Add an entry about the one who asks (`account`: as typed, where nobody is signed in)."""
    user = request.user if isinstance(getattr(request, "user", None), Account) else None
    LogEntry.objects.create(
        at=timezone.now(),
        account=(user.username if isinstance(user, Account) else account)[:64],
        role=user.role if isinstance(user, Account) else "",
        action=action,
        subject=subject[:200],
        detail=detail[:2000],
        address=str(request.META.get("REMOTE_ADDR", ""))[:64],
    )

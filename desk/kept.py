"""A form that was not taken, shown with all that was typed, to be sent once more: nothing that people wrote is lost.

It is made of what was sent, whatever page it came from. What people type stands there to be corrected; what the page
gave (fingerprints, newest words, ticks) goes back as it came. Chosen files are named: no page can choose them again.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from markupsafe import Markup, escape

from core.domain.errors import UsageError
from desk.site import Busy

LINES = {
    "value": "更正为、分值、等级", "until": "有效至", "on": "日期", "month": "月份", "kind": "种类",
    "sender": "是谁报的", "name": "名称", "username": "用户名", "url": "网址", "to": "分派给", "word": "选的是",
}  # fmt: skip
TEXTS = {
    "why": "理由", "text": "理由、内容", "question": "问题", "remark": "意见", "over": "仍要冻结的理由",
    "correct": "为什么更正",
}  # fmt: skip
_WITH_FILES = "夜间任务正在写数据库，这次没有收完；写的内容还在，过一会儿重新选文件再按一次，已经收下的不会重复"
_SECRET = ("/login", "/password")  # what is typed there goes back to nobody
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def words_of(request: HttpRequest, error: BaseException) -> str:
    """What to say of a refusal on the page of its own form."""
    return _WITH_FILES if request.FILES and isinstance(error, Busy) else str(error)


def status_of(error: UsageError) -> int:
    """The status of a refusal that is said on the page of its own form."""
    return 503 if isinstance(error, Busy) else 422


def is_worth(request: HttpRequest) -> bool:
    """Whether somebody typed or chose what would be lost."""
    if request.method != "POST" or request.path in _SECRET or request.path.startswith(("/api/", "/own/enter/")):
        return False
    return bool(request.FILES) or any(request.POST.get(name, "").strip() for name in (*TEXTS, "url", "username"))


def shown_again(request: HttpRequest, status: int, words: str, *, sign_in: bool = False) -> HttpResponse:
    """The page. `sign_in`: whoever sent it is signed out, and must sign in in another window first."""
    posted = request.POST
    sent = [(name, value) for name, values in posted.lists() for value in values if name != "csrfmiddlewaretoken"]
    lines = [(name, LINES[name], _as_typed(value)) for name, value in sent if name in LINES and value]
    given = [(name, value) for name, value in sent if name not in TEXTS and not (name in LINES and value)]
    return render(
        request,
        "desk/kept.html.j2",
        {
            "words": words,
            "sign_in": sign_in,
            "action": _as_typed(request.get_full_path()),
            "texts": [(name, label, _as_typed(posted[name])) for name, label in TEXTS.items() if name in posted],
            "lines": lines,
            "given": [(_as_typed(name), _as_typed(value)) for name, value in given],
            "files": [(name, _names(request, name)) for name in request.FILES],
            "back": "" if sign_in else _as_typed(_came_from(request)),
        },
        status=status,
    )


def _as_typed(text: str) -> Markup:
    """As it was sent, for it is sent again: escaped, and without what nobody can see."""
    return escape(_UNSEEN.sub("", text))


def _names(request: HttpRequest, field: str) -> Sequence[str]:
    return [str(file.name) for file in request.FILES.getlist(field)]


def _came_from(request: HttpRequest) -> str:
    """The page of this desk that the form stood on, "" where the browser does not say."""
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host() or page.path == request.path:
        return ""
    return f"{page.path}?{page.query}" if page.query else page.path

"""Headers of every answer, and failures said in words."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from desk.failures import told
from desk.kept import is_worth, shown_again, words_of
from desk.site import Busy

Answer = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class Headers:
    """What every answer says to the browser: nothing from elsewhere, no inline script or style, no frame, no cache."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its headers; a name that this desk does not go by is asked nothing (400)."""
        try:
            request.get_host()
        except DisallowedHost:
            return HttpResponse("请用工作台的地址打开", status=400, content_type="text/plain; charset=utf-8")
        response = self._answer(request)
        if settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")
        for name, value in (
            ("Content-Security-Policy", POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
        ):
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class Failures:
    """A failure is a page with one Chinese sentence and its status; what nobody foresaw goes to the log."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer as it is."""
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Django asks this for what a view raised."""
        if isinstance(error, PermissionDenied):
            return failed(request, 403, str(error) or "没有权限")
        status, words = (404, str(error) or "没有这一页") if isinstance(error, Http404) else told(error)
        if is_worth(request):
            return shown_again(request, status, words_of(request, error) if isinstance(error, Busy) else words)
        return failed(request, status, words)


def failed(request: HttpRequest, status: int, words: str) -> HttpResponse:
    """The page of a failure; a program that asked gets JSON."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": words}, status=status, json_dumps_params={"ensure_ascii": False})
    return render(request, "desk/failed.html.j2", {"words": words, "status": status}, status=status)

"""Every page of the desk: its address, what answers it, the right that it asks for (None: anybody), its methods.

Nothing is reachable beside this table and the API, which goes by token; a test walks both.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path

from desk.access import View, guarded
from desk.api import api
from desk.middleware import failed, refused
from desk.roles import Right
from desk.views import (
    asking,
    by_directory,
    captures,
    chasing,
    comparing,
    decisions,
    drafts,
    entering,
    hand_ins,
    health,
    lists,
    matters,
    onboarding,
    outbox,
    own,
    papers,
    people,
    pointing,
    portals,
    quarter,
    scheme,
    second_factor,
    signing_in,
    today,
    units,
    words,
)

READS, SAYS, BOTH = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")


@dataclass(frozen=True, slots=True)
class Page:
    """One line of the table."""

    path: str
    name: str
    view: View
    right: Right | None
    methods: tuple[str, ...] = READS


COMMON = (  # of a city's desk too (desk.city_urls)
    Page("start", "start", signing_in.start, Right.SIGNED_IN),
    Page("stay", "stay", signing_in.stay, Right.SIGNED_IN),
    Page("login", "login", signing_in.sign_in, None, BOTH),
    Page("login/oidc", "login-oidc", by_directory.away, None, ("GET",)),
    Page("login/oidc/back", "login-oidc-back", by_directory.back, None, ("GET",)),
    Page("login/code", "login-code", second_factor.code, None, BOTH),
    Page("logout", "logout", signing_in.sign_out, Right.SIGNED_IN, SAYS),
    Page("password", "password", signing_in.password, Right.SIGNED_IN, BOTH),
    Page("second-factor", "second-factor", second_factor.shown, Right.SIGNED_IN, BOTH),
    Page("people", "people", people.accounts, Right.ACCOUNTS, BOTH),
    Page("people/<slug:username>", "account", people.account, Right.ACCOUNTS, SAYS),
    Page("roles", "roles", people.roles, Right.ROLES),
    Page("roles/<slug:username>", "role", people.role, Right.ROLES, SAYS),
    Page("log", "log", people.log, Right.LOG),
)
PAGES = (
    *COMMON,
    Page("", "today", today.today, Right.READ),
    Page("matters", "matters", matters.listed, Right.READ),
    Page("matters/together", "together", matters.together, Right.RULE, SAYS),
    Page("matters/assign", "assign", matters.assign, Right.HAND_IN, SAYS),
    Page("items/<slug:call>", "item", matters.item, Right.READ),
    Page("items/<slug:call>/rule", "rule", matters.rule, Right.RULE, SAYS),
    Page("items/<slug:call>/ask", "ask", asking.ask, Right.ASK, SAYS),
    Page("items/<slug:call>/said", "said-on-paper", asking.said_on_paper, Right.HAND_IN, SAYS),
    Page("questions", "questions", asking.listed, Right.READ),
    Page("pairs/<slug:left>/<slug:right>", "pair", matters.pair, Right.READ),
    Page("pairs/<slug:left>/<slug:right>/rule", "rule-pair", matters.rule_pair, Right.RULE, SAYS),
    Page("drafts", "drafts", drafts.listed, Right.READ),
    Page("drafts/<int:number>", "settle", drafts.settled, Right.RULE, SAYS),
    Page("rulings", "rulings", words.rulings, Right.READ),
    Page("rulings/lift", "lift", words.lift, Right.RULE, SAYS),
    Page("records", "records", words.records, Right.READ),
    Page("records/rule", "rule-record", words.rule_record, Right.RULE, SAYS),
    Page("units", "units", units.listed, Right.READ),
    Page("units/<slug:slug>", "unit", units.unit, Right.READ),
    Page("units/<slug:slug>/rule", "rule-unit", words.rule_unit, Right.RULE, SAYS),
    Page("units/<slug:slug>/month", "rule-month", words.rule_month, Right.RULE, SAYS),
    Page("units/<slug:slug>/link", "send-link", units.link, Right.ASK, SAYS),
    Page("evidence", "evidence", lists.evidence, Right.READ),
    Page("said", "said", lists.said, Right.READ),
    Page("claims", "claims", lists.claims, Right.READ),
    Page("year", "year", comparing.year, Right.READ),
    Page("compare", "compare", comparing.compare, Right.READ),
    Page("decisions", "decisions", decisions.listed, Right.READ),
    Page("decisions/one", "decision", decisions.decision, Right.READ),
    Page("decisions/claim", "rule-claim", words.rule_claim, Right.RULE, SAYS),
    Page("decisions/repair", "rule-repair", words.rule_repair, Right.RULE, SAYS),
    Page("decisions/package", "package", decisions.package, Right.READ),
    Page("captures/text", "capture-text", captures.text, Right.READ),
    Page("captures/picture", "capture-picture", captures.picture, Right.READ),
    Page("attachments/<slug:sha256>", "attachment", captures.attachment, Right.READ),
    Page("portals", "portals", portals.listed, Right.OPERATE),
    Page("portals/new", "portal-new", onboarding.new, Right.OPERATE, BOTH),
    Page("portals/new/<slug:attempt>", "portal-try", onboarding.attempt, Right.OPERATE),
    Page("portals/new/<slug:attempt>/point", "portal-point", pointing.point, Right.PORTALS, BOTH),
    Page("portals/new/<slug:attempt>/picture", "portal-picture", pointing.picture, Right.PORTALS),
    Page("portals/new/<slug:attempt>/say", "portal-say", onboarding.say, Right.PORTALS, SAYS),
    Page("portals/new/<slug:attempt>/write", "portal-write", onboarding.write, Right.PORTALS, SAYS),
    Page("portals/new/<slug:attempt>/end", "portal-end", onboarding.end, Right.OPERATE, SAYS),
    Page("portals/<slug:portal>", "portal", portals.portal, Right.OPERATE),
    Page("portals/<slug:portal>/switch", "portal-switch", portals.switch, Right.PORTALS, SAYS),
    Page("scheme", "scheme", scheme.shown, Right.READ),
    Page("quarter", "quarter", quarter.shown, Right.READ),
    Page("quarter/freeze", "freeze", quarter.freeze, Right.FREEZE, SAYS),
    Page("quarter/publish", "publish", quarter.publish, Right.FREEZE, SAYS),
    Page("quarter/file", "file", quarter.file, Right.READ),
    Page("hand-in", "hand-in", hand_ins.hand_in, Right.HAND_IN, BOTH),
    Page("papers", "papers", papers.listed, Right.READ),
    Page("papers/template", "template", papers.template, Right.READ),
    Page("papers/month-sheet", "month-sheet", papers.month_sheet, Right.READ),
    Page("papers/sample", "sample", papers.sample, Right.HAND_IN),
    Page("papers/review", "review-book", papers.review_book, Right.RULE),
    Page("papers/chase", "chase", chasing.chase, Right.ASK, BOTH),
    Page("papers/report", "report", papers.report, Right.READ),
    Page("outbox", "outbox", outbox.listed, Right.SEND),
    Page("outbox/letter", "letter", outbox.letter, Right.SEND),
    Page("outbox/again", "again", outbox.again, Right.SEND, SAYS),
    Page("own", "own", own.shown, Right.OWN),
    Page("own/items/<slug:call>", "own-item", own.item, Right.OWN),
    Page("own/items/<slug:call>/answer", "answer", own.answer, Right.OWN, SAYS),
    Page("own/items/<slug:call>/text", "own-text", own.text, Right.OWN),
    Page("own/letter", "own-letter", own.letter, Right.OWN),
    Page("own/letters/sign", "own-sign", own.sign, Right.OWN, SAYS),
    Page("own/enter/<str:token>", "enter", entering.enter, None, BOTH),
    Page("own/hand-in", "own-hand-in", own.hand_in, Right.OWN, BOTH),
    Page("own/template", "own-template", papers.own_template, Right.OWN),
    Page("tokens", "tokens", people.tokens, Right.ROLES, BOTH),
    Page("healthz", "healthz", health.healthz, None),
    Page("metrics", "metrics", health.metrics, None),
)
urlpatterns = [
    *(path(page.path, guarded(page.view, page.right, page.methods), name=page.name) for page in PAGES),
    path("api/", api.urls),  # by token (desk.api)
]


def _fails(status: int, words: str) -> Callable[..., HttpResponse]:
    def answer(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if known := refused(exception):  # by what stands before the pages, while it read a form
            return failed(request, *known)
        said = str(exception) if exception is not None and status == 403 else ""
        return failed(request, status, said or words)

    return answer


handler400 = _fails(400, "请求不完整，没有做任何事")
handler403 = _fails(403, "没有权限")
handler404 = _fails(404, "没有这一页")
handler500 = _fails(500, "程序出错，没有做完；请告诉值班的人")

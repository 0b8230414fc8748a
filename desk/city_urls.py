"""Every page of a city's desk, in a table as the district's (desk.urls); nothing is reachable beside it."""

from django.urls import path

from desk.access import guarded
from desk.roles import Right
from desk.urls import BOTH, SAYS, Page, handler400, handler403, handler404, handler500
from desk.views import by_directory, city, people, second_factor, signing_in

__all__ = ["PAGES", "handler400", "handler403", "handler404", "handler500", "urlpatterns"]

PAGES = (
    Page("", "city", city.shown, Right.CITY),
    Page("districts/<str:slug>", "district", city.district, Right.CITY),
    Page("districts/<str:slug>/<slug:period>", "district-quarter", city.quarter, Right.CITY),
    Page("machines", "machines", city.machines, Right.OPERATE),
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
    Page("healthz", "healthz", city.healthz, None),
)
urlpatterns = [path(page.path, guarded(page.view, page.right, page.methods), name=page.name) for page in PAGES]

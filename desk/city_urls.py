"""Every page of a city's desk, in a table as the district's (desk.urls); nothing is reachable beside it."""

from django.urls import path

from desk.access import guarded
from desk.roles import Right
from desk.urls import COMMON, Page, handler400, handler403, handler404, handler500
from desk.views import city

__all__ = ["PAGES", "handler400", "handler403", "handler404", "handler500", "urlpatterns"]

PAGES = (
    *COMMON,
    Page("", "city", city.shown, Right.CITY),
    Page("districts/<str:slug>", "district", city.district, Right.CITY),
    Page("districts/<str:slug>/<slug:period>", "district-quarter", city.quarter, Right.CITY),
    Page("machines", "machines", city.machines, Right.OPERATE),
    Page("healthz", "healthz", city.healthz, None),
)
urlpatterns = [path(page.path, guarded(page.view, page.right, page.methods), name=page.name) for page in PAGES]

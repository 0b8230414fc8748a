"""What people type in a form, read in one way: a day, and the page of this desk that they came from."""

from datetime import date

from django.utils.http import url_has_allowed_host_and_scheme

from core.domain.clock import read_day


def typed_day(text: str, what: str) -> date | None:
    """A day, None where none is written; UsageError, naming `what` it is, for anything but 2026-12-31."""
    return read_day(text.strip(), what) if text.strip() else None


def own_page(text: str, *begins: str) -> str:
    """The address of a page of this desk, which begins in one of these ways; "" for anything else."""
    safe = text.startswith(begins or "/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if safe else ""

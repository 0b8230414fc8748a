"""A desk on some weeks of a town, and a browser without a window for each role (Django's own test client)."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.desk_town import Town, open_town

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

if TYPE_CHECKING:
    from django.test import Client

Enter = Callable[[str], "Client"]


@pytest.fixture
def town(shared_root: Path, tmp_path: Path) -> Town:
    """A town of one's own, open."""
    return open_town(shared_root, tmp_path)


@pytest.fixture
def enter() -> Enter:
    """Somebody who has signed in; how one signs in has tests of its own."""
    from django.test import Client

    from desk.models import Account

    def signed_in(username: str) -> "Client":
        client = Client()
        client.force_login(Account.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in

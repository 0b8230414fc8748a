"""A desk on some weeks of a town, and a browser without a window for each role (Django's own test client)."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django.utils.translation  # noqa: F401 - before pyamf, which `wacz` brings: its hook wants a Django of long ago
import pytest

from tests.support.desk_town import NOW, WITH_LINKS, Town, open_town

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

if TYPE_CHECKING:
    from django.test import Client

Enter = Callable[[str], "Client"]


@pytest.fixture
def town(shared_root: Path, tmp_path: Path) -> Town:
    """A town of one's own, open."""
    return open_town(shared_root, tmp_path)


@pytest.fixture
def linked(shared_root: Path, tmp_path: Path) -> Town:
    """A town that sends mail and says where its desk is."""
    return open_town(shared_root, tmp_path, mail=WITH_LINKS)


@pytest.fixture
def enter() -> Enter:
    """Somebody who has signed in; how one signs in has tests of its own."""
    from django.test import Client

    from desk.models import Account

    def signed_in(username: str) -> "Client":
        client = Client()
        account = Account.objects.get(username=username)
        client.force_login(account, "django.contrib.auth.backends.ModelBackend")
        if account.role == "link":  # came by a link that lasts for the day
            session = client.session
            session["link-until"] = (NOW + timedelta(days=1)).timestamp()
            session.save()
        return client

    return signed_in

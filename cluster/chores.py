"""What a city's workers do beside a night: begin it at its hour, send what is due, back up, tell who was left out.

A single district has timers for these (`chengxin service install`); a city has its queue.
"""

import sqlite3
from contextlib import suppress
from datetime import datetime, time

import scheduler
from cluster.city import City
from cluster.ledger import Ledger
from core.domain.clock import Clock
from core.domain.errors import ChengxinError
from core.runtime.service_units import BACKUP_AT
from core.storage.backup_rotation import back_up_daily

LETTERS = 600.0  # seconds between two looks for letters whose hour has come, and for a night that did not run
DAILY = 20 * 3600.0  # seconds after which a day's backup is due again, at its hour
KEPT_DAYS, KEPT_WEEKS = 7, 4  # backups that stay, as `chengxin service install` has them


def is_night_due(city: City, ledger: Ledger, now: datetime) -> bool:
    """Whether tonight is to begin: its hour has come, it has not begun, and its hours end before the next midnight. One
    missed while no worker was there begins when one is, as a single district's does."""
    if not city.night_at or now.time() < time.fromisoformat(city.night_at):
        return False
    return city.has_hours(now) and ledger.newest() < f"{now:%Y-%m-%d}"


def due(city: City, ledger: Ledger, now: datetime) -> list[tuple[str, str]]:
    """(chore, district) that are due; each is given to one worker alone."""
    given = [("letters", district) for district in ledger.claim("letters", list(city.districts), LETTERS)]
    if city.backups is not None and now.time() >= BACKUP_AT:
        given += [("backup", district) for district in ledger.claim("backup", list(city.districts), DAILY)]
    return given


def letters(city: City, district: str) -> None:
    """Send a district's letters whose hour has come, and tell its office where no night has ended for a day. What goes
    wrong is said where the worker speaks, and tried again at the next look."""
    if city.paths(district).store.exists():
        scheduler.scheduled_mail(str(city.districts[district].resolve()), str(city.paths(district).root))


def backup(city: City, district: str) -> None:
    """A district's backup of the day; nothing where it is there, or where the district has no store yet. Its office is
    told where it could not be made."""
    paths, today = city.paths(district), Clock().now().date()
    if city.backups is None or not paths.store.exists():
        return
    try:
        slug = city.config(district).district.slug
        back_up_daily(paths, city.backups / district, slug, today, daily=KEPT_DAYS, weekly=KEPT_WEEKS)
    except (ChengxinError, sqlite3.Error, OSError) as error:
        _tell(city, district, "backup-failed", "每日备份没有做成", f"{error}")
        raise


def tell(city: City, ledger: Ledger, night: str, district: str) -> None:
    """Tell a district's office that it had no part in a night, once. Where nobody can be told, `cluster status` and the
    city's desk say it all the same."""
    said = next((each.said for each in ledger.districts(night) if each.district == district), "")
    text = f"{night} 这一夜没有看任何栏目：{said}。没有看，不等于没有公示，不据此认定任何单位。"
    _tell(city, district, "left-out", "今夜没有核查", text)
    ledger.mark_told(night, district)


def _tell(city: City, district: str, what: str, title: str, text: str) -> None:
    """By the newest of the district's configurations that loads, and sent at once; nobody where none ever did."""
    folder, root = str(city.districts[district].resolve()), str(city.paths(district).root)
    with suppress(ChengxinError, sqlite3.Error, OSError):
        if scheduler.tell_office(folder, root, what, title, text):
            scheduler.send_letters(folder, root)

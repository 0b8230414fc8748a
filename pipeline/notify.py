"""Telling: the night's letters are committed with what they tell, written out as .eml files, and left to be sent."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from checks import TEXTS
from core.domain.config import Config
from core.domain.models import Alert, Evaluation, Facts
from core.runtime.atomic_write import write_whole
from core.runtime.diagnostics import disk_of
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.outbox import BOUNCED, DEAD, UNCERTAIN, Outbox
from notifications.delivery import may_leave, recipients_of
from reporting.letters.messages import compose_digest, compose_notice, outbox_name, write_outbox
from reporting.letters.nightly_summary import NightFacts, compose_alarm, compose_summary

STALE = timedelta(hours=26)  # without a finished night for longer, one did not run


def notify(
    store: Store,
    config: Config,
    paths: Paths,
    found: Evaluation,
    facts: Facts,
    newest: str,
    run: date,
    now: datetime,
    seconds: float,
) -> list[Path]:
    """Commit one digest an addressee and the office's summary, then write out what is committed and not yet written."""
    outbox = Outbox(store)
    by_addressee: dict[str, list[Alert]] = defaultdict(list)
    for alert in found.alerts:
        by_addressee[alert.to].append(alert)
    for addressee, alerts in sorted(by_addressee.items()):
        key = outbox_name(addressee, run)
        if not outbox.has(key):
            letter = compose_digest(config, addressee, tuple(alerts), found, facts, TEXTS, night=run, head=newest)
            notice = compose_notice(config, addressee, tuple(alerts), found, facts, TEXTS, night=run, head=newest)
            commit(outbox, config, key, run, addressee, letter, {a.key: a.stage for a in alerts}, now)
            _write_notice(paths, key, notice)
    if config.district.mail.summary and not outbox.has(f"{run}-summary"):
        summary = compose_summary(config, night_facts(store, paths, run, seconds), found, head=newest)
        commit(outbox, config, f"{run}-summary", run, "office", summary, {}, now)
    return write_letters(outbox, paths, now)


def commit(
    outbox: Outbox,
    config: Config,
    key: str,
    night: date,
    addressee: str,
    letter: EmailMessage,
    alerts: Mapping[str, str],
    now: datetime,
) -> None:
    """Commit a letter with its recipients and the hour from which it may leave."""
    data = letter.as_bytes(policy=SMTP)
    recipients = recipients_of(data) if config.district.mail.smtp else ()
    leaves = may_leave(config, addressee, now)
    outbox.commit(key, night.isoformat(), addressee, data, alerts, now, recipients, leaves)


def write_letters(outbox: Outbox, paths: Paths, now: datetime) -> list[Path]:
    """Write out what is committed and not yet written."""
    written = []
    for key, _, _, letter in outbox.unwritten():
        written.append(write_outbox(paths.outbox, letter, key))
        outbox.mark_written(key, now)
    return written


def _write_notice(paths: Paths, key: str, page: str) -> None:
    """The same to print, beside the letter."""
    paths.outbox.mkdir(parents=True, exist_ok=True)
    write_whole(paths.outbox / f"{key}.html", page)


def night_facts(store: Store, paths: Paths, run: date, seconds: float) -> NightFacts:
    """What the night did: looks, what is new since the night before, letters that did not arrive, the disk."""
    rows = store.rows("SELECT id, started_at FROM runs WHERE id < ? ORDER BY id DESC LIMIT 1", run.isoformat())
    since = rows[0][1] if rows else ""

    def new(table: str) -> int:
        return int(store.rows(f"SELECT count(*) FROM {table} WHERE recorded_at > ?", since)[0][0])

    last = date.fromisoformat(rows[0][0]) if rows else run
    disk = disk_of(paths)
    return NightFacts(
        run=run.isoformat(),
        looks=Looks(store).looks(run=run.isoformat()),
        seconds=seconds,
        new_submissions=new("submissions"),
        new_filings=new("filings"),
        new_rulings=new("rulings"),
        new_findings=new("findings"),
        troubled=Outbox(store).deliveries(DEAD, UNCERTAIN, BOUNCED),
        disk=disk.sentence,
        missed=tuple(last + timedelta(days=n) for n in range(1, (run - last).days)),
    )


# ---------------------------------------------------------------- alarms


def alarm(store: Store, config: Config, paths: Paths, what: str, title: str, said: str, now: datetime) -> bool:
    """Tell the office once a day that something (`what`, a slug) is wrong with the nights themselves; False if told."""
    outbox = Outbox(store)
    key = f"{now:%Y-%m-%d}-alarm-{what}"
    if outbox.has(key):
        return False
    commit(outbox, config, key, now.date(), "office", compose_alarm(config, key, title, said, now), {}, now)
    write_letters(outbox, paths, now)
    return True


def stale_since(store: Store, now: datetime) -> datetime | None:
    """When the last night ended, if that is too long ago; None while nights run, or before the first."""
    finished = [run.finished_at for run in store.runs() if run.finished_at]
    return finished[-1] if finished and now - finished[-1] > STALE else None

"""Notifying: what is still to be told, and the night's letters.

Letters are committed with what they tell, written out as .eml files, and left to be sent.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path

from checks import TEXTS
from core.domain.config import Config
from core.domain.models import Alert, Evaluation, Evidence, Outcome
from core.domain.periods import parse_period
from core.domain.ruling_validity import newest_words
from core.runtime.atomic_write import write_whole
from core.runtime.boundary import Boundary, Failed
from core.runtime.disk import disk_of
from core.runtime.log import events
from core.runtime.paths import Paths
from core.storage.outbox import BOUNCED, DEAD, UNCERTAIN, OutboxLetter
from core.storage.session import Session
from notifications.alerts import OFFICE, AlertFacts, alerts_of
from notifications.delivery import may_leave, recipients_of
from notifications.letter_day import letter_day
from pipeline.network import doubt_of
from pipeline.status import portal_health
from reporting.letters.messages import (
    TRIAL,
    Letter,
    LetterContext,
    compose_digest,
    compose_notice,
    compose_trial,
    is_on_trial,
    letter_to,
    outbox_name,
    write_outbox,
)
from reporting.letters.morning import NightFacts, compose_alarm, compose_summary
from reporting.open_matters import NextStep, OpenMatter, tallied, waiting
from scoring.adjudicated import adjudicate

STALE = timedelta(hours=26)  # without a finished night for longer, one did not run


def pending_alerts(session: Session, evaluation: Evaluation) -> tuple[Alert, ...]:
    """What a unit or the office must be told of a period and has not been told yet."""
    config = session.config.on(parse_period(evaluation.period).first)
    evidence = (*evaluation.evidence, *evaluation.filed)
    words = newest_words(session.rulings.all())
    ruled = [w for w in (adjudicate(e, words, evaluation.at.date()) for e in evidence if e.key in words) if w.ruling]
    health = portal_health(session.under(config))
    facts = AlertFacts(
        decisions=evaluation.decisions,
        texts=TEXTS,
        now=evaluation.at,
        letters=letter_day(config, evaluation.at),
        health=health,
        warn_nights=config.district.quiet_nights_warn,
        notified=session.outbox.already_notified(),
        silenced=_silenced(evaluation.evidence, config, {h.portal for h in health if h.blind}),
        ruled={w.evidence.key for w in ruled},
        lifted={w.evidence.key for w in ruled if w.outcome is not Outcome.BREACHED},
        first_told=session.outbox.first_notified("breached|"),
        escalate_after=config.district.mail.escalate_after_days,
    )
    return alerts_of(evidence, facts)


def _silenced(evidence: Sequence[Evidence], config: Config, dark: set[str]) -> set[str]:
    """Pending evidence whose channel has a portal in the dark: nobody is urged over a page we could not read."""
    silenced = set()
    for item in evidence:
        if item.outcome is not Outcome.PENDING or item.channel is None or item.kind is None:
            continue
        if any(p.id in dark for p in config.channel(item.channel, item.unit, item.kind)):
            silenced.add(item.key)
    return silenced


# ---------------------------------------------------------------- letters


def notify(
    session: Session,
    context: LetterContext,
    seconds: float,
    matters: Sequence[OpenMatter],
    next_step: NextStep | None = None,
) -> list[Path]:
    """Commit the night's letters and the office's summary, then write out what is committed and not yet written.

    One digest an addressee; what would go to units on trial is one letter to the office. `context` holds the night's
    one lookup and the alerts to tell; `seconds` is what the night took, `matters` all that is open, `next_step` what
    the quarter's calendar asks for next.
    """
    now, run = session.now(), context.night
    unwritten = _write_digests(session, context)
    if session.config.district.mail.summary and not session.outbox.has(f"{run}-summary"):
        night = night_facts(session, run, seconds)
        facts = replace(night, unwritten=unwritten, waiting=waiting(tallied(matters)), next_step=next_step)
        summary = compose_summary(context, facts)
        commit(session, f"{run}-summary", run, OFFICE, summary, {}, now)
    return write_letters(session, now)


def _write_digests(session: Session, context: LetterContext) -> tuple[str, ...]:
    """Commit the digests; to whom none could be written, each letter failing alone."""
    boundary, unwritten, on_trial = Boundary(session.paths.logs, session.now()), list[str](), list[Letter]()
    by_addressee: dict[str, list[Alert]] = defaultdict(list)
    for alert in context.alerts:
        by_addressee[alert.to].append(alert)
    for addressee, alerts in sorted(by_addressee.items()):
        trial = is_on_trial(session.config, addressee)
        key = outbox_name(TRIAL if trial else addressee, context.night)
        if session.outbox.has(key):
            continue
        write = partial(_write_letter, session, context, addressee, alerts, on_trial=trial)
        letter = boundary.attempt(f"letter {key} {addressee}", write)
        if isinstance(letter, Failed):
            unwritten.append(addressee)
        elif trial:
            on_trial.append(letter)
    trial_letter = partial(_write_trial, session, context, on_trial)
    if on_trial and isinstance(boundary.attempt("letter on trial", trial_letter), Failed):
        unwritten += [letter.recipient for letter in on_trial]
    return tuple(unwritten)


def _write_letter(
    session: Session, context: LetterContext, addressee: str, alerts: Sequence[Alert], *, on_trial: bool
) -> Letter:
    """Compose one digest and its notice; commit it with what it tells, unless its unit is on trial.

    On trial it is composed all the same: what cannot be composed is then known of that unit alone.
    """
    letter = letter_to(context, addressee, alerts)
    digest, notice = compose_digest(letter), compose_notice(letter)
    if not on_trial:
        commit(session, letter.key, context.night, addressee, digest, {a.key: a.stage for a in alerts}, session.now())
    _write_notice(session.paths, letter.key, notice)
    return letter


def _write_trial(session: Session, context: LetterContext, letters: Sequence[Letter]) -> None:
    """Commit in one letter to the office what would have gone to units on trial, with what they tell."""
    to = {letter.recipient for letter in letters}
    told = {alert.key: alert.stage for alert in context.alerts if alert.to in to}
    key = outbox_name(TRIAL, context.night)
    commit(session, key, context.night, OFFICE, compose_trial(letters), told, session.now())


def commit(
    session: Session,
    key: str,
    night: date,
    addressee: str,
    letter: EmailMessage,
    alerts: Mapping[str, str],
    now: datetime,
) -> None:
    """Commit a letter with its recipients and the hour from which it may leave."""
    data = letter.as_bytes(policy=SMTP)
    recipients = recipients_of(data) if session.config.district.mail.smtp else ()
    outgoing = OutboxLetter(
        key=key,
        night=night.isoformat(),
        addressee=addressee,
        message=data,
        alerts=alerts,
        recipients=recipients,
        not_before=may_leave(session.config, addressee, now),
    )
    session.outbox.commit(outgoing, now)


def write_letters(session: Session, now: datetime) -> list[Path]:
    """Write out what is committed and not yet written."""
    written = []
    for key, _, _, letter in session.outbox.unwritten():
        written.append(write_outbox(session.paths.outbox, letter, key))
        session.outbox.mark_written(key, now)
    return written


def _write_notice(paths: Paths, key: str, page: str) -> None:
    """The same to print, beside the letter."""
    paths.outbox.mkdir(parents=True, exist_ok=True)
    write_whole(paths.outbox / f"{key}.html", page)


def night_facts(session: Session, run: date, seconds: float) -> NightFacts:
    """What the night did: looks, what is new since the night before, letters that did not arrive, the disk."""
    before = session.runs.before(run.isoformat())
    since, last = (before.started_at, date.fromisoformat(before.id)) if before else (None, run)
    return NightFacts(
        looks=session.looks.looks(run=run.isoformat()),
        seconds=seconds,
        new_submissions=session.submissions.count_since(since),
        new_filings=session.filings.count_since(since),
        new_rulings=session.rulings.count_since(since),
        new_findings=session.findings.count_since(since),
        troubled=(*session.outbox.deliveries(DEAD, UNCERTAIN, BOUNCED), *session.outbox.overdue(session.now())),
        disk=disk_of(session.paths).sentence,
        network=doubt.sentence if (doubt := doubt_of(session, run.isoformat())) else "",
        dark={h.portal: h.dark_since.date() for h in portal_health(session) if h.dark_since is not None},
        missed=tuple(last + timedelta(days=n) for n in range(1, (run - last).days)),
    )


# ---------------------------------------------------------------- alarms


def alarm(session: Session, what: str, title: str, text: str) -> bool:
    """Tell the office once a day that something (`what`, a slug) is wrong with the nights themselves; False if told."""
    now = session.now()
    key = f"{now:%Y-%m-%d}-alarm-{what}"
    if session.outbox.has(key):
        return False
    commit(session, key, now.date(), OFFICE, compose_alarm(session.config, key, title, text, now), {}, now)
    write_letters(session, now)
    events(session.paths.logs).event("alarm", subject=what)
    return True


def stale_since(session: Session) -> datetime | None:
    """When the last night ended, or the first began where none has, if that is too long ago; None while nights run."""
    nights = session.runs.all()
    ended = [run.finished_at for run in nights if run.finished_at] or [run.started_at for run in nights[:1]]
    return ended[-1] if ended and session.now() - ended[-1] > STALE else None

"""Letters through a real SMTP server that refuses, hangs, drops after DATA and answers late; killed senders; hours."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from typing import Any

import pytest

from checks import TEXTS
from core.domain.clock import ZONE
from core.domain.config import Config, Smtp, load
from core.domain.errors import ConfigError, DeliveryError, UsageError
from core.domain.models import Decision, Evidence, Kind, Outcome
from core.runtime.locks import sender_lock
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.outbox import Outbox, OutboxLetter
from core.storage.runs import Runs
from notifications.alerts import AlertFacts, alerts_of
from notifications.delivery import may_leave, recipients_of, send_due, take_bounce
from notifications.letter_day import LetterDay, letter_day
from pipeline.notify import alarm, stale_since
from tests.support.mail_server import Server, certificate, raw_server, serving
from tests.support.paths import ROOT
from tests.support.sessions import session_of

NOW = datetime(2026, 10, 12, 9, 0, tzinfo=ZONE)
MONDAY = LetterDay(on=date(2026, 10, 12), then=date(2026, 10, 13), weekly=True)


def config_of(server: Server, **more: Any) -> Config:
    """The district, sending through `server`."""
    made = load(ROOT / "districts/huaian")
    settings = Smtp.model_validate(
        {"host": "127.0.0.1", "port": server.port, "security": "none", "timeout_seconds": 1.5, "attempts": 3} | more
    )
    mail = made.district.mail.model_copy(update={"smtp": settings})
    return made.model_copy(update={"district": made.district.model_copy(update={"mail": mail})})


def at_port(port: int, **more: Any) -> Config:
    """The district, sending through whatever listens at `port`."""
    return config_of(Server(port=port), **more)


def letter(*to: str, subject: str = "提醒：测试") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "信用办 <office@example.invalid>", ", ".join(to), subject
    message["Message-ID"], message["X-Chengxin-Key"] = "<one@example.invalid>", "k"
    message.set_content("正文\n.一行以点开头\n", cte="base64")
    return message.as_bytes(policy=SMTP)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[tuple[Store, Paths]]:
    paths = Paths(tmp_path / "var")
    with Store(paths.store) as store:
        yield store, paths


def put(store: Store, *to: str, key: str = "k", at: datetime = NOW, more: bytes = b"") -> None:
    waiting = OutboxLetter(key=key, night="2026-10-12", addressee="u", message=letter(*to) + more, recipients=to)
    Outbox(store).commit(waiting, at)


def states(store: Store) -> dict[str, str]:
    return {d.recipient: d.state for d in Outbox(store).deliveries()}


def test_a_letter_arrives_as_it_was_committed(box: tuple[Store, Paths]) -> None:
    store, paths = box
    with serving() as server:
        put(store, "a@u.example", "b@u.example")
        assert send_due(session_of(store, config_of(server), NOW, paths=paths)) == {"sent": 2}
        assert send_due(session_of(store, config_of(server), NOW, paths=paths)) == {}
    ((recipients, content),) = server.taken
    assert recipients == ("a@u.example", "b@u.example")
    assert message_from_bytes(content, policy=default).get_content().splitlines() == ["正文", ".一行以点开头"]
    assert message_from_bytes(content, policy=default)["Subject"] == "提醒：测试"
    assert states(store) == {"a@u.example": "sent", "b@u.example": "sent"}


FATES = [
    ("refuse-all", {"dead": 2}, {"gone@u.example": "dead", "b@u.example": "dead"}),
    ("refuse-some", {"dead": 1, "sent": 1}, {"gone@u.example": "dead", "b@u.example": "sent"}),
    ("busy", {"later": 2}, {"gone@u.example": "waiting", "b@u.example": "waiting"}),
    ("reject-data", {"dead": 2}, {"gone@u.example": "dead", "b@u.example": "dead"}),
    ("defer-data", {"later": 2}, {"gone@u.example": "waiting", "b@u.example": "waiting"}),
    ("hang", {"later": 2}, {"gone@u.example": "waiting", "b@u.example": "waiting"}),
    ("drop", {"uncertain": 2}, {"gone@u.example": "sending", "b@u.example": "sending"}),
    ("late", {"uncertain": 2}, {"gone@u.example": "sending", "b@u.example": "sending"}),
]


@pytest.mark.parametrize(("manner", "counts", "after"), FATES)
def test_every_way_to_fail(
    box: tuple[Store, Paths], manner: str, counts: dict[str, int], after: dict[str, str]
) -> None:
    store, paths = box
    with serving() as server:
        server.manner = manner
        put(store, "gone@u.example", "b@u.example")
        assert send_due(session_of(store, config_of(server), NOW, paths=paths)) == counts
    assert states(store) == after
    assert all(d.said or d.state == "sent" for d in Outbox(store).deliveries())


RAW = [
    ("drip", "later", "waiting"),
    ("endless", "later", "waiting"),
    ("close-before-354", "later", "waiting"),
    ("close-in-body", "later", "waiting"),
    ("close-after-body", "uncertain", "sending"),
    ("drip-after-body", "uncertain", "sending"),
]


@pytest.mark.parametrize(("manner", "fate", "state"), RAW)
def test_what_a_server_does_is_a_delivery_only_once_it_has_the_whole_letter(
    box: tuple[Store, Paths], manner: str, fate: str, state: str
) -> None:
    """A connection lost before that lost nothing: the same letter again is no repeat, and carries no mark."""
    store, paths = box
    with raw_server(manner) as port:
        put(store, "a@u.example", more=b"." * 20_000_000 if manner == "close-in-body" else b"")
        config, began = at_port(port, letter_seconds=1.0), time.monotonic()
        assert send_due(session_of(store, config, NOW, paths=paths)) == {fate: 1}
        assert time.monotonic() - began < 5
    (delivery,) = Outbox(store).deliveries()
    assert (delivery.state, delivery.repeats) == (state, 0) and delivery.said


def test_a_server_that_never_ends_takes_no_more_than_the_session_and_the_rest_waits(box: tuple[Store, Paths]) -> None:
    store, paths = box
    with raw_server("drip") as port:
        for key in ("a", "b", "c", "d"):
            put(store, f"{key}@u.example", key=key)
        config, began = at_port(port, letter_seconds=1.0, session_seconds=1.5), time.monotonic()
        assert send_due(session_of(store, config, NOW, paths=paths)) == {"later": 2, "waiting": 2}
        assert time.monotonic() - began < 6
    with serving() as server:  # what was not tried is first
        assert send_due(session_of(store, config_of(server), NOW, paths=paths)) == {"sent": 2}
        assert [recipients for recipients, _ in server.taken] == [("c@u.example",), ("d@u.example",)]
        assert send_due(session_of(store, config_of(server), NOW + timedelta(hours=1), paths=paths)) == {"sent": 2}


def test_a_handshake_that_never_ends_is_cut_as_well(box: tuple[Store, Paths]) -> None:
    store, paths = box
    with raw_server("drip") as port:
        put(store, "a@u.example")
        config, began = at_port(port, security="tls", letter_seconds=1.0), time.monotonic()
        assert send_due(session_of(store, config, NOW, paths=paths)) == {"later": 1}
        assert time.monotonic() - began < 5


BAD = ["gone@u.example", "王@u.example", "a@例子.example"]


@pytest.mark.parametrize("bad", BAD)
def test_one_bad_address_of_three_keeps_nobody_else_from_the_letter(box: tuple[Store, Paths], bad: str) -> None:
    store, paths = box
    with serving() as server:
        server.manner = "refuse-some"
        outgoing = OutboxLetter(
            key="k",
            night="2026-10-12",
            addressee="u",
            message=letter("a@u.example"),
            recipients=["a@u.example", bad, "z@u.example"],
        )
        Outbox(store).commit(outgoing, NOW)
        put(store, "next@u.example", key="z")
        assert send_due(session_of(store, config_of(server), NOW, paths=paths)) == {"sent": 3, "dead": 1}
        assert [r for r, _ in server.taken] == [("a@u.example", "z@u.example"), ("next@u.example",)]
    assert states(store)[bad] == "dead"


@pytest.mark.parametrize("manner", ["drop", "late"])
def test_what_may_have_arrived_is_repeated_once_and_marked(box: tuple[Store, Paths], manner: str) -> None:
    store, paths = box
    with serving() as server:
        server.manner = manner
        put(store, "a@u.example")
        for _ in range(4):
            send_due(session_of(store, config_of(server), NOW, paths=paths))
        first, *more = server.taken
    assert len(more) == 1
    copies = [message_from_bytes(content, policy=default) for _, content in (first, *more)]
    assert [m["X-Chengxin-Repeat"] for m in copies] == [None, "1"]
    assert len({m["Message-ID"] for m in copies}) == 1
    assert states(store) == {"a@u.example": "uncertain"}


def test_nobody_there_is_tried_again_later_and_then_given_up(box: tuple[Store, Paths]) -> None:
    store, paths = box
    with serving() as server:
        config = config_of(server)
    put(store, "a@u.example")
    at, waits = NOW, []
    for _ in range(3):
        assert send_due(session_of(store, config, at, paths=paths)) == {"later": 1}
        (delivery,) = Outbox(store).deliveries()
        waits.append(delivery.next_at - at)
        assert delivery.state == "dead" or send_due(session_of(store, config, at, paths=paths)) == {}
        at = delivery.next_at
    assert waits[:2] == [timedelta(minutes=5), timedelta(minutes=30)]
    (delivery,) = Outbox(store).deliveries()
    assert (delivery.state, delivery.attempts) == ("dead", 3) and "试了 3 次" in delivery.said
    assert Outbox(store).again("k", at) == 1 and Outbox(store).again("k", at) == 0
    with serving() as server:
        assert send_due(session_of(store, config_of(server), at, paths=paths)) == {"sent": 1}


# ---------------------------------------------------------------- encryption and login


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_encrypted_and_logged_in(
    box: tuple[Store, Paths], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    store, paths = box
    context, cert = certificate(tmp_path)
    with serving(tls=context, wrapped=security == "tls", login=security == "starttls") as server:
        settings = {"security": security, "ca_file": str(cert)} | (
            {"user": "chengxin"} if security == "starttls" else {}
        )
        config = config_of(server, **settings)
        put(store, "a@u.example")
        if security == "starttls":
            with pytest.raises(ConfigError, match="CHENGXIN_SMTP_PASSWORD"):
                send_due(session_of(store, config, NOW, paths=paths))
            monkeypatch.setenv("CHENGXIN_SMTP_PASSWORD", "wrong")
            assert send_due(session_of(store, config, NOW, paths=paths)) == {"later": 1}
            assert "登录被拒" in Outbox(store).deliveries()[0].said
            monkeypatch.setenv("CHENGXIN_SMTP_PASSWORD", "secret")
        later = NOW + timedelta(hours=1)
        assert send_due(session_of(store, config, later, paths=paths)) == {"sent": 1}
    assert len(server.taken) == 1
    assert "secret" not in "".join(d.said for d in Outbox(store).deliveries())


def test_a_certificate_nobody_vouches_for_is_refused(box: tuple[Store, Paths], tmp_path: Path) -> None:
    store, paths = box
    context, _ = certificate(tmp_path)
    with serving(tls=context) as server:
        put(store, "a@u.example")
        assert send_due(session_of(store, config_of(server, security="starttls"), NOW, paths=paths)) == {"later": 1}
    assert server.taken == [] and "CERTIFICATE" in Outbox(store).deliveries()[0].said.upper()


def test_a_password_is_never_sent_in_the_clear() -> None:
    with pytest.raises(ValueError, match="明文"):
        Smtp(host="x", security="none", user="chengxin")


# ---------------------------------------------------------------- killed between send and commit


def _send(root: str, port: int) -> None:
    paths = Paths(Path(root))
    with Store(paths.store) as store:
        send_due(session_of(store, config_of(Server(port=port), timeout_seconds=30), NOW, paths=paths))


def test_killed_after_the_server_took_it_there_is_one_marked_repeat(box: tuple[Store, Paths]) -> None:
    store, paths = box
    with serving() as server:
        server.manner = "late"  # it takes the letter and answers four seconds later
        put(store, "a@u.example")
        sender = multiprocessing.get_context("fork").Process(target=_send, args=(str(paths.root), server.port))
        sender.start()
        for _ in range(200):
            if server.taken:
                break
            time.sleep(0.05)
        os.kill(sender.pid or 0, signal.SIGKILL)
        sender.join()
        assert states(store) == {"a@u.example": "sending"}
        server.manner = "ok"
        for _ in range(3):
            send_due(session_of(store, config_of(server), NOW, paths=paths))
    copies = [message_from_bytes(content, policy=default) for _, content in server.taken]
    assert [m["X-Chengxin-Repeat"] for m in copies] == [None, "1"]
    assert len({m["Message-ID"] for m in copies}) == 1
    assert states(store) == {"a@u.example": "sent"}


def test_two_senders_do_not_send_at_once(box: tuple[Store, Paths]) -> None:
    store, paths = box
    with serving() as server:
        put(store, "a@u.example")
        with sender_lock(paths), pytest.raises(DeliveryError, match="正在发信"):
            send_due(session_of(store, config_of(server), NOW, paths=paths))
        assert server.taken == []


# ---------------------------------------------------------------- hours, recipients, bounces, alarms

HOURS = [
    ("2026-10-12 00:40", "2026-10-12 08:30"),  # a Monday night
    ("2026-10-12 10:00", "2026-10-12 10:00"),
    ("2026-10-12 17:31", "2026-10-13 08:30"),
    ("2026-10-17 00:40", "2026-10-19 08:30"),  # a Saturday
    ("2026-10-10 00:40", "2026-10-10 08:30"),  # a Saturday that is worked (docs/domain.md §5.1)
    ("2026-10-01 00:40", "2026-10-08 08:30"),  # the National Day holiday
    ("2027-05-04 00:40", "2027-05-04 08:30"),  # a year nobody knows: Tuesday is worked
]


@pytest.mark.parametrize(("at", "leaves"), HOURS)
def test_letters_to_units_keep_working_hours(at: str, leaves: str) -> None:
    config = load(ROOT / "districts/huaian")
    moments = [datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (at, leaves)]
    assert may_leave(config, "scjgj", moments[0]) == moments[1]
    assert may_leave(config, "office", moments[0]) == moments[0]


def test_a_letter_waits_for_its_hour(box: tuple[Store, Paths]) -> None:
    store, paths = box
    with serving() as server:
        waiting = OutboxLetter(
            key="k",
            night="2026-10-12",
            addressee="u",
            message=letter("a@u.example"),
            recipients=["a@u.example"],
            not_before=NOW + timedelta(hours=2),
        )
        Outbox(store).commit(waiting, NOW)
        assert send_due(session_of(store, config_of(server), NOW, paths=paths)) == {}
        assert send_due(session_of(store, config_of(server), NOW + timedelta(hours=2), paths=paths)) == {"sent": 1}


def test_what_waits_for_a_day_is_overdue_though_nobody_tried_it(box: tuple[Store, Paths]) -> None:
    """A sender that is held for good tries nothing: its letters are told all the same."""
    store, _ = box
    put(store, "a@u.example")
    assert Outbox(store).overdue(NOW + timedelta(hours=23)) == []
    assert [d.recipient for d in Outbox(store).overdue(NOW + timedelta(hours=25))] == ["a@u.example"]


def test_everybody_in_to_and_cc_is_a_recipient_once() -> None:
    message = EmailMessage(policy=SMTP)
    message["To"], message["Cc"] = "甲 <a@u.example>, b@u.example", "领导 <l@u.example>, a@u.example"
    assert recipients_of(message.as_bytes()) == ("a@u.example", "b@u.example", "l@u.example")


BOUNCE = """From: MAILER-DAEMON@u.example
To: office@example.invalid
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

没有投递成功
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.u.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: <one@example.invalid>
X-Chengxin-Key: {key}

--b--
"""


def test_a_bounce_is_noted_with_its_reason(box: tuple[Store, Paths]) -> None:
    store, paths = box
    with serving() as server:
        put(store, "a@u.example")
        send_due(session_of(store, config_of(server), NOW, paths=paths))
    data = BOUNCE.format(recipient="a@u.example", key="k").encode()
    assert take_bounce(Outbox(store), data, NOW) == ["a@u.example：5.1.1 smtp; 550 no such user"]
    assert states(store) == {"a@u.example": "bounced"}
    assert take_bounce(Outbox(store), BOUNCE.format(recipient="z@u.example", key="k").encode(), NOW) == [
        "z@u.example：没有发过这封信"
    ]
    for bad in (
        b"",
        letter("a@u.example"),
        BOUNCE.replace("X-Chengxin-Key: {key}\n", "").format(recipient="a@u.example").encode(),
    ):
        with pytest.raises(UsageError):
            take_bounce(Outbox(store), bad, NOW)


def test_a_night_that_did_not_run_is_told_once_a_day(box: tuple[Store, Paths]) -> None:
    from core.domain.models import Run

    store, paths = box
    config = load(ROOT / "districts/huaian")
    assert stale_since(session_of(store, config, NOW)) is None
    Runs(store).add_config("h", {}, NOW)
    Runs(store).begin(Run(id="2026-10-10", started_at=NOW - timedelta(days=2), config_hash="h"))
    Runs(store).finish("2026-10-10", NOW - timedelta(hours=27), 1.0, 1)
    since = stale_since(session_of(store, config, NOW))
    assert since == NOW - timedelta(hours=27)
    assert alarm(session_of(store, config, NOW, paths=paths), "night-missing", "夜间任务没有运行", "…")
    assert not alarm(session_of(store, config, NOW, paths=paths), "night-missing", "夜间任务没有运行", "…")
    assert alarm(
        session_of(store, config, NOW + timedelta(days=1), paths=paths), "night-missing", "夜间任务没有运行", "…"
    )
    (first, _) = sorted(paths.outbox.glob("*-alarm-*.eml"))
    assert "夜间任务没有运行" in str(message_from_bytes(first.read_bytes(), policy=default)["Subject"])


@pytest.mark.parametrize(
    ("check", "slug", "mends"),
    [
        ("published_within_deadline", "not-published", True),
        ("published_within_deadline", "published-late", False),
        ("published_within_deadline", "late-as-stated", False),
        ("reported_within_deadline", "reported-late", False),
        ("person_is_masked", "identity-number-in-clear", True),
        ("monthly_collection_is_complete", "month-silent", True),
        ("no_dishonesty_on_record", "on-record", False),
    ],
)
def test_only_what_a_unit_can_still_end_is_told_again_and_to_its_leader(check: str, slug: str, mends: bool) -> None:
    """What is published by now is late for ever: it is told once, and nobody is told to publish it."""
    item = Evidence(key="k", check=check, unit="u", decision="d", outcome=Outcome.BREACHED, slug=slug, sentence="迟")
    facts = AlertFacts(
        decisions={"d": Decision(id="d", unit="u", kind=Kind.PENALTY)}, texts=TEXTS, warn_nights=3, letters=MONDAY,
        now=datetime(2026, 10, 12, 0, 40, tzinfo=ZONE), first_told={"breached|k": date(2026, 10, 5)},
    )  # fmt: skip
    assert TEXTS[check].reason(slug) is not None
    first, *again = sorted(alerts_of([item], facts), key=lambda a: a.stage)
    assert first.stage == "breached" and [a.stage for a in again] == ["escalated"] * mends
    assert ("立即补公示" in first.todo) is (slug == "not-published")
    assert [a.stage for a in alerts_of([item], replace(facts, ruled={"k"}))] == ["breached"]


@pytest.mark.parametrize(
    ("outcome", "lifted", "stage", "title"),
    [
        (Outcome.MET, False, "resolved", "已解决"),
        (Outcome.NOT_APPLICABLE, False, "resolved", "已解决"),
        (Outcome.INCONCLUSIVE, False, "retracted", "已撤回"),
        (Outcome.PENDING, False, "retracted", "已撤回"),
        (Outcome.BREACHED, True, "retracted", "已撤回"),
    ],
)
def test_resolved_is_what_is_there_and_retracted_what_can_no_longer_be_said(
    outcome: Outcome, lifted: bool, stage: str, title: str
) -> None:
    item = Evidence(
        key="k", check="published_within_deadline", unit="u", decision="d", outcome=outcome, slug="x", sentence="何况"
    )
    facts = AlertFacts(
        decisions={"d": Decision(id="d", unit="u", kind=Kind.PENALTY)}, texts=TEXTS, warn_nights=3, letters=MONDAY,
        now=datetime(2026, 10, 12, 0, 40, tzinfo=ZONE), notified={"breached|k"}, lifted={"k"} if lifted else set(),
    )  # fmt: skip
    (alert,) = alerts_of([item], facts)
    assert alert.stage == stage and alert.title.startswith(title)
    assert ("复核" if lifted else "何况") in alert.sentence
    assert ("不再这样认定" in alert.sentence) is (stage == "retracted")


def test_escalation_comes_after_a_week_and_then_every_four() -> None:
    item = Evidence(
        key="k",
        check="published_within_deadline",
        unit="u",
        decision="d",
        outcome=Outcome.BREACHED,
        slug="not-published",
        sentence="没有",
    )
    decisions = {"d": Decision(id="d", unit="u", kind=Kind.PENALTY)}

    told: set[str] = set()

    def stages(day: date, **more: Any) -> list[str]:
        at = datetime(day.year, day.month, day.day, 0, 40, tzinfo=ZONE)
        facts = AlertFacts(
            decisions=decisions,
            texts=TEXTS,
            now=at,
            warn_nights=3,
            letters=letter_day(load(ROOT / "districts/huaian"), at),
            notified={"breached|k", *told},
            first_told={"breached|k": date(2026, 10, 5)},
            **more,
        )
        found = alerts_of([item], facts)
        told.update(a.key for a in found if a.stage == "escalated")
        return [a.stage for a in found]

    assert stages(date(2026, 10, 13)) == [] and stages(date(2026, 10, 5)) == []
    assert stages(date(2026, 10, 12), lifted={"k"}) == ["retracted"]
    assert stages(date(2026, 10, 12), escalate_after=8) == []
    weeks = [date(2026, 10, 12) + timedelta(weeks=n) for n in range(9)]
    assert [day for day in weeks if stages(day)] == [weeks[0], weeks[4], weeks[8]]
    assert replace(item, outcome=Outcome.MET)

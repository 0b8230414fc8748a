"""The operator's bench for one portal: look at it, write its draft, save a case. The store is not touched.

A draft is for a person to finish: it is written switched off and unverified, and the case beside it waits for a
person's eye (its expectation fails the tests until the line `unconfirmed` is taken out). How an unknown site comes to a
draft: `pipeline.portal_trial`.
"""

import json
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.errors import UsageError
from core.domain.models import Capture, DateKind, Finding, Look, Run, Sighting
from core.domain.web_addresses import hosts_beside
from core.runtime.paths import Paths
from core.storage.session import Session, open_session
from core.storage.warc_archive import is_drawn, read_exchange, read_request_type
from crawler.crawl_job import ListPass, VisitPlan
from crawler.discovery.case_recorder import case_of_detail, case_of_list
from crawler.pages import PageRequest, Response
from pipeline.crawl import crawl

if TYPE_CHECKING:  # vcrpy is loaded where a look is saved only
    from crawler.discovery.look_recorder import Exchanged

SAMPLE = 5  # details read of an unknown site
NEVER = ":not(*)"  # CSS that nothing matches: a page is only looked at
DRAWN = frozenset({"rendered-list", "citizen"})  # families that read a drawn page
_ORDER = (
    *("id", "name", "channel", "unit", "kinds", "family", "url", "marker", "verified", "enabled", "note", "list_date"),
    *("order", "rendered", "allow_private", "hosts", "may_be_empty", "one_page", "expect", "citizen", "options"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One look at one portal, kept in a folder of its own."""

    config: Config
    paths: Paths
    looks: tuple[Look, ...]
    findings: tuple[Finding, ...]
    sightings: tuple[Sighting, ...]
    captures: tuple[Capture, ...]
    details: int = SAMPLE  # of new rows, read at the most


# ---------------------------------------------------------------- looking


def check_portal(
    config: Config, portal: str, clock: Clock, work: Path, *, kind: str = "full", details: int = 500
) -> Seen:
    """One walk of one portal into the empty folder `work`."""
    if all(p.id != portal for p in config.portals):
        raise UsageError(f"没有这个栏目：{portal}（可用：{'、'.join(p.id for p in config.portals)}）")
    paths, started = Paths(work), clock.now()
    run_id = f"{started:%Y-%m-%d}"
    with open_session(config, paths, clock) as session:
        session.runs.add_config(config.hash, {}, started)
        session.runs.begin(Run(id=run_id, started_at=started, config_hash=config.hash))
        plan = VisitPlan(portal=portal, passes=(ListPass(number=1, kind=kind),), details=details)
        crawl(session, (plan,), run_id)
        return seen_in(session, portal, details)


def seen_in(session: Session, portal: str, details: int) -> Seen:
    """What the only look in a session's store saw of `portal`."""
    return Seen(
        config=session.config,
        paths=session.paths,
        looks=tuple(session.looks.looks()),
        findings=tuple(session.findings.all().values()),
        sightings=tuple(session.looks.first_sightings(session.looks.spans(portal))),
        captures=tuple(session.looks.captures()),
        details=details,
    )


def look_at(config: Config, facts: Mapping[str, object], clock: Clock, work: Path, *, details: int) -> Seen:
    """A look at a portal that stands in no district yet: the district's own files with this portal alone."""
    folder = work / "district"
    (folder / "portals").mkdir(parents=True)
    for file in config.folder.glob("*.toml"):
        shutil.copy(file, folder / file.name)
    (folder / "portals" / f"{facts['id']}.toml").write_text(_toml(facts), "utf-8")
    return check_portal(load(folder), str(facts["id"]), clock, work, kind="window", details=details)


# ---------------------------------------------------------------- what is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What only a person can say of a draft. Names sign with `on`, their day; "": nobody signed."""

    on: date
    list_date: str = "unknown"
    one_page_by: str = ""
    may_be_empty: bool = False
    verified_by: str = ""


def answered(toml: str, answers: Answers) -> str:
    """The draft with what a person said; it stays switched off. UsageError for a date's meaning that is none."""
    if answers.list_date not in {fact.value for fact in DateKind}:
        known = "、".join(fact.value for fact in DateKind)
        raise UsageError(f"不认识的日期含义：{answers.list_date}（可用：{known}）")
    facts = tomllib.loads(toml) | {"list_date": answers.list_date}
    if answers.may_be_empty:
        facts["may_be_empty"] = True
    if answers.one_page_by:
        facts["one_page"] = {"signed_by": answers.one_page_by, "on": answers.on}
    if answers.verified_by:
        facts["verified"] = {"signed_by": answers.verified_by, "on": answers.on}
        facts["note"] = "由 portal try 起草，已由操作人对照网页；启用时把 enabled 改为 true"
    return _toml({key: facts[key] for key in _ORDER if key in facts})


def corrected(toml: str, changes: Mapping[str, object]) -> str:
    """The draft with values as a person says that they are; None takes one away. What it signs stays unsigned."""
    facts = tomllib.loads(toml) | dict(changes)
    facts["channel"] = "department" if facts.get("unit") else "credit"
    return _toml({key: facts[key] for key in _ORDER if key in facts})


def draft_toml(facts: Mapping[str, object], seen: Seen) -> str:
    """The draft of a portal: switched off, unverified, with what was seen as what is expected."""
    hosts = sorted(set(hosts_beside(str(facts["url"]), (s.url for s in seen.sightings))))
    columns = tuple(dict.fromkeys(label for f in seen.findings for label in f.unknown_labels))
    note = "由 portal try 起草：请逐项核对，确认列表日期的含义，再把 verified 与 enabled 改为 true"
    draft = dict(facts) | {"verified": False, "enabled": False, "note": note, "hosts": hosts}
    if columns:
        draft["expect"] = {"labels": list(columns)}
    return _toml({key: draft[key] for key in _ORDER if key in draft})


def _toml(facts: Mapping[str, object]) -> str:
    """A portal's facts as TOML; tables last."""
    plain = [
        f"{key} = {_value(value)}"
        for key, value in facts.items()
        if not isinstance(value, dict) and value not in (None, [], ())
    ]
    tables = [f"\n[{key}]\n{table_lines(value)}" for key, value in facts.items() if isinstance(value, dict) and value]
    return "\n".join([*plain, *tables]) + "\n"


def table_lines(table: Mapping[str, object]) -> str:
    """What stands in a table of a portal's TOML, a line an entry."""
    return "\n".join(f"{name} = {_value(fact)}" for name, fact in table.items())


def _value(value: object) -> str:
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{json.dumps(str(k), ensure_ascii=False)} = {_value(v)}" for k, v in value.items()) + " }"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, (bool, int, float)):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(str(value), ensure_ascii=False)


def record_case(seen: Seen, portal: str, cases: Path, toml: str = "") -> list[Path]:
    """Save the list's first page and one detail as cases, people masked; returns the folders written."""
    home = cases / portal
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "portal.toml").exists():
        source = seen.config.folder / "portals" / f"{portal}.toml"
        (home / "portal.toml").write_text(toml or source.read_text("utf-8"), "utf-8")
    owner = seen.config.portal(portal)
    by_id = {capture.id: capture for capture in seen.captures}
    written = []
    sighting = next((s for s in seen.sightings if s.page == 1 and s.capture in by_id), None)
    if sighting is not None:
        written.append(case_of_list(owner, response_of(seen, by_id[sighting.capture]), by_id[sighting.capture], home))
    for finding in seen.findings:
        if finding.capture in by_id and by_id[finding.capture].id != (sighting.capture if sighting else ""):
            row = next(s for s in seen.sightings if s.row_key == finding.row_key)
            capture = by_id[finding.capture]
            written.append(case_of_detail(owner, response_of(seen, capture), capture, row, home))
            break
    if not written:
        raise UsageError(f"没有读到可以存成案例的页面（{'、'.join(seen.looks[0].reasons) or '列表为空'}）")
    return written


def record_look(seen: Seen, portal: str, cases: Path) -> tuple[Path | None, str]:
    """Save the look's whole exchange as a case: (its folder, ""), or (None, why it is not saved in Chinese)."""
    from crawler.discovery.look_recorder import case_of_look, left_out

    owner, look = seen.config.portal(portal), seen.looks[0]
    exchanges = _exchanged(seen)
    if why := left_out(exchanges):
        return None, why
    days = owner.window_days or seen.config.district.crawl.window_days
    means = {"details": seen.details, "window_days": days}
    return case_of_look(owner, look, exchanges, (seen.sightings, seen.findings), means, cases / portal), ""


def _exchanged(seen: Seen) -> "tuple[Exchanged, ...]":
    """All that the look asked for, in the order in which it asked; of a drawn page what the browser asked for."""
    from crawler.discovery.look_recorder import Exchanged

    folder = seen.paths.archive
    return tuple(
        Exchanged(
            capture=capture,
            response=response_of(seen, capture),
            sent_type=read_request_type(folder, capture.warc, capture.offset) if capture.request_body else "",
        )
        for capture in _on_the_wire(seen)
    )


def _on_the_wire(seen: Seen) -> list[Capture]:
    """A look's captures without what a browser drew; a drawn page's stand before it, the last that came first."""
    asked: list[Capture] = []
    for capture in sorted(seen.captures, key=lambda c: int(c.id.rpartition("#")[2])):
        if is_drawn(seen.paths.archive, capture.warc, capture.offset):
            own = [one for one in asked if one.received_at == capture.received_at]
            asked[len(asked) - len(own) :] = reversed(own)
        else:
            asked.append(capture)
    return asked


def response_of(seen: Seen, capture: Capture, *, rendered: bool = False) -> Response:
    """A capture of a look as the page it was; `rendered`: as a browser drew it. StoreError where it cannot be read."""
    status, headers, body = read_exchange(seen.paths.archive, capture.warc, capture.offset)
    request = PageRequest(url=capture.url, method=capture.method, body=capture.request_body.encode(), rendered=rendered)
    return Response(url=capture.url, status=status, body=body, headers=headers, request=request)

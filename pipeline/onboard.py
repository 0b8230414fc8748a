"""The operator's bench for one portal: try an unknown site, check a known one, save a case. The store is not touched.

A draft is for a person to finish: it is written switched off and unverified, and the case beside it waits for a
person's eye (its expectation fails the tests until the line `unconfirmed` is taken out).
"""

import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.errors import UsageError
from core.domain.models import Capture, DateKind, Finding, Look, Run, Sighting
from core.runtime.paths import Paths
from core.storage.session import open_session
from core.storage.warc_archive import read_exchange
from crawler.crawl_job import ListPass, VisitPlan
from crawler.discovery.case_recorder import case_of_detail, case_of_list
from crawler.discovery.propose import Proposal, marker_of, proposals, sureness
from crawler.extract.markup import text_of
from crawler.families.parsing.json_decoding import json_of
from crawler.pages import NotGenuine, PageRequest, Response
from pipeline.crawl import crawl

ENOUGH = 0.8  # of the rows compared
SAMPLE = 5  # details read of an unknown site
NEVER = ":not(*)"  # CSS that nothing matches: a page is read once it falls idle
TRIES = 3  # proposals that are tried by a walk
_ORDER = (
    *("id", "name", "channel", "unit", "kinds", "family", "url", "marker", "verified", "enabled", "note", "list_date"),
    *("order", "rendered", "allow_private", "hosts", "expect", "options"),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of an unknown address. `chosen` is None where no family reads it; `toml` is the draft.

    `date_said`: how the list's date compares with the details' own dates, in Chinese.
    """

    look: Look
    proposals: tuple[Proposal, ...]
    chosen: Proposal | None = None
    seen: Seen | None = None
    list_date: str = "unknown"
    date_said: str = ""
    toml: str = ""
    id: str = ""


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
        return Seen(
            config=config,
            paths=paths,
            looks=tuple(session.looks.looks()),
            findings=tuple(session.findings.all().values()),
            sightings=tuple(session.looks.first_sightings(session.looks.spans(portal))),
            captures=tuple(session.looks.captures()),
        )


def try_portal(config: Config, url: str, clock: Clock, work: Path, facts: Mapping[str, object]) -> Trial:
    """Look at an unknown address: which family reads it, what it reads, what its date seems to be.

    `facts` are what the operator knows of the portal (id, name, channel, unit, kinds, allow_private). Raises
    UsageError for an address that is none.
    """
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise UsageError(f"不是网址：{url}（要以 http:// 或 https:// 开头）")
    base = {"url": url, "enabled": True, **facts}
    probe = base | {"family": "cmsweb", "marker": "？", "name": facts.get("name") or "试看"}
    first = _look(config, probe, clock, work / "probe", details=0)
    tried = _proposals(first, base)
    if not tried:  # perhaps its list exists only after scripts ran, or comes from what they ask for
        drawn = probe | {"family": "rendered-list", "rendered": True, "options": {"ready": NEVER}}
        first = _look(config, drawn, clock, work / "drawn", details=0)
        base["name"] = facts.get("name") or _heading(first)
        tried = _proposals(first, base, rendered=True)
    if not tried:
        return Trial(look=first.looks[0], proposals=())
    tried, seen = _best(config, clock, work, base, tried)
    chosen = tried[0]
    base |= _facts_of(chosen, base)
    list_date, date_reason = date_kind(seen.findings, seen.sightings)
    facts_now = base | {"list_date": list_date, "order": _order(seen.sightings), "options": chosen.options}
    return Trial(
        look=seen.looks[0],
        proposals=tuple(tried),
        chosen=chosen,
        seen=seen,
        list_date=list_date,
        date_said=date_reason,
        toml=draft_toml(facts_now, seen),
        id=str(base["id"]),
    )


def _look(config: Config, facts: Mapping[str, object], clock: Clock, work: Path, *, details: int) -> Seen:
    """A look at a portal that stands in no district yet: the district's own files with this portal alone."""
    folder = work / "district"
    (folder / "portals").mkdir(parents=True)
    for file in config.folder.glob("*.toml"):
        shutil.copy(file, folder / file.name)
    (folder / "portals" / f"{facts['id']}.toml").write_text(_toml(facts), "utf-8")
    return check_portal(load(folder), str(facts["id"]), clock, work, kind="window", details=details)


def _facts_of(chosen: Proposal, base: Mapping[str, object]) -> dict[str, object]:
    """What a proposal says of the portal beside its options."""
    words = "" if chosen.marker.isascii() else chosen.marker  # an interface's marker is a member's name
    name = base.get("name") or words or "未命名栏目"
    drawn = {"rendered": True} if chosen.family == "rendered-list" else {}
    return {"name": name, "marker": chosen.marker, "family": chosen.family, **drawn}


def _best(
    config: Config, clock: Clock, work: Path, base: Mapping[str, object], candidates: Sequence[Proposal]
) -> tuple[list[Proposal], Seen]:
    """The proposals with the first one by which a walk of the list can be read, and that walk; else as they came."""
    walks = []
    for number, chosen in enumerate(candidates[:TRIES]):
        facts = {**base, **_facts_of(chosen, base), "options": chosen.options}
        walks.append(_look(config, facts, clock, work / f"look{number}", details=SAMPLE))
        (look,) = walks[-1].looks
        if look.genuine and look.parsed:
            return [chosen, *(proposal for proposal in candidates if proposal is not chosen)], walks[-1]
    return list(candidates), walks[0]


def _proposals(seen: Seen, base: Mapping[str, object], *, rendered: bool = False) -> list[Proposal]:
    """What the families make of the first page that came; of a drawn one, and of what its scripts asked for."""
    captures = seen.captures if rendered else seen.captures[-1:]
    candidates: list[Proposal] = []
    for capture in captures:
        drawn = rendered and capture is captures[-1]
        response = _response(seen, capture, rendered=drawn)
        if response.status == 200 and (drawn or not rendered or _is_json(response)):
            config = proposals(response, {"name": "试看", **base, "rendered": drawn})
            candidates += [
                proposal
                for proposal in config
                if proposal not in candidates and (not drawn or proposal.family == "rendered-list")
            ]
    return sorted(candidates, key=sureness, reverse=True)


def _is_json(response: Response) -> bool:
    try:
        json_of(text_of(response))
    except NotGenuine:
        return False
    return True


def _heading(seen: Seen) -> str:
    """What a drawn page calls itself; an interface's answer has no such words."""
    return marker_of(_response(seen, seen.captures[-1])) if seen.captures else ""


# ---------------------------------------------------------------- what the list's date is


def date_kind(findings: Sequence[Finding], sightings: Sequence[Sighting]) -> tuple[str, str]:
    """(kind of the list's date, how that was told): by the details' visible publication and decision dates."""
    listed = {s.row_key: s.listed_on for s in sightings if s.listed_on}
    votes: Counter[str] = Counter()
    compared = 0
    for finding in findings:
        day = listed.get(finding.row_key)
        stated = {s.kind.value: s.on for s in finding.stated if s.source == "visible"}
        if day is None or (not stated and finding.decided_on is None):
            continue
        compared += 1
        votes.update(
            kind
            for kind, on in (
                ("published", stated.get("published")),
                ("document", stated.get("document")),
                ("decided", finding.decided_on),
            )
            if on == day
        )
    words = {"published": "发布日期", "decided": "决定日期", "document": "成文日期"}
    reason = "，".join(f"与详情的{words[kind]}相同 {votes[kind]} 条" for kind in words)
    best, count = votes.most_common(1)[0] if votes else ("unknown", 0)
    clear = compared >= 3 and count >= ENOUGH * compared and list(votes.values()).count(count) == 1
    return (best if clear else "unknown"), f"比较了 {compared} 条：{reason}" if compared else "没有可以比较的详情"


def _order(sightings: Sequence[Sighting]) -> str:
    days = [s.sort_key for s in sorted(sightings, key=lambda s: s.position) if not s.pinned]
    return "newest-first" if all(days) and days == sorted(days, reverse=True) else "none"


# ---------------------------------------------------------------- what is written


def draft_toml(facts: Mapping[str, object], seen: Seen) -> str:
    """The draft of a portal: switched off, unverified, with what was seen as what is expected."""
    host = urlsplit(str(facts["url"])).hostname
    hosts = sorted({h for s in seen.sightings if (h := urlsplit(s.url).hostname) and h != host})
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
    tables = [
        f"\n[{key}]\n" + "\n".join(f"{name} = {_value(fact)}" for name, fact in value.items())
        for key, value in facts.items()
        if isinstance(value, dict) and value
    ]
    return "\n".join([*plain, *tables]) + "\n"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{json.dumps(str(k), ensure_ascii=False)} = {_value(v)}" for k, v in value.items()) + " }"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, (bool, int, float)):
        return str(value).lower()
    return json.dumps(str(value), ensure_ascii=False)


def with_date(trial: Trial, kind: str) -> Trial:
    """The trial with what the operator says of the list's date; UsageError for a word that is none."""
    if kind not in {fact.value for fact in DateKind}:
        raise UsageError(f"不认识的日期含义：{kind}（可用：{'、'.join(fact.value for fact in DateKind)}）")
    toml = re.sub(r"^list_date = .*$", f'list_date = "{kind}"', trial.toml, flags=re.M)
    return replace(trial, list_date=kind, toml=toml)


def write_draft(trial: Trial, config: Config, cases: Path) -> list[Path]:
    """Write the draft TOML and its cases; a portal that exists is never overwritten."""
    if trial.seen is None:
        return []
    path = config.folder / "portals" / f"{trial.id}.toml"
    if path.exists():
        raise UsageError(f"{path} 已经有了：请用 --id 另起代号，或先移开它")
    path.write_text(trial.toml, "utf-8")
    return [path, *record_case(trial.seen, trial.id, cases, trial.toml)]


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
        written.append(case_of_list(owner, _response(seen, by_id[sighting.capture]), by_id[sighting.capture], home))
    for finding in seen.findings:
        if finding.capture in by_id and by_id[finding.capture].id != (sighting.capture if sighting else ""):
            row = next(s for s in seen.sightings if s.row_key == finding.row_key)
            capture = by_id[finding.capture]
            written.append(case_of_detail(owner, _response(seen, capture), capture, row, home))
            break
    if not written:
        raise UsageError(f"没有读到可以存成案例的页面（{'、'.join(seen.looks[0].reasons) or '列表为空'}）")
    return written


def _response(seen: Seen, capture: Capture, *, rendered: bool = False) -> Response:
    status, headers, body = read_exchange(seen.paths.archive, capture.warc, capture.offset)
    request = PageRequest(url=capture.url, method=capture.method, body=capture.request_body.encode(), rendered=rendered)
    return Response(url=capture.url, status=status, body=body, headers=headers, request=request)

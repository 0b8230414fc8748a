"""An unknown column becomes a draft: read two ways, by what its pages are built of and as a person reads it.

What the cheap families make of the page is tried by a walk; so is the citizen's reading, in a browser. A cheap family
is chosen where it reads the same rows; else the citizen's reading is. What reads nothing is no draft, and every family
that was tried says why.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from core.domain.clock import Clock
from core.domain.config import Config
from core.domain.errors import UsageError
from core.domain.look_reasons import LookReason, end_of, faults_of, sentence
from core.domain.models import Capture, Finding, Look, Sighting
from core.domain.web_addresses import hosts_beside
from core.runtime.atomic_write import write_new
from crawler.discovery.detail_templates import detail_options
from crawler.discovery.propose import Proposal, Refusal, Tried, marker_of, sureness, tried_on
from crawler.extract.markup import text_of
from crawler.families.parsing.json_decoding import json_of
from crawler.pages import NotGenuine, Response
from crawler.two_readings import difference
from pipeline.onboard import (
    DRAWN,
    NEVER,
    SAMPLE,
    Answers,
    Seen,
    answered,
    corrected,
    draft_toml,
    look_at,
    record_case,
    response_of,
)
from pipeline.pressed_details import led_rows, place_in_answers, portal_of
from pipeline.unread_details import why_unread

ENOUGH = 0.8  # of the rows compared
TRIES = 3  # proposals of a kind that are tried by a walk
TAKEN = "{} 已经有了：请用 --id 另起代号，或先移开它"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """A proposal with what a walk of the list by it read."""

    proposal: Proposal
    seen: Seen

    @property
    def look(self) -> Look:
        """The walk."""
        return self.seen.looks[0]

    @property
    def worth(self) -> tuple[bool, bool, bool, int]:
        """What the reading is worth: it is one, it gives records, it can prove what is not there, its rows."""
        look = self.look
        records = any(f.numbers or f.name for f in self.seen.findings)
        return look.genuine and look.parsed, records, end_of(look.reasons) is not None or bool(look.floor), look.rows


@dataclass(frozen=True, slots=True)
class Cost:
    """What a walk took that read a list, a sample of details included; `seconds` with the pauses of politeness."""

    family: str
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of an unknown address. `chosen` is None where nothing reads it; `toml` is the draft.

    `costs`: what each reading took. `unread`: why details that were asked for could not be read, in Chinese.
    `compared`: how the second way of reading agrees, in Chinese; `date_said`: how the list's date compares with the
    details' own dates; `refusals`: what each family that was tried could not read. `probe`, `drawn`: the page as it
    came and as a browser drew it, read by nobody.
    """

    look: Look
    proposals: tuple[Proposal, ...]
    refusals: tuple[Refusal, ...] = ()
    chosen: Proposal | None = None
    seen: Seen | None = None
    compared: str = ""
    list_date: str = "unknown"
    date_said: str = ""
    toml: str = ""
    id: str = ""
    costs: tuple[Cost, ...] = ()
    unread: str = ""
    probe: Seen | None = None
    drawn: Seen | None = None


def known_facts(
    portal: str, *, name: str, unit: str | None, kinds: Sequence[str], allow_private: bool
) -> dict[str, object]:
    """What an operator knows of a column before anybody looks; without a unit it is the credit site's."""
    return {
        "id": portal,
        "name": name,
        "channel": "department" if unit else "credit",
        "unit": unit,
        "kinds": list(kinds) or ["licence", "penalty"],
        "allow_private": allow_private,
    }


def try_portal(
    config: Config, url: str, clock: Clock, work: Path, facts: Mapping[str, object], *, twice: bool = True
) -> Trial:
    """Look at an unknown address: which family reads it, what it reads, what its date seems to be.

    `facts` are what the operator knows of the portal (id, name, channel, unit, kinds, allow_private). Without `twice`
    a browser is only used where nothing else reads the page. Raises UsageError for an address that is none.
    """
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise UsageError(f"不是网址：{url}（要以 http:// 或 https:// 开头）")
    bench = _Bench(config, clock, work, {"url": url, "enabled": True, **facts})
    probe = bench.probe()
    plain = bench.tried(probe.captures[-1:], probe)
    cheap = bench.best(plain.proposals, "plain")
    if cheap is not None and _stands(cheap) and not twice:
        return _trial(bench, cheap, plain.proposals, plain.refusals, "没有用浏览器另读一遍核对（--plain）")
    drawn = bench.probe(drawn=True)
    asked = bench.tried(drawn.captures, drawn, drawn=True)
    if cheap is None or not _stands(cheap):
        cheap = bench.best([p for p in asked.proposals if p.family not in DRAWN], "asked") or cheap
    citizen = bench.best([p for p in asked.proposals if p.family in DRAWN], "citizen")
    cheap = bench.with_details(cheap, citizen)
    chosen, said, check = _choose(cheap, citizen, drawn.looks[0])
    found = [*plain.proposals, *(p for p in asked.proposals if p not in plain.proposals)]
    refusals = (*plain.refusals, *asked.refusals, *bench.refusals)
    if chosen is None:
        blocked = drawn.looks[0] if _was_refused(probe.looks[0]) else probe.looks[0]
        failed = next((w.look for w in (citizen, cheap) if w is not None), blocked)
        unread = next((text for w in (citizen, cheap) if w is not None and (text := why_unread(w.seen))), "")
        return Trial(look=failed, proposals=(), refusals=refusals, unread=unread, probe=probe, drawn=drawn)
    return replace(_trial(bench, chosen, found, refusals, said, check=check), probe=probe, drawn=drawn)


def _was_refused(look: Look) -> bool:
    """Whether a look that was not meant to read anything met nothing worse than that."""
    return set(look.reasons) <= {LookReason.MARKER_MISSING, LookReason.LIST_MISSING, LookReason.BLANK_SKELETON}


def _stands(walked: Walked) -> bool:
    """Whether a walk read the list, and records of its kind off the details."""
    genuine, records, *_ = walked.worth
    return genuine and records


def _choose(cheap: Walked | None, citizen: Walked | None, drawn: Look) -> tuple[Walked | None, str, Proposal | None]:
    """The reading that the draft uses, how the other compares, in Chinese, and the citizen's where it agreed."""
    readable = [w for w in (cheap, citizen) if w is not None and _stands(w)]
    if not readable:
        return None, "", None
    if len(readable) == 1:
        (only,) = readable
        other = citizen if only is cheap else cheap
        why = (_why(other) if other else _faults(drawn)) if only is cheap else "不用浏览器的家族都没有读成"
        return (
            only,
            f"只有一种读取方式读成了（{why}），没有第二种来核对，请逐条对照网页"
            if only is citizen
            else f"用浏览器另读一遍没有读成（{why}），没有第二种读取方式核对",
            None,
        )
    assert cheap is not None and citizen is not None
    differs = difference(cheap.seen.sightings, citizen.seen.sightings) or less(cheap, citizen)
    if not differs:
        check = citizen.proposal if citizen.proposal.family == "citizen" else None
        return cheap, f"用浏览器另读一遍：列出 {citizen.look.rows} 条，与草案读到的相同", check
    better = citizen if citizen.worth >= cheap.worth else cheap
    return (
        better,
        f"两次读到的不同（{differs}），采用{'浏览器读到的' if better is citizen else '读到多的一种'}，请对照网页",
        None,
    )


def less(cheap: Walked, citizen: Walked) -> str:
    """What a cheap reading of the same rows lacks that the browser's has, in Chinese: an end, or what records say."""
    if end_of(citizen.look.reasons) is not None and end_of(cheap.look.reasons) is None:
        return "一种不能确认列表到哪里为止，浏览器里能"
    some, all_ = (sum(map(_facts, walked.seen.findings)) for walked in (cheap, citizen))
    return f"一种从详情读出 {some} 项，浏览器里 {all_} 项" if some < all_ * ENOUGH else ""


def _facts(finding: Finding) -> int:
    """How many things a record says."""
    said = (finding.numbers, finding.name, finding.decided_on, finding.unit, finding.stated)
    return sum(map(bool, said)) + len(finding.fields)


def _why(walked: Walked) -> str:
    """Why a walk is no reading of the list, or of its details."""
    unread = why_unread(walked.seen)
    return (
        _faults(walked.look) if not unread else "、".join(filter(None, (_said(walked.look), f"详情没有读到：{unread}")))
    )


def _faults(look: Look) -> str:
    return _said(look) or "没有读出记录"


def _said(look: Look) -> str:
    return "、".join(sentence(r) for r in faults_of(look.reasons) if r != LookReason.DETAIL_UNREAD)


def _trial(
    bench: "_Bench",
    chosen: Walked,
    found: Iterable[Proposal],
    refusals: tuple[Refusal, ...],
    compared: str,
    check: Proposal | None = None,
) -> Trial:
    """The draft by what was chosen; `check`: the citizen's reading, which agreed and comes back as its check."""
    seen, proposal = chosen.seen, chosen.proposal
    base = bench.base | facts_of(proposal, bench.base)
    list_date, date_said = date_kind(seen.findings, seen.sightings)
    facts = base | {
        "name": bench.name_of(str(base["name"])),
        "list_date": list_date,
        "order": _order(seen.sightings),
        "options": proposal.options,
    }
    if check is not None:
        facts["citizen"] = {"marker": check.marker, **check.options}
    return Trial(
        look=chosen.look,
        proposals=(proposal, *(p for p in found if p is not proposal)),
        refusals=refusals,
        chosen=proposal,
        seen=seen,
        compared=compared,
        list_date=list_date,
        date_said=date_said,
        toml=draft_toml(facts, seen),
        id=str(base["id"]),
        costs=tuple(bench.costs),
        unread=why_unread(seen),
    )


class _Bench:
    """One address on the bench. `base`: what is known of the portal; `work`: an empty folder."""

    def __init__(self, config: Config, clock: Clock, work: Path, base: dict[str, object]) -> None:
        self.config, self.clock, self.work, self.base = config, clock, work, base
        self.refusals: list[Refusal] = []
        self.costs: list[Cost] = []
        self._named = bool(base.get("name"))

    def name_of(self, column: str) -> str:
        """The portal's name: as the operator gave it, else the unit's shortest and the column's (市监局 双公示)."""
        if self._named or not self.base.get("unit"):
            return column
        unit = self.config.unit(str(self.base["unit"]))
        known = (*unit.aliases, unit.name)
        return column if any(name in column for name in known) else f"{min(known, key=len)} {column}"

    def probe(self, *, drawn: bool = False) -> Seen:
        """The page as it comes, or as a browser draws it; read by nobody yet."""
        facts = self.base | {"family": "cmsweb", "marker": "？", "name": self.base.get("name") or "试看"}
        if drawn:
            facts |= {"family": "citizen", "rendered": True, "options": {"container": "body", "items": NEVER}}
        seen = look_at(self.config, facts, self.clock, self.work / ("drawn" if drawn else "probe"), details=0)
        if drawn and not self.base.get("name") and seen.captures:  # an interface's answer has no such words
            self.base["name"] = marker_of(response_of(seen, seen.captures[-1]))
        return seen

    def tried(self, captures: Sequence[Capture], seen: Seen, *, drawn: bool = False) -> Tried:
        """What the families make of pages; of a drawn one (the last), and of what its scripts asked for."""
        found: list[Proposal] = []
        refused: list[Refusal] = []
        for capture in captures:
            shown = drawn and capture is captures[-1]
            response = response_of(seen, capture, rendered=shown)
            if response.status != 200 or (drawn and not shown and not _is_json(response)):
                continue
            tried = tried_on(response, {"name": "试看", **self.base, "rendered": shown})
            found += [p for p in tried.proposals if p not in found and (not shown or p.family in DRAWN)]
            refused += [r for r in tried.refusals if r not in refused]
        citizen = [p for p in found if p.family == "citizen"]  # in the order in which they were found likely
        others = sorted((p for p in found if p.family != "citizen"), key=sureness, reverse=True)
        return Tried(proposals=(*others, *citizen) if not drawn else (*citizen, *others), refusals=tuple(refused))

    def best(self, proposals: Iterable[Proposal], name: str) -> Walked | None:
        """The proposal by which a walk reads most, the first of equals; None where there is none."""
        best: Walked | None = None
        for number, proposal in enumerate(list(proposals)[:TRIES]):
            facts = {**self.base, **facts_of(proposal, self.base), "options": proposal.options}
            seen = look_at(self.config, facts, self.clock, self.work / f"{name}{number}", details=SAMPLE)
            walked = Walked(proposal=proposal, seen=seen)
            if _stands(walked):
                self.costs.append(Cost(proposal.family, walked.look.requests, walked.look.seconds))
            else:
                self.refusals.append(Refusal(family=proposal.family, why=_why(walked)))
            if best is None or walked.worth[:3] > best.worth[:3]:
                best = walked
            if all(best.worth[:3]):
                break
        return best

    def with_details(self, cheap: Walked | None, citizen: Walked | None) -> Walked | None:
        """A JSON list whose details nobody has named, walked with those that a person's presses led to."""
        if cheap is None or citizen is None or cheap.proposal.family != "json-api":
            return cheap
        if cheap.proposal.options.get("detail") != "none" or difference(cheap.seen.sightings, citizen.seen.sightings):
            return cheap
        options = detail_options(
            portal_of(cheap.seen), cheap.proposal.options, led_rows(cheap.seen, cheap.proposal.options, citizen.seen)
        )
        if options is None:
            return cheap
        record = place_in_answers(citizen.seen)
        more = {"detail_record": record} if record else {}
        why = f"{cheap.proposal.why.partition('（')[0]}，详情的地址由浏览器里点开的推出"
        derived = replace(cheap.proposal, options={**options, **more}, why=why)
        return self.best([derived], "detailed") or cheap


def bare_draft(facts: Mapping[str, object], page: Response | None) -> str:
    """The draft of a column that nothing reads: a person has to say first how its list is read."""
    marker = marker_of(page) if page is not None else ""
    name = facts.get("name") or marker or "未命名栏目"
    note = "自动没有读成，由人在网页上指出怎样读：请逐项核对"
    told = {"name": name, "marker": marker, "family": "html-list", "verified": False, "enabled": False, "note": note}
    return corrected("", {**facts, **told})


def facts_of(chosen: Proposal, base: Mapping[str, object]) -> dict[str, object]:
    """What a proposal says of the portal beside its options."""
    words = "" if chosen.marker.isascii() else chosen.marker  # an interface's marker is a member's name
    name = base.get("name") or words or "未命名栏目"
    drawn = {"rendered": True} if chosen.family in DRAWN else {}
    elsewhere = {"hosts": [host]} if (host := _other_host(chosen, str(base["url"]))) else {}
    return {"name": name, "marker": chosen.marker, "family": chosen.family, **elsewhere, **drawn}


def _other_host(chosen: Proposal, url: str) -> str:
    """The one other host on which most rows' details stand; "" for none."""
    rows = chosen.page.rows
    hosts = Counter(hosts_beside(url, (row.url for row in rows)))
    host, count = hosts.most_common(1)[0] if hosts else ("", 0)
    return host if count > len(rows) / 2 else ""


def _is_json(response: Response) -> bool:
    try:
        json_of(text_of(response))
    except NotGenuine:
        return False
    return True


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


def with_answers(trial: Trial, answers: Answers) -> Trial:
    """The trial with what a person said of the column; UsageError for a word that is none."""
    return replace(trial, list_date=answers.list_date, toml=answered(trial.toml, answers))


def looked_again(trial: Trial, config: Config, clock: Clock, work: Path) -> Trial:
    """The trial with a look by its draft as it was signed: a signature changes what a look proves."""
    seen = look_at(config, tomllib.loads(trial.toml), clock, work / "signed", details=SAMPLE)
    return replace(trial, seen=seen, look=seen.looks[0])


def may_be_one_page(look: Look) -> bool:
    """Whether a signature that the column is one page would say what nothing on the page says, nor gainsays."""
    told = {reason.partition(":")[0] for reason in look.reasons}
    unproved = LookReason.NO_END_SIGN in told and LookReason.MORE_SEEN not in told
    return look.genuine and look.parsed and look.pages == 1 and unproved


def new_file(config: Config, portal: str) -> Path:
    """Where the draft of a portal is written; UsageError where there is one: none is ever overwritten."""
    path = config.folder / "portals" / f"{portal}.toml"
    if path.exists():
        raise UsageError(TAKEN.format(path))
    return path


def write_toml(config: Config, portal: str, toml: str) -> Path:
    """Write a portal's TOML where none stands; UsageError, and nothing is written, where one does."""
    path = new_file(config, portal)
    path.parent.mkdir(exist_ok=True)
    try:
        write_new(path, toml)
    except FileExistsError:  # since it was asked for
        raise UsageError(TAKEN.format(path)) from None
    return path


def write_draft(trial: Trial, config: Config, cases: Path) -> list[Path]:
    """Write the draft TOML and its cases; a portal that exists is never overwritten."""
    if trial.seen is None:
        return []
    path = write_toml(config, trial.id, trial.toml)
    return [path, *record_case(trial.seen, trial.id, cases, trial.toml)]

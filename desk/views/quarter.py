"""The quarter: what is due, what it lacks, the freeze, the distribution set, differences after the freeze."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from core.domain.models import FreezeProposal
from core.domain.periods import before, parse_period, period_of
from core.runtime.version import code_version
from core.storage.session import Session
from desk.access import Asked
from desk.as_it_stands import reckoned
from desk.failures import told
from desk.frozen import frozen_of
from desk.kept import status_of
from desk.log import note
from desk.roles import Right
from desk.site import current
from desk.words import person_of
from pipeline import publish as publishing
from pipeline.newest import evaluation_at, newest_night
from pipeline.open_matters import open_matters_of
from pipeline.quarter import calendar_of, quarter_in_question
from reporting import wording
from review import freeze as freezing
from review.freeze import Difference, as_frozen, counted_as_read, differences, score_differences

BACK = 6  # quarters that can be looked at
MANIFEST = "清单.json"
NOT_YET = "各单位还没有汇总完，过几秒刷新"


def shown(request: Asked) -> HttpResponse:
    """One quarter; by default the one in question."""
    return _page(request, request.GET.get("period", ""))


def _page(request: Asked, name: str, error: UsageError | None = None) -> HttpResponse:
    desk = current()
    with desk.session() as session:
        period = parse_period(name) if name else quarter_in_question(session)
        if period.interim:
            raise UsageError("只有季度有日程，例如 2026Q3")
        now = session.now()
        district = reckoned(desk).listed(session, period.name, "now")
        at_now, evaluation, open_ = session.at(now), district.evaluation, district.matters.tallies
        steps = () if district.unknown else calendar_of(at_now, evaluation, open_)
        hindered = freezing.Hindrances((NOT_YET,), ())
        if not district.unknown:
            hindered = freezing.hindrances(at_now, period, evaluation, open_)
        known = frozen_of(session, period.name)
        proposal = next(iter(session.proposals.open(period.name)), None)
        counted, every = counted_as_read(session, evaluation), request.GET.get("items") == "1"
        changed = score_differences(known.scores, counted.scores) if known and not district.unknown else []
        if known and every:
            changed = _differences(session, period.name)
        quarters = _quarters(session)
    frozen = known.result if known else None
    names = {unit.slug: unit.name for unit in desk.config.units}
    grades: dict[str, list[str]] = {}
    for score in known.scores if known else evaluation.scores:
        grades.setdefault(wording.grade(score), []).append(names.get(score.unit, score.unit))
    return render(
        request,
        "desk/quarter.html.j2",
        {
            "period": period.name,
            "lag": district.lag,
            "quarters": quarters,
            "steps": steps,
            "today": now.date(),
            "hindered": hindered,
            "frozen": frozen,
            "frozen_at": wording.minute(frozen.at) if frozen else "",
            "proposal": proposal,
            "proposed_at": wording.minute(proposal.at) if proposal else "",
            "grades": sorted(grades.items()),
            "every": every,
            "changes": [(names.get(d.unit, d.unit), d.what) for d in changed],
            "may_freeze": request.user.may(Right.FREEZE),
            "set": made(period.name, frozen.version) if frozen else None,
            "wrong": str(error or ""),
            "typed": {field: request.POST.get(field, "") for field in ("over", "correct")},
        },
        status=status_of(error) if error else 200,
    )


def _differences(session: Session, quarter: str) -> list[Difference]:
    """With what changes in single items: all of the quarter is read, then and now."""
    frozen = session.frozen.newest(quarter)
    now = counted_as_read(session, evaluation_at(session, quarter, session.now()))
    return differences(as_frozen(frozen), now) if frozen else []


def _quarters(session: Session) -> list[str]:
    """The quarters that can be looked at, the newest first."""
    newest, first = period_of(session.now().date()), session.runs.first_day()
    listed = [newest, *(period_of(before(newest, back)) for back in range(1, BACK))]
    return [quarter.name for quarter in listed if first is None or quarter.last >= first]


def freeze(request: Asked) -> HttpResponse:
    """Freeze the quarter, or propose to; what stands in the way is said on the page, what was typed is kept."""
    desk, name = current(), request.POST.get("period", "")
    try:
        period, person = parse_period(name), person_of(desk.config, request.user)
        if request.POST.get("sure") != "1":
            raise UsageError("请勾选“我已看过上面的结果”再冻结")
        with desk.session() as session:
            session = session.at(session.now())
            evaluation = evaluation_at(session, period.name, session.now())
            result = freezing.freeze(
                session, evaluation, period, person, matters=open_matters_of(session, evaluation),
                code=code_version(), why=request.POST.get("correct", ""), over=request.POST.get("over", ""),
            )  # fmt: skip
    except UsageError as error:
        return _page(request, name, error)
    reckoned(desk).heard()
    proposed = isinstance(result, FreezeProposal)
    note(request, "proposed" if proposed else "froze", period.name, f"第 {result.version} 版")
    return redirect(f"/quarter?period={period.name}")


# ---------------------------------------------------------------- the distribution set


@dataclass
class Set:
    """A distribution set that is made or being made. `files`: once the manifest is there; `failed`: why not."""

    folder: Path
    doing: str = ""
    failed: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_making(self) -> bool:
        """Whether it is being written now."""
        return self._lock.locked()

    @property
    def files(self) -> list[str]:
        """What it holds, each as `folder/name`; [] until it is whole."""
        if self.is_making or not (self.folder / MANIFEST).is_file():
            return []
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


_sets: dict[Path, Set] = {}


def made(period: str, version: int) -> Set:
    """The set of a frozen quarter's version."""
    folder = current().paths.root / "distribution" / f"{period}-第{version}版"
    return _sets.setdefault(folder, Set(folder))


def publish(request: Asked) -> HttpResponse:
    """Begin to write the set; it goes on behind the page."""
    desk, period = current(), parse_period(request.POST.get("period", ""))
    with desk.session() as session:
        frozen = session.frozen.newest(period.name)
    if frozen is None:
        raise UsageError(f"{period.name} 还没有冻结，不能分发")
    wanted = made(period.name, frozen.version)
    if wanted._lock.acquire(blocking=False):
        wanted.doing, wanted.failed = "开始", ""
        note(request, "published", period.name, f"第 {frozen.version} 版")
        threading.Thread(target=_write, args=(wanted, period.name), daemon=True).start()
    return redirect(f"/quarter?period={period.name}")


def _write(wanted: Set, period: str) -> None:
    try:
        with current().session() as session:

            def say(text: str) -> None:
                wanted.doing = text

            publishing.publish(session.at(newest_night(session)), parse_period(period), wanted.folder, say)
    except Exception as error:  # the thread's end: the page says what came of it
        _, wanted.failed = told(error)
    finally:
        wanted.doing = ""
        wanted._lock.release()


def file(request: Asked) -> FileResponse:
    """One file of a set, by its place in it."""
    desk, period = current(), parse_period(request.GET.get("period", ""))
    with desk.session() as session:
        frozen = session.frozen.newest(period.name)
    files = made(period.name, frozen.version) if frozen else None
    name = request.GET.get("name", "")
    if files is None or name not in files.files:
        raise Http404("没有这个文件")
    note(request, "saw", period.name, name)
    return FileResponse((files.folder / name).open("rb"), as_attachment=True, filename=Path(name).name)

"""Unknown columns looked at for the desk, one at a time, and what people say of them until one is taken.

A look takes minutes: it is made by a process of its own (`pipeline.trial_process`, the command's own use case), which a
thread of the desk waits for. What is asked, read and said stands in a folder a try; nothing of the district rests on
it. A desk that is killed leaves a try that was not finished, and takes the process with it.
"""

import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from core.domain.clock import Clock
from core.domain.config import Config, Portal
from core.domain.config_model import Slug
from core.domain.errors import UsageError
from core.domain.origins import Origin
from core.domain.web_addresses import parts_of
from core.runtime.atomic_write import write_whole
from core.runtime.paths import ROOT, Paths
from core.runtime.processes import is_running
from crawler.fetching.guard import RequestRefused, origin_of, origins_of
from pipeline.onboard import Answers, answered, corrected
from pipeline.portal_questions import heard
from pipeline.portal_switch import faults_of
from pipeline.portal_trial import known_facts, write_toml
from pipeline.trial_process import JOB, READING, SAID, WORK, Job
from pipeline.trial_reading import Reading
from pipeline.try_pages import kept_pages

LIMIT = 20 * 60.0  # seconds a look may take
KEPT = 30 * 86_400  # seconds that a try which nobody took is kept
_READ_BY = ("family", "url", "marker", "order", "rendered", "hosts", "kinds", "unit", "expect", "options", "one_page")
CORRECTED = frozenset(
    {"name", "marker", "unit", "kinds", "family", "order", "rendered", "hosts", "expect", "citizen", "options"}
)
MARKER = "栏目标志文字"  # what is pointed at for the whole page
RESERVED = frozenset({"new"})  # what a page of the desk is called
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Who asked for a try, and when."""

    url: str
    portal: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What people made of a reading: the draft unsigned, as corrected, and what the last of them answers for."""

    base: str
    answers: Answers
    by: str

    @property
    def toml(self) -> str:
        """The TOML that would be written."""
        return answered(self.base, self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """What was pointed at on the page since the draft `base` was said: facts as they would be (None: taken away), and
    in words what was taken for what. It stands in the form, and counts for nothing until somebody says it.
    """

    base: str
    changes: dict[str, object]
    said: tuple[tuple[str, str], ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A try as it stands. `state`: looking, failed (`why`), read (`why`: what became of a look by the corrected draft
    that was not finished) or written (`why`: as which file).
    """

    number: str
    begun: Begun
    state: str
    why: str = ""
    reading: Reading | None = None
    draft: Draft | None = None
    pointed: Pointed | None = None
    pages: tuple[str, ...] = ()  # kinds that can be pointed at, the likelier first
    seconds: float = 0.0  # since the look began

    @property
    def seen_so(self) -> bool:
        """Whether what was read was read by the draft as it now is."""
        if self.reading is None or self.reading.failed or self.draft is None:
            return False
        return _same(self.reading.toml, self.draft.toml)

    @property
    def stands(self) -> str:
        """The draft as it stands, unsigned: as people corrected it, else as it was read; "" where there is none."""
        return self.draft.base if self.draft else self.reading.toml if self.reading else ""


def _same(one: str, other: str, *, but: str = "") -> bool:
    """Whether two drafts read alike."""
    left, right = tomllib.loads(one), tomllib.loads(other)
    return all(left.get(name) == right.get(name) for name in _READ_BY if name != but)


_BEGUN, _DRAFT, _TEXT = TypeAdapter(Begun), TypeAdapter(Draft), TypeAdapter(str)
_POINTED = TypeAdapter(Pointed)


def may_be_private(config: Config, url: str) -> bool:
    """Whether the district's own files already name the host and port of `url` for a portal inside: only then is a
    private address looked at for the desk.
    """
    try:
        named = origin_of(url)
    except RequestRefused:
        return False
    return named in _inside(config)


def _inside(config: Config) -> frozenset[Origin]:
    return frozenset(origin for portal in config.portals if portal.allow_private for origin in origins_of(portal))


@dataclass
class _Running:
    number: str
    since: float
    process: "subprocess.Popen[bytes] | None" = None


class Tries:
    """The tries of one data folder."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self._lock = threading.Lock()
        self._running: _Running | None = None
        for work in paths.portal_tries.glob(f"*/{WORK}*"):
            if not is_running(work.name.removeprefix(WORK)):  # its desk was killed
                shutil.rmtree(work, ignore_errors=True)

    def listed(self) -> list[Kept]:
        """Those that are kept, the newest first."""
        folders = sorted(self.paths.portal_tries.glob("*/begun.json"), key=lambda path: path.stat().st_mtime)
        return [kept for path in reversed(folders) if (kept := self.kept(path.parent.name)) is not None]

    def kept(self, number: str) -> Kept | None:
        """One of them as it stands; None where there is none."""
        folder = self.folder(number)
        begun = _read(folder / "begun.json", _BEGUN)
        if begun is None:
            return None
        running = self._running
        reading, draft = _read(folder / "reading.json", READING), _read(folder / "draft.json", _DRAFT)
        known = Kept(number=number, begun=begun, state="read", reading=reading, draft=draft, pages=kept_pages(folder))
        pointed = _read(folder / "pointed.json", _POINTED)
        if pointed is not None and pointed.base == known.stands:  # else the draft has been said otherwise since
            known = replace(known, pointed=pointed)
        if running is not None and running.number == number:
            return replace(known, state="looking", seconds=time.monotonic() - running.since)
        if (where := _read(folder / "written.json", _TEXT)) is not None:
            return replace(known, state="written", why=where)
        why = _read(folder / "failed.json", _TEXT) or ("没有看完（工作台停过）" if _was_left(folder) else "")
        if reading is None or reading.failed:
            return replace(known, state="failed", why=why or (reading.failed if reading else "没有看完（工作台停过）"))
        return replace(known, why=why)

    def begin(
        self,
        config: Config,
        clock: Clock,
        by: str,
        *,
        url: str,
        portal: str,
        name: str,
        unit: str | None,
        kinds: tuple[str, ...],
    ) -> str:
        """Begin to look at an address; the try's number. UsageError for an id that is none or is taken, an address that
        is none, or while another try is under way.
        """
        if portal in RESERVED or not _is_slug(portal):
            raise UsageError("代号用小写字母、数字、短横，以字母或数字开头（至多 64 个字）；new 不能用")
        if (
            any(known.id == portal for known in config.portals)
            or (config.folder / "portals" / f"{portal}.toml").exists()
        ):
            raise UsageError(f"代号 {portal} 已经有了：请另起一个")
        if parts_of(url).scheme not in {"http", "https"} or not parts_of(url).hostname:
            raise UsageError(f"不是网址：{url}（要以 http:// 或 https:// 开头）")
        self._clear()
        facts = known_facts(portal, name=name, unit=unit, kinds=kinds, allow_private=may_be_private(config, url))
        number = f"{portal[:40]}-{secrets.token_hex(4)}"
        folder = self.folder(number)
        folder.mkdir(parents=True, mode=0o700)
        begun = Begun(url=url, portal=portal, by=by, at=clock.now())
        write_whole(folder / "begun.json", _BEGUN.dump_json(begun))
        try:
            self._look(folder, config, clock, {"url": url, **facts})
        except UsageError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return number

    def say(
        self,
        number: str,
        config: Config,
        clock: Clock,
        by: str,
        changes: Mapping[str, object],
        answers: Answers,
    ) -> str:
        """Take what a person corrects and answers; where that changes what is read, look again. What was left out of
        it, in Chinese. UsageError, and nothing is kept, for what is no lawful portal.
        """
        kept = self._named(number, "read", "failed")
        if kept.reading is None or not kept.reading.toml:
            raise UsageError("没有读到可以改的：请另试一次")
        changed = {name: value for name, value in changes.items() if name in CORRECTED}
        base = corrected(kept.stands, changed)
        answers, left_out = heard(answers, one_page=kept.reading.one_page)
        if answers.verified_by and (kept.reading.failed or not _same(kept.reading.toml, base, but="one_page")):
            answers = replace(answers, verified_by="")
            left_out += "改了怎样读的项：先看按改过的草案读到什么，再签核对。"
        draft = Draft(base=base, answers=answers, by=by)
        self._check(config, kept.begun.portal, draft.toml)
        folder = self.folder(number)
        if kept.reading.failed or not _same(kept.reading.toml, draft.toml):
            facts: dict[str, object] = {"id": kept.begun.portal, "url": kept.begun.url}
            self._look(folder, config, clock, facts, toml=draft.toml, draft=draft)
        else:
            write_whole(folder / "draft.json", _DRAFT.dump_json(draft))
        self.unpoint(number)
        return left_out

    def point(self, number: str, by: str, changes: Mapping[str, object], word: str, css: str) -> None:
        """Keep what something on the page was taken for, for the form: nothing is read by it yet."""
        kept = self._named(number, "read", "failed")
        before = kept.pointed
        said = tuple(each for each in (before.said if before else ()) if each[0] != word)
        if "family" in changes:  # another list: what was pointed at inside its rows was another list's
            said = tuple(each for each in said if each[0] == MARKER)
        pointed = Pointed(
            base=kept.stands,
            changes={**(before.changes if before else {}), **changes},
            said=(*said, (word, css)),
            by=by,
        )
        write_whole(self.folder(number) / "pointed.json", _POINTED.dump_json(pointed))

    def unpoint(self, number: str) -> None:
        """Forget what was pointed at."""
        (self.folder(number) / "pointed.json").unlink(missing_ok=True)

    def write(self, number: str, config: Config, shown: str) -> Path:
        """Write the TOML as it was shown; UsageError where it changed since, was not seen so, or the id is taken."""
        kept = self._named(number, "read")
        draft = kept.draft
        if draft is None or draft.toml != shown:
            raise UsageError("草案刚刚改过，没有写入：请再看一遍")
        if not kept.seen_so:
            raise UsageError("还没有按改过的草案看过，没有写入：请先看一遍")
        self._check(config, kept.begun.portal, draft.toml)
        if (config.folder / "portals" / f"{kept.begun.portal}.toml").exists():
            raise UsageError(f"代号 {kept.begun.portal} 已经有了栏目文件，没有写入：请另起代号再试看一次")
        path = write_toml(config, kept.begun.portal, draft.toml)
        folder = self.folder(number)
        case = folder / "cases" / kept.begun.portal / "portal.toml"
        if case.exists():
            write_whole(case, draft.toml)
        write_whole(folder / "written.json", _TEXT.dump_json(path.name))
        return path

    def cancel(self, number: str) -> None:
        """End a look that is under way, with all that it started; nothing happens to one that is not."""
        with self._lock:
            running = self._running
        if running is not None and running.number == number:
            _fail(self.folder(number), "已取消")
            if running.process is not None:
                running.process.kill()
                running.process.wait()

    def drop(self, number: str) -> None:
        """Forget a try, which must not be under way."""
        if (kept := self.kept(number)) is not None and kept.state != "looking":
            shutil.rmtree(self.folder(number), ignore_errors=True)

    def _named(self, number: str, *states: str) -> Kept:
        kept = self.kept(number)
        if kept is None or kept.state not in states:
            raise UsageError("这次试看已经不在这一步了：请再看一遍")
        return kept

    def folder(self, number: str) -> Path:
        """The folder of a try; a number is no path."""
        if not number or not all(c.isascii() and (c.isalnum() or c == "-") for c in number):
            raise UsageError("没有这次试看")
        return self.paths.portal_tries / number

    def _check(self, config: Config, portal: str, toml: str) -> None:
        """UsageError for a draft that is no lawful portal, or that would ask hosts inside which nobody named."""
        if faults := faults_of(config.folder, portal, toml):
            raise UsageError(f"草案有误：{'；'.join(faults)}")
        drafted = Portal.model_validate(tomllib.loads(toml))
        if drafted.allow_private and (beyond := origins_of(drafted) - _inside(config)):
            hosts = "、".join(f"{host}:{port}" for host, port in sorted(beyond))
            raise UsageError(f"hosts 里有本区配置没有写明的主机：{hosts}；内网栏目只能加已经写明的")

    def _look(
        self,
        folder: Path,
        config: Config,
        clock: Clock,
        facts: Mapping[str, object],
        *,
        toml: str = "",
        draft: Draft | None = None,
    ) -> None:
        """Start the process, and the thread that waits for it; UsageError while another one runs."""
        base = clock.now() if clock.base is not None else None
        job = Job(district=config.folder, data=self.paths.root, facts=dict(facts), toml=toml, base=base)  # type: ignore[arg-type]
        with self._lock:
            if self._running is not None:
                raise UsageError("另一个栏目正在试看：请等它看完，或取消它")
            if draft is not None:
                write_whole(folder / "draft.json", _DRAFT.dump_json(draft))
            (folder / "failed.json").unlink(missing_ok=True)
            write_whole(folder / "asked.json", JOB.dump_json(job))
            running, started = _Running(folder.name, time.monotonic()), threading.Event()
            threading.Thread(target=self._wait, args=(folder, running, started), daemon=True).start()
            self._running = running
        started.wait()  # so that it can be cancelled from now on

    def _wait(self, folder: Path, running: _Running, started: threading.Event) -> None:
        """Start the process and wait for its end: it is killed with the thread that started it."""
        try:
            _run(folder, running, started)
        except OSError as error:
            _fail(folder, f"试看的进程没有开始：{error.strerror}")
        finally:
            started.set()
            with suppress(OSError):
                (folder / "asked.json").unlink(missing_ok=True)
            for work in folder.glob(f"{WORK}*"):
                shutil.rmtree(work, ignore_errors=True)
            with self._lock:
                self._running = None

    def _clear(self) -> None:
        """Forget what nobody took in a month."""
        for path in self.paths.portal_tries.glob("*/begun.json"):
            if time.time() - path.stat().st_mtime > KEPT:
                self.drop(path.parent.name)


def _run(folder: Path, running: _Running, started: threading.Event) -> None:
    said = folder / SAID
    with said.open("wb") as out:
        process = running.process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.trial_process", str(folder), str(os.getpid())],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=out,
        )  # fmt: skip
    started.set()
    try:
        process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        _fail(folder, "看了二十分钟还没有看完，已停下")
        process.kill()
        process.wait()
    if process.returncode != 0:
        _fail(folder, f"试看的进程没有做完（退出码 {process.returncode}）：请把 {said} 交给维护程序的人")


def _was_left(folder: Path) -> bool:
    """Whether a look was asked for and its end not noted: the desk was stopped meanwhile."""
    return (folder / "asked.json").exists()


def _is_slug(text: str) -> bool:
    try:
        TypeAdapter(Slug).validate_python(text)
    except ValidationError:
        return False
    return True


def _read(path: Path, kind: "TypeAdapter[T]") -> T | None:
    """What a file of ours holds; None where there is none, or a killed writer of another version left it."""
    try:
        return kind.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _fail(folder: Path, why: str) -> None:
    """Say why a look came to nothing, unless it has been said."""
    if not (folder / "failed.json").exists():
        with suppress(OSError):
            write_whole(folder / "failed.json", _TEXT.dump_json(why))

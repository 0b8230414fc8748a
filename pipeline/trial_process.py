"""`python -m pipeline.trial_process FOLDER CALLER`: one look at an unknown column, in a process of its own.

What is asked stands in the folder's `asked.json`, what came of it is written beside it as `reading.json`, or why
nothing did as `failed.json`; cases below `cases/`. Pages of strangers are read here: whoever started it can end it at
any moment and goes on, and it ends with its caller. It works in a folder of its own, which goes with it.
"""

import shutil
import sys
import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from os import getpid
from pathlib import Path

from pydantic import TypeAdapter

from core.documents.child import end_with_caller
from core.domain.clock import Clock
from core.domain.config import load
from core.domain.errors import ChengxinError
from core.domain.text import loggable
from core.runtime.atomic_write import write_whole
from core.runtime.failures import LOG, explain
from core.runtime.owner_only import keep_to_owner
from core.runtime.paths import Paths
from crawler.pages import NotGenuine, Unparsed
from pipeline.onboard import SAMPLE, Seen, look_at, record_case, record_look
from pipeline.portal_trial import bare_draft, date_kind, try_portal
from pipeline.trial_reading import Reading, reading_of, seen_again
from pipeline.trial_words import Face
from pipeline.try_pages import keep_page, kept_pages, kept_response

WORK = "work-"  # and the process's number: the folder that goes with it
SAID = "said.txt"  # what the process says, where something fails
BY_HAND = "怎样读是由人指出的，没有第二种读取方式来核对，请逐条对照网页"
FACE = Face(
    private="内网网站只看本区配置里已经写明的：由管配置的人先用 chengxin portal try --allow-private 接入，再在这里看",
    again="过一会儿再试看一次",
    otherwise="请核对网址是不是列表的第一页；是的，看下面每种读取方式没有读成的原因",
    mend="下一步：对照网页看缺了什么，再在下面改；补不上也可以写入，只是照上面所说证明不了“没有”",
    sign="；亲眼看过确实只有一页的，在下面签注，一见到更多的迹象，签注作废",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One look. `facts`: what is known of the column before; `toml`: the draft by which it is looked at again, "" for
    the first time. `base`: a simulated district's time.
    """

    district: Path
    data: Path
    facts: dict[str, str | bool | list[str] | None]
    toml: str = ""
    base: datetime | None = None


JOB = TypeAdapter(Job)
READING = TypeAdapter(Reading)


def look(folder: Path) -> None:
    """Do what `folder` asks."""
    job = JOB.validate_json((folder / "asked.json").read_bytes())
    LOG.paths = Paths(job.data)
    work = folder / f"{WORK}{getpid()}"
    try:
        reading = _looked(job, folder, work)
    except (ChengxinError, OSError) as error:
        words = explain(error)[0]
        for log in sorted(work.rglob("logs/*.log")):  # what a crawl said goes with its folder
            sys.stderr.write(loggable(log.read_text("utf-8", "replace")))
            words = words.replace(str(log), str(folder / SAID))
        write_whole(folder / "failed.json", TypeAdapter(str).dump_json(words))
    else:
        write_whole(folder / "reading.json", READING.dump_json(reading))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _looked(job: Job, folder: Path, work: Path) -> Reading:
    config, clock = load(job.district), Clock(base=job.base)
    if job.toml:
        before = READING.validate_json((folder / "reading.json").read_bytes())
        seen = look_at(config, tomllib.loads(job.toml), clock, work, details=SAMPLE)
        if before.failed:  # nothing has been read of it until now
            list_date, date_said = date_kind(seen.findings, seen.sightings)
            before = replace(before, list_date=list_date, date_said=date_said, compared=BY_HAND)
        return _with_cases(seen_again(before, seen, FACE, toml=job.toml), seen, job, folder)
    url = str(job.facts["url"])
    trial = try_portal(config, url, clock, work, {k: v for k, v in job.facts.items() if k != "url"})
    keep_page(folder, "plain", trial.probe)
    keep_page(folder, "drawn", trial.drawn)
    reading = reading_of(trial, FACE)
    if trial.seen is not None:
        return _with_cases(reading, trial.seen, job, folder)
    kinds = kept_pages(folder)
    return replace(reading, toml=bare_draft(job.facts, kept_response(folder, kinds[0]))) if kinds else reading


def _with_cases(reading: Reading, seen: Seen, job: Job, folder: Path) -> Reading:
    """The same, with the look's pages saved as cases below `folder`."""
    portal, cases = str(job.facts["id"]), folder / "cases"
    shutil.rmtree(cases, ignore_errors=True)
    try:
        record_case(seen, portal, cases, reading.toml)
        kept, why = record_look(seen, portal, cases)
    except (ChengxinError, NotGenuine, Unparsed) as error:
        return replace(reading, cases=f"没有存下案例：{error}")
    return replace(reading, cases="列表、详情和整次试看" if kept else f"列表和详情；没有存下整次试看（{why}）")


if __name__ == "__main__":
    keep_to_owner()
    end_with_caller(int(sys.argv[2]))  # it may be gone already
    look(Path(sys.argv[1]))

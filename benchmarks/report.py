"""The whole set of reports for so many units and decisions: seconds a form and peak memory, each in its own process.

`set` is what `publish` writes, all of it in one go; the memory of the processes that print for it is not in its figure.
`make bench-report` prints 100 units with 20,000 decisions beside a fifth of it, so that the growth can be read off.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from checks import REASONS, TEXTS
from core.domain.clock import ZONE
from core.domain.config import Config, Contact, Unit, load
from core.domain.models import Capture, Channel, Citation, Decision, Evaluation, Evidence, Facts, Kind, Look, Outcome
from core.domain.periods import parse_period
from pipeline import publish
from reporting.formal.report import FormalReport, ReportFacts, build_report, public_edition
from reporting.lookup import open_lookup
from scoring.grades import score_unit
from scoring.rates import RateFacts, rates_of, total_of
from scoring.rules import UnitFacts

ROOT = Path(__file__).resolve().parent.parent
AT = datetime(2026, 10, 20, 1, tzinfo=ZONE)
PERIOD = parse_period("2026Q3")
STEPS = (*publish.FORMATS, "letters", "public", "set")


@dataclass(frozen=True, slots=True)
class FormCost:
    """What one step took: seconds, peak MiB of its process, bytes written."""

    seconds: float
    mib: int
    size: int


def district(units: int) -> Config:
    """The real district's rules for made units."""
    config = load(ROOT / "districts/huaian")
    kinds = ("dept-a", "town", "dept-b")
    contact = Contact(name="联络员", email="u@example.invalid")
    named = tuple(
        Unit(slug=f"u{n}", name=f"淮安区第{n}试验局", kind=kinds[n % 3], contact=(contact,)) for n in range(units)
    )
    return config.model_copy(update={"units": named})


def judgement_of(config: Config, decisions: int) -> tuple[Evaluation, Facts]:
    """Made decisions with five answers each; one in twenty is late, with its looks and captures."""
    looks, captures = _looks_and_captures()
    decided, evidence = _decisions_and_evidence(config, decisions)
    by_unit: dict[str, list[Evidence]] = {u.slug: [] for u in config.units}
    for item in evidence:
        by_unit[item.unit].append(item)
    scores = tuple(
        score_unit(config.scheme, UnitFacts(unit=u, period=PERIOD, today=AT.date(), evidence=by_unit[u.slug]))
        for u in config.units
    )
    facts = Facts(looks=looks, captures=captures, submissions={}, findings={}, sightings={})
    return Evaluation(at=AT, period="2026Q3", decisions=decided, evidence=tuple(evidence), scores=scores), facts


def _looks_and_captures() -> tuple[dict[str, Look], dict[str, Capture]]:
    """One look and one capture a night of the quarter."""
    looks, captures = {}, {}
    for night in range(92):
        at = datetime(2026, 7, 1, 0, 30, tzinfo=ZONE) + timedelta(days=night)
        look = Look(
            id=f"{at:%Y-%m-%d}/p/1",
            run=f"{at:%Y-%m-%d}",
            portal="p",
            kind="window",
            started_at=at,
            finished_at=at,
            genuine=True,
            parsed=True,
            rows=200,
        )
        looks[look.id] = look
        captures[f"c{night}"] = Capture(
            id=f"c{night}",
            look=look.id,
            url=f"https://x.gov.cn/{night}.html",
            status=200,
            sha256=f"{night:064x}",
            size=9,
            received_at=at,
        )
    return looks, captures


def _decisions_and_evidence(config: Config, count: int) -> tuple[dict[str, Decision], list[Evidence]]:
    decided: dict[str, Decision] = {}
    evidence: list[Evidence] = []
    for n in range(count):
        unit, day = config.units[n % len(config.units)].slug, date(2026, 7, 1) + timedelta(days=n % 92)
        decided[f"d{n}"] = Decision(
            id=f"d{n}",
            unit=unit,
            kind=list(Kind)[n % 2],
            number=f"淮试罚〔2026〕{n}号",
            name=f"淮安市第{n}有限公司",
            decided_on=(day,),
        )
        evidence += _evidence(n, unit, day)
    return decided, evidence


def _evidence(n: int, unit: str, day: date) -> Iterator[Evidence]:
    late = n % 20 == 0
    looked = (Citation("look", f"2026-{month:02d}-15/p/1", "核查未见") for month in (7, 8))
    proofs = (*looked, Citation("capture", f"c{n % 92}", "首次见到"))
    for check in (
        "reported_within_deadline",
        "published_within_deadline",
        "decision_was_submitted",
        "record_is_complete",
        "record_is_lawful",
    ):
        bad = late and check in ("reported_within_deadline", "published_within_deadline")
        yield Evidence(
            key=f"{check}|d{n}",
            check=check,
            unit=unit,
            decision=f"d{n}",
            kind=list(Kind)[n % 2],
            channel=Channel.CREDIT if "published" in check else None,
            outcome=Outcome.BREACHED if bad else Outcome.MET,
            slug="published-late" if bad else "x",
            sentence="期限届满后两次完整核查均未见，其后才出现" if bad else "在期限内",
            deadline=datetime(day.year, day.month, day.day, 23, 59, tzinfo=ZONE) + timedelta(days=7),
            late_days=(3, 5) if bad else None,
            decided_on=day,
            proofs=proofs if bad else (),
        )


def book_of(units: int, decisions: int) -> FormalReport:
    """The book of a made district."""
    config = district(units)
    evaluation, facts = judgement_of(config, decisions)
    rates = rates_of(
        RateFacts(
            decisions=evaluation.decisions,
            evidence=evaluation.evidence,
            seen={},
            words={},
            today=AT.date(),
            reasons=REASONS,
        )
    )
    return build_report(
        open_lookup(config, evaluation, facts, TEXTS), ReportFacts(rates=rates, total=total_of(rates.values()))
    )


def cost_of(step: str, units: int, decisions: int) -> FormCost:
    """One step in a process of its own; the time is of the step, the memory of all it needs."""
    parent, child = get_context("fork").Pipe(duplex=False)
    worker = get_context("fork").Process(target=_run, args=(child, step, units, decisions))
    worker.start()
    cost: FormCost = parent.recv()
    worker.join()
    return cost


def _quiet(_: str) -> None:
    """Says nothing of the files that are written."""


def _run(pipe: Connection, step: str, units: int, decisions: int) -> None:
    report = book_of(units, decisions)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        if step == "letters":
            size = sum(w.size for w in publish.write_letters(report, report.units, Path(folder), _quiet))
        elif step == "set":
            size = sum(w.size for w in publish.write_set(report, Path(folder), _quiet))
        elif step == "public":
            size = sum(
                w.size
                for w in publish.write_report(public_edition(report), ("html", "pdf", "docx"), Path(folder), _quiet)
            )
        else:
            size = sum(w.size for w in publish.write_report(report, (step,), Path(folder), _quiet))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    pipe.send(FormCost(seconds, peak, size))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=100)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--step", action="append", choices=STEPS, help="only these steps")
    asked = parser.parse_args()
    sizes = ((max(1, asked.units // 5), asked.decisions // 5), (asked.units, asked.decisions))
    print(f"{'':10}" + "".join(f"{units:>6} 个单位 {decisions:>7,} 件{'':12}" for units, decisions in sizes) + "  倍数")
    for step in asked.step or STEPS:
        costs = []
        for units, decisions in sizes:
            print(f"{step} …", end="\r", file=sys.stderr)
            cost = cost_of(step, units, decisions)
            costs.append(cost)
        cells = "".join(f"{c.seconds:8.1f} 秒 {c.mib:6} MiB {c.size // 1024:8,} KiB" for c in costs)
        print(f"{step:10}{cells}{costs[1].seconds / max(costs[0].seconds, 0.01):7.1f}", flush=True)


if __name__ == "__main__":
    main()

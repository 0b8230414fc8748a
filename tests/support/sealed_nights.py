"""Three sealed nights with looks, people's words and letters; and what an attacker with the code does to them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.domain.clock import Clock
from core.domain.config import ChainSettings, Config, Reviewer, ReviewSettings, TimestampAuthority, load
from core.domain.models import EvidenceSubject, Look, LookBundle, RulingKind, Run
from core.runtime.paths import Paths
from core.runtime.signing import SigningKey
from core.storage import hash_chain
from core.storage.database import Store
from core.storage.hash_chain import SealedLine, seal
from core.storage.heads import Head, installation_key, key_path, record_head, sm3
from core.storage.observations import Looks
from core.storage.outbox import SENT, Outbox, OutboxLetter
from core.storage.runs import Runs
from core.storage.session import Session
from pipeline.stamp import stamp_heads
from review.reviewers import Person
from review.rulings import RulingRequest, record_rulings
from tests.support.paths import HUAIAN
from tests.support.time_stamp_authority import Authority

NIGHTS = 3


@dataclass(frozen=True)
class Sealed:
    """The nights' folder, its district, who speaks with a key, and when the nights were."""

    config: Config
    paths: Paths
    signer: Person
    moments: Sequence[datetime]

    @property
    def runs(self) -> list[str]:
        return [f"{at:%Y-%m-%d}" for at in self.moments]

    @property
    def key(self) -> SigningKey:
        """The installation's key, as somebody on the machine has it."""
        return installation_key(key_path(self.config, self.paths))


def district(
    reviewers: Sequence[Reviewer], authority: Authority | None = None, *, two: bool = False, seconds: float = 20
) -> Config:
    """The district of the repository with these reviewers; `seconds` that it waits for the authority."""
    config = load(HUAIAN)
    settings = {
        "review": ReviewSettings(reviewer=tuple(reviewers), two_persons=two),
        "chain": ChainSettings(),
        "timestamp": authority
        and TimestampAuthority(url=authority.url, ca_file=str(authority.ca), timeout_seconds=seconds),
    }
    return config.model_copy(update={"district": config.district.model_copy(update=settings)})


def files_of(reviewers: Sequence[Reviewer], *, two: bool = False) -> Mapping[str, str]:
    """What a night records of `district.toml`."""
    people = "".join(
        f'[[review.reviewer]]\nname = {json.dumps(r.name, ensure_ascii=False)}\npublic_key = "{r.public_key}"\n'
        for r in reviewers
    )
    return {"district.toml": f"[review]\ntwo_persons = {str(two).lower()}\n{people}"}


def sealed_nights(root: Path, newest: datetime, authority: Authority | None = None, *, seconds: float = 20) -> Sealed:
    """Three nights, the last one at `newest`."""
    key = SigningKey.new()
    people = (Reviewer(name="甲", account="jia"), Reviewer(name="乙", public_key=key.public))
    config, paths = district(people, authority, seconds=seconds), Paths(root)
    made = Sealed(
        config=config,
        paths=paths,
        signer=Person("乙", f"signed:{key.public[:12]}", key),
        moments=[newest - timedelta(days=back) for back in reversed(range(NIGHTS))],
    )
    with Store(paths.store) as store:
        Runs(store).add_config(config.hash, files_of(people), made.moments[0])
        for number, at in enumerate(made.moments, 1):
            _night(made, Session(config, store, paths, Clock.stopped(at)), number)
    return made


def _night(made: Sealed, session: Session, number: int) -> None:
    at, run = session.now(), f"{session.now():%Y-%m-%d}"
    store, outbox = session.store, session.outbox
    session.runs.begin(Run(id=run, started_at=at, code_version="c", config_hash=session.config.hash))
    look = Look(
        id=f"{run}/p/1", run=run, portal="p", kind="full", started_at=at, finished_at=at, genuine=True, parsed=True,
        whole=True,
    )  # fmt: skip
    Looks(store).add_look(LookBundle(look=look), at)
    for person in (Person("甲", "account:jia"), made.signer):
        request = RulingRequest(
            subject=EvidenceSubject(f"e{number}"), kind=RulingKind.CONFIRM, why=f"{person.name}已核实无误"
        )
        record_rulings(session, [request], person)
    seal(store, session.paths, run, at, made.key)
    settings = session.config.district.timestamp
    stamp_heads(session, settings.timeout_seconds if settings else 0)
    letter = OutboxLetter(
        key=f"{run}-yjj", night=run, addressee="yjj", message=b"Subject: x\r\n\r\ny", alerts={f"a{number}": "overdue"},
        recipients=("a@example.org",),
    )  # fmt: skip
    outbox.commit(letter, at)
    outbox.mark_written(letter.key, at)
    deliver(outbox, at)
    session.runs.finish(run, at + timedelta(minutes=1), 60.0, 1)


def deliver(outbox: Outbox, at: datetime) -> None:
    """Everything that is due arrives."""
    for delivery in outbox.due(at):
        outbox.begin(delivery, at)
        outbox.end(delivery, SENT, "250 OK", at)


# ---------------------------------------------------------------- attacks


def change(paths: Paths, *statements: str) -> None:
    """SQL past the program, as somebody who can write the file does it."""
    with Store(paths.store) as store:
        store.db.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            store.db.execute(statement)


def seal_again(made: Sealed, signer: SigningKey | None, *, from_night: int = 1) -> None:
    """Make every manifest and head anew from the rows as they are now, as the program would have."""
    with Store(made.paths.store) as store:
        store.db.execute("PRAGMA foreign_keys = OFF")
        rows = store.rows("SELECT run, number, previous, hash, marks, at FROM manifests ORDER BY number")
        previous, since = hash_chain.GENESIS, dict[str, int]()
        for run, number, _, digest, marks_text, at in rows:
            marks = json.loads(marks_text)
            if number >= from_night:
                lines = hash_chain._lines(store, made.paths, since, marks)
                body = "".join(x.text() for x in (SealedLine("manifest", previous, previous), *lines)).encode()
                digest = hashlib.sha256(body).hexdigest()
                (made.paths.manifests / f"{run}.jsonl").write_bytes(body)
                values = [previous, digest, run]
                store.db.execute("UPDATE manifests SET previous = ?, hash = ? WHERE run = ?", values)
                _head_again(store, Head(run=run, number=number, sha256=digest, sm3=sm3(body)), signer, at)
            previous, since = digest, marks


def _head_again(store: Store, head: Head, signer: SigningKey | None, at: str) -> None:
    """The head's row in its old place, with another signature."""
    ((place,),) = store.rows("SELECT rowid FROM heads WHERE run = ?", head.run)
    store.db.execute("DELETE FROM heads WHERE run = ?", [head.run])
    record_head(store, head, signer, datetime.fromisoformat(at))
    store.db.execute("UPDATE heads SET rowid = ? WHERE run = ?", [place, head.run])


def cut_off(made: Sealed, nights: int, *, wholly: bool) -> None:
    """The last nights' manifests go; `wholly`: and all that was recorded in them."""
    runs = made.runs[-nights:]
    named = ", ".join(f"'{run}'" for run in runs)
    for run in runs:
        (made.paths.manifests / f"{run}.jsonl").unlink()
    with Store(made.paths.store) as store:
        marks = json.loads(store.rows("SELECT marks FROM manifests WHERE run = ?", made.runs[-nights - 1])[0][0])
    change(made.paths, f"DELETE FROM manifests WHERE run IN ({named})")
    change(made.paths, *(f"DELETE FROM {table} WHERE run IN ({named})" for table in ("heads", "stamps")))
    if wholly:
        facts = [(table, mark) for table, mark in marks.items() if table not in ("heads", "stamps")]
        change(made.paths, *(f"DELETE FROM {table} WHERE rowid > {mark}" for table, mark in facts))
        _as_the_journal_says(made.paths)


def _as_the_journal_says(paths: Paths) -> None:
    """Rows set back to their newest note."""
    with Store(paths.store) as store:
        newest = "SELECT state FROM row_events e WHERE e.kind = ? AND e.subject = ? ORDER BY id DESC LIMIT 1"
        for (run,) in store.rows("SELECT id FROM runs"):
            finished, peak, seconds = json.loads(store.rows(newest, "runs", run)[0][0])
            values = [finished, peak, float(seconds) if finished else None, run]
            store.db.execute("UPDATE runs SET finished_at = ?, peak_kib = ?, seconds = ? WHERE id = ?", values)
        store.db.execute("DELETE FROM deliveries WHERE key NOT IN (SELECT key FROM outbox)")

"""The store's schema as named forward steps. A step that has shipped is never edited; add another."""

from functools import cache

from sqlite_utils import Database, Migrations

migrations = Migrations("chengxin")

_FACTS = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT, code_version TEXT NOT NULL,
    config_hash TEXT NOT NULL REFERENCES configs(hash), peak_kib INTEGER, seconds REAL
) STRICT;
CREATE TABLE configs (hash TEXT PRIMARY KEY, recorded_at TEXT NOT NULL, files TEXT NOT NULL) STRICT;
CREATE TABLE looks (
    id TEXT PRIMARY KEY, run TEXT NOT NULL REFERENCES runs(id), portal TEXT NOT NULL, kind TEXT NOT NULL,
    past_caches INTEGER NOT NULL, started_at TEXT NOT NULL, finished_at TEXT NOT NULL, genuine INTEGER NOT NULL,
    parsed INTEGER NOT NULL, whole INTEGER NOT NULL, floor TEXT, age_seconds INTEGER NOT NULL, pages INTEGER NOT NULL,
    rows INTEGER NOT NULL, total INTEGER, requests INTEGER NOT NULL, bytes INTEGER NOT NULL, seconds REAL NOT NULL,
    reasons TEXT NOT NULL, unknown_labels TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX looks_by_portal ON looks(portal, started_at);
CREATE INDEX looks_by_run ON looks(run);
CREATE TABLE captures (
    id TEXT PRIMARY KEY, look TEXT NOT NULL REFERENCES looks(id), url TEXT NOT NULL, method TEXT NOT NULL,
    request_body TEXT NOT NULL, status INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    received_at TEXT NOT NULL, warc TEXT NOT NULL, "offset" INTEGER NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX captures_by_look ON captures(look);
CREATE TABLE versions (
    id INTEGER PRIMARY KEY, portal TEXT NOT NULL, row_key TEXT NOT NULL, content_hash TEXT NOT NULL,
    sort_key TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL, listed_on TEXT, pinned INTEGER NOT NULL,
    UNIQUE (portal, row_key, content_hash)
) STRICT;
CREATE TABLE sightings (
    version INTEGER NOT NULL REFERENCES versions(id), look TEXT NOT NULL REFERENCES looks(id), seen_at TEXT NOT NULL,
    page INTEGER NOT NULL, capture TEXT NOT NULL, recorded_at TEXT NOT NULL, PRIMARY KEY (version, look)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_look ON sightings(look);
CREATE TABLE findings (
    id TEXT PRIMARY KEY, portal TEXT NOT NULL, row_key TEXT NOT NULL, content_hash TEXT NOT NULL,
    look TEXT NOT NULL REFERENCES looks(id), data TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX findings_by_row ON findings(portal, row_key, content_hash);
CREATE TABLE attachments (
    sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, received_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT;
CREATE TABLE submissions (
    id TEXT PRIMARY KEY, unit TEXT NOT NULL, kind TEXT NOT NULL,
    workbook_sha256 TEXT NOT NULL REFERENCES attachments(sha256), data TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE TABLE zero_reports (
    id TEXT PRIMARY KEY, unit TEXT NOT NULL, kind TEXT NOT NULL, month TEXT NOT NULL,
    workbook_sha256 TEXT NOT NULL REFERENCES attachments(sha256), data TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE TABLE rulings (
    id TEXT PRIMARY KEY, subject TEXT NOT NULL, data TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
"""

_CACHES = """
CREATE TABLE row_spans (
    portal TEXT NOT NULL, row_key TEXT NOT NULL, sort_key TEXT NOT NULL, first_seen TEXT NOT NULL,
    first_look TEXT NOT NULL, first_capture TEXT NOT NULL, first_version INTEGER NOT NULL, last_seen TEXT NOT NULL,
    last_look TEXT NOT NULL, last_version INTEGER NOT NULL, PRIMARY KEY (portal, row_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE block_keys (key TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (key, record)) STRICT, WITHOUT ROWID;
CREATE INDEX block_keys_by_record ON block_keys(record);
CREATE TABLE decisions (id TEXT PRIMARY KEY, unit TEXT NOT NULL, open INTEGER NOT NULL, data TEXT NOT NULL) STRICT;
CREATE INDEX decisions_open ON decisions(open) WHERE open;
CREATE TABLE members (
    record TEXT NOT NULL, decision TEXT NOT NULL REFERENCES decisions(id) ON DELETE CASCADE,
    PRIMARY KEY (record, decision)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_decision ON members(decision);
CREATE TABLE evidence (
    key TEXT PRIMARY KEY, decision TEXT NOT NULL REFERENCES decisions(id) ON DELETE CASCADE, unit TEXT NOT NULL,
    "check" TEXT NOT NULL, outcome TEXT NOT NULL, slug TEXT NOT NULL, data TEXT NOT NULL
) STRICT;
CREATE INDEX evidence_by_decision ON evidence(decision);
CREATE TABLE judged (id INTEGER PRIMARY KEY CHECK (id = 1), upto TEXT NOT NULL, config_hash TEXT NOT NULL) STRICT;
"""

_OUTBOX = """
CREATE TABLE told (
    key TEXT PRIMARY KEY, addressee TEXT NOT NULL, night TEXT NOT NULL, stage TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE outbox (
    key TEXT PRIMARY KEY, night TEXT NOT NULL, addressee TEXT NOT NULL, message BLOB NOT NULL, written TEXT
) STRICT;
"""

_CHAIN = """
CREATE TABLE manifests (
    run TEXT PRIMARY KEY REFERENCES runs(id), number INTEGER NOT NULL UNIQUE, previous TEXT NOT NULL,
    hash TEXT NOT NULL, marks TEXT NOT NULL, records INTEGER NOT NULL, at TEXT NOT NULL
) STRICT;
"""


_MEMORY = """
CREATE TABLE revalidations (
    capture TEXT PRIMARY KEY REFERENCES captures(id), original TEXT NOT NULL REFERENCES captures(id)
) STRICT;
CREATE TABLE pages (
    portal TEXT NOT NULL, key TEXT NOT NULL, capture TEXT NOT NULL REFERENCES captures(id), etag TEXT NOT NULL,
    modified TEXT NOT NULL, read_at TEXT NOT NULL, PRIMARY KEY (portal, key)
) STRICT, WITHOUT ROWID;
ALTER TABLE sightings ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE row_spans ADD COLUMN read INTEGER NOT NULL DEFAULT 0;
UPDATE row_spans SET read = 1 WHERE EXISTS (
    SELECT 1 FROM findings f WHERE f.portal = row_spans.portal AND f.row_key = row_spans.row_key);
CREATE INDEX row_spans_unread ON row_spans(portal, last_seen) WHERE read = 0;
CREATE INDEX row_spans_by_start ON row_spans(portal, first_seen);
CREATE INDEX row_spans_by_end ON row_spans(portal, last_seen);
CREATE INDEX row_spans_by_place ON row_spans(portal, sort_key);
CREATE INDEX findings_by_portal ON findings(portal);
CREATE INDEX findings_loose ON findings(portal) WHERE json_array_length(data, '$.numbers') = 0
    OR (json_extract(data, '$.name') = '' AND json_extract(data, '$.code') = '');
CREATE INDEX submissions_by_month ON submissions(unit, kind, substr(json_extract(data, '$.decided_on'), 1, 7));
CREATE INDEX decisions_by_day ON decisions(coalesce(json_extract(data, '$.decided_on[#-1]'), ''));
CREATE INDEX evidence_by_slug ON evidence(slug);
CREATE INDEX looks_proving ON looks(portal, run) WHERE genuine AND parsed;
"""

_RETENTION = """
CREATE TABLE removals (
    file TEXT PRIMARY KEY, sha256 TEXT NOT NULL, removed_at TEXT NOT NULL, why TEXT NOT NULL
) STRICT;
"""


_OFFICE = """
CREATE TABLE objections (
    id TEXT PRIMARY KEY, unit TEXT NOT NULL, evidence TEXT NOT NULL, data TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX objections_by_evidence ON objections(evidence);
CREATE TABLE frozen (
    id TEXT PRIMARY KEY, period TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL, recorded_at TEXT NOT NULL,
    UNIQUE (period, version)
) STRICT;
"""


_FILINGS = """
CREATE TABLE filings (
    id TEXT PRIMARY KEY, form TEXT NOT NULL, unit TEXT NOT NULL, month TEXT NOT NULL,
    workbook_sha256 TEXT NOT NULL REFERENCES attachments(sha256), data TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX filings_by_month ON filings(month, form, unit);
"""


_DELIVERIES = """
CREATE TABLE deliveries (
    key TEXT NOT NULL REFERENCES outbox(key), recipient TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, repeats INTEGER NOT NULL DEFAULT 0, next_at TEXT NOT NULL,
    said TEXT NOT NULL DEFAULT '', changed_at TEXT NOT NULL,
    PRIMARY KEY (key, recipient)
) STRICT;
CREATE INDEX deliveries_open ON deliveries(next_at) WHERE state IN ('waiting', 'sending');
"""


# older nights noted no readings: what brought findings was one, of a place that grows where several records stood there
_READINGS = """
CREATE TABLE readings (
    look TEXT NOT NULL REFERENCES looks(id), portal TEXT NOT NULL, row_key TEXT NOT NULL, content_hash TEXT NOT NULL,
    began_at TEXT NOT NULL, read_at TEXT NOT NULL, capture TEXT NOT NULL, extent INTEGER NOT NULL,
    grows INTEGER NOT NULL, confirmed INTEGER NOT NULL, state TEXT NOT NULL, request TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (look, row_key)
) STRICT;
CREATE INDEX readings_by_place ON readings(portal, row_key, began_at);
CREATE TABLE places (
    portal TEXT NOT NULL, row_key TEXT NOT NULL, content_hash TEXT NOT NULL, read_at TEXT NOT NULL,
    changed_at TEXT NOT NULL, extent INTEGER NOT NULL, grows INTEGER NOT NULL, grew INTEGER NOT NULL,
    state TEXT NOT NULL, request TEXT NOT NULL,
    PRIMARY KEY (portal, row_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX places_growing ON places(portal, read_at) WHERE grew;
INSERT INTO readings SELECT f.look, f.portal, f.row_key, f.content_hash, l.started_at,
    max(json_extract(f.data, '$.observed_at')), min(json_extract(f.data, '$.capture')), 2,
    sum(json_array_length(f.data, '$.numbers') > 0 OR json_extract(f.data, '$.name') != '') > 1, 0, '', '',
    f.recorded_at FROM findings f JOIN looks l ON l.id = f.look GROUP BY f.look, f.row_key ORDER BY min(f.rowid);
INSERT OR REPLACE INTO places SELECT portal, row_key, content_hash, read_at, read_at, extent, grows,
    (SELECT max(o.grows) FROM readings o WHERE o.portal = r.portal AND o.row_key = r.row_key), '', ''
    FROM readings r ORDER BY r.rowid;
DELETE FROM judged;
"""


# what a person in a browser sees of a list, held against the family that reads it: no look, and nothing rests on it
_READING_CHECKS = """
CREATE TABLE reading_checks (
    id TEXT PRIMARY KEY, run TEXT NOT NULL REFERENCES runs(id), portal TEXT NOT NULL, read_as TEXT NOT NULL,
    started_at TEXT NOT NULL, finished_at TEXT NOT NULL, verdict TEXT NOT NULL, whole INTEGER NOT NULL,
    lacking INTEGER NOT NULL, more INTEGER NOT NULL, differing TEXT NOT NULL, pages INTEGER NOT NULL,
    rows INTEGER NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL, seconds REAL NOT NULL,
    reasons TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX reading_checks_by_portal ON reading_checks(portal, started_at);
CREATE TABLE check_captures (
    id TEXT PRIMARY KEY, "check" TEXT NOT NULL REFERENCES reading_checks(id), url TEXT NOT NULL, method TEXT NOT NULL,
    request_body TEXT NOT NULL, status INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    received_at TEXT NOT NULL, warc TEXT NOT NULL, "offset" INTEGER NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX check_captures_by_check ON check_captures("check");
"""


# people's words signed with keys; quarters that one person proposed to freeze and another may
_WORDS = """
CREATE TABLE signatures (
    kind TEXT NOT NULL, word TEXT NOT NULL, by TEXT NOT NULL, public_key TEXT NOT NULL, signature TEXT NOT NULL,
    recorded_at TEXT NOT NULL, PRIMARY KEY (kind, word, public_key)
) STRICT;
CREATE TABLE proposals (
    id TEXT PRIMARY KEY, period TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
"""


# a row that may change has each of its states noted here; rows of older stores begin with the state they are found in
_JOURNAL = """
CREATE TABLE row_events (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX row_events_by_subject ON row_events(kind, subject);
CREATE TABLE heads (
    run TEXT PRIMARY KEY REFERENCES manifests(run), hash TEXT NOT NULL, sm3 TEXT NOT NULL, public_key TEXT NOT NULL,
    signature TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE TABLE stamps (
    run TEXT PRIMARY KEY REFERENCES manifests(run), hash TEXT NOT NULL, stamped_at TEXT NOT NULL, url TEXT NOT NULL,
    response BLOB NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
INSERT INTO row_events (kind, subject, state, recorded_at) SELECT 'runs', id,
    json_array(finished_at, peak_kib, printf('%.3f', seconds)),
    strftime('%Y-%m-%dT%H:%M:%f', 'now', '+8 hours') || '+08:00' FROM runs ORDER BY rowid;
INSERT INTO row_events (kind, subject, state, recorded_at) SELECT 'outbox', key, json_array(written),
    strftime('%Y-%m-%dT%H:%M:%f', 'now', '+8 hours') || '+08:00' FROM outbox ORDER BY rowid;
INSERT INTO row_events (kind, subject, state, recorded_at) SELECT 'deliveries', key || '|' || recipient,
    json_array(state, attempts, repeats, next_at, said, changed_at),
    strftime('%Y-%m-%dT%H:%M:%f', 'now', '+8 hours') || '+08:00' FROM deliveries ORDER BY rowid;
"""


# rows that a look shows and a check did not: what nobody sees is not published, and says nothing against anybody
_UNSEEN_ROWS = """
CREATE TABLE unseen_rows (
    "check" TEXT NOT NULL REFERENCES reading_checks(id), portal TEXT NOT NULL, row_key TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY ("check", row_key)
) STRICT;
"""


# which filing or 零报告 came in with which workbook, from whom and when, also where the same row had come before;
# rows of older stores have none: they answer by their own moment of record
_HAND_INS = """
CREATE TABLE hand_ins (
    id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL,
    workbook_sha256 TEXT NOT NULL REFERENCES attachments(sha256), sheet TEXT NOT NULL, row INTEGER NOT NULL,
    sender TEXT NOT NULL, recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX hand_ins_by_record ON hand_ins(kind, record);
"""

# rows, sheets and files that came in and were not taken; unit and form are "" where nobody can tell
_REFUSALS = """
CREATE TABLE refusals (
    id TEXT PRIMARY KEY, unit TEXT NOT NULL, form TEXT NOT NULL, workbook_sha256 TEXT NOT NULL, data TEXT NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT;
"""

# a block key is known by its number alone; `keys`: a record's own, eight bytes each
_NUMBERED_KEYS = """
DROP TABLE block_keys;
CREATE TABLE block_keys (key INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (key, record)) STRICT,
    WITHOUT ROWID;
CREATE TABLE keyed_records (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, keys BLOB NOT NULL) STRICT;
DELETE FROM judged;
"""

_PACKED_EVIDENCE = """
CREATE TABLE evidence_samples (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE evidence_codes (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE met_evidence (
    decision TEXT PRIMARY KEY REFERENCES decisions(id) ON DELETE CASCADE, pieces INTEGER NOT NULL, codes TEXT NOT NULL,
    sample INTEGER NOT NULL, data BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""

# what a night asks by the newest nights, by the open quarter or by one record is found without reading what is older
_NIGHTLY = """
CREATE INDEX looks_by_night ON looks(portal, run);
CREATE INDEX looks_proving_since ON looks(portal, started_at) WHERE genuine AND parsed;
CREATE INDEX looks_whole ON looks(portal, started_at) WHERE genuine AND parsed AND whole;
CREATE INDEX rulings_by_subject ON rulings(subject);
DROP INDEX submissions_by_month;
CREATE INDEX submissions_of_month ON submissions(
    CASE WHEN json_valid(data) THEN substr(json_extract(data, '$.decided_on'), 1, 7) END, unit, kind, recorded_at);
CREATE INDEX submissions_received ON submissions(unit, kind, recorded_at);
CREATE INDEX zero_reports_of_month ON zero_reports(month, unit, kind);
CREATE INDEX submissions_of_workbook ON submissions(workbook_sha256, unit);
CREATE INDEX submissions_recorded ON submissions(recorded_at);
CREATE INDEX findings_recorded ON findings(recorded_at);
CREATE INDEX decisions_set_aside ON decisions(id) WHERE instr(data, '"搁置：');
CREATE INDEX zero_reports_received ON zero_reports(unit, kind, recorded_at);
"""

# words are pairs of characters, which a tokenizer takes as they are; no texts are kept (core.storage.decision_index)
_DECISION_INDEX = """
CREATE TABLE numbered_decisions (number INTEGER PRIMARY KEY, decision TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE decision_counter (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL) STRICT;
CREATE TABLE call_numbers (call INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (call, number)) STRICT,
    WITHOUT ROWID;
CREATE VIRTUAL TABLE decision_words USING fts5(words, content='', detail=none, tokenize='ascii');
CREATE INDEX submissions_claiming ON submissions(id)
    WHERE instr(data, '"publicity":"不公开"') OR instr(data, '"publicity":"暂缓公开"');
CREATE INDEX decisions_by_unit ON decisions(unit, coalesce(json_extract(data, '$.decided_on[#-1]'), ''));
"""


def steps_of_a_newer_program(db: Database) -> tuple[str, ...]:
    """The steps that the file has been through and that are none of these; nothing is written."""
    return tuple(step.name for step in migrations.applied(db) if step.name not in known_steps())


@cache
def known_steps() -> frozenset[str]:
    """The names of all of these steps."""
    empty = Database(memory=True)
    names = frozenset(step.name for step in migrations.pending(empty))
    empty.close()
    return names


def _run_script(db: Database, script: str) -> None:
    for statement in filter(str.strip, script.split(";\n")):
        db.execute(statement)


@migrations()
def m0001_facts(db: Database) -> None:
    """Append-only facts."""
    _run_script(db, _FACTS)


@migrations()
def m0002_caches(db: Database) -> None:
    """Disposable: recomputed from facts at any time."""
    _run_script(db, _CACHES)


@migrations()
def m0003_outbox(db: Database) -> None:
    """What was told to whom, once; and letters waiting to be written."""
    _run_script(db, _OUTBOX)


@migrations()
def m0004_chain(db: Database) -> None:
    """The hash chain over all facts."""
    _run_script(db, _CHAIN)


@migrations()
def m0006_memory(db: Database) -> None:
    """What the next night needs of the ones before, found without reading them: pages, unread rows, indexes."""
    _run_script(db, _MEMORY)


@migrations()
def m0007_retention(db: Database) -> None:
    """Which archive files were given up, and the hash they were sealed with."""
    _run_script(db, _RETENTION)


@migrations()
def m0009_office(db: Database) -> None:
    """What units object to, and the quarters that the office froze."""
    _run_script(db, _OFFICE)


@migrations()
def m0010_filings(db: Database) -> None:
    """What is handed in beside 双公示: one row a filing."""
    _run_script(db, _FILINGS)


@migrations()
def m0011_deliveries(db: Database) -> None:
    """Each letter to each recipient: where it stands."""
    _run_script(db, _DELIVERIES)


@migrations()
def m0012_blocks(db: Database) -> None:
    """Records meet under other block keys: the cached judgement is made anew on the next night."""
    db.execute("DELETE FROM judged")


@migrations()
def m0013_readings(db: Database) -> None:
    """When each row's place was read, so that a sighting dates the record and not its row."""
    _run_script(db, _READINGS)


@migrations()
def m0014_reading_checks(db: Database) -> None:
    """Portals' families held against a person's reading in a browser."""
    _run_script(db, _READING_CHECKS)


@migrations()
def m0027_words(db: Database) -> None:
    """Signatures under people's words, and quarters that one person proposed to freeze."""
    _run_script(db, _WORDS)


@migrations()
def m0028_journal(db: Database) -> None:
    """What becomes of rows that change, signatures and time stamps of heads."""
    _run_script(db, _JOURNAL)


@migrations()
def m0035_unseen_rows(db: Database) -> None:
    """Rows that a family reads and no person sees."""
    _run_script(db, _UNSEEN_ROWS)


@migrations()
def m0037_hand_ins(db: Database) -> None:
    """Each coming in of a filing or a 零报告: with which workbook, from whom, when."""
    _run_script(db, _HAND_INS)


@migrations()
def m0038_refusals(db: Database) -> None:
    """What came in with a workbook and was not taken."""
    _run_script(db, _REFUSALS)


@migrations()
def m0046_numbered_keys(db: Database) -> None:
    """Block keys as numbers, and each record's own beside it: what is cached is made anew on the next night."""
    _run_script(db, _NUMBERED_KEYS)


@migrations()
def m0047_packed_evidence(db: Database) -> None:
    """What is met packed by decision; what an older program kept of it is read until that decision is judged again."""
    _run_script(db, _PACKED_EVIDENCE)


@migrations()
def m0048_nightly(db: Database) -> None:
    """Indexes for what a night asks: its cost is that of what is new and open, however old the archive."""
    _run_script(db, _NIGHTLY)


@migrations()
def m0049_decision_index(db: Database) -> None:
    """Decisions found by their words and by call numbers; filled when first asked, or by the next full evaluation."""
    _run_script(db, _DECISION_INDEX)


@migrations()
def m0050_decision_figures(db: Database) -> None:
    """Words of decisions have whole figures too: they are indexed again when first asked, their numbers go on."""
    db.execute("INSERT INTO decision_words (decision_words) VALUES ('delete-all')")
    for table in ("numbered_decisions", "call_numbers"):
        db.execute(f"DELETE FROM {table}")

"""The city's PostgreSQL: a connection to it, and what it must be able to do."""

from typing import Any, LiteralString

import psycopg

from core.domain.errors import StoreError

Connection = psycopg.Connection[tuple[Any, ...]]
# a connection whose other end is gone gives its locks back in half a minute, and its owner knows before
_KEEP = {
    "keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "connect_timeout": 10,
}  # fmt: skip
_SERVER_KEEPS: LiteralString = (
    "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
)


def connected(database: str) -> Connection:
    """A connection, on which each statement is a transaction of its own; StoreError where it cannot be had."""
    try:
        made = psycopg.connect(psycopg.conninfo.make_conninfo(database, **_KEEP), autocommit=True)
        made.execute(_SERVER_KEEPS)
    except psycopg.Error as error:
        raise StoreError(f"连不上城市的数据库（PostgreSQL）：{_first_line(error)}") from error
    return made


def make_tables(connection: Connection, schema: LiteralString) -> None:
    """The tables of a schema (statements that end a line with a semicolon), where they are not there yet."""
    for statement in filter(str.strip, schema.split(";\n")):
        connection.execute(statement)


def lacks(connection: Connection) -> list[str]:
    """What this database cannot do of what is needed, in words: others speak PostgreSQL's protocol as well."""
    lacking = []
    for what, sql in _NEEDED.items():
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(sql)
        except psycopg.Error as error:
            lacking.append(f"{what}（{_first_line(error)}）")
    return lacking


def room(connection: Connection) -> tuple[int, int]:
    """(how many connections the database takes, for how many workers they are enough beside desks and commands)."""
    row = connection.execute("SELECT current_setting('max_connections')::int").fetchone()
    most: int = row[0] if row else 0
    return most, max(most - _OTHERS, 0) // _A_WORKERS


_A_WORKERS, _OTHERS = 6, 20  # connections
_NEEDED: dict[str, LiteralString] = {
    "会话级咨询锁": "SELECT pg_try_advisory_lock(1), pg_advisory_unlock(1)",
    "64 位文本散列": "SELECT hashtextextended('x', 0)",
    "SKIP LOCKED": "CREATE TEMP TABLE needed (a int); SELECT a FROM needed FOR UPDATE SKIP LOCKED",
    "ON CONFLICT": "CREATE TEMP TABLE needed (a int PRIMARY KEY); INSERT INTO needed VALUES (1) ON CONFLICT DO NOTHING",
    "咨询锁的目录": "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = 0",
    "LISTEN 和 NOTIFY": "LISTEN needed; NOTIFY needed",
}


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

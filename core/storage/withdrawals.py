"""Which records the office has withdrawn, in SQL: a withdrawal is a ruling, and no fact is deleted (decision 0033).

The newest word on a record counts, in order of commit.
"""

_WORD = "CASE WHEN json_valid(data) THEN json_extract(data, '$.word') END"
_NEWEST = "SELECT max(rowid) FROM rulings WHERE subject GLOB 'record:*' GROUP BY subject"
NEWEST_WITHDRAWALS = f"SELECT rowid FROM rulings WHERE rowid IN ({_NEWEST}) AND {_WORD} = 'withdraw'"
_RECORDS = f"SELECT substr(subject, 8) FROM rulings WHERE rowid IN ({NEWEST_WITHDRAWALS})"
WITHDRAWN = f"id IN ({_RECORDS})"  # finds them by the table's key; one look-up a withdrawal, however few are asked for


def stands(record: str) -> str:
    """That the record of this column (named with its table: rulings have ids too) is not withdrawn; by index, a row."""
    newest = f"SELECT {_WORD} FROM rulings WHERE subject = 'record:' || {record} ORDER BY rowid DESC LIMIT 1"
    return f"coalesce(({newest}), '') != 'withdraw'"

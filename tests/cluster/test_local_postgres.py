"""A PostgreSQL of one's own, by Debian's programs or the Python package's, wherever its folder lies."""

from contextlib import closing
from pathlib import Path

import pytest

from cluster import local_postgres
from cluster.database import connected, lacks, make_tables
from cluster.ledger import Ledger
from cluster.tables import LEDGER
from core.domain.errors import StoreError, UsageError


@pytest.mark.parametrize("programs", [None, local_postgres.packaged_programs()], ids=["found", "packaged"])
def test_it_is_begun_stopped_found_and_begun_again(tmp_path: Path, programs: Path | None) -> None:
    (folder := tmp_path / "nobody else's").mkdir(mode=0o700)
    assert local_postgres.known(folder) is None
    server = local_postgres.made(folder, programs)
    try:
        with closing(connected(server.url)) as connection:
            assert lacks(connection) == []
            make_tables(connection, LEDGER)
        server.stop()
        with pytest.raises(StoreError):
            Ledger(server.url)
        again = local_postgres.known(folder)
        assert again is not None and (again.data, again.port, again.runs()) == (server.data, server.port, False)
        again.start()
        with closing(Ledger(again.url)) as ledger:
            assert ledger.nights() == [] and again.runs()
        assert folder.stat().st_mode & 0o777 == 0o700, "no folder is opened for it"
    finally:
        server.remove()
    assert not server.data.exists() and local_postgres.known(folder) is None


def test_where_there_are_no_programs_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}")
    monkeypatch.setattr(local_postgres, "DEBIAN", tmp_path)
    monkeypatch.setattr(local_postgres, "_PACKAGED", "no_such_package")
    with pytest.raises(UsageError, match=r"postgresql.*pgserver"):
        local_postgres.made(tmp_path)
    assert list(tmp_path.iterdir()) == []

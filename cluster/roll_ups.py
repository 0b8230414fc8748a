"""The city's roll-up in PostgreSQL: the newest state of each district, and its frozen quarters (cluster.roll_up)."""

from collections.abc import Iterable, Mapping

from cluster.database import Connection, connected
from cluster.roll_up import RESULT, STATE, DistrictState, QuarterResult


class RollUps:
    """A connection to read or write the roll-up by."""

    def __init__(self, database: str) -> None:
        self._connection: Connection = connected(database)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def known(self, district: str) -> dict[str, str]:
        """Period → SHA-256 of the frozen results that are here."""
        return dict(
            self._connection.execute(
                "SELECT period, sha256 FROM city_results WHERE district = %s", [district]
            ).fetchall()
        )

    def put(self, district: str, state: DistrictState, results: Iterable[QuarterResult]) -> None:
        """A district as its night left it, and what was frozen since; all or nothing, in the place of what was there.
        A state of an older night than the one that is here stays away."""
        with self._connection.transaction():
            self._connection.execute(
                "INSERT INTO city_states VALUES (%s, %s, %s) ON CONFLICT (district) DO UPDATE"
                " SET night = excluded.night, data = excluded.data WHERE city_states.night <= excluded.night",
                [district, state.night, STATE.dump_json(state).decode()],
            )
            for each in results:
                self._connection.execute(
                    "INSERT INTO city_results VALUES (%s, %s, %s, %s) ON CONFLICT (district, period) DO UPDATE"
                    " SET sha256 = excluded.sha256, data = excluded.data",
                    [district, each.period, each.sha256, RESULT.dump_json(each).decode()],
                )

    def states(self) -> Mapping[str, DistrictState]:
        """The newest state of each district that ever had a night."""
        rows = self._connection.execute("SELECT district, data FROM city_states ORDER BY district").fetchall()
        return {district: STATE.validate_json(data) for district, data in rows}

    def results(self, district: str) -> tuple[QuarterResult, ...]:
        """A district's frozen quarters, the newest first."""
        rows = self._connection.execute(
            "SELECT data FROM city_results WHERE district = %s ORDER BY period DESC", [district]
        ).fetchall()
        return tuple(RESULT.validate_json(row[0]) for row in rows)

    def newest_results(self) -> Mapping[str, tuple[QuarterResult, ...]]:
        """Of each district the two newest frozen quarters, the newest first."""
        rows = self._connection.execute(
            "SELECT district, data FROM (SELECT district, data, period, row_number() OVER (PARTITION BY district"
            " ORDER BY period DESC) AS place FROM city_results) r WHERE place <= 2 ORDER BY district, period DESC"
        ).fetchall()
        found: dict[str, tuple[QuarterResult, ...]] = {}
        for district, data in rows:
            found[district] = (*found.get(district, ()), RESULT.validate_json(data))
        return found

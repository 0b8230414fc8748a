"""`python -m tests.support.replay_looks WORK FOLDER …` replays the looks saved in the case folders, the network shut.

Writes `WORK/<n>.json` for the n-th folder: what was read, what the cassette did not hold, what of it nobody asked for,
and every attempt to reach the network.
"""

import json
import sys
import tomllib
from datetime import datetime
from functools import partial
from pathlib import Path

from crawler.discovery.look_recorder import facts_of_look
from tests.support.cassette import LookHandler
from tests.support.look_runs import LookRun, apart, look

_NETWORK = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
_OWN = ((("127.0.0.1", 0),), (None,))  # the browser's way out, which then meets the shut network; a pair of its own
_NAMES = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


def shut_the_network(tried: list[str]) -> None:
    """From now on no name resolves and no socket of this process reaches anything; attempts are written to `tried`."""

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event in _NAMES:
            raise OSError("names do not resolve: the network is shut")
        if event in _NETWORK and arguments[1:] not in _OWN:
            tried.append(f"{event} {arguments[1:]}")
            raise OSError("the network is shut")

    sys.addaudithook(refuse)


def replay(folder: Path, work: Path) -> dict[str, object]:
    """The look saved in `folder`, looked again from its cassette."""
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    run = LookRun(
        toml=folder.parent / "portal.toml",
        at=datetime.fromisoformat(meta["observed_at"]),
        kind=meta["kind"],
        details=meta["details"],
        window_days=meta["window_days"],
    )
    tried: list[str] = []
    shut_the_network(tried)
    drawn = tomllib.loads(run.toml.read_text("utf-8")).get("rendered", False)
    handler = "tests.support.cassette." + ("BrowserLookHandler" if drawn else "LookHandler")
    seen = look(run, work, handler, CASSETTE=str(folder / "cassette.yaml"))
    return {
        "read": facts_of_look(seen.looks[0], seen.sightings, seen.findings),
        "missing": LookHandler.tape.missing,
        "unasked": LookHandler.tape.unasked(),
        "network": tried,
        "seconds": (seen.looks[0].finished_at - seen.looks[0].started_at).total_seconds(),
    }


if __name__ == "__main__":
    place = Path(sys.argv[1])
    for number, name in enumerate(sys.argv[2:]):
        apart(partial(replay, Path(name), place / f"look-{number}"), place / f"{number}.json")

"""The installation's secret of the desk: what signs sessions, and the links in letters to units."""

import os
import secrets
from contextlib import suppress

from core.runtime.atomic_write import write_whole
from core.runtime.paths import Paths


def desk_secret(paths: Paths) -> str:
    """The secret, made at first need and readable by the owner alone; whoever comes second takes the first one's.

    The desk and the night may both be the first; to lose the file signs everybody out and ends every link.
    """
    if not paths.desk_secret.exists():
        paths.root.mkdir(parents=True, exist_ok=True)
        made = paths.desk_secret.with_name(f"{paths.desk_secret.name}.{os.getpid()}.new")
        write_whole(made, secrets.token_urlsafe(48), mode=0o600)
        with suppress(FileExistsError):
            os.link(made, paths.desk_secret)
        made.unlink()
    return paths.desk_secret.read_text("ascii")

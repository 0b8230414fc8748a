"""Whether a process of this machine is there, by its number in the name of what it works on."""

import os


def is_running(pid: str) -> bool:
    """Whether a process of this number is there; False for what is no number."""
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, OverflowError, ValueError):
        return False
    except PermissionError:
        return True
    return True

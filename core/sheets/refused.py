"""Why a file is not read."""


class Refused(Exception):
    """A file that cannot be read whole. `reason` is a slug of `core/reasons.py`, `detail` the figures that go with it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason)

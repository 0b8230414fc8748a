"""What came of the presses that lead to a page, as its document says on its root (`drawn.PRESSED`)."""

from enum import StrEnum


class Pressed(StrEnum):
    """How the page that is shown came about."""

    NONE = ""  # as it came
    TURNED = "turned"  # another page of the list
    FILLED = "filled"  # one page, with all that could be loaded into it
    UNCHANGED = "unchanged"  # the last press changed nothing: the page before is the last
    MISSING = "missing"  # there was nothing to press
    FAILED = "failed"  # a press asked for something that did not come

"""The door on the way out: what a terminal, a log or a file for people may have of foreign text.

By itself, so that the command line can speak before anything else is loaded.
"""

import re

# Never seen, or obeyed by what shows it: C0 and C1 but white space, zero width, direction marks, tags
UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
)
_UNPRINTABLE = re.compile(f"[{UNSEEN}\x0b-\x0d\x1c-\x1f\x85\u2028\u2029\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` as a terminal, a log or a file for people may have it: each control or unseen character is U+FFFD.

    For whatever a store may hold; `core.domain.text.plain` and `stored` are the doors on the way in.
    """
    return text if text.isascii() and text.isprintable() else _UNPRINTABLE.sub("\ufffd", text)

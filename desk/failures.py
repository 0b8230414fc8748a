"""A failure as the desk's people read it: what it means for them, without commands, files or folders of the machine."""

import re

from core.domain.errors import ChengxinError, ConfigError, StoreError, UsageError
from core.runtime.failures import LOG, explain, is_busy
from desk.site import Busy, current

_TYPED = re.compile(r"（[^（）]*(?:chengxin |--[a-z]|amend|lift|dismiss)[^（）]*）")  # what to type stands in brackets
_FOLDERS = re.compile(r"(?<![\w:/.\-])/(?:[^\s/：:；，。]+/)+")  # what stands before the name of a file; no web address


def told(error: BaseException) -> tuple[int, str]:
    """(status, sentence). What was raised on purpose speaks for itself; of anything else the log keeps the whole."""
    if is_busy(error) or isinstance(error, Busy):
        return 503, str(Busy())
    if isinstance(error, UsageError):
        return 422, for_desk(str(error))
    LOG.paths = current().paths
    words, _ = explain(error)
    if isinstance(error, ConfigError):
        return 503, f"{for_desk(words)}。请告诉值班的人"
    if isinstance(error, ChengxinError) and not isinstance(error, StoreError) and error.__cause__ is None:
        return 503, for_desk(words)
    # the rest of the sentence says what to do at the machine, and where its log is
    return 503, f"{re.split('[：；。]', words)[0]}。原因已记入日志，请把时间告诉值班的人"


def for_desk(words: str) -> str:
    """A sentence without what is typed at a command line, and with its files named, not where they stand."""
    return _FOLDERS.sub("", _TYPED.sub("", words))

"""Every error this system raises on purpose.

ChengxinError
├── ConfigError        a TOML file is wrong: names file and key      → exit 2
├── UsageError         a command was asked for the impossible         → exit 2
│   └── AlreadyRunning another process does the same just now         → exit 2
├── CalendarUnknown    a year without official calendar data          → inconclusive, never a guess
├── WorkbookError      a workbook cannot be read at all               → exit 2, nothing imported
├── StoreError         the store or the archive is damaged or locked  → exit 3
│   └── ArchiveUnreachable what was put away cannot be had just now → exit 3, and nothing is said of what it holds
├── EngineError        the crawl process failed or wrote no run       → exit 3
├── PictureError       a kept page cannot be drawn as a picture        → the saved text is offered instead
└── DeliveryError      a result could not be delivered                → exit 4
"""


class ChengxinError(Exception):
    """Base of all; `exit_code` is what the command line returns for it."""

    exit_code = 3


class ConfigError(ChengxinError):
    """A configuration file is wrong. `where` names the file, `key` the entry."""

    exit_code = 2

    def __init__(self, where: object, key: str, why: str) -> None:
        self.where, self.key, self.why = str(where), key, why
        super().__init__(f"配置有误：{where}：{key}：{why}" if key else f"配置有误：{where}：{why}")


class UsageError(ChengxinError):
    """The command cannot be carried out as asked."""

    exit_code = 2


class AlreadyRunning(UsageError):
    """Another process does just that at the moment: nothing failed, and nothing was begun."""


class CalendarUnknown(ChengxinError):
    """The working-day calendar holds no data for `year`."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"{year} 年的工作日安排尚无数据，不能推算工作日期限")


class WorkbookError(ChengxinError):
    """A workbook cannot be read as a whole; nothing of it was imported."""

    exit_code = 2


class StoreError(ChengxinError):
    """The store or the archive cannot be used."""


class ArchiveUnreachable(StoreError):
    """What was put away to a store cannot be had just now: that says nothing about what is there."""


class EngineError(ChengxinError):
    """The crawl process failed."""


class PictureError(ChengxinError):
    """A kept page cannot be drawn; `why` says in Chinese what stands in the way."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"画不出来：{why}")


class DeliveryError(ChengxinError):
    """A result could not be delivered (report, mail)."""

    exit_code = 4

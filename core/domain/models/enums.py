"""The fixed words: kinds of decisions, channels, outcomes, kinds of dates, grades."""

from enum import StrEnum


class Kind(StrEnum):
    """双公示: the two kinds of decision."""

    LICENCE = "licence"
    PENALTY = "penalty"


class Channel(StrEnum):
    """公示渠道: where an item could lawfully stand."""

    CREDIT = "credit"
    DEPARTMENT = "department"


class Outcome(StrEnum):
    """What a check can say. INCONCLUSIVE is never BREACHED: "could not look" is not "not there"."""

    MET = "met"
    BREACHED = "breached"
    PENDING = "pending"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"


class DateKind(StrEnum):
    """What a stated date means. Only PUBLISHED may serve as a stated publication date."""

    PUBLISHED = "published"
    DECIDED = "decided"
    EFFECTIVE = "effective"
    DOCUMENT = "document"  # 成文、生成、发文日期: the document's, never the publication's
    UNKNOWN = "unknown"


class CheckKind(StrEnum):
    """What a portal's family is held against; the last part of the check's id."""

    CITIZEN = "citizen"  # the list as a person reads it in a browser, by the portal's `[citizen]`
    SEEN = "seen"  # whether the rows of the first page are seen there, drawn in a browser
    DETAILS = "details"  # whether the newest details are
    AGENT = "agent"  # the first page as the site answers a plain browser


class CheckVerdict(StrEnum):
    """What came of holding a portal's family against the citizen's reading. UNREAD is neither of the others."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNREAD = "unread"


class Grade(StrEnum):
    """红名单 is the best, 黄名单 the worst (docs/rules.md §0.2)."""

    RED = "red"
    BLUE = "blue"
    YELLOW = "yellow"

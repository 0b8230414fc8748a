"""The one door for addresses that sites and clerks write: what no reader takes for an address is none, never an error.

`urlsplit` and `urljoin` raise ValueError for `http://[` and some full-width hosts, and `.port` for `http://x:99999/`.
"""

from collections.abc import Iterable
from urllib.parse import SplitResult, urljoin, urlsplit

_NONE = SplitResult("", "", "", "", "")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port >= 0 else None  # reading the port may raise, too
    except ValueError:
        return None


def parts_of(url: str) -> SplitResult:
    """The parts of an address; all of them empty where it is none."""
    return _split(url) or _NONE


def is_address(url: str) -> bool:
    """Whether a text can be read as an address, or as one relative to a page."""
    return _split(url) is not None


def joined(base: str, href: str) -> str:
    """Where `href` leads on a page at `base`; "" where one of them is no address."""
    try:
        url = urljoin(base, href.strip())
    except ValueError:
        return ""
    return url if is_address(url) else ""


def as_sent(url: str) -> str:
    """An address with the blanks behind its host percent-encoded, as browsers send them; a host with one is none."""
    scheme, mark, rest = url.partition("://")
    host, slash, tail = rest.partition("/")
    return f"{scheme}{mark}{host}{slash}{tail.replace(' ', '%20')}" if slash else url


def hosts_beside(url: str, others: Iterable[str]) -> list[str]:
    """The hosts of those addresses that are on another than `url`, one for each, as a portal's `hosts` name them."""
    own = parts_of(url).hostname
    return [host_named(other) for other in others if parts_of(other).hostname not in {None, own}]


def host_named(url: str) -> str:
    """A host as a portal's `hosts` name it: with its port where that is not the scheme's own; "" for no address."""
    parts = parts_of(url)
    name, port = (parts.hostname or "").lower(), parts.port
    return f"{name}:{port}" if port is not None and port != {"http": 80, "https": 443}.get(parts.scheme) else name

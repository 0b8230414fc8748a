"""Links in letters by which a unit comes to its own page of the desk without an account.

A link says its letter, its unit and its last moment, and is signed with the installation's secret: it cannot be made,
lengthened or turned to another unit without that, and the same letter always has the same link, so that a letter stays
a pure function of its records. Whether a link was used is the desk's to know (`desk.models.UsedLink`).
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.clock import ZONE
from core.domain.config import Config
from core.runtime.desk_secret import desk_secret
from core.runtime.paths import Paths

LIFE = timedelta(days=14)
PATH = "/own/enter/"
_FIELDS = re.compile(r"(?P<letter>[A-Za-z0-9][A-Za-z0-9_-]*)\.(?P<unit>[a-z0-9][a-z0-9-]*)\.(?P<until>[0-9]{1,11})")
_ANY = re.compile(re.escape(PATH) + r"[A-Za-z0-9._-]+")
_PURPOSE = b"chengxin: a unit's link, 1"
_MARK = 40  # hex digits of the signature


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPass:
    """What a genuine link says: the key of the letter that it stands in, its unit (slug), its last moment."""

    letter: str
    unit: str
    until: datetime


@dataclass(frozen=True, slots=True)
class EntryLinks:
    """How links are made: under which address the desk is reached, and what signs them."""

    address: str
    secret: str

    def link(self, unit: str, letter: str, at: datetime) -> str:
        """The link of a unit in a letter that may leave at `at`."""
        return f"{self.address}{PATH}{token_of(self.secret, unit, letter, at + LIFE)}"


def entry_links(config: Config, paths: Paths) -> EntryLinks | None:
    """How links are made here; None where the district names no address of its desk."""
    address = config.district.desk.address.rstrip("/")
    return EntryLinks(address, desk_secret(paths)) if address else None


def token_of(secret: str, unit: str, letter: str, until: datetime) -> str:
    """The signed end of a link."""
    said = f"{letter}.{unit}.{int(until.timestamp())}"
    return f"{said}.{_signed(secret, said)}"


def read_token(secret: str, token: str) -> EntryPass | None:
    """What a link says; None for one that this installation did not sign. An expired one is read like any other."""
    said, _, mark = token.rpartition(".")
    found = _FIELDS.fullmatch(said)
    if found is None or not mark.isascii() or not hmac.compare_digest(_signed(secret, said), mark):
        return None
    until = datetime.fromtimestamp(int(found["until"]), ZONE)
    return EntryPass(letter=found["letter"], unit=found["unit"], until=until)


def without_links(text: str) -> str:
    """A letter's text for anybody's eyes but its reader's: who could read the link could speak for the unit."""
    return _ANY.sub(f"{PATH}…", text)


def _signed(secret: str, said: str) -> str:
    key = hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:_MARK]

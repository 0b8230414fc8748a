"""Configuration: TOML read once into frozen values.

An unknown key, a missing value or an undefined slug is a ConfigError naming the file and the key.
A district is a folder: `district.toml`, `units.toml`, the scheme file it names, `portals/*.toml`,
and optionally `holidays.toml` (days that override the calendar package).
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, Field, ValidationError, field_validator, model_validator

from core.domain.addresses import EmailAddress
from core.domain.config_model import Css, Frozen, PublicKey, Slug, UnitKind
from core.domain.errors import ConfigError
from core.domain.model_faults import fault_in_words
from core.domain.models import Channel, CheckKind, DateKind, Kind
from core.domain.origins import WebAddress
from core.domain.scheme import Scheme

M = TypeVar("M", bound=BaseModel)


class Contact(Frozen):
    """Who reads a unit's mail. After `valid_until` the deputy takes over."""

    name: str
    email: EmailAddress
    role: Literal["contact", "deputy", "leader"] = "contact"
    valid_until: date | None = None


class Unit(Frozen):
    """被评价单位. `aliases` are names its decisions may carry; `source` says whether the scheme's text names it."""

    slug: Slug
    name: str
    kind: UnitKind
    aliases: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()  # 发文字头 of its document numbers, where known
    code: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successor: Slug | None = None
    source: Literal["text", "not-in-source"] = "text"
    contacts: tuple[Contact, ...] = Field(default=(), alias="contact")

    def valid_on(self, day: date) -> bool:
        """Whether the unit existed on `day` (机构改革)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Expect(Frozen):
    """What a portal is expected to be; a look that finds it otherwise has drifted and proves no absence.

    `fill`: the least share (0–1) of records that state a member (number_text, name, decided_on, authority, content).
    `columns`: the list's own columns, all of them; `labels`: labels of its details that nobody knows and that belong.
    `quiet_days`: without a new row for longer, the office is told. What is left out is learned from the portal itself.
    """

    rows_min: int | None = Field(default=None, ge=0)
    rows_max: int | None = Field(default=None, ge=0)
    fill: dict[Literal["number_text", "name", "decided_on", "authority", "content"], float] = Field(
        default_factory=dict
    )
    columns: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    quiet_days: int | None = Field(default=None, ge=1)


class Signature(Frozen):
    """A person's word for what the program cannot see: who looked, and on which day."""

    signed_by: str = Field(min_length=1)
    on: date

    @field_validator("signed_by")
    @classmethod
    def _has_a_name(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("要写签注人的姓名")
        return name.strip()

    def __str__(self) -> str:
        return f"{self.signed_by} {self.on}"


class CitizenReading(Frozen):
    """How a person in a browser reads the list that a cheap family reads: the family is held against it, now and then.

    Options of the family `citizen`. `marker`: where the portal's own is none that a person sees (a member's name).
    """

    container: Css
    items: Css
    link: Css = ""
    title: Css = ""
    dates: Css = ""
    pinned: Css = ""
    marker: str = ""

    @field_validator("container", "items")
    @classmethod
    def _says_where(cls, css: str) -> str:
        if not css:
            raise ValueError("要写 CSS 选择器")
        return css


class Portal(Frozen):
    """公示栏目: one listing on one site, and the facts to read it.

    `list_date` says what the list's date is; only "published" may be a stated publication date.
    `order` says how rows come: "newest-first" allows window looks, "none" makes every look a full walk.
    `marker`: words that stand on every genuine list page. `options` belong to the family, which validates them.
    `lists`: decisions, whose details are read; or documents or commitments, of which the rows alone are read.
    `verified`: a person compared what is read with the page; with name and day, or true where nobody signed.
    `one_page`: a person's word that the column is one page, where nothing on it says where it ends. It holds from its
    day on, and until a sign of more is seen.
    `may_be_empty`: a list without rows is an empty column; only a person can have seen that.
    `names_parties`: every row's title names whom it is about, so that a name missing from a whole look is absent.
    `citizen`: how a person reads the same list in a browser, which is held against the family's reading now and then.
    """

    id: Slug
    name: str
    channel: Channel
    lists: Literal["decisions", "documents", "commitments"] = "decisions"
    kinds: tuple[Kind, ...] = ()
    names_parties: bool = False
    unit: Slug | None = None  # whose portal; None on the credit site, where all units' decisions stand
    family: str
    url: str
    marker: str
    verified: bool | Signature = False
    enabled: bool = True
    note: str = ""
    list_date: DateKind = DateKind.UNKNOWN
    order: Literal["newest-first", "none"] = "newest-first"
    rendered: bool = False
    allow_private: bool = False
    hosts: tuple[str, ...] = ()  # further hosts that its details may stand on
    window_days: int | None = Field(default=None, ge=1)
    delay_seconds: float | None = Field(default=None, ge=0)
    reread_every_days: int | None = Field(default=None, ge=1)
    expect: Expect = Expect()
    may_be_empty: bool = False
    one_page: Signature | None = None
    citizen: CitizenReading | None = None
    options: dict[str, object] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _owner(self) -> "Portal":
        if (self.unit is None) != (self.channel is Channel.CREDIT):
            raise ValueError('channel = "department" 的栏目必须写 unit；channel = "credit" 的不得写 unit')
        if (self.lists == "decisions") != bool(self.kinds):
            raise ValueError('列决定的栏目（lists = "decisions"）必须写 kinds；列文件或承诺的栏目不得写 kinds')
        return self

    @model_validator(mode="after")
    def _is_checked_by_another(self) -> "Portal":
        if self.family == "citizen" and self.citizen is not None:
            raise ValueError('family = "citizen" 的栏目本来就在浏览器里读，不得再写 [citizen]')
        return self

    @property
    def is_interface(self) -> bool:
        """Whether the addresses read are of an interface and not pages that a person opens (`url` is one)."""
        return bool({"api", "json"} & set(self.family.split("-")))

    @property
    def allows_empty(self) -> bool:
        """Whether a person said that the column may hold nothing; `[expect] rows_min = 0` says so as well."""
        return self.may_be_empty or self.expect.rows_min == 0

    @property
    def verified_by(self) -> str:
        """Who compared the reading with the page and when, in Chinese; "未核实" where nobody did."""
        if isinstance(self.verified, Signature):
            return f"核实：{self.verified}"
        return "已核实，未署名" if self.verified else "未核实"

    @property
    def read_as(self) -> str:
        """The name of how the list is read, and by whose word: another one after a person changed any of it."""
        facts = self.model_dump(
            mode="json",
            include={"family", "url", "marker", "options", "citizen", "order", "list_date", "verified", "one_page"},
        )
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]

    def checked_as(self, kind: CheckKind) -> str:
        """Under what name a check of a kind is kept: each kind stands until one of its own settles it."""
        return self.read_as if kind is CheckKind.CITIZEN else f"{self.read_as}/{kind}"


class Crawl(Frozen):
    """Politeness and limits; seconds, days and bytes."""

    user_agent: str = "chengxin/0.1 (district credit monitoring)"
    contact: str = ""
    window_days: int = Field(default=30, ge=1)
    full_walk_every_days: int = Field(default=7, ge=1)
    reread_details: int = Field(default=10, ge=0)  # known details a portal and night, to see whether they were changed
    reread_every_days: int = Field(default=7, ge=1)  # and how old their reading must be: at least,
    reread_at_most_days: int = Field(default=28, ge=1)  # and, of one that has long stood unchanged, at most
    reread_growing: int = Field(default=100, ge=0)  # places that may take up further records, a portal and look
    citizen_every_days: int = Field(default=7, ge=0)  # a portal's [citizen] is held against its family; 0: never
    read_twice: bool = True  # every window is read a second time past caches, so one night can prove
    delay_seconds: float = Field(default=2.0, ge=0)
    timeout_seconds: float = Field(default=30, gt=0)
    parse_seconds: float = Field(default=60, gt=0)  # one page's reading; the largest lawful page takes a few
    max_bytes: int = Field(default=20_000_000, gt=0)
    max_pages: int = Field(default=500, gt=0)
    max_clock_skew_seconds: int = Field(default=60, gt=0)
    robots: bool = True
    max_crawl_delay_seconds: float = Field(default=60, gt=0)  # a robots.txt that asks for more: not looked at
    max_retry_wait_seconds: float = Field(default=120, gt=0)  # a Retry-After beyond it: left alone this night
    network_retry_seconds: float = Field(default=600, ge=0)  # after a crawl that reached nobody, before one more


class Smtp(Frozen):
    """The server that takes the mail. The password is read from the environment variable named by `password_env`.

    `security`: `starttls` and `tls` verify the server's certificate (`ca_file`: an authority of one's own); `none` is
    for a relay on the same machine.
    """

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_env: str = "CHENGXIN_SMTP_PASSWORD"
    ca_file: str = ""
    timeout_seconds: float = Field(default=30, gt=0)
    letter_seconds: float = Field(default=120, gt=0)  # one letter's whole dialogue; then the line is cut
    session_seconds: float = Field(default=900, gt=0)  # all that is due; what is left then waits for the next sending
    attempts: int = Field(default=8, ge=1)  # tries before a delivery is given up

    @model_validator(mode="after")
    def _is_safe(self) -> "Smtp":
        if self.security == "none" and self.user:
            raise ValueError('security = "none" 时不得登录：密码会以明文发送')
        return self


class Mail(Frozen):
    """Who sends, through what and when; `trial` sends everything to the office alone, but for units in `released`.

    Without `[mail.smtp]` letters are written to the outbox folder as .eml files and no more. `hours`: when letters to
    units may leave, on working days unless `weekends`; letters to the office leave at any hour.
    """

    sender: EmailAddress
    office: EmailAddress
    office_name: str
    trial: bool = True
    released: tuple[str, ...] = ()
    hours: str = Field(default="08:30-17:30", pattern=r"^\d\d:\d\d-\d\d:\d\d$")
    weekends: bool = False
    escalate_after_days: int = Field(
        default=7, ge=1
    )  # a breach told so long ago goes to the leader as well, every week
    summary: bool = True  # the office's morning letter
    contact: str = ""  # whom in the office a unit may ask, as its letters name them
    telephone: str = Field(  # the office's own, printed whole: digits in groups of at most twelve
        default="", max_length=60, pattern=r"^(?:[（(+]?[0-9]{2,12}(?:[）)]|[ \-转、/，]+|$))*$"
    )
    smtp: Smtp | None = None


class Watch(Frozen):
    """Where the heartbeat is sent, besides its file: a watcher that is told at once of a night that failed."""

    url: WebAddress
    seconds: float = Field(default=10, gt=0)  # that its answer is waited for


class Webhook(Frozen):
    """Another system that is told what came of a night (notifications/webhooks.py): `json`, signed, or `wecom`, a line
    for a group's robot. `seconds`: that its answer is waited for; `allow_private`: it may stand inside, on an address
    that is not public."""

    url: WebAddress
    kind: Literal["json", "wecom"] = "json"
    allow_private: bool = False
    seconds: float = Field(default=10, gt=0, le=60)


class GroupRobot(Frozen):
    """A group that is told what came of a night through the package `apprise` (notifications/group_robots.py).

    `service`: whose robot, as apprise calls it; those alone whose host is fixed. `url_env`: the environment's variable
    with its address, which holds a key. `seconds`: that its answer is waited for.
    """

    service: Literal["wecombot", "dingtalk", "feishu", "lark", "schan"]
    url_env: str = Field(default="CHENGXIN_APPRISE_URL", pattern=r"^[A-Z][A-Z0-9_]*$")
    seconds: float = Field(default=10, gt=0, le=60)


class Reviewer(Frozen):
    """A person whose word counts. Known by the account of the machine they work on, by their account at the desk, or by
    a key that only they hold.

    `public_key`: of the Ed25519 key with which they sign every word, 64 hex digits (`chengxin key new`).
    `key_sha256`: of a key that does not sign, 64 hex digits. Keys themselves come from the environment.
    `desk`: the account at the desk (`desk/`) that speaks for them.
    """

    name: str = Field(min_length=1)
    account: str = ""
    desk: str = ""
    public_key: PublicKey = ""
    key_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")

    @model_validator(mode="after")
    def _is_known_by_something(self) -> "Reviewer":
        if not (self.account or self.desk or self.public_key or self.key_sha256):
            raise ValueError(
                f"复核人 {self.name} 要写 account（系统账号）、desk（工作台账号）或 public_key（签名公钥）"
            )
        return self


class ReviewSettings(Frozen):
    """How the office reviews. `objection_days` in which units may object after the quarter's workbooks are due.

    `two_persons`: a quarter is frozen, and so goes to leaders, only by the words of two reviewers.
    """

    objection_days: int = Field(default=7, ge=0)
    two_persons: bool = False
    reviewers: tuple[Reviewer, ...] = Field(default=(), alias="reviewer")

    @model_validator(mode="after")
    def _has_two(self) -> "ReviewSettings":
        if self.two_persons and len({reviewer.name for reviewer in self.reviewers}) < 2:
            raise ValueError("two_persons = true 时至少要登记两名复核人")
        return self


class Ldap(Frozen):
    """A directory that says who somebody is at the desk, by name and password. The names are the desk's own.

    `url`: `ldaps://`, or `ldap://`, which begins with StartTLS; `ca_file`: PEM of the authority that its certificate is
    held against, beside `district.toml` unless absolute, none: the machine's own. `user_dn`: as whom somebody binds,
    `{username}` in it; or else `base` and `filter`, by which the entry is looked for as `bind_dn`, whose password is
    read from the environment variable named by `password_env`. `seconds`: that each answer is waited for.
    """

    url: str = Field(pattern=r"^ldaps?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?$")
    user_dn: str = ""
    base: str = ""
    filter: str = "(uid={username})"
    bind_dn: str = ""
    password_env: str = "CHENGXIN_LDAP_PASSWORD"
    ca_file: str = ""
    seconds: int = Field(default=5, ge=1, le=60)

    @model_validator(mode="after")
    def _finds_one_way(self) -> "Ldap":
        if bool(self.user_dn) == bool(self.base):
            raise ValueError("user_dn 和 base 写一个：直接用 user_dn 登录，或在 base 下查找")
        if self.base and not self.bind_dn:
            raise ValueError("写了 base 就要写 bind_dn（用哪个账号查找）")
        named = self.filter if self.base else self.user_dn
        if named.count("{username}") != 1:
            raise ValueError(f"{'filter' if self.base else 'user_dn'} 里要有一处 {{username}}")
        return self


HttpsAddress = Annotated[str, Field(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/\S*)?$")]


class Oidc(Frozen):
    """An identity provider (OpenID Connect, code flow with PKCE) that says who somebody is at the desk.

    `name`: as the button says it; `claim`: of the identity token, which names the account; `secret_env`: of the
    environment, with the client's secret, sent as `secret_by` says; `algorithm`: with which tokens are signed;
    `ca_file`, `seconds`: as of Ldap, but that none means Mozilla's list of authorities.
    """

    name: str = Field(default="统一身份认证", min_length=1, max_length=20)
    issuer: HttpsAddress
    client_id: str = Field(min_length=1)
    secret_env: str = "CHENGXIN_OIDC_SECRET"
    secret_by: Literal["basic", "post"] = "basic"
    authorize_url: HttpsAddress
    token_url: HttpsAddress
    keys_url: HttpsAddress
    scope: str = Field(default="openid profile", pattern=r"^(\S+ )*openid( \S+)*$")
    claim: str = Field(default="preferred_username", min_length=1)
    algorithm: Literal["RS256", "PS256", "ES256"] = "RS256"
    ca_file: str = ""
    seconds: int = Field(default=10, ge=1, le=60)


DeskRole = Literal["head", "reviewer", "clerk", "leader", "contact", "system", "security", "auditor", "city"]


class DeskSettings(Frozen):
    """How the desk is reached, and how one signs in. `address`: as letters to units name it, https alone, for they then
    carry a link that opens the unit's own page (`core.runtime.entry_links`); none: no link.

    `second_factor`: a code of the telephone beside the password. `off`: nobody is asked; `offered`: who set one up;
    `required`: nobody of `second_factor_roles` gets further without one. `ldap`, `oidc`: who says who somebody is, for
    accounts that come by the directory.
    """

    address: str = Field(default="", pattern=r"^(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?)?$")
    second_factor: Literal["off", "offered", "required"] = "offered"
    second_factor_roles: tuple[DeskRole, ...] = ("head", "reviewer", "system", "security", "auditor", "city")
    ldap: Ldap | None = None
    oidc: Oidc | None = None


class ChainSettings(Frozen):
    """How heads of the hash chain are signed. `key_file`: the installation's private key, made at first need; a
    relative path begins at the data folder. `public_keys`: whose signatures count; none: any that holds."""

    key_file: str = Field(default="installation.key", min_length=1)
    public_keys: tuple[PublicKey, ...] = ()


class TimestampAuthority(Frozen):
    """Who stamps each head with the time (RFC 3161). `ca_file`: PEM of the authority's certificates, beside
    `district.toml` unless absolute. `timeout_seconds`: how long a night waits for the authority in all."""

    url: str = Field(pattern=r"^https?://[^\s]+$")
    ca_file: str = Field(min_length=1)
    timeout_seconds: float = Field(default=10, gt=0, le=120)


def _store_address(url: str) -> str:
    """The address of a store, without a slash at its end; ValueError for one that is none, or that holds a key."""
    if not url:
        return ""
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s?#]+", url) or "::" in url:
        raise ValueError("应写成 s3://桶/路径 或 file:///文件夹，不带参数")
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise ValueError("不要把钥匙写在这里：由环境变量给（见 docs/archive.md）")
    if url.startswith("file://") and not url.startswith("file:///"):
        raise ValueError("共享盘写完整路径：file:///文件夹")
    return url.rstrip("/")


StoreAddress = Annotated[str, AfterValidator(_store_address)]


class Keeping(Frozen):
    """How long archive files are kept, in months. No public display lasts over three years (docs/domain.md §1.8).

    `min_free_mib`: a night does not begin with less room than that, nor with less than it is likely to take.
    `url`: of the store that the files of ended nights are put away to, `file://` or whatever fsspec knows; none: they
    stay in the folder alone. `keep_days`: that they stay there as well. Keys come from the environment.
    """

    keep_months: int = Field(default=36, ge=12)
    min_free_mib: int = Field(default=200, ge=0)
    url: StoreAddress = ""
    keep_days: int = Field(default=30, ge=0)


class District(Frozen):
    """`district.toml`."""

    slug: Slug
    name: str
    office: str
    credit_site: str
    scheme: str
    later_schemes: tuple[str, ...] = ()  # files of schemes that take over on their effective_from
    simulated: bool = False
    places: tuple[str, ...] = ()  # place prefixes dropped when names of units are compared
    night_at: str = Field(default="00:30", pattern=r"^\d\d:\d\d$")
    quiet_nights_warn: int = Field(default=3, ge=1)  # nights without a proving look before the office is told
    crawl: Crawl = Crawl()
    archive: Keeping = Keeping()
    review: ReviewSettings = ReviewSettings()
    desk: DeskSettings = DeskSettings()
    chain: ChainSettings = ChainSettings()
    timestamp: TimestampAuthority | None = None
    watch: Watch | None = None
    webhooks: tuple[Webhook, ...] = Field(default=(), alias="webhook")
    robots: tuple[GroupRobot, ...] = Field(default=(), alias="apprise")
    mail: Mail


class Config(Frozen):
    """A whole district, read and checked. `hash` covers every file's bytes.

    `scheme` is the one in force at present for this value (`on` gives another day's); `schemes`: all with their hashes.
    """

    folder: Path
    district: District
    units: tuple[Unit, ...]
    portals: tuple[Portal, ...]
    scheme: Scheme
    scheme_hash: str
    schemes: tuple[tuple[Scheme, str], ...] = ()
    holidays: dict[date, bool] = Field(default_factory=dict)  # day → is a working day
    hash: str

    def on(self, day: date) -> "Config":
        """The same with the scheme in force on `day`: the newest that had taken effect, else the first."""
        in_force = [pair for pair in self.schemes if pair[0].effective_from <= day] or list(self.schemes[:1])
        if not in_force or in_force[-1][0] is self.scheme:
            return self
        scheme, digest = in_force[-1]
        return self.model_copy(update={"scheme": scheme, "scheme_hash": digest})

    def unit(self, slug: str) -> Unit:
        """The unit named `slug`; KeyError for an unknown one."""
        return next(u for u in self.units if u.slug == slug)

    def portal(self, portal_id: str) -> Portal:
        """The portal named `portal_id`."""
        return next(p for p in self.portals if p.id == portal_id)

    def channel(self, channel: Channel, unit: str, kind: Kind) -> tuple[Portal, ...]:
        """All enabled portals where a decision of `unit` and `kind` could lawfully stand on `channel`."""
        return tuple(
            p for p in self.portals if p.enabled and p.channel is channel and kind in p.kinds and p.unit in (None, unit)
        )

    def sites(self, lists: str, unit: str) -> tuple[Portal, ...]:
        """All enabled portals that list documents or commitments of `unit`."""
        return tuple(p for p in self.portals if p.enabled and p.lists == lists and p.unit in (None, unit))


class _Units(Frozen):
    unit: tuple[Unit, ...]


class _Holidays(Frozen):
    off: tuple[date, ...] = ()
    working: tuple[date, ...] = ()


class _Reading:
    """Files read one after another into models, with every fault found on the way."""

    def __init__(self) -> None:
        self.faults: list[ConfigError] = []

    def read(self, path: Path, model: type[M]) -> M | None:
        """One TOML file as `model`; None where it has faults, each of which names the file and the key."""
        try:
            return model.model_validate(_parsed(path))
        except ConfigError as fault:
            self.faults.append(fault)
        except ValidationError as error:
            for each in error.errors():
                self.faults.append(ConfigError(path, ".".join(map(str, each["loc"])), fault_in_words(each)))
        return None


def read_settings(path: Path, model: type[M]) -> M:
    """One TOML file as `model`; raises ConfigError, the first fault of it, naming the file and the key."""
    reading = _Reading()
    known = reading.read(path, model)
    if known is None:
        raise reading.faults[0]
    return known


def _parsed(path: Path) -> dict[str, object]:
    """What a TOML file holds; ConfigError where it cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise ConfigError(path, "", "文件不存在") from None
    except OSError as error:
        raise ConfigError(path, "", f"文件读不出来：{error.strerror}") from None
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, bytes that are no UTF-8, a number of 5,000 digits
        raise ConfigError(path, "", f"不是合法的 TOML：{error}") from None


def _repeated(path: Path, key: str, names: Sequence[str]) -> list[ConfigError]:
    return [ConfigError(path, key, f"重复：{name}") for name in dict.fromkeys(names) if names.count(name) > 1]


def _unit_faults(path: Path, units: Sequence[Unit]) -> list[ConfigError]:
    slugs = [unit.slug for unit in units]
    lost = [unit for unit in units if unit.successor is not None and unit.successor not in slugs]
    return [
        *_repeated(path, "unit.slug", slugs),
        *(ConfigError(path, f"{unit.slug}.successor", f"没有定义单位 {unit.successor}") for unit in lost),
    ]


def _portal_faults(portals: Mapping[Path, Portal], units: Collection[str] | None) -> Iterator[ConfigError]:
    """`units`: the slugs that are defined; None where their file could not be read."""
    for path, portal in portals.items():
        if portal.id != path.stem:
            yield ConfigError(path, "id", f"应与文件名一致（{path.stem}），现为 {portal.id}")
        if portal.unit is not None and units is not None and portal.unit not in units:
            yield ConfigError(path, "unit", f"units.toml 没有定义单位 {portal.unit}")


def _scheme_faults(folder: Path, schemes: Sequence[tuple[Path, Scheme]]) -> Iterator[ConfigError]:
    for path, scheme in schemes:
        yield from _repeated(path, "indicator.code", [i.code for i in scheme.indicators])
    days = [str(scheme.effective_from) for _, scheme in schemes]
    yield from _repeated(folder / "district.toml", "later_schemes.effective_from", days)


def _hash_of(files: Iterable[Path]) -> str:
    """SHA-256 over the names and bytes of the files, in their order."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictFiles:
    """What could be read of a district's folder, and every fault found: those of the files read first come first."""

    folder: Path
    district: District | None
    units: tuple[Unit, ...] | None
    schemes: tuple[tuple[Path, Scheme], ...]  # by the day on which they take effect
    portals: Mapping[Path, Portal]
    holidays: Mapping[date, bool]
    faults: tuple[ConfigError, ...]


def read_files(folder: Path) -> DistrictFiles:
    """Read everything in `folder`. What a fault hides is not guessed at: without `units.toml` no unit is unknown."""
    folder, reading = folder.resolve(), _Reading()
    district = reading.read(folder / "district.toml", District)
    units = reading.read(folder / "units.toml", _Units)
    names = (district.scheme, *district.later_schemes) if district else _scheme_names(folder / "district.toml")
    schemes = [(folder / name, scheme) for name in names if (scheme := reading.read(folder / name, Scheme))]
    schemes.sort(key=lambda pair: pair[1].effective_from)
    paths = sorted((folder / "portals").glob("*.toml"))
    portals = {path: portal for path in paths if (portal := reading.read(path, Portal))}
    reading.faults += _unit_faults(folder / "units.toml", units.unit if units else ())
    reading.faults += _portal_faults(portals, {unit.slug for unit in units.unit} if units else None)
    reading.faults += _scheme_faults(folder, schemes)
    holidays_path = folder / "holidays.toml"
    holidays = (reading.read(holidays_path, _Holidays) if holidays_path.exists() else None) or _Holidays()
    return DistrictFiles(
        folder=folder,
        district=district,
        units=units.unit if units else None,
        schemes=tuple(schemes),
        portals=portals,
        holidays=dict.fromkeys(holidays.off, False) | dict.fromkeys(holidays.working, True),
        faults=tuple(reading.faults),
    )


def _scheme_names(path: Path) -> tuple[str, ...]:
    """The schemes that a `district.toml` names which is otherwise wrong."""
    with suppress(ConfigError):
        match _parsed(path):
            case {"scheme": str(scheme), "later_schemes": list(later)}:
                return (scheme, *(name for name in later if isinstance(name, str)))
            case {"scheme": str(scheme)}:
                return (scheme,)
    return ()


def load(folder: Path) -> Config:
    """Read the district in `folder` whole; raises ConfigError on the first fault."""
    return config_of(read_files(folder))


def config_of(files: DistrictFiles) -> Config:
    """The configuration that faultless files are; raises ConfigError, the first of them, where there are faults."""
    if files.faults or files.district is None or files.units is None:
        raise files.faults[0]
    folder, district = files.folder, files.district
    read = [folder / "district.toml", folder / "units.toml"]
    read += [*(folder / name for name in (district.scheme, *district.later_schemes)), *files.portals]
    read += [path for path in (folder / "holidays.toml",) if path.exists()]
    hashed = tuple((scheme, hashlib.sha256(path.read_bytes()).hexdigest()) for path, scheme in files.schemes)
    return Config(
        folder=folder,
        district=district,
        units=files.units,
        portals=tuple(files.portals.values()),
        scheme=hashed[0][0],
        scheme_hash=hashed[0][1],
        schemes=hashed,
        holidays=dict(files.holidays),
        hash=_hash_of(read),
    )

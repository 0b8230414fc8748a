"""What the desk itself keeps, in `desk.db`: accounts, who works on what, words that wait for a second person, and the
log of who saw and did what. Facts, rulings and letters are none of it: they stay in the district's store.
"""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from core.domain.clock import ZONE
from desk.roles import RIGHTS, ROLES, Right, Role

MAX_NAME = 64  # characters of a person's name


class Accounts(BaseUserManager["Account"]):
    """Accounts by user name."""

    def make(self, username: str, name: str, role: Role, password: str | None, *, unit: str = "") -> "Account":
        """A new account; without a password nobody can sign in to it yet."""
        account = self.model(username=username, name=name, role=role, unit=unit)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """Somebody at the desk. `unit`: the slug of the unit that a contact speaks for, "" for all others; `by_directory`:
    a directory says who they are (desk.directory), and they have no password here.
    """

    username = models.CharField("用户名", max_length=32, unique=True)
    name = models.CharField("姓名", max_length=MAX_NAME)
    role = models.CharField("角色", max_length=16, choices=[(role.value, word) for role, word in ROLES.items()])
    unit = models.CharField("单位", max_length=64, blank=True, default="")
    is_active = models.BooleanField("在用", default=True)
    must_change = models.BooleanField("须改密码", default=False)
    by_directory = models.BooleanField("由目录登录", default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[Accounts] = Accounts()

    def may(self, right: Right) -> bool:
        """Whether this account has a right now."""
        return self.is_active and right in RIGHTS[Role(self.role)]

    @property
    def role_name(self) -> str:
        """The role in Chinese."""
        return ROLES[Role(self.role)]


class Assignment(models.Model):
    """Who works on a matter: a hint for people, no right hangs on it. `matter`: kind and call number."""

    matter = models.CharField(max_length=200, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    at = models.DateTimeField(auto_now=True)


class Draft(models.Model):
    """A ruling that waits for a second person. `subject` as stored of a ruling; `kind`, `value`, `seen`: as of
    RulingRequest; `newest`: the id of the newest word on the same subject that the author saw; `about`, `unit`, `page`:
    what it is about, in words, whose it is ("": nobody's), and where it is shown.
    """

    subject = models.CharField(max_length=300)
    page = models.CharField(max_length=400)
    unit = models.CharField(max_length=64, blank=True, default="")
    about = models.TextField()
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=32, blank=True, default="")
    why = models.TextField()
    until = models.DateField(null=True, blank=True)
    seen = models.CharField(max_length=64)
    newest = models.CharField(max_length=64, blank=True, default="")
    author = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    settled_as = models.CharField(max_length=16, blank=True, default="")  # approved | refused | stale
    remark = models.TextField(blank=True, default="")


class Question(models.Model):
    """What the office asks a unit about an item. No ruling and no fact: nothing is reckoned from it, the letter that
    asks is the outbox's, and what the unit answers is an objection, a note or a confirmation like any other.

    `letter`: the key of the letter that asks, "" where one about the item had gone out that day; `answer`: the id of
    what the unit said to it at the desk.
    """

    evidence = models.CharField(max_length=200, db_index=True)
    call = models.CharField(max_length=40)
    unit = models.CharField(max_length=64, db_index=True)
    about = models.TextField()
    text = models.TextField()
    author = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    letter = models.CharField(max_length=120, blank=True, default="")
    answer = models.CharField(max_length=64, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)


class LetterMark(models.Model):
    """What a unit did with a letter: when it was first on its page after the letter had come, and when it signed for
    it; by which account."""

    key = models.CharField(max_length=120)
    unit = models.CharField(max_length=64, db_index=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.CharField(max_length=64, blank=True, default="")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        """One mark of a unit on a letter."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "unit"], name="one_mark_a_letter")
        ]


class UsedLink(models.Model):
    """A link that was used: its hash, its unit, and the hash of the browser session that it was used in, which alone
    may use it again."""

    digest = models.CharField(max_length=64, unique=True)
    unit = models.CharField(max_length=64)
    letter = models.CharField(max_length=120)
    browser = models.CharField(max_length=64)
    at = models.DateTimeField()


class Token(models.Model):
    """What a program signs in with: its hash, and the scopes it has (desk.api), parted by blanks."""

    name = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)


class LogEntry(models.Model):
    """Somebody did or saw something; never changed, kept at least six months. `account`: user name as typed at a
    failed sign-in."""

    at = models.DateTimeField(db_index=True)
    account = models.CharField(max_length=64, db_index=True)
    role = models.CharField(max_length=16, blank=True, default="")
    action = models.CharField(max_length=32)
    subject = models.CharField(max_length=200, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    address = models.CharField(max_length=64, blank=True, default="")

    @property
    def local(self) -> str:
        """When, in Beijing's time, to the second."""
        return f"{self.at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"

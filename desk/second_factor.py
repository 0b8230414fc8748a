"""The second factor: a code of the telephone (TOTP, RFC 6238) beside the password, and recovery codes for a lost one.

django-otp keeps the devices, takes each code once, in its half minute and the one before and after, and lets an account
wait twice as long after each wrong one, from wherever it comes. Wrong ones are counted by account and address as well,
as wrong passwords are (django-axes): both go through `authenticate`. The machine's clock counts, never a stopped one.
"""

import hashlib
import secrets
import unicodedata
from base64 import b32encode
from binascii import unhexlify
from urllib.parse import quote

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.domain.errors import UsageError
from desk.models import Account
from desk.roles import Role
from desk.site import current

RECOVERY_CODES = 10
PROVEN = "second-factor"  # in the session: the number of the device that its sign-in showed a code of
_DIGITS = 6
_STEP = 30  # seconds
_PARTS, _PART = 3, 4  # of a recovery code: 60 bits


class Codes:
    """How `authenticate(request, username=…, token=…)` asks for the second factor: a code of it, or a recovery code."""

    def authenticate(self, _: HttpRequest | None, username: str = "", token: str = "") -> Account | None:
        """The account, where the code is right; it is used by that."""
        account = Account.objects.filter(username=username, is_active=True).first()
        return account if account is not None and _takes(account, normal(token)) else None


def device_of(account: Account) -> TOTPDevice | None:
    """The second factor that an account is asked for; None where it has none, or the district asks nobody."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=account, confirmed=True).first()
    if device is None or account.role == Role.LINK:  # asked at every page: most have none, and no file is looked at
        return None
    return None if current().shown.district.desk.second_factor == "off" else device


def with_factor() -> frozenset[int]:
    """The numbers of the accounts that have one."""
    return frozenset(TOTPDevice.objects.filter(confirmed=True).values_list("user_id", flat=True))


def is_asked_of(account: Account) -> bool:
    """Whether the district wants a second factor of this role."""
    desk = current().shown.district.desk
    return desk.second_factor == "required" and account.role in desk.second_factor_roles


def is_owed(account: Account) -> bool:
    """Whether it is wanted and the account has none."""
    return is_asked_of(account) and device_of(account) is None


def seconds_to_wait(account: Account, typed: str) -> int:
    """How long nothing is taken after wrong ones of this kind; nothing that comes earlier is looked at."""
    device = _device(account, normal(typed))
    allowed, why = (True, {}) if device is None else device.verify_is_allowed()
    return 0 if allowed else int((why["locked_until"] - timezone.now()).total_seconds()) + 1


def normal(typed: str) -> str:
    """A code as it is compared: digits and letters alone, whatever parted them or how wide they are."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed[:64]).lower() if c.isalnum())


def is_recovery(typed: str) -> bool:
    """Whether what was typed can only be a recovery code."""
    return not _is_code(normal(typed))


def new_key() -> str:
    """What a device and the desk share, in hex: 160 bits (RFC 4226, 4)."""
    return secrets.token_hex(20)


def secret_of(key: str) -> str:
    """The same as one types it into a device."""
    return b32encode(unhexlify(key)).decode()


def address_of(account: Account, key: str) -> str:
    """The same as a device takes it from a picture (`otpauth:`, the Key URI Format)."""
    issuer = quote(f"{current().shown.district.name}诚信监测", safe="")
    said = f"secret={secret_of(key)}&issuer={issuer}&digits={_DIGITS}&period={_STEP}"
    return f"otpauth://totp/{quote(account.username)}?{said}"


def enrol(account: Account, key: str, typed: str) -> tuple[str, ...]:
    """Set a second factor up, proven by a code of it, which is used by that; its recovery codes. None of them, and
    nothing set up, where the code is wrong. UsageError where the account has one.
    """
    code, telephone = normal(typed), TOTP(unhexlify(key), step=_STEP, digits=_DIGITS)
    if not (_is_code(code) and telephone.verify(int(code), tolerance=1)):
        return ()
    with transaction.atomic():
        if TOTPDevice.objects.filter(user=account).exists():
            raise UsageError("这个账号已经绑定了第二因素")
        TOTPDevice.objects.create(user=account, name="验证器", key=key, last_t=telephone.t())
        return new_codes(account)


def new_codes(account: Account) -> tuple[str, ...]:
    """New recovery codes, which are shown once and kept as hashes; those of before end."""
    made = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    with transaction.atomic():
        StaticDevice.objects.filter(user=account).delete()
        kept = StaticDevice.objects.create(user=account, name="恢复代码")
        StaticToken.objects.bulk_create(StaticToken(device=kept, token=_hash(normal(code))) for code in made)
    return made


def codes_left(account: Account) -> int:
    """How many recovery codes were not used yet."""
    left: int = StaticToken.objects.filter(device__user=account).count()
    return left


def forget(account: Account) -> bool:
    """Remove the second factor and its recovery codes; whether there was one."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=account).delete()
        removed, _ = TOTPDevice.objects.filter(user=account).delete()
    return bool(removed)


def end_waiting(account: Account) -> None:
    """Take the next code at once, after wrong ones."""
    for kind in (TOTPDevice, StaticDevice):
        kind.objects.filter(user=account).update(throttling_failure_count=0, throttling_failure_timestamp=None)


def _takes(account: Account, code: str) -> bool:
    """Whether a code is right, which uses it: the transaction keeps two requests from taking the same one."""
    with transaction.atomic():
        device = _device(account, code) if device_of(account) is not None else None
        return device is not None and bool(device.verify_token(code if _is_code(code) else _hash(code)))


def _device(account: Account, code: str) -> TOTPDevice | StaticDevice | None:
    kind = TOTPDevice if _is_code(code) else StaticDevice
    return kind.objects.filter(user=account, confirmed=True).first()


def _is_code(code: str) -> bool:
    return len(code) == _DIGITS and code.isascii() and code.isdigit()


def _recovery_code() -> str:
    letters = b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[part * _PART : (part + 1) * _PART] for part in range(_PARTS))


def _hash(code: str) -> str:
    """As a recovery code is kept: it has 60 bits of chance, so that a quick hash does; django-otp has room for 16."""
    return hashlib.sha256(code.encode()).hexdigest()[:16]

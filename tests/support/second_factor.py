"""A telephone that shows codes (TOTP): what an account's authenticator shows now, or some steps earlier or later."""

from binascii import unhexlify

from django_otp.oath import totp

STEP = 30  # seconds


def code_of(key: str, steps: int = 0) -> str:
    """The six digits for a key in hex, `steps` half minutes from now."""
    return f"{totp(unhexlify(key), step=STEP, drift=steps):06d}"


def enrolled(username: str) -> tuple[str, tuple[str, ...]]:
    """An account with a second factor set up some time ago: its key in hex, and its recovery codes."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from desk.models import Account
    from desk.second_factor import enrol, new_key

    account, key = Account.objects.get(username=username), new_key()
    codes = enrol(account, key, code_of(key))
    TOTPDevice.objects.update(last_t=-1)
    return key, codes

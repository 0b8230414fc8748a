"""One letter through one SMTP server, told recipient by recipient: sent, refused for good, for later, or not known."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from core.domain.config import Smtp
from core.domain.text import plain

Fate = Literal["sent", "later", "dead", "uncertain"]
_TROUBLE = (smtplib.SMTPException, OSError, ssl.SSLError)


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of a letter for one recipient, and what the server said."""

    fate: Fate
    said: str


def send(
    settings: Smtp, password: str, sender: str, recipients: Sequence[str], message: bytes
) -> dict[str, SendResult]:
    """Hand `message` to the server for `recipients`; an outcome for every one of them, whatever happens.

    Up to the end of DATA nothing has been delivered: any failure is for later (or for good, where the server says 5xx).
    From then on a server that goes away without an answer may have taken the letter: `uncertain`.
    """
    try:
        with _session(settings, password) as server:
            return _transact(server, sender, recipients, message)
    except smtplib.SMTPAuthenticationError as error:
        return _all(recipients, "later", f"登录被拒：{_said(error)}")
    except _TROUBLE as error:
        return _all(recipients, "later", f"连不上邮件服务器：{_said(error)}")


def _transact(server: smtplib.SMTP, sender: str, recipients: Sequence[str], message: bytes) -> dict[str, SendResult]:
    code, answer = server.mail(sender)
    if code != 250:
        return _all(recipients, _fate(code), f"发件人被拒：{_text(code, answer)}")
    refused: dict[str, SendResult] = {}
    for recipient in recipients:
        code, answer = server.rcpt(recipient)
        if code not in (250, 251):
            refused[recipient] = SendResult(_fate(code), f"收件人被拒：{_text(code, answer)}")
    taken = [recipient for recipient in recipients if recipient not in refused]
    if not taken:
        server.rset()
        return refused
    return refused | _data(server, taken, message)


def _data(server: smtplib.SMTP, recipients: Sequence[str], message: bytes) -> dict[str, SendResult]:
    try:
        code, answer = server.data(message)
    except smtplib.SMTPDataError as error:
        return _all(recipients, _fate(error.smtp_code), f"信件被拒：{_said(error)}")
    except _TROUBLE as error:
        return _all(recipients, "uncertain", f"信已交出，服务器没有答复：{_said(error)}")
    return _all(recipients, "sent" if code == 250 else _fate(code), _text(code, answer))


def _fate(code: int) -> Fate:
    return "dead" if 500 <= code < 600 else "later"


def _all(recipients: Sequence[str], fate: Fate, text: str) -> dict[str, SendResult]:
    return {recipient: SendResult(fate, text) for recipient in recipients}


@contextmanager
def _session(settings: Smtp, password: str) -> Iterator[smtplib.SMTP]:
    """A session greeted, encrypted and logged in as configured; it is closed without waiting for the server's leave."""
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    server = (
        smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout_seconds, context=context)
        if settings.security == "tls"
        else smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)
    )
    try:
        server.ehlo()
        if settings.security == "starttls":
            server.starttls(context=context)
            server.ehlo()
        if settings.user:
            server.login(settings.user, password)
        yield server
    finally:
        try:
            server.quit()
        except _TROUBLE:
            server.close()


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _text(error.smtp_code, error.smtp_error)
    return plain(str(error) or type(error).__name__)[:200]


def _text(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {plain(text)}"[:200]

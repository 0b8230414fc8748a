"""One letter through one SMTP server, told recipient by recipient: sent, refused for good, for later, or not known.

A dialogue has an end: a server that drips its answers keeps within every single waiting time, and never ends them.
"""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from core.domain.config import Smtp
from core.domain.text import plain

Fate = Literal["sent", "later", "dead", "uncertain"]
_TROUBLE = (smtplib.SMTPException, OSError, ssl.SSLError)
_UNSENDABLE = ValueError  # smtplib's: characters beyond ASCII, a line break in an address
_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of a letter for one recipient, and what the server said."""

    fate: Fate
    said: str


def send(
    settings: Smtp, password: str, sender: str, recipients: Sequence[str], message: bytes, seconds: float
) -> dict[str, SendResult]:
    """Hand `message` to the server for `recipients`; an outcome for every one of them, whatever happens.

    Until the dot that ends the letter is sent nothing has been delivered: any failure is for later (or for good, where
    the server says 5xx, or the address cannot be written). From then on a server that goes away without an answer may
    have taken the letter: `uncertain`. After `seconds` the line is cut, whatever the server is saying.
    """
    limit = _Limit(seconds)
    try:
        with limit, _session(settings, password, limit) as server:
            return _transact(server, limit, sender, recipients, message)
    except smtplib.SMTPAuthenticationError as error:
        return _all(recipients, "later", f"登录被拒：{_said(error)}")
    except _TROUBLE as error:
        return _all(recipients, "later", f"连不上邮件服务器：{limit.said(error)}")
    except _UNSENDABLE as error:
        return _all(recipients, "later", f"发件人或登录名里有不能发送的字：{plain(str(error))[:200]}")


class _Limit:
    """The end of a dialogue: once `seconds` have passed its connection is cut, and whoever waits on it is told so."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._seconds, self._held = seconds, list[socket.socket]()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "_Limit":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for line in self._held:
            line.close()

    def over(self, line: socket.socket) -> None:
        """Hold a second handle of the connection: the first one goes when TLS takes it over."""
        self._held.append(line.dup())
        if self.passed:
            self._cut()

    def said(self, error: BaseException) -> str:
        """What ended the dialogue: the limit where it was that, else what the server said."""
        return f"{self._seconds:.0f} 秒还没有说完，已挂断" if self.passed else _said(error)

    def _cut(self) -> None:
        self.passed = True
        for line in self._held:
            with suppress(OSError):  # it is down already
                line.shutdown(socket.SHUT_RDWR)


class _Server(smtplib.SMTP):
    """The client side of one connection, under a limit from its first byte on."""

    def __init__(self, settings: Smtp, context: ssl.SSLContext, limit: _Limit) -> None:
        self._settings, self._context, self._limit = settings, context, limit
        super().__init__(settings.host, settings.port, timeout=settings.timeout_seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """What smtplib connects by."""
        line = socket.create_connection((host, port), timeout)
        self._limit.over(line)
        return self._context.wrap_socket(line, server_hostname=host) if self._settings.security == "tls" else line


def _transact(
    server: smtplib.SMTP, limit: _Limit, sender: str, recipients: Sequence[str], message: bytes
) -> dict[str, SendResult]:
    code, answer = server.mail(sender)
    if code != 250:
        return _all(recipients, _fate(code), f"发件人被拒：{_text(code, answer)}")
    refused = {each: fault for each in recipients if (fault := _refusal(server, each)) is not None}
    taken = [recipient for recipient in recipients if recipient not in refused]
    return refused | _data(server, limit, taken, message) if taken else refused


def _refusal(server: smtplib.SMTP, recipient: str) -> SendResult | None:
    """Why the server does not take this recipient; None where it does."""
    try:
        code, answer = server.rcpt(recipient)
    except _UNSENDABLE:
        return SendResult("dead", "收件人的地址里有不能发送的字，请更正地址")
    return None if code in (250, 251) else SendResult(_fate(code), f"收件人被拒：{_text(code, answer)}")


def _data(server: smtplib.SMTP, limit: _Limit, recipients: Sequence[str], message: bytes) -> dict[str, SendResult]:
    """The letter itself. smtplib's own `data` cannot say whether the server had all of it: the dot goes by itself."""
    code, answer = server.docmd("DATA")
    if code != 354:
        return _all(recipients, _fate(code), f"服务器不收信：{_text(code, answer)}")
    server.send(_DOT.sub(b"..", message) + (b"" if message.endswith(b"\r\n") else b"\r\n"))
    try:
        server.send(b".\r\n")
        code, answer = server.getreply()
    except _TROUBLE as error:
        return _all(recipients, "uncertain", f"信已交出，服务器没有答复：{limit.said(error)}")
    said = _text(code, answer)
    return _all(recipients, "sent", said) if code == 250 else _all(recipients, _fate(code), f"信件被拒：{said}")


def _fate(code: int) -> Fate:
    return "dead" if 500 <= code < 600 else "later"


def _all(recipients: Sequence[str], fate: Fate, text: str) -> dict[str, SendResult]:
    return {recipient: SendResult(fate, text) for recipient in recipients}


@contextmanager
def _session(settings: Smtp, password: str, limit: _Limit) -> Iterator[smtplib.SMTP]:
    """A session greeted, encrypted and logged in as configured; it is closed without waiting for the server's leave."""
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    server = _Server(settings, context, limit)
    try:
        server.ehlo()
        if settings.security == "starttls":
            server.starttls(context=context)
            server.ehlo()
        if settings.user:
            server.login(settings.user, password)
        yield server
    finally:
        with suppress(*_TROUBLE):
            server.putcmd("quit")
        server.close()


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _text(error.smtp_code, error.smtp_error)
    return plain(str(error) or type(error).__name__)[:200]


def _text(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {plain(text)}"[:200]

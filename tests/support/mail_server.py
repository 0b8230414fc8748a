"""A real SMTP server on loopback that fails in every way that it can."""

import asyncio
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Server:
    """What the server does with the next letters, and what it took.

    `manner`: ok · refuse-all (5xx on RCPT) · refuse-some · busy (4xx on RCPT) · reject-data (5xx) · defer-data (4xx) ·
    hang (answers nothing) · drop (hangs up after DATA, before its answer) · late (takes the letter, answers too late) ·
    greet-busy (421 at once).
    """

    manner: str = "ok"
    taken: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if self.manner == "hang":
            await asyncio.sleep(30)
        if self.manner == "refuse-all" or (self.manner == "refuse-some" and address.startswith("gone")):
            return "550 5.1.1 没有这个用户"
        if self.manner == "busy":
            return "451 4.3.0 稍后再来"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take or refuse a letter."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        if self.manner == "reject-data":
            return "554 5.7.1 不收这封信"
        if self.manner == "defer-data":
            return "452 4.2.2 邮箱已满"
        self.taken.append((tuple(envelope.rcpt_tos), content))
        if self.manner == "drop":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        if self.manner == "late":
            await asyncio.sleep(4)
        return "250 OK 已收下"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Only the right password gets in."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"secret", handled=False)


@contextmanager
def serving(*, tls: ssl.SSLContext | None = None, wrapped: bool = False, login: bool = False) -> Iterator[Server]:
    """A server on a free port; with `tls` it offers STARTTLS, `wrapped` it speaks TLS from the first byte."""
    server = Server()
    more: dict[str, Any] = {"tls_context": tls, "require_starttls": True} if tls and not wrapped else {}
    if login:
        more |= {"authenticator": server.authenticate, "auth_required": True, "auth_require_tls": True}
    controller = Controller(server, hostname="127.0.0.1", port=0, ssl_context=tls if wrapped else None, **more)
    controller.port = _free_port()
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A context with a certificate for 127.0.0.1, and the file that vouches for it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(cert), "-days",
        "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert


@contextmanager
def raw_server(manner: str) -> Iterator[int]:
    """The port of a server that is no SMTP server in one way; it speaks to any number of clients, one after another.

    `manner`: drip (greets a byte at a time, within every waiting time, and never ends) · endless (its reply to EHLO is
    continued for ever) · close-before-354 · close-in-body (takes a part of the letter) · close-after-body (hangs up
    where its answer should come) · drip-after-body (has the letter, drips its answer).
    """
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, manner), daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


def _accept(listener: Any, manner: str) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_talk, args=(line, manner), daemon=True).start()


def _talk(line: Any, manner: str) -> None:
    with suppress(OSError), line:
        _drip(line, b"220-") if manner == "drip" else line.sendall(b"220 raw\r\n")
        said = line.makefile("rb")
        while command := said.readline().strip().upper():
            if command.startswith(b"EHLO") and manner == "endless":
                _drip(line, b"250-one more\r\n")
            if command == b"DATA":
                _take(line, said, manner)
                return
            line.sendall(b"250 ok\r\n")


def _take(line: Any, said: Any, manner: str) -> None:
    if manner == "close-before-354":
        return
    line.sendall(b"354 go on\r\n")
    if manner == "close-in-body":
        said.readline()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not an end
        return
    while said.readline() != b".\r\n":
        pass
    if manner == "drip-after-body":
        _drip(line, b"250-")


def _drip(line: Any, text: bytes) -> None:
    """Bytes for ever, a few every fifth of a second."""
    while True:
        line.sendall(text)
        time.sleep(0.2)

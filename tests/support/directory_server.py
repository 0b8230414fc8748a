"""A real LDAP directory on loopback (ldaptor), with TLS from the start and by StartTLS; it writes down who bound.

    python -m tests.support.directory_server FOLDER

A process of its own, for its reactor runs once. FOLDER holds `key.pem` and `cert.pem`; it prints the two ports.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from tests.support.mail_server import certificate
from tests.support.paths import ROOT

BASE = "dc=example,dc=com"
PEOPLE = f"ou=people,{BASE}"
FINDER = f"cn=finder,{BASE}"
PASSWORDS = {"clerk": "clerk-of-the-house", "reviewer": "reviewer-of-the-house", "stranger": "two-of-them",
             "system": "system-of-the-house", "link": "link-of-the-house", "finder": "finds-people"}  # fmt: skip


@dataclass(frozen=True)
class Directory:
    """Where it is, what vouches for it, and who bound so far: (name, whether with a password, whether under TLS)."""

    folder: Path
    ports: dict[str, int]

    @property
    def ca(self) -> Path:
        return self.folder / "cert.pem"

    @property
    def bound(self) -> list[tuple[str, bool, bool]]:
        file = self.folder / "bound"
        return [tuple(json.loads(line)) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def url(self, scheme: str = "ldaps", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.ports[scheme]}"


@contextmanager
def directory(folder: Path) -> Iterator[Directory]:
    """An open directory."""
    certificate(folder)
    words = [sys.executable, "-m", "tests.support.directory_server", str(folder)]
    with Popen(words, cwd=ROOT, stdout=PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield Directory(folder, json.loads(server.stdout.readline()))
        finally:
            server.terminate()


def _tree() -> Any:
    from ldaptor.inmemory import ReadOnlyInMemoryLDAPEntry

    root = ReadOnlyInMemoryLDAPEntry(BASE, {"objectClass": ["dcObject"], "dc": ["example"]})
    people = root.addChild("ou=people", {"objectClass": ["organizationalUnit"], "ou": ["people"]})
    for name in ("clerk", "reviewer", "system", "link"):
        _person(people, name)
    for place in ("north", "south"):  # one name in two places
        _person(people.addChild(f"ou={place}", {"objectClass": ["organizationalUnit"], "ou": [place]}), "stranger")
    root.addChild("cn=finder", {"objectClass": ["person"], "cn": ["finder"], "userPassword": [PASSWORDS["finder"]]})
    return root


def _person(place: Any, name: str) -> None:
    place.addChild(f"uid={name}", {"objectClass": ["person"], "uid": [name], "userPassword": [PASSWORDS[name]]})


def _serve(folder: Path) -> None:
    from ldaptor.interfaces import IConnectedLDAPEntry
    from ldaptor.protocols import pureldap
    from ldaptor.protocols.ldap.ldapserver import LDAPServer
    from twisted.internet import reactor as running
    from twisted.internet import ssl
    from twisted.internet.interfaces import ISSLTransport
    from twisted.internet.protocol import ServerFactory
    from twisted.python.components import registerAdapter

    tls: Any = ssl
    options = tls.DefaultOpenSSLContextFactory(str(folder / "key.pem"), str(folder / "cert.pem"))
    started = pureldap.LDAPStartTLSRequest.oid

    class Answering(LDAPServer):  # type: ignore[misc]  # it has no types
        def handle_LDAPBindRequest(self, request: Any, controls: Any, reply: Any) -> Any:
            under_tls = ISSLTransport.providedBy(self.transport)
            with (folder / "bound").open("a", encoding="utf-8") as file:
                file.write(json.dumps([request.dn.decode(), bool(request.auth), under_tls]) + "\n")
            if request.dn and not request.auth:  # as OpenLDAP and AD do: unauthenticated, and a success
                return pureldap.LDAPBindResponse(resultCode=0)
            if request.dn.startswith(b"uid=busy,"):
                return pureldap.LDAPBindResponse(resultCode=51)
            return super().handle_LDAPBindRequest(request, controls, reply)

        def handle_LDAPExtendedRequest(self, request: Any, controls: Any, reply: Any) -> Any:
            if request.requestName != started:
                return super().handle_LDAPExtendedRequest(request, controls, reply)
            reply(pureldap.LDAPStartTLSResponse(resultCode=0))
            self.transport.startTLS(options)
            return None

    class Factory(ServerFactory):
        protocol = Answering
        root = _tree()

    adapt: Any = registerAdapter
    adapt(lambda factory: factory.root, Factory, IConnectedLDAPEntry)
    reactor: Any = running
    here = {"interface": "127.0.0.1"}
    plain = reactor.listenTCP(0, Factory(), **here)
    secure = reactor.listenSSL(0, Factory(), options, **here)
    print(json.dumps({"ldap": plain.getHost().port, "ldaps": secure.getHost().port}), flush=True)
    reactor.run()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))

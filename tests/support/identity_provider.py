"""An identity provider on loopback (OpenID Connect, code flow with PKCE): it knows one person, and lies when it is told
to. Its tokens are signed by hand, so that every one that must not be taken can be made.
"""

import hashlib
import hmac
import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.support.mail_server import certificate

CLIENT, SECRET = "desk", "a-secret-of-two"


@dataclass
class Provider:
    """Who it says that somebody is (`claims` beside the usual ones; None leaves one out), and how it lies (`manner`).

    `manner`: ok · other-key · none · hmac (signed with its public key) · no-token · broken · refuses (the person) ·
    elsewhere (the token's address redirects) · silent.
    """

    url: str = ""
    ca: Path = Path()
    manner: str = "ok"
    claims: dict[str, object] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)  # what came to its token address
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    other: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def table(self, **also: str) -> str:
        """The table of district.toml that asks it."""
        words = {
            "issuer": self.url, "client_id": CLIENT, "authorize_url": f"{self.url}/authorize",
            "token_url": f"{self.url}/token", "keys_url": f"{self.url}/keys", "ca_file": str(self.ca), **also,
        }  # fmt: skip
        return "\n[desk.oidc]\nseconds = 2\n" + "".join(f'{key} = "{value}"\n' for key, value in words.items())

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the person's browser goes next: they have said yes."""
        if self.manner == "refuses":
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, said: dict[str, str], authorization: str) -> tuple[int, dict[str, object]]:
        """A token for a code, once, for who knows the client's secret and what the challenge was made of."""
        self.asked.append(said)
        asked = self.codes.pop(said.get("code", ""), None)
        known = authorization == f"{CLIENT}:{SECRET}" or (said.get("client_id"), said.get("client_secret")) == (
            CLIENT,
            SECRET,
        )
        if asked is None or not known or said.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(said.get("code_verifier", "").encode("ascii")).digest()
        if asked.get("code_challenge_method") != "S256" or asked["code_challenge"] != _b64(digest):
            return 400, {"error": "invalid_grant"}
        answer: dict[str, object] = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60}
        return 200, answer | ({} if self.manner == "no-token" else {"id_token": self.id_token(asked)})

    def id_token(self, asked: dict[str, str]) -> str:
        """The signed word about who it is."""
        now = int(time.time())
        usual: dict[str, object] = {
            "iss": self.url, "aud": CLIENT, "sub": "1001", "iat": now, "exp": now + 300, "nonce": asked.get("nonce"),
            "preferred_username": "clerk",
        }  # fmt: skip
        claims = {key: value for key, value in (usual | self.claims).items() if value is not None}
        algorithm = {"none": "none", "hmac": "HS256"}.get(self.manner, "RS256")
        signed = f"{_json({'alg': algorithm, 'kid': 'one', 'typ': 'JWT'})}.{_json(claims)}"
        return f"{signed}.{self._signature(signed.encode())}"

    def _signature(self, data: bytes) -> str:
        if self.manner == "none":
            return ""
        if self.manner == "hmac":
            public = self.key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            return _b64(hmac.digest(public, data, "sha256"))
        key = self.other if self.manner == "other-key" else self.key
        return _b64(key.sign(data, padding.PKCS1v15(), hashes.SHA256()))

    def keys(self) -> dict[str, object]:
        """Its public key, as a JWK set."""
        numbers = self.key.public_key().public_numbers()
        n, e = (_b64(number.to_bytes((number.bit_length() + 7) // 8)) for number in (numbers.n, numbers.e))
        return {"keys": [{"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig", "n": n, "e": e}]}


@contextmanager
def provider(folder: Path) -> Iterator[Provider]:
    """An open one."""
    context, ca = certificate(folder)
    opened = Provider(ca=ca)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(opened))
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    opened.url = f"https://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield opened
    finally:
        server.shutdown()
        server.server_close()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            if place.path == "/keys":
                return self._json(200, provider.keys())
            self.send_response(302)
            self.send_header("Location", provider.authorize(_one_each(place.query)))
            return self.end_headers()

        def do_POST(self) -> None:
            said = _one_each(self.rfile.read(int(self.headers["Content-Length"])).decode())
            basic = b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            if provider.manner == "silent":
                return time.sleep(4)
            if provider.manner == "broken":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<html>")
                return None
            if provider.manner == "elsewhere":
                self.send_response(307)
                self.send_header("Location", f"{provider.url}/token?again")
                return self.end_headers()
            return self._json(*provider.token(said, basic))

        def _json(self, status: int, answer: dict[str, object]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing on the terminal."""

    return Handler


def _one_each(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _json(value: dict[str, object]) -> str:
    return _b64(json.dumps(value).encode())

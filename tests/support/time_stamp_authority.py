"""A time-stamp authority of our own on loopback: certificates of cryptography, stamps of the `openssl ts` command."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIG = """
[tsa]
default_tsa = made
[made]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
accuracy = secs:1
"""


@dataclass
class Authority:
    """`url` and `ca`, for district.toml; what was `asked` so far; `silent`: it takes questions and never answers."""

    folder: Path
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    silent: bool = False

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    def answer(self, question: bytes) -> bytes:
        self.asked.append(question)
        query = self.folder / f"{len(self.asked)}.tsq"
        query.write_bytes(question)
        openssl = shutil.which("openssl")
        assert openssl, "these tests need the openssl command"
        config = str(self.folder / "tsa.cnf")
        done = subprocess.run(
            [openssl, "ts", "-reply", "-config", config, "-queryfile", str(query)], capture_output=True, check=True
        )
        return done.stdout


@contextmanager
def time_stamp_authority(folder: Path) -> Iterator[Authority]:
    """The authority, while it runs; its certificates and serial stand in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _certificates(folder)
    (folder / "serial").write_text("01\n", "utf-8")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder), "utf-8")
    authority, over = Authority(folder), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            if authority.silent:
                over.wait(60)
                return
            body = authority.answer(question)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    authority.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield authority
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def _certificates(folder: Path) -> None:
    """An authority's root, and its signer's certificate with the one purpose a time stamp must have."""
    root, signer = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    name = _named("Test root")
    usual = x509.BasicConstraints(ca=True, path_length=None)
    ca = _certificate(name, name, root).add_extension(usual, critical=True).sign(root, hashes.SHA256())
    leaf = _certificate(_named("Test TSA"), name, signer)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "tsa.pem").write_bytes(leaf.sign(root, hashes.SHA256()).public_bytes(pem))
    key = signer.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tsa.key").write_bytes(key)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    """A certificate of ten years around today (stamps carry the machine's own time)."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1825))
        .not_valid_after(now + timedelta(days=1825))
    )

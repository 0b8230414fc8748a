"""Heads of the hash chain signed with the installation's key (Ed25519), each with the manifest's SM3 beside SHA-256.

Who writes in the store but cannot read the key cannot seal a night again unseen: its head would want a signature.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes

from core.domain.clock import moment_text
from core.domain.config import Config
from core.domain.errors import StoreError
from core.runtime.paths import Paths
from core.runtime.signing import SigningKey, holds
from core.storage.database import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One night's head: which manifest of the chain, and its digests."""

    run: str
    number: int
    sha256: str
    sm3: str

    @property
    def text(self) -> str:
        """What is signed."""
        return f"chengxin head 1\n{self.run}\n{self.number}\nsha256 {self.sha256}\nsm3 {self.sm3}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """A head as recorded; `public_key` and `signature` are "" where nobody signed it."""

    head: Head
    public_key: str
    signature: str

    @property
    def holds(self) -> bool:
        """Whether the signature is that of the head."""
        return holds(self.public_key, self.head.text, self.signature)


def sm3(data: bytes) -> str:
    """SM3 (GB/T 32905-2016) in hex digits, of OpenSSL where Python's own has it."""
    if "sm3" in hashlib.algorithms_available:
        return hashlib.new("sm3", data).hexdigest()
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def file_sm3(path: Path) -> str:
    """SM3 of a file; "missing" where there is none."""
    return sm3(path.read_bytes()) if path.exists() else "missing"


def key_path(config: Config, paths: Paths) -> Path:
    """Where the installation's private key stands."""
    return paths.root / config.district.chain.key_file


def installation_key(path: Path) -> SigningKey:
    """The key that signs heads, made at first need; StoreError in Chinese where it can be neither read nor made."""
    try:
        if not path.exists():
            SigningKey.new().write(path)
    except FileExistsError:
        pass  # another process was first
    except OSError as error:
        raise StoreError(f"存证链的签名私钥 {path} 写不进去（{error.strerror}）：请检查 [chain] key_file") from error
    try:
        return SigningKey.from_file(path)
    except ValueError as error:
        raise StoreError(
            f"存证链的签名私钥不能用：{error}；所在的磁盘不能设权限的，请用 [chain] key_file 把它放到别处"
        ) from error


def record_head(store: Store, head: Head, signer: SigningKey | None, at: datetime) -> None:
    """Keep a head with its signature; the next night seals both."""
    signature = signer.sign(head.text) if signer else ""
    store.db.execute(
        "INSERT INTO heads VALUES (?, ?, ?, ?, ?, ?)",
        [head.run, head.sha256, head.sm3, signer.public if signer else "", signature, moment_text(at)],
    )


def signed_heads(store: Store) -> list[SignedHead]:
    """Every head that was recorded, in the order of the chain."""
    rows = store.rows(
        "SELECT m.run, m.number, m.hash, h.sm3, h.public_key, h.signature FROM manifests m"
        " JOIN heads h ON h.run = m.run AND h.hash = m.hash ORDER BY m.number"
    )
    return [
        SignedHead(head=Head(run=run, number=number, sha256=digest, sm3=sm), public_key=key, signature=signature)
        for run, number, digest, sm, key, signature in rows
    ]

"""Ed25519 keys: made here, kept in files that only their owner reads, used to sign texts and to check signatures.

Public keys and signatures are written as hex digits (64 and 128), private key files as PEM, which `openssl` reads.
"""

import math
import os
import stat
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

LEAST_BITS = 128  # of a key's randomness
LEAST_KINDS = 10  # different characters; 22 random ones of 64 have 19
LEAST_CHANGES = 0.2  # neighbours of different classes, as a share; random base64 has 0.6, random hex 0.47, words 0.1
MOST_WORDS = 0.43  # neighbours that are both small letters; random base64 has 0.17, random hex 0.14, words 0.5 and more
_SEED = 64  # hex digits of a private key given as text


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. It prints as its public key alone."""

    public: str
    _private: Ed25519PrivateKey = field(repr=False, compare=False)

    @classmethod
    def new(cls) -> "SigningKey":
        """A key of 256 random bits."""
        return cls._of(Ed25519PrivateKey.generate())

    @classmethod
    def from_text(cls, text: str) -> "SigningKey":
        """The key whose 32 bytes are written as 64 hex digits; ValueError for another text."""
        if len(text) != _SEED:
            raise ValueError("签名私钥应是 64 个十六进制数字")
        return cls._of(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text)))

    @classmethod
    def from_file(cls, path: Path) -> "SigningKey":
        """The key in a PEM file; ValueError in Chinese where others may read it, or it holds no such key."""
        try:
            with path.open("rb") as file:
                state, data = os.fstat(file.fileno()), file.read()
        except OSError as error:
            raise ValueError(f"私钥文件 {path} 读不出来（{error.strerror}）") from error
        if state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ValueError(f"私钥文件 {path} 别人也能读写：请 chmod 600 {path}")
        try:
            private = load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise ValueError(f"{path} 里没有可用的私钥（PEM，Ed25519，不加口令）") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError(f"{path} 里的私钥不是 Ed25519")
        return cls._of(private)

    @classmethod
    def _of(cls, private: Ed25519PrivateKey) -> "SigningKey":
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return cls(public.hex(), private)

    def sign(self, text: str) -> str:
        """The signature of a text's UTF-8 bytes."""
        return self._private.sign(text.encode()).hex()

    def write(self, path: Path) -> None:
        """Put the key into a new file with mode 0600; FileExistsError where there is one, OSError otherwise."""
        pem = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())


def holds(public: str, text: str, signature: str) -> bool:
    """Whether `signature` is that of `text` by the key whose public half is `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def public_pem(public: str) -> bytes:
    """A public key as PEM, for `openssl pkeyutl`."""
    return _written(public, Encoding.PEM)


def public_der(public: str) -> bytes:
    """The same as DER (SubjectPublicKeyInfo), for viewers of WACZ."""
    return _written(public, Encoding.DER)


def _written(public: str, encoding: Encoding) -> bytes:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def weakness(secret: str) -> str:
    """Why a secret is no key of 128 random bits, in Chinese; "" where it may be one.

    It is held against what a generator of hex or base64 writes; words, patterns and short texts are none of that. Of
    192 random bits fewer than one in a hundred are refused.
    """
    classes = "".join(map(_class, secret))
    alphabet = sum(size for name, size in _SIZES.items() if name in (classes + "h" if "a" in classes else classes))
    if len(secret) * math.log2(alphabet or 2) < LEAST_BITS:
        return "太短"
    if len(set(secret)) < LEAST_KINDS or secret in (secret + secret)[1:-1]:
        return "有重复的规律"
    neighbours = list(pairwise(classes.replace("h", "a").replace("-", "")))
    changes = sum(a != b for a, b in neighbours)
    words = sum(pair == ("a", "a") for pair in neighbours)
    typed = changes < LEAST_CHANGES * len(neighbours) or words > MOST_WORDS * len(neighbours)
    return "像是人编的口令" if typed else ""


_SIZES = {"0": 10, "h": 6, "a": 20, "A": 26, "-": 2}  # hex letters counted apart: hex alone is an alphabet of 16


def _class(character: str) -> str:
    if character.isdigit():
        return "0"
    if character in "abcdef":
        return "h"
    if "a" <= character <= "z":
        return "a"
    return "A" if "A" <= character <= "Z" else "-"

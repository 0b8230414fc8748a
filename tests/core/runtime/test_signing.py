"""Signing keys: what is signed holds, what is changed does not, and neither weak keys nor open files are taken."""

import subprocess
from base64 import b64encode
from pathlib import Path
from random import Random

import pytest

from core.runtime.signing import SigningKey, holds, public_pem, weakness


def test_what_is_signed_holds_and_nothing_else_does() -> None:
    key, other = SigningKey.new(), SigningKey.new()
    signature = key.sign("裁定")
    assert holds(key.public, "裁定", signature)
    assert not holds(key.public, "裁 定", signature) and not holds(other.public, "裁定", signature)
    for public, sign in ((key.public, ""), (key.public, "zz"), ("", signature), (key.public, signature[:-2])):
        assert not holds(public, "裁定", sign)


def test_a_key_file_is_its_owners_alone_and_comes_back(tmp_path: Path) -> None:
    key, path = SigningKey.new(), tmp_path / "keys" / "a.key"
    key.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert SigningKey.from_file(path) == key and "private" not in repr(key)
    with pytest.raises(FileExistsError):
        SigningKey.new().write(path)
    assert SigningKey.from_file(path) == key
    path.chmod(0o640)
    with pytest.raises(ValueError, match="chmod 600"):
        SigningKey.from_file(path)


@pytest.mark.parametrize("command", ["rsa", "encrypted", "garbage", "missing"])
def test_a_file_without_such_a_key_is_named(tmp_path: Path, command: str) -> None:
    path = tmp_path / "a.key"
    if command == "garbage":
        path.write_text("-----BEGIN PRIVATE KEY-----\n", "utf-8")
    elif command != "missing":
        options = {"rsa": ["RSA"], "encrypted": ["ED25519", "-aes256", "-pass", "pass:x"]}[command]
        subprocess.run(["openssl", "genpkey", "-out", str(path), "-algorithm", *options], check=True)
    if path.exists():
        path.chmod(0o600)
    with pytest.raises(ValueError, match=r"a\.key"):
        SigningKey.from_file(path)


def test_the_signature_holds_for_openssl(tmp_path: Path) -> None:
    key = SigningKey.new()
    (tmp_path / "text").write_text("链头", "utf-8")
    (tmp_path / "sig").write_bytes(bytes.fromhex(key.sign("链头")))
    (tmp_path / "pub.pem").write_bytes(public_pem(key.public))
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "pub.pem",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "sig",
    ]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "text").write_text("链尾", "utf-8")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


WEAK = [
    "", "test", "legacy-fixture-key", "1234567890123456789012345678901234567890", "a" * 64, "0" * 64, "ab" * 32,
    "0123456789abcdef" * 4, "correct-horse-battery-staple-again", "huaian-xinyongban-2026-zhangsan-mima",
    "abcdefghijklmnopqrstuvwxyz0123456789", "信用办的密钥" * 10, "391cb64dcb0e275ddbad2909c33f88", "Pa55word" * 5,
]  # fmt: skip


@pytest.mark.parametrize("secret", WEAK)
def test_a_weak_key_is_told(secret: str) -> None:
    assert weakness(secret)


def test_what_a_generator_writes_is_no_weak_key() -> None:
    """Fewer than one in a hundred is refused."""
    chance = Random(27)
    made = [
        *(chance.randbytes(size).hex() for size in (16, 32) for _ in range(1000)),
        *(b64encode(chance.randbytes(24), b"-_").decode() for _ in range(1000)),
    ]
    assert sum(bool(weakness(secret)) for secret in made) <= 30

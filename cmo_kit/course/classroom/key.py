"""The instructor's secret, from which all problems of a class follow, and without which nobody can make them again."""

import hashlib
import hmac
import json
import os
import re
import secrets

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_text

DIGITS = re.compile("[0-9a-f]{64}")


def read_key(path: str | os.PathLike[str]) -> bytes:
    """The key of a file: 64 hexadecimal digits. It is made, for its owner's eyes only, where there is no file.

    Raises
    ------
    InputError
        When the file holds something else, or cannot be made.
    """
    if not os.path.lexists(path):
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
        except OSError as error:
            raise InputError(f"{path}: the key cannot be written ({error.strerror or error})") from None
    text = read_text(path, 1000).strip()
    if not DIGITS.fullmatch(text):
        raise InputError(f"{path}: the key must be 64 hexadecimal digits and nothing else; without a file one is made")
    return bytes.fromhex(text)


def derived(key: bytes, *parts: str | int) -> int:
    """A seed of 63 bits that follows from key and parts and says nothing about others (HMAC-SHA256)."""
    message = json.dumps(["cmo_kit class", *parts]).encode()
    return int.from_bytes(hmac.digest(key, message, hashlib.sha256)[:8], "big") >> 1


def fingerprint(key: bytes) -> str:
    """What tells a key from others without giving it away."""
    return f"{derived(key, 'fingerprint'):016x}"

"""The encryption of ZIP members that WinZip calls AE-2: AES-256 in counter mode, authenticated by HMAC-SHA1."""

from __future__ import annotations

import hashlib
import hmac
import os
import sys
from array import array

SALT, CHECK, MAC = 16, 2, 10
OVERHEAD = SALT + CHECK + MAC
_KEY = 32
_ROUNDS = 1000
_BLOCK = 16


class Cipher:
    """One member under a password: https://www.winzip.com/en/support/aes-encryption/.

    A member is salt, two bytes that tell a wrong password, the encrypted bytes, and ten bytes of their HMAC. The
    standard fixes 1,000 rounds of PBKDF2, which only a long password makes up for.
    """

    def __init__(self, password: str, salt: bytes | None = None) -> None:
        """A new random `salt` where none is given: under one salt and password, two members would betray both."""
        from cryptography.hazmat.primitives.ciphers import Cipher as Primitive  # heavy: OpenSSL
        from cryptography.hazmat.primitives.ciphers import algorithms, modes

        self.salt = os.urandom(SALT) if salt is None else salt
        keys = hashlib.pbkdf2_hmac("sha1", password.encode(), self.salt, _ROUNDS, 2 * _KEY + CHECK)
        self.check = keys[2 * _KEY :]
        # the standard counts with the lowest byte first, which no library's counter mode does: made of single blocks
        self._encryptor = Primitive(algorithms.AES256(keys[:_KEY]), modes.ECB()).encryptor()
        self._mac = hmac.new(keys[_KEY : 2 * _KEY], digestmod="sha1")
        self._counter = 1
        self._left = b""

    @property
    def head(self) -> bytes:
        return self.salt + self.check

    def encrypt(self, data: bytes) -> bytes:
        made = self._mixed(data)
        self._mac.update(made)
        return made

    def decrypt(self, data: bytes) -> bytes:
        self._mac.update(data)
        return self._mixed(data)

    @property
    def mac(self) -> bytes:
        """Of all encrypted bytes so far."""
        return self._mac.digest()[:MAC]

    def _mixed(self, data: bytes) -> bytes:
        missing = len(data) - len(self._left)
        stream = self._left + (self._stream(missing) if missing > 0 else b"")
        self._left = stream[len(data) :]
        mixed = int.from_bytes(data, "little") ^ int.from_bytes(stream[: len(data)], "little")
        return mixed.to_bytes(len(data), "little")

    def _stream(self, size: int) -> bytes:
        blocks = -(-size // _BLOCK)
        counters = array("Q", bytes(_BLOCK * blocks))
        counters[::2] = array("Q", range(self._counter, self._counter + blocks))
        if sys.byteorder == "big":
            counters.byteswap()
        self._counter += blocks
        return self._encryptor.update(counters.tobytes())

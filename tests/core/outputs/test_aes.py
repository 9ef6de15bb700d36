"""AE-2 members against another implementation of the same standard."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st

from fetchtozip_gui.core.outputs.aes import Cipher

Write = Callable[..., Any]


@settings(max_examples=50)
@given(parts=st.lists(st.binary(max_size=100), max_size=6), password=st.text(min_size=1, max_size=8))
def test_pieces_of_any_size_are_one_stream(parts: list[bytes], password: str) -> None:
    whole, pieces, back = (Cipher(password, b"s" * 16) for _ in range(3))
    text = b"".join(parts)
    made = whole.encrypt(text)
    assert b"".join(pieces.encrypt(part) for part in parts) == made
    assert back.decrypt(made) == text
    assert whole.mac == pieces.mac == back.mac


def test_each_cipher_has_a_salt_of_its_own() -> None:
    first, second = Cipher("x"), Cipher("x")
    assert first.salt != second.salt
    assert first.encrypt(bytes(32)) != second.encrypt(bytes(32))


@pytest.mark.parametrize("level", [0, 2, 9])
@pytest.mark.parametrize("password", ["secret", "pässwörd 🦊"])
def test_another_program_opens_it_with_the_password_alone(level: int, password: str, write: Write) -> None:
    table = pl.DataFrame({"a": range(10_000)})
    data = write("zip", table, [3_000], password=password, compression_level=level).data
    with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
        archive.setpassword(password.encode())
        assert [info.CRC for info in archive.infolist()] == [0, 0], "it would tell of the content"
        assert archive.read("data.csv") == write("csv", table).data
        assert b'"rowCount": 10000' in archive.read("datapackage.json")
        archive.setpassword(b"wrong")
        with pytest.raises(RuntimeError, match="Bad password"):
            archive.read("data.csv")
    assert b"rowCount" not in data

"""Names that every system takes and nobody is deceived by."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.names import safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("orders.csv", "orders.csv"),
        ("Größe 東京.zip", "Größe 東京.zip"),
        ("e\u0301.csv", "é.csv"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..", "export"),
        (".", "export"),
        ("", "export"),
        ("///", "export"),
        ("a\0b\x07c", "abc"),
        ("a\nb\tc", "a b c"),
        ("exe\u202egpj.csv", "exegpj.csv"),
        ("a\u200bb\ufeff", "ab"),
        ("name. ", "name"),
        ('a<b>c:d"e|f?g*h\\i', "a_b_c_d_e_f_g_h_i"),
        ("x\ud800y", "xy"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert safe_name(text) == name


@pytest.mark.parametrize("device", ["CON", "con.txt", "Nul", "LPT1.tar.gz", "COM¹", "aux."])
def test_devices_are_no_names(device: str) -> None:
    stem = safe_name(device).split(".")[0].lower()
    assert stem not in ("con", "nul", "lpt1", "com¹", "aux")


@pytest.mark.parametrize("text", ["x" * 300 + ".csv", "é" * 200 + ".csv", "🦊" * 100 + ".parquet"])
def test_long_names_keep_their_suffix(text: str) -> None:
    name = safe_name(text)
    assert 250 <= len(name.encode()) <= 255
    assert name.rpartition(".")[2] == text.rpartition(".")[2]


@given(text=st.text(max_size=300), longest=st.integers(30, 255))
def test_always_one_short_visible_name(text: str, longest: int) -> None:
    name = safe_name(text, longest=longest)
    assert 0 < len(name.encode()) <= longest
    assert name not in (".", "..")
    assert name == name.strip(" .")
    assert not set(name) & set('<>:"/\\|?*')
    assert all(not unicodedata.category(character).startswith("C") for character in name)
    assert name == unicodedata.normalize("NFC", name)
    assert safe_name(name, longest=longest) == name

"""File names made from what people call things: safe on Windows, macOS and Linux alike."""

from __future__ import annotations

import unicodedata

_LONGEST = 255
"""Bytes in UTF-8 that common file systems take; some count UTF-16 units, which are never more."""
_SUFFIX = 20


def safe_name(text: str, otherwise: str = "export", longest: int = _LONGEST) -> str:
    """`text` as one file name: no separators, controls, direction marks, reserved names, outer dots or spaces.

    Normalised to NFC, so that the same name is the same bytes everywhere, and cut to `longest` bytes before its
    suffix; `otherwise` when nothing is left.
    """
    from pathvalidate import sanitize_filename  # heavy enough: most runs name their file themselves

    spaced = "".join(_seen(character) for character in unicodedata.normalize("NFC", text))
    short = _cut(" ".join(spaced.split()).strip(" ."), longest)
    name = _cut(sanitize_filename(short, replacement_text="_", platform="universal").strip(" ."), longest).strip(" .")
    return name if name.strip("_") else otherwise


def _seen(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp") or character in "\t\n\r":
        return " "
    # controls, format characters such as right-to-left marks, lone surrogates, private and unassigned code points
    return "" if category.startswith("C") else character


def _cut(name: str, longest: int) -> str:
    if len(name.encode()) <= longest:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or len(suffix.encode()) > _SUFFIX:
        stem, dot, suffix = name, "", ""
    room = longest - len(f"{dot}{suffix}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + suffix

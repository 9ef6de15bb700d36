"""Deflated blocks that are made side by side and joined into one stream, with the checksum of the whole."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from isal import isal_zlib

STORED, DEFLATED = 0, 8
"""The methods of a ZIP member, as its format numbers them."""
END = b"\x03\x00"
"""An empty last block: a deflate stream of flushed blocks ends with it."""
_ISAL_LEVELS = 3
"""ISA-L's deflate has levels up to 3: about 10 × faster than zlib's 6 for 1.1 × its size. Above, zlib is used."""


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes as they are stored, with the CRC-32 and the number of the bytes they stand for."""

    data: bytes
    crc: int
    size: int


def method(level: int) -> int:
    """The ZIP method of a compression level."""
    return DEFLATED if level else STORED


def block(raw: bytes, level: int) -> Block:
    """`raw` as a stretch of a deflate stream that depends on nothing before it; unchanged for level 0.

    Each ends with a full flush, so blocks stand one after another in any number before `END`. The global
    interpreter lock is not held.
    """
    crc = isal_zlib.crc32(raw)
    if not level:
        return Block(raw, crc, len(raw))
    if level <= _ISAL_LEVELS:
        packer = isal_zlib.compressobj(level, isal_zlib.DEFLATED, -zlib.MAX_WBITS)
        data = packer.compress(raw) + packer.flush(zlib.Z_FULL_FLUSH)
    else:
        slower = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL + 1)
        data = slower.compress(raw) + slower.flush(zlib.Z_FULL_FLUSH)
    return Block(data, crc, len(raw))


def joined(first: int, second: int, second_size: int) -> int:
    """The CRC-32 of two stretches, from the CRC-32 of each."""
    return isal_zlib.crc32_combine(first, second, second_size)

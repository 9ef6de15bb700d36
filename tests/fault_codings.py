"""Faults of compressed answers: cut, corrupt, stacked, followed by junk, or bombs."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from functools import cache, partial

from fault_book import FAULTS, Fault
from raw_server import Wire

CUTS = 20
CODINGS = ("gzip", "deflate", "bare", "br", "zstd")


def packed(coding: str, data: bytes) -> bytes:
    """`data` in a content coding; `bare` is deflate without its wrapping, sent under the same name."""
    match coding:
        case "gzip":
            return gzip.compress(data, mtime=0)
        case "deflate":
            return zlib.compress(data)
        case "bare":
            return zlib.compress(data)[2:-4]
        case "br":
            import brotli

            return bytes(brotli.compress(data, quality=5))
        case "zstd":
            from backports import zstd

            return bytes(zstd.compress(data, options={int(zstd.CompressionParameter.checksum_flag): 1}))
    raise ValueError(coding)


def _coded(make: Callable[[bytes], bytes], name: str, wire: Wire) -> None:
    wire.answer(make(wire.body), f"Content-Encoding: {name}")


def _cut_coding(coding: str, place: int, data: bytes) -> bytes:
    whole = packed(coding, data)
    return whole[: len(whole) * place // CUTS]


def _header_name(coding: str) -> str:
    return "deflate" if coding == "bare" else coding


for coding in CODINGS:
    name = _header_name(coding)
    FAULTS[coding] = Fault(partial(_coded, partial(packed, coding), name), "whole")
    junk = partial(lambda coding, data: packed(coding, data) + b"junk", coding)
    FAULTS[f"{coding}_junk"] = Fault(partial(_coded, junk, name), "error")
    for place in range(CUTS):
        # the first is a single byte: nothing at all with a length of 0 is an empty answer, not a cut one
        cut = partial(_cut_coding, coding, place) if place else (lambda data, c=coding: packed(c, data)[:1])
        FAULTS[f"{coding}_cut_{place}"] = Fault(partial(_coded, cut, name), "error")


def _bad_check(coding: str, data: bytes) -> bytes:
    whole = bytearray(packed(coding, data))
    whole[-8 if coding == "gzip" else -1] ^= 0x55
    return bytes(whole)


for coding in ("gzip", "deflate", "zstd"):
    FAULTS[f"{coding}_bad_check"] = Fault(partial(_coded, partial(_bad_check, coding), coding), "error")
two = {"gzip": "gzip", "zstd": "zstd"}
for coding in two:
    halves = partial(lambda c, data: packed(c, data[:1000]) + packed(c, data[1000:]), coding)
    FAULTS[f"{coding}_two_members"] = Fault(partial(_coded, halves, coding), "whole")
    second_cut = partial(lambda c, data: (packed(c, data[:1000]) + packed(c, data[1000:]))[:-9], coding)
    FAULTS[f"{coding}_second_member_cut"] = Fault(partial(_coded, second_cut, coding), "error")
FAULTS["gzip_in_br"] = Fault(partial(_coded, lambda data: packed("br", packed("gzip", data)), "gzip, br"), "whole")
FAULTS["gzip_thrice"] = Fault(partial(_coded, lambda data: data, "gzip, gzip, gzip"), "error")
FAULTS["coding_unknown"] = Fault(partial(_coded, lambda data: data, "rot13"), "error")
FAULTS["coding_untrue"] = Fault(partial(_coded, lambda data: data, "gzip"), "error")
FAULTS["coding_identity"] = Fault(partial(_coded, lambda data: data, "identity"), "whole")


@cache
def bomb(coding: str, size: int, times: int = 1) -> bytes:
    """`size` zeros, packed `times` times over; made piece by piece, so that making it takes no memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31) if coding == "gzip" else None
    if packer is None:
        data = packed(coding, bytes(size))
    else:
        data = b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()
    for _ in range(times - 1):
        data = packed(coding, data)
    return data


def _bomb(coding: str, size: int, times: int, wire: Wire) -> None:
    wire.answer(bomb(coding, size, times), "Content-Encoding: " + ", ".join([_header_name(coding)] * times))


for coding, size, times in (("gzip", 50 << 20, 1), ("br", 50 << 20, 1), ("zstd", 50 << 20, 1), ("gzip", 200 << 20, 2)):
    FAULTS[f"bomb_{coding}_{times}"] = Fault(partial(_bomb, coding, size, times), "error")

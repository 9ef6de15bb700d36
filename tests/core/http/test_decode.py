"""Bodies through every coding: whole ones come back equal, however they are cut into pieces; all others are errors."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib

import pytest
from fault_codings import CODINGS, bomb, packed
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.http.codings import MAX_STREAMS
from fetchtozip_gui.core.http.decode import FREE_BYTES, Body, Damaged, codings

NAMES = {"bare": "deflate"}
TEXT = "".join(f'{{"id": {i}, "name": "Zürich {i * i}"}}\n' for i in range(400)).encode()


def decoded(data: bytes, *names: str, limit: int = 1 << 30, size: int | None = None) -> bytes:
    body = Body(tuple(NAMES.get(name, name) for name in names), limit, "The page")
    size = size or max(1, len(data))
    for start in range(0, len(data), size):
        body.add(data[start : start + size])
    return body.whole()


@given(data=st.binary(max_size=3000), coding=st.sampled_from(CODINGS), size=st.integers(1, 400))
def test_what_was_packed_comes_back(data: bytes, coding: str, size: int) -> None:
    assert decoded(packed(coding, data), coding, size=size) == data


@given(
    parts=st.lists(st.binary(max_size=300), min_size=2, max_size=5),
    coding=st.sampled_from(["gzip", "zstd"]),
    size=st.integers(1, 100),
)
def test_members_one_after_another_are_one_body(parts: list[bytes], coding: str, size: int) -> None:
    assert decoded(b"".join(packed(coding, part) for part in parts), coding, size=size) == b"".join(parts)


@given(inner=st.sampled_from(CODINGS), outer=st.sampled_from(CODINGS), size=st.integers(1, 400))
def test_two_codings_are_taken_off_in_the_right_order(inner: str, outer: str, size: int) -> None:
    assert decoded(packed(outer, packed(inner, TEXT)), inner, outer, size=size) == TEXT


@pytest.mark.parametrize("coding", CODINGS)
def test_a_stream_cut_anywhere_is_damaged(coding: str) -> None:
    whole = packed(coding, TEXT[:600])
    for end in range(len(whole)):
        with pytest.raises(Damaged):
            decoded(whole[:end], coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
def test_a_flipped_bit_is_never_data(coding: str) -> None:
    """These codings carry checksums; what is flipped beside them (a file name, a time) changes nothing."""
    data = TEXT[:300]
    whole = packed(coding, data)
    for place in range(len(whole)):
        spoiled = bytearray(whole)
        spoiled[place] ^= 0x10
        try:
            assert decoded(bytes(spoiled), coding) == data
        except BadBody:
            continue


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("junk", [b"\0", b"junk", b"\x1f", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b" " * 70_000])
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_anything_after_the_end_is_an_error(coding: str, junk: bytes, size: int) -> None:
    if size == 1:
        junk = junk[:100]
    with pytest.raises(Damaged):
        decoded(packed(coding, TEXT) + junk, coding, size=size)


@pytest.mark.parametrize("coding", ["deflate", "bare", "br"])
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_codings_without_members_end_once(coding: str, size: int) -> None:
    with pytest.raises(Damaged):
        decoded(packed(coding, TEXT) * 2, coding, size=size)


def test_an_empty_member_adds_nothing_and_ten_thousand_are_too_many() -> None:
    empty = gzip.compress(b"", mtime=0)
    assert decoded(empty + packed("gzip", TEXT) + empty, "gzip") == TEXT
    with pytest.raises(BadBody, match=f"more than {MAX_STREAMS:,} gzip streams"):
        decoded(empty * (MAX_STREAMS + 1), "gzip")


def test_a_skippable_zstd_frame_is_skipped() -> None:
    assert decoded(b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + packed("zstd", TEXT), "zstd") == TEXT


def test_a_zstd_frame_may_not_ask_for_a_large_window() -> None:
    from backports import zstd

    options = {int(zstd.CompressionParameter.window_log): 27, int(zstd.CompressionParameter.content_size_flag): 0}
    packer = zstd.ZstdCompressor(options=options)
    with pytest.raises(Damaged, match="zstd stream is corrupt"):
        decoded(packer.compress(bytes(range(256)) * 100) + packer.flush(), "zstd")


def test_the_empty_stream_is_an_empty_body() -> None:
    assert [decoded(packed(coding, b""), coding) for coding in CODINGS] == [b""] * len(CODINGS)


@pytest.mark.parametrize("coding", CODINGS)
def test_the_limit_holds_on_the_wire_and_after_decompression(coding: str) -> None:
    data = packed(coding, TEXT)
    assert decoded(data, coding, limit=len(TEXT)) == TEXT
    with pytest.raises(BadBody, match="after decompression \\(max_page_bytes\\)"):
        decoded(data, coding, limit=len(TEXT) - 1)
    with pytest.raises(BadBody, match="on the wire \\(max_page_bytes\\)"):
        decoded(data, coding, limit=len(data) - 1)
    with pytest.raises(BadBody, match="on the wire"):
        decoded(TEXT, limit=len(TEXT) - 1)


def test_data_that_packs_well_is_no_bomb() -> None:
    table = b"id,value\n" + b"00000000,0\n" * ((2 * FREE_BYTES) // 11)
    packs = zlib.compress(table, 1)
    assert len(table) / len(packs) > 100
    assert decoded(packs, "deflate") == table


BOMBS = [("gzip", 100, 1), ("br", 100, 1), ("zstd", 100, 1), ("gzip", 100, 2), ("br", 100, 2), ("zstd", 100, 2)]


@pytest.mark.parametrize(("coding", "megabytes", "times"), BOMBS)
def test_a_bomb_is_refused_before_it_goes_off(coding: str, megabytes: int, times: int) -> None:
    data = bomb(coding, megabytes << 20, times)
    assert len(data) < (megabytes << 20) / 900
    tracemalloc.start()
    try:
        begun = time.process_time()
        with pytest.raises(BadBody, match="expansion limit"):
            decoded(data, *[coding] * times, limit=256 << 20)
        assert time.process_time() - begun < 3
        assert tracemalloc.get_traced_memory()[1] < 30 << 20
    finally:
        tracemalloc.stop()


def named(header: str, where: str) -> tuple[str, ...]:
    return codings({"content-encoding": header}, where)


def test_codings_are_named_or_refused() -> None:
    assert named("", "The page") == ()
    assert named("identity", "The page") == ()
    assert named(" GZip , identity", "The page") == ("gzip",)
    assert named("x-gzip, br", "The page") == ("x-gzip", "br")
    with pytest.raises(BadBody, match="encoding 'compress'") as caught:
        named("gzip, compress", "The page")
    assert "gzip, deflate, br, zstd" in caught.value.hint
    with pytest.raises(BadBody, match="compressed 3 times over"):
        named("gzip, gzip, gzip", "The page")


def test_no_coding_means_the_bytes_as_they_came() -> None:
    assert decoded(TEXT, size=7) == TEXT
    assert decoded(b"") == b""
    body = Body((), 100, "The page")
    body.add(b"abc")
    body.add(memoryview(b"def"))
    assert (body.whole(), body.wire_bytes) == (b"abcdef", 6)

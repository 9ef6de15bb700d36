"""A file as an answer: whole, in ranges, not at all where the client has it, under a name that is safe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fetchtozip_gui.api.download import Download
from fetchtozip_gui.api.server import serve

BODY = bytes(range(256)) * 1000


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("download") / "rows.csv"
    path.write_bytes(BODY)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await Download(path, "text/csv")(scope, receive, send)

    with serve(app, port=0) as served:
        yield served.url


def test_the_whole_file_is_told_as_what_it_is(url: str) -> None:
    answer = httpx.get(url)
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["Content-Length"] == str(len(BODY))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"].startswith('"')
    assert "Last-Modified" in answer.headers
    head = httpx.head(url)
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(BODY)))


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=255999-", 255_999, 256_000),
        ("bytes=-5", 255_995, 256_000),
        ("bytes=-999999", 0, 256_000),
        ("bytes=250000-999999999999", 250_000, 256_000),
        ("bytes=999999-,0-9", 0, 10),
        ("bytes= 5-6", 5, 7),
    ],
)
def test_one_range(url: str, asked: str, first: int, end: int) -> None:
    answer = httpx.get(url, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, BODY[first:end])
    assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/{len(BODY)}"
    assert answer.headers["Content-Length"] == str(end - first)


def test_two_ranges_are_two_parts(url: str) -> None:
    answer = httpx.get(url, headers={"Range": "bytes=0-9,100-109"})
    assert answer.status_code == 206
    assert answer.headers["Content-Type"].startswith("multipart/byteranges; boundary=")
    assert BODY[:10] in answer.content
    assert BODY[100:110] in answer.content
    assert answer.headers["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize(
    "asked",
    ["rows=0-5", "bytes=", "bytes=a-b", "bytes=5-2", "bytes=1-2-3", "bytes", "bytes=--5", "bytes=0x1-2", "bytes=1.5-2"],
)
def test_what_is_no_range_is_ignored(url: str, asked: str) -> None:
    answer = httpx.get(url, headers={"Range": asked})
    assert (answer.status_code, len(answer.content)) == (200, len(BODY))


@pytest.mark.parametrize("asked", ["bytes=256000-", "bytes=999999-9999999", "bytes=-0"])
def test_no_such_range_is_416_in_words(url: str, asked: str) -> None:
    answer = httpx.get(url, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */256000"
    assert "256,000 bytes" in answer.json()["detail"]


def test_if_range_gives_the_whole_file_where_it_has_changed(url: str) -> None:
    seen = httpx.get(url).headers
    for tag in (seen["ETag"], seen["Last-Modified"]):
        assert httpx.get(url, headers={"Range": "bytes=0-1", "If-Range": tag}).status_code == 206
    for tag in ('"other"', f"W/{seen['ETag']}", "Sat, 01 Jan 2000 00:00:00 GMT"):
        assert httpx.get(url, headers={"Range": "bytes=0-1", "If-Range": tag}).status_code == 200


def test_what_the_client_has_is_not_sent_again(url: str) -> None:
    seen = httpx.get(url).headers
    known: list[dict[str, str]] = [
        {"If-None-Match": seen["ETag"]},
        {"If-None-Match": f'"x", W/{seen["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": seen["Last-Modified"]},
    ]
    for headers in known:
        answer = httpx.get(url, headers=headers)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", seen["ETag"])
    unknown: list[dict[str, str]] = [
        {"If-None-Match": '"x"'},
        {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
        {"If-None-Match": '"x"', "If-Modified-Since": seen["Last-Modified"]},
    ]
    assert [httpx.get(url, headers=headers).status_code for headers in unknown] == [200] * 4


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("rows.csv", 'attachment; filename="rows.csv"'),
        ("my rows.csv", 'attachment; filename="my rows.csv"'),
        ("naïve €.csv", "attachment; filename=\"na_ve _.csv\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.csv"),
        ("50%41.csv", "attachment; filename=\"50_41.csv\"; filename*=UTF-8''50%2541.csv"),
        ("a\u202egnp.csv", 'attachment; filename="agnp.csv"'),
        ("表.csv", "attachment; filename=\"_.csv\"; filename*=UTF-8''%E8%A1%A8.csv"),
    ],
)
def test_names_are_safe_and_whole(tmp_path: Path, name: str, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    assert Download(path, "text/csv").headers["Content-Disposition"] == told

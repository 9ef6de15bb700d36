"""The first rows of a file, without reading all of it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.look import ROWS, look
from fetchtozip_gui.core.sources.file import FileSource
from fetchtozip_gui.core.work import Tools


def test_a_small_file_is_seen_whole(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("id;price\n1;1.5\n2;2\n")
    seen = look(FileSource(path=str(file)), Tools())
    assert seen.problem is None
    assert (seen.rows_total, seen.page_rows, seen.frame.height) == (2, 2, 2)
    assert seen.schema == pl.Schema({"id": pl.Int64, "price": pl.Float64})
    assert any("orders.csv" in words for words in seen.said)
    assert seen.sent.url == str(file)


def test_of_a_large_file_only_the_first_rows_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    pl.DataFrame({"id": range(200_000), "text": "some words to fill a row"}).write_ndjson(file)
    seen = look(FileSource(path=str(file)), Tools())
    assert seen.frame["id"].to_list() == list(range(ROWS))
    assert seen.rows_total is None


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    seen = look(FileSource(path=str(tmp_path / "none.csv")), Tools())
    assert "none.csv" in str(seen.problem)
    file = tmp_path / "broken.json"
    file.write_text('[{"id": 1}, {"id": ')
    seen = look(FileSource(path=str(file)), Tools())
    assert isinstance(seen.problem, BadBody)

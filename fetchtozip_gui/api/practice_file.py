"""A file of the user's own as a practice dataset: any page at the same cost, values as the file has them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import polars as pl

from fetchtozip_gui.core.errors import BadBody, FetchToZipError, SourceError

SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xls", ".ods", ".avro", ".arrow")
# 18 digits always fit, and a leading zero means an id: whatever else looks like a number stays text
_INTEGER, _FLOAT = r"^-?(0|[1-9][0-9]{0,17})$", r"^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,6})?$"


def name_of(path: Path) -> str:
    """The dataset's name in addresses: the file's own, with what an address would have to escape made a dash."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", path.stem).strip("-.") or "data"


class JsonRows:
    """Rows of a JSON or JSON Lines file, kept as the very bytes they are written in."""

    def __init__(self, rows: Sequence[bytes | msgspec.Raw]) -> None:
        self._rows = rows
        self.total = len(rows)

    def json_rows(self, first: int, count: int) -> bytes:
        return b"[" + b",".join(self._rows[first : first + count]) + b"]"


class TableRows:
    """Rows of a table, in an Arrow file that is mapped and never read as a whole."""

    def __init__(self, arrow: Path) -> None:
        self._rows = pl.scan_ipc(arrow)
        self.total = int(self._rows.select(pl.len()).collect().item())

    def json_rows(self, first: int, count: int) -> bytes:
        return self._rows.slice(first, count).collect().write_json().encode()


def open_file(path: Path, folder: Path) -> JsonRows | TableRows:
    """Make the file's rows ready to be served; a table is copied once into `folder`.

    `SourceError` when the file cannot be read, `BadBody` when it is not what its name says.
    """
    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise SourceError(f"{path}: files of this kind cannot be served.", f"Known are {', '.join(SUFFIXES)}.")
    try:
        if kind == ".json":
            return JsonRows(_json(path.read_bytes()))
        if kind in (".jsonl", ".ndjson"):
            return JsonRows(_json_lines(path.read_bytes(), path))
        folder.mkdir(parents=True, exist_ok=True)
        return TableRows(_copy(_writable(_table(path, kind)), folder / f"{name_of(path)}.arrow"))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}.") from None
    except FetchToZipError:
        raise
    except Exception as error:  # Polars and fastexcel have many kinds
        raise BadBody(f"{path}: this is not a {kind[1:]} file: {str(error).splitlines()[0]}") from error


def _copy(table: pl.LazyFrame, arrow: Path) -> Path:
    # another server may have the old file mapped: it keeps that one, and never sees this one half written
    beside = arrow.with_name(f"{arrow.name}.{os.getpid()}.part")
    try:
        # opened here: Polars opens the file in a thread, which an error may leave behind to make it once more
        with beside.open("wb") as file:
            table.sink_ipc(file, compression="uncompressed")
        beside.replace(arrow)
    finally:
        beside.unlink(missing_ok=True)
    return arrow


def _json(body: bytes) -> Sequence[msgspec.Raw]:
    value = msgspec.json.decode(body, type=list[msgspec.Raw] | dict[str, msgspec.Raw])
    if isinstance(value, list):
        return value
    raws = [raw for raw in value.values() if bytes(memoryview(raw)[:1]) == b"["]
    lists = [msgspec.json.decode(raw, type=list[msgspec.Raw]) for raw in raws]
    return max(lists, key=len) if lists else [msgspec.Raw(body.strip())]


def _json_lines(body: bytes, path: Path) -> Sequence[bytes]:
    rows = [line.strip() for line in body.split(b"\n") if line.strip()]
    for number, line in enumerate(rows, 1):
        try:
            msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            raise BadBody(f"{path}: row {number} is not JSON: {error}.") from None
    return rows


def _table(path: Path, kind: str) -> pl.LazyFrame:
    if kind == ".parquet":
        return pl.scan_parquet(path)
    if kind == ".arrow":
        return pl.scan_ipc(path)
    if kind == ".avro":
        return pl.read_avro(path).lazy()
    if kind in (".xlsx", ".xls", ".ods"):
        return pl.read_excel(path, engine="calamine", infer_schema_length=None).lazy()
    texts = pl.scan_csv(path, separator="," if kind == ".csv" else "\t", infer_schema=False)
    return texts.with_columns(_numbers(texts))


def _numbers(texts: pl.LazyFrame) -> list[pl.Expr]:
    """The casts of those columns in which every text is a number that is written back the same."""
    names = texts.collect_schema().names()
    tests = [
        pl.col(name).str.contains(pattern).all().alias(f"{place} {kind}")
        for place, name in enumerate(names)
        for kind, pattern in (("integer", _INTEGER), ("float", _FLOAT))
    ]
    holds = texts.select(tests).collect().row(0, named=True) if tests else {}
    casts = []
    for place, name in enumerate(names):
        if holds[f"{place} integer"]:
            casts.append(pl.col(name).cast(pl.Int64))
        elif holds[f"{place} float"]:
            casts.append(pl.col(name).cast(pl.Float64))
    return casts


def _writable(table: pl.LazyFrame) -> pl.LazyFrame:
    """The table with what JSON has no word for as text: bytes as base64, times in ISO 8601."""
    texts = []
    for name, dtype in table.collect_schema().items():
        if dtype == pl.Binary:
            texts.append(pl.col(name).bin.encode("base64"))
        elif isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
            texts.append(pl.col(name).dt.to_string("%Y-%m-%dT%H:%M:%S%.f"))
    return table.with_columns(texts)

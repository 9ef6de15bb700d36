"""One writer alone on rows in memory: `python -m tests.benchmarks.writers KIND ROWS FILE` prints CPU s and bytes."""

from __future__ import annotations

import io
import json
import sys
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from tests.benchmarks.ground import orders

BATCH = 25_000
DEFLATED = ("deflate", "zlib")


def frame_of(rows: int) -> pl.DataFrame:
    """Ten mixed columns: numbers, text, a boolean, a date, a time."""
    return orders(0, rows).select(
        pl.exclude("geo", "created", "day"),
        created=pl.col("created").str.to_datetime(),
        day=pl.col("day").str.to_date(),
    )


def ours(kind: str, frame: pl.DataFrame, target: Path) -> None:
    """As a job does it: batches encoded in two threads, written in order."""
    from fetchtozip_gui.core.outputs import FORMATS
    from fetchtozip_gui.core.outputs.file import FileOutput

    with target.open("w+b") as file, ThreadPoolExecutor(2) as pool:
        writer = FORMATS[kind].open(file, frame.schema, FileOutput(format=kind))
        pieces = [(start, frame.slice(start, BATCH)) for start in range(0, frame.height, BATCH)]
        for at in range(0, len(pieces), 4):
            chunks = pool.map(lambda piece: writer.encode(piece[1], piece[0]), pieces[at : at + 4])
            for chunk in chunks:
                writer.write(chunk)
        writer.close()


def xlsxwriter(frame: pl.DataFrame, target: Path) -> None:
    """XlsxWriter with constant memory, formats for dates, types told cell by cell."""
    import datetime

    from xlsxwriter import Workbook

    with Workbook(str(target), {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, frame.columns)
        for number, row in enumerate(frame.iter_rows(), start=1):
            for column, value in enumerate(row):
                if isinstance(value, datetime.datetime):
                    sheet.write_datetime(number, column, value, moment)
                elif isinstance(value, datetime.date):
                    sheet.write_datetime(number, column, value, day)
                elif value is not None:
                    sheet.write(number, column, value)


def stdlib_zip(frame: pl.DataFrame, target: Path) -> None:
    """The CSV streamed into the standard library's zipfile at its usual level 6."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("data.csv", "w") as member:
        for start in range(0, frame.height, BATCH):
            text = io.BytesIO()
            frame.slice(start, BATCH).write_csv(text, include_header=start == 0)
            member.write(text.getbuffer())


def deflated(kind: str, pieces: list[bytes], target: Path) -> None:
    """The CSV's bytes, made before, as our blocks with their checksums or as zlib's level 6, which is zipfile's."""
    from fetchtozip_gui.core.outputs import FileOutput, deflate

    with target.open("wb") as file:
        if kind == "zlib":
            packer, checksum = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS), 0
            for piece in pieces:
                checksum = zlib.crc32(piece, checksum)
                file.write(packer.compress(piece))
            file.write(packer.flush())
        else:
            level = FileOutput(format="zip").compression_level
            for piece in pieces:
                file.write(deflate.block(piece, level).data)
            file.write(deflate.END)


def main() -> None:
    kind, rows, target = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    frame = frame_of(rows)
    if kind == "xlsxwriter":
        frame = frame.head(rows // 10)  # it takes most of a minute for all: a tenth, times ten
    texts = [frame.slice(at, BATCH).write_csv().encode() for at in range(0, rows, BATCH)] if kind in DEFLATED else []
    begun = time.process_time()
    if kind == "xlsxwriter":
        xlsxwriter(frame, target)
    elif kind in DEFLATED:
        deflated(kind, texts, target)
    elif kind == "zipfile":
        stdlib_zip(frame, target)
    else:
        ours(kind, frame, target)
    times = 10 if kind == "xlsxwriter" else 1
    cpu = (time.process_time() - begun) * times
    print(json.dumps({"cpu": cpu, "size": target.stat().st_size * times}))


if __name__ == "__main__":
    main()

"""Reads a whole body in any of the formats that are not JSON."""

from __future__ import annotations

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.parsed import Parsed

__all__ = ["FORMATS", "Parsed", "body_frame"]

FORMATS = ("csv", "tsv", "jsonl", "xml", "xlsx", "parquet", "avro")


def body_frame(
    body: bytes,
    format: str,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
) -> Parsed:
    """All rows of `body`. For texts (csv, tsv, xml) the frame holds them as written, and `schema` their types.

    A field of a CSV is null where nothing stands between two delimiters, and "" where two quotes do. An empty body has
    no rows and no columns. `BadBody` says what is wrong and where.
    """
    # each format's reader is imported where it is asked for: one job reads one format
    match format:
        case "csv" | "tsv":
            from fetchtozip_gui.core.rows.delimited import delimited_frame

            return delimited_frame(body, delimiter="\t" if format == "tsv" else delimiter, encoding=encoding)
        case "jsonl":
            from fetchtozip_gui.core.rows.json_lines import json_lines_frame

            return json_lines_frame(body, encoding=encoding)
        case "xml":
            from fetchtozip_gui.core.rows.xml import xml_frame

            return xml_frame(body, encoding=encoding)
        case "xlsx":
            from fetchtozip_gui.core.rows.excel import excel_frame
            from fetchtozip_gui.core.rows.zips import check_workbook

            check_workbook(body)
            return excel_frame(body, sheet=sheet)
        case "parquet":
            from fetchtozip_gui.core.rows.columnar import parquet_frame

            return parquet_frame(body)
        case "avro":
            from fetchtozip_gui.core.rows.columnar import avro_frame

            return avro_frame(body)
    raise BadBody(f"There is no format {format!r}; there are {', '.join(FORMATS)}.")

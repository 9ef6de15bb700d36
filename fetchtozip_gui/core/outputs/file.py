"""The file output of a recipe: which format, under which path, with which options."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.secrets import Secret

FormatName = Literal["csv", "tsv", "json", "jsonl", "xlsx", "parquet", "avro", "delta", "zip"]
MemberName = Literal["csv", "tsv", "json", "jsonl", "xlsx", "parquet", "avro"]


class FileOutput(Model):
    """One file: written beside its destination, synced, then renamed, so that it appears whole or not at all."""

    type: Literal["file"] = "file"
    format: FormatName | None = None
    """Null: the suffix of `path` decides, and `zip` without one."""
    path: str | None = None
    """Where the result goes; null lets the caller choose a place. `{name}` and `{date}` are filled in."""
    member: MemberName = "csv"
    """The data inside a `zip`."""
    compression_level: int = Field(default=2, ge=0, le=9)
    """Of a `zip`: 0 stores, 1 to 3 are fast (ISA-L), 4 to 9 smaller and slower (zlib)."""
    password: Secret | None = None
    """Encrypts a `zip` with AES-256 (WinZip AE-2)."""
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    """Between the fields of a `csv`: a character of ASCII that no number or date is written with."""
    bom: bool = False
    """Begin a `csv` or `tsv` with a byte order mark, as spreadsheets on Windows like it."""
    safe_for_spreadsheets: bool = False
    """Write a quote before text that a spreadsheet would run as a formula (`csv`, `tsv`); told in the manifest."""

    @field_validator("delimiter")
    @classmethod
    def _between_values(cls, delimiter: str) -> str:
        # Polars writes numbers and dates without quotes, whatever the delimiter is
        if delimiter.isascii() and not delimiter.isalnum() and delimiter not in '"\r\n\0.+-':
            return delimiter
        raise ValueError("must be a character like , ; | or a tab that no number or date is written with")

    @field_validator("password")
    @classmethod
    def _not_empty(cls, password: Secret | None) -> Secret | None:
        if password is not None and not password.written():
            raise ValueError("is empty: leave it out for an archive without one")
        return password

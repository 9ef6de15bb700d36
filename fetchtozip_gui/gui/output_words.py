"""What the output is called in the window: formats, where a file goes, and what a job will take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fetchtozip_gui.gui.words import counted, duration, size

if TYPE_CHECKING:
    from fetchtozip_gui.core.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Form:
    """A format to choose; what is written inside a ZIP is one of them too."""

    name: str
    label: str
    note: str

    @property
    def suffix(self) -> str:
        return f".{self.name}"


FORMS = (
    Form("zip", "ZIP", "With a description of its columns, and the recipe to run it again."),
    Form("csv", "CSV", "Plain text, one line a row. Opens everywhere."),
    Form("tsv", "TSV", "As CSV, with tabs between the values."),
    Form("xlsx", "Excel", "A workbook with real dates and numbers."),
    Form("json", "JSON", "One list with an object a row. Nested values keep their shape."),
    Form("jsonl", "JSON Lines", "One object a line, for programs that read row by row."),
    Form("parquet", "Parquet", "Typed and compressed, for pandas, Polars, DuckDB and Spark."),
    Form("avro", "Avro", "Rows with their schema, for Kafka and Hadoop."),
)
LEVELS = ((0, "Not compressed"), (2, "Fast"), (6, "Small"), (9, "Smallest, slow"))
"""Of a ZIP: its level, and what that is called."""
DELIMITERS = ((",", "Comma ,"), (";", "Semicolon ;"), ("\t", "Tab"), ("|", "Bar |"))


def form(name: str) -> Form:
    """The format of this name; the first for one that is not known."""
    return next((known for known in FORMS if known.name == name), FORMS[0])


def format_in(output: Mapping[str, Any]) -> Form:
    """The format of a recipe's output: what it says, else what the end of its path says."""
    _, file = parted(str(output.get("path") or ""))
    return form(str(output.get("format") or file.rpartition(".")[2].lower()))


def parted(path: str) -> tuple[str, str]:
    """A path as its folder and its file; one that ends with a slash has no file."""
    found = re.match(r"(.*[/\\])?([^/\\]*)$", path, re.DOTALL)
    return (found[1] or "", found[2]) if found else ("", path)


def stem_in(output: Mapping[str, Any]) -> str:
    """The name that the recipe gives its file, without the format's ending; empty where it gives none."""
    _, file = parted(str(output.get("path") or ""))
    suffix = format_in(output).suffix
    return file[: -len(suffix)] if file.lower().endswith(suffix) else file


def joined(folder: str, stem: str, chosen: Form) -> str | None:
    """The path in a recipe for a folder, which may be empty, and a name, which may be empty too."""
    if folder and not folder.endswith(("/", "\\")):
        folder += "/"
    name = stem if not stem or stem.lower().endswith(chosen.suffix) else stem + chosen.suffix
    return f"{folder}{name}" or None


def expected(known: Estimate, rate: float | None) -> str:
    """`542 pages · about 54 s at 10 a second · about 46.0 MB`; what is not known is left out."""
    said = [counted(known.pages, "page")] if known.pages is not None else []
    if known.seconds is not None:
        spaced = (
            f" at {rate:g} a second" if rate and known.pages is not None and known.pages / rate >= known.seconds else ""
        )
        said.append(f"about {duration(known.seconds)}{spaced}")
    if known.bytes is not None:
        said.append(f"about {size(known.bytes)}")
    return " · ".join(said)

"""Every kind of output and every file format, as plain lists."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from fetchtozip_gui.core.errors import NotInThisVersion, RecipeError
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.names import safe_name
from fetchtozip_gui.core.outputs.archive import Zip
from fetchtozip_gui.core.outputs.avro import Avro
from fetchtozip_gui.core.outputs.delimited import Delimited
from fetchtozip_gui.core.outputs.excel import Excel
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.outputs.format import Format
from fetchtozip_gui.core.outputs.json_text import JsonText
from fetchtozip_gui.core.outputs.later import BucketOutput, DatabaseOutput, HubOutput
from fetchtozip_gui.core.outputs.parquet import Parquet

OUTPUTS: tuple[type[Model], ...] = (FileOutput, DatabaseOutput, BucketOutput, HubOutput)
"""What a recipe's `output` may be."""

_MEMBERS: tuple[Format, ...] = (
    Delimited("csv", "text/csv"),
    Delimited("tsv", "text/tab-separated-values", "\t"),
    JsonText("json", "application/json", array=True),
    JsonText("jsonl", "application/jsonl", array=False),
    Excel(),
    Parquet(),
    Avro(),
)

FORMATS: dict[str, Format] = {member.name: member for member in _MEMBERS}
"""File formats by name."""
FORMATS["zip"] = Zip(dict(FORMATS))

_SUFFIXES = {known.suffix: known.name for known in FORMATS.values()} | {".ndjson": "jsonl", ".tab": "tsv"}


def format_of(output: FileOutput, path: Path | None = None) -> Format:
    """The format of a result at `path`: what the recipe says, else what the suffix says, else `zip`.

    `RecipeError` for a suffix that nobody knows.
    """
    if output.format is not None:
        if output.format not in FORMATS:
            raise NotInThisVersion(f"output.format: {output.format} is not in this version", "A later one has it.")
        return FORMATS[output.format]
    place = path if path is not None else Path(output.path or "")
    if not place.suffix:
        return FORMATS["zip"]
    if place.suffix.lower() not in _SUFFIXES:
        known = ", ".join(_SUFFIXES)
        raise RecipeError(f"output.path: no format has the suffix {place.suffix}; known are {known}")
    return FORMATS[_SUFFIXES[place.suffix.lower()]]


def destination_for(output: FileOutput, name: str, given: Path | None, folder: Path) -> Path:
    """Where a job called `name` puts its result: `given`, else the recipe's path, else a file named after the job.

    A relative path of the recipe is taken from `folder`; `{name}` and `{date}` (today, 2026-11-22) are filled in. A
    folder, or a path that ends with a slash, gets a file named after the job.
    """
    if given is None and output.path is None:
        return folder / f"{safe_name(name, longest=200)}{format_of(output).suffix}"
    place = given if given is not None else folder / _filled(output.path or "", name)
    if place.is_dir() or (given is None and (output.path or "").endswith(("/", "\\"))):
        own = FORMATS[output.format].suffix if output.format in FORMATS else FORMATS["zip"].suffix
        return place / f"{safe_name(name, longest=200)}{own}"
    return place


def _filled(path: str, name: str) -> Path:
    words = {"name": safe_name(name, longest=200), "date": datetime.now().astimezone().date().isoformat()}
    return Path(re.sub(r"\{(name|date)\}", lambda found: words[found[1]], path)).expanduser()

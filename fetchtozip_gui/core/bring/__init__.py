"""Turns whatever is pasted or dropped into recipes to choose from; nothing is fetched and nothing is run."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from fetchtozip_gui.core.bring.brought import Brought, finished, http, shorter
from fetchtozip_gui.core.bring.curl import is_curl, read_curl
from fetchtozip_gui.core.bring.documents import read_document
from fetchtozip_gui.core.errors import RecipeError

__all__ = ["Brought", "bring"]

TEXT_LIMIT = 8 * 1024 * 1024
"""Characters of the longest text that is looked at."""
FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of the longest HAR, collection or OpenAPI document; longer JSON files are taken for data."""
_LINES = 200
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?|localhost(?::\d+)?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_UNDERSTOOD = (
    "An address, a cURL command, a file, a recipe, an exported ZIP, a HAR, a Postman collection or an OpenAPI document "
    "can be brought in."
)
_YAML = "Only JSON is read here, no YAML: save the document as JSON first."
_DATA = ("csv", "tsv", "json", "jsonl", "ndjson", "xlsx", "parquet", "avro", "xml", "gz", "zip", "txt", "tab")


def bring(what: str | Path, *, taken: Container[str] = ()) -> list[Brought]:
    """Recipes made from a text or a file, the likeliest first; `RecipeError` where nothing can be made of it.

    `taken` are the names in the keyring: secrets that are found get other ones, and are handed over beside the recipe.
    """
    if isinstance(what, Path):
        return _finished(_from_file(what), taken)
    if len(what) > TEXT_LIMIT:
        raise RecipeError(f"A text of at most {TEXT_LIMIT:,} characters can be brought in; this has {len(what):,}.")
    text = what.strip().lstrip("\ufeff").replace("\0", "")
    if not text:
        raise RecipeError("There is nothing in it.", _UNDERSTOOD)
    return _finished(_from_text(text), taken)


def _finished(found: list[Brought], taken: Container[str]) -> list[Brought]:
    """With secrets told apart; what makes no valid recipe is left out, unless nothing is left then."""
    made, wrong = [], None
    for one in found:
        try:
            made.append(finished(one, taken))
        except RecipeError as error:
            wrong = wrong or error
    if not made:
        raise wrong or RecipeError("There is no request for data in it.", _UNDERSTOOD)
    return made


def _from_text(text: str) -> list[Brought]:
    if is_curl(command := re.sub(r"\A(?:#[^\n]*\n\s*)+", "", text)):
        return read_curl(command)
    if text[0] == "{":
        return read_document(text.encode("utf-8", "replace"), "the text")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        return [_from_line(lines[0])] if not _is_path(lines[0]) else _from_file(_path(lines[0]))
    if len(lines) <= _LINES and all(_address(line) for line in lines):
        return [_from_line(line) for line in lines]
    if re.match(r"(openapi|swagger)\s*:", text):
        raise RecipeError("This looks like an OpenAPI document in YAML.", _YAML)
    if text[0] == "[":
        raise RecipeError("This is a list in JSON, and no recipe.", "Save it as a file: its rows are the source then.")
    raise RecipeError(f"“{shorter(text)}” cannot be made a source.", _UNDERSTOOD)


def _from_line(line: str) -> Brought:
    address = _address(line)
    if not address:
        raise RecipeError(f"“{shorter(line)}” is no address, no command and no file.", _UNDERSTOOD)
    notes = () if address == line.strip("<>") else (f"Taken as {shorter(address)}.",)
    return http(address, notes=notes)


def _address(line: str) -> str:
    """The line as a complete web address; empty where it is none."""
    line = line.strip("<>")
    if re.match(r"https?://[^\s]+$", line, re.IGNORECASE):
        return line
    if _HOST.fullmatch(line) and line.rpartition(".")[2].lower() not in _DATA:
        return ("http://" if line.lower().startswith("localhost") else "https://") + line
    return ""


# --- files --------------------------------------------------------------------------------------------------------


def _is_path(line: str) -> bool:
    if line.lower().startswith("file:"):
        return True
    if _address(line) or len(line) > 4096:
        return False
    try:
        return (
            line.startswith(("/", "~", "./", "../", "\\\\"))
            or bool(re.match(r"[A-Za-z]:[\\/]", line))
            or Path(line).is_file()
        )
    except (OSError, ValueError):
        return False


def _path(line: str) -> Path:
    if line.lower().startswith("file:"):
        parts = urlsplit(line)
        if parts.netloc not in ("", "localhost"):
            raise RecipeError(f"{shorter(line)} is on another computer.", "Name a file of this one.")
        return Path(url2pathname(parts.path) if "%" in parts.path else unquote(parts.path))
    return Path(line.strip("\"'"))


def _from_file(path: Path) -> list[Brought]:
    path = path.expanduser()
    try:
        if path.is_dir():
            raise RecipeError(f"{path} is a folder.", "Choose a file in it.")
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no path"
        raise RecipeError(f"{shorter(str(path))} cannot be read: {reason}.", "Choose another file.") from None
    if not head:
        raise RecipeError(f"{path.name} is empty.", "Choose another file.")
    if head.startswith(b"PK"):
        return _from_zip(path)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{") and size <= FILE_LIMIT:
        found = read_document(path.read_bytes(), path.name, is_file=True)
        return found or [_as_data(path)]
    if path.suffix.lower() in (".yaml", ".yml"):
        raise RecipeError(f"{path.name} is YAML.", _YAML)
    if path.suffix.lower() in (".sh", ".txt", ".curl") and size <= TEXT_LIMIT:
        words = path.read_text("utf-8", "replace").strip()
        if is_curl(words):
            return read_curl(words)
    return [_as_data(path)]


def _from_zip(path: Path) -> list[Brought]:
    """An exported archive is its recipe, any other one is data."""
    from fetchtozip_gui.core.bring.foreign import from_recipe
    from fetchtozip_gui.core.outputs.verify import recipe_in  # heavy: for archives alone

    try:
        recipe = recipe_in(path)
    except RecipeError as error:
        if "encrypted" in error.message:
            raise
        return [_as_data(path)]
    return [from_recipe(recipe, path.name), _as_data(path)]


def _as_data(path: Path) -> Brought:
    place = path.absolute()
    source = {"type": "file", "path": str(place)}
    return Brought(f"The rows of {path.name}", {"version": 1, "name": path.stem[:200] or "export", "source": source})

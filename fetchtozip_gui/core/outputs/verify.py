"""Checks an exported archive against its manifest and its seal, and reads the recipe that it carries."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fetchtozip_gui.core import datapackage
from fetchtozip_gui.core.errors import CheckFailed, RecipeError
from fetchtozip_gui.core.outputs.row_count import counter
from fetchtozip_gui.core.outputs.zip_check import Archive
from fetchtozip_gui.core.outputs.zip_records import Entry

_MOST_MANIFEST = 32 * 1024 * 1024
_ONLY_ZIP = "Only ZIP exports carry a manifest to be checked against."


@dataclass(frozen=True, slots=True)
class Report:
    """A check that found nothing wrong: in words, the data's rows by the manifest, and each member's name and bytes."""

    words: str
    rows: int
    members: tuple[tuple[str, int], ...]


def verify(path: Path, password: str | None = None) -> Report:
    """Check every byte of an export; `CheckFailed` names the member and what differs.

    The structure, each member's checksum, size and SHA-256, the rows of text formats counted again, and the seal
    over all of it. An encrypted archive is checked against its seal alone where no `password` is given.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":
                raise CheckFailed(f"{path.name} has no manifest: it is not a ZIP.", _ONLY_ZIP)
            return _checked(path, Archive(file), password)
    except CheckFailed as error:
        message = error.message if error.message.startswith(path.name) else f"{path.name}: {error.message}"
        raise CheckFailed(message, error.hint) from None
    except OSError as error:
        raise CheckFailed(f"{path.name} cannot be read: {error.strerror}.") from error


def _checked(path: Path, archive: Archive, password: str | None) -> Report:
    entries = {entry.name: entry for entry in archive.entries}
    members = tuple((entry.name, entry.size) for entry in archive.entries)
    if len(entries) != len(archive.entries):
        raise CheckFailed("Two members have the same name.")
    if datapackage.NAME not in entries:
        raise CheckFailed(f"There is no {datapackage.NAME} in it.", "It is not an export of FetchToZip.")
    if password is None and any(entry.encrypted for entry in archive.entries):
        for entry in archive.entries:
            archive.skip(entry)
        archive.check_seal()
        words = f"{path.name} is as it was written. It is encrypted: what is inside was not compared."
        return Report(words, 0, members)
    found = {entry.name: _measure(archive, entry, password) for entry in archive.entries}
    resources = _resources(found.pop(datapackage.NAME).kept)
    _compare(resources, found)
    archive.check_seal()
    told = ", ".join(f"{resource['path']} with {resource['rowCount']:,} rows" for resource in resources)
    words = f"{path.name} agrees with its manifest: {told}, every byte as it was written."
    rows = resources[0]["rowCount"] if resources else 0
    return Report(words, rows, members)


@dataclass(frozen=True, slots=True)
class _Found:
    """A member as it is: `rows` only where its format tells; the bytes themselves are kept of the manifest alone."""

    size: int
    digest: str
    rows: int | None
    kept: bytes


def _measure(archive: Archive, entry: Entry, password: str | None) -> _Found:
    is_manifest = entry.name == datapackage.NAME
    if is_manifest and entry.size > _MOST_MANIFEST:
        raise CheckFailed(f"{entry.name}: {entry.size:,} bytes are too many for a manifest.")
    digest = hashlib.sha256()
    rows = counter(entry.name)
    kept: list[bytes] = []
    for piece in archive.content(entry, password):
        digest.update(piece)
        rows.add(piece)
        if is_manifest:
            kept.append(piece)
    return _Found(entry.size, digest.hexdigest(), rows.count, b"".join(kept))


def _resources(manifest: bytes) -> list[dict[str, Any]]:
    try:
        resources = json.loads(manifest)["resources"]
        kinds = {"path": str, "bytes": int, "hash": str, "rowCount": int}
        if all(type(resource[key]) is kind for resource in resources for key, kind in kinds.items()):
            return list(resources)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise CheckFailed(f"{datapackage.NAME}: it is not the manifest of an export.")


def _compare(resources: list[dict[str, Any]], found: dict[str, _Found]) -> None:
    for resource in resources:
        name = resource["path"]
        member = found.pop(name, None)
        if member is None:
            raise CheckFailed(f"{name}: the manifest tells of it, but it is not in the archive.")
        for what, is_, said in _claims(resource, member):
            if is_ != said:
                raise CheckFailed(f"{name}: {what} is {is_}, and the manifest says {said}.")
    for name in found:
        raise CheckFailed(f"{name}: the manifest does not tell of it.")


def _claims(resource: dict[str, Any], member: _Found) -> Iterator[tuple[str, str, str]]:
    yield "its size in bytes", f"{member.size:,}", f"{resource['bytes']:,}"
    yield "its hash", f"sha256:{member.digest}", resource["hash"]
    if member.rows is not None:
        yield "its number of rows", f"{member.rows:,}", f"{resource['rowCount']:,}"


def recipe_in(path: Path) -> dict[str, Any]:
    """The recipe that an exported archive carries, without secrets; `RecipeError` where there is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(datapackage.NAME)
            if info.flag_bits & 1:
                raise RecipeError(f"{path}: the archive is encrypted.", "Unpack it and run the recipe in its manifest.")
            with archive.open(info) as member:
                manifest = member.read(_MOST_MANIFEST)
        recipe = json.loads(manifest)["fetchtozip"]["recipe"]
    except RecipeError:
        raise
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}.") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, RecursionError, NotImplementedError, EOFError):
        recipe = None
    if not isinstance(recipe, dict) or not recipe:
        raise RecipeError(f"{path}: there is no recipe of FetchToZip in this archive.")
    return recipe

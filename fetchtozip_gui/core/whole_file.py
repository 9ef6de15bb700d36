"""Files that stand under their name whole or not at all, where all of it is made at once."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fetchtozip_gui.core.errors import OutputError


@contextmanager
def whole(path: Path, shown: str = "") -> Iterator[Path]:
    """A file beside `path` to be written, which takes its name at the end of the block; after an error it is gone, and
    an older file stays.

    `OutputError` where it cannot be written; it calls the file as it is `shown`, else by its path.
    """
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        words = f"{shown or path} cannot be written: {error.strerror or error}."
        raise OutputError(words, "Choose another place.") from error
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, text: str | bytes, shown: str = "") -> Path:
    """Write a text, or bytes, as `whole` says."""
    with whole(path, shown) as part:
        part.write_bytes(text.encode() if isinstance(text, str) else text)
    return path

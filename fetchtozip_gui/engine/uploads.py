"""The files that were handed to the server: each in a folder of its own, under an id, until nobody has used it long."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from fetchtozip_gui.core.errors import FolderError, NoRoom, NoSuchUpload
from fetchtozip_gui.core.names import safe_name
from fetchtozip_gui.engine import cleaning
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import now_utc

KEEP = timedelta(days=7)
"""How long an upload is kept that nobody uses."""
_ABOUT = "about.json"
_FILE = "file"
"""The folder that holds nothing but the file itself, under its own name."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file. `name` is safe on all systems; `notes` are what a front end keeps beside it, as JSON values."""

    id: str
    name: str
    bytes: int
    at: datetime
    path: Path
    notes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def folder(self) -> Path:
        """For what is made of the file; it goes with it."""
        return self.path.parent.parent


class Uploads:
    """All uploads of a data folder. Any method may be called from any thread."""

    def __init__(self, folder: Folder, clock: Callable[[], datetime] = now_utc) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()

    @contextmanager
    def receiving(self, name: str) -> Iterator[Receiving]:
        """A file that is being sent: `write` to it, then `keep` it; what was not kept is gone after the block.

        `name` may be anything that a client calls it."""
        upload_id = self._folder.new_upload()
        folder = self._folder.upload(upload_id)
        safe = safe_name(name.replace("\\", "/").rpartition("/")[2], otherwise="upload", longest=200)
        kept = False
        try:
            (folder / _FILE).mkdir(mode=0o700)
            with (folder / _FILE / safe).open("xb") as file:
                receiving = Receiving(self, file, Upload(upload_id, safe, 0, self._clock(), folder / _FILE / safe))
                yield receiving
            kept = receiving.is_kept
        finally:
            if not kept:
                cleaning.delete(folder)

    def get(self, upload_id: str) -> Upload:
        """One upload; it counts as used now. `NoSuchUpload` where there is none, or none any more."""
        folder = self._folder.upload(upload_id)
        try:
            about = json.loads((folder / _ABOUT).read_bytes())
            upload = Upload(
                upload_id,
                about["name"],
                about["bytes"],
                datetime.fromisoformat(about["at"]),
                folder / _FILE / about["name"],
                MappingProxyType(about["notes"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            raise NoSuchUpload(f"There is no uploaded file {upload_id!r}.", "Upload it again.") from None
        with contextlib.suppress(OSError):
            os.utime(folder / _ABOUT)
        return upload

    def note(self, upload_id: str, follow: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Upload:
        """Keep what follows from the notes that are there, with nobody in between."""
        with self._lock:
            upload = self.get(upload_id)
            upload = replace(upload, notes=MappingProxyType(dict(follow(dict(upload.notes)))))
            self._write(upload)
            return upload

    def remove(self, upload_id: str) -> None:
        """Delete a file and all that was made of it."""
        cleaning.delete(self._folder.upload(upload_id))

    def clean(self, keep: timedelta = KEEP) -> int:
        """Delete what nobody has used for so long, and what a killed program has left half received; how many."""
        removed = 0
        before = time.time() - keep.total_seconds()
        for upload_id in self._folder.upload_ids():
            folder = self._folder.upload(upload_id)
            with contextlib.suppress(OSError):
                about = folder / _ABOUT
                used = (about if about.exists() else folder).stat().st_mtime
                if used < before:
                    cleaning.delete(folder)
                    removed += 1
        return removed

    def _write(self, upload: Upload) -> None:
        about = {"name": upload.name, "bytes": upload.bytes, "at": upload.at.isoformat(), "notes": dict(upload.notes)}
        path = upload.folder / _ABOUT
        fresh = path.with_suffix(".new")
        try:
            fresh.write_text(json.dumps(about), encoding="utf-8")
            fresh.replace(path)
        except OSError as error:
            raise FolderError(f"{path}: cannot be written: {error.strerror}.") from error


class Receiving:
    """A file on its way in."""

    def __init__(self, uploads: Uploads, file: BinaryIO, upload: Upload) -> None:
        self._uploads = uploads
        self._file = file
        self._upload = upload
        self.is_kept = False

    @property
    def path(self) -> Path:
        return self._upload.path

    def write(self, data: bytes) -> None:
        """Append; `NoRoom` when the disk is full."""
        try:
            self._file.write(data)
        except OSError as error:
            raise NoRoom(f"The upload cannot be written: {error.strerror}.", "Make room, then upload again.") from error

    def flush(self) -> int:
        """Have all of it in the file, for who looks at it; the bytes so far."""
        self.write(b"")
        self._file.flush()
        return self._file.tell()

    def keep(self, **notes: Any) -> Upload:
        """It has come whole: from now on it can be found."""
        upload = replace(self._upload, bytes=self.flush(), notes=MappingProxyType(notes))
        self._uploads._write(upload)
        self.is_kept = True
        return upload

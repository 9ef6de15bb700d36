"""Files that are looked at: each is read once into the data folder, so that every later look at it is lazy."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fetchtozip_gui.core.errors import FetchToZipError, RecipeError, SourceError
from fetchtozip_gui.core.events import Delivered, Fetched, Said
from fetchtozip_gui.engine.cleaning import delete
from fetchtozip_gui.engine.folder import Folder, writing_lock
from fetchtozip_gui.engine.lock import Lock

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.rows.outlook import Outlook
    from fetchtozip_gui.engine.attempt import Attempt
    from fetchtozip_gui.engine.engine import Engine

KEEP_DAYS = 14
"""How long the rows of a file that nobody looks at are kept."""
_ROWS, _ABOUT = "rows.parquet", "about.json"


@dataclass(frozen=True, slots=True)
class Read:
    """The rows of a file, as Parquet at `path`; `notes` is what there was to say, `problem` why some are missing."""

    path: Path
    rows: int
    columns: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    problem: str = ""
    left_out: tuple[str, ...] = ()
    """The lines of the file that are no rows, one sentence each."""

    def lazy(self) -> pl.LazyFrame:
        """All rows, in order; nothing is loaded."""
        import polars as pl  # heavy: after the first paint

        return pl.scan_parquet(self.path, glob=False)


class Reading:
    """One file on its way into the data folder. `run` works in the thread that calls it, `stop` may come from any."""

    def __init__(self, engine: Engine, source: Mapping[str, Any]) -> None:
        """`source` is the recipe's; it is not looked at before `run`."""
        self._engine = engine
        self._source = dict(source)
        self._attempt: Attempt | None = None
        self._stopped = False

    def stop(self) -> None:
        """Have `run` raise `Cancelled` soon. What was read is kept, and the next reading goes on there."""
        self._stopped = True
        if self._attempt is not None:
            self._attempt.stop()

    def run(self, progress: Callable[[Fetched], None]) -> Read:
        """Read the file, or find it read already; the errors of `core.errors` say why not."""
        read = self._read(progress)
        if not read.columns:
            name = Path(str(self._source["path"])).name
            raise SourceError(f"{name} is empty: there is no column in it.", "Choose a file with rows.")
        return read

    def _read(self, progress: Callable[[Fetched], None]) -> Read:
        # heavy: all plug-ins' models
        from fetchtozip_gui.core.errors import Cancelled
        from fetchtozip_gui.core.recipe import Recipe
        from fetchtozip_gui.core.rows.files import LEFT_OUT

        recipe = Recipe.parse(
            {"version": 1, "name": "rows", "source": self._source, "output": {"type": "file", "format": "parquet"}}
        )
        home = self._home(recipe.source_key())
        if (known := _known(home)) is not None:
            os.utime(home)
            return known
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._attempt = self._engine.aside(recipe, home, home / _ROWS)
        if self._stopped:
            raise Cancelled("Reading was stopped.")
        notes: list[str] = []
        left_out: list[str] = []
        with closing(self._attempt.events()) as events:
            for event in events:
                match event:
                    case Fetched():
                        progress(event)
                    case Said(text=text) if text.startswith(LEFT_OUT):
                        left_out.append(text.removeprefix(LEFT_OUT))
                    case Said():
                        notes.append(event.text)
                    case Delivered() as delivered:
                        read = _told(home, delivered, notes, left_out)
        delete(home / "spool")
        return read

    def _home(self, key: str) -> Path:
        """Another folder for every state of the file, so that what was read is never that of an older one."""
        path = Path(str(self._source.get("path", ""))).expanduser()
        try:
            known = path.stat()
        except OSError as error:
            raise SourceError(f"{path.name or path} cannot be read: {error.strerror}.", "Is it still there?") from None
        if path.is_dir() and not (path / "_delta_log").is_dir():
            raise RecipeError(f"{path.name} is a folder.", "Choose the files in it.")
        state = f"{key} {path.absolute()} {known.st_size} {known.st_mtime_ns}"
        return readings(self._engine.folder) / hashlib.blake2b(state.encode(), digest_size=12).hexdigest()


def outlook(source: Mapping[str, Any]) -> Outlook:
    """How a file shows itself to be written, as far as its `source` leaves that open; reads its beginning alone."""
    # heavy: Pydantic, and Polars with all readers
    from pydantic import ValidationError

    from fetchtozip_gui.core.rows.file_parts import Options
    from fetchtozip_gui.core.rows.outlook import look
    from fetchtozip_gui.core.sources.file import FileSource

    try:
        options = Options.of(FileSource.model_validate(dict(source)))
    except ValidationError:
        # reading tells what is wrong with the source
        options = Options()
    return look(Path(str(source.get("path", ""))).expanduser(), options)


def readings(folder: Folder) -> Path:
    """Where the rows of the files are kept that were looked at."""
    return folder.root / "files"


def tidy(folder: Folder, keep_days: int = KEEP_DAYS) -> int:
    """Delete the rows of files that nobody has looked at for so many days; how many there were."""
    gone = 0
    try:
        homes = [Path(entry.path) for entry in os.scandir(readings(folder)) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return 0
    for home in homes:
        try:
            is_old = time.time() - home.stat().st_mtime > keep_days * 86_400
        except OSError:
            continue
        if is_old and Lock.is_free(writing_lock(home)):
            delete(home)
            gone += 1
    return gone


def _told(home: Path, delivered: Delivered, notes: list[str], left_out: list[str]) -> Read:
    problem = delivered.verdict.words if delivered.verdict.state == "partial" else ""
    told = tuple(dict.fromkeys(notes))
    read = Read(home / _ROWS, delivered.rows, delivered.columns, told, problem, tuple(left_out))
    about = {**asdict(read), "path": ""}
    try:
        (home / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
    except OSError as error:
        raise FetchToZipError(f"{home} cannot be written: {error.strerror}.") from error
    return read


def _known(home: Path) -> Read | None:
    """What an earlier reading left; it is whole, because the words about it come last."""
    try:
        about = json.loads((home / _ABOUT).read_bytes())
        columns = tuple((str(name), str(kind)) for name, kind in about["columns"])
        notes, left_out = tuple(about["notes"]), tuple(about["left_out"])
        read = Read(home / _ROWS, int(about["rows"]), columns, notes, str(about["problem"]), left_out)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return read if read.path.is_file() else None

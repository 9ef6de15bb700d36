"""ZIP archives that are Data Packages: the data in any other format, and a manifest beside it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from fetchtozip_gui.core import datapackage
from fetchtozip_gui.core.datapackage import About, Resource
from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.outputs import deflate
from fetchtozip_gui.core.outputs.container import Container
from fetchtozip_gui.core.outputs.deflate import Block
from fetchtozip_gui.core.outputs.delimited import Delimited
from fetchtozip_gui.core.outputs.destination import scratch
from fetchtozip_gui.core.outputs.stream import Chunk, Stream, Streamed, Told, sentences

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.outputs.file import FileOutput
    from fetchtozip_gui.core.outputs.format import Format, Writer
    from fetchtozip_gui.core.rejects import Rejected

_COPY = 1024 * 1024


class Zip:
    """One data member (`data.csv`, …) and `datapackage.json`. Without a password, same rows and same job: same bytes.

    Text is deflated block by block while rows arrive; formats that are built in a file of their own and packed
    already are stored as they are. The archive's comment seals every byte of it (`zip_records.SEAL`).
    """

    name = "zip"
    suffix = ".zip"
    media_type = "application/zip"

    def __init__(self, members: Mapping[str, Format]) -> None:
        self._members = members

    def open(self, file: BinaryIO, schema: pl.Schema, options: FileOutput) -> ZipWriter:
        """A password given by reference (`keyring:NAME`) must have been looked up by the caller."""
        return ZipWriter(file, schema, options, self._members[options.member])


class ZipWriter:
    """The open archive: `close(about)` writes the manifest."""

    def __init__(self, file: BinaryIO, schema: pl.Schema, options: FileOutput, member: Format) -> None:
        self.notes: list[str] = []
        self._schema = schema
        self._options = options
        self._format = member
        self._rows = 0
        password = options.password.reveal(_no_keyring) if options.password is not None else None
        self._container = Container(file, password)
        self._path = f"data{member.suffix}"
        self._member: _Member
        if isinstance(member, Streamed):
            stream = member.stream(schema, options)
            level = 0 if stream.packed else options.compression_level
            self._member = _StreamedMember(stream, self._container, self._path, level)
        else:
            built = scratch(file)
            try:
                self._member = _BuiltMember(member.open(built, schema, options), built, self._container, self._path)
            except BaseException:
                built.close()
                raise

    def encode(self, frame: pl.DataFrame, first_row: int) -> tuple[Any, int]:
        return self._member.encode(frame, first_row), frame.height

    def write(self, chunk: tuple[Any, int]) -> int:
        encoded, rows = chunk
        self._rows += rows
        return self._member.write(encoded)

    def close(self, about: About | None = None) -> None:
        about = about or About()
        measured = self._member.finish()
        self.notes = measured.notes
        rejects = self._add_rejects(about.rejects) if about.rejects is not None else None
        package = datapackage.describe(about, self._resource(measured), self.notes, rejects)
        data = datapackage.to_bytes(package)
        level = self._options.compression_level
        self._container.begin(datapackage.NAME, deflate.method(level))
        self._container.append(deflate.block(data, level))
        self._container.end()
        self._container.finish(about.started)

    def _add_rejects(self, rejects: Rejected) -> Resource:
        """The list of rejects as a member of its own; it is read from its file piece by piece."""
        level = self._options.compression_level
        digest, size = hashlib.sha256(), 0
        self._container.begin(rejects.MEMBER, deflate.method(level))
        rejects.file.seek(0)
        while data := rejects.file.read(_COPY):
            digest.update(data)
            size += len(data)
            self._container.append(deflate.block(data, level))
        self._container.end()
        return Resource(
            path=rejects.MEMBER,
            format="csv",
            media_type="text/csv",
            schema=rejects.SCHEMA,
            rows=rejects.faults,
            bytes=size,
            digest=digest.hexdigest(),
            delimiter=",",
            safe_for_spreadsheets=self._options.safe_for_spreadsheets,
        )

    def _resource(self, measured: _Measured) -> Resource:
        delimited = isinstance(self._format, Delimited)
        return Resource(
            path=self._path,
            format=self._format.name,
            media_type=self._format.media_type,
            schema=self._schema,
            rows=self._rows,
            bytes=measured.size,
            digest=measured.digest,
            text=measured.text,
            delimiter=self._format.delimiter(self._options) if isinstance(self._format, Delimited) else None,
            safe_for_spreadsheets=delimited and self._options.safe_for_spreadsheets,
        )

    def abort(self) -> None:
        self._member.abort()


@dataclass(frozen=True, slots=True)
class _Measured:
    """A finished member: the number and SHA-256 of its bytes before they were packed."""

    size: int
    digest: str
    text: bool
    notes: list[str]


class _Member(Protocol):
    """The data on its way into the container."""

    def encode(self, frame: pl.DataFrame, first_row: int) -> Any: ...
    def write(self, chunk: Any) -> int: ...
    def finish(self) -> _Measured: ...
    def abort(self) -> None: ...


class _StreamedMember:
    """Chunks are deflated where they are encoded, and joined in order here; no file between."""

    def __init__(self, stream: Stream, container: Container, path: str, level: int) -> None:
        self._stream = stream
        self._container = container
        self._level = level
        self._digest = hashlib.sha256()
        self._size = 0
        self._rows = 0
        self._told: Counter[Told] = Counter()
        container.begin(path, deflate.method(level))
        self._append(stream.head(), None)

    def encode(self, frame: pl.DataFrame, first_row: int) -> tuple[Chunk, Block]:
        chunk = self._stream.encode(frame, first_row)
        return chunk, deflate.block(chunk.data, self._level)

    def write(self, chunk: tuple[Chunk, Block]) -> int:
        rows, block = chunk
        self._rows += rows.rows
        self._told.update(rows.told)
        return self._append(rows.data, block)

    def _append(self, data: bytes, block: Block | None) -> int:
        if not data:
            return 0
        # SHA-256 runs in order, so here; with the processor's own instructions it is a tenth of the whole
        self._digest.update(data)
        self._size += len(data)
        return self._container.append(block or deflate.block(data, self._level))

    def finish(self) -> _Measured:
        self._append(self._stream.tail(self._rows), None)
        self._container.end()
        notes = [*self._stream.notes, *sentences(self._told)]
        return _Measured(self._size, self._digest.hexdigest(), not self._stream.packed, notes)

    def abort(self) -> None:
        """Nothing to leave: the file belongs to the caller."""


class _BuiltMember:
    """A format that seeks in its file is built in one that nobody sees, and stored whole."""

    def __init__(self, writer: Writer, built: BinaryIO, container: Container, path: str) -> None:
        self._writer = writer
        self._built = built
        self._container = container
        self._path = path

    def encode(self, frame: pl.DataFrame, first_row: int) -> Any:
        return self._writer.encode(frame, first_row)

    def write(self, chunk: Any) -> int:
        return self._writer.write(chunk)

    def finish(self) -> _Measured:
        self._writer.close()
        digest = hashlib.sha256()
        size = 0
        self._container.begin(self._path, deflate.STORED)
        self._built.seek(0)
        while data := self._built.read(_COPY):
            digest.update(data)
            size += len(data)
            self._container.append(deflate.block(data, 0))
        self._container.end()
        self._built.close()
        return _Measured(size, digest.hexdigest(), text=False, notes=list(self._writer.notes))

    def abort(self) -> None:
        self._writer.abort()
        self._built.close()


def _no_keyring(name: str) -> str:
    raise RecipeError(f"output.password: keyring:{name} was not looked up.", "Give the job a keyring, or use env:NAME.")

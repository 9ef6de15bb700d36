"""Reads the rows of a file of any format in parts of a bounded size, side by side and in order."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from fetchtozip_gui.core.errors import BadBody, NotInThisVersion, SourceError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.lattice import unite
from fetchtozip_gui.core.rows.file_parts import Found, Job, Options, jobs
from fetchtozip_gui.core.rows.kinds import format_of
from fetchtozip_gui.core.rows.opened import Opened, opened
from fetchtozip_gui.core.rows.parsed import Parsed
from fetchtozip_gui.core.spool_rows import pack
from fetchtozip_gui.core.work import Done, Failed, Part, Tools, Yielded, in_order, working

LEFT_OUT = "Left out: "
"""Begins the sentence about a line that is no row."""
TOLD_LINES = 1_000
"""Lines left out that are told one by one; beyond, their number is."""
_CUT = 2
"""Goes up whenever files are cut elsewhere than before: what was read in other parts cannot be gone on with."""
_Made = tuple[Job, Parsed, bytes]


def read_file(path: Path, options: Options, tools: Tools, done: Done) -> Iterator[Yielded]:
    """The file's rows after those already `done`; a page is a part, and the same file always has the same parts.

    `SourceError` when the file is not there or is another than before. What is wrong in its middle ends it with
    `Failed`, so that the rows before it can be kept.
    """
    if options.format == "delta":
        raise NotInThisVersion("source.format: delta is not in this version.", "Name one of the table's Parquet files.")
    with opened(path, options.member) as file:
        cursor = _fingerprint(path)
        if done.pages and done.cursor.get("cut") != _CUT:
            raise SourceError(
                f"source.path: another version of the program has read {path} in other parts.", "Start the job anew."
            )
        if done.pages and done.cursor != cursor:
            raise SourceError(f"source.path: {path} has changed since the job began.", "Start the job anew.")
        kind = format_of(file.name, file.head) if options.format == "auto" else options.format
        yield Said(f"Reading {file.name} as {kind}.")
        page, schema = done.pages, done.schema
        try:
            for made in _parsed(file, kind, options, tools, done):
                if isinstance(made, Said):
                    yield made
                    continue
                job, parsed, packed = made
                page += 1
                # one object for all parts: to compare schemas takes longer than to see that they are the same one
                schema = schema if parsed.schema == schema else parsed.schema
                yield Part(
                    parsed.frame,
                    first_page=page,
                    pages=1,
                    bytes=job.bytes,
                    cursor=cursor,
                    total_rows=job.total_rows,
                    schema=schema,
                    typed=parsed.typed,
                    packed=packed,
                )
        except BadBody as error:
            told = BadBody(f"{file.name}: {error.message}", error.hint)
            if page == 0:
                raise told from error
            yield Failed(told)


def _parsed(file: Opened, kind: str, options: Options, tools: Tools, done: Done) -> Iterator[_Made | Said]:
    """The parts that have columns, and what there is to say, each sentence once."""
    found = Found(done.schema)
    told: set[str] = set()
    left_out = 0
    work = _to_the_fault(jobs(file, kind, options, found, done.pages))
    with (
        closing(work),
        working(tools) as pool,
        closing(in_order(pool, _made, work, ahead=tools.workers)) as results,
    ):
        for job, parsed, packed in results:
            tools.check()
            for note in dict.fromkeys([*found.notes, *parsed.notes]):
                if note not in told:
                    told.add(note)
                    yield Said(note)
            for sentence in parsed.left_out[: max(0, TOLD_LINES - left_out)]:
                yield Said(f"{LEFT_OUT}{sentence}")
            left_out += len(parsed.left_out)
            if parsed.frame.width:
                if parsed.schema is None:
                    found.schema = unite(found.schema, parsed.frame.schema) if found.schema else parsed.frame.schema
                yield job, parsed, packed
        if left_out:
            only = f", the first {TOLD_LINES:,} of them are told" if left_out > TOLD_LINES else ""
            yield Said(f"{left_out:,} {'line was' if left_out == 1 else 'lines were'} left out{only}.")


def _made(job: Job) -> _Made:
    parsed = job.parse()
    return job, parsed, pack(parsed.frame)


def _to_the_fault(work: Iterator[Job]) -> Generator[Job, None, None]:
    """The same parts, and a fault met while cutting them as a part of its own: so those before it come first."""
    try:
        yield from work
    except BadBody as error:
        fault = error

        def fail() -> Parsed:
            raise fault

        yield Job(fail)


def _fingerprint(path: Path) -> dict[str, Any]:
    known = path.stat()
    return {"size": known.st_size, "modified": known.st_mtime_ns, "cut": _CUT}

"""The whole product on one screen: read parts from a source, keep them, shape them, hand them to an output.

`run` is a generator that says what happened after every unit of work. Cancelling is not asking for more; resuming is
starting it again on a folder that holds finished pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.delivery import Delivery
from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import PartialResult, RecipeError, SourceError
from fetchtozip_gui.core.events import Delivered, Event, Fetched, Said
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.secrets import Secret
from fetchtozip_gui.core.shape import Shape
from fetchtozip_gui.core.spool import Spool, pack
from fetchtozip_gui.core.verdict import Verdict, judge
from fetchtozip_gui.core.work import Failed, Kept, Limited, Part, Tools, in_order, threads


@dataclass
class _End:
    """How the source ended."""

    limited: bool = False
    failure: SourceError | None = None


def run(
    recipe: Recipe, folder: Path, destination: Path, tools: Tools, *, accept_partial: bool = False
) -> Iterator[Event]:
    """Do the job in its own `folder` and put the result at `destination`, whole or not at all.

    The last event is `Delivered`. Raises the errors of `core.errors`; a result with rows missing is `PartialResult`
    unless `accept_partial`. Whatever is half written is removed when the generator ends in any way; the fetched
    pages stay in `folder` for the next attempt.
    """
    if missing := recipe.unavailable():
        raise RecipeError("\n".join(missing), "A later version will do this.")
    disk = tools.disk or Disk(tools.stop, tools.say)
    shape = Shape(recipe.steps, folder / "scratch", disk)
    with (
        Spool(folder / "spool", recipe.source_key(), disk) as spool,
        threads(tools.workers, "encode") as pool,
        Delivery(
            recipe,
            _unlocked(recipe.output, tools),
            destination,
            shape,
            disk,
            pool,
            ahead=tools.workers + 2,
            started=spool.started,
        ) as delivery,
    ):
        end = _End()
        yield from _fetch(recipe, spool, delivery, pool, tools, end)
        verdict = judge(
            rows=spool.rows,
            pages=spool.pages,
            total_rows=spool.total_rows,
            total_pages=spool.total_pages,
            limited=end.limited,
            failure=end.failure,
        )
        _refuse_partial(verdict, end, spool, accept_partial)
        for event in delivery.rest(spool):
            tools.check()
            yield event
        verdict, notes = delivery.finish(verdict, spool)
        for note in notes:
            yield Said(note, "warning")
        since = spool.done().cursor.get("incremental") if verdict.state == "complete" and not verdict.limited else None
        yield Delivered(str(delivery.path), delivery.rows, delivery.bytes, verdict, delivery.columns, since)


def _fetch(
    recipe: Recipe, spool: Spool, delivery: Delivery, pool: ThreadPoolExecutor, tools: Tools, end: _End
) -> Iterator[Event]:
    """Bring the rest of the source into the spool and, where rows can go straight through, into the output too."""
    if spool.parts:
        yield Said(f"Going on after page {spool.pages:,}: {spool.rows:,} rows are on disk.")
        yield Fetched(spool.pages, spool.rows, spool.bytes, spool.total_rows, spool.total_pages)
        spool.settle()
        for frame in spool.frames():
            yield from delivery.offer(frame, spool.schema)
    if spool.ended is not None:
        end.limited = bool(spool.ended.get("limited"))
        return
    said: list[Said] = []
    parts = _parts(recipe, spool, tools, end, said)
    with closing(in_order(pool, _packed, parts, ahead=tools.workers + 2)) as packed:
        for part, data in packed:
            tools.check()
            spool.add(part, data)
            yield from _drain(said)
            yield Fetched(spool.pages, spool.rows, spool.bytes, spool.total_rows, spool.total_pages)
            # a part that was packed while a later one widened the types may not survive them
            spool.schema = types.widen_for(part.frame, spool.schema)
            yield from delivery.offer(part.frame, spool.schema)
    yield from _drain(said)
    if end.failure is None:
        spool.end(limited=end.limited)


def _unlocked(output: FileOutput, tools: Tools) -> FileOutput:
    """The output with its password itself, where the recipe only says where it is kept."""
    if output.password is None:
        return output
    return output.model_copy(update={"password": Secret(output.password.reveal(tools.keyring))})


def _parts(recipe: Recipe, spool: Spool, tools: Tools, end: _End, said: list[Said]) -> Iterator[Part]:
    """The source's parts in order; everything else it says is taken in on the way."""
    with closing(recipe.source.read(tools, spool.done())) as items:
        for item in items:
            match item:
                case Part():
                    said.extend(_widen(spool, item))
                    yield item
                case Kept():
                    spool.keep(item)
                case Limited():
                    end.limited = True
                case Failed():
                    end.failure = item.error
                case Said():
                    said.append(item)


def _widen(spool: Spool, part: Part) -> list[Said]:
    found = part.schema or part.frame.schema
    if found == spool.schema:
        return []
    before = spool.schema
    spool.schema = types.widen_for(part.frame, types.unite(before, found))
    return [Said(change, "warning") for change in types.changes(before, spool.schema)] if before else []


def _packed(part: Part) -> tuple[Part, bytes]:
    return part, pack(part.frame)


def _drain(said: list[Said]) -> Iterator[Event]:
    while said:
        yield said.pop(0)


def _refuse_partial(verdict: Verdict, end: _End, spool: Spool, accept: bool) -> None:
    if verdict.state != "partial" or (accept and spool.pages):
        return
    if end.failure is not None and not spool.pages:
        raise end.failure
    hint = "Run again with --resume to go on from there, or with --accept-partial to take what came."
    raise PartialResult(f"{verdict.words}.", hint) from end.failure

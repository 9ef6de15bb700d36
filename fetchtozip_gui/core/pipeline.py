"""The whole product on one screen: read parts from a source, keep them, shape them, hand them to an output.

`run` is a generator that says what happened after every unit of work. Cancelling is not asking for more; resuming is
starting it again on a folder that holds finished pages.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import polars.selectors as cs

from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.delivery import Delivery
from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import PartialResult, RecipeError, SourceError
from fetchtozip_gui.core.events import Delivered, Event, Fetched, Said
from fetchtozip_gui.core.memory import give_back
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.secrets import Secret
from fetchtozip_gui.core.shape import Shape
from fetchtozip_gui.core.spool import Spool
from fetchtozip_gui.core.spool_rows import pack
from fetchtozip_gui.core.verdict import Verdict, judge
from fetchtozip_gui.core.work import Failed, Kept, Limited, Part, Tools, working


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
        working(tools) as pool,
        Delivery(
            recipe,
            _unlocked(recipe.output, tools),
            destination,
            shape,
            disk,
            pool,
            ahead=tools.workers,
            started=spool.started,
            arriving=spool.ended is None,
        ) as delivery,
    ):
        end = _End()
        yield from _fetch(recipe, spool, delivery, replace(tools, pool=pool), end)
        give_back()
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


def _fetch(recipe: Recipe, spool: Spool, delivery: Delivery, tools: Tools, end: _End) -> Iterator[Event]:
    """Bring the rest of the source into the spool and, where rows can go straight through, into the output too."""
    if spool.parts:
        yield Said(f"Going on after page {spool.pages:,}: {spool.rows:,} rows are on disk.")
        yield Fetched(spool.pages, spool.rows, spool.bytes, spool.total_rows, spool.total_pages)
        spool.settle()
        if delivery.takes:
            for frame in spool.frames():
                yield from delivery.offer(frame, spool.schema)
    if spool.ended is not None:
        end.limited = bool(spool.ended.get("limited"))
        return
    onlooker = None if spool.parts else tools.onlooker
    said: list[Said] = []
    with closing(_parts(recipe, spool, tools, end, said)) as parts:
        for part in parts:
            tools.check()
            spool.add(part, pack(part.frame) if part.packed is None else part.packed)
            yield from _drain(said)
            yield Fetched(spool.pages, spool.rows, spool.bytes, spool.total_rows, spool.total_pages)
            rows = part.of(spool.schema)
            if onlooker is not None:
                onlooker.see(rows, spool.schema)
            yield from delivery.offer(rows, spool.schema, part.known)
    yield from _drain(said)
    if end.failure is None:
        spool.end(limited=end.limited)
    if onlooker is not None:
        onlooker.end()


def _unlocked(output: FileOutput, tools: Tools) -> FileOutput:
    """The output with its password itself, where the recipe only says where it is kept."""
    if output.password is None:
        return output
    return output.model_copy(update={"password": Secret(output.password.reveal(tools.keyring))})


def _parts(recipe: Recipe, spool: Spool, tools: Tools, end: _End, said: list[Said]) -> Generator[Part, None, None]:
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
    found = part.schema or part.types
    before = spool.schema
    if found is before:
        return []
    # where they are equal the part's own is kept: the next part has the very same object, which says it at once
    united = found if found == before else types.unite(before, found)
    # a column's own type holds its values: only those that have to become another are looked at
    others = [name for name in found if found[name] != united[name]]
    spool.schema = types.widen_for(part.frame.select(cs.by_name(*others)), united) if others else united
    if not before or spool.schema is found:
        return []
    return [Said(change, "warning") for change in types.changes(before, spool.schema)]


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

"""Named things that outlive a run and that every front end shares: JSON values, and the list of column inputs."""

from __future__ import annotations

import itertools
import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from fetchtozip_gui.core.errors import RecipeError

if TYPE_CHECKING:
    from fetchtozip_gui.engine.store import Store

MOST_INPUTS = 16_384
"""Column inputs that are kept; no spreadsheet has more columns."""
LONGEST_NAME = 1_000
TYPES = ("string", "integer", "float", "decimal", "boolean", "date", "datetime")
_INPUTS = "inputs"
_LARGEST = 2**31 - 1

Watcher = Callable[[str, Any], None]
log = logging.getLogger(__name__)


class Shelf:
    """JSON values by name, kept in the jobs' database. Any method may be called from any thread.

    Two processes never share one: whoever makes it owns the data folder (`Folder.own`).
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        # reentrant and held while watchers are told: they hear changes in their order, and may make some themselves
        self._lock = threading.RLock()
        self._watchers: dict[int, Watcher] = {}
        self._numbers = 0
        self._changes: dict[str, int] = {}

    def get(self, name: str) -> Any | None:
        """The value of this name, or None; a copy of the caller's own."""
        return self._store.recall(_kept(name))

    def put(self, name: str, value: Any) -> None:
        """Keep a value, in place of an older one; `RecipeError` for what JSON cannot hold."""
        _check_json(name, value)
        with self._lock:
            self._store.remember(_kept(name), value)
            self._tell(name, value)

    def drop(self, name: str) -> None:
        """Forget a value; watchers hear None. Nothing happens when there is none."""
        with self._lock:
            if self.get(name) is not None:
                self._store.forget_value(_kept(name))
                self._tell(name, None)

    def change(self, name: str, follow: Callable[[Any], Any]) -> Any:
        """Put what follows from the value that is there, with nobody in between; the new value."""
        with self._lock:
            value = follow(self.get(name))
            self.put(name, value)
            return value

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Hear the name and the new value of each change, in the thread that made it; returns how to end that.

        A watcher must be quick and must wait for no other thread. One that raises is logged and hears no more.
        """
        with self._lock:
            self._numbers += 1
            number = self._numbers
            self._watchers[number] = watcher

        def unsubscribe() -> None:
            with self._lock:
                self._watchers.pop(number, None)

        return unsubscribe

    def _tell(self, name: str, value: Any) -> None:
        change = self._changes[name] = self._changes.get(name, 0) + 1
        for number, watcher in list(self._watchers.items()):
            if self._changes[name] != change:  # a watcher has changed it again, and that was told to all
                return
            try:
                watcher(name, value)
            except Exception:
                log.exception("A watcher of the shelf failed and hears no more.")
                self._watchers.pop(number, None)


@dataclass(frozen=True, slots=True)
class Input:
    """What becomes of one column: its zero-based place in the source, its name and zero-based place in the result."""

    name: str
    column: int
    change_order: int | None = None
    """None lets it keep its sequence among the others."""
    dtype: str | None = None
    """One of `TYPES`; None leaves the type as it is."""
    keep: bool = True
    """False leaves the column out of the result."""


class Inputs:
    """The column inputs, one for each name, as all front ends share them."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def all(self) -> tuple[Input, ...]:
        """Every input, in the sequence in which their names first came."""
        return _read(self._shelf.get(_INPUTS))

    def add(self, items: Sequence[Input]) -> int:
        """Add inputs or, by name, update them: all of them, or none and `RecipeError`. How many names that were."""
        _check(items)

        def follow(before: Any) -> list[dict[str, Any]]:
            merged = {item.name: item for item in (*_read(before), *items)}
            return _written(merged.values())

        self._shelf.change(_INPUTS, follow)
        return len({item.name for item in items})

    def replace(self, items: Sequence[Input]) -> None:
        """Have these inputs and no others; nothing is told when they are the same."""
        _check(items)
        wanted = _written({item.name: item for item in items}.values())
        if _written(self.all()) != wanted:
            self._shelf.put(_INPUTS, wanted)

    def clear(self) -> None:
        """Have no inputs."""
        self._shelf.drop(_INPUTS)

    def watch(self, watcher: Callable[[tuple[Input, ...]], None]) -> Callable[[], None]:
        """Hear the whole list after each change, in the thread that made it; returns how to end that."""

        def hear(name: str, value: Any) -> None:
            if name == _INPUTS:
                watcher(_read(value))

        return self._shelf.watch(hear)


def columns_step(inputs: Iterable[Input]) -> dict[str, Any] | None:
    """The step of a recipe that does what the inputs say, None where there are none; other columns stay."""
    columns = [_column(item) for item in inputs]
    return {"type": "columns", "columns": columns} if columns else None


def settled(inputs: Sequence[Input]) -> tuple[list[Input], list[str]]:
    """The inputs without those that contradict a later one, and sentences for what was settled.

    Of two that take one column, the later one has it; of two that want one place, the later one takes the next that
    is free.
    """
    last = {item.column: item for item in inputs}
    told = [
        f"Of column {item.column} the later input `{last[item.column].name}` counts, not `{item.name}`."
        for item in inputs
        if last[item.column] is not item
    ]
    found: list[Input] = []
    taken: dict[int, str] = {}
    for item in last.values():
        wanted = item.change_order
        if wanted is not None and item.keep:
            place = next(free for free in itertools.count(wanted) if free not in taken)
            if place != wanted:
                told.append(f"Place {wanted} is `{taken[wanted]}`'s, so `{item.name}` takes place {place}.")
            taken[place] = item.name
            item = replace(item, change_order=place)
        found.append(item)
    return found, told


def _column(item: Input) -> dict[str, Any]:
    if not item.keep:
        return {"column": item.column, "keep": False}
    values = {"column": item.column, "name": item.name, "change_order": item.change_order, "dtype": item.dtype}
    return {name: value for name, value in values.items() if value is not None}


def _read(value: Any) -> tuple[Input, ...]:
    known = {field.name for field in fields(Input)}
    rows = value if isinstance(value, list) else []
    return tuple(Input(**{key: row[key] for key in known & row.keys()}) for row in rows if isinstance(row, Mapping))


def _written(items: Iterable[Input]) -> list[dict[str, Any]]:
    rows = [asdict(item) for item in items]
    if len(rows) > MOST_INPUTS:
        raise RecipeError(f"inputs: at most {MOST_INPUTS:,} are kept, found {len(rows):,}.")
    return rows


def _check(items: Sequence[Input]) -> None:
    faults = [fault for number, item in enumerate(items) for fault in _faults(f"inputs.{number}", item)]
    if faults:
        raise RecipeError("\n".join(faults))


def _faults(path: str, item: Input) -> Iterable[str]:
    if not isinstance(item.name, str) or not 1 <= len(item.name) <= LONGEST_NAME or not item.name.strip():
        yield f"{path}.name: must be text of 1 to {LONGEST_NAME:,} characters, found {str(item.name)[:40]!r}"
    for name, value in (("column", item.column), ("change_order", item.change_order)):
        if value is None and name == "change_order":
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
            yield f"{path}.{name}: must be a whole number from 0 to {_LARGEST:,}, found {str(value)[:40]}"
    if item.dtype is not None and item.dtype not in TYPES:
        yield f"{path}.dtype: must be one of {', '.join(TYPES)}, found {str(item.dtype)[:40]!r}"
    if not isinstance(item.keep, bool):
        yield f"{path}.keep: must be true or false, found {str(item.keep)[:40]!r}"


def _check_json(name: str, value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise RecipeError(f"{name}: cannot be kept as JSON: {str(error)[:200]}.") from None


def _kept(name: str) -> str:
    # beside what recipes remember, and never in its way
    return f"shelf:{name}"

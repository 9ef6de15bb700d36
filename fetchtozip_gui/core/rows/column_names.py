"""What the columns of a file are called: as its header has it, and otherwise where it has nothing or the same twice."""

from __future__ import annotations

from collections.abc import Iterable


def nameless(width: int) -> tuple[str, ...]:
    """What columns are called that have no names."""
    return tuple(f"column_{place}" for place in range(1, width + 1))


def unique_names(names: Iterable[str], notes: list[str]) -> tuple[str, ...]:
    """The names with `column_3` for an empty one and `a_2` for a second `a`; changes are told in `notes`."""
    given = list(names)
    taken = {name for name in given if name}
    made: list[str] = []
    for place, name in enumerate(given):
        wanted = name or f"column_{place + 1}"
        if wanted in made or (not name and wanted in taken):
            wanted = next(new for n in range(2, len(given) + 3) if (new := f"{wanted}_{n}") not in taken)
        if wanted != name:
            notes.append(f"Column {place + 1} was called {name!r} in the header and is called `{wanted}` here.")
        taken.add(wanted)
        made.append(wanted)
    return tuple(made)

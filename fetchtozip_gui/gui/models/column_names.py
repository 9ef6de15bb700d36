"""New names for many columns at once: by a pattern, or from a list that was pasted or dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


def words_of(name: str) -> list[str]:
    """`CustomerID (old)` is customer, id, old."""
    parted = ""
    for before, letter, after in zip(f" {name}", name, f"{name[1:]} ", strict=False):
        begins = letter.isupper() and (before.islower() or before.isdigit() or (before.isupper() and after.islower()))
        parted += f" {letter}" if begins else letter if letter.isalnum() else " "
    return parted.lower().split()


PATTERNS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "lower_snake": ("lower_snake", lambda name: "_".join(words_of(name))),
    "upper_snake": ("UPPER_SNAKE", lambda name: "_".join(words_of(name)).upper()),
    "camel": ("camelCase", lambda name: "".join(_camel(words_of(name)))),
    "title": ("Title Case", lambda name: " ".join(word.capitalize() for word in words_of(name))),
    "sentence": ("Sentence case", lambda name: " ".join(words_of(name)).capitalize()),
    "trimmed": ("Without outer spaces", lambda name: " ".join(name.split())),
}
"""By name: how it is shown, and what it makes of a name."""


def _camel(words: list[str]) -> list[str]:
    return [word if not at else word.capitalize() for at, word in enumerate(words)]


def renamed(names: Sequence[str], pattern: str, taken: Sequence[str] = ()) -> list[str]:
    """The names after a pattern; a number tells apart those that would be equal, or equal to one that is `taken`."""
    _, make = PATTERNS[pattern]
    used = set(taken)
    made: list[str] = []
    for name in names:
        # a name without a letter or digit has nothing to make a name of
        stem = make(name) or name
        free, number = stem, 1
        while free in used:
            number += 1
            free = f"{stem}_{number}" if "snake" in pattern else f"{stem} {number}"
        used.add(free)
        made.append(free)
    return made


@dataclass(frozen=True, slots=True)
class Filled:
    """New names by the number of the row, and the lines that no row was found for."""

    names: Mapping[int, str]
    left: Sequence[str]


def fill(text: str, originals: Sequence[str], called: Sequence[str], start: int = 0) -> Filled:
    """Names from a list: one a line from row `start` on, or old and new with a tab between.

    A single line of several cells, as spreadsheets copy a row of headings, is a list too. Rows that are left out are
    given as empty `called`, and take no line.
    """
    lines = [line.rstrip("\r") for line in text.split("\n")]
    while lines and not lines[-1].strip():
        lines.pop()
    cells = [line.split("\t") for line in lines]
    if cells and all(len(row) == 2 for row in cells) and (len(cells) > 1 or cells[0][0] in (*originals, *called)):
        return _by_name([(row[0].strip(), row[1].strip()) for row in cells if any(row)], originals, called)
    wanted = [cell.strip() for row in cells for cell in (row if len(cells) == 1 else row[:1])]
    rows = [number for number in range(start, len(called)) if called[number]]
    # an empty line leaves its row as it is
    found = {number: name for number, name in zip(rows, wanted, strict=False) if name}
    return Filled(found, wanted[len(rows) :])


def _by_name(pairs: Sequence[tuple[str, str]], originals: Sequence[str], called: Sequence[str]) -> Filled:
    found: dict[int, str] = {}
    left = []
    for old, new in pairs:
        places = [number for number, name in enumerate(originals) if name == old]
        places = places or [number for number, name in enumerate(called) if name == old]
        if places and new:
            found[places[0]] = new
        elif not places:
            left.append(old)
    return Filled(found, left)

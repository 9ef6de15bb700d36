"""Finds different spellings of one thing among the texts of a column, and proposes to merge them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl
from rapidfuzz.distance import Levenshtein

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.clean import CleanStep
from fetchtozip_gui.core.steps.lookup import named, position
from fetchtozip_gui.core.steps.texts import Replace, texts

Method = Literal["fingerprint", "ngram", "levenshtein"]
MOST_VALUES: Final = 100_000
"""Different values at most that are compared by distance."""
MOST_PAIRS: Final = 20_000_000
"""Pairs at most that are compared by distance."""
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
"""Letters without a mark that Unicode would take off."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Values that may mean the same, with how often each stands in the column, the most frequent first."""

    values: Mapping[str, int]
    proposed: str
    """What they would become: the most frequent one."""

    @property
    def rows(self) -> int:
        """How many rows hold one of the values."""
        return sum(self.values.values())


def clusters(
    rows: pl.LazyFrame, column: str, method: Method = "fingerprint", *, size: int = 2, distance: int = 2
) -> list[Cluster]:
    """The clusters of two values and more, those of most rows first; a value is in one cluster at most.

    `fingerprint`: the same words, whatever their order, letters' case, marks and punctuation. `ngram`: the same
    stretches of `size` characters, so that spaces and doubled parts do not count either. Both are OpenRefine's key
    collision methods. `levenshtein`: at most `distance` characters put in, left out or exchanged, and at most one in
    four; a value joins the nearest of the more frequent ones, among equals the most frequent. `StepError` where there
    are more than `MOST_VALUES` or `MOST_PAIRS` to compare.
    """
    schema = rows.collect_schema()
    position(column, schema.names(), "column")
    if not texts(schema, (column,), "column", method):
        return []
    value = named(column).alias("value")
    counted = rows.select(value).drop_nulls().group_by("value").len("count").collect(engine="streaming")
    counted = counted.sort(["count", "value"], descending=[True, False])
    match method:
        case "fingerprint":
            grouped = _by_key(counted, fingerprint(pl.col("value")))
        case "ngram":
            grouped = _by_key(counted, ngrams(pl.col("value"), size))
        case "levenshtein":
            grouped = _by_distance(counted, distance)
    made = [Cluster(values, next(iter(values))) for values in grouped if len(values) > 1]
    return sorted(made, key=lambda cluster: (-cluster.rows, cluster.proposed))


def merged(column: str, found: Iterable[Cluster]) -> CleanStep:
    """The step that puts what each cluster proposes in place of its other values."""
    values: dict[str, str | None] = {
        value: cluster.proposed for cluster in found for value in cluster.values if value != cluster.proposed
    }
    if not values:
        raise StepError(f"column: there is nothing to merge in `{column}`.")
    return CleanStep(replace=(Replace(columns=(column,), values=values),))


def fingerprint(value: pl.Expr) -> pl.Expr:
    """The sorted different words of a text, in small letters without marks and punctuation."""
    return _plain(value).str.extract_all(r"\S+").list.unique().list.sort().list.join(" ")


def ngrams(value: pl.Expr, size: int) -> pl.Expr:
    """The sorted different stretches of `size` characters; a text that has none stands for itself."""
    letters = _plain(value).str.replace_all(r"\s", "")
    stretch = pl.concat_str(pl.element().shift(-place) for place in range(size))
    made = letters.str.extract_all(r"(?s).").list.eval(stretch.drop_nulls()).list.unique().list.sort().list.join("")
    return pl.when(letters.str.len_chars() < size).then(letters).otherwise(made)


def _plain(value: pl.Expr) -> pl.Expr:
    small = value.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    small = small.str.replace_many(list(_LETTERS), list(_LETTERS.values()))
    return small.str.replace_all(r"[\p{P}\p{S}\p{Cc}\p{Cf}&&[^\s]]", "")


def _by_key(counted: pl.DataFrame, key: pl.Expr) -> Iterator[dict[str, int]]:
    keyed = counted.with_columns(key.alias("key")).filter(pl.col("key") != "")
    alike = keyed.filter(pl.col("key").is_duplicated())
    for _, group in alike.group_by("key", maintain_order=True):
        yield dict(zip(group["value"], group["count"], strict=True))


def _by_distance(counted: pl.DataFrame, distance: int) -> Iterator[dict[str, int]]:
    if counted.height > MOST_VALUES:
        raise StepError(
            f"distance: {counted.height:,} different values are too many; at most {MOST_VALUES:,} are compared.",
            "Merge by fingerprint before, or filter the rows.",
        )
    keys = counted["value"].str.strip_chars().str.to_lowercase().to_list()
    counts = dict(zip(counted["value"], counted["count"], strict=True))
    values = list(counts)
    joined: dict[int, list[int]] = {}
    centres = _Centres(distance)
    for number, key in enumerate(keys):
        # the most frequent come first, so that a centre is more frequent than all that join it
        centre = centres.nearest(key)
        if centre is None:
            centres.add(number, key)
            joined[number] = [number]
        else:
            joined[centre].append(number)
    for members in joined.values():
        yield {values[member]: counts[values[member]] for member in members}


class _Centres:
    """Texts, found again by those that are near.

    A text is cut into `distance` + 1 pieces. Whatever is at most `distance` changes away holds one of them as it is,
    at most `distance` places off (Li, Deng, Wang, Feng: Pass-Join, 2011). So only texts with a common piece are
    compared, and none is missed.
    """

    def __init__(self, distance: int) -> None:
        self._distance = distance
        self._keys: dict[int, str] = {}
        self._pieces: dict[tuple[int, int, str], list[int]] = {}
        self._compared = 0

    def add(self, number: int, key: str) -> None:
        """Keep a text."""
        self._keys[number] = key
        for piece, begin, end in self._cuts(len(key)):
            self._pieces.setdefault((len(key), piece, key[begin:end]), []).append(number)

    def nearest(self, key: str) -> int | None:
        """The number of the nearest text kept, among equals the first; None where none is near."""
        best: tuple[int, int] | None = None
        for number in sorted(self._candidates(key)):
            other = self._keys[number]
            allowed = min(self._distance, max(len(key), len(other)) // 4)
            found = Levenshtein.distance(key, other, score_cutoff=allowed)
            if found <= allowed and (best is None or (found, number) < best):
                best = found, number
        return best[1] if best else None

    def _candidates(self, key: str) -> set[int]:
        found: set[int] = set()
        for length in range(len(key) - self._distance, len(key) + self._distance + 1):
            for piece, begin, end in self._cuts(length):
                for start in range(max(0, begin - self._distance), begin + self._distance + 1):
                    found.update(self._pieces.get((length, piece, key[start : start + end - begin]), ()))
        self._compared += len(found)
        if self._compared > MOST_PAIRS:
            raise StepError(
                f"distance: more than {MOST_PAIRS:,} pairs of values would have to be compared.",
                "Ask for a smaller distance, merge by fingerprint before, or filter the rows.",
            )
        return found

    def _cuts(self, length: int) -> Iterator[tuple[int, int, int]]:
        """The pieces of a text of a length: their number, begin and end."""
        count = self._distance + 1
        for piece in range(count):
            yield piece, piece * length // count, (piece + 1) * length // count

"""Clusters of alike values: what each method brings together, what it does not, and the step that merges them."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetchtozip_gui.core.analysis import cluster as clustering
from fetchtozip_gui.core.analysis.cluster import Cluster, clusters, merged
from fetchtozip_gui.core.errors import StepError


def found(values: list[str | None], method: str, **options: int) -> list[dict[str, int]]:
    rows = pl.LazyFrame({"a": pl.Series(values, dtype=pl.String)})
    made = clusters(rows, "a", method, **options)  # type: ignore[arg-type]
    assert all(one.proposed == next(iter(one.values)) for one in made)
    return [dict(one.values) for one in made]


def test_fingerprints_see_past_order_case_marks_and_punctuation() -> None:
    values = ["Zürich", "zurich ", "Zürich", "ZÜRICH!", "Ann Lee", "Lee, Ann", "Ann  Lee Lee", "Groß", "gross", None]
    assert found([*values, "Bern", "--", "!!"], "fingerprint") == [
        {"Zürich": 2, "ZÜRICH!": 1, "zurich ": 1},
        {"Ann  Lee Lee": 1, "Ann Lee": 1, "Lee, Ann": 1},
        {"Groß": 1, "gross": 1},
    ]


def test_ngrams_see_past_spaces_and_doubled_parts() -> None:
    values = ["New York", "Newyork", "NewYork", "nanana", "nana", "x", "X", "y"]
    assert found(values, "ngram") == [
        {"New York": 1, "NewYork": 1, "Newyork": 1},
        {"X": 1, "x": 1},
        {"nana": 1, "nanana": 1},
    ]
    assert found(["abcabc", "abcabcabc"], "ngram", size=3) == [{"abcabc": 1, "abcabcabc": 1}]


def test_distances() -> None:
    values = ["Basel", "Basel", "Bassel", "BASEL", "Bern", "Bonn", "Winterthur", "Wintertur", "Winterthuhr"]
    assert found(values, "levenshtein") == [
        {"Basel": 2, "BASEL": 1, "Bassel": 1},
        {"Winterthuhr": 1, "Winterthur": 1, "Wintertur": 1},
    ]
    assert found(["abcdefgh", "abcdefxy"], "levenshtein", distance=1) == []


def test_a_value_joins_the_nearest_and_chains_do_not_grow() -> None:
    values = ["aaaaaaaa"] * 3 + ["aaaaaaab"] + ["aaaaaabb"] + ["aaaaabbb"] * 2 + ["aaaabbbb"]
    assert found(values, "levenshtein", distance=1) == [
        {"aaaaaaaa": 3, "aaaaaaab": 1},
        {"aaaaabbb": 2, "aaaaaabb": 1, "aaaabbbb": 1},
    ]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.text("ab", min_size=4, max_size=12), min_size=2, max_size=40), st.integers(1, 3))
def test_blocking_misses_nothing(words: list[str], distance: int) -> None:
    """The same as comparing each value with every one."""
    order = sorted({word: words.count(word) for word in words}.items(), key=lambda item: (-item[1], item[0]))
    expected: dict[str, dict[str, int]] = {}
    for word, count in order:
        near = [
            (edits, place)
            for place, centre in enumerate(expected)
            if (edits := slow_distance(word, centre)) <= min(distance, max(len(word), len(centre)) // 4)
        ]
        centre = list(expected)[min(near)[1]] if near else word
        expected.setdefault(centre, {})[word] = count
    wanted = [values for values in expected.values() if len(values) > 1]
    assert found(words, "levenshtein", distance=distance) == sorted(
        wanted, key=lambda values: (-sum(values.values()), next(iter(values)))
    )


def slow_distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for place, letter in enumerate(a, 1):
        above, row[0] = row[0], place
        for column, other in enumerate(b, 1):
            above, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, above + (letter != other))
    return row[-1]


def test_the_step_puts_the_proposed_value_in_place() -> None:
    rows = pl.LazyFrame({"a": ["Basel", "Basel", "basel", "Bern", None], "b": ["basel"] * 5})
    step = merged("a", clusters(rows, "a"))
    made = step.apply(rows).collect()
    assert made["a"].to_list() == ["Basel", "Basel", "Basel", "Bern", None]
    assert made["b"].to_list() == ["basel"] * 5
    assert not step.whole()
    with pytest.raises(StepError, match="nothing to merge in `a`"):
        merged("a", [])


def test_what_cannot_be_clustered_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StepError, match=r"column: there is no column `c`"):
        clusters(pl.LazyFrame({"a": ["x"]}), "c")
    with pytest.raises(StepError, match=r"column `a` is int64; fingerprint fits texts"):
        clusters(pl.LazyFrame({"a": [1]}), "a")
    assert clusters(pl.LazyFrame({"a": [None]}), "a") == []
    many = pl.LazyFrame({"a": [f"same beginning {number:05}" for number in range(300)]})
    monkeypatch.setattr(clustering, "MOST_PAIRS", 1000)
    with pytest.raises(StepError, match="more than 1,000 pairs"):
        clusters(many, "a", "levenshtein", distance=1)
    monkeypatch.setattr(clustering, "MOST_VALUES", 100)
    with pytest.raises(StepError, match="300 different values are too many"):
        clusters(many, "a", "levenshtein")


def test_rows_of_a_cluster_and_many_values() -> None:
    assert Cluster({"a": 2, "b": 1}, "a").rows == 3
    chance = random.Random(5)
    words = ["".join(chance.choice("abcdefghij") for _ in range(12)) for _ in range(3000)]
    made = found([*words, *words, *(word[:5] + word[6:] for word in words[:50])], "levenshtein", distance=1)
    assert [len(values) for values in made] == [2] * 50

"""The cleaning step: each thing that it does, their order, what does not fit, and plain Python as the measure."""

from __future__ import annotations

import math
import random
import statistics
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from fetchtozip_gui.core import ranks
from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.replay import CHUNK_ROWS, chunks, reading
from fetchtozip_gui.core.steps import statistics as shares
from fetchtozip_gui.core.steps.clean import CleanStep

NAN, INF = float("nan"), float("inf")
FRAME = pl.DataFrame(
    {
        "id": [1, 2, 2, None, 5],
        "name": [" Ann ", "BOB", "BOB", "", None],
        "x": [1.0, NAN, NAN, 3.0, 1000.0],
        "none": [None] * 5,
        "day": [date(2024, 1, 1), None, None, date(2024, 3, 1), date(2024, 3, 1)],
        "yes": [True, None, None, True, False],
    }
)


def clean(frame: pl.DataFrame = FRAME, **fields: Any) -> pl.DataFrame:
    """The cleaned rows, which have the types that the plan promised."""
    plan = CleanStep.model_validate({"type": "clean", **fields}).apply(frame.lazy())
    made = plan.collect()
    assert made.schema == plan.collect_schema()
    return made


def column(name: str, values: list[Any], dtype: Any = None, **fields: Any) -> list[Any]:
    return clean(pl.DataFrame({name: pl.Series(values, dtype=dtype)}), **fields)[name].to_list()


@pytest.mark.parametrize("fields", [{"handle_missing": "median"}, {"outliers": "clip"}, {"outliers": "drop"}], ids=str)
def test_a_column_that_is_not_held_has_the_same_quantiles(
    fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)
    frame = pl.DataFrame(
        {
            "n": [chance.choice([None, *range(50), 10_000]) for _ in range(3_000)],
            "x": [chance.choice([None, INF, float("nan"), chance.lognormvariate(0, 2)]) for _ in range(3_000)],
        }
    )
    step = CleanStep.model_validate({"type": "clean", **fields})
    held = step.apply(frame.lazy()).collect()
    monkeypatch.setattr(shares, "_HELD", 100)
    monkeypatch.setattr(ranks, "AT_ONCE", 200)
    assert step.apply(frame.lazy()).collect().equals(held)


def test_texts_are_brought_into_one_form() -> None:
    made = clean(trim=True, case="title", empty_is_missing=True)
    assert made["name"].to_list() == ["Ann", "Bob", "Bob", None, None]
    assert made.drop("name").equals(FRAME.drop("name"))
    assert column("a", ["\u00a0\tÀ b\n"], trim=True, case="lower") == ["à b"]
    assert column("a", ["straße"], case="upper") == ["STRASSE"]


@pytest.mark.parametrize(
    ("replace", "expected"),
    [
        ({"find": "a"}, ["bn", "$1", None]),
        ({"find": "a", "with": "$1"}, ["b$1n$1", "$1", None]),
        ({"find": "$", "with": "S"}, ["bana", "S1", None]),
        ({"find": "(b)a", "with": "${1}o", "pattern": True}, ["bona", "$1", None]),
        ({"find": "n", "with": None}, [None, "$1", None]),
        ({"values": {"bana": "banana", "$1": None}}, ["banana", None, None]),
        ({"values": {"ban": "x"}}, ["bana", "$1", None]),
    ],
)
def test_replace(replace: dict[str, Any], expected: list[str | None]) -> None:
    assert column("a", ["bana", "$1", None], replace=[replace]) == expected


def test_replacements_are_done_one_after_the_other_and_where_they_are_asked_for() -> None:
    frame = pl.DataFrame({"a": ["x"], "b": ["x"]})
    steps = [{"find": "x", "with": "y", "columns": "a"}, {"find": "y", "with": "z"}]
    assert clean(frame, replace=steps).rows() == [("z", "x")]


def test_split_join_and_cast() -> None:
    frame = pl.DataFrame({"id": [1, 2, 3, 4], "name": ["Ann - Lee", "Bob", None, "A-B-C"], "n": [1.0, 2.5, None, 4.0]})
    split = [{"column": "name", "separator": "-", "into": ["first", "last"]}]
    made = clean(frame, trim=True, split=split)
    assert made.columns == ["id", "first", "last", "n"]
    assert made["first"].to_list() == ["Ann", "Bob", None, "A"]
    assert made["last"].to_list() == ["Lee", None, None, "B-C"]
    kept = clean(frame, split=[{**split[0], "keep": True}])
    assert kept.columns == ["id", "name", "first", "last", "n"]
    joined = clean(frame, join=[{"columns": ["id", "n"], "name": "key", "separator": "/"}])
    assert joined.columns == ["name", "key"]
    assert joined["key"].to_list() == ["1/1", "2/2.5", "3", "4/4"]
    cast = clean(frame, cast=[{"column": "id", "dtype": "string"}, {"column": "n", "dtype": "decimal"}])
    assert [str(dtype) for dtype in cast.dtypes] == ["String", "String", "Decimal(precision=38, scale=2)"]


def test_what_cannot_be_cast_is_told_in_the_order_of_the_rows() -> None:
    names = pl.DataFrame({"name": ["1", "Ann", "Bob", None, "Ann", "Cid", "Dan"]})
    step = CleanStep.model_validate({"type": "clean", "cast": [{"column": "name", "dtype": "integer"}]})
    # as a job carries it out: chunk by chunk; a plan's own engine looks at several stretches of rows at once
    plan = step.apply(reading(names.schema, lambda wanted: iter([names])))
    told = r"cast\.0\.dtype: column `name`: 'Ann', 'Bob', 'Cid' cannot become integer; there are 5 such"
    with pytest.raises(StepError, match=told):
        list(chunks(plan))


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("mean", [1, 2, 2, 2, 5]),  # 2.5, rounded to the even neighbour: an integer column stays one
        ("median", [1, 2, 2, 2, 5]),
        ("mode", [1, 2, 2, 2, 5]),
        ("zero", [1, 2, 2, 0, 5]),
        ("ffill", [1, 2, 2, 2, 5]),
        ("bfill", [1, 2, 2, 5, 5]),
        (7, [1, 2, 2, 7, 5]),
        ({"value": 8}, [1, 2, 2, 8, 5]),
        (2.5, [1, 2, 2, None, 5]),
        ({"value": "?"}, [1, 2, 2, None, 5]),
    ],
)
def test_missing_integers(how: Any, expected: list[int | None]) -> None:
    made = clean(handle_missing=how)
    assert made["id"].to_list() == expected
    assert made.schema == FRAME.schema


def test_nan_is_missing_too_and_no_part_of_a_statistic() -> None:
    assert clean(handle_missing="mean")["x"].to_list() == [1.0, 1004 / 3, 1004 / 3, 3.0, 1000.0]
    assert clean(handle_missing="ffill")["x"].to_list() == [1.0, 1.0, 1.0, 3.0, 1000.0]
    assert clean(handle_missing=0)["x"].to_list() == [1.0, 0.0, 0.0, 3.0, 1000.0]
    assert clean(handle_missing="drop")["id"].to_list() == [1]
    assert column("a", [1.0, INF, None], handle_missing="mean") == [1.0, INF, 1.0]


def test_what_a_value_fits() -> None:
    assert clean(handle_missing={"value": "?"})["name"].to_list() == [" Ann ", "BOB", "BOB", "", "?"]
    assert clean(handle_missing={"value": True})["yes"].to_list() == [True, True, True, True, False]
    dated = clean(handle_missing={"value": "2020-01-01"})
    assert dated["day"].to_list()[1] == date(2020, 1, 1)
    assert dated["name"].to_list()[4] == "2020-01-01"


def test_texts_dates_and_booleans_take_a_mode_and_a_neighbour() -> None:
    made = clean(handle_missing="mode")
    assert made["name"].to_list()[4] == "BOB"
    assert made["day"].to_list()[1] == date(2024, 3, 1)
    assert made["yes"].to_list() == [True, True, True, True, False]
    assert clean(handle_missing="bfill")["day"].to_list()[1] == date(2024, 3, 1)
    assert column("a", ["b", "a", None, "a", "b"], handle_missing="mode") == ["b", "a", "a", "a", "b"]


def test_a_column_without_any_value_stays_as_it_is() -> None:
    for how in ("mean", "median", "mode", "zero", "ffill", "bfill", "drop", 3):
        assert clean(handle_missing=how)["none"].null_count() == clean(handle_missing=how).height
    assert column("a", [None, None], pl.Float64, handle_missing="mean") == [None, None]
    assert column("a", [None, None], pl.Int64, normalize="zscore", outliers="drop") == [None, None]
    assert clean(FRAME.clear(), handle_missing="median", outliers="clip", normalize="minmax").height == 0


def test_neighbours_are_found_across_chunks() -> None:
    holes = [None] * (2 * CHUNK_ROWS)
    values = [None, 1, *holes, 2, None]
    assert column("a", values, handle_missing="ffill") == [None, 1, *[1] * len(holes), 2, 2]
    assert column("a", values, handle_missing="bfill") == [1, 1, *[2] * len(holes), 2, None]


def test_normalized_numbers() -> None:
    assert column("a", [1, 3, None, 2], normalize="minmax") == [0.0, 1.0, None, 0.5]
    assert column("a", [1.0, 3.0, NAN, INF], normalize="minmax")[:2] == [0.0, 1.0]
    assert column("a", [1, 2, 3], normalize="zscore") == [-1.0, 0.0, 1.0]
    assert column("a", [4, 4, None], normalize="minmax") == [0.0, 0.0, None]
    assert column("a", [4.0, 4.0], normalize="zscore") == [0.0, 0.0]
    assert column("a", [4], normalize="zscore") == [0.0]


def test_outliers() -> None:
    values = [1, 2, 3, 4, None, 100]
    assert column("a", values, outliers="drop") == [1, 2, 3, 4, None]
    assert column("a", values, outliers="clip") == [1, 2, 3, 4, None, 7]
    assert column("a", [*values, 1], outliers="clip", outlier_factor=0.5)[5] == 5
    far = [0.0] * 20 + [1.0, 50.0, INF, NAN]
    assert column("a", far, outliers="drop", outlier_method="zscore")[-2:] == [1.0, pytest.approx(NAN, nan_ok=True)]
    # quartiles that are equal say nothing of the rest
    assert column("a", [1] * 9 + [50], outliers="drop") == [1] * 9 + [50]


def test_duplicates() -> None:
    assert clean(remove_duplicates=True)["id"].to_list() == [1, 2, None, 5]
    assert clean(remove_duplicates=["yes"])["id"].to_list() == [1, 2, 5]
    assert clean(remove_duplicates="yes").equals(clean(remove_duplicates=["yes"]))
    with pytest.raises(StepError, match=r"remove_duplicates\.0: there is no column `idd`.*Did you mean `id`"):
        clean(remove_duplicates=["idd"])


def test_the_order_is_fixed() -> None:
    frame = pl.DataFrame({"a": ["1 ", "1", "", "3", "2000"]})
    made = clean(
        frame,
        normalize="minmax",
        outliers="drop",
        handle_missing="mean",
        remove_duplicates=True,
        cast=[{"column": "a", "dtype": "float"}],
        empty_is_missing=True,
        trim=True,
    )
    # 1, missing, 3, 2000 after the duplicates: the mean is 668, and no value is an outlier of four
    assert made["a"].to_list() == [0.0, pytest.approx(667 / 1999), 2 / 1999, 1.0]


def test_only_some_columns() -> None:
    made = clean(columns=["x"], handle_missing="zero", normalize="minmax")
    assert made["x"].to_list() == [0.001, 0.0, 0.0, 0.003, 1.0]
    assert made["id"].to_list() == FRAME["id"].to_list()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"columns": ["name"], "normalize": "zscore"}, r"normalize: column `name` is text; zscore fits numbers: `id`"),
        ({"columns": ["yes"], "handle_missing": "mean"}, r"handle_missing: column `yes` is boolean; mean fits numbers"),
        ({"columns": ["day"], "outliers": "clip"}, r"outliers: column `day` is date; clip fits numbers"),
        ({"columns": ["id"], "handle_missing": 2.5}, r"`id` is int64; 2\.5 fits numbers that may have a fraction: `x`"),
        ({"columns": ["id"], "trim": True}, r"trim: column `id` is int64; trim fits texts: `name`"),
        ({"columns": ["nmae"], "trim": True}, r"columns\.0: there is no column `nmae`.*Did you mean `name`"),
        ({"replace": [{"find": "x", "columns": ["id"]}]}, r"replace\.0\.columns\.0: column `id` is int64"),
        ({"split": [{"column": "id", "separator": " ", "into": ["a"]}]}, r"split\.0\.column.*`id` is int64"),
        ({"split": [{"column": "name", "separator": " ", "into": ["id"]}]}, r"split\.0\.into: there is already"),
        ({"join": [{"columns": ["id", "x"], "name": "day"}]}, r"join\.0\.name: there is already a column `day`"),
        ({"cast": [{"column": "nope", "dtype": "float"}]}, r"cast\.0\.column: there is no column `nope`"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(StepError, match=words):
        CleanStep.model_validate({"type": "clean", **fields}).apply(FRAME.lazy())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"handle_missing": True}, "a number, a word or"),
        ({"outlier_factor": 2}, "`outlier_factor` belongs to `outliers`"),
        ({"replace": [{"find": "("  , "pattern": True}]}, "is no pattern that can be searched for"),
        ({"replace": [{"find": "a", "values": {"b": "c"}}]}, "either `find` or `values`"),
        ({"replace": [{"with": "c"}]}, "either `find` or `values`"),
        ({"cast": [{"column": "a", "dtype": "boolean", "format": "x"}]}, "such as yes|no"),
        ({"colour": 1}, "colour"),
    ],
)  # fmt: skip
def test_a_wrong_step_is_refused_before_anything_runs(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words.replace("|", r"\|")):
        CleanStep.model_validate({"type": "clean", **fields})


def test_what_looks_at_one_row_at_a_time_streams() -> None:
    for fields in ({"trim": True}, {"handle_missing": "zero"}, {"handle_missing": "drop"}, {"handle_missing": 3}):
        assert not CleanStep.model_validate({"type": "clean", **fields}).whole()
    for fields in ({"handle_missing": "mean"}, {"normalize": "zscore"}, {"remove_duplicates": True}):
        assert CleanStep.model_validate({"type": "clean", **fields}).whole()


NUMBERS = st.lists(st.none() | st.integers(-1000, 1000), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(NUMBERS)
def test_against_plain_python(values: list[int | None]) -> None:
    known = [value for value in values if value is not None]
    expected: dict[str, float | int | None] = dict.fromkeys(("mean", "median", "mode"))
    if known:
        expected = {
            "mean": round(statistics.fmean(known)),
            "median": round(statistics.median(known)),
            "mode": min(statistics.multimode(known)),
        }
    for how, fill in expected.items():
        made = column("a", values, pl.Int64, handle_missing=how)
        assert made == [fill if value is None else value for value in values], how
    scaled = column("a", values, pl.Int64, normalize="minmax")
    low, high = min(known, default=0), max(known, default=0)
    assert scaled == [
        None if value is None else pytest.approx((value - low) / (high - low) if high > low else 0.0)
        for value in values
    ]
    deviation = statistics.stdev(known) if len(known) > 1 else 0.0
    moved = column("a", values, pl.Int64, normalize="zscore")
    mean = statistics.fmean(known) if known else 0.0
    assert moved == [
        None if value is None else pytest.approx((value - mean) / deviation if deviation else 0.0, abs=1e-9)
        for value in values
    ]
    if len(known) > 1:
        first, _, third = statistics.quantiles(known, n=4, method="inclusive")
        bounds = (first - 1.5 * (third - first), third + 1.5 * (third - first)) if third > first else (-math.inf, INF)
        stay = [value for value in values if value is None or bounds[0] <= value <= bounds[1]]
        assert column("a", values, pl.Int64, outliers="drop") == stay

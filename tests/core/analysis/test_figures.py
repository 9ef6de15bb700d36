"""Every figure is the one that pandas and SciPy find, over all rows, whatever their types and however many."""

from __future__ import annotations

import datetime as dt
import math
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core import ranks
from fetchtozip_gui.core.analysis import correlate as correlating
from fetchtozip_gui.core.analysis import counts, describe, numbers
from fetchtozip_gui.core.analysis.correlate import correlate
from fetchtozip_gui.core.analysis.counts import categorical
from fetchtozip_gui.core.analysis.describe import Description
from fetchtozip_gui.core.analysis.distribution import distribution
from fetchtozip_gui.core.analysis.missing import Pattern, missing
from fetchtozip_gui.core.analysis.outliers import outliers
from fetchtozip_gui.core.errors import StepError

NUMBERS = st.lists(
    st.one_of(st.none(), st.floats(-1e6, 1e6, allow_subnormal=False), st.integers(-5, 5).map(float)),
    min_size=1,
    max_size=60,
)


def described(values: Any, dtype: Any = None) -> Description:
    (found,) = describe.describe(pl.DataFrame([pl.Series("x", values, dtype=dtype, strict=False)]))
    return found


def same(ours: float | None, theirs: float) -> bool:
    return math.isnan(theirs) if ours is None else ours == pytest.approx(theirs, rel=1e-7, abs=1e-9)


@pytest.fixture
def table() -> pl.DataFrame:
    random = np.random.default_rng(5)
    size = 5_000
    frame = pl.DataFrame(
        {
            "normal": random.normal(3, 2, size),
            "skewed": random.exponential(2.5, size),
            "whole": random.integers(-20, 80, size),
            "city": random.choice(["Rome", "Oslo", "Lima"], size, p=[0.6, 0.3, 0.1]),
        }
    )
    holes = pl.Series(random.random(size) < 0.1)
    return frame.with_columns(
        pl.when(holes).then(None).otherwise(pl.col("skewed")).alias("skewed"),
        (pl.col("normal") * 2 + pl.Series(random.normal(0, 1, size))).alias("near"),
    )


# --- descriptive ------------------------------------------------------------------------------------------------


@given(NUMBERS)
def test_the_figures_are_those_of_pandas_and_scipy(values: list[float | None]) -> None:
    found = described(values, pl.Float64)
    theirs = pd.Series(values, dtype="float64")
    there = theirs.dropna().to_numpy()
    assert (found.count, found.missing, found.distinct) == (len(there), theirs.isna().sum(), theirs.nunique())
    figures = found.figures
    assert figures is not None
    if not len(there):
        assert (found.mode, found.min, figures.mean, figures.median, figures.std_dev) == (None,) * 5
        return
    assert found.mode == theirs.mode()[0]
    assert (found.min, found.max) == (theirs.min(), theirs.max())
    assert same(figures.mean, theirs.mean())
    assert same(figures.median, theirs.median())
    assert same(figures.std_dev, theirs.std())
    assert same(figures.variance, theirs.var())
    assert list(figures.quartiles) == pytest.approx(list(theirs.quantile([0.25, 0.5, 0.75])), rel=1e-9, abs=1e-9)


def test_the_shape_is_that_of_pandas_and_of_scipy_without_bias(table: pl.DataFrame) -> None:
    for found in describe.describe(table, ["normal", "skewed", "whole"]):
        there = table[found.name].drop_nulls().to_numpy()
        assert found.figures is not None
        assert same(found.figures.skew, float(scipy.stats.skew(there, bias=False)))
        assert same(found.figures.kurtosis, float(scipy.stats.kurtosis(there, bias=False)))
        assert same(found.figures.skew, pd.Series(there).skew())
        assert same(found.figures.kurtosis, pd.Series(there).kurt())


def test_large_numbers_lose_no_digits() -> None:
    found = described([1e9 + offset for offset in (4.0, 7.0, 13.0, 16.0)]).figures
    assert found is not None
    assert found.variance == pytest.approx(30)
    assert described([0.1] * 1000).figures == describe.Figures(
        pytest.approx(0.1), 0.1, pytest.approx(0, abs=1e-12), pytest.approx(0, abs=1e-12), (0.1,) * 3, None, None, 0
    )


def test_nan_is_missing_and_infinities_are_told() -> None:
    found = described([1.0, 3.0, float("nan"), float("inf"), float("-inf"), None])
    assert (found.count, found.missing, found.distinct) == (4, 2, 4)
    assert found.figures is not None
    assert (found.figures.mean, found.figures.median, found.figures.infinite) == (2, 2, 2)


@pytest.mark.parametrize(
    ("values", "dtype", "kind", "mode", "low"),
    [
        ([3, 1, 1, None], pl.Int64, "integer", 1, 1),
        ([2**64 - 1, 0, 0], pl.UInt64, "integer", 0, 0),
        ([Decimal("1.50"), Decimal("2.50"), Decimal("1.50")], pl.Decimal(10, 2), "number", Decimal("1.50"), 1.5),
        ([True, False, True], pl.Boolean, "boolean", True, False),
        (["b", "a", "b", ""], pl.String, "string", "b", ""),
        (["b", "a", "b"], pl.Categorical, "string", "b", "a"),
        ([dt.date(2024, 1, 2), dt.date(2024, 1, 1)], pl.Date, "date", dt.date(2024, 1, 1), dt.date(2024, 1, 1)),
        ([[1], [1], [2]], pl.List(pl.Int64), "array", [1], None),
        ([{"a": 1}, {"a": 1}], pl.Struct({"a": pl.Int64}), "object", {"a": 1}, None),
        ([b"x", b"y", b"x"], pl.Binary, "string", b"x", None),
        ([None, None], pl.Null, "any", None, None),
    ],
)
def test_every_type_is_described(values: list[Any], dtype: Any, kind: str, mode: Any, low: Any) -> None:
    found = described(values, dtype)
    assert (found.type, found.missing, found.mode, found.min) == (kind, values.count(None), mode, low)
    assert (found.figures is not None) == (kind in ("integer", "number"))


def test_columns_are_named_exactly_and_told_where_they_are_not(table: pl.DataFrame) -> None:
    odd = pl.DataFrame({"^a.*$": [1, 2], "*": [3, 4], "value": [5, 6]})
    assert [found.name for found in describe.describe(odd)] == ["^a.*$", "*", "value"]
    with pytest.raises(StepError, match=r"columns\.0: there is no column `Normal`.*Did you mean `normal`"):
        describe.describe(table, ["Normal"])
    assert describe.describe(pl.DataFrame()) == ()


def test_what_does_not_fit_into_memory_has_the_same_figures(
    table: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = table.with_columns(
        pl.Series("spread", [*(10.0**power for power in range(-250, 250)), *([1.0] * 4_500)]),
        pl.Series("id", [f"id-{number % 4_000:05}" for number in range(5_000)]),
    )
    wide.write_parquet(tmp_path / "rows.parquet")
    whole = describe.describe(wide), categorical(wide, top=3)
    for module in (ranks, describe, counts):
        monkeypatch.setattr(module, "AT_ONCE", 300)
    monkeypatch.setattr(counts, "BY_VALUE", 50)
    monkeypatch.setattr(ranks, "BINS", 64)
    lazy = pl.scan_parquet(tmp_path / "rows.parquet")
    assert describe.describe(lazy)[:5] == whole[0][:5]
    parted = categorical(lazy, top=3)
    assert [found.distinct for found in parted] == [found.distinct for found in whole[1]]
    assert [found.entropy for found in parted] == pytest.approx([found.entropy for found in whole[1]])
    assert parted[3] == whole[1][3]


# --- the others -------------------------------------------------------------------------------------------------


def test_categories_and_their_entropy(table: pl.DataFrame) -> None:
    (found,) = categorical(table, ["city"])
    sizes = pd.Series(table["city"].to_list()).value_counts()
    assert dict(found.top) == sizes.to_dict()
    assert [value for value, _ in found.top] == ["Rome", "Oslo", "Lima"]
    assert found.entropy == pytest.approx(scipy.stats.entropy(sizes, base=2))
    (even,) = categorical(pl.DataFrame({"x": ["b", "a", "d", "c"]}), top=2)
    assert even.top == (("a", 1), ("b", 1))
    assert even.entropy == 2


@pytest.mark.parametrize("by_value", [5_000, 1_000_000])
def test_texts_are_counted_alike_by_themselves_and_by_their_hashes(
    by_value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "BY_VALUE", by_value)
    # few values at the beginning, and many after them
    texts = [*["b", "a", None] * 8_000, *(f"{number % 9_000:05}" for number in range(30_000))]
    (found,) = categorical(pl.DataFrame({"x": texts}), top=5)
    assert (found.count, found.missing, found.distinct) == (46_000, 8_000, 9_002)
    assert found.top == (("a", 8_000), ("b", 8_000), ("00000", 4), ("00001", 4), ("00002", 4))
    sizes = pd.Series([text for text in texts if text is not None]).value_counts()
    assert found.entropy == pytest.approx(scipy.stats.entropy(sizes, base=2))


@pytest.mark.parametrize("at", [None, 0, 1, 17_000, 39_999])
@pytest.mark.parametrize("text", ["00007", "zzz", None])
def test_texts_that_rise_are_counted_as_all_others(
    at: int | None, text: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "BY_VALUE", 5_000)
    texts: list[str | None] = [f"{number:05}" for number in range(40_000)]
    if at is not None:
        texts[at] = text
    (found,) = describe.describe(pl.DataFrame({"x": texts}))
    (counted,) = categorical(pl.DataFrame({"x": texts}), top=3)
    sizes = Counter(one for one in texts if one is not None)
    assert (found.count, found.missing, found.distinct) == (sizes.total(), texts.count(None), len(sizes))
    assert (found.min, found.max, found.mode) == (min(sizes), max(sizes), counted.mode)
    assert [count for _, count in counted.top] == sorted(sizes.values(), reverse=True)[:3]
    assert all(sizes[value] == count for value, count in counted.top)
    if len(sizes) == sizes.total():
        assert [value for value, _ in counted.top] == sorted(sizes)[:3]
    assert counted.entropy == pytest.approx(scipy.stats.entropy([*sizes.values()], base=2))


def test_texts_that_rise_in_each_of_several_files_are_counted_over_all_of_them(tmp_path: Path) -> None:
    texts = [f"{number:06}" for number in range(150_000)]
    paths = [tmp_path / f"{number}.parquet" for number in range(3)]
    for number, path in enumerate(paths):
        pl.DataFrame({"x": texts[number * 40_000 :][:50_000]}).write_parquet(path)
    (found,) = categorical(pl.scan_parquet(paths), top=1)
    assert (found.count, found.distinct, found.top) == (150_000, 130_000, (("040000", 2),))


COUNTING = """
import sys
from pathlib import Path
from fetchtozip_gui.core.memory import keep_little
keep_little()
import polars as pl
from fetchtozip_gui.core.analysis.counts import categorical
for files in (10, 60):
    (found,) = categorical(pl.scan_parquet(sys.argv[1:1 + files], glob=False), top=1)
    print(found.distinct, Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read as Linux tells it")
def test_more_texts_that_rise_take_no_more_memory(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number:02}.parquet" for number in range(60)]
    for number, path in enumerate(paths):
        texts = pl.int_range(number * 50_000, (number + 1) * 50_000, eager=True).cast(pl.String).str.zfill(24)
        texts.to_frame("x").write_parquet(path)
    told = subprocess.run([sys.executable, "-c", COUNTING, *map(str, paths)], capture_output=True, check=True)
    (few, before), (many, after) = (map(int, line.split()) for line in told.stdout.splitlines())
    assert (few, many) == (500_000, 3_000_000)
    # the texts alone are 70 MB, and their hashes 24
    assert after - before < 30_000  # KiB


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=1, max_size=40),
    st.integers(1, 4),
    st.sampled_from([12, 1_000]),
)
def test_any_values_are_counted_as_by_hand(values: list[int | None], top: int, by_value: int) -> None:
    frame = pl.DataFrame({"number": values, "text": [None if it is None else str(it) for it in values]})
    frame = frame.cast({"number": pl.Int64, "text": pl.String})
    # of the longer ones only hashes are held where there may be more than 12 values
    with mock.patch.multiple(counts, BY_VALUE=by_value, _LOOKED_AT=4):
        both = categorical(frame, top=top)
    for column, found in zip(frame.get_columns(), both, strict=True):
        sizes = Counter(value for value in column if value is not None)
        assert (found.count, found.distinct, found.missing) == (sizes.total(), len(sizes), values.count(None))
        assert list(found.top) == sorted(sizes.items(), key=lambda one: (-one[1], one[0]))[:top]
        entropy = found.entropy if sizes and found.entropy is not None else 0.0
        assert entropy == pytest.approx(scipy.stats.entropy([*sizes.values()] or [1], base=2), abs=1e-12)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_correlation_is_that_of_pandas_and_scipy(table: pl.DataFrame, method: Any) -> None:
    found = correlate(table, method=method)
    theirs = pd.DataFrame(table.select(found.columns).to_dict(as_series=False)).corr(method)
    assert found.columns == ("normal", "skewed", "whole", "near")
    assert np.array(found.matrix) == pytest.approx(theirs.to_numpy(), abs=1e-9)
    assert (found.pairs[0].a, found.pairs[0].b, found.pairs[0].rows) == ("normal", "near", 5_000)
    test = scipy.stats.pearsonr if method == "pearson" else scipy.stats.spearmanr
    assert found.pairs[0].coefficient == pytest.approx(test(table["normal"], table["near"]).statistic)
    assert len(found.pairs) == 6
    assert next(pair for pair in found.pairs if "skewed" in (pair.a, pair.b)).rows == table["skewed"].count()


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(-9, 9)), st.integers(-9, 9)), min_size=1, max_size=40))
def test_any_two_columns_correlate_as_in_pandas(rows: list[tuple[int | None, int]]) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Int64}, orient="row")
    for method in ("pearson", "spearman"):
        (pair,) = correlate(frame, method=method).pairs
        theirs = pd.DataFrame(rows, columns=["a", "b"], dtype="float64").corr(method).loc["a", "b"]
        assert same(pair.coefficient, theirs)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_columns_that_are_not_held_together_correlate_alike(
    method: Any, table: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    # more rows than are put aside in one piece
    long = pl.concat([table] * 6)
    whole = correlate(long, method=method)
    monkeypatch.setattr(numbers, "_HELD", 10)
    apart = correlate(long, method=method)
    assert [pair.rows for pair in apart.pairs] == [pair.rows for pair in whole.pairs]
    assert np.array(apart.matrix) == pytest.approx(np.array(whole.matrix), abs=1e-12)


def test_what_does_not_vary_has_no_coefficient() -> None:
    found = correlate(pl.DataFrame({"a": [1, 2, 3], "b": [0.1, 0.1, 0.1], "c": [None, None, 1]}))
    assert {pair.coefficient for pair in found.pairs} == {None}
    with pytest.raises(StepError, match="at most 256 columns"):
        correlate(pl.DataFrame({str(number): [1] for number in range(257)}))


def test_more_pairs_than_one_pass_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlating, "_AT_ONCE", 7)
    columns = {
        f"c{n}": [(n * 31 + row * row * 7) % 101 if (n + row) % 9 else None for row in range(30)] for n in range(12)
    }
    found = correlate(pl.DataFrame(columns))
    theirs = pd.DataFrame(columns, dtype="float64").corr()
    assert len(found.pairs) == 66
    for pair in found.pairs:
        assert same(pair.coefficient, theirs.loc[pair.a, pair.b])


def test_a_histogram_counts_as_numpy_does(table: pl.DataFrame) -> None:
    for found in distribution(table):
        there = table[found.name].drop_nulls().to_numpy()
        assert list(np.histogram(there, found.edges)[0]) == list(found.counts)
        assert sum(found.counts) == found.count == len(there)
        assert found.rule == "freedman-diaconis"
        theirs = len(np.histogram_bin_edges(there, "fd")) - 1
        assert len(found.counts) == pytest.approx(theirs, rel=0.2)
    whole = distribution(table, ["whole"])[0]
    assert all(float(edge).is_integer() for edge in whole.edges)


@given(NUMBERS)
def test_any_histogram_holds_every_value_once(values: list[float | None]) -> None:
    (found,) = distribution(pl.DataFrame({"x": pl.Series(values, dtype=pl.Float64)}))
    there = [value for value in values if value is not None]
    assert sum(found.counts) == found.count == len(there)
    assert len(found.counts) <= 100
    if there:
        assert found.edges[0] == min(there)
        assert found.edges[-1] >= max(there)
        assert list(found.edges) == sorted(found.edges)


def test_odd_histograms() -> None:
    assert distribution(pl.DataFrame({"x": [2.0, 2.0]}))[0].counts == (2,)
    assert distribution(pl.DataFrame({"x": [1, *[5] * 97, 9]}))[0].rule == "sturges"
    assert distribution(pl.DataFrame({"x": [-1.7e308, 1.7e308]}))[0].counts == ()
    assert len(distribution(pl.DataFrame({"x": [*np.linspace(0, 1, 1000), 1e9]}))[0].counts) <= 100
    assert len(distribution(pl.DataFrame({"x": [0.0, 10.0]}), bins=5)[0].counts) == 5


def test_patterns_of_what_is_missing() -> None:
    frame = pl.DataFrame({"a": [1, None, None, 4], "b": [1.0, float("nan"), None, None], "c": ["", "x", "y", "z"]})
    found = missing(frame)
    assert (found.rows, found.complete, found.distinct_patterns) == (4, 1, 3)
    assert found.columns == (("a", 2), ("b", 3), ("c", 0))
    assert found.patterns[0] == Pattern(("a", "b"), 2)
    assert set(found.patterns[1:]) == {Pattern((), 1), Pattern(("b",), 1)}
    many = pl.DataFrame({str(number): [None, number] for number in range(70)}, schema_overrides={"0": pl.Int64})
    assert missing(many).patterns[0].rows == 1
    assert {len(pattern.columns) for pattern in missing(many).patterns} == {0, 70}


def test_outliers_by_both_rules(table: pl.DataFrame) -> None:
    for found in outliers(table):
        there = table[found.name].drop_nulls().to_numpy()
        first, third = np.quantile(there, [0.25, 0.75])
        low, high = first - 1.5 * (third - first), third + 1.5 * (third - first)
        assert (found.iqr.low, found.iqr.high) == (pytest.approx(low), pytest.approx(high))
        assert (found.iqr.below, found.iqr.above) == ((there < low).sum(), (there > high).sum())
        assert found.zscore.count == (abs(scipy.stats.zscore(there, ddof=1)) > 3).sum()
        column = table[found.name].to_list()
        beyond = [(row, value) for row, value in enumerate(column, 1) if value is not None and not low <= value <= high]
        assert list(found.iqr.first) == beyond[:20]


def test_too_few_values_have_no_bounds() -> None:
    (empty,) = outliers(pl.DataFrame({"x": pl.Series([None], dtype=pl.Int64)}))
    assert (empty.iqr.low, empty.zscore.low, empty.iqr.count) == (None, None, 0)
    (one,) = outliers(pl.DataFrame({"x": [7]}))
    assert (one.iqr.low, one.iqr.high, one.zscore.low) == (7, 7, None)

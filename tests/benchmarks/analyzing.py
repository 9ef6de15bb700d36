"""Each analysis of a Parquet file, ours against pandas or DuckDB: `python -m … WHO WHAT FILE`, or `make ROWS FILE`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ANALYSES = ("descriptive", "correlation", "spearman", "distribution", "missing", "outliers", "categorical")
PEERS = {"pandas": ANALYSES, "duckdb": ("descriptive", "correlation", "missing", "categorical")}


def make(path: Path, rows: int) -> None:
    """A table of 10 columns: numbers of several shapes, some missing, texts with few and with many values."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng(7)
    frame = pl.DataFrame(
        {
            "id": np.arange(rows),
            "price": random.lognormal(3, 1, rows).round(2),
            "weight": random.normal(70, 12, rows),
            "score": random.exponential(2, rows),
            "quantity": random.integers(0, 200, rows),
            "stock": random.integers(0, 10_000_000, rows),
            "active": random.random(rows) > 0.3,
            "city": random.choice(["Rome", "Oslo", "Lima", "Kyiv", "Cork"], rows),
            "code": pl.Series(random.integers(0, rows // 2, rows)).cast(pl.String),
            "note": pl.Series(random.integers(0, 1_000, rows)).cast(pl.String),
        }
    )
    holes = pl.Series(random.random(rows) < 0.05)
    frame = frame.with_columns(
        pl.when(holes).then(None).otherwise(pl.col(name)).alias(name) for name in ("score", "note")
    )
    frame.write_parquet(path)


def _ours(what: str, path: str) -> Any:
    import polars as pl

    from fetchtozip_gui.api.processing_analysis import analysis

    rows = pl.scan_parquet(path)
    if what == "spearman":
        return analysis(rows, "correlation", method="spearman")
    return analysis(rows, what)


def _pandas(what: str, path: str) -> Any:
    import pandas as pd

    return with_pandas(what, pd.read_parquet(path))


def with_pandas(what: str, frame: Any) -> Any:
    """One analysis of a frame, as one writes it with pandas."""
    import numpy as np

    numbers = frame.select_dtypes("number")
    match what:
        case "descriptive":
            shape = numbers.describe(), numbers.var(), numbers.skew(), numbers.kurt()
            return *shape, numbers.isna().sum(), numbers.nunique(), numbers.mode().head(1)
        case "correlation":
            return numbers.corr()
        case "spearman":
            return numbers.corr("spearman")
        case "distribution":
            return [np.histogram(there, _edges(there)) for _, there in numbers.items()]
        case "missing":
            return frame.isna().sum(), frame.isna().value_counts()
        case "outliers":
            low, high = numbers.quantile(0.25), numbers.quantile(0.75)
            beyond = (numbers < low - 1.5 * (high - low)) | (numbers > high + 1.5 * (high - low))
            far = ((numbers - numbers.mean()) / numbers.std()).abs() > 3
            return beyond.sum(), far.sum(), [frame[beyond[name]].head(20) for name in numbers]
        case _:
            texts = frame.select_dtypes(exclude="number")
            return [(texts[name].value_counts().head(20), texts[name].nunique()) for name in texts]


def _edges(values: Any) -> Any:
    """Freedman's and Diaconis' bins, at most 100 of them: NumPy's own take gigabytes where tails are long."""
    import numpy as np

    there = values.dropna().to_numpy()
    first, third = np.percentile(there, [25, 75])
    width = 2 * (third - first) / len(there) ** (1 / 3)
    count = int(min(100, max(1, np.ceil((there.max() - there.min()) / width))))
    return np.linspace(there.min(), there.max(), count + 1)


def _duckdb(what: str, path: str) -> Any:
    import duckdb

    base = duckdb.connect()
    base.execute(f"CREATE VIEW rows AS SELECT * FROM read_parquet('{path}')")
    names = ("id", "price", "weight", "score", "quantity", "stock")
    match what:
        case "descriptive":
            one = (
                "count({0}), avg({0}), stddev({0}), variance({0}), min({0}), max({0}), skewness({0}), kurtosis({0}), "
                "quantile_cont({0}, [0.25, 0.5, 0.75]), count(DISTINCT {0}), mode({0})"
            )
            return base.execute(f"SELECT {', '.join(one.format(name) for name in names)} FROM rows").fetchall()
        case "correlation":
            pairs = [f"corr({a}, {b})" for at, a in enumerate(names) for b in names[at:]]
            return base.execute(f"SELECT {', '.join(pairs)} FROM rows").fetchall()
        case "missing":
            everything = (*names, "active", "city", "code", "note")
            holes = ", ".join(f"{name} IS NULL AS {name}" for name in everything)
            return base.execute(f"SELECT *, count(*) FROM (SELECT {holes} FROM rows) GROUP BY ALL").fetchall()
        case _:
            ask = "SELECT {0}, count(*) AS n, count(*) OVER () FROM rows GROUP BY 1 ORDER BY n DESC LIMIT 20"
            return [base.execute(ask.format(name)).fetchall() for name in ("active", "city", "code", "note")]


WHO: dict[str, Callable[[str, str], Any]] = {"ours": _ours, "pandas": _pandas, "duckdb": _duckdb}


def main() -> None:
    """Loads what is needed, then prints the seconds of clock and of processor of reading and analyzing."""
    who, what, path = sys.argv[1:4]
    if who == "make":
        make(Path(path), int(what))
        return
    WHO[who](what, path)  # imports, and the file into the system's cache
    begun, worked = time.perf_counter(), time.process_time()
    WHO[who](what, path)
    print(json.dumps({"wall": time.perf_counter() - begun, "cpu": time.process_time() - worked}))


if __name__ == "__main__":
    main()

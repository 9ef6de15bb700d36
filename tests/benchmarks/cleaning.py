"""One operation of cleaning or validating on a table in memory: prints CPU seconds, for us or for a peer.

`python cleaning.py WHO OPERATION PARQUET`; the peers need no package of ours.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

OPERATIONS: dict[str, dict[str, Any]] = {
    "drop duplicates, all columns": {"type": "clean", "remove_duplicates": True},
    "drop duplicates, id": {"type": "clean", "remove_duplicates": ["id"]},
    "drop missing, two columns": {"type": "clean", "columns": ["discount", "note"], "handle_missing": "drop"},
    "fill with the mean": {"type": "clean", "columns": ["discount"], "handle_missing": "mean"},
    "fill with the last value": {"type": "clean", "columns": ["discount", "note"], "handle_missing": "ffill"},
    "trim and lower case": {"type": "clean", "columns": ["customer", "city"], "trim": True, "case": "lower"},
    "replace by pattern": {
        "type": "clean",
        "replace": [{"columns": ["customer"], "find": "[0-9]+", "pattern": True, "with": "#"}],
    },
    "clip outliers (IQR)": {"type": "clean", "columns": ["price", "quantity"], "outliers": "clip"},
    "normalize (minmax)": {"type": "clean", "columns": ["price", "quantity"], "normalize": "minmax"},
    "rules for five columns, faults listed": {
        "type": "validate",
        "on_error": "drop",
        "schema": {
            "id": {"type": "integer", "unique": True},
            "customer": {"required": True, "max_length": 30},
            "price": {"type": "number", "min": 0, "max": 9000},
            "quantity": {"min": 1},
            "city": {"pattern": "^[A-Z]"},
        },
    },
}


def ours(operation: str, path: str) -> Callable[[], object]:
    """The step as a job carries it out, without a file."""
    import polars as pl

    from fetchtozip_gui.core.replay import chunks
    from fetchtozip_gui.core.steps.clean import CleanStep
    from fetchtozip_gui.core.steps.validate import ValidateStep

    frame = pl.read_parquet(path)
    document = OPERATIONS[operation]
    if document["type"] == "clean":
        step = CleanStep.model_validate(document)
        return lambda: step.apply(frame.lazy()).collect()
    rules = ValidateStep.model_validate(document)

    def judged() -> object:
        judge, first, found = rules.judge(frame.lazy()), 0, []
        for part in chunks(frame.lazy()):
            found.append(judge(part, first))
            first += part.height
        return found

    return judged


def pandas(operation: str, path: str) -> Callable[[], object]:
    """What one writes with pandas; the rules with pandera."""
    import pandas as pd

    frame = pd.read_parquet(path)
    numbers = ["price", "quantity"]

    def clip() -> object:
        low, high = frame[numbers].quantile(0.25), frame[numbers].quantile(0.75)
        return frame.assign(**frame[numbers].clip(low - 1.5 * (high - low), high + 1.5 * (high - low), axis=1))

    def scaled() -> object:
        values = frame[numbers]
        return frame.assign(**((values - values.min()) / (values.max() - values.min())))

    def rules() -> object:
        import pandera.pandas as pa

        schema = pa.DataFrameSchema(
            {
                "id": pa.Column("int64", unique=True),
                "customer": pa.Column(checks=pa.Check.str_length(max_value=30), nullable=False),
                "price": pa.Column("float64", pa.Check.in_range(0, 9000)),
                "quantity": pa.Column("int64", pa.Check.ge(1)),
                "city": pa.Column(checks=pa.Check.str_matches("^[A-Z]")),
            }
        )
        try:
            return schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            return error.failure_cases

    return {
        "drop duplicates, all columns": frame.drop_duplicates,
        "drop duplicates, id": lambda: frame.drop_duplicates("id"),
        "drop missing, two columns": lambda: frame.dropna(subset=["discount", "note"]),
        "fill with the mean": lambda: frame.assign(discount=frame["discount"].fillna(frame["discount"].mean())),
        "fill with the last value": lambda: frame.assign(**frame[["discount", "note"]].ffill()),
        "trim and lower case": lambda: frame.assign(
            customer=frame["customer"].str.strip().str.lower(), city=frame["city"].str.strip().str.lower()
        ),
        "replace by pattern": lambda: frame.assign(customer=frame["customer"].str.replace("[0-9]+", "#", regex=True)),
        "clip outliers (IQR)": clip,
        "normalize (minmax)": scaled,
        "rules for five columns, faults listed": rules,
    }[operation]


SQL = {
    "drop duplicates, all columns": "SELECT DISTINCT * FROM t",
    "drop duplicates, id": "SELECT DISTINCT ON (id) * FROM t",
    "drop missing, two columns": "SELECT * FROM t WHERE discount IS NOT NULL AND note IS NOT NULL",
    "fill with the mean": "SELECT * REPLACE (coalesce(discount, (SELECT avg(discount) FROM t)) AS discount) FROM t",
    "fill with the last value": "SELECT * REPLACE (last_value(discount IGNORE NULLS) OVER w AS discount, "
    "last_value(note IGNORE NULLS) OVER w AS note) FROM t "
    "WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
    "trim and lower case": "SELECT * REPLACE (lower(trim(customer)) AS customer, lower(trim(city)) AS city) FROM t",
    "replace by pattern": "SELECT * REPLACE (regexp_replace(customer, '[0-9]+', '#', 'g') AS customer) FROM t",
    "clip outliers (IQR)": "WITH q AS (SELECT quantile_cont(price, [0.25, 0.75]) p, quantile_cont(quantity, [0.25, "
    "0.75]) n FROM t) SELECT t.* REPLACE (least(greatest(price, p[1] - 1.5 * (p[2] - p[1])), p[2] + 1.5 * (p[2] - "
    "p[1])) AS price, least(greatest(quantity, n[1] - 1.5 * (n[2] - n[1])), n[2] + 1.5 * (n[2] - n[1])) AS quantity) "
    "FROM t, q",
    "normalize (minmax)": "WITH q AS (SELECT min(price) a, max(price) b, min(quantity) c, max(quantity) d FROM t) "
    "SELECT t.* REPLACE ((price - a) / (b - a) AS price, (quantity - c) / (d - c) AS quantity) FROM t, q",
    # a row a fault, as ours has it, then the rows that stay
    "rules for five columns, faults listed": "WITH n AS (SELECT *, rowid + 1 AS place, "
    "row_number() OVER (PARTITION BY id ORDER BY rowid) AS nth FROM t) "
    + " UNION ALL ".join(
        f"SELECT place, '{name}' AS name, {name}::VARCHAR AS value, '{rule}' AS rule, "
        f"concat('`{name}` {words}, found ', coalesce({name}::VARCHAR, 'nothing'), '.') AS message FROM n WHERE {bad}"
        for name, rule, words, bad in (
            ("id", "unique", "must be unique", "nth > 1"),
            ("customer", "required", "must not be missing", "customer IS NULL OR customer = ''"),
            ("customer", "max_length", "must have at most 30 characters", "length(customer) > 30"),
            ("price", "min", "must be at least 0", "price < 0"),
            ("price", "max", "must be at most 9000", "price > 9000"),
            ("quantity", "min", "must be at least 1", "quantity < 1"),
            ("city", "pattern", "must match ^[A-Z]", "NOT regexp_matches(city, '^[A-Z]')"),
        )
    )
    + " ORDER BY place; CREATE TABLE kept AS SELECT * FROM t WHERE rowid + 1 NOT IN (SELECT place FROM made)",
}


def duckdb(operation: str, path: str) -> Callable[[], object]:
    """The same in DuckDB, into a table of its own."""
    import duckdb as duck

    connection = duck.connect()
    connection.execute(f"CREATE TABLE t AS SELECT * FROM read_parquet('{path}')")
    return lambda: connection.execute(f"CREATE TABLE made AS {SQL[operation]}")


if __name__ == "__main__":
    who, asked, table = sys.argv[1:]
    act = {"ours": ours, "pandas": pandas, "duckdb": duckdb}[who](asked, table)
    begun = time.process_time()
    act()
    print(time.process_time() - begun)

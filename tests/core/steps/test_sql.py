"""The SQL step: its answers in both engines, what it refuses, and that a query gets at nothing but its table."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import Cancelled, NoRoom, StepError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.scratch import Scratch
from fetchtozip_gui.core.steps.duck import Duck
from fetchtozip_gui.core.steps.sql import SqlStep

FRAME = pl.DataFrame({"id": [3, 1, 2], "city": ["a", None, "a"], "price": [1.5, 2.0, None]})

MUCH = pl.select((pl.int_range(500_000).hash() // 4).cast(pl.Int64).alias("a"))
"""4 MB as Parquet, which does not make them less."""


def ask(query: str, frame: pl.DataFrame = FRAME, **fields: Any) -> pl.DataFrame:
    plan = SqlStep.model_validate({"type": "sql", "query": query, **fields}).apply(frame.lazy())
    made = plan.collect()
    assert made.schema == plan.collect_schema()
    return made


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * FROM input", FRAME.rows()),
        ("SELECT id FROM input WHERE id > 1;", [(3,), (2,)]),
        ("SELECT city, sum(id) AS s FROM input GROUP BY city ORDER BY s", [(None, 1), ("a", 5)]),
        ("WITH a AS (SELECT id FROM input WHERE id < 3) SELECT max(id) AS top FROM a", [(2,)]),
        ("SELECT a.id FROM input a JOIN input b ON a.id = b.id + 1 ORDER BY a.id", [(2,), (3,)]),
        ("-- with a comment\nSELECT count(*) AS n FROM input -- and another", [(3,)]),
        ("SELECT id FROM input WHERE id > 5", []),
    ],
)
def test_answers(engine: str, query: str, expected: list[Any]) -> None:
    assert ask(query, engine=engine).rows() == expected


def test_values_of_all_types_come_back_the_same() -> None:
    frame = pl.DataFrame(
        {
            "i": [2**63 - 1, None],
            "u": pl.Series([2**64 - 1, 0], dtype=pl.UInt64),
            "f": [0.1, float("nan")],
            "t": ["00123", ""],
            "b": [True, None],
            "d": [date(1, 1, 1), date(9999, 12, 31)],
            "m": [datetime(2024, 1, 1, 1, 2, 3, 456789), None],
            "z": [datetime(2024, 1, 1, tzinfo=UTC), None],
            "n": [Decimal("1.50"), None],
            "x": [b"\x00", None],
            "l": [[1, None], []],
            "s": [{"a": 1, "b": "x"}, None],
        }
    )
    assert ask("SELECT * FROM input", frame).equals(frame, null_equal=True)


def test_large_sums_are_exact_or_refused() -> None:
    frame = pl.DataFrame({"n": [2**53, 1]})
    assert ask("SELECT sum(n) AS s, [sum(n)] AS l FROM input", frame).rows() == [(2**53 + 1, [2**53 + 1])]
    with pytest.raises(StepError, match="a sum does not fit a 64-bit integer"):
        ask("SELECT sum(n) AS s FROM input", pl.DataFrame({"n": [2**63 - 1, 1]}))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB, where the system lets a test make one."""
    place = tmp_path / "small"
    place.mkdir()
    if sys.platform != "linux" or subprocess.run(_mounted(place), capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mounted(place: Path) -> list[str]:
    return ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)]


@pytest.mark.parametrize(("room", "query"), [(2, "SELECT count(*) AS n FROM input"), (6, "SELECT * FROM input")])
def test_a_full_disk_is_waited_for(room: int, query: str, small_disk: Path) -> None:
    """By the rows that go over, and by the answer that DuckDB writes; there is room once it is told."""
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (16 - room) * 1024 * 1024)
    said: list[str] = []

    def hear(what: Said) -> None:
        said.append(what.text)
        filler.unlink(missing_ok=True)

    disk = Disk(threading.Event(), hear, retry=0.001)
    with Scratch(small_disk / "scratch", disk) as scratch:
        answer = SqlStep.model_validate({"type": "sql", "query": query}).apply_in(MUCH.lazy(), scratch).collect()
    assert answer.equals(pl.DataFrame({"n": [500_000]}) if room == 2 else MUCH)
    assert [("full" in text, "room again" in text) for text in said] == [(True, False), (False, True)]


def test_a_stop_ends_the_wait_for_room(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * 14 * 1024 * 1024)
    stop = threading.Event()
    disk = Disk(stop, lambda said: stop.set())
    with Scratch(small_disk / "scratch", disk) as scratch, pytest.raises(NoRoom, match="The disk is full"):
        SqlStep.model_validate({"type": "sql", "query": "SELECT 1"}).apply_in(MUCH.lazy(), scratch).collect()


def test_many_rows_stay_in_order_and_are_asked_once(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": range(300_000)})
    with Scratch(tmp_path / "scratch") as scratch:
        step = SqlStep(query="SELECT n, sum(1::HUGEINT) OVER () AS s, random() AS r FROM input ORDER BY n DESC")
        plan = step.apply_in(frame.lazy(), scratch)
        first, second = plan.collect(), plan.collect()
        assert first["n"].to_list() == list(range(299_999, -1, -1))
        assert first.equals(second)
        assert len(list((tmp_path / "scratch").iterdir())) == 1
    assert not (tmp_path / "scratch").exists()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("DROP TABLE input", "begins with SELECT or WITH, and this begins with DROP"),
        ("COPY input TO 'x.csv'", "begins with SELECT or WITH"),
        ("FROM input", "begins with SELECT or WITH"),
        ("SELECT 1; SELECT 2", "something after a semicolon"),
        ("/* nothing */", "begins with nothing"),
        ("SELECT 1; -- no\n ATTACH 'x'", "something after a semicolon"),
    ],
)
def test_what_is_no_query_is_refused_before_anything_runs(query: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SqlStep(query=query)


@pytest.mark.parametrize(
    ("query", "frame", "words"),
    [
        ("SELECT nope FROM input", FRAME, r"query: .*nope.*The table `input` has `id`, `city`, `price`"),
        ("SELECT 1 AS a, 2 AS A", FRAME, "two columns of the answer are called `A`"),
        ("SELECT id FROM", FRAME, "query: syntax error"),
        ("WITH a AS (SELECT 1) DELETE FROM input", FRAME, "query: "),
        ("SELECT 1", pl.DataFrame({"a": [1], "A": [2]}), "DuckDB takes `a` and `A` for one column"),
        ("SELECT 1", pl.DataFrame({"a": [timedelta(1)]}), "column `a` is duration.*, which DuckDB cannot be given"),
    ],
)
def test_what_is_wrong_is_told(query: str, frame: pl.DataFrame, words: str) -> None:
    with pytest.raises(StepError, match=words):
        ask(query, frame)


def test_a_query_has_a_clock_and_hears_a_stop() -> None:
    endless = "SELECT count(*) AS n FROM range(1000000000000)"
    with pytest.raises(StepError, match=r"stopped after 0\.5 seconds"):
        ask(endless, timeout=0.5)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        SqlStep(query=endless).apply_in(FRAME.lazy(), Scratch(None, Disk(stop, lambda said: None)))


ESCAPES = [
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_csv_auto('{file}')",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT content FROM read_text('{folder}/*')",
    "SELECT * FROM read_json('{file}')",
    "SELECT * FROM read_json_auto('{file}')",
    "SELECT * FROM read_ndjson('{file}')",
    "SELECT * FROM read_json_objects('{file}')",
    "SELECT * FROM read_parquet('{file}')",
    "SELECT * FROM parquet_scan('{file}')",
    "SELECT * FROM parquet_metadata('{file}')",
    "SELECT * FROM parquet_schema('{file}')",
    "SELECT * FROM parquet_file_metadata('{file}')",
    "SELECT * FROM parquet_kv_metadata('{file}')",
    "SELECT * FROM sniff_csv('{file}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM glob('/**')",
    "SELECT * FROM '{file}'",
    'SELECT * FROM "{file}"',
    "SELECT * FROM '{folder}/*.csv'",
    "SELECT * FROM read_text('file://{file}')",
    "SELECT * FROM read_text('{scratch}/../{name}')",
    "SELECT * FROM read_text(['{file}'])",
    "SELECT * FROM read_text('http://127.0.0.1:9/x')",
    "SELECT * FROM read_csv('https://127.0.0.1:9/x')",
    "SELECT * FROM read_parquet('s3://bucket/key')",
    "SELECT * FROM sqlite_scan('{file}', 't')",
    "SELECT * FROM postgres_scan('host=127.0.0.1', 'public', 't')",
    "SELECT * FROM mysql_scan('host=127.0.0.1', 'd', 't')",
    "SELECT * FROM delta_scan('{folder}')",
    "SELECT * FROM iceberg_scan('{folder}')",
    "SELECT * FROM st_read('{file}')",
    "SELECT * FROM read_xlsx('{file}')",
    "SELECT * FROM read_avro('{file}')",
    "SELECT * FROM read_duckdb('{file}')",
    "SELECT * FROM arrow_scan(1, 2, 3)",
    "SELECT * FROM pandas_scan(1)",
    "SELECT * FROM python_map_function(1)",
    "SELECT * FROM request",
    "SELECT * FROM connection",
    "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')",
    "SELECT * FROM query_table('{file}')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''{file}'')'))",
    "WITH a AS (SELECT * FROM read_text('{file}')) SELECT * FROM a",
    "SELECT (SELECT content FROM read_text('{file}')) AS x",
    "SELECT * FROM input WHERE city IN (SELECT content FROM read_text('{file}'))",
    "SELECT * FROM input, LATERAL (SELECT * FROM read_text('{file}'))",
    "SELECT * FROM (COPY input TO '{new}')",
    "WITH x AS (COPY input TO '{new}') SELECT 1",
    "SELECT * FROM (INSTALL httpfs)",
    "SELECT * FROM (LOAD '{file}')",
    "SELECT * FROM (ATTACH '{new}')",
    "SELECT * FROM (PRAGMA enable_external_access)",
    "SELECT getenv('HOME') AS x",
    "SELECT * FROM pragma_database_list()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT set_config('enable_external_access', 'true') AS x",
    "SELECT * FROM input); COPY (SELECT 1) TO '{new}'; SELECT * FROM (SELECT 1",
    "SELECT write_log('x') AS x, * FROM enable_logging(storage := 'file', storage_path := '{new}')",
    "SELECT * FROM enable_profiling(save_location := '{new}')",
    "SELECT * FROM checkpoint('{new}')",
]  # fmt: skip


@pytest.mark.parametrize("query", ESCAPES)
def test_a_query_sees_its_table_alone(query: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\ncanary-7f3a\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    asked = query.format(
        file=secret, folder=tmp_path, name=secret.name, scratch=scratch, new=tmp_path / "new", home="HOME"
    )
    try:
        # without the check of the first word: the lock alone has to hold
        answer = Duck(asked, 256, 20, lambda: None, Scratch().wait_for_room).answer(FRAME.lazy(), scratch)
    except StepError as error:
        told = str(error).replace(str(tmp_path), "")
    else:
        told = json.dumps(pl.read_parquet(answer).cast(pl.String, strict=False).rows(), default=str)
    assert "canary" not in told
    assert "/etc" not in told
    assert {path.name for path in tmp_path.iterdir()} == {"secret.csv", "scratch"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_csv /* x */ ('{file}')",
        "SELECT * FROM \"read_csv\"('{file}')",
        "SELECT * FROM `read_csv`('{file}')",
        "SELECT * FROM READ_PARQUET('{file}')",
        "SELECT * FROM scan_csv('{file}')",
        "SELECT * FROM input JOIN read_json('{file}') ON true",
        "WITH a AS (SELECT * FROM read_csv('{file}')) SELECT * FROM a",
        "SELECT * FROM '{file}'",
        "SELECT * FROM FRAME",
    ],
)
def test_polars_sees_its_table_alone_too(query: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\ncanary-7f3a\n")
    with pytest.raises(StepError, match="query: "):
        ask(query.format(file=secret), engine="polars")


GRABS = [
    "SELECT repeat('x', 3000000000) AS x",
    "SELECT range(1000000000) AS x",
    "SELECT list_sum(range(2000000000)) AS x",
    "SELECT string_agg(repeat('x', 100000), '') AS x FROM range(100000)",
    "SELECT list(a.i) AS x FROM range(100000) a(i), range(100000) b(i)",
    "SELECT array_agg(repeat('x', 100000)) AS x FROM range(100000)",
    "WITH RECURSIVE r(x) AS (SELECT repeat('x', 1000) UNION ALL SELECT x || x FROM r) SELECT max(length(x)) m FROM r",
    "SELECT lpad('x', 2000000000, 'y') AS x",
    "SELECT printf('%1000000000d', 1) AS x",
    "SELECT list_transform(range(100000000), lambda x: repeat('a', 1000)) AS q",
    "SELECT a.i FROM range(10000000) a(i), range(10000000) b(i) ORDER BY hash(a.i, b.i)",
]  # fmt: skip
GRABBING = """
import json, resource, sys
import polars as pl
from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.sql import SqlStep
told = []
for query in json.loads(sys.argv[1]):
    try:
        SqlStep(query=query, memory_limit=128, timeout=4).apply(pl.LazyFrame({"a": [1]})).collect()
        told.append("answered")
    except StepError as error:
        told.append(error.message)
print(json.dumps([told, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a child is read as Linux tells it")
def test_no_query_takes_the_memory() -> None:
    done = subprocess.run([sys.executable, "-c", GRABBING, json.dumps(GRABS)], capture_output=True, check=True)
    told, peak = json.loads(done.stdout)
    assert [words for words in told if "MiB of memory" not in words and "was stopped" not in words] == []
    assert peak < 1024 * (128 + 512 + 256)

"""Asks DuckDB a query in a locked process of its own, which has a clock, a limit of memory and one table."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import polars as pl

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps import duck_process
from fetchtozip_gui.core.steps.lookup import listed, named
from fetchtozip_gui.core.steps.queries import TABLE
from fetchtozip_gui.core.steps.texts import kind

COMMAND: Final = "answer-query"
"""What a frozen program, which has no Python of its own, is called with to run `duck_process`."""
_DISK = "50GB"
_TICK = 0.1
_FULL = ("No space left on device", "not enough space on the disk", "os error 28", "os error 112")
_KEPT_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH")


class _DiskFull(Exception):
    """There was no room for the rows, for the answer, or for what DuckDB puts aside."""


class Duck:
    """One query. Rows go over as a Parquet file and come back as another, so that memory stays bounded.

    `check` is asked every tenth of a second while DuckDB works; what it raises ends the process. `wait_for_room` is
    called with the folder that is full and with what is written there, see `Disk.wait_for_room`.
    """

    def __init__(
        self,
        query: str,
        memory: int,
        seconds: float,
        check: Callable[[], None],
        wait_for_room: Callable[[Path, str], None],
    ) -> None:
        self._query = query
        self._memory = memory
        self._seconds = seconds
        self._check = check
        self._wait_for_room = wait_for_room

    def result(self, schema: pl.Schema) -> pl.Schema:
        """The answer's types for rows of these; `StepError` where the query cannot be asked of them."""
        _check_columns(schema)
        with tempfile.TemporaryDirectory(prefix="fetchtozip-") as folder:
            return pl.Schema(pl.read_parquet_schema(self.answer(pl.LazyFrame(schema=schema), Path(folder))))

    def answer(self, rows: pl.LazyFrame, folder: Path) -> Path:
        """The Parquet file of the answer in `folder`, which is this query's own.

        Where the disk is full, by the rows, the answer or what DuckDB puts aside, it is asked again once there is room.
        """
        while True:
            try:
                return self._answered(rows, folder)
            except _DiskFull:
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                self._wait_for_room(folder, "what the query needs")

    def _answered(self, rows: pl.LazyFrame, folder: Path) -> Path:
        given, answer = folder / "input.parquet", folder / "answer.parquet"
        schema = rows.collect_schema()
        texts = [named(name).cast(pl.String) for name, dtype in schema.items() if dtype in (pl.Categorical, pl.Enum)]
        plan = rows.with_columns(texts)
        try:
            plan.sink_parquet(given, compression="lz4", row_group_size=100_000, maintain_order=True)
        except (OSError, pl.exceptions.PolarsError) as error:
            if _is_full(str(error)):
                raise _DiskFull from error
            raise
        told = self._ask(
            {
                "query": self._query,
                "table": TABLE,
                "given": str(given),
                "answer": str(answer),
                "spill": str(folder / "spill"),
                "memory": self._memory,
                "disk": _DISK,
            }
        )
        if _is_full(str(told["error"])):
            raise _DiskFull
        given.unlink()
        if told["kind"] != "answered":
            raise _worded(told, self._memory, schema.names())
        return answer

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
            text=True,
            encoding="utf-8",
        )
        heard: list[str] = []
        assert process.stdin is not None
        assert process.stdout is not None
        reader = threading.Thread(target=lambda: heard.append(process.stdout.read()), daemon=True)  # type: ignore[union-attr]
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            reader.start()
            left = self._seconds
            while reader.is_alive():
                reader.join(_TICK)
                left -= _TICK
                if left <= 0 and reader.is_alive():
                    raise StepError(
                        f"query: DuckDB was stopped after {self._seconds:g} seconds.",
                        "Ask for less, or give the step more time with `timeout`.",
                    )
                self._check()
        except BrokenPipeError:
            reader.start()
        finally:
            # also where it has answered: nothing of it is wanted any more
            process.kill()
            process.wait()
            reader.join()
            process.stdin.close()
            process.stdout.close()
        return json.loads(heard[0]) if heard and heard[0].endswith("\n") else {"kind": "died", "error": ""}


def _is_full(error: str) -> bool:
    """Whether an error's words are the system's for a full disk, in Polars' or DuckDB's sentence."""
    return any(words in error for words in _FULL)


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, COMMAND]
    return [sys.executable, "-P", "-s", duck_process.__file__]


def _check_columns(schema: pl.Schema) -> None:
    seen: dict[str, str] = {}
    for name, dtype in schema.items():
        if not _handed_over(dtype):
            raise StepError(
                f"query: column `{name}` is {kind(dtype)}, which DuckDB cannot be given.",
                "Give it another type in a `columns` step before, or ask with the engine polars.",
            )
        if name.lower() in seen:
            raise StepError(
                f"query: DuckDB takes `{seen[name.lower()]}` and `{name}` for one column.",
                "Rename one of them in a `columns` step before, or ask with the engine polars.",
            )
        seen[name.lower()] = name


def _handed_over(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.Struct):
        return bool(dtype.fields) and all(_handed_over(field.dtype) for field in dtype.fields)  # type: ignore[arg-type]
    if isinstance(dtype, pl.List | pl.Array):
        return _handed_over(dtype.inner)  # type: ignore[arg-type]
    return dtype not in (pl.Duration, pl.Int128, pl.UInt128, pl.Object, pl.Unknown)


def _worded(told: dict[str, Any], memory: int, names: list[str]) -> StepError:
    what, error = str(told["kind"]), str(told["error"])
    first = error.partition("\n")[0].partition(": ")[2] or error.partition("\n")[0]
    match what:
        case "not_a_query":
            return StepError("query: one query is expected, which begins with SELECT or WITH.")
        case "two_columns":
            return StepError(f"query: two columns of the answer are called `{error}`.", "Name one of them with AS.")
        case "OutOfMemoryException" | "MemoryError" | "died":
            return StepError(
                f"query: DuckDB needs more than its {memory:,} MiB of memory, or than its disk.",
                "Ask for less, or give the step more with `memory_limit`.",
            )
        case "PermissionException":
            return StepError(f"query: it asks for more than the table `{TABLE}`, which is all that a query sees.")
        case "ConversionException" if "INT128" in error or "HUGEINT" in error:
            return StepError("query: a sum does not fit a 64-bit integer.", "Cast it to DOUBLE or DECIMAL.")
        case "BinderException" if "not found in FROM" in error:
            return StepError(f"query: {first.strip().rstrip('.!')}.", f"The table `{TABLE}` has {listed(names)}.")
    return StepError(f"query: {first.strip().rstrip('.')}.")

"""The program of the process in which DuckDB answers one query: run by its path, it loads nothing of ours.

A line of JSON comes in, one goes out. The process ends when its input does, so that it never outlives its parent.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from typing import Any

_WIDE = re.compile(r"\b(?:U?HUGEINT|BIGNUM)\b")
_PLAIN = re.compile(
    r"(?:BOOLEAN|U?(?:TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|VARCHAR|BLOB|DATE|TIME|TIME_NS|TIMESTAMP(?:_S|_MS|_NS)?"
    r"|TIMESTAMP WITH TIME ZONE|DECIMAL\(\d+,\d+\)|STRUCT\(.*\)|.*\[\d*\])"
)
_NO_PARQUET = re.compile(r"\b(?:INTERVAL|UNION|MAP|BIT|TIME WITH TIME ZONE|VARIANT|GEOMETRY)\b")
_SPARE = 512 * 1024 * 1024
"""Bytes beyond DuckDB's own limit, for what it does not count."""


def main() -> None:
    """Answer one query and end."""
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_watch, daemon=True).start()
    try:
        answer = _answer(request)
    except BaseException as error:
        answer = {"kind": type(error).__name__, "error": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)


def _watch() -> None:
    sys.stdin.read()
    os._exit(1)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    import duckdb

    given, answer, memory = request["given"], request["answer"], request["memory"]
    connection = duckdb.connect(
        ":memory:",
        config={
            "allow_community_extensions": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "max_temp_directory_size": request["disk"],
            "memory_limit": f"{memory}MiB",
            "python_enable_replacements": "false",
            "python_scan_all_frames": "false",
            "temp_directory": request["spill"],
            "threads": str(max(1, min(4, os.cpu_count() or 1))),
        },
    )
    connection.execute(f"CREATE VIEW {request['table']} AS SELECT * FROM read_parquet({_text(given)})")
    # in this order: each of them shuts the door by which the one before it could be undone
    connection.execute(f"SET allowed_paths = [{_text(given)}, {_text(answer)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    _bound_memory(memory)
    statements = connection.extract_statements(request["query"])
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        return {"kind": "not_a_query", "error": ""}
    relation = connection.sql(request["query"])
    if relation is None:
        return {"kind": "not_a_query", "error": ""}
    names = relation.columns
    twice = [name for place, name in enumerate(names) if name.lower() in {other.lower() for other in names[:place]}]
    if twice:
        return {"kind": "two_columns", "error": twice[0]}
    made = [_column(name, str(dtype)) for name, dtype in zip(names, relation.types, strict=True)]
    if any(" AS " in column for column in made):
        relation = relation.project(", ".join(made))
    relation.write_parquet(answer, compression="lz4", row_group_size=100_000)
    return {"kind": "answered", "error": ""}


def _column(name: str, dtype: str) -> str:
    """The column in a type that Parquet and Polars hold as it is: large integers as 64-bit ones or not at all."""
    quoted = '"' + name.replace('"', '""') + '"'
    if _NO_PARQUET.search(dtype):
        return f"CAST({quoted} AS VARCHAR) AS {quoted}"
    if _WIDE.search(dtype):
        return f"CAST({quoted} AS {_WIDE.sub('BIGINT', dtype)}) AS {quoted}"
    return quoted if _PLAIN.fullmatch(dtype) else f"CAST({quoted} AS VARCHAR) AS {quoted}"


def _bound_memory(memory: int) -> None:
    """Not all that DuckDB takes counts towards its own limit; where the system can, it is held to one."""
    try:
        import resource

        with open("/proc/self/statm") as file:  # noqa: PTH123 - no more is loaded than is needed
            size = int(file.read().split()[0]) * resource.getpagesize()
        limit = size + memory * 1024 * 1024 + _SPARE
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):
        return


def _text(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"


if __name__ == "__main__":
    main()

"""The house stands as drawn: a fresh interpreter shows what each room loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "fetchtozip_gui"
TOOLKITS = ("PySide6", "fastapi", "starlette", "uvicorn", "qasync")
HEAVY = ("pyarrow", "lxml", "fastexcel", "fastavro", "xlsxwriter", "keyring", "authlib", "duckdb", "rich")


def loaded_by(code: str) -> set[str]:
    """The top-level modules a fresh interpreter holds after running `code`."""
    code += "; import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(found.stdout.split())


@pytest.mark.parametrize("module", ["core.pipeline", "core.recipe", "engine.engine", "engine.worker"])
def test_core_and_engine_load_no_window_and_no_server(module: str) -> None:
    assert not loaded_by(f"import fetchtozip_gui.{module}") & set(TOOLKITS)


def test_running_a_recipe_loads_nothing_heavy_before_it_is_needed() -> None:
    loaded = loaded_by("import fetchtozip_gui.core.pipeline, fetchtozip_gui.engine.engine")
    assert not loaded & set(HEAVY)


def test_the_command_line_loads_no_window() -> None:
    assert not loaded_by("import fetchtozip_gui.cli") & {"PySide6", "fastapi", "polars"}


def test_running_and_analyzing_load_no_window_and_no_server() -> None:
    assert not loaded_by("import fetchtozip_gui.running, fetchtozip_gui.analyzing") & set(TOOLKITS)


def sources() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path.read_text().strip())


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_are_short_and_say_what_they_are_for(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 300
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno > 60
    ]
    assert not long


def test_nothing_asks_for_the_application_instance() -> None:
    guilty = [path for path in sources() if "QApplication.instance" in path.read_text() and path.name != "app.py"]
    assert not guilty

"""The sessions printed in the help's page about data processing, run as they stand there against a real server."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import openpyxl
import polars as pl
import pytest
from serve_process import Serving, serving

from fetchtozip_gui.api.dialect import PROCESSING
from fetchtozip_gui.api.processing_models import AnalysisType, Kind
from fetchtozip_gui.api.processing_upload import OPTIONS

PAGE = Path(__file__).parents[2] / "resources" / "help" / "data-processing.md"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("help")) as running:
        yield running


def printed(heading: str, language: str, server: Serving) -> str:
    """The first code below a heading, with the server's own port."""
    below = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1]
    found = re.search(rf"```{language}\n(.*?)```", below, re.DOTALL)
    assert found
    return found[1].replace("localhost:8000", f"localhost:{server.url.rpartition(':')[2]}")


@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="a session of bash and curl")
def test_the_session_with_curl(server: Serving, tmp_path: Path) -> None:
    commands = printed("A session with curl", "bash", server).replace("curl ", "curl -sSf ")
    done = subprocess.run(["bash", "-euc", commands], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    decoder, told, at = json.JSONDecoder(), [], 0
    while at < len(done.stdout.rstrip()):
        answer, at = decoder.raw_decode(done.stdout, at)
        told.append(answer)
    validated, processed, analyzed = told
    assert [(error["row"], error["column"]) for error in validated["errors"]] == [(4, "email")]
    assert [row["name"] for row in processed["processed_data"]["records"]] == ["Bob", "Ada"]
    assert analyzed["analysis"]["mean"] == 38.5
    sheet = openpyxl.load_workbook(tmp_path / "people.xlsx").active
    assert [row[0] for row in sheet.values] == ["name", "Bob", "Ada"]
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_session_with_python(server: Serving, tmp_path: Path) -> None:
    script = printed("The same with Python", "python", server)
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cities = [{"city": city, "price_sum": 20.0, "price_mean": mean} for city, mean in (("Oslo", 20.0), ("Rome", 10.0))]
    assert done.stdout.strip() == f"{cities} 20.0"
    assert pl.read_parquet(tmp_path / "cities.parquet").to_dicts() == cities


def test_every_route_operation_analysis_and_field_is_named() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [path for path in PROCESSING if path not in page] == []
    words = (*get_args(Kind), *get_args(AnalysisType), *OPTIONS)
    assert [word for word in words if f"`{word}`" not in page] == []

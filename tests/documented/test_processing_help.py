"""The sessions printed in the help's page about data processing, run as they stand there against a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import openpyxl
import polars as pl
from help_sessions import HELP, in_python, in_shell, needs_curl, printed
from serve_process import Serving

from fetchtozip_gui.api.dialect import PROCESSING
from fetchtozip_gui.api.processing_models import AnalysisType, Kind
from fetchtozip_gui.api.processing_upload import OPTIONS

PAGE = "data-processing.md"


@needs_curl
def test_the_session_with_curl(help_server: Serving, tmp_path: Path) -> None:
    session = printed(PAGE, "A session with curl", "bash", help_server).replace("curl ", "curl -sSf ")
    said = in_shell(session, tmp_path).rstrip()
    decoder, told, at = json.JSONDecoder(), [], 0
    while at < len(said):
        answer, at = decoder.raw_decode(said, at)
        told.append(answer)
    validated, processed, analyzed = told
    assert [(error["row"], error["column"]) for error in validated["errors"]] == [(4, "email")]
    assert [row["name"] for row in processed["processed_data"]["records"]] == ["Bob", "Ada"]
    assert analyzed["analysis"]["mean"] == 38.5
    sheet = openpyxl.load_workbook(tmp_path / "people.xlsx").active
    assert [row[0] for row in sheet.values] == ["name", "Bob", "Ada"]
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_session_with_python(help_server: Serving, tmp_path: Path) -> None:
    told = in_python(printed(PAGE, "The same with Python", "python", help_server), tmp_path)
    cities = [{"city": city, "price_sum": 20.0, "price_mean": mean} for city, mean in (("Oslo", 20.0), ("Rome", 10.0))]
    assert told.strip() == f"{cities} 20.0"
    assert pl.read_parquet(tmp_path / "cities.parquet").to_dicts() == cities


def test_every_route_operation_analysis_and_field_is_named() -> None:
    page = (HELP / PAGE).read_text(encoding="utf-8")
    assert [path for path in PROCESSING if path not in page] == []
    words = (*get_args(Kind), *get_args(AnalysisType), *OPTIONS)
    assert [word for word in words if f"`{word}`" not in page] == []

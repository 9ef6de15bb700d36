"""Which format a result has, and where it goes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import NotInThisVersion, RecipeError
from fetchtozip_gui.core.outputs import FORMATS, OUTPUTS, destination_for, format_of
from fetchtozip_gui.core.outputs.file import FileOutput


def test_every_format_has_the_name_it_is_known_by() -> None:
    assert list(FORMATS) == ["csv", "tsv", "json", "jsonl", "xlsx", "parquet", "avro", "zip"]
    for name, found in FORMATS.items():
        assert (found.name, found.suffix) == (name, f".{name}")
        assert "/" in found.media_type


@pytest.mark.parametrize(
    ("output", "path", "name"),
    [
        (FileOutput(format="csv"), "x.zip", "csv"),
        (FileOutput(), "x.parquet", "parquet"),
        (FileOutput(), "X.JSONL", "jsonl"),
        (FileOutput(), "x.ndjson", "jsonl"),
        (FileOutput(), "x", "zip"),
        (FileOutput(), None, "zip"),
        (FileOutput(path="out/x.avro"), None, "avro"),
        (FileOutput(path="x.avro"), "y.csv", "csv"),
    ],
)
def test_the_recipe_says_the_format_else_the_suffix_does(output: FileOutput, path: str | None, name: str) -> None:
    assert format_of(output, Path(path) if path else None).name == name


def test_unknown_suffixes_and_later_formats_are_told() -> None:
    with pytest.raises(RecipeError, match=r"output\.path: no format has the suffix \.doc; known are \.csv, \.tsv"):
        format_of(FileOutput(), Path("x.doc"))
    with pytest.raises(NotInThisVersion, match=r"output\.format: delta is not in this version"):
        format_of(FileOutput(format="delta"))


def test_the_place_is_the_given_the_recipes_or_named_after_the_job(tmp_path: Path) -> None:
    today = datetime.now().astimezone().date().isoformat()
    assert destination_for(FileOutput(), "Orders: 1/2", None, tmp_path) == tmp_path / "Orders_ 1_2.zip"
    assert destination_for(FileOutput(format="csv"), "x", None, tmp_path) == tmp_path / "x.csv"
    assert destination_for(FileOutput(path="a/b.csv"), "x", None, tmp_path) == tmp_path / "a/b.csv"
    assert destination_for(FileOutput(path="{name}-{date}.zip"), "x", None, tmp_path) == tmp_path / f"x-{today}.zip"
    assert destination_for(FileOutput(path="../{name}"), "../y", None, tmp_path) == tmp_path / "../_y"
    assert destination_for(FileOutput(path="new/"), "x", None, tmp_path) == tmp_path / "new/x.zip"
    assert destination_for(FileOutput(path="a.csv"), "x", tmp_path, Path("/")) == tmp_path / "x.zip"
    assert destination_for(FileOutput(path="a.csv"), "x", Path("b.json"), tmp_path) == Path("b.json")


def test_outputs_of_later_versions_are_known() -> None:
    kinds = {model.model_fields["type"].default: getattr(model, "available", True) for model in OUTPUTS}
    assert kinds == {"file": True, "database": False, "s3": False, "huggingface": False}

"""Start: a draft becomes a job whose file goes where it should, or a fault that names its field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.demo import demo_recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.gui.starting import (
    first_draft,
    free,
    is_same_place,
    name_of,
    submit,
)

DRAFT = {"name": "orders", "source": {"type": "http", "url": "https://api.example.com/orders"}}
PRACTICE = demo_recipe("http://127.0.0.1:8000")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(Folder(tmp_path / "data"), isolated=False)
    yield engine
    engine.close()


def test_the_first_draft_is_the_practice_source_as_it_is() -> None:
    recipe = Recipe.parse(first_draft(PRACTICE))
    assert (recipe.source.url, recipe.steps) == (PRACTICE["source"]["url"], ())


@pytest.mark.parametrize("query", ["", "?page=1&limit=1000", "?rows=2000"])
def test_the_practice_source_is_known_whatever_is_asked_of_it(query: str) -> None:
    assert is_same_place(f"HTTP://127.0.0.1:8000/practice/online-retail{query}", PRACTICE)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8001/practice/online-retail", "http://[broken", ""])
def test_another_place_is_not_the_practice_source(address: str) -> None:
    assert not is_same_place(address, PRACTICE)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://api.example.com/v1/orders?page=1", "orders"),
        ("https://example.com/files/My%20Orders.json", "My Orders"),
        ("https://user:secret@example.com:8443/", "example.com"),
        ("https://example.com/.hidden", ".hidden"),
        ("", "export"),
    ],
)
def test_an_export_is_called_after_its_address(address: str, name: str) -> None:
    assert name_of(address) == name


def test_what_is_missing_is_said_with_the_name_of_its_field(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"^source\.url: is empty"):
        submit(engine, {**DRAFT, "source": {"type": "http", "url": "  "}}, str(tmp_path))
    with pytest.raises(RecipeError, match=r"^output\.path: there is no folder"):
        submit(engine, DRAFT, str(tmp_path / "nowhere"))
    with pytest.raises(RecipeError, match=r"^output\.path: there is no folder"):
        submit(engine, {**DRAFT, "output": {"type": "file", "path": "nowhere/a.csv"}}, str(tmp_path))
    assert engine.jobs() == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [(None, "orders.csv"), ("other/", "other/orders.csv"), ("mine.csv", "mine.csv"), ("{name}-1.csv", "orders-1.csv")],
)
def test_the_file_goes_where_the_draft_says(
    engine: Engine, tmp_path: Path, practice: str, path: str | None, expected: str
) -> None:
    (tmp_path / "other").mkdir()
    url = f"{practice}/practice/online-retail?rows=20&limit=10"
    output = {"type": "file", "format": "csv", **({"path": path} if path else {})}
    job = submit(engine, {"name": "orders", "source": {"type": "http", "url": url}, "output": output}, str(tmp_path))
    assert engine.result(job.id) == tmp_path / expected
    again = submit(engine, {"name": "orders", "source": {"type": "http", "url": url}, "output": output}, str(tmp_path))
    assert engine.result(again.id) == (tmp_path / expected).with_name(f"{Path(expected).stem} (1).csv")


def test_no_file_that_is_there_or_being_written_is_taken(tmp_path: Path) -> None:
    place = tmp_path / "orders.zip"
    assert free(place, set(), Path.exists) == place
    place.touch()
    at_work = {tmp_path / "orders (1).zip"}
    assert free(place, at_work, Path.exists) == tmp_path / "orders (2).zip"

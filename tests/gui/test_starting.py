"""What stands in the form becomes a recipe and a place for its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from fetchtozip_gui.gui.draft import CHOICES, Choice, Draft, choice, free, name_of

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.outputs import format_of
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.demo import demo_recipe

PRACTICE = demo_recipe("http://127.0.0.1:8000")


@pytest.mark.parametrize("known", CHOICES, ids=lambda known: known.name)
def test_every_format_is_one_the_engine_writes(known: Choice) -> None:
    recipe = Recipe.parse(Draft("https://api.example.com/orders", format=known.name).document())
    assert recipe.unavailable() == []
    assert format_of(recipe.output, Path("orders")).suffix == known.suffix


def test_an_address_is_fetched_to_its_end() -> None:
    recipe = Recipe.parse(Draft(" https://api.example.com/orders ").document())
    assert (recipe.source.url, recipe.source.page_limit, recipe.name) == (
        "https://api.example.com/orders",
        None,
        "orders",
    )
    assert recipe.steps == ()


@pytest.mark.parametrize("query", ["", "?page=1&limit=1000", "?rows=2000"])
def test_the_practice_source_brings_its_columns_whatever_is_asked_of_it(query: str) -> None:
    draft = Draft(f"HTTP://127.0.0.1:8000/practice/online-retail{query}", practice=PRACTICE)
    recipe = Recipe.parse(draft.document())
    assert draft.is_practice
    assert len(recipe.steps[0].columns) == 8
    assert recipe.source.url.endswith(f"online-retail{query}")


def test_another_place_is_not_the_practice_source() -> None:
    for address in ("http://127.0.0.1:8001/practice/online-retail", "http://[broken", ""):
        assert not Draft(address, practice=PRACTICE).is_practice
    assert not Draft("").is_practice


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
    assert Draft(address, name=" mine ").called == "mine"


def test_what_is_missing_is_said_with_the_name_of_its_field(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"^Address: is empty"):
        Draft("  ").document()
    with pytest.raises(RecipeError, match=r"^Folder: is empty"):
        Draft().place()
    with pytest.raises(RecipeError, match=r"^Folder: there is no folder"):
        Draft(folder=str(tmp_path / "nowhere")).place()
    assert Draft(folder=f" {tmp_path} ").place() == tmp_path


def test_no_file_that_is_there_or_being_written_is_taken(tmp_path: Path) -> None:
    place = tmp_path / "orders.zip"
    assert free(place, set(), Path.exists) == place
    place.touch()
    at_work = {tmp_path / "orders (1).zip"}
    assert free(place, at_work, Path.exists) == tmp_path / "orders (2).zip"


def test_an_unknown_format_is_the_first() -> None:
    assert choice("wordperfect") is CHOICES[0]

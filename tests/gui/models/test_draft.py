"""The draft: every change can be taken back, is told once, and nothing that was given out changes it."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.gui.models.draft import UNDO_LIMIT, DraftModel

SOURCE = {"type": "http", "url": "https://example.com/a"}


@pytest.fixture
def draft(qapp: QCoreApplication) -> Iterator[DraftModel]:
    draft = DraftModel({"name": "orders", "source": SOURCE})
    yield draft
    draft.deleteLater()


@pytest.fixture
def told(draft: DraftModel) -> list[str]:
    heard: list[str] = []
    draft.changed.connect(heard.append)
    return heard


def test_a_new_draft_has_every_part(qapp: QCoreApplication) -> None:
    draft = DraftModel()
    assert draft.document() == {
        "version": 1,
        "name": "export",
        "source": {},
        "steps": [],
        "output": {"type": "file", "format": "zip"},
    }
    assert (draft.undo_words(), draft.redo_words(), draft.is_saved) == ("", "", True)


def test_a_change_is_told_undone_and_made_again(draft: DraftModel, told: list[str]) -> None:
    draft.change("Rename to invoices", name="invoices")
    assert (draft.part("name"), draft.undo_words()) == ("invoices", "Rename to invoices")
    draft.undo()
    assert (draft.part("name"), draft.undo_words(), draft.redo_words()) == ("orders", "", "Rename to invoices")
    draft.redo()
    assert draft.part("name") == "invoices"
    assert told == ["name", "name", "name"]


def test_an_equal_part_changes_nothing(draft: DraftModel, told: list[str]) -> None:
    draft.change("Nothing", name="orders", source=dict(SOURCE))
    draft.load(draft.document())
    draft.undo()
    draft.redo()
    assert (told, draft.undo_words()) == ([], "")


def test_one_is_not_true(draft: DraftModel) -> None:
    draft.change("Rate", source={**SOURCE, "rate_limit": 1})
    draft.change("Rate", source={**SOURCE, "rate_limit": 1.5})
    draft.change("Rate", source={**SOURCE, "rate_limit": True})
    assert draft.part("source")["rate_limit"] is True


def test_several_parts_are_one_step(draft: DraftModel, told: list[str]) -> None:
    draft.change("Practice", name="practice", steps=[{"type": "sort", "by": ["a"]}])
    assert told == ["name", "steps"]
    draft.undo()
    assert (draft.part("name"), draft.part("steps")) == ("orders", [])


def test_typing_in_one_field_is_one_step(draft: DraftModel) -> None:
    for text in ("o", "or", "ord"):
        draft.change("Name", merge="name", name=text)
    draft.change("Address", merge="address", source={"type": "http", "url": "https://example.com/b"})
    draft.change("Name", merge="name", name="orde")
    draft.undo()
    assert draft.part("name") == "ord"
    draft.undo()
    draft.undo()
    assert (draft.part("name"), draft.undo_words()) == ("orders", "")


def test_what_was_saved_is_not_merged_away(draft: DraftModel) -> None:
    draft.change("Name", merge="name", name="a")
    draft.saved()
    assert draft.is_saved
    draft.change("Name", merge="name", name="ab")
    assert not draft.is_saved
    draft.undo()
    assert (draft.part("name"), draft.is_saved) == ("a", True)


def test_open_replaces_everything_as_one_step(draft: DraftModel, told: list[str]) -> None:
    draft.load({"name": "other", "source": {"type": "file", "path": "a.csv"}, "odd": 1})
    assert told == [""]
    assert draft.document()["odd"] == 1
    draft.change("Name", name="again")
    draft.undo()
    assert draft.part("name") == "other"
    draft.undo()
    assert draft.document()["name"] == "orders"
    assert "odd" not in draft.document()


def test_a_beginning_cannot_be_undone(draft: DraftModel, told: list[str]) -> None:
    draft.change("Name", name="a")
    draft.begin({"name": "b"})
    assert (draft.part("name"), draft.undo_words(), draft.is_saved, told) == ("b", "", True, ["name", ""])


def test_nothing_given_out_or_taken_in_is_shared(draft: DraftModel) -> None:
    steps = [{"type": "columns", "columns": [{"column": 0, "name": "a"}]}]
    draft.change("Columns", steps=steps)
    steps[0]["columns"][0]["name"] = "changed outside"
    draft.part("steps")[0]["columns"][0]["name"] = "changed outside"
    draft.document()["steps"].clear()
    assert draft.part("steps") == [{"type": "columns", "columns": [{"column": 0, "name": "a"}]}]


def test_a_listener_may_change_the_draft(draft: DraftModel) -> None:
    def follow(part: str) -> None:
        if part == "name":
            draft.change("Output", output={"type": "file", "format": "csv", "path": f"{draft.part('name')}.csv"})

    draft.changed.connect(follow)
    draft.change("Name", name="new")
    assert (draft.part("output")["path"], draft.undo_words()) == ("new.csv", "Output")


def test_undo_is_up_to_date_when_it_is_told(draft: DraftModel) -> None:
    heard: list[tuple[str, str]] = []
    draft.undo_changed.connect(lambda: heard.append((draft.undo_words(), draft.redo_words())))
    draft.change("Name", name="a")
    draft.undo()
    assert heard == [("Name", ""), ("", "Name")]


def test_it_becomes_a_recipe_or_names_what_is_wrong(draft: DraftModel) -> None:
    assert draft.recipe().name == "orders"
    draft.change("Pages", source={**SOURCE, "page_limit": -1})
    with pytest.raises(RecipeError, match=r"source\.page_limit"):
        draft.recipe()


def test_an_unknown_part_is_a_fault_of_the_program(draft: DraftModel) -> None:
    with pytest.raises(KeyError, match="sauce"):
        draft.change("Sauce", sauce={})


def test_a_long_way_there_and_back(draft: DraftModel) -> None:
    chance = random.Random(7)
    states = [draft.document()]
    for number in range(UNDO_LIMIT - 1):
        part = chance.choice(("name", "steps", "output"))
        value = {"name": f"n{number}", "steps": [{"n": number}], "output": {"type": "file", "n": number}}[part]
        draft.change(f"Change {number}", **{part: value})
        states.append(draft.document())
    for state in reversed(states[:-1]):
        draft.undo()
        assert draft.document() == state
    for state in states[1:]:
        draft.redo()
        assert draft.document() == state

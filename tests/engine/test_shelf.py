"""The shelf: what is kept over restarts, what is refused, and that every watcher hears every change in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.shelf import Input, Inputs, Shelf, columns_step, settled
from fetchtozip_gui.engine.store import Store

A, B = Input("a", 1, 1), Input("b", 2, 2)


@pytest.fixture
def open_shelf(folder: Folder) -> Iterator[Callable[[], Shelf]]:
    stores: list[Store] = []

    def make() -> Shelf:
        stores.append(Store(folder, lambda: datetime.now(UTC)))
        return Shelf(stores[-1])

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def shelf(open_shelf: Callable[[], Shelf]) -> Shelf:
    return open_shelf()


def test_values_are_there_again_after_a_restart(open_shelf: Callable[[], Shelf]) -> None:
    values = {"a": {"x": [1, 2.5, None, "ü"]}, "export/configuration": [], "inputs ": "é" * 1000}
    before = open_shelf()
    for name, value in values.items():
        before.put(name, value)
    Inputs(before).add([A, B])
    after = open_shelf()
    assert {name: after.get(name) for name in values} == values
    assert Inputs(after).all() == (A, B)
    assert after.get("b") is None


def test_a_value_is_nobodys_but_the_callers(shelf: Shelf) -> None:
    value = {"a": [1]}
    shelf.put("x", value)
    value["a"].append(2)
    shelf.get("x")["a"].append(3)
    assert shelf.get("x") == {"a": [1]}


def test_it_is_not_in_the_way_of_what_recipes_remember(shelf: Shelf, folder: Folder) -> None:
    store = Store(folder, lambda: datetime.now(UTC))
    store.remember("since:orders", 5)
    shelf.put("since:orders", 6)
    shelf.drop("since:orders")
    assert store.recall("since:orders") == 5
    store.close()


@pytest.mark.parametrize("value", [float("nan"), {"x": object()}, "\ud800", {"a": float("inf")}])
def test_what_json_cannot_hold_is_refused_and_changes_nothing(shelf: Shelf, value: Any) -> None:
    shelf.put("x", 1)
    with pytest.raises(RecipeError, match="x: cannot be kept as JSON"):
        shelf.put("x", value)
    assert shelf.get("x") == 1


def test_every_change_is_heard_until_the_end_is_wished(shelf: Shelf) -> None:
    heard: list[tuple[str, Any]] = []
    end = shelf.watch(lambda name, value: heard.append((name, value)))
    shelf.put("x", 1)
    shelf.drop("x")
    shelf.drop("x")
    end()
    shelf.put("x", 2)
    assert heard == [("x", 1), ("x", None)]


def test_a_watcher_that_fails_harms_nobody(shelf: Shelf) -> None:
    heard: list[Any] = []
    calls: list[Any] = []

    def fail(name: str, value: Any) -> None:
        calls.append(value)
        raise ZeroDivisionError

    shelf.watch(fail)
    shelf.watch(lambda name, value: heard.append(value))
    shelf.put("x", 1)
    shelf.put("x", 2)
    assert (heard, calls) == ([1, 2], [1])


def test_a_watcher_may_change_what_it_hears_and_nobody_hears_the_old_after_the_new(shelf: Shelf) -> None:
    heard: list[Any] = []
    shelf.watch(lambda name, value: shelf.put(name, value + 1) if value < 3 else None)
    shelf.watch(lambda name, value: heard.append(value))
    shelf.put("x", 1)
    assert heard == [3]
    assert shelf.get("x") == 3


def test_changes_in_many_threads_lose_none(shelf: Shelf) -> None:
    heard: list[tuple[Input, ...]] = []
    Inputs(shelf).watch(heard.append)
    threads = [
        threading.Thread(target=lambda n=n: [Inputs(shelf).add([Input(f"{n}/{i}", i)]) for i in range(5)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Inputs(shelf).all()) == 40
    assert [len(each) for each in heard] == list(range(1, 41))


def test_inputs_are_updated_by_name_and_keep_their_sequence(shelf: Shelf) -> None:
    inputs = Inputs(shelf)
    assert inputs.add([A, B]) == 2
    assert inputs.add([Input("a", 7), Input("c", 3), Input("c", 4, keep=False)]) == 2
    assert inputs.all() == (Input("a", 7), B, Input("c", 4, keep=False))
    inputs.replace([B])
    assert inputs.all() == (B,)
    inputs.clear()
    assert inputs.all() == ()


def test_the_same_list_again_is_no_change(shelf: Shelf) -> None:
    inputs = Inputs(shelf)
    heard: list[tuple[Input, ...]] = []
    inputs.watch(heard.append)
    shelf.put("something else", 1)
    inputs.replace([A])
    inputs.replace([A])
    inputs.clear()
    assert heard == [(A,), ()]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (Input("", 1), "inputs.1.name: must be text of 1 to 1,000 characters, found ''"),
        (Input("x" * 1001, 1), "inputs.1.name"),
        (Input(3, 1), "inputs.1.name"),  # type: ignore[arg-type]
        (Input("x", -1), "inputs.1.column: must be a whole number from 0 to 2,147,483,647, found -1"),
        (Input("x", True), "inputs.1.column"),
        (Input("x", 1, 2**63), "inputs.1.change_order"),
        (Input("x", 1, dtype="int"), "inputs.1.dtype: must be one of string, integer"),
        (Input("x", 1, keep=0), "inputs.1.keep"),  # type: ignore[arg-type]
    ],
)
def test_a_bad_input_is_named_and_changes_nothing(shelf: Shelf, bad: Input, told: str) -> None:
    inputs = Inputs(shelf)
    inputs.add([B])
    for change in (inputs.add, inputs.replace):
        with pytest.raises(RecipeError) as refused:
            change([A, bad])
        assert refused.value.message.startswith(told)
        assert inputs.all() == (B,)


def test_inputs_become_a_step_that_a_recipe_takes() -> None:
    inputs = [A, Input("c", 3, dtype="date"), Input("no", 4, 0, keep=False)]
    step = columns_step(inputs)
    assert step == {
        "type": "columns",
        "columns": [
            {"column": 1, "name": "a", "change_order": 1},
            {"column": 3, "name": "c", "dtype": "date"},
            {"column": 4, "keep": False},
        ],
    }
    source = {"type": "http", "url": "http://localhost/"}
    assert Recipe.parse({"version": 1, "source": source, "steps": [step]}).document()["steps"] == [step]
    assert columns_step([]) is None


def test_of_inputs_that_want_the_same_the_later_one_counts_and_that_is_told() -> None:
    left_out = Input("e", 6, 1, keep=False)
    found, told = settled([A, Input("c", 1), Input("d", 5, 1), Input("f", 7, 1), left_out])
    assert told == [
        "Of column 1 the later input `c` counts, not `a`.",
        "Place 1 is `d`'s, so `f` takes place 2.",
    ]
    assert found == [Input("c", 1), Input("d", 5, 1), Input("f", 7, 2), left_out]
    assert settled([A, B, Input("c", 3)]) == ([A, B, Input("c", 3)], [])

"""The columns table and scripts share one list: each hears of the other, and nobody of himself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.shelf import Input, Inputs, Shelf
from fetchtozip_gui.engine.store import Store
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.column_mirror import ColumnMirror
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings

COUNTRY = {"column": "Country", "name": "land"}


@pytest.fixture
def inputs(tmp_path: Path) -> Iterator[Inputs]:
    store = Store(Folder(tmp_path / "data").prepare(), lambda: datetime.now(UTC))
    yield Inputs(Shelf(store))
    store.close()


@pytest.fixture
def mirror(
    draft: DraftModel, findings: Findings, find: Callable[..., None], inputs: Inputs, errands: Errands
) -> Iterator[Callable[[], ColumnMirror]]:
    find(Id=[1], City=["x"], Country=["France"])
    made: list[ColumnMirror] = []

    def make() -> ColumnMirror:
        made.append(ColumnMirror(draft, findings, inputs, errands))
        return made[0]

    yield make
    for one in made:
        one.leave()
        one.deleteLater()


def step(*columns: dict[str, Any]) -> dict[str, Any]:
    return {"type": "columns", "columns": list(columns)}


def call(work: Callable[[], object]) -> None:
    """As a script's request does it: in another thread."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_an_edit_is_an_input(qtbot: QtBot, mirror: Callable[[], object], draft: DraftModel, inputs: Inputs) -> None:
    mirror()
    draft.change("Rename Country", steps=[step({**COUNTRY, "change_order": 0})])
    qtbot.waitUntil(lambda: inputs.all() == (Input("land", 2, 0),))
    draft.undo()
    qtbot.waitUntil(lambda: inputs.all() == ())


def test_the_drafts_columns_are_inputs_from_the_start(
    qtbot: QtBot, mirror: Callable[[], object], draft: DraftModel, inputs: Inputs
) -> None:
    draft.begin({"steps": [step(COUNTRY)]})
    mirror()
    qtbot.waitUntil(lambda: inputs.all() == (Input("land", 2),))
    assert draft.undo_words() == ""


def test_what_scripts_said_before_goes_first(
    qtbot: QtBot, mirror: Callable[[], object], draft: DraftModel, inputs: Inputs
) -> None:
    draft.begin({"steps": [step(COUNTRY), {"type": "sort", "by": ["Id"]}]})
    inputs.add([Input("town", 1)])
    mirror()
    qtbot.waitUntil(lambda: draft.part("steps")[0] == step({"column": "City", "name": "town"}))
    assert draft.part("steps")[1]["type"] == "sort"
    assert inputs.all() == (Input("town", 1),)


def test_a_scripts_change_is_shown_as_one_step_of_undo(
    qtbot: QtBot, mirror: Callable[[], object], draft: DraftModel, inputs: Inputs
) -> None:
    mirror()
    qtbot.waitUntil(lambda: inputs.all() == ())
    call(lambda: inputs.add([Input("land", 2)]))
    qtbot.waitUntil(lambda: draft.part("steps") == [step(COUNTRY)])
    call(lambda: inputs.add([Input("town", 1, 0)]))
    qtbot.waitUntil(lambda: len(draft.part("steps")[0]["columns"]) == 2)
    assert draft.undo_words() == "Columns from a script"
    draft.undo()
    assert draft.part("steps") == []
    qtbot.waitUntil(lambda: inputs.all() == ())


def test_nobody_hears_his_own_echo(
    qtbot: QtBot, mirror: Callable[[], object], draft: DraftModel, inputs: Inputs
) -> None:
    heard: list[tuple[Input, ...]] = []
    mirror()
    leave = inputs.watch(heard.append)
    draft.change("a", steps=[step(COUNTRY)])
    draft.change("b", steps=[step({"column": "Country", "name": "state"})])
    qtbot.waitUntil(lambda: inputs.all() == (Input("state", 2),))
    call(lambda: inputs.replace([Input("zzz", 0), Input("state", 2)]))
    qtbot.waitUntil(lambda: len(draft.part("steps")[0]["columns"]) == 2)
    draft.change("c", steps=[step({"column": "Id", "name": "end"})])
    qtbot.waitUntil(lambda: inputs.all() == (Input("end", 0),))
    call(lambda: inputs.replace([Input("end", 0), Input("state", 2)]))
    qtbot.waitUntil(lambda: len(draft.part("steps")[0]["columns"]) == 2)
    leave()
    # the two first edits may be told together
    assert heard[-4:] == [
        (Input("state", 2),),
        (Input("zzz", 0), Input("state", 2)),
        (Input("end", 0),),
        (Input("end", 0), Input("state", 2)),
    ]
    assert len(heard) <= 5
    undone = [draft.undo_words()]
    while draft.undo_words():
        draft.undo()
        undone.append(draft.undo_words())
    assert undone == ["Columns from a script", "c", "Columns from a script", "b", "a", ""]


def test_a_fault_is_kept_from_scripts(
    qtbot: QtBot, mirror: Callable[[], object], draft: DraftModel, inputs: Inputs
) -> None:
    mirror()
    draft.change("a", steps=[step(COUNTRY)])
    qtbot.waitUntil(lambda: inputs.all() == (Input("land", 2),))
    draft.change("b", steps=[step({"column": "Country", "name": "City"})])
    draft.change("c", steps=[step({"column": "Country", "name": "x"})])
    qtbot.waitUntil(lambda: inputs.all() == (Input("x", 2),))


def test_a_source_that_is_not_known_yet_empties_no_list(
    qtbot: QtBot, mirror: Callable[[], object], draft: DraftModel, findings: Findings, inputs: Inputs, find: Any
) -> None:
    mirror()
    draft.change("a", steps=[step(COUNTRY)])
    qtbot.waitUntil(lambda: inputs.all() == (Input("land", 2),))
    findings.clear()
    draft.change("b", steps=[step({"column": "Country", "name": "x"})])
    find(Country=["France"])
    qtbot.waitUntil(lambda: inputs.all() == (Input("x", 0),))


def test_after_leaving_nothing_is_heard(
    qtbot: QtBot, mirror: Callable[[], Any], draft: DraftModel, inputs: Inputs, errands: Errands
) -> None:
    made = mirror()
    made.leave()
    call(lambda: inputs.add([Input("land", 2)]))
    seen: list[object] = []
    errands.run(inputs.all, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert draft.part("steps") == []


def test_what_a_script_wrote_stays_as_it_wrote_it(
    qtbot: QtBot, mirror: Callable[[], object], draft: DraftModel, inputs: Inputs, errands: Errands
) -> None:
    mirror()
    written = (Input("land", 2), Input("nothing", 1, keep=False), Input("Id", 0))
    call(lambda: inputs.replace(written))
    qtbot.waitUntil(lambda: bool(draft.part("steps")))
    errands.close()
    assert inputs.all() == written


def test_a_draft_that_was_kept_with_its_list_is_not_changed_by_it(
    qtbot: QtBot, mirror: Callable[[], object], draft: DraftModel, findings: Findings, inputs: Inputs, find: Any
) -> None:
    findings.clear()
    draft.begin({"steps": [step(COUNTRY)]})
    inputs.replace([Input("land", 2)])
    mirror()
    heard: list[str] = []
    draft.changed.connect(heard.append)
    find(Id=[1], City=["x"], Country=["France"])
    draft.change("Rename City", steps=[step({"column": "City", "name": "town"}, COUNTRY)])
    qtbot.waitUntil(lambda: inputs.all() == (Input("town", 1), Input("land", 2)))
    assert heard == ["steps"]


def test_an_edit_before_the_source_is_known_counts_more_than_the_list_of_before(
    draft: DraftModel, findings: Findings, find: Callable[..., None], inputs: Inputs
) -> None:
    later = Later()
    inputs.replace([Input("old", 0)])
    draft.begin({"steps": [step(COUNTRY)]})
    mirror = ColumnMirror(draft, findings, inputs, later)  # type: ignore[arg-type]
    later.all_done()
    draft.change("Rename Country", steps=[step({"column": "Country", "name": "x"})])
    find(Id=[1], City=["x"], Country=["France"])
    later.all_done()
    assert inputs.all() == (Input("x", 2),)
    mirror.leave()
    mirror.deleteLater()


class Later:
    """Errands that are done when the test says so, in any sequence."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []

    def run(self, work: Callable[[], Any], done: Callable[[Any], None], failed: object = None) -> None:
        self.waiting.append((work, done))

    def all_done(self) -> None:
        while self.waiting:
            work, done = self.waiting.pop(0)
            done(work())


def test_a_list_that_was_read_before_an_edit_is_read_again(
    qtbot: QtBot, draft: DraftModel, findings: Findings, find: Callable[..., None], inputs: Inputs
) -> None:
    find(Id=[1], City=["x"], Country=["France"])
    later = Later()
    mirror = ColumnMirror(draft, findings, inputs, later)  # type: ignore[arg-type]
    later.all_done()
    call(lambda: inputs.replace([Input("old", 1)]))
    qtbot.waitUntil(lambda: bool(later.waiting))
    reading, taken = later.waiting.pop()
    old = reading()
    draft.change("Rename Country", steps=[step(COUNTRY)])
    later.all_done()
    taken(old)
    later.all_done()
    assert draft.part("steps") == [step(COUNTRY)]
    assert inputs.all() == (Input("land", 2),)
    mirror.leave()
    mirror.deleteLater()

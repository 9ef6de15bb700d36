"""The output is edited as the draft has it, looked over after each change, and started only where it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.vault import Vault
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.icons import Icons
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.session import Opened, Session
from fetchtozip_gui.gui.output_words import form, joined, parted, stem_in
from fetchtozip_gui.gui.pages.output_pane import OutputPane
from fetchtozip_gui.gui.resources import resource
from fetchtozip_gui.gui.theme import Theme

Find = Callable[..., None]


class Keys:
    """A keyring in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self._kept[service, username]


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    yield session
    session.deleteLater()


@pytest.fixture
def pane(
    qtbot: QtBot,
    qapp: QApplication,
    draft: DraftModel,
    findings: Findings,
    session: Session,
    errands: Errands,
    tmp_path: Path,
) -> OutputPane:
    Theme(qapp, dark=False)
    source = {"type": "http", "url": "https://api.example.com/orders", "page_limit": None}
    draft.begin({"name": "orders", "source": source, "output": {"type": "file", "format": "zip", "member": "csv"}})
    pane = OutputPane(draft, findings, errands, session, Icons(resource("icons")), str(tmp_path))
    qtbot.addWidget(pane)
    pane.resize(340, 700)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


@pytest.fixture
def look(qtbot: QtBot, pane: OutputPane) -> Callable[[], None]:
    """Waits until the newest state of the draft was looked over."""

    def wait() -> None:
        qtbot.waitUntil(lambda: pane._looked_at == pane._changes and not pane._timer.isActive(), timeout=20_000)

    return wait


def choose(box: QComboBox, value: Any) -> None:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def retype(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text) if text else QTest.keyClick(line, Qt.Key.Key_Delete)


# --- the file -----------------------------------------------------------------------------------------------------


def test_a_format_is_chosen_with_what_belongs_to_it(pane: OutputPane, draft: DraftModel) -> None:
    assert pane.form.members.isVisible()
    choose(pane.form.formats, "xlsx")
    assert draft.part("output")["format"] == "xlsx"
    assert not pane.form.members.isVisible()
    assert not pane.form.options.isVisible()
    assert draft.undo_words() == "Format Excel"
    draft.undo()
    assert pane.form.formats.currentData() == "zip"
    choose(pane.form.members, "parquet")
    assert draft.part("output") == {"type": "file", "format": "zip", "member": "parquet"}


def test_a_plain_name_is_the_recipes_own(pane: OutputPane, draft: DraftModel, look: Callable[[], None]) -> None:
    retype(pane.form.name, "sales")
    assert draft.part("name") == "sales"
    assert "path" not in draft.part("output")
    look()
    assert pane.form.preview.text() == "Becomes sales.zip"
    draft.undo()
    assert pane.form.name.text() == "orders"


def test_a_name_with_a_date_is_a_pattern_of_the_file(
    pane: OutputPane, draft: DraftModel, look: Callable[[], None]
) -> None:
    QTest.mouseClick(pane.form.date, Qt.MouseButton.LeftButton)
    assert pane.form.name.text() == "orders {date}"
    assert draft.part("name") == "orders"
    assert draft.part("output")["path"] == "orders {date}.zip"
    look()
    assert pane.form.preview.text() == f"Becomes orders {datetime.now():%Y-%m-%d}.zip"
    choose(pane.form.formats, "csv")
    assert draft.part("output")["path"] == "orders {date}.csv"
    assert pane.form.name.text() == "orders {date}"


def test_a_folder_is_kept_in_the_recipe_unless_it_is_the_usual_one(
    pane: OutputPane, draft: DraftModel, look: Callable[[], None], tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    retype(pane.form.folder, str(tmp_path / "there"))
    assert draft.part("output")["path"] == f"{tmp_path / 'there'}/"
    retype(pane.form.name, "{name} x")
    assert draft.part("output")["path"] == f"{tmp_path / 'there'}/{{name}} x.zip"
    look()
    assert pane.form.preview.toolTip() == str(tmp_path / "there" / "orders x.zip")
    retype(pane.form.folder, str(tmp_path))
    assert draft.part("output")["path"] == "{name} x.zip"


def test_a_file_that_is_there_makes_another_name(pane: OutputPane, look: Callable[[], None], tmp_path: Path) -> None:
    (tmp_path / "orders.zip").touch()
    pane.use_folder(str(tmp_path))
    look()
    assert pane.form.preview.text() == "Becomes orders (1).zip"


@pytest.mark.parametrize(
    ("path", "folder", "stem"),
    [
        ("/a/b/x.zip", "/a/b/", "x"),
        ("x {date}.zip", "", "x {date}"),
        ("/a/b/", "/a/b/", ""),
        (r"C:\a\x.zip", "C:\\a\\", "x"),
        ("x.csv", "", "x.csv"),
        ("", "", ""),
    ],
)
def test_paths_are_taken_apart_and_put_together(path: str, folder: str, stem: str) -> None:
    output = {"format": "zip", "path": path}
    assert (parted(path)[0], stem_in(output)) == (folder, stem)
    whole = joined(folder, stem, form("zip"))
    assert whole == (f"{path}.zip" if path == "x.csv" else path or None)


# --- options ------------------------------------------------------------------------------------------------------


def test_options_are_written_where_they_are_not_the_usual(pane: OutputPane, draft: DraftModel) -> None:
    options = pane.form.options
    options.button.click()
    assert options.body.isVisible()
    choose(options.level, 9)
    choose(options.delimiter, ";")
    options.safe.click()
    assert draft.part("output") == {
        "type": "file", "format": "zip", "member": "csv",
        "compression_level": 9, "delimiter": ";", "safe_for_spreadsheets": True,
    }  # fmt: skip
    assert "●" in options.button.text()
    choose(options.level, 2)
    options.safe.click()
    assert draft.part("output") == {"type": "file", "format": "zip", "member": "csv", "delimiter": ";"}
    choose(pane.form.members, "parquet")
    assert not options.delimiter.isVisible()


def test_a_password_goes_to_the_keyring(
    qtbot: QtBot, pane: OutputPane, draft: DraftModel, session: Session, tmp_path: Path
) -> None:
    engine = Engine(Folder(tmp_path / "data"), isolated=False)
    vault = Vault(tmp_path / "vault.sqlite", Keys())
    vault.write("orders ZIP password", "an older one")
    session.open(Opened(engine, vault=vault))
    field = pane.form.options.password
    pane.form.options.button.click()
    QTest.keyClicks(field.line, "canary")
    assert "canary" not in str(draft.document())
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "password" in draft.part("output"))
    assert draft.part("output")["password"] == "keyring:orders ZIP password 2"
    assert vault.read("orders ZIP password 2") == "canary"
    assert vault.read("orders ZIP password") == "an older one"
    session.close()
    engine.close()


def test_without_a_keyring_a_password_is_refused(pane: OutputPane, draft: DraftModel) -> None:
    field = pane.form.options.password
    pane.form.options.button.click()
    QTest.keyClicks(field.line, "canary")
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert "cannot be kept yet" in field.marked
    assert "canary" not in str(draft.document())


# --- before it starts ---------------------------------------------------------------------------------------------


def test_what_is_found_is_said_and_a_link_mends_it(
    pane: OutputPane, draft: DraftModel, find: Find, look: Callable[[], None]
) -> None:
    find(id=[1, 2], empty=[None, None], geo=[{"a": 1}, {"a": 2}])
    look()
    assert set(pane.remarks.links) == {"all_null", "nested"}
    QTest.mouseClick(pane.remarks.links["all_null"], Qt.MouseButton.LeftButton)
    assert draft.part("steps") == [{"type": "columns", "columns": [{"column": "empty", "keep": False}]}]
    assert draft.undo_words() == "Leave out"
    look()
    assert set(pane.remarks.links) == {"nested"}
    draft.undo()
    look()
    assert set(pane.remarks.links) == {"all_null", "nested"}


def test_a_link_is_not_followed_once_the_draft_is_another(
    pane: OutputPane, draft: DraftModel, find: Find, look: Callable[[], None]
) -> None:
    find(id=[1, 2], empty=[None, None])
    look()
    draft.change("Sort", steps=[{"type": "sort", "by": ["id"]}])
    QTest.mouseClick(pane.remarks.links["all_null"], Qt.MouseButton.LeftButton)
    assert draft.part("steps") == [{"type": "sort", "by": ["id"]}]


def test_only_the_newest_look_is_shown(pane: OutputPane, draft: DraftModel, look: Callable[[], None]) -> None:
    look()
    pane._timer.stop()
    draft.change("Name", name="first")
    pane._look()
    draft.change("Name", name="second")
    look()
    assert pane.form.preview.text() == "Becomes second.zip"


def test_a_draft_that_is_wrong_cannot_be_started_and_says_why(
    qtbot: QtBot, pane: OutputPane, draft: DraftModel, look: Callable[[], None]
) -> None:
    look()
    assert pane.start.isEnabled()
    with qtbot.waitSignal(pane.reason_changed):
        draft.change("Address", source={"type": "http", "url": " "})
    assert not pane.start.isEnabled()
    assert pane.why.isVisible()
    assert pane.reason == pane.start.toolTip() == "Address: type or paste one first."
    with qtbot.assertNotEmitted(pane.started):
        QTest.keyClick(pane.form.name, Qt.Key.Key_Return)
    draft.undo()
    look()
    assert pane.reason == ""
    with qtbot.waitSignal(pane.started):
        QTest.keyClick(pane.form.name, Qt.Key.Key_Return)


def test_a_folder_that_is_not_there_stops_it(pane: OutputPane, look: Callable[[], None], tmp_path: Path) -> None:
    pane.use_folder(str(tmp_path / "gone"))
    look()
    assert pane.reason == f"There is no folder {tmp_path / 'gone'}."


def test_an_estimate_is_told(pane: OutputPane, findings: Findings, find: Find, look: Callable[[], None]) -> None:
    from dataclasses import replace

    find(id=list(range(100)))
    tested = findings.tested
    assert tested is not None
    findings.tell(replace(tested, rows_total=54_200, pages_total=542))
    look()
    assert pane.estimate.text().startswith("542 pages · about 54 s at 10 a second · about ")


def test_what_went_wrong_at_the_start_is_said(pane: OutputPane, look: Callable[[], None]) -> None:
    look()
    pane.fail(OutputError("output.path: cannot be used.", "Choose another."))
    assert pane.notice.text().startswith("Folder: cannot be used.")
    pane.clear_notices()
    assert not pane.notice.isVisible()


# --- everybody can use it -----------------------------------------------------------------------------------------


def test_every_control_has_a_name_and_a_hint(pane: OutputPane, find: Find, look: Callable[[], None]) -> None:
    find(empty=[None], a=[1])
    look()
    pane.form.options.button.click()
    controls = [one for kind in (QAbstractButton, QLineEdit, QComboBox) for one in pane.findChildren(kind)]
    seen = [one for one in controls if one.isVisible()]
    assert len(seen) > 12
    for one in seen:
        assert one.accessibleName() or (isinstance(one, QAbstractButton) and one.text())
        assert one.toolTip(), one.accessibleName()


@pytest.mark.parametrize("width", [300, 340, 420])
def test_nothing_is_cut_off_in_a_narrow_pane(
    pane: OutputPane, find: Find, look: Callable[[], None], width: int
) -> None:
    find(a_rather_long_name_of_a_column_that_goes_on=[None], a=[1], geo=[{"x": 1}])
    look()
    pane.form.options.button.click()
    pane.resize(width, 900)
    QApplication.processEvents()
    inside = [one for one in pane.findChildren(QWidget) if one.isVisible() and one.window() is pane]
    assert not [one for one in inside if one.mapTo(pane, one.rect().topRight()).x() > width]


def test_the_keyboard_alone_is_enough(pane: OutputPane) -> None:
    pane.activateWindow()
    pane.form.formats.setFocus()
    seen = []
    for _ in range(12):
        seen.append(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert {pane.form.formats, pane.form.members, pane.form.name, pane.form.folder, pane.start} <= set(seen)

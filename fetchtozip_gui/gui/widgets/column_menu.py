"""The menu of what can be done with several columns at once."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from fetchtozip_gui.gui.models.column_names import PATTERNS
from fetchtozip_gui.gui.models.column_types import OFFERED, type_text
from fetchtozip_gui.gui.models.columns import ColumnsModel
from fetchtozip_gui.gui.widgets.column_table import ColumnTable
from fetchtozip_gui.gui.words import counted


def fill(menu: QMenu, model: ColumnsModel, table: ColumnTable) -> None:
    """Offer it for the columns that are chosen in the table, or for all of them where none is."""
    menu.clear()
    chosen = table.chosen()
    every = chosen or list(range(model.rowCount()))
    of = counted(len(chosen), "chosen column") if chosen else "all columns"
    menu.addSection(f"With {of}")
    menu.addAction("Keep").triggered.connect(lambda: model.keep(every, wanted=True))
    menu.addAction("Leave out").triggered.connect(lambda: model.keep(every, wanted=False))
    types = menu.addMenu("Type")
    types.addAction("As found").triggered.connect(lambda: model.set_type(every, (None, None)))
    for dtype, form in OFFERED:
        _act(types, type_text(dtype or "", form)).triggered.connect(
            lambda _=False, of=(dtype, form): model.set_type(every, of)
        )
    names = menu.addMenu("Names")
    for pattern, (shown, _) in PATTERNS.items():
        _act(names, shown).triggered.connect(lambda _=False, of=pattern: model.rename_after(every, of))
    names.addSeparator()
    names.addAction("As in the source").triggered.connect(lambda: model.use_source_names(every))
    menu.addSeparator()
    menu.addAction("Paste names").triggered.connect(table.paste)
    copy = menu.addAction("Copy old and new names")
    copy.triggered.connect(table.copy)
    copy.setEnabled(bool(chosen))
    for shown, to in (("Move to the top", 0), ("Move to the end", model.rowCount())):
        move = menu.addAction(shown)
        move.setEnabled(bool(chosen))
        move.triggered.connect(lambda _=False, to=to: model.move(chosen, to))
    menu.addSeparator()
    if chosen:
        menu.addAction("Reset these").triggered.connect(lambda: model.reset(chosen))
    menu.addAction("Reset all").triggered.connect(lambda: model.reset())


def _act(menu: QMenu, text: str) -> QAction:
    # an ampersand would be taken for the letter of the menu
    return menu.addAction(text.replace("&", "&&"))

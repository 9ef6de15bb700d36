"""What the user can ask the window for, as data: menus, buttons and the list of shortcuts are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QPushButton, QWidget

SHORTCUTS = "shortcuts"
"""The help's topic that lists them."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to ask for. In `title` an ampersand marks the letter of the menu; `hint` is a sentence with no dot."""

    id: str
    title: str
    run: Callable[[], None]
    menu: str = ""
    """The title of its menu; empty for those that are in none."""
    keys: tuple[str, ...] = ()
    hint: str = ""
    icon: str = ""
    group: str = ""
    """Of actions of which one is chosen; it stays checked."""
    starts_section: bool = False
    role: QAction.MenuRole = QAction.MenuRole.NoRole

    @property
    def words(self) -> str:
        """The title without its mark."""
        return self.title.replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix("…")


class Actions(QObject):
    """The actions of one window, by id."""

    def __init__(self, known: Iterable[Action], window: QMainWindow) -> None:
        super().__init__(window)
        self.known = {action.id: action for action in known}
        self.made: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        for action in self.known.values():
            self.made[action.id] = self._make(action, window)

    def fill(self, bar: QMenuBar) -> None:
        """Put the menus into the bar, in the order in which the actions name them."""
        for action in self.known.values():
            if not action.menu:
                continue
            menu = self.menus.get(action.menu)
            if menu is None:
                menu = self.menus[action.menu] = bar.addMenu(action.menu)
                menu.setToolTipsVisible(True)
            if action.starts_section:
                menu.addSeparator()
            menu.addAction(self.made[action.id])

    def button(self, action_id: str, role: str = "") -> QPushButton:
        """A button that does what the action does, and is enabled as it is."""
        action, made = self.known[action_id], self.made[action_id]
        button = QPushButton(action.title.replace("&", ""))
        button.setProperty("role", role)
        button.setToolTip(made.toolTip())
        button.setAccessibleName(action.words)
        button.setAccessibleDescription(action.hint)
        button.setEnabled(made.isEnabled())
        button.clicked.connect(made.trigger)
        made.enabledChanged.connect(button.setEnabled)
        return button

    def tell(self, action_id: str, words: str) -> None:
        """Enable one that does something about `words`, and name them; disable it where they are empty."""
        made, title = self.made[action_id], self.known[action_id].title
        made.setEnabled(bool(words))
        made.setText(f"{title} “{words.replace('&', '&&')}”" if words else title)

    def choose(self, action_id: str) -> None:
        """Check one of its group, without doing it; nothing happens where there is none of this id."""
        if action_id in self.made:
            self.made[action_id].setChecked(True)

    def shortcuts(self) -> list[tuple[str, str, str]]:
        """Menu, words and keys of every action that has keys, in order."""
        return [
            (action.menu.replace("&", ""), action.words, keys_of(action))
            for action in self.known.values()
            if action.keys
        ]

    def _run(self) -> None:
        # found by its sender: one slot of this object's own, and no closure that would hold the window
        self.known[self.sender().objectName()].run()

    def _make(self, action: Action, window: QMainWindow) -> QAction:
        made = QAction(action.title, window)
        made.setObjectName(action.id)
        made.setMenuRole(action.role)
        made.setShortcuts([QKeySequence(keys) for keys in action.keys])
        made.setToolTip(f"{action.hint or action.words} ({keys_of(action)})" if action.keys else action.hint)
        made.triggered.connect(self._run)
        if action.group:
            made.setCheckable(True)
            group = self._groups.get(action.group)
            if group is None:
                group = self._groups[action.group] = QActionGroup(window)
            group.addAction(made)
        # so that its keys work whether or not it stands in a menu
        window.addAction(made)
        return made


def keys_of(action: Action) -> str:
    """The first keys, as this system writes them."""
    return QKeySequence(action.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if action.keys else ""


def name(widget: QWidget, words: str, hint: str = "") -> None:
    """Give a control the name that is spoken, and the tooltip that is shown."""
    widget.setAccessibleName(words)
    widget.setToolTip(hint or words)

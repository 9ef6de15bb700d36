"""Every action of the window, in the order of its menus."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from fetchtozip_gui.gui.actions import SHORTCUTS, Action

if TYPE_CHECKING:
    from fetchtozip_gui.gui.window import Window

FILE, _EDIT, _VIEW, _JOBS, _HELP = "&File", "&Edit", "&View", "&Jobs", "&Help"
_STEP = 10
_LETTERS = {"script": "S&cript"}
"""Titles of pages whose first letter is another's."""


def known(window: Window) -> list[Action]:
    """The actions of a window."""
    return [*_file(window), *_edit(window), *_view(window), *_jobs(window), *_help(window)]


def _file(window: Window) -> list[Action]:
    documents = window.documents
    return [
        Action("new", "&New", documents.new, FILE, ("Ctrl+N",), "Begin with an empty draft; undo brings this one back"),
        Action("open", "&Open…", documents.open, FILE, ("Ctrl+O",), "Open a recipe, or the one in an exported ZIP"),
        Action("save", "&Save", documents.save, FILE, ("Ctrl+S",), "Save the draft as a recipe"),
        Action(
            "save_as",
            "Save &as…",
            documents.save_as,
            FILE,
            ("Ctrl+Shift+S",),
            "Save the draft as another recipe",
        ),
        Action(
            "bring",
            "&Bring in…",
            window.bringing.ask,
            FILE,
            ("Ctrl+I",),
            "Take over an address, a cURL command, a HAR file, a Postman collection or an OpenAPI document",
            starts_section=True,
        ),
        Action(
            "paste", "&Paste as source", window.bringing.paste, FILE, ("Ctrl+Shift+V",), "Take over what was copied"
        ),
        Action(
            "practice",
            "Practice source",
            window.take_practice,
            FILE,
            hint="Begin with the source that is in the program: 541,909 rows of a made-up web shop",
        ),
        Action(
            "quit",
            "&Quit",
            window.quit,
            FILE,
            ("Ctrl+Q",),
            "Close the program",
            starts_section=True,
            role=QAction.MenuRole.QuitRole,
        ),
    ]


def _edit(window: Window) -> list[Action]:
    return [
        Action(
            "undo",
            "&Undo",
            lambda: window.edited().undo(),
            _EDIT,
            ("Ctrl+Z",),
            "Take the last change of the draft back",
        ),
        Action("redo", "&Redo", lambda: window.edited().redo(), _EDIT, ("Ctrl+Shift+Z", "Ctrl+Y"), "Make it again"),
    ]


def _view(window: Window) -> list[Action]:
    pages = [
        Action(
            f"page_{place.id}",
            _LETTERS.get(place.id, f"&{place.title}"),
            partial(window.go_to, place.id),
            _VIEW,
            (f"Ctrl+{number}",),
            place.hint,
            group="pages",
        )
        for number, place in enumerate(window.places, 1)
        if not place.at_foot
    ]
    themes = [
        Action(
            f"theme_{name}",
            title,
            partial(window.preferences.set, "theme", name),
            _VIEW,
            hint=hint,
            group="theme",
            starts_section=name == "system",
        )
        for name, title, hint in (
            ("system", "Theme as the s&ystem", "Follow the system from light to dark and back"),
            ("light", "&Light theme", "Always light"),
            ("dark", "&Dark theme", "Always dark"),
        )
    ]
    return [
        *pages,
        *themes,
        Action(
            "larger",
            "Lar&ger text",
            partial(window.preferences.enlarge, _STEP),
            _VIEW,
            ("Ctrl++", "Ctrl+="),
            "Up to twice the system's",
            starts_section=True,
        ),
        Action(
            "smaller",
            "S&maller text",
            partial(window.preferences.enlarge, -_STEP),
            _VIEW,
            ("Ctrl+-",),
            "Down to the system's",
        ),
    ]


def _jobs(window: Window) -> list[Action]:
    return [
        Action("start", "&Start", window.start, _JOBS, ("Ctrl+Return", "Ctrl+Enter"), "Have the draft done"),
        Action("newest", "&Newest job", window.go_to_newest, _JOBS, ("Ctrl+J",), "Put the keyboard on the newest job"),
        Action("address", "&Address", window.go_to_address, _JOBS, ("Ctrl+L",), "Put the keyboard on the address"),
    ]


def _help(window: Window) -> list[Action]:
    return [
        Action("help", "&Help", partial(window.help, ""), _HELP, ("F1",), "Show the help"),
        Action("shortcuts", "&Shortcuts", partial(window.help, SHORTCUTS), _HELP, ("Ctrl+F1",), "Show every shortcut"),
        Action(
            "about",
            "&About FetchToZip",
            window.about,
            _HELP,
            hint="The version, and what it is made with",
            starts_section=True,
            role=QAction.MenuRole.AboutRole,
        ),
    ]

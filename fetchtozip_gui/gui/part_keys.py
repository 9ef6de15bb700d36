"""The keys that parts of the window listen to by themselves, beside those of the menus, for the list in the help."""

from __future__ import annotations

PART_KEYS: tuple[tuple[str, str, str], ...] = (
    ("Source", "Test: fetch the first page", "F5"),
    ("Source", "Prove: fetch three pages and look whether they follow one another", "Shift+F5"),
    ("Source", "Stop testing", "Esc"),
    ("Columns", "Keep the chosen columns, or leave them out", "Space"),
    ("Columns", "Leave the chosen columns out", "Del"),
    ("Columns", "Edit the name, type or place", "F2"),
    ("Columns, Steps", "Move what is chosen up or down", "Alt+Up, Alt+Down"),
    ("Columns", "Copy old and new names; paste names from a list", "Ctrl+C, Ctrl+V"),
    ("Columns", "Everything else that can be done with them", "Menu"),
    ("Steps", "Turn the chosen step on or off", "Space"),
    ("Steps", "Delete the chosen step", "Del"),
    ("A job's file", "Open it", "Enter"),
    ("A job's file", "Copy it, to be pasted in a folder", "Ctrl+C"),
    ("Jobs", "Find a job", "Ctrl+F"),
    ("Jobs", "Remove the chosen jobs", "Del"),
    ("Files", "Open files", "Ctrl+Shift+O"),
    ("Files", "Take the chosen file off the list", "Del"),
    ("Files: Profile, Outliers, Rules, Merge", "Find a column or a value", "Ctrl+F"),
    ("Files: Rules", "Edit a cell; turn a tick; clear the rule of a column", "F2, Space, Del"),
    ("Files: Merge", "Tick a group; edit what it becomes", "Space, F2"),
    ("Charts", "Go from mark to mark, and hear what each one is", "Arrows, Home, End"),
    ("Help", "Find in the help; the next place", "Ctrl+F, Enter"),
)
"""The part, what is done, and the keys."""

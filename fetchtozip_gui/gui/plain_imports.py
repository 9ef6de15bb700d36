"""Python's own import in place of the one that PySide puts there."""

from __future__ import annotations

import builtins


def import_plainly() -> None:
    """Undo what PySide does to `import` once its QtCore is loaded; before, and twice, it is harmless.

    PySide reads the source of every module that is imported after it, to learn whether it may ask for snake_case names
    (`from __feature__ import …`), and keeps all of them in memory: a quarter of the time to the first frame. Nothing
    here asks for that. What does, or takes `*` of a Qt module, has to be imported before.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)

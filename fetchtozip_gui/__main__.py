"""Starts the program: `python -m fetchtozip_gui` and the `fetchtozip` command."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main() -> None:
    """Hand over to the window or the command line; a frozen program's worker processes end here before anything is
    loaded.
    """
    if hasattr(sys, "frozen"):
        import multiprocessing  # not needed for the first paint

        multiprocessing.freeze_support()
    arguments = sys.argv[1:]
    if arguments == ["answer-query"]:  # a frozen program has no Python of its own to run `duck_process` with
        from fetchtozip_gui.core.steps.duck_process import main as answer_query  # DuckDB alone

        answer_query()
    if is_for_the_window(arguments):
        gc.disable()  # what is loaded is hardly ever garbage; later on the window's collector does it
        raise SystemExit(_open_window(arguments))
    # what a command loads are some 100,000 objects and hardly any garbage: to look through them takes 60 ms
    gc.set_threshold(150_000)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # to look for some among all packages takes 25 ms
    from fetchtozip_gui.cli import main as command_line  # after freeze_support, which must come first

    try:
        command_line()
    finally:
        gc.freeze()  # the process ends: to look for garbage among all that is loaded takes 0.15 s


def is_for_the_window(arguments: Sequence[str]) -> bool:
    """Whether a start says nothing but what the window opens: nothing, a folder for its data, an address, a file.

    To load the command line takes as long as to make the window, so the plain starts go past it. It opens the window
    too, for every other way to say so.
    """
    if len(arguments) == 2:
        return arguments[0] == "--data-dir"
    if len(arguments) == 1:
        wanted = arguments[0]
        # no command has either sign in its name
        return not wanted.startswith("-") and ("://" in wanted or ("." in wanted and Path(wanted).is_file()))
    return not arguments


def _open_window(arguments: Sequence[str]) -> int:
    from fetchtozip_gui.app import main as window  # heavy: Qt
    from fetchtozip_gui.core.errors import FetchToZipError

    try:
        return window(arguments if len(arguments) != 1 else ["--", *arguments])
    except FetchToZipError as error:
        sys.stderr.write(f"fetchtozip: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    main()

"""Starts the program: `python -m fetchtozip_gui` and the `fetchtozip` command."""

from __future__ import annotations

import multiprocessing
import sys


def main() -> None:
    """Hand over to the command line; a frozen program's worker processes end here before anything is loaded."""
    multiprocessing.freeze_support()
    if sys.argv[1:] == ["answer-query"]:  # a frozen program has no Python of its own to run `duck_process` with
        from fetchtozip_gui.core.steps.duck_process import main as answer_query  # DuckDB alone

        answer_query()
    from fetchtozip_gui.cli import main as command_line  # after freeze_support, which must come first

    command_line()


if __name__ == "__main__":
    main()

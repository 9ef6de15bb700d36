"""Starts the program: `python -m fetchtozip_gui` and the `fetchtozip` command."""

from __future__ import annotations

import multiprocessing


def main() -> None:
    """Hand over to the command line; a frozen program's worker processes end here before anything is loaded."""
    multiprocessing.freeze_support()
    from fetchtozip_gui.cli import main as command_line  # after freeze_support, which must come first

    command_line()


if __name__ == "__main__":
    main()

"""Gives a new job the pages that an earlier one has fetched, so that another step or format fetches nothing again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def adopt(earlier: Path, own: Path, *, whole: bool) -> None:
    """Take over the pages of the job in the folder `earlier` into that in `own`, which has none yet.

    When the `whole` source was fetched nobody appends to the rows any more, so that the same files serve both jobs;
    otherwise they are copied. `OSError` when there are none, or no room; then nothing is taken over.
    """
    target = own / "spool"
    try:
        shutil.copytree(earlier / "spool", target, copy_function=_link if whole else shutil.copyfile)
    except OSError:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _link(source: str, target: str) -> str:
    if Path(source).name.startswith("rows-"):
        try:
            os.link(source, target)
        except OSError:  # a file system without links
            return shutil.copyfile(source, target)
        return target
    return shutil.copyfile(source, target)

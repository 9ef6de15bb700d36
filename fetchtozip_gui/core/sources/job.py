"""The job source: the result of an earlier job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from fetchtozip_gui.core.errors import NoSuchJob, RecipeError
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.work import Done, Tools, Yielded


class JobSource(Model):
    """What an earlier job has written, read as a file."""

    type: Literal["job"] = "job"
    job_id: str = Field(min_length=1, max_length=200)

    def read(self, tools: Tools, done: Done) -> Iterator[Yielded]:
        """The rows in parts; `RecipeError` for a job that is not there, `OutputError` for one without its file."""
        # only loaded by jobs that read files
        from fetchtozip_gui.core.rows.file_parts import Options
        from fetchtozip_gui.core.rows.files import read_file

        try:
            file = tools.job_result(self.job_id)
        except NoSuchJob:
            raise RecipeError(
                f"source.job_id: the job {self.job_id[:40]!r}, whose result is the source, is not here any more.",
                "Choose another job, or run that one again.",
            ) from None
        yield from read_file(file, Options(), tools, done)

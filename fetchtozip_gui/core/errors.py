"""Every error a user can meet, as one tree: each has a code, a message and a hint, and is worded once.

FetchToZipError
├── RecipeError            the recipe is wrong; nothing has run            exit 2
│   └── NotInThisVersion   a known word whose engine is not here yet
├── SourceError            the source cannot be read
│   ├── PageFailed         one page could not be had, after all retries
│   ├── BadBody            a page came, but it is cut, corrupt, too large or not what it says
│   └── PagingError        pages repeat, loop or contradict each other
├── StepError              a step cannot be applied to these columns
│   └── RowsRejected       rows break a rule, and the recipe says that this ends the job
├── OutputError            the result cannot be written
│   └── NoRoom             the disk is full
├── SpoolError             the job's own folder is damaged
├── PartialResult          rows are missing and nobody said that this is acceptable
├── Cancelled              the user said stop                              exit 130
├── JobLocked              another process works on this job or folder
├── NoSuchJob              there is no job of this id
├── NoSuchUpload           there is no uploaded file of this id
├── TooManyJobs            more jobs wait than the engine takes
├── WorkerDied             the job's worker process crashed or was killed
├── FolderError            the data folder cannot be used
├── Unforeseen             an error that nobody expected: a fault of the program itself
├── CheckFailed            an export does not agree with its manifest
└── MissingExtra           an optional package is not installed
"""

from __future__ import annotations


class FetchToZipError(Exception):
    """What happened, in one sentence, with a hint of what to do; `exit_code` is the command line's."""

    code = "error"
    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()

    def __reduce__(self) -> tuple[object, ...]:
        # errors cross the pipe of a worker process; whatever a subclass keeps travels in its __dict__
        return _revive, (type(self), self.message, self.hint, self.__dict__)


def _revive(kind: type[FetchToZipError], message: str, hint: str, state: dict[str, object]) -> FetchToZipError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state, message=message, hint=hint)
    return error


class RecipeError(FetchToZipError):
    """The recipe is wrong. The message holds one `path: what is wrong` per line."""

    code = "wrong_recipe"
    exit_code = 2


class NotInThisVersion(RecipeError):
    """The recipe is right, but the part that would do this is not in this version."""

    code = "not_in_this_version"


class SourceError(FetchToZipError):
    code = "source_failed"


class PageFailed(SourceError):
    """A page could not be had. `page` counts from 1; `status` is the HTTP status, or 0 without an answer."""

    code = "page_failed"

    def __init__(self, message: str, hint: str = "", *, page: int = 0, status: int = 0) -> None:
        super().__init__(message, hint)
        self.page = page
        self.status = status


class BadBody(SourceError):
    """A body that cannot be read; `body` counts from 0 among those that were parsed together."""

    code = "bad_body"

    def __init__(self, message: str, hint: str = "", *, body: int = 0) -> None:
        super().__init__(message, hint)
        self.body = body


class PagingError(SourceError):
    code = "paging_failed"


class StepError(FetchToZipError):
    code = "step_failed"


class RowsRejected(StepError):
    """Rows break a rule of a validating step with `on_error` fail."""

    code = "rows_rejected"


class OutputError(FetchToZipError):
    code = "output_failed"


class NoRoom(OutputError):
    code = "disk_full"


class SpoolError(FetchToZipError):
    code = "spool_damaged"


class PartialResult(FetchToZipError):
    code = "partial"


class Cancelled(FetchToZipError):
    code = "cancelled"
    exit_code = 130


class JobLocked(FetchToZipError):
    code = "locked"


class NoSuchJob(FetchToZipError):
    code = "no_such_job"


class NoSuchUpload(FetchToZipError):
    code = "no_such_upload"


class TooManyJobs(FetchToZipError):
    code = "too_many_jobs"


class WorkerDied(FetchToZipError):
    code = "worker_died"


class FolderError(FetchToZipError):
    code = "data_folder"


class Unforeseen(FetchToZipError):
    code = "unforeseen"


class CheckFailed(FetchToZipError):
    code = "check_failed"


class MissingExtra(FetchToZipError):
    code = "missing_extra"

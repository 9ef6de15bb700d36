"""Analyzes all rows of a file, of a recipe's result or of a run's pages, into a web page or JSON."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from fetchtozip_gui.core.analysis.report import nothing, report
from fetchtozip_gui.core.analysis.report_page import SUFFIXES, document
from fetchtozip_gui.core.errors import FetchToZipError, OutputError, RecipeError, RowsRejected
from fetchtozip_gui.core.looking import Looking
from fetchtozip_gui.core.memory import give_back
from fetchtozip_gui.core.names import safe_name
from fetchtozip_gui.core.outputs import destination_for
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.recipe import SIZE_LIMIT, Recipe
from fetchtozip_gui.core.rejects import beside
from fetchtozip_gui.core.whole_file import write_whole
from fetchtozip_gui.engine.attempt import foreseen
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.job import now_utc
from fetchtozip_gui.running import Finished, engine_of, follow

_WHAT = "Name a data file, a recipe, or - for a recipe on standard input."
_ROWS = "rows.parquet"
_PROFILE = "--profile"

log = logging.getLogger(__name__)


def analyze(
    what: str,
    output: Path | None,
    data_dir: Path | None,
    *,
    cached: bool,
    accept_partial: bool,
    tell: Callable[[str], None],
) -> Path:
    """Make the report of `what`, a file or `-`, and give its path; `tell` hears what is going on.

    The rows are those of a job like any other, except that its result is a file that is gone afterwards, and that an
    incremental recipe is asked for everything.
    """
    recipe, title = _wanted(what)
    to = _place(output, recipe.name, "--output")
    _check(to, "--output", recipe, what)
    recipe = recipe.model_copy(update={"output": FileOutput(type="file", format="parquet")})
    with (
        _reworded(),
        engine_of(data_dir) as engine,
        tempfile.TemporaryDirectory(prefix="fetchtozip-", ignore_cleanup_errors=True) as folder,
    ):
        rows = Path(folder) / _ROWS
        made = follow(engine, recipe, rows, cached=cached, accept_partial=accept_partial, keeps_since=False)
        # the list of rows that broke a rule is gone with the rows
        tell(made.verdict.words.replace(f"listed in {beside(rows).name}", "a run lists them"))
        give_back()  # the job is over
        text = _report(pl.scan_parquet(rows, glob=False), title, to.suffix)
    return write_whole(to, text)


class Profile:
    """A report on all rows that a run fetches, as they are before any step, made while the run goes on.

    Whatever is wrong with its place is found before the run. A context: what has not been written is left at its end.
    """

    def __init__(self, wanted: Path, recipe: Recipe, output: Path | None) -> None:
        self._title = recipe.name
        self._to = _place(wanted, recipe.name, _PROFILE)
        result = destination_for(recipe.output, recipe.name, output, Path.cwd())
        if self._to in (result.absolute(), beside(result).absolute()):
            raise RecipeError(f"{_PROFILE}: {self._to} is where the run writes.", "Name another file.")
        _check(self._to, _PROFILE, recipe)
        self.onlooker = Looking(self._told)
        """Is to see the rows of the run."""

    def __enter__(self) -> Profile:
        return self

    def __exit__(self, *_: object) -> None:
        self.onlooker.close()

    def write(self, engine: Engine, made: Finished) -> Path:
        """When the run is over: write the report, and give its path. What was not seen is read from the run's pages."""
        try:
            if (text := self.onlooker.found(made.job.rows)) is None:
                with engine.fetched.of(made.job, again=True) as rows:
                    text = self._told(rows)
            return write_whole(self._to, text)
        except FetchToZipError as error:
            error.hint = f"The result is whole: {made.path}."
            raise

    def _told(self, rows: pl.LazyFrame, go_on: Callable[[], None] = nothing) -> str:
        return _report(rows, self._title, self._to.suffix, go_on)


def _wanted(what: str) -> tuple[Recipe, str]:
    """The recipe, and what its report is called. Whatever is no recipe is data, our own archives too."""
    if what == "-":
        recipe = Recipe.parse(sys.stdin.buffer.read())
        return recipe, recipe.name
    from fetchtozip_gui.core.bring.documents import is_recipe  # heavy, and nothing for a profile

    path = Path(what)
    try:
        path.stat()
        if path.suffix.lower() == ".json" and path.is_file():
            with path.open("rb") as file:
                head = file.read(SIZE_LIMIT + 1)
            if len(head) <= SIZE_LIMIT and is_recipe(head):
                recipe = Recipe.parse(head)
                return recipe, recipe.name
    except OSError as error:
        raise RecipeError(f"{what}: cannot be read: {error.strerror}.", _WHAT) from None
    source = {"type": "file", "path": str(path.absolute())}
    return Recipe.parse({"version": 1, "name": path.stem[:200] or "rows", "source": source}), path.name


def _place(output: Path | None, name: str, option: str) -> Path:
    """Where the report goes; a folder gets a page named after what is analyzed."""
    if output is None or output.is_dir():
        return (output or Path.cwd()) / safe_name(f"{name} report.html")
    if output.suffix.lower() not in SUFFIXES:
        raise RecipeError(f"{option}: must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}, found {output.name!r}.")
    return output.absolute()


def _check(to: Path, option: str, recipe: Recipe, *read: str) -> None:
    """Errors that would otherwise come after all the work."""
    source = [str(Path(recipe.source.path).expanduser())] if recipe.source.type == "file" else []
    if to.exists() and any(Path(one).exists() and to.samefile(one) for one in (*read, *source)):
        raise RecipeError(f"{option}: {to} is what is analyzed.", "Name another file.")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=to.parent):
            pass
    except OSError as error:
        hint = f"Choose another place with {option}."
        raise OutputError(f"{to} cannot be written: {error.strerror or error}.", hint) from error


def _report(rows: pl.LazyFrame, title: str, suffix: str, go_on: Callable[[], None] = nothing) -> str:
    try:
        return document(report(rows, title, now_utc(), go_on), suffix)
    except Exception as error:
        if not isinstance(error, FetchToZipError):
            log.exception("the rows could not be analyzed")
        raise foreseen(error) from error


@contextmanager
def _reworded() -> Iterator[None]:
    """A job's errors advise what `run` has."""
    try:
        yield
    except RowsRejected as error:
        error.hint = "A run of the recipe lists them all."
        raise
    except FetchToZipError as error:
        error.hint = error.hint.replace("--resume", "--cached")
        raise

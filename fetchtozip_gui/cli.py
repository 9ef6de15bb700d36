"""The command line: run, demo, practice, verify and schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from fetchtozip_gui import __version__

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", envvar="FETCHTOZIP_HOME", help="Where jobs, their pages and settings are kept."),
]
AcceptPartial = Annotated[
    bool, typer.Option("--accept-partial", help="Write what came although rows are missing, and exit with 0.")
]


def main() -> None:
    """Run one command; errors are one clear line on standard error and the exit code of their kind."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show ends nothing
    app()


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"fetchtozip {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Fetch data, reshape it, hand it over."""


@app.command()
def run(
    recipe: Annotated[Path, typer.Argument(help="A recipe (.json), an exported ZIP, or - for standard input.")],
    output: Annotated[
        Path | None, typer.Option(help="Where the result goes; its suffix chooses the format if the recipe does not.")
    ] = None,
    data_dir: DataDir = None,
    resume: Annotated[bool, typer.Option(help="Go on with the unfinished job of the same recipe and output.")] = False,
    cached: Annotated[
        bool, typer.Option(help="Use the pages of the last run of the same source; fetch nothing again.")
    ] = False,
    accept_partial: AcceptPartial = False,
    engine: Annotated[str | None, typer.Option(help="Where the work is done: local.", show_default="local")] = None,
) -> None:
    """Run a recipe and print the result's path."""
    with _errors():
        from fetchtozip_gui.core.recipe import Recipe

        _only_local(engine)
        wanted = Recipe.parse(sys.stdin.buffer.read()) if str(recipe) == "-" else Recipe.load(recipe)
        path, _ = _follow(wanted, output, data_dir, resume=resume, cached=cached, accept_partial=accept_partial)
        typer.echo(path)


@app.command()
def demo(
    output: Annotated[Path, typer.Option(help="Where the ZIP goes.")] = Path("fetchtozip-demo.zip"),
    data_dir: DataDir = None,
) -> None:
    """Run the whole main job on the embedded practice source; no network is needed."""
    with _errors():
        import tempfile

        from fetchtozip_gui.api.doors.practice import build
        from fetchtozip_gui.api.server import serve
        from fetchtozip_gui.core.recipe import Recipe

        with tempfile.TemporaryDirectory() as folder, serve(build(Path(folder)), port=0) as served:
            _tell(f"The practice source is on {served.url}: 541,909 rows of a web shop's invoices.")
            wanted = Recipe.parse(demo_recipe(served.url))
            path, verdict = _follow(wanted, output, data_dir, resume=False, cached=False, accept_partial=False)
        typer.echo(f"{verdict}.")
        typer.echo(f"Check it:        fetchtozip verify {path}")
        typer.echo(path)


def demo_recipe(address: str) -> dict[str, object]:
    """The recipe of the demonstration, for a practice source at `address`."""
    columns = [
        {"column": "InvoiceNo", "name": "invoice", "change_order": 0},
        {"column": "InvoiceDate", "name": "date", "change_order": 1, "dtype": "datetime"},
        {"column": "CustomerID", "name": "customer", "change_order": 2},
        {"column": "StockCode", "name": "stock_code"},
        {"column": "Description", "name": "description"},
        {"column": "Quantity", "name": "quantity"},
        {"column": "UnitPrice", "name": "unit_price"},
        {"column": "Country", "name": "country"},
    ]
    return {
        "version": 1,
        "name": "online-retail",
        "source": {
            "type": "http",
            "url": f"{address}/practice/online-retail?page=1&limit=1000",
            "rate_limit": None,
            "page_limit": None,
        },
        "steps": [{"type": "columns", "columns": columns}],
        "output": {"type": "file", "format": "zip", "member": "csv"},
    }


@app.command()
def practice(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8000,
    data: Annotated[Path | None, typer.Option(help="Serve this file's rows in place of the generated.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Serve the practice API alone: a test bench for any client."""
    with _errors():
        from fetchtozip_gui.api.doors.practice import build
        from fetchtozip_gui.api.server import run_forever
        from fetchtozip_gui.engine.folder import Folder

        app = build(Folder.find(data_dir).prepare().root, data_file=data)
        run_forever(app, host, port, lambda served: _tell(f"The practice source is on {served.url}; Ctrl-C ends it."))


@app.command()
def verify(file: Annotated[Path, typer.Argument(help="An exported ZIP.")]) -> None:
    """Check an export against its manifest."""
    with _errors():
        from fetchtozip_gui.core.outputs.verify import verify as check

        typer.echo(check(file).words)


@app.command()
def schema() -> None:
    """Print the JSON Schema of recipes."""
    from fetchtozip_gui.core.recipe import Recipe

    typer.echo(json.dumps(Recipe.model_json_schema(by_alias=True), indent=2))


def _only_local(engine: str | None) -> None:
    from fetchtozip_gui.core.errors import NotInThisVersion, RecipeError

    if engine == "spark":
        raise NotInThisVersion("--engine spark is not in this version.", "Leave the option out to run here.")
    if engine not in (None, "local"):
        raise RecipeError(f"--engine: must be local or spark, found {engine!r}.")


def _follow(
    wanted: Recipe,  # noqa: F821 - loaded by the commands that need it
    output: Path | None,
    data_dir: Path | None,
    *,
    resume: bool,
    cached: bool,
    accept_partial: bool,
) -> tuple[str, str]:
    """Run in this process, show progress on standard error, and give the result's path and the verdict's words."""
    from fetchtozip_gui.core.events import Delivered
    from fetchtozip_gui.core.outputs import destination_for
    from fetchtozip_gui.engine.engine import Engine
    from fetchtozip_gui.engine.folder import Folder
    from fetchtozip_gui.progress import progress

    target = destination_for(wanted.output, wanted.name, output, Path.cwd())
    with closing(Engine(Folder.find(data_dir))) as engine, progress(sys.stderr) as show:
        delivered: Delivered | None = None
        for event in engine.follow(wanted, target, resume=resume, accept_partial=accept_partial):
            show(event)
            delivered = event if isinstance(event, Delivered) else delivered
        assert delivered is not None
        _tell(delivered.verdict.words)
        return delivered.path, delivered.verdict.words


def _tell(text: str) -> None:
    typer.echo(text, err=True)


@contextmanager
def _errors() -> Iterator[None]:
    """Turn the program's errors into one line and their exit code, and Ctrl-C into 130."""
    from fetchtozip_gui.core.errors import FetchToZipError

    try:
        yield
    except FetchToZipError as error:
        _tell(f"fetchtozip: {error}")
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        _tell("fetchtozip: cancelled. What was fetched is kept; --resume goes on from there.")
        raise typer.Exit(130) from None
    except BrokenPipeError:
        raise typer.Exit(1) from None

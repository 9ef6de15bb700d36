"""The command line: the window, run, analyze, demo, serve, practice, verify and schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from fetchtozip_gui import __version__

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", envvar="FETCHTOZIP_HOME", help="Where jobs, their pages and settings are kept."),
]
AcceptPartial = Annotated[
    bool, typer.Option("--accept-partial", help="Write what came although rows are missing, and exit with 0.")
]
Cached = Annotated[
    bool, typer.Option("--cached", help="Use the pages of the last run of the same source; fetch nothing again.")
]


def main() -> None:
    """Run one command; errors are one clear line on standard error and the exit code of their kind."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show ends nothing
    app(_with_command(sys.argv[1:]))


def _with_command(arguments: list[str]) -> list[str]:
    """`fetchtozip ADDRESS` and `fetchtozip FILE` are short for `fetchtozip open` of it."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-"):
        at += 2 if arguments[at] == "--data-dir" else 1
    if at >= len(arguments) or arguments[at] in _commands():
        return arguments
    wanted = arguments[at]
    return [*arguments[:at], "open", *arguments[at:]] if "://" in wanted or Path(wanted).is_file() else arguments


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"fetchtozip {__version__}")
        raise typer.Exit


def _commands() -> set[str]:
    names = ((command.name, command.callback) for command in app.registered_commands)
    return {name or (callback.__name__ if callback else "") for name, callback in names}


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Fetch data, reshape it, hand it over. Without a command: open the window."""
    context.obj = data_dir
    if context.invoked_subcommand is None:
        _open_window("", data_dir)


@app.command(name="open")
def open_(
    context: typer.Context,
    wanted: Annotated[str, typer.Argument(help="An address, or a file: a recipe, an export, data.")] = "",
    data_dir: DataDir = None,
) -> None:
    """Open the window with an address or a file as the source; in the one that is open, where one is."""
    _open_window(wanted, data_dir or context.obj)


def _open_window(wanted: str, data_dir: Path | None) -> None:
    with _errors():
        from fetchtozip_gui.app import main as open_window  # heavy: Qt, for the window alone

        options = ["--data-dir", str(data_dir)] if data_dir else []
        raise typer.Exit(open_window([*options, "--", wanted] if wanted else options))


@app.command()
def run(
    recipe: Annotated[Path, typer.Argument(help="A recipe (.json), an exported ZIP, or - for standard input.")],
    output: Annotated[
        Path | None, typer.Option(help="Where the result goes; its suffix chooses the format if the recipe does not.")
    ] = None,
    data_dir: DataDir = None,
    resume: Annotated[bool, typer.Option(help="Go on with the unfinished job of the same recipe and output.")] = False,
    cached: Cached = False,
    accept_partial: AcceptPartial = False,
    profile: Annotated[
        Path | None,
        typer.Option(help="A report on all rows as they were fetched: a web page (.html, .htm) or JSON (.json)."),
    ] = None,
    engine: Annotated[str | None, typer.Option(help="Where the work is done: local.", show_default="local")] = None,
) -> None:
    """Run a recipe and print the result's path."""
    with _errors():
        from fetchtozip_gui.core.give_way import polars_leaves_cores
        from fetchtozip_gui.core.memory import keep_little

        keep_little()  # both before Polars is loaded
        if profile is None:
            # a report is made by Polars alone, for which all cores are free once the job is over
            polars_leaves_cores()
        from fetchtozip_gui.core.recipe import Recipe
        from fetchtozip_gui.running import engine_of, follow

        _only_local(engine)
        wanted = Recipe.parse(sys.stdin.buffer.read()) if str(recipe) == "-" else Recipe.load(recipe)
        profiled = nullcontext()
        if profile is not None:
            from fetchtozip_gui.analyzing import Profile  # all analyses, for those who ask for it

            profiled = Profile(profile, wanted, output)
        with profiled as report, engine_of(data_dir) as at:
            look = None if report is None else report.onlooker
            made = follow(
                at, wanted, output, resume=resume, cached=cached, accept_partial=accept_partial, onlooker=look
            )
            _tell(made.verdict.words)
            if report is not None:
                _tell(f"What was fetched is described in {report.write(at, made)}")
        typer.echo(made.path)


@app.command()
def analyze(
    what: Annotated[str, typer.Argument(help="A data file, a recipe (.json), or - for a recipe on standard input.")],
    output: Annotated[Path | None, typer.Option(help="The report: a web page (.html, .htm) or JSON (.json).")] = None,
    data_dir: DataDir = None,
    cached: Cached = False,
    accept_partial: AcceptPartial = False,
) -> None:
    """Analyze all rows of a file, or of a recipe's result, and print the report's path."""
    with _errors("--cached"):
        from fetchtozip_gui.core.memory import keep_little

        keep_little()  # before Polars is loaded
        from fetchtozip_gui.analyzing import analyze as analyzed

        typer.echo(analyzed(what, output, data_dir, cached=cached, accept_partial=accept_partial, tell=_tell))


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
        from fetchtozip_gui.demo import demo_recipe
        from fetchtozip_gui.running import engine_of, follow

        with tempfile.TemporaryDirectory() as folder, serve(build(Path(folder)), port=0) as served:
            _tell(f"The practice source is on {served.url}: 541,909 rows of a web shop's invoices.")
            wanted = Recipe.parse(demo_recipe(served.url))
            with engine_of(data_dir) as engine:
                made = follow(engine, wanted, output)
        _tell(made.verdict.words)
        command = _own_command()
        typer.echo(f"{made.verdict.words}.")
        typer.echo(f"Check it:         {command} verify {made.path}")
        typer.echo(f"Open the window:  {command}")
        typer.echo(made.path)


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; any beyond this computer needs a key.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on, or the next free one; 0 takes any free one.")
    ] = 8000,
    data_dir: DataDir = None,
    api_key: Annotated[
        str | None,
        typer.Option(
            envvar="FETCHTOZIP_API_KEY",
            help="The key that callers must send. env:NAME or keyring:NAME keep it out of the list of processes.",
        ),
    ] = None,
) -> None:
    """Serve the HTTP endpoints without a window, until Ctrl-C."""
    with _errors():
        from fetchtozip_gui.serving import is_loopback, serve_until_stopped  # heavy: FastAPI, uvicorn, Polars

        def ready(served: Served) -> None:  # noqa: F821 - only the type checker needs to know it
            if port and served.port != port:
                _tell(f"Port {port} is taken: the server is on port {served.port}.")
            if not is_loopback(host):
                _tell(f"Warning: {host} can be reached from other computers, and nothing on the way is encrypted.")
            _tell(f"FetchToZip answers on {served.url}, its documents are on {served.url}/docs; Ctrl-C ends it.")

        serve_until_stopped(host, port, data_dir, api_key, ready)


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
def verify(
    file: Annotated[Path, typer.Argument(help="An exported ZIP.")],
    password: Annotated[
        str | None,
        typer.Option(help="Of an encrypted ZIP: env:NAME or keyring:NAME, so that no list of processes shows it."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Check an export against its manifest."""
    with _errors():
        from fetchtozip_gui.core.errors import RecipeError
        from fetchtozip_gui.core.outputs.verify import verify as check
        from fetchtozip_gui.core.secrets import Secret
        from fetchtozip_gui.engine.folder import Folder
        from fetchtozip_gui.engine.vault import Vault

        secret = Secret(password) if password is not None else None
        if secret is not None and not secret.is_reference:
            raise RecipeError("--password: must be env:NAME or keyring:NAME, found a value that is not shown.")
        revealed = secret.reveal(Vault(Folder.find(data_dir).vault).read) if secret else None
        typer.echo(check(file, revealed).words)


@app.command()
def schema() -> None:
    """Print the JSON Schema of recipes."""
    from fetchtozip_gui.core.recipe import Recipe

    typer.echo(json.dumps(Recipe.model_json_schema(by_alias=True), indent=2))


def _own_command() -> str:
    """How this program is called from where the user stands."""
    beside = Path(sys.executable).with_name("fetchtozip.exe" if sys.platform == "win32" else "fetchtozip")
    if not beside.exists():
        return "fetchtozip"
    return str(beside.relative_to(Path.cwd()) if beside.is_relative_to(Path.cwd()) else beside)


def _only_local(engine: str | None) -> None:
    from fetchtozip_gui.core.errors import NotInThisVersion, RecipeError

    if engine == "spark":
        raise NotInThisVersion("--engine spark is not in this version.", "Leave the option out to run here.")
    if engine not in (None, "local"):
        raise RecipeError(f"--engine: must be local or spark, found {engine!r}.")


def _tell(text: str) -> None:
    typer.echo(text, err=True)


@contextmanager
def _errors(again: str = "--resume") -> Iterator[None]:
    """Turn the program's errors into one line and their exit code, and Ctrl-C into 130; `again` is how to go on."""
    from fetchtozip_gui.core.errors import FetchToZipError

    try:
        yield
    except FetchToZipError as error:
        _tell(f"fetchtozip: {error}")
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        _tell(f"fetchtozip: cancelled. What was fetched is kept; {again} goes on from there.")
        raise typer.Exit(130) from None
    except BrokenPipeError:
        raise typer.Exit(1) from None

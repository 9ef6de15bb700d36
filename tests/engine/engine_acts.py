"""Small jobs in place of the pipeline, found by name by the engines and worker processes of the tests.

Each reads five pages of ten rows. A finished page is a line in `spool/pages`, so that another attempt goes on there
and a page that is read twice shows. What an act does besides happens after its second page, in its first attempt.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fetchtozip_gui.core.errors import PageFailed, PartialResult
from fetchtozip_gui.core.events import Delivered, Event, Fetched, Said, Shaped, Wrote
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.core.work import Tools

PAGES = 5
COLUMNS = (("id", "integer"), ("name", "string"))


def named(recipe: Any, folder: Path, destination: Path, tools: Tools, **more: Any) -> Iterator[Event]:
    """The act that the recipe is named after."""
    yield from globals()[recipe.name](recipe, folder, destination, tools, **more)


def counting(
    recipe: Any, folder: Path, destination: Path, tools: Tools, *, accept_partial: bool = False
) -> Iterator[Event]:
    """Does nothing besides."""
    yield from _job(folder, destination, tools, lambda: ())


def holding(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Waits until it is stopped, as a slow source would."""

    def wait() -> Iterator[Event]:
        tools.wait(600)
        yield Said("nobody stopped this")

    yield from _job(folder, destination, tools, wait)


def endless(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Never looks whether it is to stop, and always has something to say."""
    yield from _job(folder, destination, tools, lambda: (Said(f"line {number}") for number in itertools.count()))


def deaf(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Does not hear a stop."""

    def wait() -> Iterator[Event]:
        threading.Event().wait(600)
        yield Said("nobody stopped this")

    yield from _job(folder, destination, tools, wait)


def grabbing(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Keeps the interpreter's lock, so that not even the thread that listens to the engine runs."""

    def wait() -> Iterator[Event]:
        (folder / "grabbed").touch()  # from here on only a few steps of this thread until it holds the lock for good
        ctypes.PyDLL(None).sleep(600)
        yield Said("nobody stopped this")

    yield from _job(folder, destination, tools, wait)


def _segfault() -> Iterator[Event]:
    yield Said("reading from nowhere")
    ctypes.string_at(0)


def segfault(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    yield from _job(folder, destination, tools, _segfault)


def abort(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    yield from _job(folder, destination, tools, os.abort)


def leave(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    yield from _job(folder, destination, tools, lambda: os._exit(7))


def killed(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """As the system does to whoever has taken the last memory."""
    yield from _job(folder, destination, tools, lambda: os.kill(os.getpid(), signal.SIGKILL))


def hoarding(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Asks for 4 GB where there are 2."""

    def hoard() -> Iterator[Event]:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))
        yield Said(str(len(bytearray(4 << 30))))

    yield from _job(folder, destination, tools, hoard)


def deep(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Reads JSON 100,000 brackets deep."""

    def read() -> Iterator[Event]:
        import json

        yield Said(str(json.loads("[" * 100_000 + "]" * 100_000)))

    yield from _job(folder, destination, tools, read)


class Panic(BaseException):
    """What a panic of a Rust library is in Python: no `Exception`."""


def panicking(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    def panic() -> Iterator[Event]:
        raise Panic("index out of bounds")

    yield from _job(folder, destination, tools, panic)


def blurting(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Says every secret it has, as a careless source would, and fails with them too."""

    def blurt() -> Iterator[Event]:
        import base64
        import logging
        from urllib.parse import quote

        document = recipe.document(secrets=True)
        secret = document["source"].get("auth", {}).get("token", "")
        if secret.startswith("keyring:"):
            secret = tools.keyring(secret.removeprefix("keyring:"))
        if secret.startswith("env:"):
            secret = os.environ[secret.removeprefix("env:")]
        basic = base64.b64encode(f"me:{secret}".encode()).decode()
        said = f"{document} {secret} {quote(secret, safe='')} {basic} {secret.encode().hex()}"
        yield Said(said)
        tools.say(Said(said, "warning"))
        logging.getLogger("some.library").warning("sent %s", said)
        raise ValueError(said)

    yield from _job(folder, destination, tools, blurt)


def refused(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Fails as the core does, with an error that knows more than its words."""

    def fail() -> Iterator[Event]:
        raise PageFailed("page 3 answered 503.", "Try later.", page=3, status=503)

    yield from _job(folder, destination, tools, fail)


def partial(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    def fail() -> Iterator[Event]:
        raise PartialResult("Partial: page 3 of 5 failed with 503; 20 rows kept.", "Resume.")

    yield from _job(folder, destination, tools, fail)


def silent(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Ends without a result."""
    yield Said("hm")


def chatty(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    yield from _job(folder, destination, tools, lambda: (Said(f"line {number}") for number in range(3000)))


def reading(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Asks for the result of the job its recipe's name is."""

    def read() -> Iterator[Event]:
        yield Said(tools.job_result(recipe.name).read_text())

    yield from _job(folder, destination, tools, read)


def telling(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Says where it runs and what the process was told."""

    def tell() -> Iterator[Event]:
        yield Said(f"process {os.getpid()} {sys.argv}")

    yield from _job(folder, destination, tools, tell)


def hungry(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """As `telling`, with 300 MB in hand."""

    def tell() -> Iterator[Event]:
        held = b"x" * (300 << 20)
        yield Said(f"process {os.getpid()} {len(held)}")

    yield from _job(folder, destination, tools, tell)


def slow(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """Takes a moment between any two events, so that a kill can come there."""
    for event in _job(folder, destination, tools, lambda: ()):
        yield event
        tools.wait(0.01)


def interrupting(recipe: Any, folder: Path, destination: Path, tools: Tools, **_: Any) -> Iterator[Event]:
    """As when Ctrl-C is pressed while the job is at work."""

    def press() -> Iterator[Event]:
        raise KeyboardInterrupt  # and no signal: who runs tests in the background has it ignored

    yield from _job(folder, destination, tools, press)


def _job(folder: Path, destination: Path, tools: Tools, besides: Any) -> Iterator[Event]:
    half = destination.with_name(f"{destination.name}.half")
    spool = folder / "spool"
    spool.mkdir(exist_ok=True)
    pages = spool / "pages"
    before = done = len(pages.read_text().splitlines()) if pages.exists() else 0
    destination.parent.mkdir(parents=True, exist_ok=True)
    try:
        half.write_text("half")
        if done:
            yield _fetched(done)
        while done < PAGES:
            tools.check()
            done += 1
            with pages.open("a") as file:
                file.write(f"page {done}\n")
            yield _fetched(done)
            if done == 2 and not before:
                yield from besides() or ()
        yield Shaped(COLUMNS)
        half.write_text("".join(f"{row}\n" for row in range(PAGES * 10)))
        yield Wrote(PAGES * 10, half.stat().st_size)
        half.replace(destination)
        verdict = Verdict("complete", f"Complete: {PAGES * 10} of {PAGES * 10} rows", PAGES * 10, PAGES * 10)
        yield Delivered(str(destination), PAGES * 10, destination.stat().st_size, verdict, COLUMNS)
    finally:
        half.unlink(missing_ok=True)


def _fetched(pages: int) -> Fetched:
    return Fetched(pages, pages * 10, pages * 1000, PAGES * 10, PAGES)

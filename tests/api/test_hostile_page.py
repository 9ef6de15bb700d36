"""A page that means harm, in a real browser: it reads nothing of ours and changes nothing, whatever its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from browser import Page

from fetchtozip_gui.api.build import build
from fetchtozip_gui.api.guard import Guard, Heard
from fetchtozip_gui.api.server import serve
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.pool import Threads
from fetchtozip_gui.engine.shelf import Shelf

HTML = Path(__file__).with_name("hostile.html").read_text()
INPUT = {"name": "mine", "column": 0}


@dataclass
class Victim:
    """The whole server, and every request it has answered."""

    port: int
    engine: Engine
    heard: list[Heard]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Hostile(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(HTML.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    heard: list[Heard] = []
    heard_all = Event()
    with closing(Engine(Folder.find(tmp_path).prepare(), pool=Threads(1), isolated=False)) as engine:

        def hear(one: Heard) -> None:
            heard.append(one)
            if one.path.endswith("/configure"):
                heard_all.set()

        app = Guard(build(engine, Shelf(engine.store)), hear=hear)
        with serve(app, port=0) as served:
            httpx.post(f"{served.url}/api/export/inputs", json=INPUT).raise_for_status()
            httpx.post(f"{served.url}/api/export/configure", json={"file_type": "csv"}).raise_for_status()
            assert heard_all.wait(30)
            heard.clear()
            yield Victim(served.port, engine, heard)


@pytest.fixture
def hostile() -> Iterator[int]:
    """The port of the server of the page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hostile) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def unharmed(victim: Victim, page: Page, asked_as: str) -> None:
    told = page.evaluate(f"attack('{asked_as}:{victim.port}')")
    assert told["harm"] == []
    assert told["asked"] > 40
    assert len(victim.heard) > 25, "they came as far as the gate"
    assert {(one.status, one.path) for one in victim.heard if one.status != 403} == set()
    assert not victim.engine.jobs()
    answer = httpx.get(f"{victim.url}/api/export/inputs-list").json()
    assert [(item["name"], item["column"]) for item in answer["inputs"]] == [("mine", 0)]


@pytest.mark.parametrize("asked_as", ["127.0.0.1", "localhost", "evil.test"])
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "evil.test"])
def test_a_page_of_another_server_does_no_harm(
    victim: Victim, hostile: int, page: Page, name: str, asked_as: str
) -> None:
    page.open(f"http://{name}:{hostile}/")
    unharmed(victim, page, asked_as)


@pytest.mark.parametrize("asked_as", ["evil.test", "127.0.0.1"])
def test_a_page_whose_name_was_led_to_us_does_none_either(victim: Victim, page: Page, asked_as: str) -> None:
    # the page comes from its own server; then its name means this computer, so that its requests are of one origin
    address = f"http://evil.test:{victim.port}/page"
    page.play(address, HTML)
    page.open(address)
    assert page.evaluate("location.origin") == f"http://evil.test:{victim.port}"
    unharmed(victim, page, asked_as)


def test_our_own_page_could(victim: Victim, page: Page) -> None:
    # the same page with our origin gets through: it is the gate that stops the others, and not a mistake in the page
    address = f"{victim.url}/page"
    page.play(address, HTML)
    page.open(address)
    told = page.evaluate(f"attack('127.0.0.1:{victim.port}')")
    assert {"read /", "post application/json", "start without a body"} <= set(told["harm"])
    assert victim.engine.jobs()

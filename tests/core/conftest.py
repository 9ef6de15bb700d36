"""A small real web server whose pages a test chooses, and which remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

Page = list[dict[str, Any]] | bytes | int


class Pages:
    """Answers `/rows?page=N` with the N-th page: rows as JSON, bytes as they are, or an HTTP status."""

    def __init__(self, pages: list[Page], total: int | None = None) -> None:
        self.pages = pages
        self.total = total
        self.asked: list[int] = []
        self.paths: list[str] = []
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                number = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
                with owner._lock:
                    owner.asked.append(number)
                    owner.paths.append(self.path)
                    page = owner.pages[number - 1] if number <= len(owner.pages) else []
                status = page if isinstance(page, int) else 200
                body = b"" if isinstance(page, int) else page if isinstance(page, bytes) else owner.body(page)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/rows"

    def body(self, rows: list[dict[str, Any]]) -> bytes:
        answer: Any = rows if self.total is None else {"total": self.total, "data": rows}
        return json.dumps(answer).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def serve_pages() -> Iterator[Callable[..., Pages]]:
    """Starts a server of pages; it ends with the test."""
    started: list[Pages] = []

    def start(pages: list[Page], total: int | None = None) -> Pages:
        started.append(Pages(pages, total))
        return started[-1]

    yield start
    for server in started:
        server.close()

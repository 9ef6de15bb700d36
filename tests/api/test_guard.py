"""The gate, asked by raw sockets: more than sixty ways in that are closed, and the few that are open."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Queue

import httpx
import pytest
from fastapi import FastAPI, WebSocket
from starlette.requests import Request
from starlette.responses import StreamingResponse

from fetchtozip_gui.api.admission import Body
from fetchtozip_gui.api.guard import Guard, Heard
from fetchtozip_gui.api.server import Served, serve

KEY = "schlüssel-5f2c"


@dataclass
class Tried:
    """A guarded application, and what reached it."""

    served: Served
    reached: list[str] = field(default_factory=list)
    heard: Queue[Heard] = field(default_factory=Queue)
    keys: list[str | None] = field(default_factory=lambda: [None])
    """The last one counts."""


def application(reached: list[str]) -> FastAPI:
    app = FastAPI()

    @app.api_route("/things", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    async def things(request: Request) -> dict[str, int]:
        reached.append(request.method)
        return {"bytes": len(await request.body())}

    @app.get("/health")
    @app.get("/docs")
    def health() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/id")
    def request_id(request: Request) -> str:
        return request.state.request_id

    @app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError

    @app.get("/rows")
    async def rows() -> StreamingResponse:
        return StreamingResponse(iter([b"1\n", b"2\n"]), media_type="text/csv")

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        reached.append("WEBSOCKET")
        await websocket.accept()
        await websocket.close()

    return app


@pytest.fixture
def tried() -> Iterator[Tried]:
    reached: list[str] = []
    heard: Queue[Heard] = Queue()
    keys: list[str | None] = [None]
    with serve(Guard(application(reached), api_key=lambda: keys[-1], hear=heard.put), port=0) as served:
        yield Tried(served, reached, heard, keys)


def ask(tried: Tried, request: bytes | str) -> tuple[int, dict[str, str], bytes]:
    """Send bytes in which HOST and PORT are the server's, read to the end."""
    data = request.encode("latin-1") if isinstance(request, str) else request
    data = data.replace(b"HOST", b"127.0.0.1:PORT").replace(b"PORT", str(tried.served.port).encode())
    with socket.create_connection(("127.0.0.1", tried.served.port), timeout=20) as wire:
        wire.sendall(data)
        answer = b""
        while b"\r\n\r\n" not in answer and (more := wire.recv(65_536)):
            answer += more
        # only now: who ends before an answer has left
        with suppress(OSError):
            wire.shutdown(socket.SHUT_WR)
        answer += b"".join(iter(lambda: wire.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    # what follows the length answers what followed the request
    return int(first.split()[1]) if first else 0, headers, body[: int(headers.get("content-length", 0))]


def get(*headers: str, target: str = "/things", host: str = "HOST", method: str = "GET", body: str = "") -> str:
    lines = [f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host else []), *headers, "Connection: close"]
    return "\r\n".join([*lines, "", body])


def post(body: str, kind: str | None, *headers: str, method: str = "POST") -> str:
    kinds = [f"Content-Type: {kind}"] if kind is not None else []
    return get(*kinds, f"Content-Length: {len(body)}", *headers, method=method, body=body)


def upgrade(*headers: str, host: str = "HOST", target: str = "/ws") -> str:
    asked = ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", "Connection: Upgrade", *asked, *headers]
    return "\r\n".join([*lines, "", ""])


HOSTS = [
    "evil.test:PORT", "127.0.0.1", "localhost", "localhost:1", "127.0.0.1:PORT0", "127.0.0.1:0PORT", "127.0.0.1:+PORT",
    "localhost.:PORT", "localhost:PORT.", "localhost.evil.test:PORT", "evil.test#localhost:PORT", "0.0.0.0:PORT",
    "127.1:PORT", "2130706433:PORT", "0x7f000001:PORT", "127.0.0.2:PORT", "[::ffff:127.0.0.1]:PORT", "::1:PORT",
    "[::1%25lo]:PORT", "user@localhost:PORT", "localhost:PORT, evil.test", "localhost :PORT", "LOCALHOST:PORT/",
    "l\xf6calhost:PORT", "",
]  # fmt: skip
ORIGINS = [
    "http://evil.test", "http://evil.test:PORT", "null", "https://127.0.0.1:PORT", "http://127.0.0.1", "file://",
    "http://127.0.0.1:1", "http://localhost:PORT", "http://127.0.0.1:PORT.evil.test", "http://127.0.0.1:PORT/",
    "http://user@127.0.0.1:PORT", "chrome-extension://abcdef", "127.0.0.1:PORT", "", "*",
]  # fmt: skip
KINDS = [
    None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json",
    "application/json-patch+json", "application/jsonp", "text/plain; application/json", "application/xml",
    "text/plain, application/json", "application/json, text/plain", "application/json/", "*/*",
]  # fmt: skip
CHUNKED = ("Content-Type: application/json", "Transfer-Encoding: chunked")
PROBES: dict[str, tuple[int, str]] = {
    **{f"Host {host!r}": (403, get(host=host)) for host in HOSTS[:-1]},
    "no Host in HTTP/1.1": (400, get(host="")),
    "no Host in HTTP/1.0": (403, "GET /things HTTP/1.0\r\n\r\n"),
    "an empty Host": (403, get("Host: ", host="")),
    "two Hosts": (400, get("Host: evil.test")),
    **{f"Origin {origin!r}": (403, get(f"Origin: {origin}")) for origin in ORIGINS},
    "two Origins": (403, get("Origin: http://HOST", "Origin: http://evil.test")),
    "a preflight": (403, get("Origin: http://evil.test", "Access-Control-Request-Method: POST", method="OPTIONS")),
    "an Origin of the name that was rebound": (403, get("Origin: http://evil.test:PORT", host="evil.test:PORT")),
    **{f"a {site} page": (403, get(f"Sec-Fetch-Site: {site}")) for site in ("cross-site", "same-site", "", "other")},
    "two Sec-Fetch-Site": (403, get("Sec-Fetch-Site: none", "Sec-Fetch-Site: cross-site")),
    "a link to a document": (403, get("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", target="/docs")),
    "a page of a stranger on health": (403, get("Sec-Fetch-Site: cross-site", target="/health")),
    **{f"a body of {kind!r}": (415, post("{}", kind)) for kind in KINDS},
    **{f"{method} of a form": (415, post("a=1", KINDS[3], method=method)) for method in ("PUT", "PATCH", "DELETE")},
    "GET with a form": (415, post("a=1", KINDS[3], method="GET")),
    "two kinds": (415, post("{}", "application/json", "Content-Type: text/plain")),
    "chunks of a form": (415, get("Transfer-Encoding: chunked", method="POST", body="3\r\na=1\r\n0\r\n\r\n")),
    "chunks and a length": (
        400,
        post("0\r\n\r\n", "application/json", "Transfer-Encoding: chunked"),
    ),
    "a length of 2 MiB": (413, get("Content-Type: application/json", "Content-Length: 2097152", method="POST")),
    "a length of 19 digits": (413, get("Content-Type: application/json", f"Content-Length: {'9' * 19}", method="POST")),
    "a length below nothing": (400, get("Content-Type: application/json", "Content-Length: -1", method="POST")),
    "a length of words": (400, get("Content-Type: application/json", "Content-Length: many", method="POST")),
    "two lengths": (400, post("{}", "application/json", "Content-Length: 3")),
    "another coding": (501, get("Transfer-Encoding: gzip", method="POST")),
    "chunks over the bound": (
        413,
        get(
            *CHUNKED,
            method="POST",
            body=("10000\r\n" + " " * 65_536 + "\r\n") * 17 + "0\r\n\r\n",
        ),
    ),
    "too many headers": (431, get(*(f"X-{number}: 1" for number in range(120)))),
    "too long a header": (431, get(f"X-Long: {'x' * 20_000}")),
    "a head without an end": (431, get(f"X-Long: {'x' * 80_000}")),
    "a target of 9,000 characters": (414, get(target="/" + "x" * 9_000)),
    "a query of 9,000 characters": (414, get(target="/things?" + "x" * 9_000)),
    "another server's address as target": (400, get(target="http://evil.test/things")),
    "our own address as target": (400, get(target="http://HOST/things")),
    "CONNECT": (400, get(target="evil.test:443", method="CONNECT")),
    "a star": (400, get(target="*", method="OPTIONS")),
    "no HTTP at all": (400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
    "HTTP/2 by chance": (400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "HTTP/0.9": (400, "GET /things\r\n\r\n"),
    "a folded header": (403, get("Origin: http://HOST\r\n .evil.test")),
    "a space before the colon": (400, get("Origin : http://evil.test")),
    "a bare NUL in a header": (400, get("X-Nul: a\0b")),
    **{f"a WebSocket for Host {host!r}": (403, upgrade(host=host)) for host in (HOSTS[0], "127.0.0.1", "localhost")},
    **{f"a WebSocket of {o!r}": (403, upgrade(f"Origin: {o}")) for o in ("null", "http://evil.test", "file://")},
    "a WebSocket of a rebound name": (403, upgrade("Origin: http://evil.test:PORT", host="evil.test:PORT")),
    "a WebSocket of another port": (403, upgrade("Origin: http://127.0.0.1:1", "Sec-Fetch-Site: same-site")),
    "a WebSocket of a cross-site page": (403, upgrade("Sec-Fetch-Site: cross-site")),
    "a WebSocket with too many headers": (403, upgrade(*(f"X-{number}: 1" for number in range(110)))),
    "a WebSocket where no door is": (403, upgrade(target="/elsewhere")),
}


@pytest.mark.parametrize("name", PROBES)
def test_a_hostile_request_stays_outside(tried: Tried, name: str) -> None:
    expected, request = PROBES[name]
    status, headers, body = ask(tried, request)
    assert status == expected
    if not name.startswith("chunks over"):
        assert not tried.reached
    assert json.loads(body)["detail"]
    assert headers["x-request-id"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    assert ask(tried, get(target="/health"))[0] == 200, "it still answers"


def test_there_are_sixty_and_more() -> None:
    assert len(PROBES) >= 90


@pytest.mark.parametrize(
    "request_",
    [
        get(),
        get(host="localhost:PORT"),
        get(host="LocalHost:PORT"),
        get(host="[::1]:PORT"),
        get("Origin: http://127.0.0.1:PORT", "Sec-Fetch-Site: same-origin"),
        get("Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate"),
        get(method="POST"),
        get("Content-Length: 0", method="POST"),
        get("Content-Type: application/x-www-form-urlencoded", "Content-Length: 0", method="POST"),
        post("{}", "application/json"),
        post("{}", "Application/JSON; charset=UTF-8", method="PUT"),
        get(
            *CHUNKED,
            method="POST",
            body="2\r\n{}\r\n0\r\n\r\n",
        ),
        get(method="DELETE"),
    ],
)
def test_what_programs_and_our_own_pages_send_is_let_in(tried: Tried, request_: str) -> None:
    status, headers, _ = ask(tried, request_)
    assert status == 200
    assert len(tried.reached) == 1
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_a_websocket_is_let_in_and_carries_its_request_s_id(tried: Tried) -> None:
    status, headers, _ = ask(tried, upgrade("Origin: http://HOST", "X-Request-ID: mine"))
    assert (status, headers["x-request-id"], tried.reached) == (101, "mine", ["WEBSOCKET"])
    heard = tried.heard.get(timeout=10)
    assert (heard.method, heard.path, heard.status, heard.request_id) == ("GET", "/ws", 101, "mine")


@pytest.mark.parametrize(
    "credentials",
    [
        (),
        ("Authorization: Bearer",),
        ("Authorization: Bearer ",),
        ("Authorization: Bearer schl\xc3\xbcssel-5f2",),
        ("Authorization: Bearer schl\xc3\xbcssel-5f2cc",),
        ("Authorization: Basic schl\xc3\xbcssel-5f2c",),
        ("Authorization: schl\xc3\xbcssel-5f2c",),
        ("X-API-Key: SCHL\xc3\xbcSSEL-5F2C",),
        ("X-API-Key: ",),
        ("Cookie: key=schl\xc3\xbcssel-5f2c",),
    ],
)
def test_without_the_key_no_door_opens(tried: Tried, credentials: tuple[str, ...]) -> None:
    tried.keys.append(KEY)
    status, headers, body = ask(tried, get(*credentials))
    assert (status, headers["www-authenticate"]) == (401, 'Bearer realm="FetchToZip"')
    assert "API key" in json.loads(body)["detail"]
    assert KEY not in body.decode()
    assert ask(tried, upgrade(*credentials))[0] == 403
    assert ask(tried, get(*credentials, target="/things?api_key=schl%C3%BCssel-5f2c"))[0] == 401
    assert not tried.reached
    assert [ask(tried, get(target=path))[0] for path in ("/health", "/docs")] == [200, 200]
    assert [ask(tried, get(target=path))[0] for path in ("/health/", "/docs/x", "//health")] == [401] * 3


def test_with_the_key_they_do_and_a_changed_key_counts_at_once(tried: Tried) -> None:
    tried.keys.append(KEY)
    for header in ("Authorization: Bearer schl\xc3\xbcssel-5f2c", "authorization: bearer schl\xc3\xbcssel-5f2c"):
        assert ask(tried, get(header))[0] == 200
    assert ask(tried, get("X-API-Key: schl\xc3\xbcssel-5f2c"))[0] == 200
    assert ask(tried, upgrade("X-API-Key: schl\xc3\xbcssel-5f2c"))[0] == 101
    tried.keys.append("another")
    assert ask(tried, get("X-API-Key: schl\xc3\xbcssel-5f2c"))[0] == 401
    tried.keys.append(None)
    assert ask(tried, get())[0] == 200


@pytest.mark.parametrize("sent", ["a", "4f1c-77:b.C_2", "x" * 128])
def test_a_request_id_that_came_is_echoed_and_told_to_the_door(tried: Tried, sent: str) -> None:
    _, headers, body = ask(tried, get(f"X-Request-ID: {sent}", target="/id"))
    assert headers["x-request-id"] == json.loads(body) == sent == tried.heard.get(timeout=10).request_id


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b", "<script>", "-a", "a\xe9"])
def test_an_odd_request_id_is_replaced(tried: Tried, sent: str) -> None:
    _, headers, _ = ask(tried, get(f"X-Request-ID: {sent}"))
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])


def test_the_live_log_hears_each_request_without_its_secrets(tried: Tried) -> None:
    ask(tried, get(target="/things?page=2&token=hunter2&api_key=hunter2"))
    heard = tried.heard.get(timeout=10)
    assert (heard.method, heard.status) == ("GET", 200)
    assert heard.path == "/things?page=2&token=***&api_key=***"
    assert 0 <= heard.seconds < 10
    ask(tried, get(host="evil.test", target="/" + "y" * 900))
    heard = tried.heard.get(timeout=10)
    assert (heard.status, len(heard.path)) == (403, 500)


def test_a_listener_that_fails_fails_no_answer() -> None:
    def hear(heard: Heard) -> None:
        raise ZeroDivisionError

    with serve(Guard(application([]), hear=hear), port=0) as served:
        assert httpx.get(f"{served.url}/things").status_code == 200


def test_a_route_that_fails_is_a_500_with_an_id_and_no_trace(tried: Tried) -> None:
    status, headers, body = ask(tried, get(target="/broken"))
    assert status == 500
    assert "X-Request-ID" in json.loads(body)["detail"]
    assert headers["x-request-id"]
    assert b"ZeroDivision" not in body


def test_an_application_that_fails_bare_is_answered_in_words() -> None:
    async def app(scope: object, receive: Callable[..., object], send: Callable[..., object]) -> None:
        raise ZeroDivisionError

    with serve(Guard(app), port=0) as served:  # type: ignore[arg-type]
        answer = httpx.get(served.url)
        assert answer.status_code == 500
        assert "X-Request-ID" in answer.json()["detail"]


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    bodies = {"/things": Body(seconds=0.2)}
    with serve(Guard(application([]), bodies=bodies), port=0) as served:
        with socket.create_connection(("127.0.0.1", served.port), timeout=20) as wire:
            head = post("", "application/json").replace("Content-Length: 0", "Content-Length: 5")
            wire.sendall(head.replace("HOST", f"127.0.0.1:{served.port}").encode() + b"{")
            answer = b"".join(iter(lambda: wire.recv(65_536), b""))
        assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_path_can_take_other_bodies() -> None:
    app = FastAPI()

    @app.post("/file")
    async def file(request: Request) -> int:
        return len(await request.body())

    with serve(Guard(app, bodies={"/file": Body(("text/csv",), 10)}), port=0) as served:
        csv = {"Content-Type": "text/csv"}
        assert httpx.post(f"{served.url}/file", content=b"a,b", headers=csv).json() == 3
        assert httpx.post(f"{served.url}/file", content=b"a" * 11, headers=csv).status_code == 413
        assert httpx.post(f"{served.url}/file", json={}).status_code == 415


def test_200_megabytes_are_refused_without_being_held(tried: Tried) -> None:
    def megabytes() -> Iterator[bytes]:
        for _ in range(200):
            yield bytes(1 << 20)

    headers = {"Content-Type": "application/json"}
    answer = httpx.post(f"{tried.served.url}/things", content=megabytes(), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["detail"] == "body: at most 1,048,576 bytes are taken here."


@pytest.mark.parametrize("path", ["/things", "/elsewhere", "/docs"])
def test_a_client_that_closes_reads_why_its_large_body_was_refused(tried: Tried, path: str) -> None:
    for _ in range(5):
        status, _, _ = ask(tried, post("x" * 900_000, "text/plain").replace("/things", path))
        assert status == 415
        status, _, _ = ask(tried, post("1" * 900_000, "application/json").replace("/things", path))
        assert status == {"/things": 200, "/elsewhere": 404, "/docs": 405}[path]


def test_a_streamed_answer_comes_whole(tried: Tried) -> None:
    assert httpx.get(f"{tried.served.url}/rows").text == "1\n2\n"


def test_every_application_that_is_served_stands_behind_the_gate() -> None:
    reached: list[str] = []
    with serve(application(reached), port=0) as served:
        assert httpx.get(f"{served.url}/things", headers={"Host": "evil.test"}).status_code == 403
        assert not reached


def test_a_name_the_server_was_bound_to_is_its_own() -> None:
    with serve(application([]), "127.0.0.2", port=0) as served:
        assert httpx.get(f"{served.url}/things").status_code == 200
        assert httpx.get(f"{served.url}/things", headers={"Host": f"box.lan:{served.port}"}).status_code == 403
    with serve(Guard(application([])).reached_by("box.lan"), port=0) as served:
        assert httpx.get(f"{served.url}/things", headers={"Host": f"box.lan:{served.port}"}).status_code == 200

"""Redirects: where they may lead, and that no credential goes with them."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from faults import BODIES, FaultServer, reply

from fetchtozip_gui.core.errors import PageFailed, PagingError
from fetchtozip_gui.core.http.auth import ApiKey, Basic, Bearer, Cookie
from fetchtozip_gui.core.http.client import Client, Request
from fetchtozip_gui.core.secrets import Secret

OPEN = Callable[..., Client]
OK = BODIES["json"][1]
CANARY = "canary-7f3a91c0"


def to(location: str, status: int = 302) -> bytes:
    return reply(status, f"Location: {location}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(server: FaultServer, connect: OPEN, status: int) -> None:
    url = server.script("/old", to("/ok", status))
    answer = connect().fetch(Request(url, params={"page": 2}))
    assert answer.body == OK
    assert answer.url == server.url("ok")
    assert [ask.target for ask in server.seen] == ["/old?page=2", "/ok"]


def test_credentials_stay_with_their_origin(server: FaultServer, connect: OPEN) -> None:
    url = server.script("/old", to("/ok?page=2"))
    client = connect(auth=ApiKey(name="key", value=Secret(CANARY), place="query"), headers={"X-Tenant": "t"})
    answer = client.fetch(Request(url))
    assert [ask.target for ask in server.seen] == [f"/old?key={CANARY}", f"/ok?page=2&key={CANARY}"]
    assert all(ask.header("x-tenant") == "t" for ask in server.seen)
    assert answer.url == server.url("ok?page=2")


@pytest.mark.parametrize(
    "auth",
    [
        Basic(username="anna", password=Secret(CANARY)),
        Bearer(token=Secret(CANARY)),
        ApiKey(value=Secret(CANARY)),
        ApiKey(name="key", value=Secret(CANARY), place="query"),
        Cookie(cookies={"session": Secret(CANARY)}),
    ],
    ids=lambda auth: auth.type,
)
def test_another_origin_sees_nothing(server: FaultServer, other: FaultServer, connect: OPEN, auth: object) -> None:
    """Not the auth, no header but the harmless ones, and no value that the first origin copied into the address."""
    url = server.script("/old", to(other.url("ok", api_key=CANARY, copied=CANARY, kept="yes")))
    client = connect(auth=auth, headers={"X-Custom": CANARY, "Cookie": f"a={CANARY}", "Accept-Language": "de"})
    answer = client.fetch(Request(url, params={"token": CANARY}, headers={"X-More": CANARY}))
    assert answer.body == OK
    (ask,) = other.seen
    assert CANARY not in ask.raw()
    assert "anna" not in ask.raw()
    assert ask.target == "/ok?kept=yes"
    assert {name for name, _ in ask.headers} == {"user-agent", "accept", "accept-encoding", "accept-language", "host"}
    assert CANARY in server.seen[0].raw()


def test_a_signed_address_of_a_store_is_followed(server: FaultServer, other: FaultServer, connect: OPEN) -> None:
    """What the source itself signs for another host is not ours to take away."""
    url = server.script("/file", to(other.url("ok", signature="abc123def456", token="theirs-not-ours")))
    connect(auth=Bearer(token=Secret(CANARY))).fetch(Request(url))
    assert other.seen[0].target == "/ok?signature=abc123def456&token=theirs-not-ours"


def test_credentials_hidden_in_a_foreign_path_are_not_carried_there(
    server: FaultServer, other: FaultServer, connect: OPEN
) -> None:
    url = server.script("/old", to(other.url(f"take/{CANARY}")))
    with pytest.raises(PageFailed, match="with our credentials in the address") as caught:
        connect(auth=Bearer(token=Secret(CANARY))).fetch(Request(url))
    assert CANARY not in str(caught.value)
    assert other.seen == []


def test_credentials_come_back_when_the_way_leads_home(server: FaultServer, other: FaultServer, connect: OPEN) -> None:
    url = server.script("/old", to(other.script("/middle", to(server.url("ok")))))
    connect(auth=Bearer(token=Secret(CANARY))).fetch(Request(url))
    assert other.seen[0].header("authorization") is None
    assert server.seen[-1].header("authorization") == f"Bearer {CANARY}"


@pytest.mark.parametrize("status", [301, 302])
def test_a_post_is_not_turned_into_a_get(server: FaultServer, connect: OPEN, status: int) -> None:
    url = server.script("/old", to("/ok", status))
    with pytest.raises(PageFailed, match="was redirected a POST to http") as caught:
        connect().fetch(Request(url, "POST", json={"q": 1}))
    assert "would lose its body" in caught.value.hint
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_is_repeated_at_the_same_origin(server: FaultServer, connect: OPEN, status: int) -> None:
    url = server.script("/old", to("/ok", status))
    connect().fetch(Request(url, "POST", json={"q": 1}))
    assert [(ask.method, ask.body) for ask in server.seen] == [("POST", b'{"q":1}')] * 2


def test_a_303_after_a_post_is_a_get(server: FaultServer, connect: OPEN) -> None:
    url = server.script("/old", to("/ok", 303))
    assert connect().fetch(Request(url, "POST", json={"q": 1})).body == OK
    assert [(ask.method, ask.body) for ask in server.seen] == [("POST", b'{"q":1}'), ("GET", b"")]


@pytest.mark.parametrize("request_", [Request("", "POST", json={"q": 1}), Request("", "GET", json={"q": 1})])
def test_a_body_never_goes_to_another_host(
    server: FaultServer, other: FaultServer, connect: OPEN, request_: Request
) -> None:
    url = server.script("/old", to(other.url("ok"), 307))
    with pytest.raises(PageFailed, match="to another host"):
        connect().fetch(Request(url, request_.method, json=request_.json))
    assert other.seen == []


def test_circles_are_told(server: FaultServer, connect: OPEN) -> None:
    server.script("/b", to("/c"))
    server.script("/c", to("/a"))
    url = server.script("/a", to("/b"))
    with pytest.raises(PageFailed, match=r"in a circle, back to http.*/a"):
        connect().fetch(Request(url))
    assert len(server.seen) == 3
    itself = server.script("/self", to("/self"))
    with pytest.raises(PageFailed, match="in a circle"):
        connect().fetch(Request(itself))


def test_ten_redirects_are_enough(server: FaultServer, connect: OPEN) -> None:
    for i in range(11):
        server.script(f"/{i}", to(f"/{i + 1}" if i < 10 else "/ok"))
    assert connect().fetch(Request(server.url("/1"))).body == OK
    with pytest.raises(PageFailed, match="more than 10 times"):
        connect().fetch(Request(server.url("/0")))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(302), "without an address"),
        (reply(302, "Location: \xe4\xf6"), "without an address"),
        (reply(302, "Location: file:///etc/passwd"), "only http and https are fetched, not file"),
        (reply(302, "Location: http://"), "cannot be followed"),
        (reply(304), "304 Not Modified"),
        (reply(300), "300 Multiple Choices"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_an_error(
    server: FaultServer, connect: OPEN, answer: bytes, words: str
) -> None:
    with pytest.raises(PageFailed, match=words):
        connect().fetch(Request(server.script("/old", answer)))


class Table(httpx.BaseTransport):
    """Answers by address, for hosts that no test can have; keeps what it was asked."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        target = self.answers.get(str(request.url))
        return httpx.Response(302, headers={"Location": target}) if target else httpx.Response(200, content=b"{}")


def test_https_never_becomes_http(connect: OPEN) -> None:
    table = Table(**{"https://x.example/a": "http://x.example/b"})
    with pytest.raises(PageFailed, match=r"from https to plain http://x\.example/b"):
        connect(transport=table).fetch(Request("https://x.example/a"))
    assert len(table.asked) == 1


def test_http_becoming_https_of_the_same_host_keeps_the_credentials(connect: OPEN) -> None:
    table = Table(**{"http://x.example/a": "https://x.example/a", "http://x.example/b": "https://y.example/b"})
    client = connect(transport=table, auth=Bearer(token=Secret(CANARY)))
    client.fetch(Request("http://x.example/a"))
    assert table.asked[1].headers["authorization"] == f"Bearer {CANARY}"
    client.fetch(Request("http://x.example/b"))
    assert "authorization" not in table.asked[3].headers


@pytest.mark.parametrize(
    "inside", ["http://127.0.0.1/", "http://localhost:8080/", "http://169.254.169.254/latest", "http://[::1]/"]
)
def test_a_source_out_there_may_not_point_inside(connect: OPEN, inside: str) -> None:
    table = Table(**{"http://x.example/a": inside})
    with pytest.raises(PageFailed, match="into a private network") as caught:
        connect(transport=table).fetch(Request("http://x.example/a"))
    assert "source.allow_hosts" in caught.value.hint
    assert len(table.asked) == 1
    host = httpx.URL(inside).host
    allowed = connect(transport=table, allow_hosts=[f"[{host}]" if ":" in host else host])
    assert allowed.fetch(Request("http://x.example/a")).body == b"{}"


def test_a_page_on_another_host_needs_leave(server: FaultServer, other: FaultServer, connect: OPEN) -> None:
    client = connect(auth=Bearer(token=Secret(CANARY)))
    client.fetch(Request(server.url("ok")))
    with pytest.raises(PagingError, match="uses another scheme or port") as caught:
        client.fetch(Request(other.url("ok"), page=2))
    with pytest.raises(PagingError, match="is on another host"):
        client.fetch(Request("http://shop.example/", page=2))
    assert "name 127.0.0.1 in source.allow_hosts" in caught.value.hint
    assert other.seen == []


@pytest.mark.parametrize("name", ["Shop.Example", "bücher.example", "shop.example:80", "[::2]"])
def test_allowed_hosts_may_be_written_in_any_way(connect: OPEN, name: str) -> None:
    client = connect(transport=Table(), allow_hosts=[name])
    client.fetch(Request("http://x.example/"))
    assert client.fetch(Request(f"http://{name}/")).status == 200
    with pytest.raises(PagingError):
        client.fetch(Request("http://other.example/"))


def test_a_port_that_is_named_is_the_only_one(connect: OPEN) -> None:
    client = connect(transport=Table(), allow_hosts=["shop.example:8080"])
    client.fetch(Request("http://x.example/"))
    assert client.fetch(Request("http://shop.example:8080/")).status == 200
    with pytest.raises(PagingError):
        client.fetch(Request("http://shop.example/"))


def test_the_source_s_own_origin_can_be_said_beforehand(server: FaultServer, other: FaultServer, connect: OPEN) -> None:
    client = connect(auth=Bearer(token=Secret(CANARY)), allow_hosts=["127.0.0.1"])
    client.settle(Request(server.url("ok")))
    client.fetch(Request(other.url("ok")))
    client.fetch(Request(server.url("ok")))
    assert other.seen[0].header("authorization") is None
    assert server.seen[0].header("authorization") == f"Bearer {CANARY}"


def test_an_allowed_host_gets_the_page_s_request_without_what_is_private(
    server: FaultServer, other: FaultServer, connect: OPEN
) -> None:
    client = connect(
        auth=Bearer(token=Secret(CANARY)), headers={"X-Key": CANARY}, allow_hosts=[f"127.0.0.1:{other.port}"]
    )
    client.fetch(Request(server.url("ok")))
    client.fetch(Request(other.url("ok", x=1), params={"page": 2, "access_token": CANARY}, headers={"X-More": CANARY}))
    (ask,) = other.seen
    assert ask.target == "/ok?x=1&page=2"
    assert CANARY not in ask.raw()
    with pytest.raises(PageFailed, match="a body is not sent there"):
        client.fetch(Request(other.url("ok"), "POST", json={}))


def test_it_is_told_once_that_the_source_moved(server: FaultServer, other: FaultServer, connect: OPEN) -> None:
    said: list[str] = []
    url = server.script("/old", to(other.url("ok")))
    client = connect(say=lambda event: said.append(event.text))
    for _ in range(3):
        client.fetch(Request(url))
    assert said == [f"The source sent us on to {other.origin}."]

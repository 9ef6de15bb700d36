"""Each kind of `auth`: what it sends, that secrets are looked up once, and OAuth 2 tokens that are renewed in time."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from faults import FaultServer, Wire, reply
from pydantic import TypeAdapter, ValidationError

from fetchtozip_gui.core.errors import PageFailed, RecipeError
from fetchtozip_gui.core.http.auth import ApiKey, Auth, Basic, Bearer, Cookie, NoAuth, OAuth2
from fetchtozip_gui.core.http.client import Client, Request
from fetchtozip_gui.core.secrets import Secret
from fetchtozip_gui.core.work import Tools

OPEN = Callable[..., Client]
AUTH: TypeAdapter[Any] = TypeAdapter(Auth)


def test_the_recipe_s_words_are_read_and_written() -> None:
    documents = [
        {"type": "none"},
        {"type": "basic", "username": "anna", "password": "keyring:shop"},
        {"type": "bearer", "token": "env:SHOP"},
        {"type": "api_key", "name": "key", "value": "keyring:shop", "in": "query"},
        {"type": "cookie", "cookies": {"session": "keyring:shop"}},
        {
            "type": "oauth2",
            "token_url": "https://x.example/t",
            "client_id": "a",
            "client_secret": "env:S",
            "scope": "r",
        },
    ]
    for document in documents:
        assert AUTH.dump_python(AUTH.validate_python(document), mode="json", exclude_unset=True) == document


@pytest.mark.parametrize(
    "document",
    [
        {"type": "magic"},
        {"type": "basic", "username": "anna"},
        {"type": "api_key", "name": "", "value": "x"},
        {"type": "api_key", "name": "a\r\nb", "value": "x"},
        {"type": "api_key", "name": "a", "value": "x", "in": "body"},
        {"type": "cookie", "cookies": {}},
        {"type": "oauth2", "token_url": "ftp://x", "client_id": "a", "client_secret": "b"},
        {"type": "bearer", "token": "x", "extra": 1},
    ],
)
def test_wrong_words_are_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AUTH.validate_python(document)


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (Basic(username="änna", password=Secret("p:ss")), "authorization", "Basic w6RubmE6cDpzcw=="),
        (Bearer(token=Secret("t0ken")), "authorization", "Bearer t0ken"),
        (ApiKey(value=Secret("k")), "x-api-key", "k"),
        (ApiKey(name="Api-Token", value=Secret("k")), "api-token", "k"),
        (Cookie(cookies={"a": Secret("1"), "b": Secret("2")}), "cookie", "a=1; b=2"),
    ],
    ids=lambda value: getattr(value, "type", None),
)
def test_what_is_sent(server: FaultServer, connect: OPEN, auth: Any, header: str, value: str) -> None:
    connect(auth=auth).fetch(Request(server.url("ok"), headers={header: "overruled by auth"}))
    assert server.seen[0].header(header) == value


def test_a_key_in_the_query(server: FaultServer, connect: OPEN) -> None:
    client = connect(auth=ApiKey(name="api.key", value=Secret("a&b"), place="query"))
    answer = client.fetch(Request(server.url("ok", x=1), params={"page": 2}))
    assert server.seen[0].target == "/ok?x=1&page=2&api.key=a%26b"
    assert answer.url == server.url("ok?x=1&page=2")


def test_nothing_is_sent_without_auth(server: FaultServer, connect: OPEN) -> None:
    connect(auth=NoAuth()).fetch(Request(server.url("ok")))
    assert [name for name, _ in server.seen[0].headers] == ["user-agent", "accept", "accept-encoding", "host"]


def test_a_name_in_the_address_is_basic_auth_of_that_origin(
    server: FaultServer, other: FaultServer, connect: OPEN
) -> None:
    url = server.script("/a", reply(302, f"Location: {other.url('ok')}"))
    client = connect()
    client.fetch(Request(url.replace("http://", "http://anna:p%40ss@")))
    assert server.seen[0].header("authorization") == "Basic " + base64.b64encode(b"anna:p@ss").decode()
    assert other.seen[0].header("authorization") is None


def test_secrets_are_looked_up_once(server: FaultServer, connect: OPEN, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def keyring(name: str) -> str:
        asked.append(name)
        return f"{name}-value\n"  # as a careless copy leaves it

    monkeypatch.setenv("SHOP_KEY", "from-env")
    client = connect(
        tools=Tools(keyring=keyring), auth=Bearer(token=Secret("keyring:shop")), headers={"X-K": "env:SHOP_KEY"}
    )
    for page in range(3):
        client.fetch(Request(server.url("ok"), params={"p": "keyring:more", "tag": "env:prod"}, page=page + 1))
    assert asked == ["shop", "more"]
    ask = server.seen[-1]
    assert ask.header("authorization") == "Bearer shop-value"
    assert ask.header("x-k") == "from-env"
    assert ask.target == "/ok?p=more-value&tag=env:prod"  # env: in small letters is some service's filter


@pytest.mark.parametrize("token", ["keyring:none", "env:NOT_SET_AT_ALL", "two\nlines", "nul\0"])
def test_a_secret_that_cannot_be_had_or_sent_is_a_wrong_recipe(connect: OPEN, token: str) -> None:
    with pytest.raises(RecipeError) as caught:
        connect(auth=Bearer(token=Secret(token)))
    assert "two" not in str(caught.value)


# --- OAuth 2


def issued(token: str, **more: Any) -> bytes:
    body = json.dumps({"access_token": token, "token_type": "Bearer", **more}).encode()
    return reply(200, body=body).replace(b"HTTP/1.1 200 Status", b"HTTP/1.1 200 OK")


def oauth(server: FaultServer, **more: str) -> OAuth2:
    return OAuth2(token_url=server.url("token"), client_id="shop", client_secret=Secret("s3cret-canary"), **more)


def test_a_token_is_fetched_once_and_sent(server: FaultServer, connect: OPEN) -> None:
    server.script("/token", issued("t1", expires_in=3600))
    client = connect(auth=oauth(server, scope="read"), concurrency=4)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: client.fetch(Request(server.url("ok"), page=i)), range(1, 9)))
    tokens = [ask for ask in server.seen if ask.path == "/token"]
    assert len(tokens) == 1
    assert (tokens[0].method, tokens[0].body) == ("POST", b"grant_type=client_credentials&scope=read")
    assert tokens[0].header("authorization") == "Basic " + base64.b64encode(b"shop:s3cret-canary").decode()
    assert {ask.header("authorization") for ask in server.seen if ask.path == "/ok"} == {"Bearer t1"}


def test_a_token_is_renewed_before_it_expires(server: FaultServer, connect: OPEN) -> None:
    server.script("/token", issued("t1", expires_in=0.1), issued("t2", expires_in="3600"))
    client = connect(auth=oauth(server))
    client.fetch(Request(server.url("ok")))
    server.closing.wait(0.1)
    for _ in range(3):
        client.fetch(Request(server.url("ok")))
    sent = [ask.header("authorization") for ask in server.seen if ask.path == "/ok"]
    assert sent == ["Bearer t1", "Bearer t2", "Bearer t2", "Bearer t2"]


def test_a_refused_token_is_renewed_once(server: FaultServer, connect: OPEN) -> None:
    server.script("/token", issued("t1"), issued("t2"))
    url = server.script("/page", lambda wire: guarded(wire, "Bearer t2"))
    client = connect(auth=oauth(server))
    assert client.fetch(Request(url)).attempts == 1
    assert [ask.header("authorization") for ask in server.seen if ask.path == "/page"] == ["Bearer t1", "Bearer t2"]
    refusing = server.script("/no", reply(401))
    with pytest.raises(PageFailed, match="401 Unauthorized"):
        client.fetch(Request(refusing))
    assert len([ask for ask in server.seen if ask.path == "/no"]) == 2


def guarded(wire: Wire, expected: str) -> None:
    wire.answer(b"{}", status="200 OK" if wire.ask.header("authorization") == expected else "401 No")


def test_many_threads_with_a_refused_token_renew_it_once(server: FaultServer, connect: OPEN) -> None:
    server.script("/token", issued("t1"), issued("t2"), issued("t3"))
    url = server.script("/page", lambda wire: guarded(wire, "Bearer t2"))
    client = connect(auth=oauth(server), concurrency=6)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda i: client.fetch(Request(url, page=i)), range(1, 13)))
    assert len([ask for ask in server.seen if ask.path == "/token"]) == 2


def test_a_server_that_wants_the_secret_in_the_form_gets_it_there(server: FaultServer, connect: OPEN) -> None:
    refusal = b'{"error": "invalid_client"}'
    server.script("/token", reply(401, body=refusal), issued("t1"))
    connect(auth=oauth(server)).fetch(Request(server.url("ok")))
    first, second = (ask for ask in server.seen if ask.path == "/token")
    assert first.header("authorization") is not None
    assert second.header("authorization") is None
    assert b"client_secret=s3cret-canary" in second.body


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            reply(401, body=b'{"error": "invalid_client", "error_description": "no s3cret-canary here"}'),
            "it says invalid_client: no \\*\\*\\* here",
        ),
        (reply(400, body=b"<html>").replace(b"application/json", b"text/html"), "it answered 400 and no JSON object"),
        (reply(200, body=b"not json"), "it answered 200 and no JSON object"),
        (reply(200, body=b"[]"), "it answered 200 and no JSON object"),
        (reply(200, body=b"{}"), "it sent no bearer token"),
        (reply(200, body=b'{"access_token": 5}'), "it sent no bearer token"),
        (reply(200, body=b'{"access_token": "x", "token_type": "mac"}'), "it sent no bearer token"),
        (reply(404), "404 Not Found"),
        (reply(302, "Location: /elsewhere"), "redirected a POST"),
    ],
)
def test_no_token_is_an_error_in_words(server: FaultServer, connect: OPEN, answer: bytes, words: str) -> None:
    server.script("/token", answer)
    with pytest.raises(PageFailed, match=words) as caught:
        connect(auth=oauth(server)).fetch(Request(server.url("ok")))
    assert "canary" not in str(caught.value)
    assert not [ask for ask in server.seen if ask.path == "/ok"]


def test_a_token_s_address_that_is_busy_is_asked_again(server: FaultServer, connect: OPEN) -> None:
    server.script("/token", reply(503), issued("t1"))
    connect(auth=oauth(server)).fetch(Request(server.url("ok")))
    assert server.seen[-1].header("authorization") == "Bearer t1"


def test_a_token_never_goes_to_another_origin(server: FaultServer, other: FaultServer, connect: OPEN) -> None:
    server.script("/token", issued("t1-canary"))
    url = server.script("/page", reply(302, f"Location: {other.url('ok')}"))
    connect(auth=oauth(server)).fetch(Request(url))
    assert "canary" not in other.seen[0].raw()

"""Planted secrets are looked for in everything the client says: errors, events, logs of all libraries, tracebacks."""

from __future__ import annotations

import base64
import logging
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from faults import FAULTS, FaultServer, Wire, reply

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.core.http.auth import ApiKey, Basic, Bearer, Cookie, OAuth2
from fetchtozip_gui.core.http.client import Client, Request
from fetchtozip_gui.core.secrets import Secret

OPEN = Callable[..., Client]
CANARY = "c4n4ry/+ value"
SPELLINGS = (CANARY, quote(CANARY), quote(CANARY, safe=""), base64.b64encode(CANARY.encode()).decode()[:-4])


def echo(status: int) -> Callable[[Wire], None]:
    """A source that repeats in its error what it was asked with."""

    def act(wire: Wire) -> None:
        usual = {"user-agent", "accept", "accept-encoding", "host", "content-type", "content-length"}
        private = [value for name, value in wire.ask.headers if name not in usual]
        words = f"{private} {wire.ask.body.decode()} {wire.ask.target}"
        wire.answer(words.encode(), status=f"{status} Bad", kind="text/plain")

    return act


AUTHS: dict[str, Any] = {
    "basic": Basic(username="anna", password=Secret(CANARY)),
    "bearer": Bearer(token=Secret(CANARY)),
    "header": ApiKey(name="X-Odd", value=Secret(CANARY)),
    "query": ApiKey(name="odd", value=Secret(CANARY), place="query"),
    "cookie": Cookie(cookies={"odd": Secret(CANARY)}),
}
TROUBLES = {
    name: FAULTS[name].act for name in ("closed", "reset_in_body", "no_http", "gzip_junk", "header_huge", "stall_50")
}
TROUBLES |= {str(status): echo(status) for status in (400, 401, 403, 404, 429, 500, 503)}
TROUBLES["circle"] = lambda wire: wire.send(reply(302, f"Location: {wire.ask.target}"))
TROUBLES["nowhere"] = lambda wire: wire.send(reply(302, f"Location: ftp://x.example{wire.ask.target}"))


def told(client: Client, request: Request, caplog: pytest.LogCaptureFixture, said: list[str]) -> str:
    """Everything that can be read after a fetch that fails."""
    with caplog.at_level(0), pytest.raises(FetchToZipError) as caught:
        client.fetch(request)
    error = caught.value
    trace = "".join(traceback.format_exception(error))
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    parts = [str(error), repr(error), repr(vars(error)), trace, caplog.text, *said, *map(str, chain), *map(repr, chain)]
    return "\n".join(parts)


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("kind", AUTHS)
def test_auth_is_never_told(
    server: FaultServer, connect: OPEN, caplog: pytest.LogCaptureFixture, kind: str, trouble: str
) -> None:
    said: list[str] = []
    client = connect(auth=AUTHS[kind], timeout=0.2, say=lambda event: said.append(event.text))
    text = told(client, Request(server.script("/page", TROUBLES[trouble])), caplog, said)
    assert any(spelling in server.seen[0].raw() for spelling in SPELLINGS) or kind == "basic"
    assert not [spelling for spelling in SPELLINGS if spelling in text]


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("place", ["url", "param", "header", "client header", "json", "reference"])
def test_secrets_elsewhere_are_never_told(
    server: FaultServer,
    connect: OPEN,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
    place: str,
) -> None:
    monkeypatch.setenv("CANARY", CANARY)
    said: list[str] = []
    headers = {"X-Auth-Token": CANARY} if place == "client header" else {}
    client = connect(headers=headers, timeout=0.2, retry_post=True, say=lambda event: said.append(event.text))
    json = {"login": [{"password": CANARY}]} if place == "json" else None
    request = Request(
        server.script("/page", TROUBLES[trouble]) + (f"?access_token={quote(CANARY)}" if place == "url" else ""),
        "POST" if json else "GET",
        params={"param": {"api_key": CANARY}, "reference": {"innocent": "env:CANARY"}}.get(place, {}),
        headers={"header": {"Authorization": f"Bearer {CANARY}"}, "reference": {"X-Odd": "env:CANARY"}}.get(place, {}),
        json=json,
    )
    text = told(client, request, caplog, said)
    assert any(spelling in server.seen[0].raw() for spelling in SPELLINGS)
    assert not [spelling for spelling in SPELLINGS if spelling in text]


@pytest.mark.parametrize("host", ["127.0.0.1:9", "unknown.invalid"])
def test_an_address_out_of_reach_is_told_without_its_secrets(
    connect: OPEN, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    client = connect(auth=ApiKey(name="key", value=Secret(CANARY), place="query"))
    text = told(client, Request(f"http://anna:{quote(CANARY, safe='')}@{host}/x?token={quote(CANARY)}"), caplog, [])
    assert "cannot be reached" in text
    assert not [spelling for spelling in SPELLINGS if spelling in text]


def test_oauth_is_never_told(server: FaultServer, connect: OPEN, caplog: pytest.LogCaptureFixture) -> None:
    for trouble in ("closed", "400", "401", "404", "500", "no_http"):
        url = server.script("/token", TROUBLES[trouble]) + f"?token={quote(CANARY)}"
        client = connect(auth=OAuth2(token_url=url, client_id="shop", client_secret=Secret(CANARY)))
        text = told(client, Request(server.url("ok")), caplog, [])
        assert not [spelling for spelling in SPELLINGS if spelling in text], trouble


def test_a_token_that_was_issued_is_never_told(
    server: FaultServer, connect: OPEN, caplog: pytest.LogCaptureFixture
) -> None:
    server.script("/token", reply(200, body=b'{"access_token": "c4n4ry-token"}'))
    client = connect(auth=OAuth2(token_url=server.url("token"), client_id="shop", client_secret=Secret(CANARY)))
    text = told(client, Request(server.script("/page", echo(403))), caplog, [])
    assert "c4n4ry-token" in server.seen[-1].raw()
    assert "c4n4ry-token" not in text


class Loud(httpx.BaseTransport):
    """Tells everything in its errors, as some transports do."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no way to {request.url} with {request.headers}")


def test_a_talkative_transport_is_covered(connect: OPEN, caplog: pytest.LogCaptureFixture) -> None:
    client = connect(transport=Loud(), auth=AUTHS["query"], headers={"X-Api-Token": CANARY})
    with pytest.raises(FetchToZipError) as caught:
        client.fetch(Request("http://x.example/"))
    assert not [spelling for spelling in SPELLINGS if spelling in str(caught.value)]


def test_a_fetch_that_succeeds_logs_no_address(
    server: FaultServer, connect: OPEN, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = connect(auth=AUTHS["query"]).fetch(Request(server.url("ok", token="s3cret")))
        connect().close()
    assert "s3cret" not in caplog.text
    assert CANARY not in answer.url
    assert quote(CANARY) not in answer.url

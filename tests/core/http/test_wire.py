"""The transport: certificates, proxies, and what it says when the network fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from faults import BODIES, FAULTS, FaultServer, RawServer, Wire

from fetchtozip_gui.core.errors import BadBody, PageFailed, RecipeError
from fetchtozip_gui.core.http import wire as wires
from fetchtozip_gui.core.http.auth import Bearer
from fetchtozip_gui.core.http.client import Client, Request
from fetchtozip_gui.core.secrets import Secret

OPEN = Callable[..., Client]
OK = BODIES["json"][1]


def test_a_certificate_nobody_vouches_for_is_refused_at_once(secure: FaultServer, connect: OPEN) -> None:
    with pytest.raises(PageFailed, match="cannot be reached: invalid peer certificate") as caught:
        connect(retries=5).fetch(Request(secure.url("ok")))
    assert "source.verify_tls" in caught.value.hint
    assert "attempts" not in caught.value.message
    assert secure.seen == []


def test_certificates_can_be_taken_on_trust_which_is_said(secure: FaultServer, connect: OPEN) -> None:
    said: list[str] = []
    client = connect(verify_tls=False, say=lambda event: said.append(event.text))
    assert [client.fetch(Request(secure.url("ok"))).body for _ in range(3)] == [OK] * 3
    assert said == ["Certificates are not checked (source.verify_tls is false)."]
    assert secure.connections == 1


def test_a_body_cut_under_tls_without_a_farewell_is_an_error(secure: FaultServer, connect: OPEN) -> None:
    """Even where no length was told: under TLS the end itself is signed."""
    client = connect(verify_tls=False)
    for name in ("cut_50", "chunk_cut", "no_length_cut"):
        with pytest.raises((BadBody, PageFailed)):
            client.fetch(Request(secure.url(name)))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep their certificates elsewhere")
def test_the_system_s_certificates_count(
    secure: FaultServer, connect: OPEN, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    assert connect().fetch(Request(secure.url("ok"))).body == OK


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have certificates")
def test_a_system_without_certificates_uses_those_of_the_package(
    secure: FaultServer, connect: OPEN, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    with pytest.raises(PageFailed, match="UnknownIssuer"):
        connect().fetch(Request(secure.url("ok")))


def test_nobody_there_and_no_such_name_are_told_apart(connect: OPEN) -> None:
    with pytest.raises(PageFailed, match="refused") as refused:
        connect().fetch(Request("http://127.0.0.1:9/x", page=2))
    assert "Nothing listens at 127.0.0.1:9" in refused.value.hint
    assert (refused.value.page, refused.value.status) == (2, 0)
    with pytest.raises(PageFailed, match="cannot be reached") as unknown:
        connect().fetch(Request("http://unknown.invalid/x"))
    assert "spelling of unknown.invalid" in unknown.value.hint


# --- proxies


@pytest.fixture
def proxy() -> Iterator[RawServer]:
    """Answers every address itself, as a proxy for plain http does for the client."""

    class Proxy(RawServer):
        def __init__(self) -> None:
            super().__init__({})

    with Proxy() as running:
        running.script("/orders", lambda wire: wire.answer(wire.ask.target.encode()))
        yield running


def test_a_proxy_is_asked_with_the_whole_address(proxy: RawServer, connect: OPEN) -> None:
    client = connect(proxy=f"http://anna:s3cret@127.0.0.1:{proxy.port}", auth=Bearer(token=Secret("t")))
    answer = client.fetch(Request("http://shop.example/orders?x=1"))
    assert answer.body == b"http://shop.example/orders?x=1"
    assert proxy.seen[0].header("proxy-authorization") == "Basic YW5uYTpzM2NyZXQ="
    assert proxy.seen[0].header("authorization") == "Bearer t"


def test_loopback_needs_no_proxy(proxy: RawServer, server: FaultServer, connect: OPEN) -> None:
    assert connect(proxy=f"http://127.0.0.1:{proxy.port}").fetch(Request(server.url("ok"))).body == OK
    assert proxy.seen == []


def test_the_system_s_proxy_is_used_unless_it_is_switched_off(
    proxy: RawServer, connect: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    assert connect(proxy=None).fetch(Request("http://shop.example/orders")).status == 200
    monkeypatch.setenv("no_proxy", "invalid")
    with pytest.raises(PageFailed, match="cannot be reached"):
        connect(proxy=None).fetch(Request("http://shop.invalid/orders"))
    with pytest.raises(PageFailed, match="cannot be reached"):
        connect(proxy="").fetch(Request("http://shop.invalid/orders"))
    assert len(proxy.seen) == 1


@pytest.mark.parametrize("address", ["nonsense", "http://", "://x"])
def test_a_proxy_that_is_none_is_a_wrong_recipe(connect: OPEN, address: str) -> None:
    with pytest.raises(RecipeError, match=r"source\.proxy"):
        connect(proxy=address).fetch(Request("http://shop.example/"))


def test_a_proxy_s_password_is_not_told(connect: OPEN) -> None:
    client = connect(proxy="http://anna:s3cret-canary@127.0.0.1:9")
    with pytest.raises(PageFailed) as caught:
        client.fetch(Request("http://shop.example/"))
    assert "canary" not in str(caught.value)


# --- as an httpx transport


def test_it_serves_httpx_itself(server: FaultServer) -> None:
    with httpx.Client(transport=wires.Wire(connections=2, proxy="")) as client:
        assert client.get(server.url("ok")).json()[0]["code"] == "00000"
        assert client.post(server.url("ok"), content=b"abc", headers={"X-A": "1"}).status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            client.get(server.url("stall"), timeout=0.2)
        with pytest.raises(httpx.ReadError):
            client.get(server.url("reset_in_body"))
    assert (server.seen[1].body, server.seen[1].header("x-a")) == (b"abc", "1")


def test_nothing_is_followed_decoded_or_remembered(server: FaultServer) -> None:
    """What httpx and reqwest like to do by themselves is ours to do."""
    server.script("/set", b"HTTP/1.1 302 Found\r\nSet-Cookie: a=1\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n")
    wire = wires.Wire(connections=1, proxy="")
    response = wire.send("GET", server.url("set"), [], None, 5)
    assert response.status_code == 302
    response.close()
    packed = wire.send("GET", server.url("gzip"), [], None, 5)
    assert b"".join(packed.stream)[:2] == b"\x1f\x8b"  # type: ignore[arg-type]
    packed.close()
    wire.close()
    assert [name for name, _ in server.seen[1].headers if name in ("cookie", "referer", "accept-encoding")] == []


def test_chunks_are_read_to_their_end_whatever_a_length_says(server: FaultServer, connect: OPEN) -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    url = server.script("/both", head + b"4\r\n[1,2\r\n3\r\n,3]\r\n0\r\n\r\n")
    assert connect().fetch(Request(url)).body == b"[1,2,3]"


def test_a_connection_is_used_again_after_a_body_of_known_length(server: FaultServer, connect: OPEN) -> None:
    client = connect(concurrency=1)
    assert [client.fetch(Request(server.url("ok"))).body for _ in range(5)] == [OK] * 5
    assert server.connections == 1


def test_a_stale_connection_is_not_an_attempt_s_end(server: FaultServer, connect: OPEN) -> None:
    """The server closes between two requests: the second one succeeds, whoever notices first."""

    def leave(wire: Wire) -> None:
        FAULTS["closed_after"].act(wire)

    url = server.script("/page", leave)
    client = connect()
    for _ in range(50):
        assert client.fetch(Request(url)).body == OK

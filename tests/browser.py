"""A real headless Chromium, driven over its DevTools protocol: what pages show, and what they ask of the network."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
WHY_NOT = "needs an installed Chromium; on Debian as root: apt-get install -y --no-install-recommends chromium"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
)
_SECONDS = 60


def found() -> str | None:
    """The installed browser, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """One tab; its commands wait for their answers, and the events that come meanwhile are kept."""

    def __init__(self, wire: ClientConnection) -> None:
        self._wire = wire
        self._number = 0
        self._played: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        self._wire.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while (message := self._next()).get("id") != self._number:
            self.events.append(message)
        if "error" in message:
            raise AssertionError(f"{method}: {message['error']}")
        return message["result"]

    def open(self, url: str) -> None:
        """Go there, and wait until everything that the page itself names has come or failed."""
        self.command("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())
        self.events = [event for event in self.events if event.get("method") != "Page.loadEventFired"]

    def play(self, url: str, html: str) -> None:
        """Have the browser take `html` for what the server of `url` answers; nothing is asked there."""
        self._played[url] = html
        self.command("Fetch.enable", patterns=[{"urlPattern": url}])

    def evaluate(self, script: str) -> Any:
        """What an expression gives in the page; a promise is waited for."""
        answer = self.command("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until an expression is true in the page, which looks again whenever it has changed."""
        self.evaluate(
            f"""new Promise((yes, no) => {{
                const look = () => {{ if ({condition}) {{ seen.disconnect(); yes(true) }} }};
                const seen = new MutationObserver(look);
                seen.observe(document, {{subtree: true, childList: true, characterData: true, attributes: true}});
                setTimeout(() => no(new Error(document.documentElement.innerText.slice(0, 500))), 30000);
                look();
            }})"""
        )

    def asked(self) -> dict[str, str | None]:
        """Every address a request was sent to, with the reason why the browser itself stopped it, if it did."""
        sent = {told["requestId"]: told["request"]["url"] for told in self._told("Network.requestWillBeSent")}
        stopped = {told["requestId"]: told.get("blockedReason") for told in self._told("Network.loadingFailed")}
        asked = {url: stopped.get(request) for request, url in sent.items()}
        asked |= {told["url"]: None for told in self._told("Network.webSocketCreated")}
        return {url: why for url, why in asked.items() if urlsplit(url).scheme not in ("data", "blob")}

    def _told(self, method: str) -> list[dict[str, Any]]:
        return [event["params"] for event in self.events if event.get("method") == method]

    def _next(self) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = json.loads(self._wire.recv(timeout=_SECONDS))
            if message.get("method") != "Fetch.requestPaused":
                return message
            # at once: the command that led here is answered only after this
            told = message["params"]
            body = base64.b64encode(self._played[told["request"]["url"]].encode()).decode()
            kind = [{"name": "Content-Type", "value": "text/html"}]
            answer = {"requestId": told["requestId"], "responseCode": 200, "responseHeaders": kind, "body": body}
            self._wire.send(json.dumps({"id": 0, "method": "Fetch.fulfillRequest", "params": answer}))


@contextmanager
def browser(program: str, profile: Path, *flags: str) -> Iterator[str]:
    """A running browser with a profile of its own; gives the address of its DevTools."""
    command = [program, *_FLAGS, f"--user-data-dir={profile}", *flags, "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        told = profile / "DevToolsActivePort"
        until = time.monotonic() + _SECONDS
        while not (told.is_file() and told.read_text().count("\n")):
            assert process.poll() is None, "the browser has ended"
            assert time.monotonic() < until, "the browser does not start"
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        yield f"http://127.0.0.1:{told.read_text().split()[0]}"
    finally:
        process.terminate()
        process.wait(_SECONDS)


@contextmanager
def page(devtools: str) -> Iterator[Page]:
    """A new tab."""
    target = httpx.put(f"{devtools}/json/new?about:blank", timeout=_SECONDS).json()
    try:
        with connect(target["webSocketDebuggerUrl"], max_size=None, proxy=None, ping_interval=None) as wire:
            yield Page(wire)
    finally:
        httpx.get(f"{devtools}/json/close/{target['id']}", timeout=_SECONDS)

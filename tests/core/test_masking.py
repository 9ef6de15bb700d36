"""Secrets are known by their names, in a document and in an address."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from fetchtozip_gui.core.masking import plain_secrets, redact, secrets_in_url

URL = "https://api.example.com/orders"


@pytest.mark.parametrize(
    ("url", "names"),
    [
        (URL, ()),
        (f"{URL}?", ()),
        (f"{URL}?page=1&monkey=2", ()),
        (f"{URL}?api_key=abc&page=1", ("api_key",)),
        (f"{URL}?token=abc&access_token=def", ("token", "access_token")),
        (f"{URL}?token=", ()),
        (f"{URL}?token=***", ()),
        (f"{URL}?token=env:TOKEN", ()),
        ("https://me:secret@api.example.com/", ("password",)),
        ("https://me:***@api.example.com/", ()),
        ("https://abc123@api.example.com/", ("password",)),
        ("https://[half", ()),
        ("", ()),
    ],
)
def test_an_address_tells_what_it_has_in_plain(url: str, names: tuple[str, ...]) -> None:
    assert secrets_in_url(url) == names


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ({"url": f"{URL}?token=abc"}, ("token",)),
        ({"url": URL, "params": {"token": "abc"}, "headers": {"X-Token": "def", "Accept": "x"}}, ("token", "X-Token")),
        ({"url": URL, "auth": {"type": "bearer", "token": "keyring:shop"}}, ()),
        ({"url": URL, "auth": {"type": "bearer", "token": "abc"}}, ("token",)),
        ({"url": URL, "json": {"login": {"password": "abc", "pin": 7, "token": 12}}}, ("password", "token")),
        ({"url": URL, "json": {"password": None, "secret": True, "key": ["a"]}}, ()),
        ({"url": f"{URL}?token=abc", "params": {"token": "abc"}}, ("token",)),
    ],
)
def test_a_document_tells_each_once(source: dict[str, Any], names: tuple[str, ...]) -> None:
    document = {"version": 1, "name": "orders", "source": source}
    assert plain_secrets(document) == names
    assert plain_secrets(redact(document)) == ()


def test_the_first_paint_can_have_it() -> None:
    code = "import sys; import fetchtozip_gui.core.masking; print('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"

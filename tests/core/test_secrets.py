"""Secrets: written, resolved, and absent from everything that is shown."""

from __future__ import annotations

import pytest

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.secrets import MASK, Secret, is_secret_name, redact, redact_url


class Login(Model):
    token: Secret


def keyring(name: str) -> str:
    return {"shop": "from the keyring"}[name]


def test_a_plain_secret_is_shown_by_nothing() -> None:
    login = Login.model_validate_json('{"token": "hunter2"}')
    shown = [repr(login), str(login), str(login.token), login.model_dump_json(), f"{login.model_dump()}"]
    assert not any("hunter2" in text for text in shown)
    assert login.token.reveal(keyring) == "hunter2"


def test_the_author_s_own_file_keeps_it() -> None:
    login = Login(token=Secret("hunter2"))
    assert login.model_dump(mode="json", context={"secrets": True}) == {"token": "hunter2"}


def test_references_are_shown_and_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "from the environment")
    assert Login(token=Secret("env:SHOP_TOKEN")).model_dump(mode="json") == {"token": "env:SHOP_TOKEN"}
    assert Secret("env:SHOP_TOKEN").reveal(keyring) == "from the environment"
    assert Secret("keyring:shop").reveal(keyring) == "from the keyring"


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(RecipeError, match="NOT_SET_ANYWHERE is not set"):
        Secret("env:NOT_SET_ANYWHERE").reveal(keyring)


@pytest.mark.parametrize(
    "name",
    ["Authorization", "X-API-Key", "api_key", "apikey", "access_token", "clientSecret", "password", "Cookie", "sig"],
)
def test_names_that_hold_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["page", "limit", "Accept", "keyword", "monkey", "design", "author", "tokenizer_size"])
def test_names_that_do_not(name: str) -> None:
    assert not is_secret_name(name)


def test_addresses_lose_passwords_and_secret_parameters_only() -> None:
    url = "https://ann:pw@example.com/a?page=2&api_key=abc&q=a%20b#x"
    assert redact_url(url) == f"https://ann:{MASK}@example.com/a?page=2&api_key={MASK}&q=a%20b#x"
    assert redact_url("https://example.com/?q=a+b&x") == "https://example.com/?q=a+b&x"


def test_documents_are_redacted_by_name_and_by_address() -> None:
    document = {"headers": {"X-Api-Key": "abc", "Accept": "*/*"}, "list": ["http://u:p@h/"], "token": "env:A"}
    assert redact(document) == {
        "headers": {"X-Api-Key": MASK, "Accept": "*/*"},
        "list": [f"http://u:{MASK}@h/"],
        "token": "env:A",
    }


@pytest.mark.parametrize("text", ["http://[", "a://[b]c", "http://user:pass@[::1"])
def test_what_only_looks_like_an_address_is_masked_whole(text: str) -> None:
    assert redact_url(text) == MASK
    assert redact({"where": text}) == {"where": MASK}

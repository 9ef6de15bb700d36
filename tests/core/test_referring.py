"""No secret stays in a document, and every one can be found again under its name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.referring import refer, variable

CANARY = "canary-31f2"


def http(**source: Any) -> dict[str, Any]:
    return {"version": 1, "source": {"type": "http", "url": "https://api.example.com/orders", **source}}


@pytest.mark.parametrize(
    "source",
    [
        {"auth": {"type": "bearer", "token": CANARY}},
        {"auth": {"type": "basic", "username": "me", "password": CANARY}},
        {"auth": {"type": "api_key", "name": "X-Key", "value": CANARY}},
        {"auth": {"type": "cookie", "cookies": {"sid": CANARY}}},
        {"auth": {"type": "oauth2", "token_url": "https://a.b/t", "client_id": "i", "client_secret": CANARY}},
        {"url": f"https://me:{CANARY}@api.example.com/orders"},
        {"url": f"https://api.example.com/orders?a=1&api_key={CANARY}"},
        {"params": {"token": CANARY}},
        {"headers": {"Authorization": f"Bearer {CANARY}"}},
        {"headers": {"Cookie": f"sid={CANARY}"}},
        {"headers": {"X-Api-Key": CANARY}},
        {"headers": {"Authorization": f"Token {CANARY}"}},
        {"headers": {"X-Api-Key": CANARY}, "auth": {"type": "bearer", "token": CANARY}},
    ],
)
@pytest.mark.parametrize("kind", ["keyring", "env"])
def test_a_secret_is_found_wherever_it_stands(source: dict[str, Any], kind: Any) -> None:
    made, secrets = refer(http(**source), kind)
    assert CANARY not in json.dumps(made)
    assert any(CANARY in secret for secret in secrets.values())
    text = json.dumps(Recipe.parse(made).document())
    assert all(f"{kind}:{name}" in text for name in secrets)


def test_references_stay_and_equal_secrets_share_a_name() -> None:
    made, secrets = refer(
        http(auth={"type": "bearer", "token": "env:T"}, headers={"X-Api-Key": CANARY, "X-Token": CANARY})
    )
    assert made["source"]["auth"]["token"] == "env:T"
    assert list(secrets) == ["api.example.com X-Api-Key"]
    assert made["source"]["headers"]["X-Token"] == made["source"]["headers"]["X-Api-Key"]


def test_a_name_that_is_taken_is_not_used_again() -> None:
    made, secrets = refer(http(auth={"type": "bearer", "token": CANARY}), taken={"api.example.com token"})
    assert secrets == {"api.example.com token 2": CANARY}
    assert made["source"]["auth"]["token"] == "keyring:api.example.com token 2"


def test_what_a_mask_hid_is_no_secret() -> None:
    document = http(auth={"type": "bearer", "token": "***"})
    assert refer(document) == (document, {})


def test_the_output_password_is_a_secret_too() -> None:
    made, secrets = refer({**http(), "output": {"type": "file", "format": "zip", "password": CANARY}})
    assert made["output"]["password"].startswith("keyring:")
    assert list(secrets.values()) == [CANARY]


@pytest.mark.parametrize(("text", "name"), [("X-API-Key", "X_API_KEY"), ("7 dwarfs", "_7_DWARFS"), ("é", "SECRET")])
def test_variables_have_names_a_shell_takes(text: str, name: str) -> None:
    assert variable(text) == name

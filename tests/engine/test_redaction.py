"""Secrets are masked by value, in whatever form they travel."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fetchtozip_gui.core.secrets import MASK, redact
from fetchtozip_gui.engine.redaction import MOST, Redactor, learning, secrets_in

long_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=40).filter(
    lambda text: len(set(text)) > 3 and MASK not in text
)


@given(long_texts, st.text("abc", max_size=5))
@example('pass"word\n/+ü', "me")
def test_a_secret_is_found_in_every_form(secret: str, user: str) -> None:
    redactor = Redactor()
    redactor.learn([secret])
    basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
    forms = [
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        secret.encode().hex(),
        base64.b64encode(secret.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    ]
    for form in forms:
        masked = redactor.text(f"before <{form}> after")
        assert masked == f"before <{MASK}> after" or (MASK in masked and form not in masked), form
    inside = redactor.text(f"Basic {basic}")
    assert MASK in inside
    assert basic not in inside


def test_what_is_no_secret_stays() -> None:
    redactor = Redactor()
    redactor.learn(["hunter2hunter2", "", "abc"])
    assert redactor.text("abc and hunter1") == "abc and hunter1"


def test_of_two_secrets_one_within_the_other_nothing_is_left() -> None:
    redactor = Redactor()
    redactor.learn(["hunter2", "hunter2-and-more", "more-hunter2"])
    assert redactor.text("hunter2-and-more hunter2 more-hunter2") == f"{MASK} {MASK} {MASK}"


def test_values_of_any_shape_are_masked_in_keys_too() -> None:
    redactor = Redactor()
    redactor.learn(["hunter2"])
    value = {"a hunter2": ["x", {"y": "hunter2!"}, 3, None], "b": True}
    assert redactor.value(value) == {f"a {MASK}": ["x", {"y": f"{MASK}!"}, 3, None], "b": True}


def test_the_longest_unused_are_forgotten_first() -> None:
    redactor = Redactor()
    redactor.learn(f"secret-{number:05}" for number in range(MOST))
    redactor.learn(["secret-00000"])
    redactor.learn(["another one"])
    assert redactor.text("secret-00000") == MASK
    assert redactor.text("secret-00001") == "secret-00001"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ({"token": "hunter2"}, {"hunter2"}),
        ({"token": "env:TOKEN"}, {"from the environment"}),
        ({"token": "env:NONE"}, set()),
        ({"token": "keyring:shop"}, set()),
        ({"headers": {"Authorization": "Bearer hunter2"}}, {"Bearer hunter2", "hunter2"}),
        ({"params": {"api_key": 123456, "page": 1}}, {"123456"}),
        ({"url": "https://me:hunter%202@h/x?token=a%20b&page=1"}, {"hunter%202", "hunter 2", "a b"}),
        ({"list": [{"password": "hunter2"}, "plain"]}, {"hunter2"}),
        ({"name": "plain", "url": "https://h/x?page=1"}, set()),
    ],
)
def test_a_recipes_secrets_are_what_its_public_form_masks(written: Any, found: set[str]) -> None:
    environment = {"TOKEN": "from the environment"}
    assert set(secrets_in(written, redact(written), environment)) == found


def test_what_is_read_from_the_keyring_is_learned() -> None:
    redactor = Redactor()
    assert learning({"shop": "hunter2"}.__getitem__, redactor)("shop") == "hunter2"
    assert redactor.text("hunter2") == MASK

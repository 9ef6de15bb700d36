"""Turns the recipe's `auth` into what requests carry; secrets are looked up once and known to the veil."""

from __future__ import annotations

import base64
import json
import math
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from fetchtozip_gui.core.errors import PageFailed, RecipeError
from fetchtozip_gui.core.http.auth import ApiKey, Auth, Basic, Bearer, Cookie, NoAuth, OAuth2
from fetchtozip_gui.core.http.veil import Veil
from fetchtozip_gui.core.secrets import Keyring, Secret

if TYPE_CHECKING:
    import httpx

AskToken = Callable[[str, Mapping[str, str], bytes], "httpx.Response"]
"""Posts a form to the token's address: url, headers, body. Raises `PageFailed` unless the answer is 2xx, 400 or 401."""

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_EARLY = 60.0
"""Seconds before its end at which a token is fetched anew, or a tenth of its life if that is less."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request to the source's own origin carries."""

    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)


class Signer(Protocol):
    def sign(self) -> Signature: ...
    def renew(self, refused: Signature) -> bool:
        """The source answered 401 to `refused`; whether there is a newer signature to try."""
        ...


class Fixed:
    """A signature that never changes."""

    def __init__(self, signature: Signature) -> None:
        self._signature = signature

    def sign(self) -> Signature:
        return self._signature

    def renew(self, refused: Signature) -> bool:
        return False


def signer(auth: Auth, keyring: Keyring, veil: Veil, ask_token: AskToken) -> Signer:
    """`RecipeError` when a secret cannot be had or cannot be sent."""

    def reveal(secret: Secret, path: str) -> str:
        text = sendable(secret.reveal(keyring).strip("\r\n"), f"source.auth.{path}")
        veil.add(text)
        return text

    match auth:
        case NoAuth():
            return Fixed(Signature())
        case Basic():
            return Fixed(basic(auth.username, reveal(auth.password, "password"), veil))
        case Bearer():
            return Fixed(Signature({"Authorization": f"Bearer {reveal(auth.token, 'token')}"}))
        case ApiKey():
            pair = {auth.name: reveal(auth.value, "value")}
            return Fixed(Signature(params=pair) if auth.place == "query" else Signature(pair))
        case Cookie():
            cookies = {name: reveal(value, f"cookies.{name}") for name, value in auth.cookies.items()}
            return Fixed(Signature({"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}))
        case OAuth2():
            return _Tokens(auth, reveal(auth.client_secret, "client_secret"), veil, ask_token)


def basic(name: str, password: str, veil: Veil) -> Signature:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    veil.add(password, pair)
    return Signature({"Authorization": f"Basic {pair}"})


def sendable(text: str, path: str) -> str:
    """`text`, if it can stand in a header; the message of the `RecipeError` does not show it."""
    if _CONTROL.search(text):
        raise RecipeError(
            f"{path}: the value holds a line break or another control character.", "Write it on one line."
        )
    return text


class _Tokens:
    """OAuth 2 access tokens: fetched when first needed, before they expire, and when one is refused."""

    def __init__(
        self,
        auth: OAuth2,
        secret: str,
        veil: Veil,
        ask: AskToken,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth = auth
        self._secret = secret
        self._veil = veil
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._signature: Signature | None = None
        self._fresh_until = 0.0

    def sign(self) -> Signature:
        with self._lock:
            if self._signature is None or self._clock() >= self._fresh_until:
                self._signature = self._fetch()
            return self._signature

    def renew(self, refused: Signature) -> bool:
        with self._lock:
            if self._signature is refused:  # else another thread has just done it
                self._signature = self._fetch()
            return True

    def _fetch(self) -> Signature:
        asked = self._clock()
        token = self._granted()
        text = token.get("access_token")
        kind = str(token.get("token_type") or "bearer").lower()
        if not isinstance(text, str) or not text or kind != "bearer":
            raise self._failed("it sent no bearer token")
        self._veil.add(text)
        sendable(text, "source.auth.token_url")
        self._fresh_until = asked + _life(token.get("expires_in"))
        return Signature({"Authorization": f"Bearer {text}"})

    def _granted(self) -> dict[str, Any]:
        reason = ""
        # most servers take the secret in a header, as the standard prefers; some only in the form
        for method in ("client_secret_basic", "client_secret_post"):
            try:
                return self._granted_by(method)
            except _Refused as error:
                reason = reason or str(error)
        raise self._failed(reason)

    def _granted_by(self, method: str) -> dict[str, Any]:
        from authlib.oauth2.base import OAuth2Error  # type: ignore[import-untyped]  # heavy: only for OAuth 2
        from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]

        client = OAuth2Client(
            _Session(self._ask),
            self._auth.client_id,
            self._secret,
            scope=self._auth.scope or None,
            token_endpoint_auth_method=method,
        )
        try:
            return dict(client.fetch_token(self._auth.token_url, grant_type="client_credentials"))
        except OAuth2Error as error:
            reason = f"it says {error.error or 'no'}" + (f": {error.description}" if error.description else "")
        except UnicodeEncodeError:
            reason = "the name or secret cannot be written in a header"
        raise _Refused(self._veil.cover(reason)[:300])

    def _failed(self, reason: str) -> PageFailed:
        where = self._veil.cover_url(self._auth.token_url)
        return PageFailed(
            f"No access token was had from {where}: {reason}.",
            "Check token_url, client_id, client_secret and scope in source.auth.",
        )


class _Refused(Exception):
    """The token's address said no, in these words."""


class _Session:
    """The little that authlib needs of an HTTP session."""

    def __init__(self, ask: AskToken) -> None:
        self._ask = ask

    def post(self, url: str, data: dict[str, str], headers: dict[str, str], auth: Any) -> httpx.Response:
        url, headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        response = self._ask(url, headers, body.encode())
        if not _is_object(response.content):
            raise _Refused(f"it answered {response.status_code} and no JSON object")
        return response


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _life(expires_in: Any) -> float:
    try:
        seconds = float(expires_in)
    except (TypeError, ValueError):
        seconds = 0.0
    return seconds - min(_EARLY, seconds / 10) if seconds > 0 else math.inf

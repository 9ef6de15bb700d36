"""How a source learns who asks: the recipe's `auth`, as models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.secrets import Secret


def _name(name: str) -> str:
    if not name or not name.isascii() or not name.isprintable() or set(name) & set(' :"'):
        raise ValueError("must be the name of a header or parameter, such as X-API-Key")
    return name


def _web_address(url: str) -> str:
    if not url.lower().startswith(("https://", "http://")):
        raise ValueError("must be an address that begins with https:// or http://")
    return url


class NoAuth(Model):
    """Nobody is named."""

    type: Literal["none"] = "none"


class Basic(Model):
    """A name and a password with every request (RFC 7617)."""

    type: Literal["basic"] = "basic"
    username: str
    password: Secret


class Bearer(Model):
    """A token with every request (RFC 6750)."""

    type: Literal["bearer"] = "bearer"
    token: Secret


class ApiKey(Model):
    """A key in a header or in the query, under the name the source gives it."""

    model_config = ConfigDict(serialize_by_alias=True)

    type: Literal["api_key"] = "api_key"
    name: Annotated[str, AfterValidator(_name)] = "X-API-Key"
    value: Secret
    place: Literal["header", "query"] = Field(default="header", alias="in")


class Cookie(Model):
    """Cookies sent with every request; what the source sets itself is not kept."""

    type: Literal["cookie"] = "cookie"
    cookies: dict[str, Secret] = Field(min_length=1)


class OAuth2(Model):
    """Client credentials (RFC 6749, 4.4): a token is fetched first, and again before it expires."""

    type: Literal["oauth2"] = "oauth2"
    token_url: Annotated[str, AfterValidator(_web_address)]
    client_id: str
    client_secret: Secret
    scope: str = ""


Auth = Annotated[NoAuth | Basic | Bearer | ApiKey | Cookie | OAuth2, Field(discriminator="type")]

"""Says in words what a refusing HTTP status means for the job, and what to do about it."""

from __future__ import annotations

import re
from http import HTTPStatus

from fetchtozip_gui.core.errors import PageFailed

_HINTS = {
    400: "The source does not understand the request; check source.params, source.json and the pagination's names.",
    401: "The source wants to know who asks: give source.auth, or check that its token or password is right and "
    "has not expired.",
    402: "The source wants to be paid; check the account's plan.",
    403: "The source knows who asks and does not allow it: check the account's rights, and the token's scope.",
    404: "Nothing is at this address; check source.url, and where the pages end.",
    405: "The source does not take this method; set source.method to the other one of GET and POST.",
    406: "The source has no such format; check the header Accept in source.headers.",
    407: "The proxy wants a name and a password: write them into source.proxy.",
    409: "The source says that the request contradicts its state; run the job again later.",
    410: "The source has removed what was here; look for its new address.",
    413: "The request is too large for the source; make source.json smaller.",
    414: "The address is too long for the source; use fewer source.params, or POST.",
    415: "The source does not read this kind of body; check the header Content-Type in source.headers.",
    422: "The source understands the request and finds a value in it wrong; check source.params and source.json.",
    429: "The source wants fewer requests; make source.rate_limit and source.concurrency smaller.",
    431: "The source finds the headers too large; send fewer in source.headers.",
    451: "The source may not show this for legal reasons.",
    500: "Something broke at the source; try again later, or ask its operator.",
    501: "The source does not know this method; check source.method.",
    503: "The source is overloaded or closed for maintenance; try again later, or ask more slowly.",
}
_EXCERPT = 200


def refused(status: int, where: object, page: int, excerpt: str = "") -> PageFailed:
    """The error for an answer that is no success; `excerpt` is the start of what the source says, already masked."""
    said = f' and says: "{excerpt}"' if excerpt else ""
    return PageFailed(f"{where} answered {named(status)}{said}.", _hint(status), page=page, status=status)


def named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status}"


def _hint(status: int) -> str:
    if status in _HINTS:
        return _HINTS[status]
    if 500 <= status < 600:
        return _HINTS[500]
    if 400 <= status < 500:
        return "The source refuses this request; its documentation says what the status means."
    if 300 <= status < 400:
        return "The source points elsewhere without saying where; check source.url."
    return "This is no answer with data; check source.url."


def excerpt(body: bytes, content_type: str) -> str:
    """The start of an error's text on one line; nothing of pages made for browsers, nor of what is no text."""
    if "html" in content_type or b"\0" in body:
        return ""
    text = body.decode("utf-8", "replace")
    if text.lstrip()[:1] == "<":
        return ""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+", " ", text).strip()


def shortened(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"

"""First answers as sources give them, and the plan that is made of each."""

from __future__ import annotations

import json
from typing import Any

import httpx

from fetchtozip_gui.core.http.detect import Wanted, detect
from fetchtozip_gui.core.http.message import Answer
from fetchtozip_gui.core.http.paging import Plan
from fetchtozip_gui.core.http.template import Template

URL = "https://api.example.com/orders"
TWO = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]


def look(
    body: Any, *, query: str = "", headers: dict[str, str] | None = None, post: Any = None, **wanted: Any
) -> tuple[Plan, str]:
    """The plan for an answer and all that is said about it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = {"content-type": "application/json", **(headers or {})}
    answer = Answer(200, URL, httpx.Headers(found), raw, len(raw), 0.1, 1)
    template = Template(URL + query, method="GET" if post is None else "POST", json=post)
    plan, said = detect(answer, Wanted(**wanted), template)
    return plan, " ".join(sentence.text for sentence in said)

"""The functions that made Python scripts consist of; words in capitals are filled in."""

from __future__ import annotations

import re


def filled(chunk: str, **words: str) -> str:
    """The chunk with each word in capitals replaced; what is put in is not looked at again."""
    return re.sub(rf"\b({'|'.join(words)})\b", lambda found: words[found[0]], chunk) if words else chunk


GET = '''def get(client, url, params=None, headers=None, body=None):
    """One answer. Waits and tries again where the source is busy or the connection breaks."""
    url = httpx.URL(url).copy_merge_params({**PARAMS, **(params or {})})
    for wait in (1, 2, 4, 8, 16, None):
        time.sleep(WAIT)
        try:
            response = client.request(METHOD, url, headers=headers, json=body or BODY)
        except httpx.TransportError:
            if wait is None:
                raise
        else:
            if wait is None or response.status_code not in (408, 429, 500, 502, 503, 504):
                break
            asked = response.headers.get("Retry-After", "")
            wait = float(asked) if asked.isdigit() else wait
        time.sleep(wait)
    if response.status_code not in (200, 204, 404):
        raise SystemExit(f"The source answered {response.status_code} {response.reason_phrase}.")
    return response'''

TOKEN = '''def token():
    """An access token for these credentials (OAuth 2)."""
    asked = {"grant_type": "client_credentials", "scope": SCOPE}
    answer = httpx.post(ADDRESS, data=asked, auth=(CLIENT, SECRET))
    return answer.json()["access_token"]'''

PAGES = {
    "none": '''def pages(client):
    """The only page."""
    yield records(get(client, URL))''',
    "page": '''def pages(client):
    """Every page, until one is empty, not there, or the same as the one before."""
    before, page = None, START
    while True:
        response = get(client, URL, {ASKED})
        rows = records(response) if response.status_code == 200 else []
        if len(rows) == 0 or response.content == before:
            return
        yield rows
        before, page = response.content, page + 1''',
    "offset": '''def pages(client):
    """Every page, until one is empty, not there, or the same as the one before."""
    before, offset = None, START
    while True:
        response = get(client, URL, {ASKED})
        rows = records(response) if response.status_code == 200 else []
        if len(rows) == 0 or response.content == before:
            return
        yield rows
        before, offset = response.content, offset + len(rows)''',
    "cursor": '''def pages(client):
    """Every page: each answer has the cursor that asks for the next one."""
    response, seen = get(client, URL), set()
    while True:
        rows, answer = records(response), response.json()
        if len(rows):
            yield rows
        cursor = FOUND
        if cursor in (None, "", False) or cursor in seen:
            return
        seen.add(cursor)
        response = get(client, URL, SENT)''',
    "link": '''def pages(client):
    """Every page: the Link header has the address of the next one."""
    url, seen = URL, set()
    while url and url not in seen:
        seen.add(url)
        response = get(client, url)
        yield records(response)
        url = response.links.get("next", {}).get("url")
        url = url and same_host(response.url.join(url))


def same_host(url):
    """Credentials go to the source's own host alone."""
    if url.host != httpx.URL(URL).host:
        raise SystemExit(f"The next page is on another host: {url.host}.")
    return str(url)''',
    "next_url": '''def pages(client):
    """Every page: each answer has the address of the next one."""
    url, seen = URL, set()
    while url and url not in seen:
        seen.add(url)
        response = get(client, url)
        answer = response.json()
        yield records(response)
        url = FOUND
        url = url and same_host(response.url.join(url))


def same_host(url):
    """Credentials go to the source's own host alone."""
    if url.host != httpx.URL(URL).host:
        raise SystemExit(f"The next page is on another host: {url.host}.")
    return str(url)''',
}

AUTO_RECORDS = '''def records(response):
    """The rows of one page: the answer itself where it is a list, else the longest list of objects in it."""
    waiting, lists = [response.json()], []
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            if not value or isinstance(value[0], dict):
                lists.append(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
    return max(lists, key=len, default=[])'''

AUTO_PAGES = '''def pages(client):
    """Every page: at the next address that an answer names, else by the page number or offset in the address."""
    url, seen = httpx.URL(URL), set()
    while url is not None and url not in seen:
        seen.add(url)
        response = get(client, url)
        rows = records(response) if response.status_code == 200 else []
        if len(rows) == 0:
            return
        yield rows
        url = next_url(response, url, len(rows))


def next_url(response, url, count):
    """The address of the next page, if there is one."""
    answer = response.json() if "json" in response.headers.get("Content-Type", "") else {}
    named = response.links.get("next", {}).get("url")
    if isinstance(answer, dict):
        named = named or answer.get("next") or answer.get("next_url") or (answer.get("links") or {}).get("next")
    if isinstance(named, str):
        url = url.join(named)
        return url if url.host == httpx.URL(URL).host else None
    for name, step in (("page", 1), ("p", 1), ("offset", count), ("skip", count), ("start", count)):
        if url.params.get(name, "").isdigit():
            return url.copy_set_param(name, int(url.params[name]) + step)
    return None'''

COLUMNS = '''def columns(frame, wanted, keep_rest, leave_out=()):
    """Names and orders columns: one with a place goes there, the others keep their sequence in the places left."""
    out = {frame.columns[name] if isinstance(name, int) else name for name in leave_out}
    named = {frame.columns[old] if isinstance(old, int) else old: (new, place) for old, new, place in wanted}
    taken = [name for name in frame.columns if name not in out and (keep_rest or name in named)]
    placed = {named[name][1]: name for name in taken if name in named and named[name][1] is not None}
    others = iter([name for name in taken if name not in placed.values()])
    order = [placed[place] if place in placed else next(others) for place in range(len(taken))]
    return frame.select(pl.col(name).alias(named.get(name, (None, None))[0] or name) for name in order)'''

FLATTEN = '''def flatten(frame, names, separator, as_rows):
    """Objects become columns, lists rows or JSON text."""
    chosen = set(names or frame.columns)
    while True:
        nested = {name: kind for name, kind in frame.schema.items() if name in chosen}
        objects = [name for name, kind in nested.items() if isinstance(kind, pl.Struct) and kind.fields]
        lists = [name for name, kind in nested.items() if isinstance(kind, pl.List)]
        if objects:
            chosen |= {f"{name}{separator}{field.name}" for name in objects for field in nested[name].fields}
            frame = frame.unnest(objects, separator=separator)
        elif lists and as_rows:
            frame = frame.explode(lists[0])
        else:
            return as_text(frame, chosen)'''

NESTED = '''def as_text(frame, names=None):
    """Nested values as JSON text."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested() and (names is None or name in names)]

    def text(value):
        plain = value.to_list() if isinstance(value, pl.Series) else value
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=str)

    return frame.with_columns(pl.col(name).map_elements(text, return_dtype=pl.String) for name in nested)'''

TYPED = '''def typed(frame):
    """Texts as numbers where every one of a column is written as one; 00123 stays text."""
    for name in frame.columns:
        texts = frame[name].drop_nulls()
        if len(texts) and texts.str.contains(r"^-?(0|[1-9]\\d{0,17})$").all():
            frame = frame.with_columns(pl.col(name).cast(pl.Int64))
        elif len(texts) and texts.str.contains(r"^-?(0|[1-9]\\d{0,14})(\\.\\d{1,15})?$").all():
            frame = frame.with_columns(pl.col(name).cast(pl.Float64))
    return frame'''

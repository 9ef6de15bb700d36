"""Writes a recipe as a plain Python script with httpx and Polars, which does the same job where this program is not."""

from __future__ import annotations

import json
import pprint
from typing import Any

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.http.auth import ApiKey, Basic, Bearer, Cookie, OAuth2
from fetchtozip_gui.core.http.expressions import expression
from fetchtozip_gui.core.masking import is_reference
from fetchtozip_gui.core.python_chunks import (
    AUTO_PAGES,
    AUTO_RECORDS,
    COLUMNS,
    FLATTEN,
    GET,
    NESTED,
    PAGES,
    TOKEN,
    TYPED,
    filled,
)
from fetchtozip_gui.core.python_cleaning import needed
from fetchtozip_gui.core.python_steps import step_lines, write_lines
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.referring import variable_of, without_secrets
from fetchtozip_gui.core.sources.file import FileSource
from fetchtozip_gui.core.sources.http import HttpSource

_FRAMES = {"csv", "parquet", "xlsx"}


def as_python(recipe: Recipe, *, records: str = "", pagination: dict[str, Any] | None = None) -> str:
    """The script. `records` and `pagination` are what a test has found where the recipe says auto; without them the
    script looks at the answers itself, in a simpler way than this program does.

    Secrets are read from the environment. `NotInThisVersion` for a source or step that no script can stand for.
    """
    document, _ = without_secrets(recipe.document(secrets=True))
    source = document["source"]
    if source["type"] == "http":
        if records and source.get("records", "auto") == "auto":
            source["records"] = records
        if pagination and recipe.source.pagination.type == "auto":
            source["pagination"] = pagination
    clean = Recipe.parse(document)
    if isinstance(clean.source, HttpSource):
        script = _Script(clean.source)
        script.fetch()
    elif isinstance(clean.source, FileSource):
        script = _Script(None)
        script.read(clean.source)
    else:
        raise NotInThisVersion(f"A source of the kind {clean.source.type} has no Python script.")
    script.shape(clean)
    return script.text(clean)


class _Script:
    """Gathers the parts: imports, constants, functions, and the lines that do the work."""

    def __init__(self, source: HttpSource | None) -> None:
        self._source = source
        self._imports = {"import polars as pl"}
        self._constants: list[str] = []
        self._functions: list[str] = []
        self._lines: list[str] = []

    def text(self, recipe: Recipe) -> str:
        """All of it in order."""
        own = [line for line in self._imports if not line.endswith(("httpx", "pl", "jsonpath", "duckdb"))]
        own.sort(key=lambda line: line.split()[1])
        others = sorted(self._imports - set(own))
        needs = " ".join(
            [
                "polars",
                *(["httpx"] if self._source else []),
                *(["duckdb"] if "import duckdb" in self._imports else []),
                *(["xlsxwriter"] if "xlsx" in "".join(self._lines) else []),
            ]
        )
        title = " ".join(recipe.name.replace("\\", "/").replace('"', "'").split())
        head = [f'"""{title}. Needs: pip install {needs}"""', "", *own, "", *others, ""]
        body = "\n\n\n".join(["\n".join([*head, *self._constants]).rstrip(), *self._functions, "\n".join(self._lines)])
        return body + "\n"

    # --- getting the rows ---------------------------------------------------------------------------------------

    def read(self, source: FileSource) -> None:
        """One file as a frame."""
        form = source.format
        if form == "auto":
            form = source.path.rpartition(".")[2].lower()  # type: ignore[assignment]
        if form in ("csv", "tsv"):
            separator = source.delimiter or ("\t" if form == "tsv" else ",")
            encoding = f", encoding={source.encoding!r}" if source.encoding else ""
            self._lines.append(
                f"frame = typed(pl.read_csv({source.path!r}, separator={separator!r}, infer_schema=False{encoding}))"
            )
            self._functions.append(TYPED)
            return
        reader = {"json": "json", "jsonl": "ndjson", "ndjson": "ndjson", "parquet": "parquet", "avro": "avro"}.get(form)
        if form == "xlsx":
            sheet = f", sheet_name={source.sheet!r}" if isinstance(source.sheet, str) else ""
            self._lines.append(f"frame = pl.read_excel({source.path!r}{sheet})")
        elif reader:
            whole = ", infer_schema_length=None" if "json" in reader else ""
            self._lines.append(f"frame = pl.read_{reader}({source.path!r}{whole})")
        else:
            raise NotInThisVersion(f"A file of the kind {form} has no Python script.")

    def fetch(self) -> None:
        """All pages of a web API as a frame."""
        source = self._source
        assert source is not None
        self._imports |= {"import httpx", "import time"}
        self._request(source)
        self._functions.append(filled(GET, WAIT=f"{1 / source.rate_limit:g}" if source.rate_limit else "0"))
        framed = source.format in _FRAMES
        how = source.pagination
        self._records(source)
        if how.type == "auto":
            self._functions.append(AUTO_PAGES)
        else:
            self._functions.append(self._pages(how.model_dump(by_alias=True)))
        limit = f"islice(pages(client), {source.page_limit})" if source.page_limit else "pages(client)"
        if source.page_limit:
            self._imports.add("from itertools import islice")
        pages = f"    found = list({limit})"
        joined = (
            'frame = pl.concat(found, how="diagonal_relaxed")'
            if framed
            else "frame = pl.DataFrame([row for rows in found for row in rows], infer_schema_length=None, strict=False)"
        )
        self._lines += [
            f"with httpx.Client(headers=HEADERS, cookies=COOKIES, auth=AUTH, timeout={source.timeout:g}"
            f"{', verify=False' if not source.verify_tls else ''}"
            f"{f', proxy={source.proxy!r}' if source.proxy else ''}) as client:",
            *(["    client.headers['Authorization'] = f'Bearer {token()}'"] if isinstance(source.auth, OAuth2) else []),
            pages,
            "if not found:",
            '    raise SystemExit("The source has no rows there.")',
            joined,
        ]
        if source.format == "csv":
            self._functions.append(TYPED)
            self._lines.append("frame = typed(frame)")

    def _request(self, source: HttpSource) -> None:
        headers = {name: self._value(value) for name, value in source.headers.items()}
        params = {name: self._value(value) for name, value in source.params.items()}
        cookies: dict[str, str] = {}
        auth = "None"
        since = source.incremental
        if since is not None and since.start is not None:
            params[since.param] = repr(since.start)
        match source.auth:
            case Basic() as who:
                auth = f"({who.username!r}, {self._value(who.password.written())})"
            case Bearer() as who:
                headers["Authorization"] = f'"Bearer " + {self._value(who.token.written())}'
            case ApiKey() as who:
                place = headers if who.place == "header" else params
                place[who.name] = self._value(who.value.written())
            case Cookie() as who:
                cookies = {name: self._value(value.written()) for name, value in who.cookies.items()}
            case OAuth2() as who:
                self._functions.append(
                    filled(
                        TOKEN,
                        ADDRESS=repr(who.token_url),
                        CLIENT=repr(who.client_id),
                        SECRET=self._value(who.client_secret.written()),
                        SCOPE=repr(who.scope),
                    )
                )
        self._constants += [f"URL = {source.url!r}", f"METHOD = {source.method!r}"]
        for name, values in (("PARAMS", params), ("HEADERS", headers), ("COOKIES", cookies)):
            self._constants.append(f"{name} = {_dictionary(values)}")
        self._constants += [f"AUTH = {auth}", f"BODY = {pprint.pformat(source.body, width=100, sort_dicts=False)}"]

    def _value(self, value: Any) -> str:
        """A value as Python writes it; a reference looks into the environment."""
        if not is_reference(value):
            return repr(value)
        self._imports.add("import os")
        return f"os.environ[{variable_of(value)!r}]"

    def _records(self, source: HttpSource) -> None:
        form = source.format
        if form == "csv":
            reader = "    return pl.read_csv(response.content, infer_schema=False)"
        elif form == "parquet":
            reader = "    return pl.read_parquet(response.content)"
        elif form == "xlsx":
            reader = "    return pl.read_excel(response.content)"
        elif form == "jsonl":
            self._imports.add("import json")
            reader = "    return [json.loads(line) for line in response.text.splitlines() if line.strip()]"
        elif form == "xml":
            self._imports.add("from xml.etree import ElementTree")
            reader = (
                "    found = ElementTree.fromstring(response.content)\n"
                "    return [{part.tag: part.text for part in row} for row in found]"
            )
        elif source.records == "auto":
            self._functions.append(AUTO_RECORDS)
            return
        else:
            found = self._at(source.records)
            reader = f"    found = {found}\n    return found if isinstance(found, list) else [found]"
        self._functions.append(f'def records(response):\n    """The rows of one page."""\n{reader}')

    def _at(self, path: str) -> str:
        """An expression for what a JSONPath selects in `response`."""
        where = expression(path)
        if where.rest == "$" or (where.plain and where.members):
            return "response.json()" + "".join(f"[{name!r}]" for name in where.path)
        self._imports.add("import jsonpath")
        return f"jsonpath.findall({path!r}, response.json())"

    def _pages(self, how: dict[str, Any]) -> str:
        """The function that asks for the pages, as the recipe's pagination wants it."""
        chunk = PAGES[how["type"]]
        match how["type"]:
            case "page":
                size = f", {how['size_param']!r}: {how['size']}" if how["size_param"] else ""
                return filled(chunk, START=str(how["start"]), ASKED=f"{how['param']!r}: page{size}")
            case "offset":
                size = f", {how['limit_param']!r}: {how['limit']}" if how["limit_param"] else ""
                return filled(chunk, START=str(how["start"]), ASKED=f"{how['offset_param']!r}: offset{size}")
            case "cursor":
                return filled(chunk, FOUND=self._lookup(how["cursor"]), SENT=_sent(how))
            case "next_url":
                return filled(chunk, FOUND=self._lookup(how["next"]))
        return chunk

    def _lookup(self, path: str) -> str:
        """An expression for a value in `answer` that may be missing."""
        where = expression(path)
        if where.rest != "$":
            self._imports.add("import jsonpath")
            return f"next(iter(jsonpath.findall({path!r}, answer)), None)"
        text = "answer"
        for name in where.path[:-1]:
            text = f"({text}.get({name!r}) or {{}})"
        return f"{text}.get({where.path[-1]!r})" if where.path else text

    # --- the rest -----------------------------------------------------------------------------------------------

    def shape(self, recipe: Recipe) -> None:
        """The steps and the file."""
        strings = self._source is None or self._source.format not in ("parquet", "xlsx")
        for number, step in enumerate(step for step in recipe.steps if step.enabled):
            self._lines += step_lines(step, number, strings=strings)
        self._lines += write_lines(recipe, self._imports)
        text = "\n".join(self._lines)
        if "columns(" in text:
            self._functions.append(COLUMNS)
        if "flatten(" in text:
            self._functions.append(FLATTEN)
        more = needed(text)
        self._imports |= more.imports
        self._constants += more.constants
        self._functions += more.functions
        if "as_text(" in text or "flatten(" in text:
            self._imports.add("import json")
            self._functions.append(NESTED)


def _sent(how: dict[str, Any]) -> str:
    """How the cursor goes along: keyword arguments for `get`."""
    match how["in"]:
        case "header":
            return f"headers={{{how['param']!r}: str(cursor)}}"
        case "body":
            value = "cursor"
            names = how["param"].split(".")
            for depth in range(len(names) - 1, -1, -1):
                inside = "(BODY or {})" + "".join(f".get({name!r}, {{}})" for name in names[:depth])
                value = f"{{**{inside}, {names[depth]!r}: {value}}}"
            return f"body={value}"
    return f"params={{{how['param']!r}: cursor}}"


def _dictionary(values: dict[str, str]) -> str:
    """A dictionary of expressions, a line each."""
    if not values:
        return "{}"
    inside = "".join(f"    {json.dumps(name)}: {value},\n" for name, value in values.items())
    return f"{{\n{inside}}}"

"""Writes a recipe as something to run elsewhere: requests of curl, a command of this program."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from fetchtozip_gui.core.http.auth import ApiKey, Basic, Bearer, Cookie, OAuth2
from fetchtozip_gui.core.http.paging import Offsets, PageNumbers
from fetchtozip_gui.core.http.template import Template
from fetchtozip_gui.core.masking import is_reference
from fetchtozip_gui.core.names import safe_name
from fetchtozip_gui.core.outputs import FORMATS, format_of
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.python_script import as_python
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.referring import variable_of, without_secrets
from fetchtozip_gui.core.secrets import redact_url
from fetchtozip_gui.core.sources.http import HttpSource
from fetchtozip_gui.core.steps.columns import Column, ColumnsStep

__all__ = ["as_command", "as_curl", "as_python", "as_source_curl"]

Piece = str | tuple[str]
"""A text as it is, or in a tuple the name of an environment variable."""


def as_command(recipe: Recipe) -> str:
    """`fetchtozip run` with the recipe as its input. Secrets in plain are read from the environment instead."""
    document, secrets = without_secrets(recipe.document(secrets=True))
    lines = _told(f"{name} is a secret and is not written here: export {name}=… first" for name in secrets)
    lines += ["fetchtozip run - " + _here(document)]
    return "\n".join(lines) + "\n"


def as_curl(recipe: Recipe, address: str, *, columns: Sequence[str] = (), keyed: bool = False) -> str:
    """The whole session with the server of this program at `address`: configure, start, wait, download.

    `columns` are the source's, where they are known: they turn columns that the recipe names into the places that
    the server's inputs count. `keyed` says that the server wants its key, which is read from the environment.
    """
    document, secrets = without_secrets(recipe.document(secrets=True))
    form = format_of(recipe.output) if isinstance(recipe.output, FileOutput) else FORMATS["zip"]
    name = safe_name(recipe.name, longest=180) + form.suffix
    steps = document.get("steps", [])
    inputs = _inputs(recipe.steps[0], columns) if recipe.steps else []
    settings = {
        "file_type": form.name,
        "filename": name,
        "source": document["source"],
        "steps": steps[1:] if inputs else steps,
    }
    lines = _told(f"{name} is a secret and is not written here: set it where the server runs" for name in secrets)
    if set(document.get("output", {})) - {"type", "format", "path"}:
        lines += _told(["the options of the file are not among the server's settings: it writes its usual one"])
    key = ' -H "X-API-Key: $FETCHTOZIP_KEY"' if keyed else ""
    lines += [
        "set -e",
        f"server={shlex.quote(address.rstrip('/') + '/api/export')}",
        f'ask() {{ curl -fsS{key} "$@"; }}',
        'json="Content-Type: application/json"',
        'ask -X DELETE "$server/inputs-clear"',
    ]
    if inputs:
        lines.append('ask "$server/bulk-inputs" -H "$json" --data-binary @- ' + _here(inputs))
    lines += [
        'ask "$server/configure" -H "$json" --data-binary @- ' + _here(settings),
        """task=$(ask -X POST "$server/start" | sed -n 's/.*"task_id" *: *"\\([^"]*\\)".*/\\1/p')""",
        'until ask "$server/status/$task" | grep -Eq \'"(completed|failed|cancelled|paused)"\'; do sleep 1; done',
        f'ask -o {shlex.quote(name)} "$server/download/$task"',
    ]
    return "\n".join(lines) + "\n"


def _inputs(step: object, names: Sequence[str]) -> list[dict[str, Any]]:
    """A columns step as inputs of the server; none where it says what they cannot."""
    if not isinstance(step, ColumnsStep) or not step.enabled or step.rest == "drop":
        return []
    made: list[dict[str, Any]] = []
    for column in step.columns:
        place = column.column if isinstance(column.column, int) else _place(column.column, names)
        name = column.name or (names[place] if 0 <= place < len(names) else "")
        if place < 0 or not name or column.format is not None:
            return []
        values = {"name": name, "column": place, "change_order": column.change_order, "dtype": column.dtype}
        made.append({key: value for key, value in values.items() if value is not None} | _left_out(column))
    return made


def _left_out(column: Column) -> dict[str, bool]:
    return {} if column.keep else {"keep": False}


def _place(name: str, names: Sequence[str]) -> int:
    return list(names).index(name) if name in names else -1


def as_source_curl(source: HttpSource) -> str:
    """The first request of a source, as curl sends it. Secrets are read from the environment."""
    clean = Recipe.parse(without_secrets(Recipe(source=source).document(secrets=True))[0]).source
    variables: dict[str, str] = {}
    words: list[list[Piece]] = [["-sS", "--compressed"]]
    if isinstance(clean.auth, OAuth2):
        words.append(["-H", "Authorization: Bearer ", ("TOKEN",)])
    else:
        words += _signed(clean, variables)
    for name, value in clean.headers.items():
        words.append(["-H", f"{name}: ", *_value(value, variables)])
    if clean.body is not None:
        words.append(["-H", "Content-Type: application/json"])
        words.append(["--data", json.dumps(clean.body, ensure_ascii=False)])
    if clean.method == "POST" and clean.body is None:
        words.append(["-X", "POST"])
    words += _options(clean)
    url = ["", *_first_address(clean, variables)]
    lines = _told(f"{name} is what is kept as {kept}" for name, kept in variables.items() if kept[:4] != "env:")
    if isinstance(clean.auth, OAuth2):
        lines.append(_token(clean.auth, variables))
    option = " \\\n  ".join(_written(word) for word in [*words, url])
    return "\n".join([*lines, f"curl {option}"]) + "\n"


def _first_address(source: HttpSource, variables: dict[str, str]) -> list[Piece]:
    """The address of the first page, its secret parameters as variables."""
    how = source.pagination
    values: dict[str, Any] = {}
    if isinstance(how, PageNumbers):
        values = {how.param: how.start, **({how.size_param: how.size} if how.size_param else {})}
    elif isinstance(how, Offsets):
        values = {how.offset_param: how.start, **({how.limit_param: how.limit} if how.limit_param else {})}
    template = Template(source.url, source.params, method=source.method, json=source.body)
    if source.incremental is not None and source.incremental.start is not None:
        template = template.sending(source.incremental.param, source.incremental.start)
    request = template.request(1, values)
    pieces: list[Piece] = [request.url]
    secret = {name: str(value) for name, value in request.params.items()}
    if isinstance(source.auth, ApiKey) and source.auth.place == "query":
        secret[source.auth.name] = source.auth.value.written()
    mark = "&" if "?" in request.url else "?"
    for name, value in secret.items():
        pieces += [f"{mark}{name}=", *_value(value, variables)]
        mark = "&"
    return pieces


def _signed(source: HttpSource, variables: dict[str, str]) -> list[list[Piece]]:
    match source.auth:
        case Basic() as auth:
            return [["-u", f"{auth.username}:", *_value(auth.password.written(), variables)]]
        case Bearer() as auth:
            return [["-H", "Authorization: Bearer ", *_value(auth.token.written(), variables)]]
        case ApiKey(place="header") as auth:
            return [["-H", f"{auth.name}: ", *_value(auth.value.written(), variables)]]
        case Cookie() as auth:
            pieces: list[Piece] = []
            for name, secret in auth.cookies.items():
                pieces += [f"{'; ' if pieces else ''}{name}=", *_value(secret.written(), variables)]
            return [["-b", *pieces]]
    return []


def _token(auth: OAuth2, variables: dict[str, str]) -> str:
    words: list[list[Piece]] = [
        ["-fsS"],
        ["-u", f"{auth.client_id}:", *_value(auth.client_secret.written(), variables)],
    ]
    words.append(["-d", "grant_type=client_credentials"])
    if auth.scope:
        words.append(["--data-urlencode", f"scope={auth.scope}"])
    words.append(["", auth.token_url])
    asked = "curl " + " ".join(_written(word) for word in words)
    return f"""TOKEN=$({asked} | sed -n 's/.*"access_token" *: *"\\([^"]*\\)".*/\\1/p')"""


def _options(source: HttpSource) -> list[list[Piece]]:
    words: list[list[Piece]] = []
    if not source.verify_tls:
        words.append(["-k"])
    if source.proxy:
        words.append(["-x", redact_url(source.proxy)])
    if "timeout" in source.model_fields_set:
        words.append(["-m", f"{source.timeout:g}"])
    return words


def _value(text: str, variables: dict[str, str]) -> list[Piece]:
    """A value of the recipe: itself, or the variable that its reference stands for."""
    if not is_reference(text):
        return [text]
    name = variable_of(text)
    variables[name] = text
    return [(name,)]


def _written(word: list[Piece]) -> str:
    """An option and its argument as a shell reads them; the option is plain, an empty one is none."""
    option, *pieces = word
    if not pieces or option == "-sS":
        return " ".join(str(piece) for piece in word)
    joined: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    argument = "".join(f'"${piece[0]}"' if isinstance(piece, tuple) else _quoted(piece) for piece in joined)
    return f"{option} {argument}".strip()


def _quoted(text: str) -> str:
    # a shell's quote would take the text apart where nothing has to be quoted
    return shlex.quote(text) if text else ""


def _here(document: Any) -> str:
    """A JSON document as input, to the end of the command."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    end = "JSON"
    while re.search(rf"(?m)^{end}$", text):
        end += "_"
    return f"<<'{end}'\n{text}\n{end}"


def _told(sentences: Iterable[str]) -> list[str]:
    # what a name holds must not end the comment and begin a command
    return ["# " + " ".join(sentence.split()) for sentence in sentences]

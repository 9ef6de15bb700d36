"""The FetchToZip door's configuration: kept without its secrets, and turned into a recipe with the column inputs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from fetchtozip_gui.api.export_models import Configure
from fetchtozip_gui.core.errors import NotInThisVersion, RecipeError
from fetchtozip_gui.core.names import safe_name
from fetchtozip_gui.core.outputs import FORMATS
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.secrets import MASK, redact, redact_url
from fetchtozip_gui.core.sources import SOURCES
from fetchtozip_gui.engine.shelf import Input, Shelf, columns_step

CONFIGURATION = "export/configuration"
"""The shelf's name of it: `{"configure": the fields without secrets, "sealed": whether there were some}`."""
PRACTICE = "/practice/online-retail?page=1&limit=1000"
"""The source where nobody has named one, below the server's own address."""
_DATABASES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
    "mssql": "sqlserver",
    "sqlserver": "sqlserver",
    "clickhouse": "clickhouse",
    "mongodb": "mongodb",
    "mongodb+srv": "mongodb",
}
_FORGOTTEN = (
    " Its secrets are kept until the program ends, for this system has no keyring that can be used; write them as "
    "env:NAME to have them always."
)
_TYPES = {model.model_fields["type"].default: model for model in SOURCES}
_PROBE = {"type": "http", "url": "http://localhost/"}


class Sealed(Protocol):
    """Where secrets are kept; `engine.vault.Vault`."""

    def read(self, name: str) -> str: ...
    def write(self, name: str, secret: str) -> None: ...
    def forget(self, name: str) -> None: ...


class Configuration:
    """The one configuration of the door, over restarts.

    The shelf has it without secrets; with them it is in the vault, or, where the system has no keyring, in memory
    until the program ends. Only the process that owns the data folder may have one.
    """

    def __init__(self, shelf: Shelf, vault: Sealed | None) -> None:
        self._shelf = shelf
        self._vault = vault
        self._lock = threading.Lock()
        self._whole: tuple[dict[str, Any], dict[str, Any]] | None = None

    def put(self, wanted: Configure) -> tuple[dict[str, Any], str]:
        """Keep a configuration that was checked; it without secrets, and what is to be said about them."""
        whole = wanted.model_dump(mode="json", exclude_unset=True)
        public = _public(wanted)
        sealed = public != whole
        with self._lock:
            before = self._shelf.get(CONFIGURATION)
            is_kept = not sealed or self._seal(whole)
            if not sealed and before is not None and before["sealed"]:
                self._unseal()
            self._whole = (public, whole)
            self._shelf.put(CONFIGURATION, {"configure": public, "sealed": sealed})
        return public, "" if is_kept else _FORGOTTEN

    def get(self) -> Configure | None:
        """The configuration with its secrets, None before the first; `RecipeError` where its secrets are gone."""
        with self._lock:
            kept = self._shelf.get(CONFIGURATION)
            if kept is None:
                return None
            public = kept["configure"]
            if not kept["sealed"]:
                return Configure.model_validate(public)
            if self._whole is None or self._whole[0] != public:
                whole = self._opened()
                if whole is None or _public(whole) != public:
                    raise RecipeError(
                        "The configuration held secrets, which are no longer there.",
                        "Call POST /api/export/configure once more.",
                    )
                self._whole = (public, whole.model_dump(mode="json", exclude_unset=True))
            return Configure.model_validate(self._whole[1])

    def _seal(self, whole: dict[str, Any]) -> bool:
        if self._vault is None:
            return False
        try:
            self._vault.write(CONFIGURATION, json.dumps(whole))
        except RecipeError:
            return False
        return True

    def _opened(self) -> Configure | None:
        if self._vault is None:
            return None
        try:
            return Configure.model_validate_json(self._vault.read(CONFIGURATION))
        except (RecipeError, ValueError):
            return None

    def _unseal(self) -> None:
        if self._vault is not None:
            with suppress(RecipeError):
                self._vault.forget(CONFIGURATION)


def recipe_of(wanted: Configure, inputs: Sequence[Input], practice: Callable[[], dict[str, Any]]) -> Recipe:
    """What the configuration and the inputs ask for; `practice` gives the source where nobody has named one.

    `RecipeError`, whose paths are those of the configuration, where it cannot be done.
    """
    columns = columns_step(inputs)
    named = _file_name(wanted)
    document = {
        "version": 1,
        "name": named.removesuffix(FORMATS[wanted.file_type].suffix) or "export",
        "source": _source(wanted, practice),
        "steps": [*([columns] if columns else []), *(wanted.steps or [])],
        "output": {"type": "file", "format": wanted.file_type},
    }
    try:
        recipe = Recipe.parse(document)
    except RecipeError as error:
        raise type(error)(_in_own_words(error.message, wanted, bool(columns)), error.hint) from None
    except RecursionError:
        raise RecipeError("source: is nested too deep.") from None
    missing = recipe.unavailable()
    if missing:
        raise NotInThisVersion(_in_own_words("\n".join(missing), wanted, bool(columns)))
    return recipe


def check(wanted: Configure) -> None:
    """`RecipeError` where no recipe can be made of the configuration, or its folder cannot be used."""
    recipe_of(wanted, (), lambda: dict(_PROBE))


def folder_of(wanted: Configure, data_folder: Path) -> Path | None:
    """The folder that was wished for results, made if need be; `RecipeError` where it cannot be used."""
    if not (wanted.tmp_dir or "").strip():
        return None
    try:
        folder = data_folder / Path(str(wanted.tmp_dir)).expanduser()
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise RecipeError(f"tmp_dir: cannot be used as a folder: {why}, found {str(wanted.tmp_dir)[:80]!r}") from None
    return folder


def _source(wanted: Configure, practice: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    address = (wanted.db_url or "").strip()
    if address and wanted.source is not None:
        raise RecipeError("db_url: is given beside source; leave one of them out")
    if wanted.source is not None:
        source = dict(wanted.source)
    elif address:
        source = _at(address, wanted.query)
    else:
        source = practice()
    kind = source.get("type")
    if isinstance(kind, str) and kind in _TYPES and not getattr(_TYPES[kind], "available", True):
        raise NotInThisVersion(f"{'db_url' if address else 'source'}: {kind} is not in this version")
    if kind in ("http", "website"):
        limits = {"rate_limit": wanted.rate_limit, "page_limit": wanted.page_limit}
        source |= {name: limit for name, limit in limits.items() if limit is not None}
    return source


def _at(address: str, query: str | None) -> dict[str, Any]:
    scheme = address.partition("://")[0].lower() if "://" in address else ""
    if scheme in ("http", "https"):
        return {"type": "http", "url": address}
    # some write the driver behind the scheme: postgresql+psycopg://
    kind = _DATABASES.get(scheme) or _DATABASES.get(scheme.partition("+")[0])
    if kind is None:
        known = ", ".join(f"{name}://" for name in _DATABASES)
        raise RecipeError(f"db_url: must begin with http://, https:// or one of {known}, found {scheme[:40]!r}")
    return {"type": "database", "kind": kind, "url": address, "query": query}


def _file_name(wanted: Configure) -> str:
    suffix = FORMATS[wanted.file_type].suffix
    name = safe_name((wanted.filename or "").strip() or "export", longest=180)
    return name if name.lower().endswith(suffix) else name + suffix


def _in_own_words(message: str, wanted: Configure, columns: bool) -> str:
    """The recipe's paths as this door's: `db_url` for the source's address, steps without the inputs' own."""
    lines = []
    for line in message.splitlines():
        path, colon, words = line.partition(": ")
        parts = path.split(".")
        if parts[0] == "source" and wanted.source is None:
            last = parts[-1] if parts[-1] in ("rate_limit", "page_limit", "query") else "db_url"
            path = last
        elif parts[0] == "steps" and columns and len(parts) > 1 and parts[1].isdecimal():
            own = int(parts[1]) - 1
            path = "inputs" if own < 0 else ".".join(["steps", str(own), *parts[2:]])
        lines.append(f"{path}{colon}{words}")
    return "\n".join(lines)


def _public(wanted: Configure) -> dict[str, Any]:
    public: dict[str, Any] = redact(wanted.model_dump(mode="json", exclude_unset=True))
    if wanted.db_url:
        public["db_url"] = redact_url(wanted.db_url.strip())
    # what only the parts' own models know to be a secret; both are in the recipe as they were written
    if wanted.source is not None or wanted.steps:
        shown = recipe_of(wanted, (), lambda: dict(_PROBE)).public()
        if wanted.source is not None:
            public["source"] = _masked(public["source"], shown["source"])
        if wanted.steps:
            public["steps"] = _masked(public["steps"], shown["steps"])
    return public


def _masked(written: Any, shown: Any) -> Any:
    """`written` with a mask wherever `shown` has another text in its place."""
    if isinstance(written, dict):
        named = shown if isinstance(shown, dict) else {}
        return {key: _masked(value, named.get(key, value)) for key, value in written.items()}
    if isinstance(written, list):
        others = shown if isinstance(shown, list) and len(shown) == len(written) else written
        return [_masked(value, other) for value, other in zip(written, others, strict=True)]
    return shown if isinstance(written, str) and isinstance(shown, str) and MASK in shown else written

"""What a recipe would do, in sentences, for who is asked whether to take it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fetchtozip_gui.core.masking import references
from fetchtozip_gui.gui.words import counted


def summary(document: Mapping[str, Any]) -> list[str]:
    """Where it goes, what it sends there, what it does with the rows and where it writes. No secret is told."""
    source, output = _part(document, "source"), _part(document, "output")
    said = [_source(source)]
    if headers := sorted(_part(source, "headers")):
        said.append(f"Sends the headers {', '.join(headers)}.")
    auth = _part(source, "auth").get("type", "none")
    if auth != "none":
        said.append(f"Signs in by {str(auth).replace('_', ' ')}.")
    if names := sorted(set(references(document))):
        said.append(f"Reads the secrets {', '.join(names)}.")
    steps = document.get("steps") or []
    kinds = [str(step.get("type", "?")) for step in steps if isinstance(step, Mapping)]
    said.append(f"Then {counted(len(kinds), 'step')}: {', '.join(kinds)}." if kinds else "Changes nothing of the rows.")
    said.append(_output(output))
    return said


def _source(source: Mapping[str, Any]) -> str:
    if "url" in source:
        way = "Posts to" if str(source.get("method", "GET")).upper() == "POST" else "Fetches"
        limit = source.get("page_limit", 100)
        pages = "to its end" if limit is None else f"at most {counted(int(limit), 'page')}" if _is_count(limit) else ""
        return f"{way} {_bare(str(source['url']))}{', ' + pages if pages else ''}."
    if "path" in source:
        return f"Reads the file {source['path']}."
    if "job_id" in source:
        return f"Reads the result of the job {source['job_id']}."
    return f"Reads from a source of the kind {source.get('type', '?')}."


def _output(output: Mapping[str, Any]) -> str:
    kind = output.get("type", "file")
    if kind != "file":
        return f"Writes to a {kind}."
    where = f" to {output['path']}" if output.get("path") else " to your folder for exports"
    return f"Writes a {str(output.get('format') or 'zip').upper()} file{where}."


def _bare(url: str) -> str:
    # a query may hold keys, and the place tells enough
    place, _, query = url.partition("?")
    scheme, mark, rest = place.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}{'?…' if query else ''}"


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

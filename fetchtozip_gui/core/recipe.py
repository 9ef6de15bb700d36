"""The one document that says what a job does: read, checked with field paths, and written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal, Union

from pydantic import Field, ValidationError

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.faults import sentences
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.outputs import OUTPUTS
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.secrets import redact
from fetchtozip_gui.core.sources import SOURCES
from fetchtozip_gui.core.steps import STEPS

SIZE_LIMIT = 4 * 1024 * 1024
"""Bytes of the longest recipe that is read."""


def _one_of(models: tuple[type[Model], ...]) -> Any:
    return Annotated[Union[models], Field(discriminator="type")]  # noqa: UP007 - built from the registry's list


class Recipe(Model):
    """What is wanted: a source, steps in order, an output. Front ends only ever build these."""

    version: Literal[1] = 1
    name: str = Field(default="export", min_length=1, max_length=200)
    """Names the result and the incremental state kept between runs."""
    source: _one_of(SOURCES)  # type: ignore[valid-type]
    steps: tuple[_one_of(STEPS), ...] = ()  # type: ignore[valid-type]
    output: _one_of(OUTPUTS) = FileOutput()  # type: ignore[valid-type]

    @classmethod
    def parse(cls, document: str | bytes | dict[str, Any]) -> Recipe:
        """Check a recipe; `RecipeError` holds one line a fault: its path, what was found, what is allowed."""
        if not isinstance(document, dict):
            document = _decode(document)
        try:
            return cls.model_validate_json(json.dumps(document))
        except ValidationError as error:
            raise RecipeError("\n".join(sentences(cls, document, error))) from None

    @classmethod
    def load(cls, path: Path) -> Recipe:
        """Read a recipe from a `.json` file, or the one that an exported ZIP carries."""
        try:
            with path.open("rb") as file:
                head = file.read(SIZE_LIMIT + 1)
        except OSError as error:
            raise RecipeError(f"{path}: cannot be read: {error.strerror}.") from None
        if head.startswith(b"PK"):
            from fetchtozip_gui.core.outputs.verify import recipe_in  # few runs start from a ZIP

            return cls.parse(recipe_in(path))
        if len(head) > SIZE_LIMIT:
            raise RecipeError(f"{path}: a recipe is at most {SIZE_LIMIT:,} bytes.")
        return cls.parse(head)

    def document(self, *, secrets: bool = False) -> dict[str, Any]:
        """As JSON values, only what was set; `secrets` writes them as the author did, for his own file alone."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, context={"secrets": secrets})

    def public(self) -> dict[str, Any]:
        """As JSON values without secrets: for logs, records, answers and the ZIP."""
        document: dict[str, Any] = redact(self.document())
        return document

    def key(self) -> str:
        """The same for recipes that ask for the same work, wherever the result goes and whatever is noted."""
        document = self.model_dump(mode="json", by_alias=True)
        # neither the author's notes nor steps that are turned off change a row
        steps = [{**step, "note": ""} for step in document["steps"] if step["enabled"]]
        return _digest({**document, "steps": steps, "output": None})

    def source_key(self) -> str:
        """The same for recipes whose fetched rows are interchangeable."""
        return _digest(self.source.model_dump(mode="json", by_alias=True))

    def unavailable(self) -> list[str]:
        """Paths of the parts whose engine is not in this version."""
        steps = [(f"steps.{number}", step) for number, step in enumerate(self.steps) if step.enabled]
        parts = [("source", self.source), *steps]
        parts.append(("output", self.output))
        missing = [f"{path}: {part.type} is not in this version" for path, part in parts if not _available(part)]
        return missing + [f"{path}.{told}" for path, part in parts for told in _absent_choices(part)]


def _available(part: Model) -> bool:
    return getattr(type(part), "available", True)


def _absent_choices(part: Model) -> list[str]:
    """The fields whose value is a known word without an engine."""
    absent: dict[str, tuple[str, ...]] = getattr(type(part), "absent", {})
    values = {field: getattr(part, field) for field in absent}
    return [f"{field}: {value} is not in this version" for field, value in values.items() if value in absent[field]]


def _decode(document: str | bytes) -> dict[str, Any]:
    if len(document) > SIZE_LIMIT:
        raise RecipeError(f"A recipe is at most {SIZE_LIMIT:,} bytes; this one has {len(document):,}.")
    try:
        value = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise RecipeError(f"The recipe is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise RecipeError(f"A recipe is a JSON object; this is {type(value).__name__}.")
    return value


def _digest(value: Any) -> str:
    text = json.dumps(redact(value), sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

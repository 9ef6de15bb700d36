"""Words for what is wrong with a recipe: the field's path, what was found, what is allowed."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from fetchtozip_gui.core.secrets import Secret, is_secret_name

_WORDS = {
    "missing": "is required",
    "greater_than_equal": "must be ≥ {ge}, found {found}",
    "greater_than": "must be > {gt}, found {found}",
    "less_than_equal": "must be ≤ {le}, found {found}",
    "less_than": "must be < {lt}, found {found}",
    "literal_error": "must be {expected}, found {found}",
    "union_tag_invalid": "must be one of {expected_tags}, found {found_tag}",
    "union_tag_not_found": "needs a `type`",
    "string_too_short": "must have at least {min_length} characters, found {found}",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "string_type": "must be text, found {found}",
    "int_type": "must be a whole number, found {found}",
    "int_parsing": "must be a whole number, found {found}",
    "int_from_float": "must be a whole number, found {found}",
    "float_type": "must be a number, found {found}",
    "float_parsing": "must be a number, found {found}",
    "bool_type": "must be true or false, found {found}",
    "bool_parsing": "must be true or false, found {found}",
    "dict_type": "must be an object, found {found}",
    "model_type": "must be an object, found {found}",
    "model_attributes_type": "must be an object, found {found}",
    "list_type": "must be a list, found {found}",
    "tuple_type": "must be a list, found {found}",
}


def sentences(model: type[BaseModel], document: Any, error: ValidationError) -> list[str]:
    """One `path: what is wrong` for each fault, in the document's own terms."""
    return list(dict.fromkeys(_sentence(model, document, fault) for fault in error.errors(include_url=False)))


def _sentence(model: type[BaseModel], document: Any, fault: Mapping[str, Any]) -> str:
    path, owner = _path(model, document, fault["loc"])
    kind = fault["type"]
    if kind == "extra_forbidden":
        name = str(fault["loc"][-1])
        return f"{path}: is not known here{_suggest(name, owner)}"
    context = {**fault.get("ctx", {}), "found": _found(path, fault.get("input"))}
    if kind == "union_tag_invalid":
        context["found_tag"] = json.dumps(context.get("tag"))
        path += ".type"
    if kind in _WORDS:
        words = _WORDS[kind].format_map(context)
    elif kind == "value_error":
        words = str(context.get("error", fault["msg"]))
    else:
        words = f"{fault['msg'][:1].lower()}{fault['msg'][1:]}, found {context['found']}"
    return f"{path or 'recipe'}: {words}"


def _found(path: str, value: Any) -> str:
    if is_secret_name(path.rpartition(".")[2]) or isinstance(value, Secret):
        return "a value that is not shown"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "…"


def _suggest(name: str, owner: type[BaseModel] | None) -> str:
    if owner is None:
        return ""
    known = [field.alias or key for key, field in owner.model_fields.items()]
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"


def _path(model: type[BaseModel], document: Any, loc: Sequence[int | str]) -> tuple[str, type[BaseModel] | None]:
    """The place in the document without the tags Pydantic puts between, and the model that owns the last name."""
    names: list[str] = []
    value = document
    owner: type[BaseModel] | None = model
    annotation: Any = None
    for at, part in enumerate(loc):
        if annotation is not None and (chosen := _tagged(annotation, part)) is not None and not _has(value, part):
            owner, annotation = chosen, None
            continue
        names.append(str(part))
        if isinstance(part, str) and owner is not None and at + 1 < len(loc):
            field = next((f for k, f in owner.model_fields.items() if part in (k, f.alias)), None)
            annotation = field.annotation if field else None
            owner = next((m for m in _models(annotation)), None) if not _tags(annotation) else owner
        value = _step(value, part)
    return ".".join(names), owner


def _has(value: Any, part: int | str) -> bool:
    return isinstance(value, dict) and part in value and value.get("type") != part


def _step(value: Any, part: int | str) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not Literal:
        for inner in get_args(annotation):
            yield from _models(inner)


def _tags(annotation: Any) -> dict[str, type[BaseModel]]:
    tags = {}
    for model in _models(annotation):
        field = model.model_fields.get("type")
        if field is not None:
            tags.update(dict.fromkeys(get_args(field.annotation), model))
    return tags


def _tagged(annotation: Any, part: int | str) -> type[BaseModel] | None:
    return _tags(annotation).get(part) if isinstance(part, str) else None

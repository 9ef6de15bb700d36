"""Reads off a recipe's model which fields a form has: their kinds, defaults, choices and what they are for."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

Kind = Literal["text", "whole", "number", "scalar", "switch", "choice", "pairs", "names", "json", "secret", "variant"]
Path = tuple[str, ...]
"""Where a value is in the source: `("auth", "token")`."""


class _Absent:
    """The value of a field that the document leaves out."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Words:
    """What is refined by hand: a field's name in the window, what it is for, what it means to leave it empty."""

    label: str = ""
    about: str = ""
    empty: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of a choice: what its values are called."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One field of a form. `members` are a variant's models by their `type`, each with its own fields."""

    name: str
    kind: Kind
    label: str
    about: str = ""
    empty: str = ""
    default: Any = ABSENT
    nullable: bool = False
    choices: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, tuple[Spec, ...]] = field(default_factory=dict)
    hidden: bool = False
    """Whether the values of `pairs` are secrets."""


def specs(model: Any, words: Mapping[str, Words] | None = None, at: str = "") -> tuple[Spec, ...]:
    """The fields of a Pydantic model in its order, its `type` left out; `words` are by the dotted path."""
    from fetchtozip_gui.core.model import descriptions  # heavy: Pydantic, which the model has loaded

    words, told = words or {}, descriptions(model)
    found = (
        _spec(info.alias or name, info, told.get(name, info.description or ""), words, at)
        for name, info in model.model_fields.items()
        if name != "type"
    )
    return tuple(spec for spec in found if spec is not None)


def _spec(name: str, info: Any, told: str, words: Mapping[str, Words], at: str) -> Spec | None:
    path = f"{at}.{name}" if at else name
    hand = words.get(path, Words())
    plain = _flat(info.annotation)
    kinds = [one for one in plain if one is not type(None)]
    nullable = len(kinds) < len(plain)
    models = [one for one in kinds if hasattr(one, "model_fields")]
    members: dict[str, tuple[Spec, ...]] = {}
    if models:
        if nullable:
            members["none"] = ()
        for one in models:
            members[_tag(one)] = specs(one, words, path)
    default = info.get_default(call_default_factory=True) if not info.is_required() else ABSENT
    if models and default is not ABSENT:
        default = "none" if default is None else _tag(type(default))
    return Spec(
        name,
        "variant" if models else _kind(kinds),
        hand.label or name.replace("_", " ").capitalize(),
        hand.about or told.replace("\n", " "),
        hand.empty,
        default,
        nullable,
        tuple(str(value) for value in get_args(kinds[0])) if get_origin(kinds[0]) is Literal else tuple(members),
        hand.names,
        members,
        "Secret" in str(kinds[0]),
    )


def _flat(annotation: Any) -> list[Any]:
    """The members of a union, whatever it is wrapped in."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _flat(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [one for member in get_args(annotation) for one in _flat(member)]
    return [annotation]


def _tag(model: Any) -> str:
    tagged = model.model_fields.get("type")
    return str(tagged.default) if tagged is not None else "given"


def _kind(kinds: list[Any]) -> Kind:
    first, origin = kinds[0], get_origin(kinds[0])
    if origin is Literal:
        return "choice"
    if origin is dict:
        return "pairs"
    if origin in (tuple, list):
        return "names"
    if first is Any:
        return "json"
    if getattr(first, "__name__", "") == "Secret":
        return "secret"
    if len(kinds) > 1:
        return "scalar"
    plain: dict[Any, Kind] = {bool: "switch", int: "whole", float: "number"}
    return plain.get(first, "text")


def parsed(text: str, kind: Kind) -> Any:
    """What was typed as a value of this kind; where it is none it stays a text, which the model refuses in words."""
    plain = text.strip().replace(",", "").replace("\u202f", "") if kind in ("whole", "number") else text.strip()
    if kind in ("whole", "number", "scalar"):
        try:
            return int(plain)
        except ValueError:
            pass
        if kind != "whole":
            try:
                return float(plain)
            except ValueError:
                pass
    return text.strip()


def shown(value: Any, spec: Spec) -> str:
    """A value as it stands in a field."""
    if value is ABSENT:
        value = spec.default
    if value is None or value is ABSENT:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def put(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The document with another value at a path; `ABSENT` takes it out. Nothing is changed in place."""
    name, *rest = path
    made = dict(document)
    if rest:
        inner = document.get(name)
        value = put(inner if isinstance(inner, dict) else {}, tuple(rest), value)
    if value is ABSENT:
        made.pop(name, None)
    else:
        made[name] = value
    return made


def at(document: Any, path: Path) -> Any:
    """The value at a path, or `ABSENT`."""
    for name in path:
        if not isinstance(document, dict) or name not in document:
            return ABSENT
        document = document[name]
    return document

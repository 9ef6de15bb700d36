"""The frozen Pydantic base that every part of a recipe shares."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Model(BaseModel):
    """A frozen value that refuses unknown fields, so that a misspelt option is told and never ignored.

    Its fields are described by the sentence under each; the JSON Schema and the forms have it from `descriptions`.
    """

    # built when it is first used: those that stand in another one are never built by themselves
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)

    def model_post_init(self, context: Any, /) -> None:
        # the tag of a plug-in is always written, also where only what was set is written
        if "type" in type(self).model_fields:
            self.__pydantic_fields_set__.add("type")

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        told = handler(core_schema)
        properties = handler.resolve_ref_schema(told).get("properties", {})
        for name, words in descriptions(cls).items():
            info = cls.model_fields.get(name)
            key = name if info is None or name in properties else info.alias
            if key in properties:
                properties[key].setdefault("description", words)
        return told


@lru_cache(maxsize=1024)
def descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """What stands under a model's fields, by their names, its bases' included; empty without the source's text.

    Pydantic could read it too, but does so for every class that is made: a fifth of the program's start.
    """
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if issubclass(each, Model) and each is not Model:
            body = _classes(each.__module__).get(each.__qualname__, [])
            for field, under in pairwise(body):
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and (words := _text(under)):
                    found[field.target.id] = inspect.cleandoc(words)
    return found


@lru_cache(maxsize=256)
def _classes(module: str) -> dict[str, list[ast.stmt]]:
    """The statements of every class at the top of a module."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (KeyError, OSError, TypeError):
        return {}
    return {each.name: each.body for each in tree.body if isinstance(each, ast.ClassDef)}


def _text(statement: ast.stmt) -> str:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""

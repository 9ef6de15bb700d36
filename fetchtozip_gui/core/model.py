"""The frozen Pydantic base that every part of a recipe shares."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value that refuses unknown fields, so that a misspelt option is told and never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)

    def model_post_init(self, context: Any, /) -> None:
        # the tag of a plug-in is always written, also where only what was set is written
        if "type" in type(self).model_fields:
            self.__pydantic_fields_set__.add("type")

"""What every part of a recipe has from its base: descriptions from the source, and a build that waits for its use."""

from __future__ import annotations

import subprocess
import sys

from pydantic import Field

from fetchtozip_gui.core.model import Model, descriptions
from fetchtozip_gui.core.recipe import Recipe


class Base(Model):
    name: str = ""
    """What it is
    called."""


class Described(Base):
    size: int = Field(default=0, alias="Size", description="Said here.")
    """Not used where the field says it."""
    place: int | None = Field(default=None, alias="at")
    """Where it stands."""
    bare: bool = False


def test_the_sentence_under_a_field_describes_it_in_the_json_schema() -> None:
    told = {name: found.get("description") for name, found in Described.model_json_schema()["properties"].items()}
    assert told == {"name": "What it is\ncalled.", "Size": "Said here.", "at": "Where it stands.", "bare": None}
    by_name = Described.model_json_schema(by_alias=False)["properties"]
    assert by_name["place"]["description"] == "Where it stands."


def test_a_class_without_a_text_has_no_descriptions() -> None:
    made = type("Made", (Model,), {"__module__": "nowhere", "__annotations__": {"a": int}})
    assert descriptions(made) == {}


def test_every_part_of_a_recipe_is_described() -> None:
    definitions = Recipe.model_json_schema()["$defs"]
    bare = [
        f"{name}.{field}"
        for name, of in definitions.items()
        for field, about in of.get("properties", {}).items()
        if field not in ("type", "note", "enabled") and "description" not in about
    ]
    # many names speak for themselves; that most are told shows that the texts were found
    assert len(bare) < sum(len(of.get("properties", ())) for of in definitions.values()) / 2


def test_threads_that_are_the_first_to_use_a_model_all_get_it_whole() -> None:
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "import sys, threading\n"
        "from fetchtozip_gui.core.recipe import Recipe\n"
        "sys.setswitchinterval(1e-6)\n"
        "together = threading.Barrier(8)\n"
        "def parse(n):\n"
        "    together.wait()\n"
        "    return Recipe.parse({'source': {'type': 'http', 'url': f'http://a.example/{n}'}}).source.url\n"
        "with ThreadPoolExecutor(8) as pool: print(sorted(pool.map(parse, range(8))))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.count("http://a.example/")) == ("", 8)

"""The help names every option that there is."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer.main
from pydantic import BaseModel

from fetchtozip_gui.cli import app
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.sources import SOURCES
from fetchtozip_gui.core.steps import STEPS

HELP = Path(__file__).parent.parent / "resources" / "help"
AVAILABLE = [model for model in (*SOURCES, *STEPS, FileOutput) if getattr(model, "available", True)]


@pytest.mark.parametrize("model", AVAILABLE, ids=lambda model: model.__name__)
def test_recipes_md_names_every_field(model: type[BaseModel]) -> None:
    text = (HELP / "recipes.md").read_text()
    names = [field.alias or name for name, field in model.model_fields.items() if name != "type"]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_command_line_md_names_every_command_and_option() -> None:
    text = (HELP / "command-line.md").read_text()
    commands = typer.main.get_command(app).commands
    missing = [name for name in commands if f"fetchtozip {name}" not in text]
    missing += [
        option
        for command in ("run", "analyze")
        for parameter in commands[command].params
        for option in parameter.opts
        if option.startswith("--") and option not in text and option != "--help"
    ]
    assert missing == []

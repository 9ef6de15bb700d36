"""The examples of the help's page about cleaning, run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fetchtozip_gui.core.pipeline import run
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.work import Tools

PAGE = Path(__file__).parents[2] / "resources" / "help" / "cleaning.md"


def blocks(heading: str, language: str) -> list[str]:
    """The code of a language below a heading, up to the next one."""
    text = PAGE.read_text(encoding="utf-8")
    below = text.split(f"## {heading}\n")[1].split("\n## ")[0] if heading else text.split("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", below, re.DOTALL)


@pytest.mark.parametrize("heading", ["Mend it", "Hold it to rules", "Ask it"])
def test_a_recipe_makes_what_is_printed_below_it(heading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("customers.csv").write_text(blocks("", "csv")[0], encoding="utf-8")
    (written,) = blocks(heading, "json")
    recipe = Recipe.parse(written)
    list(run(recipe, tmp_path / "job", tmp_path / f"{recipe.name}.csv", Tools()))
    result, *rejects = blocks(heading, "csv")
    assert Path(f"{recipe.name}.csv").read_text(encoding="utf-8") == result
    assert [path.read_text(encoding="utf-8") for path in tmp_path.glob("*.rejects.csv")] == rejects


def test_the_session_with_python(tmp_path: Path) -> None:
    (script,) = blocks("Bring alike values together", "python")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "[('Zürich', {'Zürich': 2, 'ZÜRICH': 1, 'zurich ': 1})]",
        "['Zürich', 'Zürich', 'Zürich', 'Zürich', 'Basel', 'Bassel', 'Bern']",
    ]

"""`fetchtozip run --profile`: one run that hands over the result, its rejects and a report on what was fetched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli_analyze import Place, names, place, recipe

__all__ = ["place"]
RULE = {"type": "validate", "schema": {"price": {"required": True}}, "on_error": "drop"}


def file_of(place: Place, **parts: Any) -> Path:
    source = {"type": "file", "path": str(place.orders())}
    return place.write("r.json", recipe(source, steps=[RULE], **parts))


def test_one_run_gives_the_result_its_rejects_and_a_report_on_all_that_was_fetched(place: Place) -> None:
    done = place.call("run", file_of(place), "--output", "out.csv", "--profile", "found.json")
    assert (done.returncode, done.stdout) == (0, f"{place.here / 'out.csv'}\n")
    assert f"What was fetched is described in {place.here / 'found.json'}" in done.stderr
    assert names(place.here) == ["found.json", "orders.csv", "out.csv", "out.rejects.csv", "r.json"]
    told = json.loads((place.here / "found.json").read_text(encoding="utf-8"))
    assert (told["title"], told["rows"]) == ("rows", 8)
    assert told["descriptive"]["price"]["missing"] == 1, "the row that was dropped is in it"
    assert len((place.here / "out.csv").read_text().splitlines()) == 1 + 7


def test_it_is_what_analyze_says_of_the_file(place: Place) -> None:
    assert place.call("run", file_of(place), "--output", "out.csv", "--profile", "found.json").returncode == 0
    assert place.call("analyze", place.here / "orders.csv", "--output", "told.json").returncode == 0
    found, told = ({**read(place.here / name), "title": "", "made_at": ""} for name in ("found.json", "told.json"))
    assert found == told


def read(report: Path) -> dict[str, Any]:
    """Its figures without the digits that depend on how rows were added up."""
    return dict(json.loads(report.read_text(encoding="utf-8"), parse_float=lambda text: round(float(text), 9)))


def test_a_folder_gets_a_page_and_cached_pages_will_do(place: Place) -> None:
    (place.here / "pages").mkdir()
    file = file_of(place)
    for options in ([], ["--cached"]):
        assert place.call("run", file, "--output", "out.csv", "--profile", "pages", *options).returncode == 0
        page = place.here / "pages" / "rows report.html"
        assert "<p>8 rows, 3 columns" in page.read_text(encoding="utf-8")
        page.unlink()


@pytest.mark.parametrize("text", ["", "a,b\n"])
def test_a_source_without_rows_has_a_report_that_says_so(place: Place, text: str) -> None:
    source = {"type": "file", "path": str(place.write("none.csv", text))}
    done = place.call("run", place.write("r.json", recipe(source)), "--output", "out.csv", "--profile", "found.html")
    assert done.returncode == 0, done.stderr
    assert "<p>0 rows, " in (place.here / "found.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("profile", "code", "said"),
    [
        ("found.txt", 2, "--profile: must end in .html, .htm or .json, found 'found.txt'"),
        ("out.json", 2, "out.json is where the run writes"),
        ("orders.csv/found.html", 1, "found.html cannot be written"),
    ],
)
def test_a_wrong_place_is_told_before_the_run(place: Place, profile: str, code: int, said: str) -> None:
    file = file_of(place)
    before = names(place.here)
    done = place.call("run", file, "--output", "out.json", "--profile", profile)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert names(place.here) == before
    assert not place.home.exists(), "nothing has run"


def test_a_run_that_fails_leaves_the_older_report(place: Place) -> None:
    (place.here / "found.json").write_text("the older one")
    source = {"type": "file", "path": str(place.orders())}
    file = place.write("r.json", recipe(source, steps=[{**RULE, "on_error": "fail"}]))
    assert place.call("run", file, "--output", "out.csv", "--profile", "found.json").returncode == 1
    assert (place.here / "found.json").read_text() == "the older one"


def test_a_type_that_widens_late_is_described_as_analyze_does(place: Place) -> None:
    lines = [f"{n},{n % 7}" for n in range(300_000)]
    place.write("wide.csv", "\n".join(["id,code", *lines, "x9,1"]) + "\n")
    file = place.write("r.json", recipe({"type": "file", "path": str(place.here / "wide.csv")}))
    done = place.call("run", file, "--output", "out.csv", "--profile", "found.json")
    assert done.returncode == 0, done.stderr
    assert place.call("analyze", place.here / "wide.csv", "--output", "told.json").returncode == 0
    found, told = ({**read(place.here / name), "title": "", "made_at": ""} for name in ("found.json", "told.json"))
    assert found["descriptive"]["id"]["type"] == "string"
    assert found == told

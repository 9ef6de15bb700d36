"""`fetchtozip analyze` as a script sees it: right figures, the path alone on standard output, whole reports or none."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fetchtozip_gui.api.doors.practice import build
from fetchtozip_gui.api.server import serve
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.store import Store

COMMAND = [sys.executable, "-m", "fetchtozip_gui"]
PRICES = [1.5, 2.25, None, 40.0, 3.5, 2.25, 7.0, 0.5]
CITIES = ["Rome", "Oslo", "Rome", "", "Lima", "Rome", "Oslo", "Bern"]


class Place:
    """A folder in which commands are called, a data folder, and a temporary one that has to be empty after each."""

    def __init__(self, root: Path) -> None:
        self.here, self.home, self.temporary = root / "here", root / "home", root / "temporary"
        for folder in (self.here, self.temporary):
            folder.mkdir()
        self.environment = {**os.environ, "FETCHTOZIP_HOME": str(self.home), "TMPDIR": str(self.temporary)}

    def call(self, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=self.here,
            env=self.environment,
        )
        assert "Traceback" not in done.stderr
        assert list(self.temporary.iterdir()) == []
        return done

    def analyze(self, what: str | Path, *options: str | Path, stdin: str = "") -> dict[str, Any]:
        """The report as JSON."""
        to = self.here / "report.json"
        done = self.call("analyze", what, "--output", to, *options, stdin=stdin)
        assert (done.returncode, done.stdout) == (0, f"{to}\n"), done.stderr
        return dict(json.loads(to.read_text(encoding="utf-8")))

    def refused(self, code: int, *arguments: str | Path) -> str:
        """What is said where there is no report; nothing is left in the folder that was not there."""
        before = names(self.here)
        done = self.call("analyze", *arguments)
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        assert names(self.here) == before
        return done.stderr

    def write(self, name: str, text: str) -> Path:
        path = self.here / name
        path.write_text(text, encoding="utf-8")
        return path

    def orders(self) -> Path:
        rows = zip(PRICES, CITIES, strict=True)
        lines = (f"{number},{'' if price is None else price},{city}" for number, (price, city) in enumerate(rows))
        return self.write("orders.csv", "\n".join(["id,price,city", *lines]) + "\n")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def recipe(source: Mapping[str, Any], **parts: Any) -> str:
    return json.dumps({"version": 1, "name": "rows", "source": source, **parts})


def paged(address: str, query: str, **source: Any) -> dict[str, Any]:
    url = f"{address}/practice/online-retail?page=1&{query}"
    return {"type": "http", "url": url, "rate_limit": None, "page_limit": None, **source}


# --- files --------------------------------------------------------------------------------------------------------


def test_the_figures_of_a_csv_are_right(place: Place) -> None:
    told = place.analyze(place.orders())
    assert (told["title"], told["rows"]) == ("orders.csv", 8)
    known = [price for price in PRICES if price is not None]
    price = told["descriptive"]["price"]
    assert (price["count"], price["missing"], price["distinct"]) == (7, 1, len(set(known)))
    assert (price["min"], price["max"], price["mode"]) == (min(known), max(known), statistics.mode(known))
    assert price["mean"] == pytest.approx(statistics.mean(known))
    assert price["median"] == pytest.approx(statistics.median(known))
    assert price["std_dev"] == pytest.approx(statistics.stdev(known))
    quartiles = statistics.quantiles(known, n=4, method="inclusive")
    assert list(price["quartiles"].values()) == pytest.approx(quartiles)
    ids = [number for number, price in enumerate(PRICES) if price is not None]
    assert told["correlation"]["matrix"]["id"]["price"] == pytest.approx(statistics.correlation(ids, known))
    assert told["categorical"]["city"]["values"][0] == {"value": "Rome", "count": 3, "share": pytest.approx(3 / 7)}


def test_without_an_output_a_page_named_after_the_file_is_in_the_current_folder(place: Place) -> None:
    place.orders()
    done = place.call("analyze", "orders.csv")
    page = place.here / "orders report.html"
    assert (done.returncode, done.stdout) == (0, f"{page}\n")
    assert "Complete: 8 rows" in done.stderr
    assert names(place.here) == ["orders report.html", "orders.csv"]
    text = page.read_text(encoding="utf-8")
    assert "<title>orders.csv</title>" in text
    assert "8 rows, 3 columns" in text


def test_a_folder_as_output_gets_that_page(place: Place) -> None:
    folder = place.here / "reports"
    folder.mkdir()
    done = place.call("analyze", place.orders(), "--output", folder)
    assert done.stdout == f"{folder / 'orders report.html'}\n"
    assert names(folder) == ["orders report.html"]


def test_json_is_data_unless_it_is_a_recipe(place: Place) -> None:
    rows = [{"source": "shop", "n": number} for number in range(3)]
    assert place.analyze(place.write("a.json", json.dumps(rows)))["descriptive"]["n"]["max"] == 2
    assert place.analyze(place.write("b.json", json.dumps({"source": "shop", "rows": rows})))["rows"] == 3
    lines = "\n".join(json.dumps({"source": row}) for row in rows[:1])
    assert list(place.analyze(place.write("c.jsonl", lines))["missing"]["columns"]) == ["source"]


def test_an_exported_zip_is_analyzed_as_the_data_in_it(place: Place) -> None:
    source = {"type": "file", "path": str(place.orders())}
    place.write("r.json", recipe(source, steps=[{"type": "filter", "where": "id > 4"}]))
    assert place.call("run", "r.json", "--output", "made.zip").returncode == 0
    (place.here / "orders.csv").unlink()  # the recipe in the ZIP could not be run
    assert place.analyze(place.here / "made.zip")["descriptive"]["id"]["min"] == 5


@pytest.mark.parametrize("text", ["", "a,b\n"])
def test_a_file_without_rows_has_a_report_that_says_so(place: Place, text: str) -> None:
    done = place.call("analyze", place.write("none.csv", text))
    assert done.returncode == 0
    assert "Empty: " in done.stderr
    assert "<p>0 rows, " in (place.here / "none report.html").read_text(encoding="utf-8")


# --- recipes ------------------------------------------------------------------------------------------------------


def test_a_recipes_steps_are_done_and_its_output_is_not_written(place: Place) -> None:
    columns = [{"column": "price", "name": "cost"}, {"column": "id"}]
    steps = [{"type": "filter", "where": "city = 'Rome'"}, {"type": "columns", "columns": columns, "rest": "drop"}]
    source = {"type": "file", "path": str(place.orders())}
    output = {"type": "file", "path": str(place.here / "out.csv")}
    told = place.analyze(place.write("r.json", recipe(source, steps=steps, output=output)))
    assert (told["title"], told["rows"], list(told["descriptive"])) == ("rows", 3, ["id", "cost"])
    assert told["descriptive"]["cost"]["mean"] == pytest.approx((1.5 + 2.25) / 2)
    assert not (place.here / "out.csv").exists()


def test_a_recipe_on_standard_input_names_the_report(place: Place, practice: str) -> None:
    done = place.call("analyze", "-", stdin=recipe(paged(practice, "limit=500&rows=1000")))
    assert (done.returncode, done.stdout) == (0, f"{place.here / 'rows report.html'}\n")
    assert "<p>1,000 rows, 8 columns" in (place.here / "rows report.html").read_text(encoding="utf-8")


def test_a_wrong_recipe_is_2_and_names_the_field(place: Place) -> None:
    said = place.refused(2, place.write("r.json", recipe({"type": "file", "paht": "a.csv"})))
    assert "source.paht: is not known here" in said


def test_cached_pages_need_no_source(place: Place, tmp_path: Path) -> None:
    with serve(build(tmp_path / "practice"), port=0) as served:
        document = recipe(paged(served.url, "limit=500&rows=1000"))
        first = place.analyze("-", stdin=document)
    second = place.analyze("-", "--cached", stdin=document)
    assert first["rows"] == 1000
    assert {**first, "made_at": ""} == {**second, "made_at": ""}
    assert place.call("analyze", "-", stdin=document.replace('"rate', '"retries": 0, "rate')).returncode == 1


def test_what_was_read_of_a_file_serves_the_next_run(place: Place) -> None:
    file = place.orders()
    place.analyze(file.name)
    file.unlink()
    place.write("r.json", recipe({"type": "file", "path": str(file)}))
    assert place.call("run", "r.json", "--output", "out.csv").returncode == 1
    assert place.call("run", "r.json", "--cached", "--output", "out.csv").returncode == 0
    assert len((place.here / "out.csv").read_text(encoding="utf-8").splitlines()) == 9


def test_rows_that_are_missing_are_1_unless_they_are_accepted(place: Place, practice: str) -> None:
    source = paged(practice, "limit=100&rows=1000&fail_every=4", retries=0, concurrency=1)
    file = place.write("r.json", recipe(source))
    said = place.refused(1, file)
    assert "Partial: page" in said
    assert "with --cached to go on" in said
    assert "--resume" not in said
    assert 0 < place.analyze(file, "--accept-partial")["rows"] < 1000


def test_rows_that_break_a_rule_are_told_and_no_list_is_promised(place: Place) -> None:
    source = {"type": "file", "path": str(place.orders())}
    rule = {"type": "validate", "schema": {"price": {"required": True}}, "on_error": "drop"}
    file = place.write("r.json", recipe(source, steps=[rule]))
    done = place.call("analyze", file, "--output", "report.json")
    assert "1 row was dropped (a run lists them)" in done.stderr
    assert json.loads((place.here / "report.json").read_text(encoding="utf-8"))["rows"] == 7
    strict = place.write("strict.json", recipe(source, steps=[{**rule, "on_error": "fail"}]))
    said = place.refused(1, strict)
    assert "breaks a rule" in said
    assert "A run of the recipe lists them all." in said
    assert str(place.temporary) not in said


def test_an_analysis_is_no_run_that_the_next_one_goes_on_from(place: Place, practice: str) -> None:
    newer = {"column": "Quantity", "param": "since"}
    file = place.write("r.json", recipe(paged(practice, "limit=500&rows=500", incremental=newer)))
    assert kept_since(place, file, "analyze") is None
    assert kept_since(place, file, "run", "--output", "out.csv") is not None


def kept_since(place: Place, file: Path, command: str, *options: str) -> object:
    assert place.call(command, file, *options).returncode == 0
    with closing(Store(Folder(place.home), lambda: datetime.now(UTC))) as store:
        return store.recall("since:rows")


# --- what goes wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["report.txt", "report", "report.json.gz"])
def test_a_report_of_another_kind_is_2_and_says_what_there_is(place: Place, name: str) -> None:
    said = place.refused(2, place.orders(), "--output", name)
    assert f"--output: must end in .html, .htm or .json, found '{name}'" in said
    assert not place.home.exists(), "nothing has run"


def test_a_missing_file_is_2(place: Place) -> None:
    assert "gone.csv: cannot be read: No such file" in place.refused(2, "gone.csv")


def test_what_is_in_no_known_format_is_1(place: Place) -> None:
    (place.here / "noise.bin").write_bytes(bytes(range(256)) * 20)
    assert "noise.bin is in no format that is known here" in place.refused(1, "noise.bin")


def test_a_place_where_nothing_can_be_written_is_told_before_the_work(place: Place) -> None:
    file = place.orders()
    said = place.refused(1, file, "--output", file / "report.html")
    assert "report.html cannot be written" in said
    assert not place.home.exists(), "nothing has run"


@pytest.mark.parametrize("what", ["rows.json", "r.json"])
def test_what_is_analyzed_is_never_written_over(place: Place, what: str) -> None:
    rows = place.write("rows.json", '[{"a": 1}]')
    place.write("r.json", recipe({"type": "file", "path": str(rows)}))
    for name in {what, "rows.json"}:
        before = (place.here / name).read_bytes()
        assert "is what is analyzed" in place.refused(2, what, "--output", name)
        assert (place.here / name).read_bytes() == before


def test_ctrl_c_is_130_and_leaves_the_older_report(place: Place, practice: str) -> None:
    source = paged(practice, "limit=100&rows=6000&latency_ms=150", concurrency=2)
    file, report = place.write("r.json", recipe(source)), place.write("rows report.html", "older")
    command = [*COMMAND, "analyze", str(file)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=place.here, env=place.environment
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(place.home.glob("jobs/*/spool/rows*")):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)
    assert (process.returncode, said[0]) == (130, "")
    assert "--cached goes on" in said[1]
    assert report.read_text(encoding="utf-8") == "older"
    assert names(place.here) == ["r.json", "rows report.html"]
    assert list(place.temporary.iterdir()) == []

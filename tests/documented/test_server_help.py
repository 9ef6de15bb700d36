"""The sessions printed in the help's page about the server, run as they stand there against a real server."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from serve_process import Serving, serving

from fetchtozip_gui.api.doors import export
from fetchtozip_gui.api.export_models import Configure

PAGE = Path(__file__).parents[2] / "resources" / "help" / "server.md"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("help")) as running:
        yield running


def printed(heading: str, language: str, server: Serving) -> str:
    """The first code below a heading, with the server's own port."""
    below = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1]
    found = re.search(rf"```{language}\n(.*?)```", below, re.DOTALL)
    assert found
    return found[1].replace("localhost:8000", f"localhost:{server.url.rpartition(':')[2]}")


@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="a session of bash and curl")
def test_the_session_with_curl(server: Serving, tmp_path: Path) -> None:
    commands = printed("An export with curl", "bash", server)
    done = subprocess.run(["bash", "-euc", commands], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert archive.testzip() is None
        lines = archive.read("data.csv").decode().splitlines()
    assert lines[0] == "product,InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,customer,Country"


def test_the_session_with_python(server: Serving, tmp_path: Path) -> None:
    script = printed("The same with Python", "python", server)
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "completed 100"
    assert len((tmp_path / "orders.csv").read_text(encoding="utf-8").splitlines()) > 2000


def test_every_route_and_field_is_named() -> None:
    page = PAGE.read_text(encoding="utf-8")
    text = Path(export.__file__).read_text(encoding="utf-8")
    routes = re.findall(r'"(/[a-z-]+(?:/\{task_id\})?)"', text)
    assert len(routes) == 10
    assert [path for path in routes if f"{export.PREFIX}{path}`" not in page] == []
    assert [name for name in Configure.model_fields if f"`{name}`" not in page] == []

"""The sessions printed in the help's page about the server, run as they stand there against a real server."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from help_sessions import HELP, in_python, in_shell, needs_curl, printed
from serve_process import Serving

from fetchtozip_gui.api.doors import export
from fetchtozip_gui.api.export_models import Configure

PAGE = "server.md"


@needs_curl
def test_the_session_with_curl(help_server: Serving, tmp_path: Path) -> None:
    in_shell(printed(PAGE, "An export with curl", "bash", help_server), tmp_path)
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert archive.testzip() is None
        lines = archive.read("data.csv").decode().splitlines()
    assert lines[0] == "product,InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,customer,Country"


def test_the_session_with_python(help_server: Serving, tmp_path: Path) -> None:
    told = in_python(printed(PAGE, "The same with Python", "python", help_server), tmp_path)
    assert told.splitlines()[-1] == "completed 100"
    assert len((tmp_path / "orders.csv").read_text(encoding="utf-8").splitlines()) > 2000


def test_every_route_and_field_is_named() -> None:
    page = (HELP / PAGE).read_text(encoding="utf-8")
    text = Path(export.__file__).read_text(encoding="utf-8")
    routes = re.findall(r'"(/[a-z-]+(?:/\{task_id\})?)"', text)
    assert len(routes) == 10
    assert [path for path in routes if f"{export.PREFIX}{path}`" not in page] == []
    assert [name for name in Configure.model_fields if f"`{name}`" not in page] == []

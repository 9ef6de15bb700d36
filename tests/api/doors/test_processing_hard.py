"""The data processing door under what clients do: any order of operations, odd names, cut uploads, files that go."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest
from api.conftest import Door

from fetchtozip_gui.engine import cleaning

SEED = 20_261_126
ROWS = [(f" city{n % 7} ", n % 40 if n % 11 else None, n * 1.5) for n in range(400)]
CSV = "town,age,paid\n" + "".join(f"{town},{'' if age is None else age},{paid}\n" for town, age, paid in ROWS)
Frame = pd.DataFrame


def send(door: Door, name: str, body: str | bytes = CSV) -> Any:
    return door.client.post("/api/upload", files={"file": (name, body)}, timeout=60)


def upload(door: Door, name: str = "people.csv", body: str | bytes = CSV) -> str:
    answer = send(door, name, body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["file_id"])


def ask(door: Door, path: str, status: int = 200, **body: Any) -> Any:
    answer = door.client.post(f"/api/{path}", json=body, timeout=120)
    assert answer.status_code == status, answer.text
    return answer.json()


# --- operations in any order, against pandas --------------------------------------------------------------------


def grouped(rows: Frame) -> Frame:
    """As SQL groups: a missing key is a group, in the order of the first row of each."""
    found = rows.groupby("town", sort=False, dropna=False).agg(age=("age", "min"), paid=("paid", "sum"))
    return found.reset_index()[["town", "age", "paid"]]


OPERATIONS: dict[str, tuple[dict[str, Any], Callable[[Frame], Frame]]] = {
    "clean": (
        {"handle_missing": "drop", "columns": ["age"], "remove_duplicates": ["town", "paid"]},
        lambda rows: rows.drop_duplicates(["town", "paid"]).dropna(subset=["age"]),
    ),
    "transform": ({"derive": {"paid": "paid * 2"}}, lambda rows: rows.assign(paid=rows["paid"] * 2)),
    "validate": (
        {"schema": {"age": {"max": 35}}, "on_error": "drop"},
        lambda rows: rows[~(rows["age"] > 35)],
    ),
    "filter": ({"where": "paid > 30"}, lambda rows: rows[rows["paid"] > 30]),
    "sort": (
        {"by": ["paid", "town"], "descending": True},
        lambda rows: rows.sort_values(["paid", "town"], ascending=False, kind="stable"),
    ),
    "group": (
        {
            "by": "town",
            "aggregate": [
                {"column": "age", "function": "min", "name": "age"},
                {"column": "paid", "function": "sum", "name": "paid"},
            ],
        },
        grouped,
    ),
    "sql": (
        {"query": "SELECT town, age, paid FROM input WHERE town <> ' city3 '"},
        lambda rows: rows[rows["town"] != " city3 "],
    ),
    "analyze": ({"analysis_type": "missing"}, lambda rows: rows),
}
ORDERS = [random.Random(SEED + n).sample(list(OPERATIONS), len(OPERATIONS)) for n in range(6)]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "-".join(kind[:3] for kind in order))
def test_operations_of_every_kind_in_any_order(door: Door, order: list[str]) -> None:
    file_id = upload(door)
    wanted = [{"type": kind, "params": OPERATIONS[kind][0]} for kind in order]
    answer = ask(door, "process", file_id=file_id, operations=wanted, limit=1_000)
    expected = Frame(ROWS, columns=["town", "age", "paid"])
    missing = None
    for kind in order:
        if kind == "analyze":
            missing = int(expected["age"].isna().sum())
        expected = OPERATIONS[kind][1](expected)
    assert len(expected) > 5
    found = Frame(answer["processed_data"]["records"], columns=["town", "age", "paid"])
    # the order of grouped rows is not promised
    keys = ["paid", "town"]
    found, expected = (
        rows.sort_values(keys).reset_index(drop=True).astype({"age": "float64", "paid": "float64"})
        for rows in (found, expected)
    )
    pd.testing.assert_frame_equal(found, expected)
    assert answer["statistics"] == {
        "rows_processed": 400,
        "rows_removed": 400 - len(expected),
        "rows_returned": len(expected),
        "columns_returned": 3,
    }
    (looked,) = [outcome for outcome in answer["results"] if outcome["type"] == "analyze"]
    assert (looked["operation"], looked["analysis"]["columns"]["age"]["missing"]) == (order.index("analyze"), missing)


def test_figures_are_those_of_pandas(door: Door) -> None:
    found = ask(door, "analyze", file_id=upload(door), columns=["paid", "age"])["analysis"]
    rows = Frame(ROWS, columns=["town", "age", "paid"])
    for name in ("paid", "age"):
        values = rows[name].dropna().astype(float)
        theirs = {
            "count": len(values),
            "missing": int(rows[name].isna().sum()),
            "distinct": values.nunique(),
            "mean": values.mean(),
            "median": values.median(),
            "std_dev": values.std(),
            "variance": values.var(),
            "min": values.min(),
            "max": values.max(),
            "skew": values.skew(),
        }
        ours = {key: found[name][key] for key in theirs}
        assert ours == pytest.approx(theirs, rel=1e-9)
    pairs = ask(door, "analyze", file_id=upload(door), analysis_type="correlation")["analysis"]["pairs"]
    assert pairs[0]["coefficient"] == pytest.approx(rows["age"].astype(float).corr(rows["paid"]), rel=1e-9)


# --- names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\boot.csv", "boot.csv"),
        ("C:\\Users\\me\\orders.csv", "orders.csv"),
        ("/abs/olute.csv", "olute.csv"),
        ("a\x00b.csv", "ab.csv"),
        ("a\nb.csv", "a b.csv"),
        ("tab\tin.csv", "tab in.csv"),
        ("CON.csv", "CON_.csv"),
        ("nul.csv", "nul_.csv"),
        ('a<b>:"|?*c.csv', None),
        ("\u202eexe.csv", "exe.csv"),
        ("é" * 300 + ".csv", None),
        ("x" * 300 + ".csv", None),
        ("trailing.csv. . ", "trailing.csv"),
        ("...csv", None),
        ("~.csv", "~.csv"),
        ("%2e%2e%2fup.csv", "%2e%2e%2fup.csv"),
    ],
)
def test_a_name_stays_in_its_own_folder_on_every_system(door: Door, name: str, kept: str | None) -> None:
    body = CSV.encode()
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"'.replace("\\", "\\\\")
    if '"' in name:
        head = head.replace(name, name.replace('"', "%22"))
    parts = b"--B\r\n" + head.replace("\n", "%0A").encode() + b"\r\n\r\n" + body + b"\r\n--B--\r\n"
    answer = door.client.post(
        "/api/upload", content=parts, headers={"Content-Type": "multipart/form-data; boundary=B"}, timeout=60
    )
    if answer.status_code != 201:
        # refused with words, and nothing is left of it
        assert answer.status_code in (400, 415), answer.text
        assert answer.json()["error"]
        assert door.engine.folder.upload_ids() == []
        return
    found = door.engine.uploads.get(answer.json()["file_id"])
    assert found.path.parent.parent.parent == door.engine.folder.upload(found.id).parent
    assert len(found.name.encode()) <= 200
    assert not set(found.name) & set('/\\\x00\n\r\t:*?"<>|')
    assert not found.name.endswith((".", " "))
    if kept is not None and "\n" not in name:
        assert found.name == kept


def test_two_uploads_of_one_name_are_two_files(door: Door) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda n: upload(door, "same.csv", f"n\n{n}\n"), range(8)))
    assert len(set(ids)) == 8
    for number, file_id in enumerate(ids):
        answer = door.client.get(f"/api/download/{file_id}?format=csv")
        assert answer.text.split() == ["n", str(number)]
        assert '"same.csv"' in answer.headers["content-disposition"]


# --- uploads that are none --------------------------------------------------------------------------------------


def test_an_upload_that_is_cut_leaves_nothing(door: Door) -> None:
    place = urlsplit(door.url)
    body = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\n' + b"1,2\n" * 9_000
    for sent in (50, len(body) // 2, len(body)):
        with socket.create_connection((place.hostname, place.port), timeout=30) as line:
            line.sendall(
                f"POST /api/upload HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {len(body) + 500}\r\n"
                "Content-Type: multipart/form-data; boundary=B\r\n\r\n".encode()
            )
            line.sendall(body[:sent])
            line.shutdown(socket.SHUT_WR)
            # whatever is answered, it is no success, and the server lets the line go
            told = b""
            while chunk := line.recv(65_536):
                told += chunk
        assert b" 201 " not in told.split(b"\r\n")[0]
    # the server has dealt with them once it answers the next one
    assert rows_of(door, upload(door)) == 400
    assert len(door.engine.folder.upload_ids()) == 1


def rows_of(door: Door, file_id: str) -> int:
    answer = door.client.get(f"/api/download/{file_id}?format=json", timeout=60)
    assert answer.status_code == 200, answer.text
    return len(answer.json())


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/csv", CSV),
        ("application/json", '{"file": "a.csv"}'),
        ("application/octet-stream", CSV),
        ("application/x-www-form-urlencoded", "file=a.csv"),
        ("", CSV),
    ],
)
def test_another_content_type_is_told(door: Door, kind: str, body: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = door.client.post("/api/upload", content=body, headers=headers)
    assert (answer.status_code, answer.json()["status_code"]) == (415, 415)
    assert "multipart/form-data" in answer.text
    assert door.engine.folder.upload_ids() == []


# --- what happens meanwhile -------------------------------------------------------------------------------------


def test_a_download_while_it_is_processed_has_what_there_is(door: Door) -> None:
    file_id = upload(door)
    started, done = threading.Event(), threading.Event()
    end = door.engine.watch(lambda job: started.set() if job.state == "running" else None)
    wanted = [{"type": "sort", "params": {"by": "paid"}}, {"type": "filter", "params": {"where": "paid > 300"}}]

    def process() -> Any:
        try:
            return ask(door, "process", file_id=file_id, operations=wanted)
        finally:
            done.set()

    try:
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(process)
            assert started.wait(60)
            # either the rows of before or those of after, and never a part of them
            counts = {rows_of(door, file_id)}
            while not done.is_set():
                counts.add(rows_of(door, file_id))
            left = answer.result()["processed_data"]["rows"]
    finally:
        end()
    assert counts <= {400, left}
    assert rows_of(door, file_id) == left


def test_a_file_that_is_gone_is_told(door: Door) -> None:
    file_id = upload(door)
    ask(door, "process", file_id=file_id, operations=[{"type": "clean", "params": {"trim": True}}])
    door.engine.uploads.remove(file_id)
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("process", {"operations": [{"type": "clean", "params": {}}]}),
        ("validate", {"schema": {"age": {"max": 1}}}),
        ("analyze", {}),
    )
    for path, more in asked:
        answer = ask(door, path, 404, file_id=file_id, **more)
        assert (answer["error"], answer["status_code"]) == (f"There is no uploaded file '{file_id}'.", 404)
    assert door.client.get(f"/api/download/{file_id}").status_code == 404


def test_a_file_whose_bytes_are_gone_is_told(door: Door) -> None:
    file_id = upload(door)
    ask(door, "process", file_id=file_id, operations=[{"type": "clean", "params": {"trim": True}}])
    found = door.engine.uploads.get(file_id)
    for job in door.engine.jobs():
        cleaning.delete(door.engine.folder.job(job.id))
    found.path.unlink()
    answer = door.client.get(f"/api/download/{file_id}")
    assert answer.status_code == 404, answer.text
    assert "no longer there" in answer.json()["error"]
    uploaded = door.client.get(f"/api/download/{file_id}?data=uploaded&format=csv")
    assert uploaded.status_code in (200, 404), uploaded.text

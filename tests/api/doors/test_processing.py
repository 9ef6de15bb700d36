"""The data processing door on a real server: every format and fault of a file, every operation in any order."""

from __future__ import annotations

import gzip
import io
import json
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import fastavro
import openpyxl
import polars as pl
import pytest
from api.conftest import Door

from fetchtozip_gui.api.build import upload_limit
from fetchtozip_gui.core.errors import RecipeError

ROWS = b"name,age,city\nAda,36,London\nBob,41,Rome\nBob,41,Rome\nCyd,,Oslo\n"
RECORDS = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


def send(door: Door, name: str, body: bytes, **fields: str) -> Any:
    return door.client.post("/api/upload", files={"file": (name, body)}, data=fields, timeout=60)


def upload(door: Door, body: bytes = ROWS, name: str = "people.csv", **fields: str) -> str:
    answer = send(door, name, body, **fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["file_id"])


def ask(door: Door, path: str, status: int = 200, **body: Any) -> Any:
    answer = door.client.post(f"/api/{path}", json=body, timeout=60)
    assert answer.status_code == status, answer.text
    return answer.json()


def process(door: Door, file_id: str, *operations: tuple[str, dict[str, Any]], status: int = 200) -> Any:
    wanted = [{"type": kind, "params": params} for kind, params in operations]
    return ask(door, "process", status, file_id=file_id, operations=wanted)


def rows(door: Door, file_id: str, **more: str) -> Any:
    answer = door.client.get(f"/api/download/{file_id}", params={"format": "json", **more}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


# --- files ------------------------------------------------------------------------------------------------------


def written(kind: str) -> bytes:
    target = io.BytesIO()
    match kind:
        case "parquet":
            pl.DataFrame(RECORDS).write_parquet(target)
        case "xlsx":
            book = openpyxl.Workbook()
            book.active.append(["other"])
            sheet = book.create_sheet("Rows")
            for row in (["a", "b"], [1, "x"], [2, "y"]):
                sheet.append(row)
            book.save(target)
        case "avro":
            fields = [{"name": "a", "type": "long"}, {"name": "b", "type": "string"}]
            fastavro.writer(target, {"type": "record", "name": "r", "fields": fields}, RECORDS)
        case "zip":
            with zipfile.ZipFile(target, "w") as archive:
                archive.writestr("in/rows.csv", "a,b\n1,x\n2,y\n")
    return target.getvalue()


def _unnamed(value: object) -> str | None:
    """No test is called by its body: some hold the time at which they were made."""
    return "body" if isinstance(value, bytes) else None


@pytest.mark.parametrize(
    ("name", "body", "fields"),
    [
        ("rows.csv", b"a,b\n1,x\n2,y\n", {}),
        ("rows.csv", b"a;b\r\n1;x\r\n2;y\r\n", {}),
        ("rows.tsv", b"a\tb\n1\tx\n2\ty\n", {}),
        ("rows.txt", b"a|b\n1|x\n2|y\n", {}),
        ("rows.csv", "a,b\n1,x\n2,y\n".encode("utf-16"), {}),
        ("rows.csv", b"a~b\n1~x\n2~y\n", {"delimiter": "~"}),
        ("rows.csv", "a,b\n1,x\n2,y\n".encode("cp037"), {"encoding": "cp037", "format": "csv"}),
        ("rows", b"a,b\n1,x\n2,y\n", {}),
        ("rows.csv", b"by hand\n'a',b\n1,x\n2,y\n", {"header": "2", "quote": "single"}),
        ("rows.csv", b"a,b\n1,x\n2\n2,y\n", {"bad_lines": "skip"}),
        ("rows.json", json.dumps({"data": [1, 2, 3], "few": RECORDS}).encode(), {"records": "$.few"}),
        ("rows.json", json.dumps(RECORDS).encode(), {}),
        ("rows.json", json.dumps({"data": RECORDS}).encode(), {}),
        ("rows.jsonl", b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n', {}),
        ("rows.xml", b"<r><i><a>1</a><b>x</b></i><i><a>2</a><b>y</b></i></r>", {}),
        ("rows.xlsx", written("xlsx"), {"sheet": "Rows"}),
        ("rows.xlsx", written("xlsx"), {"sheet": "2"}),
        ("rows.parquet", written("parquet"), {}),
        ("rows.avro", written("avro"), {}),
        ("rows.csv.gz", gzip.compress(b"a,b\n1,x\n2,y\n", mtime=0), {}),
        ("rows.zip", written("zip"), {}),
        ("rows.zip", written("zip"), {"member": "in/rows.csv"}),
        ("wrong.csv", written("parquet"), {}),
    ],
    ids=_unnamed,
)
def test_every_format_is_read(door: Door, name: str, body: bytes, fields: dict[str, str]) -> None:
    file_id = upload(door, body, name, **fields)
    assert [list(map(str, row.values())) for row in rows(door, file_id)] == [["1", "x"], ["2", "y"]]


@pytest.mark.parametrize(
    ("status", "name", "body", "words"),
    [
        (400, "a.csv", b"", "a.csv is empty"),
        (400, "a.csv", b" \n\n", "is empty"),
        (400, "a.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        (400, "a.csv", b"a,b\n" + b"1,2\n" * 9 + b"1,2,3\n", "Line 11 has 3 fields where the header has 2"),
        (400, "a.csv", b'a,b\n1,"x\n2,y\n', "the quote that opens a field is never closed"),
        (400, "a.json", b"{bad", "not valid JSON"),
        (400, "a.json", b"[]", "no columns"),
        (400, "a.json", b"[" * 5_000, "nested deeper than 64"),
        (400, "a.jsonl", b'{"a": 1}\n{bad\n', "Line 2"),
        (400, "a.xml", b"<a><b>", "not well-formed XML"),
        (400, "a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a.xml"),
        (400, "a.xlsx", b"PK\x03\x04broken", "damaged"),
        (400, "a.xlsx", written("xlsx")[:2000], "damaged"),
        (400, "a.xls", b"\xd0\xcf\x11\xe0broken", "cannot be read"),
        (400, "a.parquet", b"PAR1broken", "Parquet cannot be read"),
        (400, "a.parquet", written("parquet")[:-20] + b"0" * 16 + b"PAR1", "Parquet cannot be read"),
        (400, "a.avro", b"Obj\x01broken", "Avro"),
        (400, "a.gz", b"\x1f\x8bbroken", "damaged"),
        (400, "a.csv.gz", gzip.compress(b"a,b\n1,2\n" * 5_000, mtime=0)[:-12], "damaged"),
        (400, "a.zip", b"PK\x05\x06" + bytes(18), "no file that may hold rows"),
        (415, "a.pdf", b"%PDF-1.7", "of a type that is not read here"),
        (415, "a.exe", b"MZ", "of a type that is not read here"),
        (415, "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG picture"),
        (415, "a.csv", b"%PDF-1.7\n1 0 obj", "PDF document"),
        (415, "a.csv", bytes(range(256)) * 20, "binary"),
        (415, "a.json", b'{"a": "' + bytes(range(32)) * 9, "binary"),
        (415, "a", bytes(range(256)) * 20, "in no format that is known here"),
        (415, "a.tar", bytes(257) + b"ustar" + bytes(300), "of a type"),
    ],
    ids=_unnamed,
)
def test_what_is_no_file_with_rows_is_told_and_not_kept(
    door: Door, status: int, name: str, body: bytes, words: str
) -> None:
    answer = send(door, name, body)
    assert (answer.status_code, answer.json()["status_code"]) == (status, status), answer.text
    assert words in answer.json()["error"]
    assert door.engine.folder.upload_ids() == []


def test_a_bomb_is_told(door: Door) -> None:
    answer = send(door, "bomb.csv.gz", gzip.compress(b"a\n" + (b"0" * 1_000 + b"\n") * 90_000, mtime=0))
    assert answer.status_code == 400
    assert "limit" in answer.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"delimiter": ";;"}, "delimiter: must be one character"),
        ({"encoding": "klingon"}, "encoding: there is no encoding 'klingon'"),
        ({"format": "docx"}, "format: must be"),
        ({"header": "first"}, "header: must be"),
        ({"quote": "'"}, "quote: must be"),
        ({"sheets": "1"}, "sheets: is not known here"),
        ({"sheet": "x" * 2_000}, "sheet: must have at most"),
    ],
)
def test_a_wrong_field_is_named(door: Door, fields: dict[str, str], words: str) -> None:
    answer = send(door, "a.csv", b"a\n1\n", **fields)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def part(head: str, body: str = "a\r\n1\r\n") -> str:
    return f"--B\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n"


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (part('name="file"; filename="a.csv"'), "multipart/form-data; boundary=B", "ends before its last boundary"),
        (part('name="file"; filename="a.csv"') + "--B--", "multipart/form-data", "needs a boundary"),
        (part('name="file"') + "--B--", "multipart/form-data; boundary=B", "must be a file with a name"),
        (part('name="other"') + "--B--", "multipart/form-data; boundary=B", "other: is not known here"),
        (part('filename="a.csv"') + "--B--", "multipart/form-data; boundary=B", "is not known here"),
        ("--B--", "multipart/form-data; boundary=B", "file: is required"),
        ("nothing of it", "multipart/form-data; boundary=B", "body: "),
        (part('name="file"; filename="a.csv"') * 2 + "--B--", "multipart/form-data; boundary=B", "one file is taken"),
        (part('name="sheet"') * 2 + "--B--", "multipart/form-data; boundary=B", "be there once"),
    ],
)
def test_a_body_that_is_none_is_told(door: Door, body: str, kind: str, words: str) -> None:
    answer = door.client.post("/api/upload", content=body.encode(), headers={"Content-Type": kind})
    assert answer.status_code == 400, answer.text
    assert words in answer.json()["error"]
    assert door.engine.folder.upload_ids() == []


def test_names_are_made_safe(door: Door) -> None:
    answer = send(door, "../../etc/pass\u202ewd.csv", b"a\n1\n")
    assert answer.json()["filename"] == "passwd.csv"
    (path,) = door.engine.uploads.get(answer.json()["file_id"]).path.parent.iterdir()
    assert path.name == "passwd.csv"


def test_a_body_that_is_too_large_is_refused(open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_CONTENT_LENGTH", "5000")
    door = open_door()
    assert send(door, "a.csv", b"a\n" + b"1\n" * 2_000).status_code == 201
    answer = send(door, "a.csv", b"a\n" + b"1\n" * 3_000)
    assert (answer.status_code, answer.json()["status_code"]) == (413, 413)
    assert "5,000 bytes" in answer.json()["error"]

    def dripped() -> Any:
        yield part('name="file"; filename="a.csv"', "").encode()
        for _ in range(100):
            yield b"1\n" * 500

    kind = {"Content-Type": "multipart/form-data; boundary=B"}
    answer = door.client.post("/api/upload", content=dripped(), headers=kind)
    assert answer.status_code == 413
    assert len(door.engine.folder.upload_ids()) == 1
    # a multipart body is for this route alone
    assert door.client.post("/api/process", content=b"x", headers=kind).status_code == 415


def test_several_uploads_at_once(door: Door) -> None:
    bodies = {f"f{number}.csv": f"n\n{number}\n".encode() * 1 for number in range(12)}
    with ThreadPoolExecutor(6) as pool:
        ids = dict(zip(bodies, pool.map(lambda name: upload(door, bodies[name], name), bodies), strict=True))
    assert len(set(ids.values())) == 12
    for number, file_id in enumerate(ids.values()):
        assert rows(door, file_id) == [{"n": number}]


# --- operations -------------------------------------------------------------------------------------------------


def test_operations_in_their_order(door: Door) -> None:
    file_id = upload(door)
    answer = process(
        door,
        file_id,
        ("analyze", {"analysis_type": "missing"}),
        ("clean", {"remove_duplicates": True}),
        ("validate", {"schema": {"age": {"required": True}}, "on_error": "drop"}),
        ("analyze", {}),
        ("transform", {"derive": {"older": "age + 1"}, "rename": {"city": "town"}, "output_format": "csv"}),
        ("filter", {"where": "older > 30"}),
        ("sort", {"by": "older", "descending": True}),
        ("sql", {"query": "SELECT town, older FROM input"}),
    )
    assert answer["processed_data"]["records"] == [{"town": "Rome", "older": 42}, {"town": "London", "older": 37}]
    assert answer["processed_data"]["download"] == f"/api/download/{file_id}?format=csv"
    assert answer["statistics"] == {
        "rows_processed": 4,
        "rows_removed": 2,
        "rows_returned": 2,
        "columns_returned": 2,
    }
    first, second, third = answer["results"]
    assert (first["operation"], first["analysis"]["columns"]["age"]["missing"]) == (0, 1)
    assert (second["operation"], second["valid"], second["error_count"]) == (2, False, 1)
    assert second["errors"][0]["row"] == 3
    assert (third["operation"], third["analysis"]["count"], third["analysis"]["mean"]) == (3, 2, 38.5)
    assert rows(door, file_id) == answer["processed_data"]["records"]


def test_what_is_looked_at_takes_no_more_jobs_than_it_needs(door: Door) -> None:
    file_id = upload(door)
    before = len(door.engine.jobs())
    looks = [("analyze", {}), ("analyze", {"analysis_type": "missing"})]
    steps = [("clean", {"remove_duplicates": True}), ("clean", {"handle_missing": "drop"})]
    answer = process(door, file_id, *looks, steps[0], *looks, steps[1], *looks)
    told = [outcome["analysis"]["count"] for outcome in answer["results"][::2]]
    assert told == [3, 2, 2]
    missing = [outcome["analysis"]["columns"]["age"]["missing"] for outcome in answer["results"][1::2]]
    assert missing == [1, 1, 0]
    # one for the result, and one for the rows in the middle; the uploaded ones are there already
    assert len(door.engine.jobs()) == before + 2


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        (("group", {"by": "city", "aggregate": {"age": ["max", "count"]}}), {"city", "age_max", "age_count"}),
        (("group", {"by": ["name"], "aggregate": [{"column": "*", "function": "count"}]}), {"name", "count"}),
        (("transform", {"select": ["city", "name"]}), {"city", "name"}),
        (("transform", {"columns": [{"column": 0, "name": "who"}], "rest": "drop"}), {"who"}),
        (("filter", {"condition": "age IS NULL"}), {"name", "age", "city"}),
        (("sort", {"by": ["city", "age"]}), {"name", "age", "city"}),
    ],
)
def test_each_operation(door: Door, operation: tuple[str, dict[str, Any]], found: set[str]) -> None:
    answer = process(door, upload(door), operation)
    assert {column["name"] for column in answer["processed_data"]["columns"]} == found


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (("filter", {}), "operations.1.params.where: is required"),
        (("filter", {"where": "agee > 1"}), "agee"),
        (("sort", {"by": "nope"}), "operations.1 (sort): by.0: there is no column `nope`"),
        (("clean", {"handle_missing": "magic"}), "operations.1.params.handle_missing"),
        (("clean", {"type": "sort"}), "operations.1.params.type: the type stands beside `params`"),
        (("transform", {"output_format": "docx"}), "operations.1.params.output_format: must be one of csv"),
        (("transform", {"magic": 1}), "operations.1.params.magic: is not known here"),
        (("analyze", {"analysis_type": "magic"}), "operations.1.params.analysis_type: must be one of descriptive"),
        (("analyze", {"columns": ["nope"]}), "there is no column `nope`"),
        (("sql", {"query": "DROP TABLE input"}), "operations.1.params.query: a query begins with SELECT"),
        (("sql", {"query": "SELECT * FROM read_csv('/etc/passwd')"}), "operations.1"),
        (("validate", {"schema": {"age": {"max": 40}}, "on_error": "fail"}), "rows break a rule"),
        (("group", {"by": "city", "aggregate": {"name": "mean"}}), "mean needs numbers"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_operation(
    door: Door, operation: tuple[str, dict[str, Any]], words: str
) -> None:
    answer = process(door, upload(door), ("filter", {"where": "true"}), operation, status=400)
    assert words in answer["error"]
    assert str(door.engine.folder.root) not in json.dumps(answer)


def test_values_keep_their_types_in_the_answer(door: Door) -> None:
    body = [{"id": 2**63 - 1, "x": 0.1, "t": None, "tags": ["a"], "o": {"p": 1}}, {"id": 1, "x": None, "t": "é\n"}]
    file_id = upload(door, json.dumps(body).encode(), "rows.json")
    answer = process(door, file_id, ("filter", {"where": "true"}))
    assert answer["processed_data"]["records"][0] == {**body[0], "t": None}
    assert answer["processed_data"]["records"][1] == {**body[1], "tags": None, "o": None}


def test_the_answer_is_bounded_and_the_download_is_not(door: Door) -> None:
    file_id = upload(door, b"n\n" + b"".join(b"%d\n" % number for number in range(5_000)))
    operation = {"type": "filter", "params": {"where": "n >= 1000"}}
    answer = ask(door, "process", file_id=file_id, operations=[operation], limit=3)
    data = answer["processed_data"]
    assert (len(data["records"]), data["rows"], data["truncated"]) == (3, 4_000, True)
    assert len(rows(door, file_id)) == 4_000
    assert len(rows(door, file_id, data="uploaded")) == 5_000
    assert answer["statistics"]["rows_removed"] == 1_000


# --- questions --------------------------------------------------------------------------------------------------


def test_thousands_of_faults_can_be_downloaded(door: Door) -> None:
    file_id = upload(door, b"n\n" + b"".join(b"%d\n" % number for number in range(3_000)))
    answer = ask(door, "validate", file_id=file_id, schema={"n": {"type": "integer", "max": 499}})
    assert (answer["valid"], answer["validated_rows"], answer["error_count"]) == (False, 3_000, 2_500)
    assert len(answer["errors"]) == 1_000
    listed = door.client.get(answer["download"])
    assert listed.status_code == 200
    assert listed.text.count("\n") == 2_501
    assert door.client.get(f"/api/download/{upload(door)}?data=errors").status_code == 404


def test_the_last_processing_is_what_is_asked_about(door: Door) -> None:
    file_id = upload(door)
    wanted = {"file_id": file_id, "schema": {"age": {"required": True}}}
    assert ask(door, "validate", **wanted)["valid"] is False
    answer = ask(door, "validate", 400, data="processed", **wanted)
    assert "nothing has been processed yet" in answer["error"]
    process(door, file_id, ("clean", {"handle_missing": "drop"}))
    assert ask(door, "validate", **wanted)["valid"] is True
    assert ask(door, "validate", data="uploaded", **wanted)["valid"] is False
    assert ask(door, "analyze", file_id=file_id)["analysis"]["count"] == 3
    assert ask(door, "analyze", file_id=file_id, data="uploaded")["analysis"]["missing"] == 1


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("descriptive", {"mean", "median", "std_dev", "variance", "min", "max", "quartiles", "skew", "kurtosis"}),
        ("distribution", {"bins", "rule"}),
        ("outliers", {"iqr", "zscore"}),
        ("missing", {"columns", "patterns", "complete_rows"}),
        ("correlation", {"matrix", "pairs", "method"}),
    ],
)
def test_every_analysis(door: Door, kind: str, keys: set[str]) -> None:
    found = ask(door, "analyze", file_id=upload(door), analysis_type=kind)["analysis"]
    assert set(found) >= keys


def test_analyses_are_about_the_columns_that_fit(door: Door) -> None:
    file_id = upload(door)
    found = ask(door, "analyze", file_id=file_id, analysis_type="categorical")["analysis"]
    assert set(found) == {"name", "city"}
    assert found["name"]["mode"] == "Bob"
    named = ask(door, "analyze", file_id=file_id, columns=["name", "age"])["analysis"]
    assert set(named) == {"name", "age"}
    answer = ask(door, "analyze", 400, file_id=file_id, analysis_type="outliers", columns=["name"])
    assert "`name` holds no numbers" in answer["error"]
    answer = ask(door, "analyze", 400, file_id=file_id, method="spearman")
    assert answer["error"] == "method: belongs to correlation, and this is descriptive."
    answer = ask(door, "analyze", 400, file_id=file_id, analysis_type="magic")
    assert answer["error"].startswith("analysis_type: Input should be 'descriptive'")


# --- results ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "suffix", "begins"),
    [("csv", "csv", b"name,age"), ("excel", "xlsx", b"PK"), ("xlsx", "xlsx", b"PK"), ("parquet", "parquet", b"PAR1")],
)
def test_a_download_has_its_name_and_ranges(door: Door, asked: str, suffix: str, begins: bytes) -> None:
    file_id = upload(door, name="people.csv")
    address = f"/api/download/{file_id}?format={asked}"
    answer = door.client.get(address)
    assert answer.content.startswith(begins)
    assert f'"people.{suffix}"' in answer.headers["content-disposition"]
    jobs = len(door.engine.jobs())
    again = door.client.get(address, headers={"Range": "bytes=1-3"})
    assert (again.status_code, again.content) == (206, answer.content[1:4])
    assert door.client.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert door.client.head(address).headers["content-length"] == str(len(answer.content))
    assert len(door.engine.jobs()) == jobs


def test_a_report_is_a_page_that_runs_nothing(door: Door) -> None:
    answer = door.client.get(f"/api/download/{upload(door)}?format=html")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-disposition"] == 'attachment; filename="people.html"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "Histogram of age" in answer.text


def test_uploads_and_results_outlive_the_server(open_door: Callable[..., Door]) -> None:
    door = open_door()
    file_id = upload(door)
    process(door, file_id, ("filter", {"where": "age = 36"}))
    door = open_door()
    assert rows(door, file_id) == [{"name": "Ada", "age": 36, "city": "London"}]
    job_id = door.engine.uploads.get(file_id).notes["processed"]["job"]
    door.engine.remove(job_id)
    answer = door.client.get(f"/api/download/{file_id}")
    assert (answer.status_code, answer.json()["error"]) == (404, "The processed data is no longer there.")


def test_a_job_that_somebody_stops_is_told(door: Door) -> None:
    file_id = upload(door, b"n\n" + b"".join(b"%d\n" % number for number in range(200_000)))
    stopped = threading.Event()

    def stop(job: Any) -> None:
        if job.state == "running" and job.recipe.get("steps") and not stopped.is_set():
            stopped.set()
            threading.Thread(target=door.engine.cancel, args=(job.id,)).start()

    end = door.engine.watch(stop)
    slow = "SELECT count(*) AS n FROM input a, input b WHERE (a.n * b.n) % 7 = 1"
    answer = process(door, file_id, ("sql", {"query": slow}), status=409)
    end()
    assert "was cancelled before its end" in answer["error"]
    assert len(rows(door, file_id)) == 200_000


# --- the gate ---------------------------------------------------------------------------------------------------


def test_the_gate_speaks_as_the_door_does(open_door: Callable[..., Door]) -> None:
    door = open_door()
    for headers, status in (({"Origin": "http://evil.test"}, 403), ({"Host": "evil.test"}, 403)):
        answer = door.client.get("/api/health", headers=headers)
        assert (answer.status_code, set(answer.json())) == (status, {"error", "status_code", "details"})
    answer = door.client.post("/api/process", content=b"a=1", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["details"]) == (415, "Unsupported Media Type")
    # no door's path
    assert set(door.client.get("/api/healthy").json()) == {"detail"}
    assert door.client.get("/api/download").json()["status_code"] == 404


@pytest.mark.parametrize(
    ("written", "bytes_"),
    [("", 16_777_216), ("1", 1), (" 5000 ", 5_000), ("0", None), ("-1", None), ("16MB", None), ("9" * 30, None)],
)
def test_the_largest_upload_is_a_setting(door: Door, written: str, bytes_: int | None) -> None:
    if bytes_ is None:
        with pytest.raises(RecipeError, match="MAX_CONTENT_LENGTH: must be a whole number of bytes"):
            upload_limit(door.shelf, {"MAX_CONTENT_LENGTH": written})
        return
    assert upload_limit(door.shelf, {"MAX_CONTENT_LENGTH": written}) == bytes_
    door.shelf.put("max_content_length", 7_000)
    assert upload_limit(door.shelf, {}) == 7_000


def test_what_is_set_counts_at_once(door: Door) -> None:
    file_id = upload(door)
    door.shelf.put("max_content_length", 100)
    answer = send(door, "people.csv", ROWS)
    assert (answer.status_code, answer.json()["status_code"]) == (413, 413)
    assert "100 bytes" in answer.text
    assert rows(door, file_id)
    door.shelf.put("max_content_length", 16_777_216)
    assert upload(door)


def test_the_documents_tell_this_door_s_errors_in_its_words(door: Door) -> None:
    document = door.client.get("/openapi.json").json()
    for path in ("/api/upload", "/api/process", "/api/validate", "/api/analyze", "/api/download/{file_id}"):
        (operation,) = document["paths"][path].values()
        assert "422" not in operation["responses"]
        shape = operation["responses"]["400"]["content"]["application/json"]["schema"]
        assert shape == {"$ref": "#/components/schemas/ProcessingFault"}
    assert "multipart/form-data" in document["paths"]["/api/upload"]["post"]["requestBody"]["content"]

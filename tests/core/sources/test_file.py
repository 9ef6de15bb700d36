"""The file source: every format, packed or not, the same parts again after a stop, and what cannot be read."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import threading
import zipfile
from pathlib import Path
from typing import Any

import fastavro
import openpyxl
import polars as pl
import pytest
from pydantic import ValidationError

from fetchtozip_gui.core.errors import BadBody, Cancelled, NotInThisVersion, SourceError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.sources.file import FileSource
from fetchtozip_gui.core.work import Done, Failed, Part, Tools

ROWS = [{"id": f"{n:05}", "n": n, "x": n / 4, "city": "Zürich, CH" if n % 2 else "a\nb"} for n in range(3000)]
FRAME = pl.DataFrame(ROWS)


def parquet() -> bytes:
    file = io.BytesIO()
    FRAME.write_parquet(file)
    return file.getvalue()


def avro() -> bytes:
    kinds = {"id": "string", "n": "long", "x": "double", "city": "string"}
    schema = {"type": "record", "name": "r", "fields": [{"name": name, "type": kind} for name, kind in kinds.items()]}
    file = io.BytesIO()
    fastavro.writer(file, schema, ROWS)
    return file.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append(list(ROWS[0]))
    for row in ROWS:
        sheet.append(list(row.values()))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xml() -> bytes:
    rows = "".join("<row>" + "".join(f"<{k}>{v}</{k}>" for k, v in row.items()) + "</row>\n" for row in ROWS)
    return f"<rows>{rows}</rows>".encode()


BODIES: dict[str, bytes] = {
    "csv": FRAME.write_csv().encode(),
    "tsv": FRAME.write_csv(separator="\t").encode(),
    "json": json.dumps(ROWS).encode(),
    "jsonl": FRAME.write_ndjson().encode(),
    "parquet": parquet(),
    "xlsx": workbook(),
    "avro": avro(),
    "xml": xml(),
}


def read(path: Path, done: Done | None = None, **options: Any) -> list[Any]:
    return list(FileSource(path=str(path), **options).read(Tools(), done or Done()))


def parts(path: Path, done: Done | None = None, **options: Any) -> list[Part]:
    found = read(path, done, **options)
    assert not [one for one in found if isinstance(one, Failed)]
    return [one for one in found if isinstance(one, Part)]


def rows(found: list[Part]) -> list[dict[str, Any]]:
    """As the pipeline would have them: texts in the types that all parts agree on."""
    frames = [part.frame.cast(dict(part.schema)) if part.schema else part.frame for part in found]
    return pl.concat(frames).to_dicts()


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return file.getvalue()


def saved(folder: Path, kind: str, packed: str, body: bytes) -> Path:
    """A file of a kind, packed or not."""
    path = folder / f"data.{kind}"
    if packed == "gz":
        path, body = folder / f"data.{kind}.gz", gzip.compress(body)
    elif packed == "zip":
        path, body = folder / "data.zip", zipped(**{"read me.md": b"hello", f"in/data.{kind}": body})
    elif packed == "nameless":
        path = folder / "data"
    path.write_bytes(body)
    return path


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("packed", ["plain", "gz", "zip", "nameless"])
def test_every_format_packed_or_not(tmp_path: Path, kind: str, packed: str) -> None:
    found = parts(saved(tmp_path, kind, packed, BODIES[kind]))
    assert rows(found) == ROWS
    assert [part.first_page for part in found] == list(range(1, len(found) + 1))
    assert all(part.pages == 1 and part.bytes > 0 for part in found)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files of several parts each."""
    folder = tmp_path_factory.mktemp("large")
    frame = pl.select(n=pl.int_range(200_000)).with_columns(
        s=pl.format("a longer text, number {}", "n"), m=pl.lit(None)
    )
    paths = {kind: folder / f"x.{kind}" for kind in ("csv", "jsonl", "json", "parquet", "xml", "csv.gz")}
    frame.write_csv(paths["csv"])
    frame.write_ndjson(paths["jsonl"])
    frame.write_json(paths["json"])
    frame.with_columns(pl.lit(n).alias(f"n{n}") for n in range(5)).write_parquet(paths["parquet"])
    paths["csv.gz"].write_bytes(gzip.compress(paths["csv"].read_bytes(), 1))
    some = frame.head(15_000).select(pl.format("<row><n>{}</n><s>{}</s></row>\n", "n", "s")).to_series()
    paths["xml"].write_text("<rows>" + "".join(some) + "</rows>")
    return paths


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json", "parquet", "xml", "csv.gz"])
def test_going_on_gives_the_parts_that_are_left(large: dict[str, Path], kind: str) -> None:
    whole = parts(large[kind])
    assert len(whole) > 2
    for pages in (1, 2, len(whole)):
        cursor = whole[pages - 1].cursor
        rest = parts(large[kind], Done(pages=pages, cursor=cursor))
        assert [part.first_page for part in rest] == [part.first_page for part in whole[pages:]]
        assert all(a.frame.equals(b.frame) for a, b in zip(rest, whole[pages:], strict=True))


def test_a_file_that_has_changed_is_not_gone_on_with(large: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(large["csv"].read_bytes())
    cursor = parts(path)[0].cursor
    with path.open("ab") as file:
        file.write(b"1,x,\n")
    with pytest.raises(SourceError, match="has changed since the job began"):
        read(path, Done(pages=1, cursor=cursor))


def test_what_another_version_has_cut_into_other_parts_is_not_gone_on_with(large: dict[str, Path]) -> None:
    cursor = parts(large["csv"])[0].cursor
    before = {name: value for name, value in cursor.items() if name != "cut"}
    for other in (before, {**before, "cut": cursor["cut"] + 1}):
        with pytest.raises(SourceError, match=r"source\.path: another version of the program"):
            read(large["csv"], Done(pages=1, cursor=other))


@pytest.mark.parametrize(
    ("packed", "encoding", "first"),
    [
        ("plain", "utf-8", 3),
        ("plain", "utf-8-sig", 120_000),
        ("plain", "utf-16", 3),
        ("plain", "cp1252", 3),
        ("plain", "cp1252", 120_000),
        ("gz", "utf-8", 3),
        ("zip", "cp1252", 120_000),
    ],
)
def test_lines_that_are_no_rows_are_told_by_their_numbers(
    tmp_path: Path, packed: str, encoding: str, first: int
) -> None:
    """Of a file of several parts, whose letters are plain ones up to the line `first`."""
    lines = ["n,s", *(f'{n},"a longer text, {"é" if n >= first else "e"}"' for n in range(2, 150_002))]
    faults = [70_000, 70_001, 110_000, 149_990]
    for number in faults:
        lines[number - 1] = "oops"
    path = saved(tmp_path, "csv", packed, "\n".join(lines).encode(encoding))
    found = read(path, bad_lines="skip")
    told = [one.text for one in found if isinstance(one, Said) and one.text.startswith("Left out: ")]
    assert [int(text.split()[3].replace(",", "")) for text in told] == faults
    assert sum(one.frame.height for one in found if isinstance(one, Part)) == 150_000 - len(faults)


def test_a_fault_in_the_middle_keeps_the_rows_before(large: dict[str, Path], tmp_path: Path) -> None:
    body = large["csv"].read_bytes()
    path = tmp_path / "x.csv"
    middle = body.index(b"\n", len(body) * 3 // 4) + 1
    path.write_bytes(body[:middle] + b"oops\n" + body[middle:])
    found = read(path)
    before = [one for one in found if isinstance(one, Part)]
    assert len(before) >= 2
    assert isinstance(found[-1], Failed)
    assert "x.csv: Line " in found[-1].error.message
    intact = parts(large["csv"])
    # the last of them ends at the fault
    assert all(a.frame.equals(b.frame) for a, b in zip(before[:-1], intact, strict=False))
    kept = pl.concat([part.frame for part in before])
    assert kept.height == body[:middle].count(b"\n") - 1
    assert kept.equals(pl.concat([part.frame for part in intact]).head(kept.height))


def test_a_fault_at_the_beginning_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1\n2,3\n")
    with pytest.raises(BadBody, match=r"x\.csv: Line 2 has 1 fields"):
        read(path)


def test_a_stop_is_heard(large: dict[str, Path]) -> None:
    stop = threading.Event()
    found = FileSource(path=str(large["csv"])).read(Tools(stop=stop), Done())
    assert isinstance(next(one for one in found if isinstance(one, Part)), Part)
    stop.set()
    with pytest.raises(Cancelled):
        list(found)


def test_memory_is_given_back_when_nobody_asks_for_more(large: dict[str, Path]) -> None:
    before = threading.active_count()
    found = FileSource(path=str(large["csv"])).read(Tools(), Done())
    next(one for one in found if isinstance(one, Part))
    found.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


@pytest.mark.parametrize("body", [b"", b"\n\n"])
def test_an_empty_file_has_no_parts(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(body)
    assert parts(path) == []


@pytest.mark.parametrize(
    ("name", "body", "columns"),
    [("x.csv", b"a,b\n", ["a", "b"]), ("x.json", b"[]", []), ("x.xml", b"<rows/>", []), ("x.jsonl", b"", [])],
)
def test_a_file_without_rows(tmp_path: Path, name: str, body: bytes, columns: list[str]) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    found = parts(path)
    assert [part.frame.columns for part in found] == ([columns] if columns else [])


def test_options_are_used_and_findings_are_told(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes("a:b\né:2\n".encode("cp1252"))
    assert rows(parts(path, format="csv", delimiter=":")) == [{"a": "é", "b": 2}]
    path.write_bytes("a;a\né;2\n".encode("cp1252"))
    told = [one.text for one in read(path) if isinstance(one, Said)]
    assert told[0] == "Reading x.txt as csv."
    assert "Read as cp1252." in told
    assert any("semicolon" in text for text in told)
    assert any("`a_2`" in text for text in told)


def test_a_sheet_is_chosen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append([1])
    other = book.create_sheet("Other")
    other.append(["b"])
    other.append([2])
    path = tmp_path / "x.xlsx"
    book.save(path)
    assert rows(parts(path)) == [{"a": 1}]
    assert rows(parts(path, sheet="Other")) == [{"b": 2}]
    assert rows(parts(path, sheet=2)) == [{"b": 2}]
    with pytest.raises(BadBody, match="There is no sheet 'No'; there are 'Sheet', 'Other'"):
        read(path, sheet="No")


def test_the_records_of_an_object_are_found(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"meta": {"total": 2}, "data": [{"a": 1}, {"a": 2}]}))
    found = read(path)
    assert rows([one for one in found if isinstance(one, Part)]) == [{"a": 1}, {"a": 2}]
    assert any("$.data" in one.text for one in found if isinstance(one, Said))


def test_a_data_package_names_its_rows(tmp_path: Path) -> None:
    manifest = json.dumps({"resources": [{"name": "b", "path": "b.csv"}]}).encode()
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(**{"a.csv": b"a\n1\n", "b.csv": b"b\n2\n", "datapackage.json": manifest}))
    assert rows(parts(path)) == [{"b": 2}]
    assert rows(parts(path, member="a.csv")) == [{"a": 1}]


def test_several_files_in_a_zip_have_to_be_chosen_from(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(**{"a.csv": b"a\n1\n", "b.csv": b"b\n2\n"}))
    with pytest.raises(BadBody, match=r"several files that may hold the rows: 'a.csv', 'b.csv'.*source.member"):
        read(path)
    with pytest.raises(BadBody, match=r"no file 'c.csv'; there is 'a.csv', 'b.csv'"):
        read(path, member="c.csv")
    path.write_bytes(zipped(**{"a.md": b"", "b.exe": b""}))
    with pytest.raises(BadBody, match=r"no file that may hold rows: 'a.md', 'b.exe'"):
        read(path)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"source.path: there is no file .*nothing.csv"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(SourceError, match=r"source.path: .* is a folder"):
        read(tmp_path)
    (tmp_path / "_delta_log").mkdir()
    with pytest.raises(SourceError, match="Delta table"):
        read(tmp_path)
    with pytest.raises(NotInThisVersion, match="delta"):
        read(tmp_path / "x", format="delta")


def test_what_is_no_file_is_told() -> None:
    with pytest.raises(SourceError, match="is no file"):
        read(Path(os.devnull))


# --- damage and attacks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv.gz", "csv.zip"])
def test_packed_files_cut_anywhere_are_never_taken_for_whole(tmp_path: Path, kind: str) -> None:
    body = gzip.compress(BODIES["csv"]) if kind == "csv.gz" else zipped(**{"x.csv": BODIES["csv"]})
    path = tmp_path / f"x.{kind}"
    for size in range(4, len(body), len(body) // 20):
        path.write_bytes(body[:size])
        try:
            found = read(path)
        except SourceError:
            continue
        assert isinstance(found[-1], Failed), size


@pytest.mark.parametrize("spoil", ["flip", "junk"])
def test_damaged_gzip_is_told(tmp_path: Path, spoil: str) -> None:
    body = gzip.compress(BODIES["csv"])
    path = tmp_path / "x.csv.gz"
    path.write_bytes(body[:-6] + b"\x00\x00" + body[-4:] if spoil == "flip" else body + b"junk")
    with pytest.raises(BadBody, match="is damaged"):
        read(path)


def test_several_gzip_members_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"a\n1\n") + gzip.compress(b"2\n"))
    assert rows(parts(path)) == [{"a": 1}, {"a": 2}]


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    body = bytearray(zipped(**{"x.csv": b"a\n1\n"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(signature) + offset] |= 1
    path = tmp_path / "x.zip"
    path.write_bytes(body)
    with pytest.raises(BadBody, match=r"'x.csv' in the ZIP is encrypted"):
        read(path)


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    body = zipped(**{"a.csv": b"a\n1\n", "b.csv": b"b\n2\n"})
    start = body.index(b"PK\x01\x02", body.index(b"PK\x01\x02") + 4)
    # the second entry of the table of contents points into the first member
    spoiled = body[: start + 42] + struct.pack("<I", 0) + body[start + 46 :]
    path = tmp_path / "x.zip"
    path.write_bytes(spoiled)
    with pytest.raises(BadBody, match="overlap"):
        read(path, member="a.csv")


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_a_bomb_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.csv.{kind}"
    block = b'{"a": ' + b" " * (1 << 20)
    if kind == "gz":
        with gzip.open(path, "wb", 9) as file:
            for _ in range(80):
                file.write(block)
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.csv", "w") as member:
            for _ in range(80):
                member.write(block)
    with pytest.raises(BadBody, match="expansion limit"):
        read(path, format="json")


@pytest.mark.parametrize("inner", [gzip.compress(b"a\n1\n"), zipped(**{"x.csv": b"a\n1\n"})], ids=["gz", "zip"])
def test_packed_twice_is_refused(tmp_path: Path, inner: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(**{"x.csv": inner}))
    with pytest.raises(BadBody, match="limit of layers"):
        read(path)


@pytest.mark.parametrize(
    "options",
    [
        {"path": ""},
        {"delimiter": ";;"},
        {"delimiter": "é"},
        {"delimiter": '"'},
        {"delimiter": "\n"},
        {"encoding": "klingon"},
        {"encoding": "base64"},
        {"format": "doc"},
    ],
)
def test_a_wrong_recipe_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FileSource.model_validate({"path": "x", **options})


def written(tmp_path: Path, name: str, body: bytes, **options: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a file, and what was said."""
    path = tmp_path / name
    path.write_bytes(body)
    found = read(path, **options)
    assert not [one for one in found if isinstance(one, Failed)]
    return rows([one for one in found if isinstance(one, Part)]), [one.text for one in found if isinstance(one, Said)]


def test_the_names_stand_in_another_line_or_in_none(tmp_path: Path) -> None:
    body = b"Orders\nmade by hand, in May\n\nn;m\n1;2\n"
    assert written(tmp_path, "a.csv", body, header=4)[0] == [{"n": 1, "m": 2}]
    assert written(tmp_path, "a.csv", body, header=3)[0] == [{"n": 1, "m": 2}]
    assert written(tmp_path, "a.csv", b"1,2\n3,4\n", header=0)[0] == [
        {"column_1": 1, "column_2": 2},
        {"column_1": 3, "column_2": 4},
    ]
    with pytest.raises(BadBody, match=r"a.csv: There is no line 9 to take the names from; there are 5 lines"):
        written(tmp_path, "a.csv", body, header=9)


def test_the_names_stand_in_another_row_of_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Orders"], ["made", "by hand"], ["n", "m"], [1, 2], [3, 4]):
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    body = (tmp_path / "b.xlsx").read_bytes()
    assert written(tmp_path, "b.xlsx", body, header=3)[0] == [{"n": 1, "m": 2}, {"n": 3, "m": 4}]
    assert list(written(tmp_path, "b.xlsx", body, header=0)[0][0]) == ["column_1", "column_2"]
    with pytest.raises(BadBody, match=r"There is no row 30 .* sheet 'Sheet' has 5 rows"):
        written(tmp_path, "b.xlsx", body, header=30)


def test_quotes_are_what_they_are_said_to_be(tmp_path: Path) -> None:
    body = b"'a,b',c\n'1,2',3\n"
    assert written(tmp_path, "a.csv", body, quote="single")[0] == [{"a,b": "1,2", "c": 3}]
    assert written(tmp_path, "a.csv", body, quote="none")[0] == [{"'a": "'1", "b'": "2'", "c": 3}]
    with pytest.raises(ValidationError, match="quote"):
        written(tmp_path, "a.csv", body, quote="'")


def test_lines_that_are_no_rows_are_left_out_and_told(tmp_path: Path) -> None:
    body = b'a,b\n1,2\n3\n"x"y,4\n5,"six\nlines"\n7,8,9\n"open,1\n10,11\n'
    found, said = written(tmp_path, "a.csv", body, bad_lines="skip", quote="double")
    assert [row["a"] for row in found] == [1, 5, 10]
    told = [text for text in said if text.startswith("Left out: ")]
    assert [text.split(":")[1].split()[:2] for text in told] == [["Line", n] for n in ("3", "4", "7", "8")]
    assert "Line 3 has 1 fields where the header has 2: '3'." in told[0]
    assert said[-1] == "4 lines were left out."
    with pytest.raises(BadBody, match="Line 3 has 1 fields"):
        written(tmp_path, "a.csv", body, quote="double")
    found, said = written(tmp_path, "a.jsonl", b'{"a": 1}\nno\n{"a": 2}\n', bad_lines="skip")
    assert ([row["a"] for row in found], said[-1]) == ([1, 2], "1 line was left out.")


def test_many_bad_lines_over_many_parts_are_counted(tmp_path: Path) -> None:
    lines = [b"%d,%s%s" % (n, b"x" * 40, b",more" if n % 40 == 0 else b"") for n in range(60_000)]
    found, said = written(tmp_path, "a.csv", b"n,t\n" + b"\n".join(lines), bad_lines="skip")
    assert [row["n"] for row in found] == [n for n in range(60_000) if n % 40]
    assert said[-1] == "1,500 lines were left out, the first 1,000 of them are told."
    assert sum(text.startswith("Left out: ") for text in said) == 1_000
    # a quote that nothing closes costs its own line, and not all that follow
    lines[30_000] = b'30000,"never closed'
    found, _ = written(tmp_path, "a.csv", b"n,t\n" + b"\n".join(lines), bad_lines="skip", quote="double")
    assert [row["n"] for row in found] == [n for n in range(60_000) if n % 40]


def test_the_rows_are_where_they_are_said_to_be(tmp_path: Path) -> None:
    body = b'{"x": {"y": [{"a": 1}]}, "z": [{"b": 1}, {"b": 2}, {"b": 3}]}'
    assert written(tmp_path, "a.json", body, records="$.x.y")[0] == [{"a": 1}]
    nested = b'[{"x": [{"y": 1}]}, {"x": [{"y": 2}]}]'
    assert written(tmp_path, "a.json", nested, records="$[*].x[*]")[0] == [{"y": 1}, {"y": 2}]
    with pytest.raises(BadBody, match=r"nothing at \$.q .*\$.z \(a list of 3\)"):
        written(tmp_path, "a.json", body, records="$.q")
    xml = b'<o xmlns="u:v"><c><i><p>1</p></i><i><p>2</p></i></c><d><e><f>3</f></e></d></o>'
    assert written(tmp_path, "a.xml", xml, records="/o/d/e")[0] == [{"f": 3}]
    with pytest.raises(BadBody, match=r"no elements o/q .* there is o, o/c, o/c/i"):
        written(tmp_path, "a.xml", xml, records="o/q")

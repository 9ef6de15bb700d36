"""The practice store: what was answered is still there after a restart, a kill and a damaged file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from fetchtozip_gui.api.practice_store import FILE_NAME, KeptInvoice, KeptLine, Store
from fetchtozip_gui.core.errors import FetchToZipError


def test_what_was_kept_survives_a_restart(tmp_path: Path) -> None:
    line = KeptLine(7, "00123", "A KEY", 0.1, -2)
    with closing(Store(tmp_path)) as store:
        store.keep_customer("c/1", "Malta")
        store.keep_invoice(KeptInvoice(7, "2021-01-05", "c/1"))
        store.keep_line(line)
    with closing(Store(tmp_path)) as store:
        assert store.country_of("c/1") == "Malta"
        assert store.invoice(7) == KeptInvoice(7, "2021-01-05", "c/1")
        assert store.invoices_of("c/1") == [7]
        assert store.line(7, "00123") == line
        assert store.stock_codes(7) == ["00123"]


def test_what_was_kept_survives_a_kill(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from fetchtozip_gui.api.practice_store import Store\n"
        "Store(pathlib.Path(sys.argv[1])).keep_customer('1', 'Malta')\n"
        "os._exit(9)\n"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=root, check=False).returncode == 9
    with closing(Store(tmp_path)) as store:
        assert store.country_of("1") == "Malta"


def test_the_document_s_examples_are_there_from_the_start(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        assert store.country_of("12345") == "Germany"
        assert store.invoices_of("12345") == [123456, 789101]
        assert store.stock_codes(123456) == []
        assert store.stock_codes(789101) == ["85123A"]


def test_the_examples_are_written_once(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        store.keep_customer("12345", "Austria")
    with closing(Store(tmp_path)) as store:
        assert store.country_of("12345") == "Austria"


def test_behind_what_was_kept_stands_the_dataset(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        theirs = store.invoices_of("17850")
        assert store.country_of("17850") == "United Kingdom"
        assert store.invoice(theirs[0]).customer_id == "17850"
        store.keep_customer("17850", "Malta")
        store.keep_invoice(KeptInvoice(1, "2021-01-05", "17850"))
        assert store.country_of("17850") == "Malta"
        assert store.invoices_of("17850") == [1, *theirs]
        store.keep_invoice(KeptInvoice(theirs[0], "2021-01-05", "12345"))
        assert store.invoices_of("17850") == [1, *theirs[1:]], "an invoice belongs to one customer"
        assert store.invoice(theirs[0]).customer_id == "12345"


def test_a_kept_line_comes_before_the_dataset_s(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        codes = store.stock_codes(536365)
        assert store.line(536365, codes[0]).quantity > 0
        store.keep_line(KeptLine(536365, codes[0], "OTHER", None, 99))
        assert store.line(536365, codes[0]).description == "OTHER"
        assert store.stock_codes(536365) == codes
        assert store.line(536365, "NONE") is None
        assert store.line(1, codes[0]) is None


def test_many_threads_write_at_once(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.keep_invoice(KeptInvoice(number, "today", "many")), range(200)))
        assert store.invoices_of("many") == list(range(200))


def test_two_stores_share_a_file(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as one, closing(Store(tmp_path)) as other:
        one.keep_customer("1", "Malta")
        assert other.country_of("1") == "Malta"
        other.keep_customer("1", "Italy")
        assert one.country_of("1") == "Italy"


@pytest.mark.parametrize("damage", [b"not a database" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_set_aside_and_never_deleted(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(damage)
    with closing(Store(tmp_path)) as store:
        assert store.set_aside is not None
        assert store.set_aside.read_bytes() == damage
        assert store.country_of("12345") == "Germany"
    (tmp_path / FILE_NAME).write_bytes(damage)
    with closing(Store(tmp_path)) as again:
        assert again.set_aside not in (None, store.set_aside)


def test_a_flipped_byte_leaves_a_store_that_works(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        for number in range(300):
            store.keep_customer(f"customer {number}", "Malta" * 20)
    whole = (tmp_path / FILE_NAME).read_bytes()
    for place in range(0, len(whole), len(whole) // 40):
        (tmp_path / FILE_NAME).write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with closing(Store(tmp_path)) as store:
            store.keep_customer("after", "Italy")
            assert store.country_of("after") == "Italy"
            assert isinstance(store.country_of("12345") or "", str)
        for left in tmp_path.glob(f"{FILE_NAME}*"):
            left.unlink()


def test_a_missing_table_is_damage(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        db.execute("DROP TABLE line")
    with closing(Store(tmp_path)) as store:
        assert store.set_aside is not None
        assert store.stock_codes(789101) == ["85123A"]


def test_a_text_with_a_bad_byte_is_still_read(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db, db:
        db.execute("UPDATE customer SET country = CAST(x'4765ff' AS TEXT)")
    with closing(Store(tmp_path)) as store:
        assert store.country_of("12345") == "Ge\ufffd"


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FetchToZipError, match="cannot be opened"):
        Store(tmp_path / "file" / "data")
    (tmp_path / "folder" / FILE_NAME).mkdir(parents=True)
    with pytest.raises(FetchToZipError, match="cannot be opened"):
        Store(tmp_path / "folder")

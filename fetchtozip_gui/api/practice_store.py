"""The practice source's customers, invoices and stock codes: those kept in SQLite, behind them the dataset's own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fetchtozip_gui.api import practice_index
from fetchtozip_gui.core.errors import FetchToZipError

FILE_NAME = "practice.sqlite"

# the document's own examples are there from the start, so that each of them can be pasted
_FIRST_START = """
BEGIN;
CREATE TABLE customer (customer_id TEXT PRIMARY KEY, country TEXT NOT NULL);
CREATE TABLE invoice (invoice_no INTEGER PRIMARY KEY, invoice_date TEXT NOT NULL, customer_id TEXT NOT NULL);
CREATE INDEX invoice_of_customer ON invoice (customer_id);
CREATE TABLE line (invoice_no INTEGER, stock_code TEXT, description TEXT, unit_price REAL, quantity INTEGER NOT NULL,
                   PRIMARY KEY (invoice_no, stock_code));
INSERT INTO customer VALUES ('12345', 'Germany');
INSERT INTO invoice VALUES (123456, '2021-01-05', '12345'), (789101, '2021-01-05', '12345');
INSERT INTO line VALUES (789101, '85123A', 'SLATE GINGHAM TEA TOWEL', 6.5, 6);
PRAGMA user_version = 1;
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class KeptInvoice:
    """An invoice; `customer_id` is None where the dataset does not know whose it is."""

    invoice_no: int
    invoice_date: str
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A stock code on an invoice; the price is for one."""

    invoice_no: int
    stock_code: str
    description: str | None
    unit_price: float | None
    quantity: int


class Store:
    """One SQLite file with one connection under one lock; what was answered survives the end of the program."""

    def __init__(self, data_dir: Path) -> None:
        self._lock = threading.Lock()
        self.path = data_dir / FILE_NAME
        self.set_aside: Path | None = None
        """Where a damaged file was moved to when the store was opened."""
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            self._db = self._open()
        except (OSError, sqlite3.OperationalError) as error:
            raise FetchToZipError(f"{self.path} cannot be opened: {error}.", "Choose another --data-dir.") from None

    def _open(self) -> sqlite3.Connection:
        try:
            return _connect(self.path)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            # locked, or not to be written: that is no damage; a table that is missing is
            if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                raise
            self.set_aside = _move_aside(self.path)
            return _connect(self.path)

    def close(self) -> None:
        """Finish; the store cannot be used afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db:
            yield self._db

    def country_of(self, customer_id: str) -> str | None:
        """The customer's country, or None for an unknown customer."""
        with self._transaction() as db:
            found = db.execute("SELECT country FROM customer WHERE customer_id = ?", (customer_id,)).fetchone()
        return found[0] if found else practice_index.country_of(customer_id)

    def keep_customer(self, customer_id: str, country: str) -> None:
        """Create the customer, or change the country of one that exists."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO customer VALUES (?, ?)", (customer_id, country))

    def invoice(self, invoice_no: int) -> KeptInvoice | None:
        """The invoice, or None for an unknown number."""
        with self._transaction() as db:
            found = db.execute("SELECT * FROM invoice WHERE invoice_no = ?", (invoice_no,)).fetchone()
        if found:
            return KeptInvoice(*found)
        known = practice_index.invoice(invoice_no)
        if known is None:
            return None
        customer = known["CustomerID"]
        return KeptInvoice(invoice_no, known["InvoiceDate"], None if customer is None else str(customer))

    def keep_invoice(self, invoice: KeptInvoice) -> None:
        """Create the invoice, or put it in the place of the one with its number."""
        with self._transaction() as db:
            row = (invoice.invoice_no, invoice.invoice_date, invoice.customer_id)
            db.execute("INSERT OR REPLACE INTO invoice VALUES (?, ?, ?)", row)

    def invoices_of(self, customer_id: str) -> list[int]:
        """The numbers of the customer's invoices, in order."""
        known = practice_index.invoices_of(customer_id)
        with self._transaction() as db:
            mine = db.execute("SELECT invoice_no FROM invoice WHERE customer_id = ?", (customer_id,)).fetchall()
            places = ",".join("?" * len(known))
            replaced = db.execute(f"SELECT invoice_no FROM invoice WHERE invoice_no IN ({places})", known).fetchall()
        return sorted({number for (number,) in mine} | set(known).difference(number for (number,) in replaced))

    def line(self, invoice_no: int, stock_code: str) -> KeptLine | None:
        """The stock code as it stands on the invoice, or None when it does not."""
        with self._transaction() as db:
            query = "SELECT * FROM line WHERE invoice_no = ? AND stock_code = ?"
            found = db.execute(query, (invoice_no, stock_code)).fetchone()
        if found:
            return KeptLine(*found)
        for row in practice_index.lines(invoice_no).iter_rows(named=True):
            if row["StockCode"] == stock_code:
                return KeptLine(invoice_no, stock_code, row["Description"], row["UnitPrice"], row["Quantity"])
        return None

    def keep_line(self, line: KeptLine) -> None:
        """Put the stock code on the invoice, or in the place of the line it already has there."""
        with self._transaction() as db:
            row = (line.invoice_no, line.stock_code, line.description, line.unit_price, line.quantity)
            db.execute("INSERT OR REPLACE INTO line VALUES (?, ?, ?, ?, ?)", row)

    def stock_codes(self, invoice_no: int) -> list[str]:
        """The stock codes on the invoice, each once, in order."""
        with self._transaction() as db:
            kept = db.execute("SELECT stock_code FROM line WHERE invoice_no = ?", (invoice_no,)).fetchall()
        return sorted({code for (code,) in kept} | set(practice_index.lines(invoice_no)["StockCode"]))


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False)
    # a text in which a byte has gone bad is shown with a mark, and stops nobody from reading the rest
    db.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the file is damaged")
        if db.execute("PRAGMA user_version").fetchone() == (0,):
            db.executescript(_FIRST_START)
        db.execute("SELECT 1 FROM customer, invoice, line LIMIT 0")
    except BaseException:
        db.close()
        raise
    return db


def _move_aside(path: Path) -> Path:
    """Rename a damaged database, with its log, to a name that is free."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    for ending in ("-wal", "-shm", ""):
        part = Path(f"{path}{ending}")
        if part.exists():
            part.rename(f"{aside}{ending}")
    return aside

"""The recipe of the demonstration: the practice source's columns, named and put in order."""

from __future__ import annotations

from typing import Any


def demo_recipe(address: str) -> dict[str, Any]:
    """For a practice source that is served at `address`, ending in a ZIP."""
    columns = [
        {"column": "InvoiceNo", "name": "invoice", "change_order": 0},
        {"column": "InvoiceDate", "name": "date", "change_order": 1, "dtype": "datetime"},
        {"column": "CustomerID", "name": "customer", "change_order": 2},
        {"column": "StockCode", "name": "stock_code"},
        {"column": "Description", "name": "description"},
        {"column": "Quantity", "name": "quantity"},
        {"column": "UnitPrice", "name": "unit_price"},
        {"column": "Country", "name": "country"},
    ]
    return {
        "version": 1,
        "name": "online-retail",
        "source": {
            "type": "http",
            "url": f"{address}/practice/online-retail?page=1&limit=1000",
            "rate_limit": None,
            "page_limit": None,
        },
        "steps": [{"type": "columns", "columns": columns}],
        "output": {"type": "file", "format": "zip", "member": "csv"},
    }

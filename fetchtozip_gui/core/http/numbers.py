"""Reads page numbers, offsets and sizes in a first answer and its request, where no next page is named."""

from __future__ import annotations

from typing import Any

from fetchtozip_gui.core.http import hints
from fetchtozip_gui.core.http.hints import plain
from fetchtozip_gui.core.http.paging import Known, Offsets, OnePage, PageNumbers
from fetchtozip_gui.core.http.signs import Choice, Signs
from fetchtozip_gui.core.http.totals import whole


def numbered(signs: Signs) -> Choice:
    """Page numbers, offsets, guesses at them where more rows are declared than came, or a single page."""
    given = {
        kind: (name, whole(value)) for name, value in signs.template.given.items() if (kind := hints.param_kind(name))
    }
    spring = {"number"} if signs.total_pages is None else set()
    page = _echo(signs, *sorted(hints.PAGES - spring))
    offset = _echo(signs, *sorted(hints.OFFSETS))
    starts_later = (given.get("page", ("", 1))[1] or 0) > 1 or (given.get("offset", ("", 0))[1] or 0) > 0
    if all_came := None if starts_later else _all_came(signs, page):
        return all_came
    size_param, size = _size(signs)
    if "page" in given or (page and "offset" not in given):
        return _by_page(signs, given, page, size_param, size)
    if "offset" in given or offset:
        return _by_row(signs, given, offset, size_param, size)
    if signs.total_pages is not None and signs.total_pages > 1:
        return _by_page(signs, given, None, size_param, size)
    if size is not None and signs.rows >= size > 0:
        why = f"the address asks for {size:,} rows with `{size_param}` and as many came"
        return _guesses(signs, size_param, size, why)
    if signs.total is not None and signs.total > signs.rows:
        return _guesses(signs, None, None, f"the source declares {signs.total:,} rows and {signs.rows:,} came")
    return Choice(OnePage(), _alone(signs))


def _size(signs: Signs) -> tuple[str | None, int | None]:
    """The parameter that says how many rows a page has: of several, the one that as many rows came for."""
    sizes = [
        (name, size)
        for name, value in signs.template.given.items()
        if hints.param_kind(name) == "size" and (size := whole(value)) is not None
    ]
    return next((one for one in sizes if one[1] == signs.rows), sizes[-1] if sizes else (None, None))


def _echo(signs: Signs, *names: str) -> tuple[str, int] | None:
    """The name and the number of the first of these values that may be the place of a first page."""
    asked = {plain(name) for name in signs.template.given}
    for path, value in signs.named(*names):
        number = whole(value)
        if number is not None and not isinstance(value, str) and (number <= 1 or plain(path[-1]) in asked):
            return path[-1], number
    return None


def _all_came(signs: Signs, page: tuple[str, int] | None) -> Choice | None:
    if signs.total is not None and signs.total <= signs.rows:
        return Choice(OnePage(), f"all {signs.total:,} rows that the source declares came at once")
    last = signs.total_pages
    if last is not None and last <= 1 and signs.total is None and (page is None or page[1] <= 1):
        return Choice(OnePage(), "the source declares a single page")
    return None


def _by_page(
    signs: Signs, given: dict[str, Any], echo: tuple[str, int] | None, size_param: str | None, size: int | None
) -> Choice:
    if "page" in given:
        param, start = given["page"]
        why = f"the address has the page number `{param}`"
    elif echo:
        spelled, start = echo
        param = "page" if plain(spelled) in ("page", "currentpage", "number") else spelled
        why = f"the answer says that it is page {start:,} (`{spelled}`)"
    else:
        param, start = "page", 1
        why = f"the source declares {signs.total_pages:,} pages"
    start = 1 if start is None else start
    how = PageNumbers(param=param, start=start, size_param=size_param, size=size or max(signs.rows, 1))
    others: tuple[Known, ...] = () if param == "page" else (how.model_copy(update={"param": "page"}),)
    return Choice(how, why + _declared(signs), others if "page" not in given else (), guessed=True)


def _by_row(
    signs: Signs, given: dict[str, Any], echo: tuple[str, int] | None, size_param: str | None, size: int | None
) -> Choice:
    if "offset" in given:
        param, start = given["offset"]
        why = f"the address has the offset `{param}`"
    else:
        assert echo is not None
        param, start = echo
        why = f"the answer says that it begins at row {start:,} (`{param}`)"
    how = Offsets(offset_param=param, limit_param=size_param, limit=size or max(signs.rows, 1), start=start or 0)
    return Choice(how, why + _declared(signs), guessed=True)


def _guesses(signs: Signs, size_param: str | None, size: int | None, why: str) -> Choice:
    rows = size or max(signs.rows, 1)
    offset = "$skip" if size_param == "$top" else "skip" if plain(size_param or "") == "take" else "offset"
    underlined = bool(size_param and size_param.startswith("_")) or "X-Total-Count" in signs.headers.values()
    pages = (
        ["_page", "page"] if size_param and size_param.startswith("_") else ["page", *(["_page"] if underlined else [])]
    )
    by_page: list[Known] = [PageNumbers(param=param, size_param=size_param, size=rows) for param in pages]
    by_row: list[Known] = [Offsets(offset_param=offset, limit_param=size_param, limit=rows)]
    tries = (*by_row, *by_page) if offset != "offset" else (*by_page, *by_row)
    return Choice(tries[0], why, tuple(tries[1:]), guessed=True)


def _declared(signs: Signs) -> str:
    if signs.total is not None:
        return f" and declares {signs.total:,} rows" + _place(signs, "total")
    if signs.total_pages is not None:
        return f" of {signs.total_pages:,}" + _place(signs, "total_pages")
    return ""


def _place(signs: Signs, name: str) -> str:
    place = signs.headers.get(name) or signs.fields.get(name)
    return f" ({place})" if place else ""


def _alone(signs: Signs) -> str:
    words = "nothing in the answer tells of more pages"
    if signs.rows in hints.ROUND:
        words += f", though exactly {signs.rows:,} rows came: if there are more, say how in source.pagination"
    return words

"""How the window says the ways in which a file can be read: what was found, and what else can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fetchtozip_gui.gui.source_words import FILE
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    from fetchtozip_gui.core.rows.outlook import Outlook

FIELDS = ("member", "format", "sheet", "delimiter", "quote", "encoding", "header", "records", "bad_lines")
"""Those of a file source, in the order of the form."""
TYPED = ("delimiter", "encoding", "records")
"""Those in which something can be typed that is not in their list."""
USUAL: Mapping[str, Any] = {
    "member": None,
    "format": "auto",
    "sheet": None,
    "delimiter": None,
    "quote": "auto",
    "encoding": None,
    "header": 1,
    "records": "auto",
    "bad_lines": "stop",
}
LABELS = {name: FILE[name].label for name in FIELDS}
ABOUT = {name: FILE[name].about for name in FIELDS}
_OF = {
    "csv": ("delimiter", "quote", "encoding", "header", "bad_lines"),
    "tsv": ("delimiter", "quote", "encoding", "header", "bad_lines"),
    "jsonl": ("encoding", "bad_lines"),
    "json": ("records",),
    "xml": ("records",),
    "xlsx": ("sheet", "header"),
}
_FORMATS = {name: words for name, words in FILE["format"].names.items() if name != "delta"}
_DELIMITERS = {",": "Comma ,", ";": "Semicolon ;", "\t": "Tab", "|": "Bar |"}
_QUOTES = {name: words for name, words in FILE["quote"].names.items() if name != "auto"}
_ENCODINGS = ("utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "shift_jis", "gb18030")
_ROWS_OFFERED = 20
_LINE_SHOWN = 22
Choice = tuple[Any, str]


def fields(found: Outlook) -> tuple[str, ...]:
    """The fields that mean something for this file."""
    own = _OF.get(found.format, ())
    return tuple(name for name in FIELDS if name in own or name == "format" or (name == "member" and found.members[1:]))


def choices(name: str, value: Any, found: Outlook) -> list[Choice]:
    """What can be chosen in a field: values, and what they are called; the one that is set is always among them."""
    made = _choices(name, found)
    if all(value != known for known, _ in made):
        made.append((value, _called(name, value)))
    return made


def summary(source: Mapping[str, Any], found: Outlook) -> str:
    """`CSV · semicolon · cp1252 · names in line 1`: how the file is read, found or chosen."""
    told = [_FORMATS.get(found.format, "")]
    values = {**USUAL, **source}
    for name in fields(found):
        match name:
            case "member":
                told.append(found.member)
            case "sheet":
                count = len(found.sheets)
                first = f"1 of {count} sheets" if count > 1 else ""
                told.append(f"sheet {values['sheet']}" if values["sheet"] else first)
            case "delimiter":
                told.append(_called(name, found.delimiter).rpartition(" ")[0].lower() or _called(name, found.delimiter))
            case "quote":
                told.append({"double": "", "single": "single quotes", "none": "no quotes"}.get(found.quote, ""))
            case "encoding":
                told.append(found.encoding)
            case "header":
                where = "line" if found.format != "xlsx" else "row"
                told.append(f"names in {where} {values['header']}" if values["header"] else "no names")
            case "records":
                told.append("" if values["records"] == "auto" else f"rows at {values['records']}")
            case "bad_lines":
                told.append("bad lines left out" if values["bad_lines"] == "skip" else "")
    return " · ".join(one for one in told if one)


def _choices(name: str, found: Outlook) -> list[Choice]:
    match name:
        case "member":
            return [(None, _found(found.member)), *((one, one) for one in found.members)]
        case "format":
            named = {key: words for key, words in _FORMATS.items() if key != "auto"}
            return [("auto", _found(named.get(found.format, ""))), *named.items()]
        case "sheet":
            counts = [(one, f"{one} · {counted(rows, 'row')}") for one, rows in found.sheets]
            return [(None, "Found out: the first with rows"), *counts]
        case "delimiter":
            return [(None, _found(_called(name, found.delimiter))), *_DELIMITERS.items()]
        case "quote":
            return [("auto", _found(_called(name, found.quote))), *_QUOTES.items()]
        case "encoding":
            return [(None, _found(found.encoding)), *((one, one) for one in _ENCODINGS)]
        case "header":
            what = "line" if found.format != "xlsx" else "row"
            count = max(1, len(found.lines)) if found.format != "xlsx" else _ROWS_OFFERED
            return [*((n, _header(n, what, found)) for n in range(1, count + 1)), (0, f"No {what} has names")]
        case "records":
            return [("auto", "Found out"), *((path, _place(path, count)) for path, count in found.places)]
    return list(FILE["bad_lines"].names.items())


def _found(what: str) -> str:
    return f"Found out: {what}" if what else "Found out"


def _called(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    named = {"delimiter": _DELIMITERS, "quote": _QUOTES}.get(name, {})
    return named.get(value, f"{LABELS[name]} {value}" if name == "header" else str(value))


def _header(number: int, what: str, found: Outlook) -> str:
    line = found.lines[number - 1] if number <= len(found.lines) else ""
    short = line if len(line) <= _LINE_SHOWN else line[: _LINE_SHOWN - 1] + "…"
    return f"{what.capitalize()} {number}" + (f": {short}" if short else "")


def _place(path: str, count: int) -> str:
    return f"{path} · {count:,}" if count else path

"""Reads XML: the element that repeats is a row, what is in it are columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import msgspec
import polars as pl
import polars.selectors as cs

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.json_rows import json_frame
from fetchtozip_gui.core.rows.parsed import Parsed
from fetchtozip_gui.core.rows.stream import Readable
from fetchtozip_gui.core.rows.text_types import types_of

LOOKED_AT = 1024 * 1024
"""Bytes from the beginning in which the repeating element is looked for."""
TEXT = "#text"
"""The column of a text that has attributes or elements beside it; attributes are `@name`."""
Path = tuple[str, ...]
Element = Any
"""An `lxml.etree._Element`, whose module is only loaded for XML."""


def xml_frame(body: bytes, *, encoding: str | None = None, path: Path | None = None) -> Parsed:
    """All rows of an XML body. Values are texts, with their types as `schema`; nested elements keep their shape.

    `path` names the elements from the root to the row; without it `row_path` decides. `BadBody` for what is no XML,
    for entities of its own and for nesting without end.
    """
    path = path or row_path(body, encoding=encoding)
    return rows_frame(list(xml_rows(BytesIO(body), path, encoding=encoding)))


def rows_frame(rows: list[Any]) -> Parsed:
    """Rows as `xml_rows` gives them, as a frame with the types of its texts."""
    frame = json_frame([msgspec.json.encode(_alike(rows))]) if rows else pl.DataFrame()
    texts = frame.select(cs.string())
    return Parsed(frame, pl.Schema({**frame.schema, **types_of(texts)}))


def xml_rows(file: Readable, path: Path, *, encoding: str | None = None) -> Iterator[Any]:
    """The elements at `path`, one by one, each as an object or a text; what was read is forgotten."""
    for element in _parsed(file, encoding, tag=path[-1]):
        if _path(element) != path or (len(path) == 1 and _is_empty(element)):
            continue
        yield _row(element)
        _forget(element)


def row_path(head: bytes, *, encoding: str | None = None) -> Path:
    """Where the rows are, seen from the first `LOOKED_AT` bytes of the document: the elements from the root to the row.

    Of all elements that repeat below one parent, those that cover the most; where none does, the only child, and the
    only child of that, down to an element with several.
    """
    root = _root(head, encoding)
    covered: dict[Path, int] = {}
    repeated: set[Path] = set()
    _survey(root, (root.tag,), covered, repeated)
    if repeated:
        return max(repeated, key=lambda path: (covered[path], -len(path)))
    only = root
    path: Path = (root.tag,)
    while len(children := list(only.iterchildren("*"))) == 1 and (len(children[0]) or children[0].attrib):
        only, path = children[0], (*path, children[0].tag)
    return path


def named_path(head: bytes, named: str, *, encoding: str | None = None) -> Path:
    """The elements that `named` means, as orders/order without prefixes; `BadBody` says which there are."""
    wanted = named.strip("/")
    paths = row_paths(head, encoding=encoding)
    found = next((path for path in paths if shown_path(path) == wanted), None)
    if found is None:
        there = ", ".join(shown_path(path) for path in list(paths)[:20])
        raise BadBody(f"There are no elements {named} at the beginning of the XML; there is {there}.")
    return found


def row_paths(head: bytes, *, encoding: str | None = None) -> dict[Path, int]:
    """The elements that can be rows, those that hold others, and their number in the first `LOOKED_AT` bytes."""
    counts: dict[Path, int] = {}
    root = _root(head, encoding)
    for element in root.iter("*"):
        path = _path(element)
        if path in counts or len(element) or element.attrib:
            counts[path] = counts.get(path, 0) + 1
    return counts or {(root.tag,): 1}


def shown_path(path: Path) -> str:
    """As a person writes it, without name spaces."""
    return "/".join(tag.rpartition("}")[2] for tag in path)


def _root(head: bytes, encoding: str | None) -> Element:
    root: Element | None = None
    for element in _begun(head[:LOOKED_AT], len(head) <= LOOKED_AT, encoding):
        root = element if root is None else root
    if root is None:
        raise BadBody("This is not XML: there is no element in it.", "The body may be cut.")
    return root


def _survey(element: Element, path: Path, covered: dict[Path, int], repeated: set[Path]) -> int:
    """Count the elements at and below each path, and see which repeat below one parent."""
    count = 1
    tags: set[str] = set()
    for child in element.iterchildren("*"):
        below = (*path, child.tag)
        if child.tag in tags:
            repeated.add(below)
        tags.add(child.tag)
        count += _survey(child, below, covered, repeated)
    covered[path] = covered.get(path, 0) + count
    return count


def _begun(head: bytes, whole: bool, encoding: str | None) -> Iterator[Element]:
    """The elements that begin in `head`, which may be cut anywhere."""
    from lxml import etree  # type: ignore[import-untyped]  # heavy: only for XML

    parser = etree.XMLPullParser(("start",), **_options(encoding))
    try:
        for start in range(0, len(head), 65536):
            parser.feed(head[start : start + 65536])
            for _, element in parser.read_events():
                _refuse_entities(element)
                yield element
        if whole:
            parser.close()
    except etree.XMLSyntaxError as error:
        raise _not_xml(error) from None


def _parsed(file: Readable, encoding: str | None, *, tag: str) -> Iterator[Element]:
    from lxml import etree  # heavy: only for XML

    options = _options(encoding)
    try:
        for _, element in etree.iterparse(file, events=("end",), tag=tag, **options):
            yield element
    except etree.XMLSyntaxError as error:
        raise _not_xml(error) from None


def _options(encoding: str | None) -> dict[str, Any]:
    return {
        "encoding": encoding,
        "resolve_entities": False,
        "load_dtd": False,
        "no_network": True,
        "huge_tree": False,
        "remove_comments": True,
        "remove_pis": True,
    }


def _refuse_entities(element: Element) -> None:
    dtd = element.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise _entities()


def _entities() -> BadBody:
    return BadBody(
        "The XML declares entities of its own, which are not expanded here (limit of entities: 0).",
        "Such documents can be made to fill the memory; write the texts out.",
    )


def _not_xml(error: Any) -> BadBody:
    if "amplification" in error.msg:
        return _entities()
    return BadBody(f"This is not well-formed XML: {error.msg}.", "The body may be cut, or be a page for people.")


def _path(element: Element) -> Path:
    return (*reversed([above.tag for above in element.iterancestors()]), element.tag)


def _is_empty(element: Element) -> bool:
    return not len(element) and not (element.text or "").strip()


def _forget(element: Element) -> None:
    element.clear()
    for one in (element, *element.iterancestors()):
        parent = one.getparent()
        while parent is not None and one.getprevious() is not None:
            del parent[0]


def _row(element: Element) -> Any:
    value = _value(element)
    return value if isinstance(value, dict) else {TEXT: value}


def _value(element: Element) -> Any:
    """A text, null for an empty element, or an object of attributes and children."""
    attributes = element.items()
    children = len(element)
    if not children and not attributes:
        return element.text or None
    made: dict[str, Any] = {f"@{_name(element, key)}": value for key, value in attributes}
    made.pop("@xsi:nil", None)
    texts = [element.text]
    for child in element if children else ():
        tag = child.tag
        if not isinstance(tag, str):
            raise BadBody("The XML uses an entity of its own, which is not expanded here.", "Write the text out.")
        name, value = _name(child, tag), _value(child)
        if name not in made:
            made[name] = value
        elif isinstance(made[name], _Many):
            made[name].append(value)
        else:
            made[name] = _Many([made[name], value])
        texts.append(child.tail)
    if not made:
        return element.text or None
    if any(text and not text.isspace() for text in texts):
        made[TEXT] = "".join(text for text in texts if text)
    return made


class _Many(list[Any]):
    """Elements of one name below one parent."""


def _name(element: Element, tag: str) -> str:
    """As the document writes it, with its prefix."""
    if tag[:1] != "{":
        return tag
    space, _, local = tag.rpartition("}")
    known = {uri: prefix for prefix, uri in element.nsmap.items()} | {"http://www.w3.org/XML/1998/namespace": "xml"}
    prefix = known.get(space[1:])
    return f"{prefix}:{local}" if prefix else local


def _alike(values: Iterable[Any]) -> list[Any]:
    """The values with one shape for each name: a list where it repeats anywhere, an object where it is one anywhere."""
    values = list(values)
    if not any(isinstance(value, dict) for value in values):
        return values
    rows = [value if isinstance(value, dict) or value is None else {TEXT: value} for value in values]
    names = dict.fromkeys(name for row in rows if row is not None for name in row)
    made: list[Any] = [None if row is None else {} for row in rows]
    for name in names:
        having = [(place, row[name]) for place, row in enumerate(rows) if row is not None and name in row]
        if any(isinstance(value, _Many) for _, value in having):
            lists = [value if isinstance(value, _Many) else [value] for _, value in having]
            flat = iter(_alike(value for one in lists for value in one))
            found: list[Any] = [[next(flat) for _ in one] for one in lists]
        else:
            found = _alike(value for _, value in having)
        for (place, _), value in zip(having, found, strict=True):
            made[place][name] = value
    return made

"""XML: rows where elements repeat, shapes kept, and documents that attack their reader refused."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape, quoteattr

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.xml import LOOKED_AT, row_path, xml_frame, xml_rows

FEED = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<rss version="2.0" xmlns:media="http://example.com/media"><channel><title>News</title><link>a</link>
<item id="1"><title>One &amp; only</title><price>1.50</price><tag>x</tag><media:title>M</media:title></item>
<item id="2"><title>Two</title><price>20</price><tag>y</tag><tag>z</tag><geo><lat>1</lat></geo></item>
<item id="003"><title><![CDATA[<b>]]></title><price/></item>
</channel></rss>"""


def test_a_feed_becomes_a_table() -> None:
    found = xml_frame(FEED)
    assert found.frame.to_dicts() == [
        {"@id": "1", "title": "One & only", "price": "1.50", "tag": ["x"], "media:title": "M", "geo": None},
        {"@id": "2", "title": "Two", "price": "20", "tag": ["y", "z"], "media:title": None, "geo": {"lat": "1"}},
        {"@id": "003", "title": "<b>", "price": None, "tag": None, "media:title": None, "geo": None},
    ]
    assert found.schema is not None
    assert found.schema["price"] == pl.Float64()
    assert found.schema["@id"] == pl.String()
    assert found.schema["tag"] == pl.List(pl.String())


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("<a><b/><b/></a>", "a/b"),
        ("<a><meta><m/><m/></meta><rows><r><x/></r><r><x/></r></rows></a>", "a/rows/r"),
        ("<a><i><t/><t/></i><i><t/></i></a>", "a/i"),
        ("<a><page><i><t/><t/></i></page><page><i><t/></i><i/></page></a>", "a/page"),
        ("<order><id>1</id><name>x</name></order>", "order"),
        ("<orders><order><id>1</id></order></orders>", "orders/order"),
        ("<orders/>", "orders"),
        ("<a><b>1</b></a>", "a"),
    ],
)
def test_where_the_rows_are(body: str, path: str) -> None:
    assert "/".join(row_path(body.encode())) == path


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b"<order><id>1</id><name>x</name></order>", [{"id": "1", "name": "x"}]),
        (b"<orders/>", []),
        (b'<orders total="0"/>', []),
        (b"<a><b>1</b><b>2</b></a>", [{"#text": "1"}, {"#text": "2"}]),
        (b'<a><b c="1">x</b><b/></a>', [{"@c": "1", "#text": "x"}, {"@c": None, "#text": None}]),
        (
            b"<a><b><c>1</c></b><b><c d='2'>3</c></b></a>",
            [{"c": {"#text": "1", "@d": None}}, {"c": {"#text": "3", "@d": "2"}}],
        ),
        (b"<a><b>x<c>1</c>y</b><b>z<c>2</c></b></a>", [{"c": "1", "#text": "xy"}, {"c": "2", "#text": "z"}]),
        (b"<a><b> x </b><b>\n</b></a>", [{"#text": " x "}, {"#text": "\n"}]),
        (b"<a><b>x<!-- no -->y</b><b/></a>", [{"#text": "xy"}, {"#text": None}]),
        (
            b"<a xmlns='http://d' xmlns:p='http://p'><b p:q='1' xml:lang='en'/><b p:q='2'/></a>",
            [{"@p:q": "1", "@xml:lang": "en"}, {"@p:q": "2", "@xml:lang": None}],
        ),
        (
            "<?xml version='1.0' encoding='iso-8859-1'?><a><b>é</b><b/></a>".encode("latin-1"),
            [{"#text": "é"}, {"#text": None}],
        ),
    ],
)
def test_values(body: bytes, rows: list[dict[str, object]]) -> None:
    assert xml_frame(body).frame.to_dicts() == rows


def test_a_given_path_holds_for_a_page_with_one_row() -> None:
    body = b"<orders><order><line>1</line><line>2</line></order></orders>"
    assert xml_frame(body).frame.height == 2
    assert xml_frame(body, path=("orders", "order")).frame.to_dicts() == [{"line": ["1", "2"]}]


NAMES = st.sampled_from(["id", "name", "tag"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=8
)


@given(st.lists(st.dictionaries(NAMES, TEXTS), min_size=2, max_size=6), st.sampled_from(["utf-8", "utf-16"]))
def test_texts_and_attributes_come_back(rows: list[dict[str, str]], encoding: str) -> None:
    items = "".join(
        f"<row k={quoteattr(row.get('id', ''))}>"
        + "".join(f"<{n}>{escape(t)}</{n}>" for n, t in row.items())
        + "</row>"
        for row in rows
    )
    body = f"<?xml version='1.0' encoding='{encoding}'?><rows>{items}</rows>".encode(encoding)
    found = xml_frame(body, path=("rows", "row")).frame.to_dicts()
    for row, made in zip(rows, found, strict=True):
        assert made["@k"] == row.get("id", "")
        for name in ("id", "name", "tag"):
            assert made.get(name) == (row.get(name) or None)


ENTITY = b'<!DOCTYPE a [<!ENTITY x "boom">%b]><a><b>&x;</b><b>%b</b></a>'
LAUGHS = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(2, 10))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<a><b>", "not well-formed XML: .*"),
        (b"<a><b/><b/></a>x", "not well-formed XML: .*"),
        (b"", "not XML|not well-formed"),
        (b"  ", "not XML|not well-formed"),
        (b"plain text", "not well-formed XML"),
        (b"<a>\xff</a>", "not well-formed XML"),
        (ENTITY % (b"", b""), r"entities of its own.*limit of entities: 0"),
        (ENTITY % (b'<!ENTITY l1 "lol">' + LAUGHS, b"&l9;"), "entities of its own"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b>&x;</b><b/></a>', "entities of its own"),
        (b"<a><b>&nothing;</b><b/></a>", "not well-formed XML"),
        (b"<a>" * 10_000 + b"</a>" * 10_000, "not well-formed XML|deeper"),
        (b"<r>" + b"<i>" + b"<a>" * 100 + b"</a>" * 100 + b"</i><i/></r>", "deeper"),
    ],
)
def test_what_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(BadBody, match=words):
        xml_frame(body)


def test_entities_are_refused_in_attributes_too() -> None:
    with pytest.raises(BadBody, match="entities of its own"):
        xml_frame(b'<!DOCTYPE a [<!ENTITY x "boom">]><a><b c="&x;"/><b/></a>')


def test_a_large_document_is_read_row_by_row() -> None:
    rows = 60_000
    body = b"<r><head>" + b"<h/>" * 3 + b"</head>" + b"".join(b"<i><n>%d</n></i>" % n for n in range(rows)) + b"</r>"
    assert len(body) > LOOKED_AT
    path = row_path(body)
    assert path == ("r", "i")
    found = [row["n"] for row in xml_rows(io.BytesIO(body), path)]
    assert found == [str(n) for n in range(rows)]

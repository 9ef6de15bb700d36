"""The names by which APIs say where the next page is, how many there are, and how a page is asked for."""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """A set of names, written as one text."""
    return frozenset(text.split())


RECORD_NAMES = words(
    "data results items records value values rows content contents entries docs documents list objects elements "
    "features hits response result nodes edges payload resources collection entities"
)
"""What arrays of records are usually called."""

BESIDE_NAMES = words(
    "included errors warnings links facets aggregations columns fields schema filters meta messages breadcrumbs "
    "suggestions sort headers options"
)
"""What arrays beside the records are usually called."""

ENVELOPE_NAMES = words(
    "meta metadata pagination paging page pageinfo pager links info cursor cursors responsemetadata resultinfo "
    "summary searchinfo searchinformation paginginfo pageable next continue hits paginationinfo pagemetadata "
    "listmeta result response"
)
"""Objects that hold what is said about the page; anything else beside the records is theirs."""

ID_NAMES = words("id uuid guid key objectid")

NEXT_ADDRESSES = words("next nextlink nexturl nextpageurl nextpage nextpagelink nexthref odatanextlink nexturi")
ADDRESS_MEMBERS = words("href url link uri")

CURSORS: dict[str, tuple[str, ...]] = {
    "nextcursor": ("cursor", "start_cursor", "after", "next_cursor", "page_cursor"),
    "cursornext": ("cursor", "after"),
    "cursor": ("cursor", "after"),
    "next": ("cursor", "next", "after", "page", "offset"),
    "nextpage": ("page", "page_token", "cursor", "next_page"),
    "nextpagetoken": ("page_token", "token", "next_page_token"),
    "pagetoken": ("page_token",),
    "nexttoken": ("next_token", "pagination_token", "token"),
    "after": ("after", "cursor"),
    "endcursor": ("after", "cursor"),
    "aftercursor": ("after", "cursor"),
    "nextpagecursor": ("page_cursor", "cursor"),
    "nextpageid": ("page_id", "cursor"),
    "continuationtoken": ("continuation_token", "continuation"),
    "nextcontinuationtoken": ("continuation_token",),
    "continuation": ("continuation",),
    "nextoffset": ("offset", "skip", "start"),
    "nextstart": ("start", "offset"),
    "nextskip": ("skip",),
    "nextmaxid": ("max_id",),
    "nextmarker": ("marker",),
    "nextbatch": ("batch", "cursor"),
    "bookmark": ("bookmark",),
    "scrollid": ("scroll_id",),
    "offset": ("offset",),
    "lastid": ("after", "after_id", "last_id"),
    "skiptoken": ("$skiptoken",),
}
"""A cursor's name in the answer, and the parameters it is sent back in, the likeliest first."""

MORE = words("hasmore hasnext hasnextpage more moreresults hasmoreresults hasmoreitems morerecords")
LAST_RECORD = ("starting_after", "after", "after_id", "since_id", "last_id", "cursor")

TOTALS = (
    "total", "totalcount", "totalresults", "totalitems", "totalelements", "totalrecords", "totalrows", "totalhits",
    "recordsfiltered", "recordstotal", "numfound", "nbhits", "odatacount", "totalsize", "totalnumber",
    "numberofrecords", "numberofelementstotal", "itemcount", "totaldocs", "count",
)  # fmt: skip
TOTAL_PAGES = ("totalpages", "pagestotal", "pagecount", "lastpage", "numpages", "numberofpages", "nbpages", "pages")
PAGES = words("page currentpage pagenumber pageno pagenum pageindex number")
OFFSETS = words("offset skip start startat startindex from")

TOTAL_HEADERS = ("X-Total-Count", "X-Total", "X-WP-Total", "X-Pagination-Total-Count", "Total-Count", "X-Count")
TOTAL_PAGES_HEADERS = ("X-Total-Pages", "X-WP-TotalPages", "X-Pagination-Page-Count", "X-Page-Count")

ROUND = frozenset((10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 100, 150, 200, 250, 300, 400, 500, 1000, 2000, 5000, 10000))
"""Numbers of rows that look like a page and not like everything."""

PAGE_PARAMS = words("page p pg pagenumber pageno pagenum pageindex currentpage pnumber")
OFFSET_PARAMS = words("offset skip start startat startindex from pageoffset")
SIZE_PARAMS = words(
    "limit perpage pagesize size count top take rows max maxresults num n pagelimit itemsperpage resultsperpage"
)

_BRACKETS = re.compile(r"^(page)\[(number|size|limit|offset|after|cursor)\]$")


def plain(name: str) -> str:
    """A name without case and punctuation: `next_page_token`, `nextPageToken` and `$nextPageToken` are one."""
    if name.isascii() and name.isalpha() and name.islower():
        return name
    return re.sub(r"[^a-z0-9]", "", name.lower())


def param_kind(name: str) -> str:
    """What a request parameter of this name does: `page`, `offset`, `size`, or nothing known."""
    if found := _BRACKETS.match(name):
        return {"number": "page", "size": "size", "limit": "size", "offset": "offset"}.get(found[2], "")
    word = plain(name)
    if word in PAGE_PARAMS:
        return "page"
    if word in OFFSET_PARAMS:
        return "offset"
    return "size" if word in SIZE_PARAMS else ""


def spelled_like(model: str, name: str) -> str:
    """`page_token` as `model` would write it: `pageToken` beside `nextPageToken`, `PageToken` beside `NextToken`."""
    if "_" in model or "-" in model or model.islower():
        return name
    words = name.split("_")
    joined = "".join(word.capitalize() for word in words)
    return joined if model[:1].isupper() else joined[:1].lower() + joined[1:]

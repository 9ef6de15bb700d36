"""A source is tried out: a page for a look, three for a proof, and nothing secret in what is shown."""

from __future__ import annotations

import io
import json
import shlex
import threading
from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from http_sources import PAGINATIONS, source
from paged_api import PagedApi, order
from raw_server import RawServer, Wire, head, reply

from fetchtozip_gui.core.errors import BadBody, Cancelled, PageFailed, RecipeError
from fetchtozip_gui.core.http import tester
from fetchtozip_gui.core.http.watch import SHOWN
from fetchtozip_gui.core.work import Tools

STYLES = ["page", "offset", "cursor", "link", "next_url"]
TOKEN = "sEcReT-ToKeN-42/+"


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


def test_the_practice_source_is_seen_as_a_job_sees_it(practice: str) -> None:
    tested = tester.test(source(f"{practice}/practice/online-retail?limit=1000"), Tools())
    assert tested.problem is None
    assert (tested.frame.height, tested.page_rows, tested.page, tested.more) == (1000, 1000, 1, True)
    assert (tested.rows_total, tested.pages_total) == (541_909, 542)
    assert tested.schema == tested.frame.schema
    assert tested.pagination["type"] == "page"
    assert any(f"`{tested.pagination['param']}`" in words for words in tested.said)
    assert tested.received is not None
    assert (tested.received.status, tested.received.reason) == (200, "OK")
    assert json.loads(tested.received.body)
    assert tested.sent.url.startswith(f"{practice}/practice/online-retail")


@pytest.mark.parametrize("style", STYLES)
def test_pages_are_the_ones_of_a_job_and_each_costs_one_request(style: str) -> None:
    with PagedApi(35, style=style) as api:
        of = source(api.url, pagination=PAGINATIONS[style])
        tested = tester.test(of, Tools())
        rows = [tested.frame]
        while tested.more:
            tested = tester.test(of, Tools(), page=tested.page + 1, after=tested)
            rows.append(tested.frame)
        assert pl.concat(rows)["id"].to_list() == list(range(35))
        assert api.asked == {1: 1, 2: 1, 3: 1, 4: 1}
        assert (tested.page, tested.rows_total, tested.pages_total, tested.problem) == (4, 35, 4, None)
        assert tester.test(of, Tools(), page=9, after=tested) is tested


def test_a_later_page_is_found_without_an_earlier_one() -> None:
    with PagedApi(35, style="cursor") as api:
        tested = tester.test(source(api.url), Tools(), page=3)
        assert tested.frame["id"].to_list() == list(range(20, 30))
        assert tester.test(source(api.url), Tools(), page=99).page == 4


def test_a_full_last_page_is_known_for_the_last_once_the_next_one_is_empty() -> None:
    with PagedApi(20, style="page", declare=False) as api:
        second = tester.test(source(api.url), Tools(), page=2)
        assert (second.more, second.rows_total) == (True, None)
        last = tester.test(source(api.url), Tools(), page=3, after=second)
        assert (last.page, last.more, last.rows_total, last.pages_total) == (2, False, 20, 2)
        assert last.frame.equals(second.frame)


def test_what_is_guessed_wrong_on_the_first_page_is_mended_on_the_second() -> None:
    def before(number: int, wire: Wire) -> bool:
        # this source pages by `start`, and takes no notice of what it does not know
        rows = [order(row) for row in range(int(wire.ask.query("start", "0")), 35)][:10]
        wire.answer(json.dumps({"data": rows, "start": 0, "total": 35}).encode(), kind="application/json")
        return True

    with PagedApi(35, before=before) as api:
        of = source(api.url)
        first = tester.test(of, Tools())
        second = tester.test(of, Tools(), page=2, after=first)
        assert second.problem is None
        assert second.frame["id"].to_list() == list(range(10, 20))


def test_types_are_those_of_a_csv_read_to_its_end(server: RawServer) -> None:
    url = server.script("/csv", reply(200, body=b"id,price,code\n1,1.5,007\n2,2,008\n"))
    tested = tester.test(source(url, format="csv", pagination="none"), Tools())
    assert tested.schema["id"] == pl.Int64
    assert tested.schema["price"] == pl.Float64
    assert tested.schema["code"] == pl.String
    assert (tested.format, tested.rows_total, tested.pages_total) == ("csv", 2, 1)


# --- secrets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("auth", "shown"),
    [
        ({"type": "bearer", "token": TOKEN}, ("Authorization", "Bearer ***")),
        ({"type": "basic", "username": "me", "password": TOKEN}, ("Authorization", "Basic ***")),
        ({"type": "api_key", "name": "X-Thing", "value": TOKEN}, ("X-Thing", "***")),
        ({"type": "cookie", "cookies": {"sid": TOKEN}}, ("Cookie", "sid=***")),
    ],
)
def test_credentials_are_sent_and_not_shown(server: RawServer, auth: dict[str, Any], shown: tuple[str, str]) -> None:
    def echo(wire: Wire) -> None:
        heard = {"error": wire.ask.raw(), "token": TOKEN}
        wire.answer(json.dumps(heard).encode(), f"X-Back: {wire.ask.header('authorization')}", status="403 Forbidden")

    url = server.script("/echo", echo)
    tested = tester.test(source(url, auth=auth), Tools())
    assert shown in tested.sent.headers
    assert tested.received is not None
    assert tested.received.status == 403
    everything = f"{tested!r} {tested.sent.curl()} {tested.problem}"
    assert TOKEN not in everything
    assert json.dumps(TOKEN)[1:-1] not in everything
    assert any(TOKEN in asked.raw() or "Basic" in asked.raw() for asked in server.seen)


def test_secrets_of_the_query_the_headers_and_the_body_are_masked(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", TOKEN)
    url = server.script("/orders", reply(200, "Set-Cookie: sid=abcdefghijk", body=b'[{"id": 1}]'))
    tested = tester.test(
        source(
            f"{url}?api_key={TOKEN}&x=1",
            method="POST",
            headers={"X-Api-Key": "hunter2hunter2", "X-Ref": "env:MY_TOKEN", "X-Plain": "yes"},
            json={"password": "letmein-letmein", "query": "all"},
            auth={"type": "api_key", "name": "key", "value": "query-key-123", "in": "query"},
        ),
        Tools(),
    )
    assert tested.problem is None
    assert tested.received is not None
    everything = f"{tested.sent} {tested.received} {tested.sent.curl()}"
    for secret in (TOKEN, "sEcReT", "hunter2", "letmein", "query-key-123", "abcdefghijk"):
        assert secret not in everything
    assert ("X-Plain", "yes") in tested.sent.headers
    assert json.loads(tested.sent.body) == {"password": "***", "query": "all"}
    assert "x=1" in tested.sent.url
    assert ("Set-Cookie", "***") in tested.received.headers


def test_a_command_of_curl_can_be_read_by_a_shell(server: RawServer) -> None:
    url = server.script("/orders", reply(200, body=b'[{"id": 1}]'))
    tested = tester.test(source(f"{url}?q=it's", method="POST", json={"a": "it's"}, headers={"X-A": "b c"}), Tools())
    parts = shlex.split(tested.sent.curl())
    assert parts[:3] == ["curl", "-X", "POST"]
    assert "X-A: b c" in parts
    assert json.loads(parts[parts.index("--data-raw") + 1]) == {"a": "it's"}
    assert "--compressed" in parts


# --- what goes wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [(400, "source.params"), (401, "source.auth"), (403, "rights"), (404, "source.url"), (422, "wrong")],
)
def test_a_refusal_comes_back_with_its_body_and_what_to_do(server: RawServer, status: int, words: str) -> None:
    url = server.script("/orders", reply(status, "X-Trace: 7", body=b'{"detail": "no such thing"}'))
    tested = tester.test(source(url), Tools())
    assert isinstance(tested.problem, PageFailed)
    assert words in tested.problem.hint
    assert tested.received is not None
    assert (tested.received.status, tested.received.body) == (status, b'{"detail": "no such thing"}')
    assert ("X-Trace", "7") in tested.received.headers
    assert (tested.frame.shape, tested.rows_total, tested.more) == ((0, 0), None, False)


def test_a_source_that_asks_for_a_minute_is_not_waited_for(server: RawServer) -> None:
    url = server.script("/orders", reply(429, "Retry-After: 60", body=b"slow down"))
    tested = tester.test(source(url), Tools())
    assert isinstance(tested.problem, PageFailed)
    assert "60 seconds" in tested.problem.message
    assert tested.received is not None
    assert tested.received.status == 429
    assert len(server.seen) == 1


def test_a_hiccup_is_tried_once_more_unless_the_recipe_says_never(server: RawServer) -> None:
    url = server.script("/orders", reply(503), reply(200, body=b'[{"id": 1}]'))
    assert tester.test(source(url), Tools()).problem is None
    again = server.script("/never", reply(503), reply(200, body=b'[{"id": 1}]'))
    assert isinstance(tester.test(source(again, retries=0), Tools()).problem, PageFailed)


def cut(wire: Wire) -> None:
    wire.send(head("Content-Length: 500") + b'[{"id": 1}')
    wire.cut()


@pytest.mark.parametrize(
    ("act", "kind", "status"),
    [
        (cut, BadBody, None),
        (lambda wire: wire.reset(), PageFailed, None),
        (reply(200, body=b"<!doctype html><p>Log in"), BadBody, 200),
        (reply(200, body=b'[{"id": 1}, {"id"'), BadBody, 200),
        (reply(200, body=b'{"ok": false, "error": "no access"}'), BadBody, 200),
        (reply(200, body=b"42"), BadBody, 200),
    ],
)
def test_broken_answers_are_told_and_never_raised(
    server: RawServer, act: Any, kind: type[Exception], status: int | None
) -> None:
    tested = tester.test(source(server.script("/orders", act)), Tools())
    assert isinstance(tested.problem, kind)
    assert (tested.received.status if tested.received else None) == status
    assert tested.sent.method == "GET"


def test_nobody_there_and_a_missing_secret_are_told(server: RawServer) -> None:
    tested = tester.test(source("http://127.0.0.1:9/orders?token=abcdefghijkl"), Tools())
    assert isinstance(tested.problem, PageFailed)
    assert "Nothing listens" in tested.problem.hint
    assert "abcdefghijkl" not in f"{tested!r}"
    tested = tester.test(source(server.url("x"), auth={"type": "bearer", "token": "env:NOT_SET_AT_ALL"}), Tools())
    assert isinstance(tested.problem, RecipeError)
    assert "NOT_SET_AT_ALL" in str(tested.problem)
    assert server.seen == []


def test_a_stop_ends_it(server: RawServer) -> None:
    stop = threading.Event()

    def stall(wire: Wire) -> None:
        stop.set()
        wire.stall()

    tested = tester.test(source(server.script("/orders", stall)), Tools(stop=stop))
    assert isinstance(tested.problem, Cancelled)


def test_only_the_start_of_a_long_body_is_kept(server: RawServer) -> None:
    rows = [{"id": number, "text": "ü" * 100} for number in range(3000)]
    url = server.script("/orders", reply(200, body=json.dumps(rows, ensure_ascii=False).encode()))
    tested = tester.test(source(url), Tools())
    assert tested.frame.height == 3000
    assert tested.received is not None
    assert len(tested.received.body) == SHOWN < tested.received.bytes


def test_a_problem_on_a_later_page_keeps_what_is_known() -> None:
    def before(number: int, wire: Wire) -> bool:
        if number == 2:
            wire.send(reply(410, body=b"gone"))
        return number == 2

    with PagedApi(35, before=before) as api:
        first = tester.test(source(api.url, pagination=PAGINATIONS["page"]), Tools())
        second = tester.test(source(api.url, pagination=PAGINATIONS["page"]), Tools(), page=2, after=first)
        assert isinstance(second.problem, PageFailed)
        assert second.received is not None
        assert (second.page, second.rows_total, second.records, second.received.status) == (2, 35, "$.data", 410)


# --- proofs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("declare", [True, False])
@pytest.mark.parametrize("style", STYLES)
def test_a_source_that_pages_well_is_proved(style: str, declare: bool) -> None:
    with PagedApi(95, style=style, declare=declare) as api:
        proof = tester.prove(source(api.url, pagination=PAGINATIONS[style]), Tools())
    assert proof.ok
    assert len(proof.lines) == 4
    assert proof.lines[0] == (True, "3 pages came, with 10, 10 and 10 rows.")
    assert "`id` has 30 different values" in proof.lines[2][1]
    assert "end" in proof.lines[3][1]


def test_the_practice_source_is_proved(practice: str) -> None:
    proof = tester.prove(source(f"{practice}/practice/online-retail?limit=1000"), Tools())
    assert proof.ok
    assert "541,909 rows in 542 pages" in proof.lines[-1][1]


def test_a_source_that_ends_sooner_is_proved_to_its_end() -> None:
    with PagedApi(15, style="next_url") as api:
        proof = tester.prove(source(api.url), Tools())
    assert proof == tester.Proof(
        True,
        (
            (True, "2 pages came, with 10 and 5 rows."),
            (True, "All rows are new: none of them came twice on these pages."),
            (True, "Keys do not repeat: `id` has 15 different values."),
            (True, "The end was reached: page 2 is the last one, 15 rows in all."),
        ),
    )


def answering(rows: Any) -> PagedApi:
    """A source that answers `rows(page)`, whatever it is."""

    def before(number: int, wire: Wire) -> bool:
        wire.answer(json.dumps({"page": number, "data": rows(number)}).encode(), kind="application/json")
        return True

    return PagedApi(1000, before=before)


def test_rows_that_come_twice_are_told() -> None:
    with answering(lambda page: [order(row) for row in range((page - 1) * 8, (page - 1) * 8 + 10)]) as api:
        proof = tester.prove(source(api.url, pagination=PAGINATIONS["page"]), Tools())
    assert not proof.ok
    assert (False, "2 of the 10 rows of page 2 came before on an earlier page.") in proof.lines
    assert (False, "`id` looks like a key, and 4 of its 30 values repeat.") in proof.lines


def test_a_key_that_repeats_with_other_values_beside_it_is_told() -> None:
    with answering(lambda page: [{"id": row, "page": page} for row in range(10)]) as api:
        proof = tester.prove(source(api.url, pagination=PAGINATIONS["page"]), Tools())
    assert (False, "`id` looks like a key, and 20 of its 30 values repeat.") in proof.lines


def test_the_same_page_again_is_told() -> None:
    with answering(lambda page: [order(row) for row in range(10)]) as api:
        proof = tester.prove(source(api.url, pagination=PAGINATIONS["page"]), Tools())
    assert not proof.ok
    assert proof.lines[0] == (True, "One page came, with 10 rows.")
    assert "the same as page 1" in proof.lines[1][1]


def test_an_end_that_cannot_be_reached_is_told() -> None:
    with answering(lambda page: [order(page * 10 + row) for row in range(10)]) as api:
        proof = tester.prove(source(api.url, pagination=PAGINATIONS["page"]), Tools())
    assert [ok for ok, _ in proof.lines] == [True, True, True, False]
    assert "far past the end is answered with rows" in proof.lines[-1][1]


@pytest.mark.parametrize(("status", "ok", "words"), [(404, True, "not there"), (400, False, "refused with 400")])
def test_a_far_page_that_is_refused_is_judged_by_its_status(status: int, ok: bool, words: str) -> None:
    def before(number: int, wire: Wire) -> bool:
        if number > 100:
            wire.send(reply(status))
        return number > 100

    with PagedApi(95, before=before, declare=False) as api:
        proof = tester.prove(source(api.url, pagination=PAGINATIONS["page"]), Tools())
    assert proof.lines[-1][0] is ok
    assert words in proof.lines[-1][1]


def test_a_source_that_cannot_be_had_proves_nothing(server: RawServer) -> None:
    proof = tester.prove(source(server.script("/orders", reply(401))), Tools())
    assert not proof.ok
    assert "401" in proof.lines[0][1]


def test_no_rows_prove_nothing(server: RawServer) -> None:
    proof = tester.prove(source(server.script("/orders", reply(200, body=b"[]"))), Tools())
    assert (False, "The source answers no rows.") in proof.lines


def test_without_a_key_rows_are_compared_whole() -> None:
    with PagedApi(95, make=lambda row, width: {"name": f"n{row}", "order_id": row // 3}) as api:
        proof = tester.prove(source(api.url), Tools())
    assert proof.ok
    assert any("No column looks like a key" in words for _, words in proof.lines)


def test_rows_of_every_type_are_compared(server: RawServer) -> None:
    frame = pl.DataFrame({"raw": [b"\x00\xff"], "at": [time(1, 2)], "exact": [Decimal("1.10")], "list": [[1, None]]})
    file = io.BytesIO()
    frame.write_parquet(file)
    url = server.script("/orders", reply(200, body=file.getvalue()))
    proof = tester.prove(source(url, format="parquet", pagination="none"), Tools())
    assert proof.ok, proof

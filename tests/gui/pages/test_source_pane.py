"""The source pane: what is typed is in the draft, what is wrong is marked, and a test shows what came back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from paged_api import PagedApi
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from raw_server import RawServer, Wire, reply

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.events import Delivered
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.demo import demo_recipe
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.form_specs import specs
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.pages.source_pane import SourcePane
from fetchtozip_gui.gui.source_words import FILE, HTTP, SECTIONS
from fetchtozip_gui.gui.theme import Theme
from fetchtozip_gui.gui.widgets.answers import PAGES, RECORDS, REQUEST, RESPONSE, SCHEMA
from fetchtozip_gui.gui.widgets.fields import Field, LineField
from fetchtozip_gui.gui.widgets.pairs import PairsField
from fetchtozip_gui.gui.widgets.secret_field import SecretField
from fetchtozip_gui.gui.widgets.source_form import ALWAYS, OPTIONS

WAIT = 60_000
"""Milliseconds for what takes a moment: a machine that is busy needs longer to load what is heavy."""
SECRET = "hunter2-hunter2"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Vault:
    """Keeps secrets as the program's own does, and can refuse to."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.refuses = ""

    def keep(self, name: str, secret: str) -> str:
        if self.refuses:
            raise RecipeError(self.refuses)
        self.kept[name] = secret
        return f"keyring:{name}"

    def read(self, name: str) -> str:
        return self.kept[name]


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def make(
    qtbot: QtBot, qapp: QApplication, draft: DraftModel, findings: Findings
) -> Iterator[Callable[..., SourcePane]]:
    theme = Theme(qapp, dark=False)
    errands = Errands()

    def made(*secrets: Any, **shared: Any) -> SourcePane:
        pane = SourcePane(draft, findings, errands, *secrets, **shared)
        qtbot.addWidget(pane)
        pane.resize(560, 900)
        with qtbot.waitExposed(pane):
            pane.show()
        pane.activateWindow()
        return pane

    yield made
    errands.close()
    theme.deleteLater()


@pytest.fixture
def pane(make: Callable[..., SourcePane], vault: Vault) -> SourcePane:
    return make(vault.keep, vault.read)


def try_out(qtbot: QtBot, pane: SourcePane, act: Callable[[], None] | None = None) -> None:
    with qtbot.waitSignal(pane.tested, timeout=WAIT):
        (act or pane.test)()


def opened(qtbot: QtBot, pane: SourcePane, part: str, path: tuple[str, ...]) -> Any:
    """A field of a part that is opened for it."""
    kind = pane.form.source_kind
    pane.form.parts[kind].open(part)
    qtbot.waitUntil(lambda: pane.form.parts[kind].is_filled(part), timeout=WAIT)
    return field(pane, path)


def field(pane: SourcePane, path: tuple[str, ...]) -> Any:
    return next(field for field in pane.form._fields() if field.path == path)


def type_into(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text) if text else QTest.keyClick(line, Qt.Key.Key_Delete)


def leave(line: QLineEdit) -> None:
    QTest.keyClick(line, Qt.Key.Key_Return)


def begin(draft: DraftModel, url: str, **fields: Any) -> None:
    draft.begin({"name": "orders", "source": {"type": "http", "url": url, "rate_limit": None, **fields}})


# --- the first minute ---------------------------------------------------------------------------------------------


def test_the_practice_source_is_tested_and_shown(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings, practice: str
) -> None:
    draft.begin(demo_recipe(practice))
    try_out(qtbot, pane)
    assert findings.tested is not None
    assert findings.tested.rows_total == 541_909
    assert pane.answers.records.rowCount() == 1000
    assert pane.answers.tabText(RECORDS) == "Records 1,000"
    assert pane.answers.currentIndex() == RECORDS
    assert "541,909 rows in 542 pages" in pane.found.text()
    assert 'href="records"' in pane.found.text()
    assert pane.reason.text().startswith("Because ")
    pane.answers._as_json.click()
    assert "InvoiceNo" in pane.answers.json.toPlainText()
    assert "900 records more" in pane.answers.json.toPlainText()
    pane.answers.setCurrentIndex(REQUEST)
    assert pane.answers.request.toPlainText().startswith("GET http://")
    pane.answers.setCurrentIndex(RESPONSE)
    assert pane.answers.status.text().startswith("200 OK · ")
    pane.answers.setCurrentIndex(SCHEMA)
    assert pane.answers.schema.rowCount() == len(findings.tested.schema)


def test_a_proof_says_what_holds_line_by_line(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings, practice: str
) -> None:
    draft.begin(demo_recipe(practice))
    try_out(qtbot, pane, pane.prove)
    assert findings.tested is not None
    assert findings.proof is not None
    assert pane.answers.currentIndex() == PAGES
    lines = [line.text() for line in pane.answers.pages.proof]
    assert len(lines) == len(findings.proof.lines)
    assert all(line.startswith("✓") for line in lines)
    assert "✓ Proved" in pane.found.text()


def test_the_pages_of_a_proof_can_be_looked_at_without_another_request(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings
) -> None:
    with PagedApi(45) as api:
        begin(draft, api.url, pagination={"type": "page", "size": 10})
        try_out(qtbot, pane, pane.prove)
        assert findings.tested is not None
        assert findings.tested.page == 1
        asked = api.asked.total()
        assert pane.answers.pages.list.count() == 3
        for page in (2, 3):
            pane._trial.go_to(page)
            assert pane._trial.shown is not None
            assert pane._trial.shown.tested.frame["id"][0] == 10 * (page - 1)
        assert api.asked.total() == asked
        # the fourth is fetched, and goes on where the proof ended
        try_out(qtbot, pane, lambda: pane._trial.go_to(4))
        assert pane._trial.shown.tested.frame["id"][0] == 30


def test_a_proof_after_a_test_adds_the_pages_that_are_new(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings
) -> None:
    with PagedApi(45) as api:
        begin(draft, api.url, pagination={"type": "page", "size": 10})
        try_out(qtbot, pane)
        first = findings.tested
        try_out(qtbot, pane, pane.prove)
        assert findings.tested is first
        assert [tested.page for tested in pane._trial.pages] == [1, 2, 3]
        # the way the source is asked has changed: all of them are new
        later = {"type": "page", "size": 10, "start": 2}
        draft.change("Start", source={**draft.part("source"), "pagination": later})
        try_out(qtbot, pane, pane.prove)
        assert findings.tested is not first
        assert [tested.frame["id"][0] for tested in pane._trial.pages] == [10, 20, 30]
        assert not findings.outdated


def test_what_does_not_hold_is_told_with_a_cross(qtbot: QtBot, pane: SourcePane, draft: DraftModel) -> None:
    def before(number: int, wire: Wire) -> bool:
        rows = [{"id": row} for row in range(number * 8, number * 8 + 10)]
        wire.answer(json.dumps({"page": number, "data": rows}).encode(), kind="application/json")
        return True

    with PagedApi(100, before=before) as api:
        begin(draft, api.url, pagination={"type": "page", "size": 10})
        try_out(qtbot, pane, pane.prove)
    lines = [line.text() for line in pane.answers.pages.proof]
    assert any(line.startswith("✗") and "came before" in line for line in lines)
    assert "✗ Not proved" in pane.found.text()


def test_nothing_is_known_before_a_test(pane: SourcePane, findings: Findings) -> None:
    assert "Test (F5)" in pane.found.text()
    assert findings.tested is None
    assert not pane.stop_button.isVisible()


def test_a_request_is_copied_as_a_command(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, qapp: QApplication
) -> None:
    with PagedApi(5) as api:
        begin(draft, api.url)
        try_out(qtbot, pane)
    pane.answers.setCurrentIndex(REQUEST)
    pane.answers._as_curl.click()
    assert qapp.clipboard().text().startswith(f"curl {api.url}")
    pane.answers.setCurrentIndex(RECORDS)
    grid = pane.answers._grid
    grid.setFocus()
    grid.selectRow(1)
    QTest.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert qapp.clipboard().text() == "1\tZürich 1\t1.25\tfalse"


# --- pages --------------------------------------------------------------------------------------------------------


def test_pages_are_stepped_through_and_each_is_fetched_once(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings
) -> None:
    with PagedApi(25, style="cursor") as api:
        begin(draft, api.url)
        try_out(qtbot, pane)
        first = findings.tested
        for _ in range(2):
            try_out(qtbot, pane, pane.answers.steps.on.click)
        assert pane.answers.records.index(0, 0).data() == "20"
        assert not pane.answers.steps.on.isEnabled()
        pane.answers.steps.back.click()
        assert pane.answers.records.index(0, 0).data() == "10"
        assert pane.answers.steps.where.text() == "Page 2 of 3"
        assert [pane.answers.pages.list.item(row).text() for row in range(3)] == [
            "Page 1 · rows 1 to 10 · 200",
            "Page 2 · rows 11 to 20 · 200",
            "Page 3 · rows 21 to 25 · 200",
        ]
        assert api.asked == {1: 1, 2: 1, 3: 1}
        assert findings.tested is first


# --- what goes wrong ----------------------------------------------------------------------------------------------


def test_a_refusal_opens_the_response_with_what_to_do(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings
) -> None:
    with RawServer() as server:
        url = server.script("/orders", reply(403, body=b'{"why": "no rights"}'), reply(200, body=b'[{"id": 1}]'))
        begin(draft, url)
        try_out(qtbot, pane)
        assert pane.answers.currentIndex() == RESPONSE
        assert pane.answers.status.text().startswith("403 Forbidden")
        assert '"why": "no rights"' in pane.answers.response.toPlainText()
        assert "rights" in pane.answers.problem.text()
        assert "✗ The test failed" in pane.found.text()
        assert findings.tested is not None
        assert findings.tested.problem is not None
        try_out(qtbot, pane)
        assert pane.answers.currentIndex() == RECORDS
        assert pane.answers.problem.text() == ""


def test_what_is_said_of_the_recipe_names_the_windows_fields(qtbot: QtBot, pane: SourcePane, draft: DraftModel) -> None:
    with RawServer() as server:
        begin(draft, server.script("/orders", reply(404)))
        try_out(qtbot, pane)
    assert "“Address”" in pane.answers.problem.text()
    assert "source.url" not in pane.answers.problem.text()


def test_stop_ends_a_test_and_keeps_what_was_found(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings
) -> None:
    with RawServer() as server:
        begin(draft, server.script("/orders", reply(200, body=b'[{"id": 1}]'), lambda wire: wire.stall()))
        try_out(qtbot, pane)
        before = findings.tested
        pane.test()
        assert pane.stop_button.isVisible()
        assert not pane.test_button.isEnabled()
        qtbot.waitUntil(lambda: len(server.seen) > 1, timeout=WAIT)
        try_out(qtbot, pane, pane.stop_button.click)
    assert findings.tested is before
    assert pane.test_button.isEnabled()
    assert not pane.stop_button.isVisible()


def test_a_wrong_recipe_is_marked_where_it_is_wrong_and_not_sent(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings
) -> None:
    begin(draft, "http://127.0.0.1:9/", pagination={"type": "page", "size": 0}, params={"a": {"b": 1}})
    try_out(qtbot, pane)
    assert findings.tested is None
    qtbot.waitUntil(lambda: pane.form.parts["http"].is_filled("Paging"), timeout=WAIT)
    assert "must be ≥ 1" in field(pane, ("pagination", "size")).marked
    assert "must be text" in field(pane, ("params",)).marked
    assert "✗" in pane.form.parts["http"].buttons["Paging"].text()
    draft.change("Mend", source={"type": "http", "url": "http://127.0.0.1:9/"})
    assert [field.marked for field in pane.form._fields() if field.marked] == []


def test_what_changes_after_a_test_makes_it_out_of_date(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings
) -> None:
    with PagedApi(25) as api:
        begin(draft, api.url)
        try_out(qtbot, pane)
        type_into(pane.form.often["page_limit"].line, "2")
        assert not findings.outdated
        draft.change("Ask otherwise", source={**draft.part("source"), "params": {"open": "true"}})
        assert findings.outdated
        assert findings.tested is not None
        assert "Out of date" in pane.found.text()
        draft.undo()
        assert not findings.outdated
        assert "Out of date" not in pane.found.text()
        draft.change("Another source", source={"type": "http", "url": "https://example.com/x"})
        assert findings.tested is None
        assert pane.answers.records.rowCount() == 0


# --- the form -----------------------------------------------------------------------------------------------------


def test_what_is_typed_is_in_the_draft_and_can_be_undone(pane: SourcePane, draft: DraftModel) -> None:
    type_into(pane.form.address.line, "https://example.com/a?x=1&y=2")
    type_into(pane.form.often["rate_limit"].line, "2.5")
    type_into(pane.form.often["concurrency"].line, "3")
    assert draft.part("source") == {
        "type": "http",
        "url": "https://example.com/a?x=1&y=2",
        "rate_limit": 2.5,
        "concurrency": 3,
    }
    assert draft.undo_words() == "Change at once"
    draft.undo()
    draft.undo()
    assert draft.part("source") == {"type": "http", "url": "https://example.com/a?x=1&y=2"}
    assert pane.form.often["rate_limit"].line.text() == "10"


def test_an_emptied_number_means_no_limit(pane: SourcePane, draft: DraftModel) -> None:
    begin(draft, "https://example.com/a")
    type_into(pane.form.often["page_limit"].line, "")
    assert draft.part("source")["page_limit"] is None
    type_into(pane.form.often["page_limit"].line, "1,000")
    assert draft.part("source")["page_limit"] == 1000
    QTest.keyClick(pane.form.often["page_limit"].line, Qt.Key.Key_Up)
    assert draft.part("source")["page_limit"] == 1001


def test_a_wrong_value_is_marked_when_its_field_is_left(qtbot: QtBot, pane: SourcePane, draft: DraftModel) -> None:
    begin(draft, "https://example.com/a")
    opened(qtbot, pane, "Limits", ("timeout",))
    rate = pane.form.often["rate_limit"]
    type_into(rate.line, "fast")
    assert rate.marked == ""
    leave(rate.line)
    assert rate.marked == 'must be a number, found "fast"'
    assert rate.line.property("wrong") == "true"
    assert "must be a number" in rate.line.accessibleDescription()
    type_into(rate.line, "5")
    assert rate.marked == ""


def test_the_form_has_every_field_of_the_models_and_their_defaults(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel
) -> None:
    from fetchtozip_gui.core.sources.file import FileSource
    from fetchtozip_gui.core.sources.http import HttpSource

    known = {spec.name: spec for spec in specs(HttpSource, HTTP)}
    inside = {name for names in SECTIONS.values() for name in names}
    assert set(known) == inside | {spec.name for spec in ALWAYS} | {"url"}
    assert [known[spec.name] for spec in ALWAYS] == list(ALWAYS)
    assert {spec.name for spec in specs(FileSource, FILE)} == set(FILE)
    for part in SECTIONS:
        opened(qtbot, pane, part, (SECTIONS[part][0],))
    draft.change("A file", source={"type": "file", "path": "x.csv"})
    opened(qtbot, pane, OPTIONS, ("format",))
    assert all(isinstance(field(pane, (name,)), Field) for name in known)


@pytest.mark.parametrize("auth", ["basic", "bearer", "api_key", "cookie", "oauth2"])
def test_a_way_to_sign_in_brings_its_own_fields(qtbot: QtBot, pane: SourcePane, draft: DraftModel, auth: str) -> None:
    begin(draft, "https://example.com/a")
    chosen = opened(qtbot, pane, "Sign in", ("auth",))
    chosen.box.setCurrentIndex(chosen.box.findData(auth))
    chosen.box.activated.emit(chosen.box.currentIndex())
    assert draft.part("source")["auth"] == {"type": auth}
    secrets = [one for one in pane.form._fields() if one.path[0] == "auth" and one.spec.hidden]
    assert len(secrets) == 1
    # what is required is said at once
    assert secrets[0].marked
    draft.undo()
    assert "auth" not in draft.part("source")


def test_a_chosen_pagination_begins_with_what_was_found(qtbot: QtBot, pane: SourcePane, draft: DraftModel) -> None:
    with PagedApi(25, style="cursor") as api:
        begin(draft, api.url)
        try_out(qtbot, pane)
    pane.found.linkActivated.emit("pagination")
    chosen = opened(qtbot, pane, "Paging", ("pagination",))
    chosen.box.setCurrentIndex(chosen.box.findData("cursor"))
    chosen.box.activated.emit(chosen.box.currentIndex())
    made = draft.part("source")["pagination"]
    assert (made["cursor"], made["param"]) == ("$.next_cursor", "cursor")


def test_links_of_what_was_found_lead_to_their_fields(qtbot: QtBot, pane: SourcePane, draft: DraftModel) -> None:
    with PagedApi(25) as api:
        begin(draft, api.url)
        try_out(qtbot, pane)
    pane.found.linkActivated.emit("records")
    records = field(pane, ("records",))
    qtbot.waitUntil(lambda: records.line.hasFocus(), timeout=WAIT)
    assert records.line.placeholderText() == "auto: $.data"
    pane.found.linkActivated.emit("page_limit")
    qtbot.waitUntil(lambda: pane.form.often["page_limit"].line.hasFocus(), timeout=WAIT)


def test_headers_grow_by_typing_and_go_by_a_button(qtbot: QtBot, pane: SourcePane, draft: DraftModel) -> None:
    begin(draft, "https://example.com/a")
    headers: PairsField = opened(qtbot, pane, "Request", ("headers",))
    name, value = headers.rows()[-1]
    type_into(name, "Accept")
    type_into(value, "text/csv")
    assert len(headers.rows()) == 2
    assert draft.part("source")["headers"] == {"Accept": "text/csv"}
    params: PairsField = field(pane, ("params",))
    name, value = params.rows()[-1]
    type_into(name, "tag")
    type_into(value, '["a", "b"]')
    assert draft.part("source")["params"] == {"tag": ["a", "b"]}
    headers._rows[0].out.click()
    assert "headers" not in draft.part("source")


def test_a_body_that_is_no_json_is_told_and_goes_no_further(qtbot: QtBot, pane: SourcePane, draft: DraftModel) -> None:
    begin(draft, "https://example.com/a", method="POST")
    body = opened(qtbot, pane, "Request", ("json",))
    body._text.setPlainText('{"query": ')
    assert "no JSON" in body.marked
    assert "json" not in draft.part("source")
    body._text.setPlainText('{"query": "all"}')
    assert body.marked == ""
    assert draft.part("source")["json"] == {"query": "all"}


# --- secrets ------------------------------------------------------------------------------------------------------


def token_field(qtbot: QtBot, pane: SourcePane, draft: DraftModel, url: str = "https://example.com/a") -> SecretField:
    begin(draft, url, auth={"type": "bearer"})
    opened(qtbot, pane, "Sign in", ("auth",))
    found: SecretField = field(pane, ("auth", "token"))
    return found


def test_a_secret_goes_to_the_keyring_and_its_name_into_the_draft(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, vault: Vault
) -> None:
    documents: list[str] = []
    with PagedApi(5) as api:
        token = token_field(qtbot, pane, draft, api.url)
        draft.changed.connect(lambda part: documents.append(json.dumps(draft.document())))
        type_into(token.line, SECRET)
        assert token.line.echoMode() is QLineEdit.EchoMode.Password
        leave(token.line)
        qtbot.waitUntil(lambda: "token" in draft.part("source")["auth"], timeout=WAIT)
        reference = draft.part("source")["auth"]["token"]
        assert vault.kept == {reference.removeprefix("keyring:"): SECRET}
        assert "127.0.0.1" in reference
        assert token.line.text() == reference
        assert token.line.echoMode() is QLineEdit.EchoMode.Normal
        assert all(SECRET not in text for text in documents)
        try_out(qtbot, pane)
        assert f"Bearer {SECRET}" in api.server.seen[-1].raw()
    pane.answers.setCurrentIndex(REQUEST)
    assert "Bearer ***" in pane.answers.request.toPlainText()
    assert SECRET not in pane.answers.request.toPlainText()


def test_without_a_keyring_it_says_so_and_offers_a_variable(
    qtbot: QtBot, make: Callable[..., SourcePane], draft: DraftModel
) -> None:
    pane = make(None)
    token = token_field(qtbot, pane, draft)
    type_into(token.line, SECRET)
    leave(token.line)
    assert "no keyring" in token.marked
    assert "env:NAME" in token.marked
    assert SECRET not in json.dumps(draft.document())
    type_into(token.line, "env:MY_TOKEN")
    assert draft.part("source")["auth"]["token"] == "env:MY_TOKEN"
    assert token.line.echoMode() is QLineEdit.EchoMode.Normal


def test_a_keyring_that_refuses_is_told(qtbot: QtBot, pane: SourcePane, draft: DraftModel, vault: Vault) -> None:
    vault.refuses = "The keyring is locked."
    token = token_field(qtbot, pane, draft)
    type_into(token.line, SECRET)
    leave(token.line)
    qtbot.waitUntil(lambda: "locked" in token.marked, timeout=WAIT)
    assert "env:NAME" in token.marked
    assert SECRET not in json.dumps(draft.document())


def test_a_header_of_a_secret_name_is_kept_like_a_secret(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, vault: Vault
) -> None:
    begin(draft, "https://example.com/a")
    headers: PairsField = opened(qtbot, pane, "Request", ("headers",))
    name, value = headers.rows()[-1]
    type_into(name, "X-Api-Key")
    type_into(value, SECRET)
    assert value.echoMode() is QLineEdit.EchoMode.Password
    assert SECRET not in json.dumps(draft.document())
    leave(value)
    qtbot.waitUntil(lambda: bool(vault.kept) and "headers" in draft.part("source"), timeout=WAIT)
    qtbot.waitUntil(lambda: draft.part("source")["headers"]["X-Api-Key"].startswith("keyring:"), timeout=WAIT)


# --- files --------------------------------------------------------------------------------------------------------


def test_a_file_is_a_source_too(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("id;name\n" + "".join(f"{row};n{row}\n" for row in range(50)))
    pane.form.kind.setCurrentIndex(pane.form.kind.findData("file"))
    pane.form.kind.activated.emit(pane.form.kind.currentIndex())
    assert draft.part("source") == {"type": "file"}
    type_into(pane.form.file.line, str(file))
    try_out(qtbot, pane)
    assert findings.tested is not None
    assert (findings.tested.frame.height, findings.tested.rows_total) == (50, 50)
    assert "50 rows" in pane.found.text()
    assert "orders.csv" in pane.reason.text().replace("\u200b", "")
    assert not pane.prove_button.isVisible()
    type_into(pane.form.file.line, str(tmp_path / "none.csv"))
    try_out(qtbot, pane)
    assert "none.csv" in pane.answers.problem.text().replace("\u200b", "")


# --- earlier jobs -------------------------------------------------------------------------------------------------


@pytest.fixture
def jobs(qapp: QApplication, new_job: Callable[..., Job], tmp_path: Path) -> Iterator[JobsModel]:
    """Two that have made a file, one that fetches still."""
    jobs = JobsModel()
    jobs.fill([])
    for number, name in ((1, "orders"), (2, "people")):
        file = tmp_path / f"{name}.csv"
        file.write_text("id,name\n1,a\n2,b\n")
        whole = Verdict("complete", "Complete", 2, 2)
        jobs.show_job(new_job(number, name).started(NOW).after(Delivered(str(file), 2, 9, whole), NOW))
    jobs.show_job(new_job(3, "stock").started(NOW))
    yield jobs
    jobs.deleteLater()


@pytest.fixture
def job_pane(make: Callable[..., SourcePane], jobs: JobsModel) -> SourcePane:
    return make(jobs=jobs, result_of=lambda job_id: Path(str(jobs.job(job_id).result)))  # type: ignore[union-attr]


def test_an_earlier_job_is_chosen_and_its_rows_are_shown(
    qtbot: QtBot, job_pane: SourcePane, draft: DraftModel, findings: Findings, jobs: JobsModel
) -> None:
    job_pane._choose_kind("job")
    newest = jobs.all()[1]
    assert draft.part("source") == {"type": "job", "job_id": newest.id}
    box = job_pane.form.job.box
    assert [box.itemText(at).partition(" · 2026")[0] for at in range(box.count())] == [
        "people · 2 rows",
        "orders · 2 rows",
    ]
    assert not job_pane.form.address.isVisible()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert draft.part("source")["job_id"] == jobs.all()[2].id
    assert draft.undo_words() == "Change the job"
    try_out(qtbot, job_pane)
    assert findings.tested is not None
    assert findings.tested.frame.rows() == [(1, "a"), (2, "b")]
    draft.undo()
    assert findings.tested is None
    assert box.currentIndex() == 0


def test_a_job_that_is_gone_is_marked_and_another_can_be_chosen(
    qtbot: QtBot, job_pane: SourcePane, draft: DraftModel, jobs: JobsModel
) -> None:
    draft.begin({"source": {"type": "job", "job_id": jobs.all()[1].id}})
    job_pane._load()
    qtbot.waitUntil(lambda: job_pane._models, timeout=WAIT)
    field = job_pane.form.job
    assert field.marked == ""
    jobs.forget(jobs.all()[1].id)
    assert field.marked == "is not here any more: choose another one"
    assert field.box.count() == 2
    draft.change("Unfinished", source={"type": "job", "job_id": jobs.all()[0].id})
    assert field.marked == "has made no file: it is running"
    draft.change("Other", source={"type": "job", "job_id": jobs.all()[1].id})
    assert field.marked == ""


def test_without_a_job_it_says_what_is_missing(make: Callable[..., SourcePane], draft: DraftModel) -> None:
    pane = make()
    pane._choose_kind("job")
    assert draft.part("source") == {"type": "job"}
    assert pane.form.job.box.placeholderText() == "Choose a job"
    assert pane.form.job.marked == ""


# --- by keyboard, and before anything heavy -----------------------------------------------------------------------


def test_the_whole_is_done_by_keyboard(qtbot: QtBot, pane: SourcePane, draft: DraftModel, findings: Findings) -> None:
    with PagedApi(25) as api:
        pane.go_to_address()
        QTest.keyClicks(QApplication.focusWidget(), api.url)
        try_out(qtbot, pane, lambda: QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F5))
        assert findings.tested is not None
        shift = Qt.KeyboardModifier.ShiftModifier
        try_out(qtbot, pane, lambda: QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F5, shift))
        assert findings.proof is not None
    seen: list[QWidget] = []
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    for widget in (pane.form.kind, pane.form.address.line, pane.test_button, pane.prove_button, pane.found):
        assert widget in seen, widget
    assert set(pane.form.parts["http"].buttons.values()) <= set(seen)


def test_everything_that_takes_the_keyboard_has_a_name_and_a_tooltip(
    qtbot: QtBot, pane: SourcePane, draft: DraftModel
) -> None:
    begin(draft, "https://example.com/a", auth={"type": "oauth2"}, pagination={"type": "cursor"})
    for part in SECTIONS:
        opened(qtbot, pane, part, (SECTIONS[part][0],))
    takers = [
        widget
        for widget in pane.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
    ]
    nameless = [
        widget
        for widget in takers
        if not (widget.accessibleName() or getattr(widget, "text", str)()) and widget.parent() not in takers
    ]
    assert nameless == []
    silent = [widget for widget in takers if not widget.toolTip() and widget.parent() not in takers]
    assert [one.accessibleName() or type(one).__name__ for one in silent if type(one).__name__ != "QTabBar"] == []


def test_it_is_painted_before_anything_heavy_is_loaded() -> None:
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from fetchtozip_gui.gui.errands import Errands\n"
        "from fetchtozip_gui.gui.models.draft import DraftModel\n"
        "from fetchtozip_gui.gui.models.findings import Findings\n"
        "from fetchtozip_gui.gui.pages.source_pane import SourcePane\n"
        "draft = DraftModel({'source': {'type': 'http', 'url': 'https://example.com'}})\n"
        "pane = SourcePane(draft, Findings(), Errands())\n"
        "pane.show(); pane.grab()\n"
        "print(sorted({'polars', 'pydantic', 'httpx'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_line_field_leaves_the_typist_alone(pane: SourcePane, draft: DraftModel) -> None:
    rate: LineField = pane.form.often["rate_limit"]
    begin(draft, "https://example.com/a")
    type_into(rate.line, "1.")
    assert rate.line.text() == "1."
    assert draft.part("source")["rate_limit"] == 1.0
    QTest.keyClicks(rate.line, "5")
    assert draft.part("source")["rate_limit"] == 1.5

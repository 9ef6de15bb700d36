"""The Help page: topics, links, a search through all of them, and every shortcut."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.pages.help import SHORTCUTS, HelpPage
from fetchtozip_gui.gui.part_keys import PART_KEYS
from fetchtozip_gui.gui.resources import resource


@pytest.fixture
def page(qtbot: QtBot) -> HelpPage:
    page = HelpPage(resource("help"), [("File", "Save a | b", "Ctrl+S"), *PART_KEYS])
    qtbot.addWidget(page)
    page.resize(1000, 700)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    return page


def listed(page: HelpPage) -> list[str]:
    items = [page.topics.item(at) for at in range(page.topics.count())]
    return [item.data(Qt.ItemDataRole.UserRole) for item in items if not item.isHidden()]


def test_every_topic_is_listed_by_its_title_and_shown(page: HelpPage) -> None:
    files = {path.stem for path in resource("help").glob("*.md")}
    assert set(listed(page)) == {SHORTCUTS, *files}
    for topic in files:
        page.choose(topic)
        title = (resource("help") / f"{topic}.md").read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        assert page.topics.currentItem().text() == title
        assert page.text.toPlainText().startswith(title)
    page.choose("nothing of the kind")
    assert page.topics.currentItem() is not None


def test_every_link_leads_somewhere(page: HelpPage) -> None:
    for path in resource("help").glob("*.md"):
        page.choose(path.stem)
        anchors: set[str] = set()
        block = page.text.document().begin()
        while block.isValid():
            parts = block.begin()
            while not parts.atEnd():
                anchors |= set(parts.fragment().charFormat().anchorHref().split())
                parts += 1
            block = block.next()
        for anchor in anchors:
            url = QUrl(anchor)
            known = url.scheme() in ("http", "https") or Path(url.path()).stem in listed(page)
            assert known, f"{path.name}: {anchor}"


def test_links_to_topics_stay_here(page: HelpPage) -> None:
    page.choose("window")
    page.text.anchorClicked.emit(QUrl("recipes.md"))
    assert page.topics.currentItem().data(Qt.ItemDataRole.UserRole) == "recipes"


def test_links_to_other_hosts_are_the_systems(page: HelpPage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    before = page.topics.currentRow()
    page.text.anchorClicked.emit(QUrl("https://example.com/a"))
    assert opened == ["https://example.com/a"]
    assert page.topics.currentRow() == before


def test_what_is_typed_leaves_the_topics_that_have_it(page: HelpPage) -> None:
    page.choose("window")
    QTest.keyClick(page.text, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.search.hasFocus()
    QTest.keyClicks(page.search, "Normalize OUTLIERS")
    found = listed(page)
    assert "cleaning" in found
    assert "resume" not in found
    for topic in found:
        page.choose(topic)
        text = page.text.toPlainText().casefold()
        assert page.text.extraSelections(), text[:80]
    first = page.text.textCursor().position()
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert page.text.textCursor().position() > first
    # a link to a topic that was left out takes the search back
    page.choose("resume")
    assert page.search.text() == ""
    assert len(listed(page)) == page.topics.count()
    assert page.text.extraSelections() == []


def test_nothing_found_is_said(page: HelpPage) -> None:
    page.search.setText("xyzzy")
    assert listed(page) == []
    assert page._none.isVisible()
    page.search.clear()
    assert not page._none.isVisible()


def test_every_shortcut_is_listed(page: HelpPage) -> None:
    page.choose(SHORTCUTS)
    shown = page.text.toPlainText()
    assert "Save a | b" in shown
    for part, words, keys in PART_KEYS:
        assert part in shown
        assert words in shown
        assert keys in shown


@pytest.fixture
def empty(qtbot: QtBot, tmp_path: Path) -> HelpPage:
    page = HelpPage(tmp_path, [("File", "Save", "Ctrl+S")])
    qtbot.addWidget(page)
    return page


def test_without_any_help_there_are_the_shortcuts(empty: HelpPage) -> None:
    assert listed(empty) == [SHORTCUTS]
    assert "Ctrl+S" in empty.text.toPlainText()

"""A card shows its job's words and only what can be done now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import OutputError, SourceError
from fetchtozip_gui.core.events import Delivered, Fetched
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.widgets.job_card import JobCard

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def running(new_job: Callable[..., Job]) -> Job:
    return new_job().started(NOW).after(Fetched(5, 500, 10, 1000, 10), NOW + timedelta(seconds=1))


@pytest.fixture
def card(qtbot: QtBot, running: Job) -> JobCard:
    card = JobCard(running, NOW)
    qtbot.addWidget(card)
    with qtbot.waitExposed(card):
        card.show()
    card.activateWindow()
    return card


def done(job: Job, path: Path) -> Job:
    verdict = Verdict("complete", "Complete: 1,000 of 1,000 rows", 1000, 1000)
    return job.after(Delivered(str(path), 1000, 99, verdict), NOW + timedelta(seconds=2))


def texts(card: JobCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]


def offered(card: JobCard) -> list[str]:
    return [act for act, button in card.buttons.items() if button.isVisible()]


def test_a_running_job_has_a_bar_and_can_be_stopped(card: JobCard) -> None:
    bar = card.findChild(QProgressBar)
    assert (bar.isVisible(), bar.value(), bar.maximum()) == (True, 500, 1000)
    assert "50 %" in texts(card)
    assert "Fetching: 5 of 10 pages" in texts(card)
    assert offered(card) == ["pause", "cancel"]
    assert not card.file.isVisible()


def test_a_finished_job_gives_its_file(card: JobCard, running: Job, tmp_path: Path) -> None:
    card.show_job(done(running, tmp_path / "orders.zip"), NOW + timedelta(minutes=5))
    assert not card.findChild(QProgressBar).isVisible()
    assert offered(card) == ["save_as", "open_file", "open_folder", "send", "retry", "edit", "remove"]
    assert {"Complete: 1,000 of 1,000 rows", "orders.zip", "4 min ago"} <= set(texts(card))
    assert card.accessibleName().startswith("orders. Completed. Complete: 1,000 of 1,000 rows")


def test_what_sources_say_is_never_markup(card: JobCard, running: Job) -> None:
    error = SourceError("<b>500</b> & <img src=x> from https://example.com/a.", "Ask <i>them</i>.")
    card.show_job(running.failed(error, NOW), NOW)
    assert {label.textFormat() for label in card.findChildren(QLabel) if label.text()} == {Qt.TextFormat.PlainText}
    assert "Ask <i>them</i>." in [text.replace("\u200b", "") for text in texts(card)]


@pytest.mark.parametrize("act", ["pause", "cancel"])
def test_a_button_asks_for_its_act(qtbot: QtBot, card: JobCard, act: str) -> None:
    with qtbot.waitSignal(card.asked) as asked:
        qtbot.mouseClick(card.buttons[act], Qt.MouseButton.LeftButton)
    assert asked.args == [act, card.job.id]


def test_the_keyboard_is_not_lost_when_its_button_goes(card: JobCard, running: Job, tmp_path: Path) -> None:
    card.buttons["cancel"].setFocus()
    assert card.buttons["cancel"].hasFocus()
    card.show_job(done(running, tmp_path / "orders.zip"), NOW)
    assert card.file.hasFocus()


def test_a_sentence_stays_until_the_state_changes(card: JobCard, running: Job) -> None:
    card.fail(OutputError("The file is gone.", "Run the job again."))
    card.show_job(running, NOW)
    assert (card.notice.isVisible(), card.notice.text()) == (True, "The file is gone. Run the job again.")
    card.show_job(running.stopped("paused", NOW, "Paused."), NOW)
    assert not card.notice.isVisible()


def test_what_changed_since_the_last_run_has_its_place(card: JobCard, running: Job, tmp_path: Path) -> None:
    card.show_job(done(running, tmp_path / "orders.zip"), NOW)
    card.tell_change("+214 rows, 3 gone since Friday")
    assert "+214 rows, 3 gone since Friday" in texts(card)
    card.show_job(replace(running, id="another"), NOW)
    assert not any("214" in text for text in texts(card))


def test_a_compact_card_shows_what_is_done_most(qtbot: QtBot, running: Job, tmp_path: Path) -> None:
    card = JobCard(done(running, tmp_path / "orders.zip"), NOW, compact=True)
    qtbot.addWidget(card)
    card.show()
    assert offered(card) == ["save_as", "open_folder", "retry", "details"]


def test_signs_differ_by_form_and_not_by_colour_alone(qtbot: QtBot, card: JobCard, running: Job) -> None:
    def drawn() -> set[tuple[int, int]]:
        image = card._mark.grab().toImage()
        ground = image.pixelColor(11, 3)
        pixels = [(x, y) for x in range(5, 18) for y in range(5, 18)]
        return {at for at in pixels if image.pixelColor(*at) != ground}

    forms = []
    for job in (
        running,
        running.stopped("paused", NOW, "Paused."),
        running.failed(SourceError("No."), NOW),
        running.interrupted(NOW),
        done(running, Path("/a.zip")),
    ):
        card.show_job(job, NOW)
        forms.append(frozenset(drawn()))
    assert len(set(forms)) == 5

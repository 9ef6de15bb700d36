"""Garbage is collected in the window's thread, when it is due, and in no other."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.collector import Collector


class Knot:
    """Refers to itself: only a collection can end it."""

    ended: list[int]

    def __init__(self, ended: list[int]) -> None:
        self.me = self
        weakref.finalize(self, lambda: ended.append(threading.get_ident()))


@pytest.fixture
def own(collector: Collector) -> Iterator[Collector]:
    """In the place of the one that all tests of the window have."""
    collector.close()
    gc.collect()
    own = Collector()
    yield own
    own.close()


def tie(ended: list[int], many: int = 2000) -> None:
    for _ in range(many):
        Knot(ended)


def test_python_itself_collects_no_more_and_does_so_again_afterwards(own: Collector) -> None:
    ended: list[int] = []
    assert not gc.isenabled()
    tie(ended)
    assert ended == []
    own.close()
    assert gc.isenabled()


def test_what_is_due_is_collected_by_the_windows_thread(qtbot: QtBot, own: Collector) -> None:
    ended: list[int] = []
    thread = threading.Thread(target=tie, args=(ended,))
    thread.start()
    thread.join()
    assert ended == []
    qtbot.waitUntil(lambda: len(ended) == 2000, timeout=30_000)
    assert set(ended) == {threading.get_ident()}


def test_nothing_is_collected_before_it_is_due(own: Collector) -> None:
    gc.collect()
    assert own.collect_what_is_due() == 0


def test_two_may_follow_one_another(own: Collector) -> None:
    own.close()
    own.close()
    assert gc.isenabled()

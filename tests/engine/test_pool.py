"""Where work is done."""

from __future__ import annotations

import threading

import pytest

from fetchtozip_gui.engine.pool import Inline, Threads


def test_inline_work_is_done_when_submit_returns() -> None:
    done: list[str] = []
    pool = Inline()
    pool.submit(lambda: done.append(threading.current_thread().name))
    pool.shutdown()
    assert done == [threading.current_thread().name]


def test_threads_do_so_many_things_at_once_and_the_rest_in_order() -> None:
    pool = Threads(2)
    both, go = threading.Barrier(3), threading.Event()
    done: list[int] = []

    def work(number: int) -> None:
        if number < 2:
            both.wait(10)
            go.wait(10)
        done.append(number)

    for number in range(5):
        pool.submit(lambda number=number: work(number))  # type: ignore[misc]
    both.wait(10)
    assert done == []
    go.set()
    pool.shutdown()
    assert 2 <= len(done) <= 5
    assert [number for number in done if number >= 2] == sorted(number for number in done if number >= 2)


def test_a_pool_that_is_shut_down_takes_nothing_more() -> None:
    pool = Threads(1)
    pool.shutdown()
    with pytest.raises(RuntimeError):
        pool.submit(lambda: None)

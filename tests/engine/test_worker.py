"""Worker processes: what dies in them dies alone, what does not listen is killed, and nobody is left behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import Cancelled, PageFailed, RecipeError, Unforeseen, WorkerDied
from fetchtozip_gui.core.events import Delivered, Event, Fetched, Said
from fetchtozip_gui.core.give_way import NICENESS
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.apart import Apart
from fetchtozip_gui.engine.attempt import Desk, Task
from fetchtozip_gui.engine.crew import Crew
from fetchtozip_gui.engine.folder import Folder


class Office:
    """Attempts at an act, by the workers of a crew."""

    def __init__(self, folder: Folder, recipe: Recipe, crew: Crew) -> None:
        self.crew = crew
        self.recipe = recipe
        self.folder = folder
        self.desk = Desk({"shop": "from the keyring"}.__getitem__, self.result, lambda said: None)

    def result(self, job_id: str) -> Path:
        raise RecipeError(f"source.job_id: there is no job {job_id!r} here.")

    def attempt(self) -> Apart:
        job = self.folder.job(self.folder.new_job())
        return Apart(self.crew, Task(self.recipe, job, job / "result" / "orders.csv"), self.desk)


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """One for all tests of this file: a new worker loads the whole core."""
    crew = Crew("engine_acts:named", grace=1.0)
    yield crew
    crew.close()


@pytest.fixture
def make_office(folder: Folder, make_recipe: Callable[..., Recipe], crew: Crew) -> Iterator[Callable[..., Office]]:
    """An office for the act of this name; with more words, one with a crew of its own."""
    made: list[Office] = []

    def make(act: str, runner: str = "named", **own: float) -> Office:
        if own or runner != "named":
            made.append(Office(folder, make_recipe(act), Crew(f"engine_acts:{runner}", **own)))
            return made[-1]
        return Office(folder, make_recipe(act), crew)

    yield make
    for office in made:
        office.crew.close()


def worker_pid(events: list[Event]) -> int:
    said = next(event for event in events if isinstance(event, Said) and event.text.startswith("process"))
    return int(said.text.split()[1])


def is_gone(pid: int, seconds: float = 60) -> bool:
    """Whether a process ends within this time; a zombie has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


def until_page(events: Iterator[Event], pages: int) -> None:
    for event in events:
        if isinstance(event, Fetched) and event.pages == pages:
            return


def test_a_job_in_a_worker_says_what_it_says_here(make_office: Callable[..., Office]) -> None:
    events = list(make_office("counting").attempt().events())
    assert [event.pages for event in events if isinstance(event, Fetched)] == [1, 2, 3, 4, 5]
    delivered = events[-1]
    assert isinstance(delivered, Delivered)
    assert Path(delivered.path).read_text().startswith("0\n1\n")
    assert delivered.verdict.words == "Complete: 50 of 50 rows"


def test_one_worker_is_kept_and_used_again(make_office: Callable[..., Office]) -> None:
    office = make_office("telling")
    office.crew.warm()
    pids = {worker_pid(list(office.attempt().events())) for _ in range(5)}
    assert len(pids) == 1
    assert os.getpid() not in pids


@pytest.mark.skipif(os.name == "nt", reason="Windows has priority classes, and no way to read them without its API")
def test_a_worker_gives_way_to_those_who_click_and_ask(make_office: Callable[..., Office]) -> None:
    pid = worker_pid(list(make_office("telling").attempt().events()))
    assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)


def test_jobs_at_the_same_time_have_a_worker_each(make_office: Callable[..., Office]) -> None:
    office = make_office("telling", grace=1.0)
    first, second = office.attempt().events(), office.attempt().events()
    until_page(first, 1)
    until_page(second, 1)
    pids = {worker_pid(list(first)), worker_pid(list(second))}
    assert len(pids) == 2
    office.crew.close()
    assert all(is_gone(pid) for pid in pids)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("segfault", "crashed (SIGSEGV)"),
        ("abort", "crashed (SIGABRT)"),
        ("leave", "ended with 7"),
        ("killed", "was killed (SIGKILL)"),
    ],
)
def test_a_worker_that_dies_is_an_error_with_words_and_the_next_job_has_another(
    make_office: Callable[..., Office], act: str, words: str
) -> None:
    office = make_office(act)
    with pytest.raises(WorkerDied) as raised:
        list(office.attempt().events())
    assert words in raised.value.message
    assert raised.value.code == "worker_died"
    attempt = office.attempt()
    spool = office.folder.job(office.folder.job_ids()[-1]) / "spool"
    spool.mkdir()
    (spool / "pages").write_text("page 1\n")  # so that the act does nothing besides
    assert isinstance(list(attempt.events())[-1], Delivered)


def test_errors_come_across_as_they_were_raised(make_office: Callable[..., Office]) -> None:
    with pytest.raises(PageFailed) as raised:
        list(make_office("refused").attempt().events())
    assert (raised.value.message, raised.value.hint) == ("page 3 answered 503.", "Try later.")
    assert (raised.value.page, raised.value.status) == (3, 503)


@pytest.mark.parametrize(
    ("act", "words"),
    [("panicking", "Panic: index out of bounds"), ("deep", "RecursionError"), ("hoarding", "not enough memory")],
)
def test_what_nobody_foresaw_is_an_error_of_the_tree(make_office: Callable[..., Office], act: str, words: str) -> None:
    with pytest.raises((Unforeseen, WorkerDied), match=words):
        list(make_office(act).attempt().events())


def test_a_runner_that_is_not_there_is_told(make_office: Callable[..., Office]) -> None:
    with pytest.raises(Unforeseen, match="no_such_act"):
        list(make_office("counting", runner="no_such_act").attempt().events())


def test_a_stop_ends_a_waiting_job_cleanly(make_office: Callable[..., Office]) -> None:
    office = make_office("holding")
    attempt = office.attempt()
    events = attempt.events()
    until_page(events, 2)
    begun = time.monotonic()
    attempt.stop()
    with pytest.raises(Cancelled):
        list(events)
    assert time.monotonic() - begun < 4
    job = office.folder.job(office.folder.job_ids()[0])
    assert list((job / "result").iterdir()) == []  # the half-written file is removed: nobody was killed
    assert (job / "spool" / "pages").read_text() == "page 1\npage 2\n"


@pytest.mark.parametrize("act", ["deaf", "grabbing"])
def test_who_does_not_hear_the_stop_is_killed_in_time(make_office: Callable[..., Office], act: str) -> None:
    attempt = make_office(act).attempt()
    events = attempt.events()
    until_page(events, 2)
    begun = time.monotonic()
    attempt.stop()
    with pytest.raises(Cancelled):
        list(events)
    assert time.monotonic() - begun < 4


def test_a_stop_before_the_beginning_is_heard(make_office: Callable[..., Office]) -> None:
    attempt = make_office("holding").attempt()
    attempt.stop()
    with pytest.raises(Cancelled):
        list(attempt.events())


def test_a_stop_at_any_moment_of_the_beginning_is_heard(make_office: Callable[..., Office]) -> None:
    # a stop that is lost on the way is to be noticed, and not made good by a kill
    office = make_office("holding", grace=60)
    office.crew.warm()
    for delay in range(20):
        attempt = office.attempt()
        timer = threading.Timer(delay / 400, attempt.stop)
        timer.start()
        begun = time.monotonic()
        with pytest.raises(Cancelled):
            list(attempt.events())
        assert time.monotonic() - begun < 30
        timer.join()


def test_a_job_asks_for_secrets_and_results_through_the_pipe(make_office: Callable[..., Office]) -> None:
    with pytest.raises(RecipeError, match="there is no job 'reading' here"):
        list(make_office("reading").attempt().events())


def test_what_cannot_wait_is_heard_in_its_place_among_the_events(make_office: Callable[..., Office]) -> None:
    heard: list[Event] = []
    with pytest.raises(Unforeseen):
        heard.extend(make_office("blurting").attempt().events())
    assert [event.level for event in heard if isinstance(event, Said)] == ["info", "warning"]


def test_a_long_talk_comes_across_whole_and_in_order(make_office: Callable[..., Office]) -> None:
    events = list(make_office("chatty").attempt().events())
    said = [event.text for event in events if isinstance(event, Said)]
    assert said == [f"line {number}" for number in range(3000)]


def test_an_idle_worker_that_died_is_not_hired(make_office: Callable[..., Office]) -> None:
    office = make_office("telling")
    pid = worker_pid(list(office.attempt().events()))
    os.kill(pid, signal.SIGKILL)
    assert is_gone(pid)
    assert worker_pid(list(office.attempt().events())) != pid


def test_an_idle_worker_is_let_go_after_a_while(make_office: Callable[..., Office]) -> None:
    office = make_office("telling", idle=0.2)
    pid = worker_pid(list(office.attempt().events()))
    assert is_gone(pid)


def test_a_worker_that_needed_much_memory_is_not_kept(make_office: Callable[..., Office]) -> None:
    office = make_office("hungry")
    first = worker_pid(list(office.attempt().events()))
    assert is_gone(first)
    assert worker_pid(list(office.attempt().events())) != first


def test_a_worker_is_not_blamed_for_the_memory_of_the_process_that_started_it(
    make_office: Callable[..., Office],
) -> None:
    held = b"x" * (400 << 20)
    office = make_office("telling", grace=1.0)
    assert len({worker_pid(list(office.attempt().events())) for _ in range(2)}) == 1
    assert len(held) == 400 << 20


def test_closing_leaves_no_process_behind(make_office: Callable[..., Office]) -> None:
    office = make_office("telling", grace=1.0)
    pid = worker_pid(list(office.attempt().events()))
    begun = time.monotonic()
    office.crew.close()
    assert is_gone(pid, 0.5)
    assert time.monotonic() - begun < 10


def test_events_that_nobody_wants_any_more_end_the_worker(make_office: Callable[..., Office]) -> None:
    attempt = make_office("deaf").attempt()
    events = attempt.events()
    until_page(events, 2)
    worker = attempt._worker
    events.close()
    assert worker is not None
    assert not worker.is_alive

"""A job's lines are read back from the logs, in order, and nothing that is not a line of this job."""

from __future__ import annotations

import logging
from pathlib import Path

from fetchtozip_gui.engine.journal import Journal
from fetchtozip_gui.engine.journal_lines import MOST_LINES, lines_of
from fetchtozip_gui.engine.redaction import Redactor

LOG = logging.getLogger("fetchtozip_gui.tests")


def test_all_lines_of_one_job_come_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Redactor(), file_bytes=2_000)
    for number in range(30):
        LOG.info("line %d of “a”", number, extra={"job": "aaa"})
        LOG.warning("another's", extra={"job": "bbb"})
    LOG.error("the last", extra={"job": "aaa"})
    journal.close()
    assert len(list(tmp_path.glob("*.jsonl*"))) > 1
    lines = lines_of(tmp_path, "aaa")
    # the oldest files were let go, as the journal is bounded
    assert [line.text for line in lines[-3:]] == ["line 28 of “a”", "line 29 of “a”", "the last"]
    assert (lines[-1].level, lines[-2].level) == ("error", "info")


def test_lines_of_one_moment_stay_as_they_were_said_over_files_of_any_name(tmp_path: Path) -> None:
    text = '{{"time": "2026-11-22T12:00:00.001+00:00", "level": "info", "event": "{}", "job": "aaa"}}\n'
    names = ("a.jsonl.10", "a.jsonl.2", "a.jsonl.1", "a.jsonl", "b.jsonl.1", "b.jsonl", "c.jsonl.old")
    for name in sorted(names):
        (tmp_path / name).write_text(text.format(name))
    assert [line.text for line in lines_of(tmp_path, "aaa")] == list(names)


def test_what_is_no_line_is_left_out(tmp_path: Path) -> None:
    good = '{"time": "2026-11-22T12:00:00+00:00", "level": "info", "logger": "x", "event": "good", "job": "aaa"}'
    broken = ['{"job": "aaa"', '{"job": "aaa"}', '"job": "aaa"', good.replace("2026", "x"), "\x00\x00"]
    (tmp_path / "a.jsonl").write_text("\n".join([*broken, good, good.replace('"aaa"', '"aaab"')]))
    assert [line.text for line in lines_of(tmp_path, "aaa")] == ["good"]
    assert lines_of(tmp_path / "nowhere", "aaa") == []


def test_the_newest_are_given_of_very_many(tmp_path: Path) -> None:
    text = '{{"time": "2026-11-22T12:00:00.{0:06d}+00:00", "level": "info", "event": "{0}", "job": "aaa"}}\n'
    (tmp_path / "a.jsonl").write_text("".join(text.format(number) for number in range(MOST_LINES + 5)))
    lines = lines_of(tmp_path, "aaa")
    assert (len(lines), lines[0].text) == (MOST_LINES, "5")

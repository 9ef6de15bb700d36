"""The verdict's words: never green when rows are missing."""

from __future__ import annotations

import pytest

from fetchtozip_gui.core.errors import PageFailed, SourceError
from fetchtozip_gui.core.verdict import judge

NOTHING = {"total_rows": None, "total_pages": None, "limited": False, "failure": None}


@pytest.mark.parametrize(
    ("facts", "state", "words"),
    [
        ({"rows": 10, "pages": 1}, "complete", "Complete: 10 rows"),
        ({"rows": 541909, "pages": 542, "total_rows": 541909}, "complete", "Complete: 541,909 of 541,909 rows"),
        ({"rows": 0, "pages": 1}, "empty", "Empty: the source answered no rows"),
        ({"rows": 12, "pages": 1, "total_rows": 10}, "complete", "Complete: 12 rows, 2 more than the source declared"),
        (
            {"rows": 8, "pages": 1, "total_rows": 10},
            "partial",
            "Partial: the source declares 10 rows and sent 8; 2 are missing",
        ),
        (
            {"rows": 0, "pages": 1, "total_rows": 10},
            "partial",
            "Partial: the source declares 10 rows and sent 0; 10 are missing",
        ),
        (
            {"rows": 200, "pages": 2, "total_rows": 1000, "limited": True},
            "complete",
            "Complete up to the page limit: 200 of 1,000 rows in 2 pages; the source has more",
        ),
        (
            {"rows": 300, "pages": 3, "total_pages": 10, "failure": PageFailed("x", page=4, status=500)},
            "partial",
            "Partial: page 4 of 10 failed with 500; 300 rows kept",
        ),
        (
            {"rows": 300, "pages": 3, "failure": SourceError("The connection was lost.")},
            "partial",
            "Partial: The connection was lost; 300 rows kept",
        ),
    ],
)
def test_every_end_has_its_words(facts: dict[str, object], state: str, words: str) -> None:
    verdict = judge(**{**NOTHING, **facts})
    assert (verdict.state, verdict.words) == (state, words)


def test_a_page_limit_is_marked_for_programs_too() -> None:
    assert judge(**{**NOTHING, "rows": 1, "pages": 1, "limited": True}).limited
    assert not judge(**{**NOTHING, "rows": 1, "pages": 1}).limited

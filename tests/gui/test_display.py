"""Where no window can be, it is said in words."""

from __future__ import annotations

import sys

import pytest

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui import display

ON_LINUX = pytest.mark.xfail(not sys.platform.startswith("linux"), reason="only Linux can be without a screen")


@ON_LINUX
def test_without_a_screen_the_commands_that_need_none_are_named() -> None:
    with pytest.raises(FetchToZipError) as caught:
        display.check({})
    assert "DISPLAY" in caught.value.message
    assert "fetchtozip demo" in caught.value.hint


@ON_LINUX
def test_missing_libraries_are_named_in_one_line_to_paste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(display.LIBRARIES, "libnowhere.so.0", "libnowhere0")
    with pytest.raises(FetchToZipError) as caught:
        display.check({"QT_QPA_PLATFORM": "offscreen"})
    assert caught.value.hint.endswith("sudo apt-get install -y --no-install-recommends libnowhere0")


def test_a_platform_that_was_chosen_needs_no_screen() -> None:
    display.check({"QT_QPA_PLATFORM": "offscreen"})

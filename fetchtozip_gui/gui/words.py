"""Numbers, sizes, times and places as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path


def counted(number: int, noun: str) -> str:
    """`1 row`, `541,909 rows`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def size(count: int) -> str:
    """Bytes in decimal units, as file managers show them: `8.0 MB`."""
    if count < 1000:
        return counted(count, "byte")
    amount = float(count)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        # 999.96 would be written as 1000.0
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1000:,.1f} TB"


def duration(seconds: float) -> str:
    """`7 s`, `2 min 5 s`, `1 h 20 min`; whole seconds, at least one."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def ago(then: datetime, now: datetime) -> str:
    """How long ago, from `just now` to the date."""
    passed = now - then
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{int(passed.total_seconds() // 60)} min ago"
    if passed < timedelta(days=1):
        return f"{int(passed.total_seconds() // 3600)} h ago"
    return f"{then.astimezone():%d %b %Y}".lstrip("0")


def exact(then: datetime) -> str:
    """The moment in the user's own zone."""
    return f"{then.astimezone():%Y-%m-%d %H:%M:%S}"


def place(path: Path | str) -> str:
    """A path with the home folder as `~`, where it is below that."""
    try:
        below = Path(path).relative_to(Path.home())
    except (ValueError, RuntimeError):
        return str(path)
    return "~" if below == Path() else str(Path("~") / below)


def breakable(text: str) -> str:
    """Text in which long addresses and paths may go on in the next line."""
    for mark in "/\\?&=":
        text = text.replace(mark, f"{mark}\u200b")
    return text

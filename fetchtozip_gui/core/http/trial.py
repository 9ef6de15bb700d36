"""What a second page says about a guessed pagination, and what is said when the guess was wrong."""

from __future__ import annotations

from fetchtozip_gui.core.errors import PageFailed, PagingError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.paging import Cursors, Known, Offsets, PageNumbers, Plan
from fetchtozip_gui.core.http.walk import Seen

_NOT_UNDERSTOOD = frozenset({400, 404, 405, 410, 414, 416, 422})


def on_trial(plan: Plan, page: int, error: Exception | None) -> bool:
    """Whether this page shows if the plan's pagination is understood."""
    if not plan.guessed or page != 2:
        return False
    return error is None or (isinstance(error, PageFailed) and error.status in _NOT_UNDERSTOOD)


def fails(seen: Seen | None, missing: bool) -> bool:
    """Whether the second page (None: refused) is no other page; `missing` says that there should be one."""
    return seen is None or seen.gone or seen.twin == 1 or (not seen.rows and missing)


def why(error: Exception | None) -> str:
    return error.message.rstrip(".") if isinstance(error, PageFailed) else "the second page is not another one"


def next_guess(plan: Plan, reason: str) -> tuple[Plan, Said]:
    """The plan with the next guess, of which there must be one."""
    name, other = parameter(plan.pagination), parameter(plan.guesses[0])
    said = Said(f"`{name}` is not how this source pages ({reason}); trying `{other}`.")
    return plan.model_copy(update={"pagination": plan.guesses[0], "guesses": plan.guesses[1:]}), said


def given_up(plan: Plan, reason: str, missing: bool) -> Said:
    """What is said when no guess is left; `PagingError` when the source did name a next page."""
    how = plan.pagination
    if isinstance(how, Cursors):
        raise PagingError(
            f"The cursor at {how.cursor} of the first page does not lead on when sent back as `{how.param}`: {reason}.",
            "Say in source.pagination which parameter it is sent in.",
        )
    words = f"`{parameter(how)}` does not lead to a second page ({reason}): the first page is taken for all there is."
    if missing:
        return Said(f"{words} If there is more, say in source.pagination how to ask for it.", "warning")
    return Said(words)


def proven(plan: Plan) -> Plan:
    """The plan once its second page was another one."""
    return plan.model_copy(update={"guessed": False, "guesses": ()})


def parameter(how: Known) -> str:
    """The request parameter that moves on to another page."""
    match how:
        case PageNumbers() | Cursors():
            return how.param
        case Offsets():
            return how.offset_param
        case _:
            return how.type
